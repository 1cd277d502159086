#!/usr/bin/env bash
# Whose certificate signs: what the trusted lists kept here say of its issuer, seals, what is chosen by hand or pinned in the configuration,
# and a chain that the token holds in part only.
. "$(dirname "$0")/lib.sh"
need pdfsig openssl pkcs11-tool
services
PKI=$PARAPHE_TEST_PKI
export XDG_DATA_HOME="$WORK/data"
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
cp kinds/classic.pdf in.pdf

token() { # FOLDER SIGNER...: a token of its own, in CARD
  local folder=$1
  shift
  "$SOURCE/certs-test/make-token.sh" --label "$folder" "$WORK/$folder" "${FROM:-$PKI}" "$@" > /dev/null || { fail "the token $folder"; finish; }
}
card() { # FOLDER: the token that is plugged in
  export SOFTHSM2_CONF=$WORK/$1/softhsm2.conf
  CARD=(--module "$PARAPHE_TEST_MODULE" --pin-source "file:$WORK/$1/pin")
}
list() { # TERRITORY STATUS USES DAYS CERTIFICATE...: a list as `paraphe trust import` keeps it
  mkdir -p "$XDG_DATA_HOME/paraphe/trust"
  chmod 700 "$XDG_DATA_HOME/paraphe/trust"
  /usr/bin/python3 - "$XDG_DATA_HOME/paraphe/trust/$1.json" "$@" << 'PY'
import datetime, json, os, sys
out, territory, status, uses, days, *files = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc)
def at(d):
    return (now + datetime.timedelta(days=d)).strftime("%Y-%m-%dT%H:%M:%SZ")
services = [{"territory": territory, "provider": "Prestataire TEST", "name": "AC TEST", "type": "CA/QC", "qualifications": "CORRECTED" in os.environ,
             "uses": uses.split(",") if uses != "-" else [], "certs": [open(f, "rb").read().hex() for f in files],
             "periods": [{"from": at(-10), "until": None, "status": status}, {"from": at(-800), "until": at(-10), "status": "granted"}]}]
json.dump({"format": "paraphe-trusted-list", "version": 1, "territory": territory, "type": "x", "operator": "TEST", "sequence": 1,
           "issued": at(-20), "next_update": at(int(days)), "sha256": "00" * 32, "pointers": [], "services": services}, open(out, "w"))
PY
}
nolists() { rm -rf "$XDG_DATA_HOME/paraphe"; }
sign() { # STATUS OPTIONS...: anew
  local status=$1
  shift
  rm -f out.pdf
  run "$status" sign in.pdf -o out.pdf --level B-B --yes "${CARD[@]}" "$@"
}
CERTS='sorted((c for s in d["modules"][0]["slots"] if s["token"] for c in s["token"]["certificates"] if not c["ca"]), key=lambda c: c["id"])'

# ---- none is kept: nothing is said, and nobody goes first ----
token two p256 unknown-issuer
card two
sign 2
says err 'Several certificates can sign.*Igor Inconnu'
says err 'Several certificates can sign.*Inès Çelik'
CHECKS=$((CHECKS + 1)); ! grep -q 'trusted list' "$ERR" || fail "lists are spoken of where none is kept"
run 0 token "${CARD[@]}" --json
json "[c['trust'] for c in $CERTS]" '[None, None]'
CHECKS=$((CHECKS + 1)); ! grep -q '"der"' "$OUT" || fail "the listing holds the certificates"
sign 0 --cert subject:p256 --json
json 'd["certificate"]["trust"], d["choice"]["why"]' "(None, 'named')"

# ---- a list is kept: its provider's certificate goes before the other, which is named with the reason ----
list FR granted signatures 30 "$PKI/tsp.der"
run 0 token "${CARD[@]}"
says out 'qualified, issued by a listed trust service provider, Prestataire TEST \(FR\)'
says out 'its issuer is in no trusted list kept here'
run 0 token "${CARD[@]}" --json
json "[(c['trust']['state'], c['trust']['qualified'], c['trust']['territory'], c['trust']['status']) for c in $CERTS]" \
  "[('listed', True, 'FR', 'granted'), ('unlisted', False, None, None)]"
