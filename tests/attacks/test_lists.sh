#!/usr/bin/env bash
# Trusted lists: kept only when signed, in force and newer; used as anchors; frozen; fetched again without losing the last good one.
. "$(dirname "$0")/../e2e/lib.sh"
services
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: pyHanko is missing"; exit 77; }
python=$SOURCE/tests/interop/.cache/venv/bin/python pki=$PARAPHE_TEST_PKI
make() { ok "make $1" "$python" -B "$SOURCE/certs-test/make-list.py" "$pki" "$@"; }
export PARAPHE_NET_PRIVATE_ADDRESSES=allow

make good.xml
run 0 trust show
says out 'No trusted list'
run 2 trust import good.xml
says err 'Give one list'
run 6 trust import good.xml --signer "$pki/tsp.crt"
says err 'not signed by a certificate that was given'
run 0 trust import good.xml --signer "$pki/tsp.crt" --signer "$pki/root.crt"
says out 'FR: list number 1 kept, 2 services'
run 0 trust import good.xml --signer "$pki/root.crt"
run 0 trust show --verbose
says out 'Prestataire TEST.*CA/QC.*granted'
run 0 trust show --json
json 'd["lists"][0]["territory"], d["lists"][0]["sequence"]' "('FR', 1)"
run 2 trust frobnicate

# what a list says of the certificates on a token: a root's and an intermediate's service, and for what they are
STATES='sorted({c["trust"]["state"] for s in d["modules"][0]["slots"] if s["token"] for c in s["token"]["certificates"] if not c["ca"]})'
run 0 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --json
json "$STATES" "['listed']"
make uses.xml --sequence 2 --uses ForeSeals ForWebSiteAuthentication
run 0 trust import uses.xml --signer "$pki/root.crt"
run 0 trust show --json
json '[s["uses"] for s in d["lists"][0]["services"]]' "[['seals', 'websites'], []]"
run 0 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --json
json "$STATES" "['other-use']"
make both.xml --sequence 3 --uses ForeSignatures ForeSeals
run 0 trust import both.xml --signer "$pki/root.crt"
run 0 token --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --json
json "$STATES" "['listed']"

# what must not be kept
sed 's/Service tsp/Service tsq/' good.xml > changed.xml
run 6 trust import changed.xml --signer "$pki/root.crt"
make wrapped.xml --sequence 9 --wrap
run 6 trust import wrapped.xml --signer "$pki/root.crt"
sed 's/<ds:Signature .*<\/ds:Signature>//' good.xml > bare.xml
run 6 trust import bare.xml --signer "$pki/root.crt"
says err 'exactly one signature'
make old.xml --sequence 4 --days -1
run 6 trust import old.xml --signer "$pki/root.crt"
says err 'has expired'
make newer.xml --sequence 5
run 0 trust import newer.xml --signer "$pki/root.crt"
run 6 trust import good.xml --signer "$pki/root.crt"
says err 'not newer than the one kept'
make same-number.xml --sequence 5 --days 31
run 6 trust import same-number.xml --signer "$pki/root.crt"
printf '<!DOCTYPE x [<!ENTITY e "x">]>' | cat - good.xml > doctype.xml
run 4 trust import doctype.xml --signer "$pki/root.crt"
printf '<html>no</html>' > page.xml
run 4 trust import page.xml --signer "$pki/root.crt"
printf 'no XML' > no.xml
run 4 trust import no.xml --signer "$pki/root.crt"
make ec.xml --territory DE --signer "$pki/p256.key" "$pki/p256.crt"
run 0 trust import ec.xml --signer "$pki/p256.crt"