CHECKS=$((CHECKS + 1)); ! grep -q '"der"' "$OUT" || fail "the listing holds the certificates"
sign 0
says err 'The certificate of Inès Çelik \(p256\) was chosen: qualified, issued by a listed .* Set aside.*Igor Inconnu'
says out 'by Inès Çelik'
sign 0 --json
json 'd["certificate"]["trust"]["state"], d["certificate"]["trust"]["provider"], d["choice"]["why"]' "('listed', 'Prestataire TEST', 'listed')"
json '[(r["name"], r["reasons"][0]["code"]) for r in d["choice"]["rejected"]]' \
  "[('Igor Inconnu (unknown-issuer)', 'issuer-not-listed')]"
json 'd["warnings"]' '[]'
ok "pdfsig" pdfsig -nocert out.pdf
says out 'Signature is Valid'
lang fr
run 0 token "${CARD[@]}"
says out 'qualifié, émis par un prestataire de services de confiance inscrit, Prestataire TEST \(FR\)'
says out 'dans aucune liste de confiance'
sign 0
says err 'Certificat « Inès Çelik \(p256\) » choisi : qualifié, émis par .*Écartés.* : Igor Inconnu'
sign 0 --cert subject:inconnu
says err 'Certificat « Igor Inconnu .* » : son émetteur n’est dans aucune liste de confiance.*--cert en choisit un autre'
lang en
# by hand the unlisted one still signs, with the warning
sign 0 --cert subject:inconnu --json
json '[w["code"] for w in d["warnings"] if w["code"].startswith("issuer")]' "['issuer-unlisted']"
sign 0 --cert subject:inconnu
says err 'The certificate of Igor Inconnu.*in no trusted list kept here.*--cert'
CHECKS=$((CHECKS + 1)); [ "$(grep -c 'in no trusted list' "$ERR")" = 1 ] || fail "said more than once"

# ---- a root in the list, the intermediate on the token: the certificate is of a listed provider ----
list FR granted - 30 "$PKI/root.der"
run 0 token "${CARD[@]}" --json
json "[c['trust']['state'] for c in $CERTS]" "['listed', 'unlisted']"

# ---- a list that corrects what certificates say of themselves: whether it is qualified is not told ----
CORRECTED=1 list FR granted signatures 30 "$PKI/tsp.der"
run 0 token "${CARD[@]}" --json
json "[(c['trust']['state'], c['trust']['qualified']) for c in $CERTS]" "[('listed', None), ('unlisted', False)]"
run 0 token "${CARD[@]}"
says out 'whether it is qualified is for that list to say'

# ---- two of listed providers: the choice stays the person's; a script gets the candidates with what is known ----
list FR granted signatures 30 "$PKI/tsp.der"
list BE granted signatures 30 "$PKI/unknown.der"
sign 2
says err 'Several certificates can sign.*Inès Çelik[^;]*Prestataire TEST \(FR\)'
says err 'Several certificates can sign.*Igor Inconnu[^;]*Prestataire TEST \(BE\)'
absent out.pdf

# a person is asked, with the same lines; what she reads before the PIN says whose certificate it is
person() { # STATUS ANSWERS OPTIONS...: without --yes
  asked "$1" "$2" sign in.pdf -o asked.pdf --level B-B "${CARD[@]}" "${@:3}"
}
person 130 'Which one=x'
says out '^  [12]\. Inès Çelik.*\(sha256:[0-9a-f]{16}\): qualified, issued by a listed .*Prestataire TEST \(FR\)$'
says out '^  [12]\. Igor Inconnu.*issued by a listed trust service provider, Prestataire TEST \(BE\), but not qualified$'
person 130 'Which one=2,[y/N]=n'
says out '^By: +(Inès Çelik|Igor Inconnu)'
says out '^       (qualified, )?issued by a listed'
absent asked.pdf
rm "$XDG_DATA_HOME/paraphe/trust/BE.json"
person 130 '[y/N]=n'
says out 'Note: The certificate of Inès Çelik \(p256\) was chosen: .*Igor Inconnu'
person 130 '[y/N]=n' --cert subject:inconnu
says out 'Note: The certificate of Igor Inconnu .*in no trusted list kept here'
person 0 '[y/N]=y' --cert subject:inconnu
CHECKS=$((CHECKS + 1)); [ "$(grep -c 'in no trusted list' "$OUT")" = 1 ] || fail "said more than once"
rm asked.pdf

# ---- withdrawn: not chosen, with the reason; by hand it signs with a warning ----
list FR withdrawn signatures 30 "$PKI/tsp.der"
run 0 token "${CARD[@]}"
says out 'would not sign: its issuer, Prestataire TEST, is no longer granted by the trusted list FR, since'
sign 0 --json
json 'd["certificate"]["name"], d["choice"]["why"]' "('Igor Inconnu (unknown-issuer)', 'only')"
json '[r["reasons"][-1]["code"] for r in d["choice"]["rejected"]]' "['issuer-withdrawn']"
sign 0 --cert subject:p256 --json
json 'd["certificate"]["trust"]["state"], d["certificate"]["trust"]["status"]' "('withdrawn', 'withdrawn')"
json '[w["code"] for w in d["warnings"] if w["code"].startswith("issuer")]' "['issuer-withdrawn']"
token one p256
card one
sign 6
says err 'No certificate can sign.*no longer granted by the trusted list FR'
absent out.pdf

# ---- a service that is listed for other certificates than these; a list that has ended ----
list FR granted seals,websites 30 "$PKI/tsp.der"
sign 0 --json
json 'd["certificate"]["trust"]["state"], d["certificate"]["trust"]["qualified"]' "('other-use', False)"
json '[w["code"] for w in d["warnings"] if w["code"].startswith("issuer")]' "['issuer-other-use']"
list FR granted signatures -1 "$PKI/tsp.der"
sign 0
says err 'have expired: FR'
sign 0 --json
json '[w["code"] for w in d["warnings"] if w["code"].startswith("issuer")]' "['issuer-unknown']"

# ---- the only one, unlisted: it signs, and the warning comes before the PIN (which is empty here: no try is used) ----
token alone unknown-issuer
card alone
list FR granted signatures 30 "$PKI/tsp.der"
sign 0
says err 'The certificate of Igor Inconnu.*in no trusted list kept here'
: > empty && chmod 600 empty
run 5 sign in.pdf -o none.pdf --level B-B --yes --module "$PARAPHE_TEST_MODULE" --pin-source file:empty
says err 'in no trusted list kept here'
says err 'No PIN was given'
absent none.pdf
once() { # PATTERN: on standard error, in one line
  CHECKS=$((CHECKS + 1))
  [ "$(grep -cE -- "$1" "$ERR")" = 1 ] || fail "not said once: $1"
}
# ... once, whoever signs: a batch, a job, a job's waiting report
rm -rf all
run 0 sign in.pdf kinds/object-streams.pdf --out-dir all --level B-B --yes "${CARD[@]}"
once 'in no trusted list kept here'
cp "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx" .
JOB=(--deposit-date 2026-11-23 --level B-B "${CARD[@]}")
run 0 run lps-web-conforme.xlsx --job alone-job "${JOB[@]}" --until sign --yes
once 'in no trusted list kept here'
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job two-job "${JOB[@]}" --until sign --yes
once 'in no trusted list kept here'
for job in wait-1 wait-2; do run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job $job "${JOB[@]}" --until report; done
run 0 sign --pending wait-1 --yes
once 'in no trusted list kept here'
run 0 sign --pending wait-2 --yes
once 'in no trusted list kept here'
# the end of an algorithm, too, comes before the PIN, and is not said again behind it
token sunset rsa2048
card sunset
nolists
run 5 sign in.pdf -o none.pdf --level B-B --yes --module "$PARAPHE_TEST_MODULE" --pin-source file:empty
once 'RSA 2048 stop passing'
sign 0
once 'RSA 2048 stop passing'
list FR granted signatures 30 "$PKI/tsp.der"