# anchors of verify
ok 'sign' "$python" -B "$SOURCE/tests/interop/judge_pyhanko.py" sign signed.pdf "$pki" rsa2048
run 0 verify --json signed.pdf
json 'd["verdict"], d["signatures"][0]["qualification"], d["signatures"][0]["qualification_provider"]' "('valid', 'QESig', 'Prestataire TEST')"
# ... a service for signatures alone makes no seal a qualified one, and one for seals no signature
ok 'seal' "$python" -B "$SOURCE/tests/interop/judge_pyhanko.py" sign seal.pdf "$pki" seal
what() { # what SERIAL USES SIGNATURE SEAL: what each is called (the seal has its key in no device)
  make for.xml --sequence "$1" ${2:+--uses} $2
  XDG_DATA_HOME=$WORK/uses run 0 trust import for.xml --signer "$pki/root.crt"
  XDG_DATA_HOME=$WORK/uses run 0 verify --json signed.pdf
  json 'd["verdict"], d["signatures"][0]["qualification"]' "('valid', '$3')"
  XDG_DATA_HOME=$WORK/uses run 0 verify --json seal.pdf
  json 'd["verdict"], d["signatures"][0]["qualification"]' "('valid', '$4')"
}
what 2 '' QESig AdESeal-QC
what 3 ForeSignatures QESig AdES
what 4 ForeSeals AdES AdESeal-QC
what 5 'ForeSignatures ForeSeals' QESig AdESeal-QC
what 6 ForWebSiteAuthentication AdES AdES
run 0 trust snapshot -o frozen.json
says out 'SHA-256'
# ... granted when the certificate was made and when it signed, each by itself; what the list corrects is not guessed; a certificate that says nothing of it
edited() { # edited FILE PYTHON: the snapshot with its services changed
  python3 - "$1" "$2" << 'EOF' || fail "edited $1"
import datetime, json, sys
now = datetime.datetime.now(datetime.timezone.utc)
ago = lambda **more: (now - datetime.timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")
with open("frozen.json", encoding="utf-8") as opened:
    snapshot = json.load(opened)
for s in (s for one in snapshot["lists"] for s in one["services"]):
    exec(sys.argv[2])
with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump(snapshot, out)
EOF
}
ok 'plain' "$python" -B "$SOURCE/tests/interop/judge_pyhanko.py" sign plain.pdf "$pki" no-nonrep
called() { # called PYTHON NAME [FILE]
  edited edited.json "$1"
  XDG_DATA_HOME=$WORK/none run 0 verify --json --policy dss --trust "$pki/root.crt" --trust edited.json "${3:-signed.pdf}"
  json 'd["verdict"], d["signatures"][0]["qualification"]' "('valid', '$2')"
}
called 'pass' QESig
called 's["periods"] = [{"from": ago(days=900), "until": ago(seconds=2), "status": "granted"}]' AdES
called 's["periods"] = [{"from": ago(seconds=2), "until": None, "status": "granted"}]' AdES
called 's["qualifications"] = True' indeterminate
called 'pass' AdES plain.pdf
run 2 trust snapshot
make withdrawn.xml --sequence 6 --status withdrawn
run 0 trust import withdrawn.xml --signer "$pki/root.crt"
run 0 trust import ec.xml --signer "$pki/p256.crt"
make withdrawn-de.xml --territory DE --sequence 2 --status withdrawn --signer "$pki/p256.key" "$pki/p256.crt"
run 0 trust import withdrawn-de.xml --signer "$pki/p256.crt"
run 6 verify signed.pdf
says out 'was not granted by a trusted list'
# ... and does not stand in the way of a root that the person names, but is not qualified
run 0 verify --json --trust "$pki/root.crt" signed.pdf
json 'd["verdict"], d["signatures"][0]["qualification"]' "('valid', 'AdES')"
run 6 verify --trust "$pki/client-unknown.crt" signed.pdf
says out 'was not granted by a trusted list'
export XDG_DATA_HOME=$WORK/other
run 6 verify signed.pdf
says out 'not attached to a trust list'
run 0 verify --trust frozen.json signed.pdf
printf '{"format":"x"}' > x.json
run 2 verify --trust x.json signed.pdf
says err 'is no snapshot'
mkdir -p "$WORK/open/paraphe/trust" && chmod 777 "$WORK/open/paraphe/trust"
XDG_DATA_HOME=$WORK/open run 2 verify signed.pdf
says err 'can be changed by others'

# fetched again: from the same publisher, and through a list of lists
export XDG_DATA_HOME=$WORK/updates
mkdir www
"$python" -m http.server --bind 127.0.0.1 --directory www 0 > server.log 2>&1 &
server=$!
trap 'kill $server 2> /dev/null; cleanup' EXIT
for _ in $(seq 50); do grep -q 'port [0-9]' server.log && break; sleep 0.1; done
url=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' server.log | head -n 1)
make www/fr.xml --sequence 7
run 0 trust update
says out 'No trusted list'
run 2 trust update FR
says err 'is not known'
make lotl.xml --territory EU --pointer FR "$url/fr.xml" "$pki/root.crt"
run 0 trust import lotl.xml --signer "$pki/root.crt"
run 0 trust update FR
says out 'FR: list number 7 kept'
cp good.xml www/fr.xml
run 6 trust update FR
says err 'not newer'
make www/fr.xml --territory BE --sequence 9
run 6 trust update FR
says err 'BE'
cp page.xml www/fr.xml
run 4 trust update FR
rm www/fr.xml
run 7 trust update FR
says err 'HTTP status 404'
run 0 trust show
says out 'FR: list number 7'
# RSASSA-PSS, as the German list has it: parameters by the name of the method
make pss.xml --territory AT --pss 32
run 0 trust import pss.xml --signer "$pki/root.crt"
run 6 trust import pss.xml --signer "$pki/tsp.crt"
sed 's/Service tsp/Service tsq/' pss.xml > pss-changed.xml
run 6 trust import pss-changed.xml --signer "$pki/root.crt"
make pss-salt.xml --territory BE --pss 20
run 6 trust import pss-salt.xml --signer "$pki/root.crt"
sed 's/2007.05.xmldsig-more#sha256-rsa-MGF1/2001\/04\/xmldsig-more#rsa-sha256/' pss.xml > pss-named.xml
run 6 trust import pss-named.xml --signer "$pki/root.crt"
finish