# ---- the name of a listed issuer is not its signature: an authority that calls itself so is not listed ----
mkdir -p false
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out false/ca.key 2> /dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out false/fake.key 2> /dev/null
openssl x509 -in "$PKI/tsp.crt" -x509toreq -signkey "$PKI/tsp.key" -out false/tsp.csr 2> /dev/null
openssl x509 -req -in false/tsp.csr -force_pubkey <(openssl pkey -in false/ca.key -pubout) -CA "$PKI/root.crt" -CAkey "$PKI/root.key" -set_serial 0x4c01 \
  -days 30 -extfile <(printf 'basicConstraints = critical, CA:TRUE\n') -out false/ca.crt 2> /dev/null
openssl req -new -key false/fake.key -subj '/C=FR/O=Cabinet TEST/CN=Faux TEST' |
  openssl x509 -req -CA false/ca.crt -CAkey false/ca.key -set_serial 0x4c02 -days 30 \
    -extfile <(printf 'keyUsage = critical, nonRepudiation\nauthorityKeyIdentifier = none\n') -outform DER -out false/fake.der 2> /dev/null
cp "$PKI/tsp.der" false/
[ "$(openssl x509 -inform DER -in false/fake.der -noout -issuer)" = "$(openssl x509 -in "$PKI/p256.crt" -noout -issuer)" ] || fail "the names differ"
FROM=$WORK/false token false-card fake
card false-card
run 0 token "${CARD[@]}" --json
json "[c['trust']['state'] for c in $CERTS]" "['unlisted']"

# ---- lists that cannot be read cost nothing but the knowledge ----
printf '{' > "$XDG_DATA_HOME/paraphe/trust/FR.json"
sign 0 --json
json 'd["certificate"]["trust"]' None
says err 'Whether an issuer is listed is not known'
list FR granted signatures 30 "$PKI/tsp.der"
chmod 777 "$XDG_DATA_HOME/paraphe/trust"
sign 0
says err 'Whether an issuer is listed is not known'
nolists

# ---- a frozen snapshot named in the configuration counts as well ----
list FR granted signatures 30 "$PKI/tsp.der"
run 0 trust snapshot --output snapshot.json
nolists
card two
PARAPHE_TRUST_ANCHORS=$WORK/snapshot.json sign 0 --json
json 'd["certificate"]["name"], d["choice"]["why"]' "('Inès Çelik (p256)', 'listed')"
PARAPHE_TRUST_ANCHORS=$WORK/snapshot.json PARAPHE_LANG=en "$PARAPHE" doctor --json > "$OUT" 2> "$ERR" < /dev/null
json '[c["id"] for c in d["checks"] if "anchor" in c["id"]]' '[]'

# ---- seals: the certificate made for them is chosen for a seal; digitalSignature alone signs when chosen by hand ----
token seals p256 seal no-nonrep
card seals
run 0 token "${CARD[@]}" --json
json "[(c['signs'] != 'no', c['qualified'][-1:], [r['code'] for r in c['reasons']]) for c in $CERTS]" \
  "[(True, ['esign'], []), (True, ['eseal'], []), (False, [], ['no-nonrepudiation'])]"
sign 2
says err 'Several certificates can sign.*Inès Çelik'
says err 'Several certificates can sign.*Cachet du Cabinet'
sign 0 --seal --json
json 'd["certificate"]["name"], d["choice"]["why"]' "('Cachet du Cabinet TEST', 'seal')"
json 'sorted(r["reasons"][0]["code"] for r in d["choice"]["rejected"])' "['no-seal', 'no-seal']"
ok "pdfsig" pdfsig -nocert out.pdf
says out 'Signature is Valid'
list FR granted seals 30 "$PKI/tsp.der"
sign 0 --json # for seals only: the seal goes before the signature
json 'd["certificate"]["name"], d["certificate"]["trust"]["state"], d["choice"]["why"]' "('Cachet du Cabinet TEST', 'listed', 'listed')"
nolists
sign 0 --cert subject:anaïs --json
json 'd["certificate"]["name"], d["choice"]["why"]' "('Anaïs Authentification (no-nonrep)', 'named')"
ok "pdfsig" pdfsig -nocert out.pdf
says out 'Signature is Valid'
token plain no-nonrep
card plain
sign 6
says err 'No certificate can sign.*for authentication, not for signing'
absent out.pdf
sign 0 --seal

# ---- pinned in the configuration ----
card seals
mkdir -p "$XDG_CONFIG_HOME/paraphe"
field() { openssl x509 -in "$PKI/$1.crt" -noout "$2" | sed 's/.*=//; s/://g'; }
token issuers unknown-issuer p256
pin() { # NAME TERM: this certificate signs, without a word on the command line
  printf '[token]\ncert = %s\n' "$2" > "$XDG_CONFIG_HOME/paraphe/paraphe.conf"
  sign 0 --json
  json 'd["certificate"]["sha256"], d["choice"]["why"]' "('$(sha256sum < "$PKI/$1.der" | cut -d' ' -f1)', 'named')"
}
pin seal 'subject:cachet du cabinet'
pin p256 "serial:$(field p256 -serial)"
pin seal "sha256:$(sha256sum < "$PKI/seal.der" | cut -c1-24)"
card issuers
pin unknown-issuer 'issuer:sans rattachement'
pin p256 'issuer:ac signature test'
printf '[token]\ncert = issuer:nobody\n' > "$XDG_CONFIG_HOME/paraphe/paraphe.conf"
sign 5
rm "$XDG_CONFIG_HOME/paraphe/paraphe.conf"

# ---- P-521 on the token ----
token large p521
card large
sign 0 --json
json 'd["scheme"], d["digest"], d["certificate"]["key"]' "('ECDSA', 'SHA-512', 'EC P-521')"
ok "pdfsig" pdfsig -nocert out.pdf
says out 'Signature is Valid'
says out 'SHA-512'

# ---- the intermediate is not on the token: it is fetched before the PIN; where it cannot be had that is said, and it signs ----
own() { # NAME ADDRESS: a certificate below the TSP whose issuer is at that address
  mkdir -p own
  cp "$PKI/tsp.der" own/
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "own/$1.key" 2> /dev/null
  printf 'basicConstraints = critical, CA:FALSE\nkeyUsage = critical, nonRepudiation\nauthorityKeyIdentifier = keyid:always\nauthorityInfoAccess = caIssuers;URI:%s\n' "$2" > own/ext
  openssl req -new -key "own/$1.key" -subj "/C=FR/O=Cabinet TEST/CN=Chaîne $1" -utf8 |
    openssl x509 -req -CA "$PKI/tsp.crt" -CAkey "$PKI/tsp.key" -set_serial "0x4b$(openssl rand -hex 8)" -days 30 -extfile own/ext -outform DER -out "own/$1.der" 2> /dev/null
  FROM=$WORK/own token "card-$1" "$1"
  card "card-$1"
  pkcs11-tool --module "$PARAPHE_TEST_MODULE" --login --pin "$(cat "$WORK/card-$1/pin")" --delete-object --type cert --id f0 > /dev/null 2>&1 ||
    fail "the intermediate stays on the token"
}
chain() { pdfsig -dump out.pdf > /dev/null 2>&1; openssl pkcs7 -inform DER -in out.pdf.sig0 -print_certs -noout | grep -c '^subject'; }
own near "$PARAPHE_TEST_URL/aia/tsp.crt?chain-$$"
run 5 sign in.pdf -o none.pdf --level B-B --yes --module "$PARAPHE_TEST_MODULE" --pin-source file:empty
ok "the requests" curl -s "$PARAPHE_TEST_URL/requests"
says out "GET /aia/tsp.crt\?chain-$$ 200" # before the PIN, which was never given
sign 0 --json
json 'd["warnings"]' '[]'
CHECKS=$((CHECKS + 1)); [ "$(chain)" = 2 ] || fail "the chain in the signature is not whole"
own far 'http://127.0.0.1:1/tsp.crt'
sign 0 --json
json 'len(d["warnings"])' 1
json 'd["level"]' B-B
sign 0
says err 'Note|note|127.0.0.1:1'
CHECKS=$((CHECKS + 1)); [ "$(chain)" = 1 ] || fail "a chain from nowhere"
ok "pdfsig" pdfsig -nocert out.pdf
says out 'Signature is Valid'
finish
