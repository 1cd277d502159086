#!/usr/bin/env bash
# sign --pending: the jobs whose reports wait are signed in one go; their journals go on; nothing is signed twice.
. "$(dirname "$0")/lib.sh"
need pdfsig
services
SHIM=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/shim_token.so
[ -e "$SHIM" ] || { echo "skipped: the counting module is not built"; exit 77; }
export PARAPHE_SHIM_MODULE=$PARAPHE_TEST_MODULE PARAPHE_SHIM_LOG=$WORK/calls
TOKEN[1]=$SHIM
WHO=("${TOKEN[@]}" --cert subject:p256)
: > calls
counted() { # LOGINS SIGNATURES since the last time
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c C_Login "$WORK/calls")/$(grep -c C_Sign "$WORK/calls")" = "$1/$2" ] || fail "not $1 C_Login, $2 C_Sign: $(sort "$WORK/calls" | uniq -c | tr '\n' ' ')"
  : > "$WORK/calls"
}
job() { # FOLDER FORM OPTIONS...: up to the report
  local folder=$1 form=$2
  shift 2
  cp "$FORMS/$form" "$folder.xlsx"
  run 0 run "$folder.xlsx" --job "$folder" --until report --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" "$@"
}

run 2 sign
run 2 sign --pending nowhere
says err 'nowhere'
mkdir jobs empty
run 2 sign --pending empty
says err 'holds none'
cd jobs || exit 1
run 0 sign --pending "${WHO[@]}"
says out 'No job waits'
job un lps-web-conforme.xlsx --tsa "$PARAPHE_TEST_TSA"
job deux proxy-conforme.xlsx --level B-B --reason 'Lu et approuvé'
run 2 sign --pending -o x.pdf
says err '--output'
run 2 sign --pending un --tsa http://127.0.0.1:9/ --yes "${WHO[@]}" # what a job has fixed stays
says err 'un: .*tsa'
counted 0 0

# Nobody to ask: nothing is signed.
run 2 sign --pending "${WHO[@]}"
says err '--yes'
counted 0 0
# Both in one go: one login; each keeps what it had fixed; sign and verify are in the journal.
run 0 sign --pending --yes "${WHO[@]}"
counted 1 2
says out 'Job folder: deux'
says out 'Job folder: un'
run 0 status un --json
json '[d["forms"][0]["stages"][s]["state"] for s in ("report", "sign", "verify")]' "['done', 'done', 'done']"
json 'd["forms"][0]["stages"]["sign"]["result"]["level"], d["next"]["code"]' "('B-T', 'hand-over')"
run 0 status deux --json
json 'd["forms"][0]["stages"]["sign"]["result"]["level"]' B-B
ok "the reason of the job" grep -aq '/Reason' deux/1/rapport-signe.pdf
run 0 run --job un
counted 0 0
run 0 sign --pending --yes "${WHO[@]}"
says out 'No job waits'
counted 0 0

# One that fails does not stop the other; its job waits still. Two forms in one job.
cp "$FORMS/lps-web-conforme.xlsx" a.xlsx; cp "$FORMS/proxy-conforme.xlsx" b.xlsx
run 0 run a.xlsx b.xlsx --job trois --until report --deposit-date 2026-11-23 --trust "$PARAPHE_TEST_TRUST"
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null
run 0 sign kinds/classic.pdf -o closed.pdf --certify=1 --yes "${WHO[@]}"
counted 1 1
cp "$FORMS/lps-web-conforme.xlsx" quatre.xlsx
run 0 run quatre.xlsx --job quatre --report closed.pdf --until report --deposit-date 2026-11-23 --trust "$PARAPHE_TEST_TRUST"
run 6 sign --pending trois quatre --yes "${WHO[@]}"
says err 'quatre/1/rapport.pdf: .*certified without any later change'
counted 1 2
run 0 status trois --json
json '[f["stages"]["verify"]["state"] for f in d["forms"]]' "['done', 'done']"
run 0 status quatre --json
json 'd["forms"][0]["stages"]["sign"]["state"]' open
rm -rf quatre
job quatre lps-web-conforme.xlsx
# by the setting, from elsewhere
cd .. || exit 1
PARAPHE_JOB_FOLDER=jobs run 0 sign --pending --yes "${WHO[@]}"
says out 'jobs/quatre'
counted 1 1
# Several who sign: each job with the certificate it was given.
cd jobs || exit 1
job cinq lps-web-conforme.xlsx "${TOKEN[@]}" --cert subject:p256
job six lps-web-conforme.xlsx "${TOKEN[@]}" --cert subject:p384
job sept lps-web-conforme.xlsx "${TOKEN[@]}" --cert subject:nobody
run 5 sign --pending --yes
says err 'sept: No certificate fits'
counted 2 2
run 0 verify cinq/1/rapport-signe.pdf six/1/rapport-signe.pdf --trust "$PARAPHE_TEST_TRUST" --json
ok "p256" pdfsig cinq/1/rapport-signe.pdf
says out 'p256'
ok "p384" pdfsig six/1/rapport-signe.pdf
says out 'p384'
# Another run is at work in one of them: it is named, the rest goes on.
rm -rf sept
job huit lps-web-conforme.xlsx
job neuf lps-web-conforme.xlsx
exec 9> huit/lock; flock 9
run 2 sign --pending --yes "${WHO[@]}"
says err 'huit: '
exec 9>&-
present neuf/1/rapport-signe.pdf
counted 1 1

# Two auditors and a seal on one report: each takes the next box, the earlier signatures stay valid, the journal knows.
cat > boxes.json << 'JSON'
{"format": "paraphe-look", "version": 1, "signatures": [{"name": "Auditrice", "label": "L’auditrice"}, {"name": "Relecteur", "label": "Le relecteur"},
  {"name": "Cachet", "label": "Cachet de la société"}]}
JSON
rm -rf quatre; mkdir trio; cd trio || exit 1
job lot lps-web-conforme.xlsx --look ../boxes.json --level B-B
cp "$SHIM" "$WORK/card.so"
CARD=("${WHO[@]}"); CARD[1]=$WORK/card.so
run 0 sign --pending --yes "${CARD[@]}"
says out 'First: .*: Relecteur, Cachet'
says out "^Next: hand lot/1/rapport-signe.pdf over" # a line of its own
counted 1 1
ok "the first box" grep -aq '/T (Auditrice)' lot/1/rapport-signe.pdf
run 0 status lot --json
json 'd["forms"][0]["awaited"], d["next"]["code"], d["next"]["then"]' "(['Relecteur', 'Cachet'], 'countersign', 'hand-over')"
run 0 status lot
says out 'First: .*lot.xlsx .*: Relecteur, Cachet'
says out 'boxes without signature: Relecteur, Cachet'
# The driver could not even be loaded: whom the report awaits is said without it.
mv "$WORK/card.so" "$WORK/card.away"
run 0 sign --pending --yes "${CARD[@]}"
says err 'lot: .*await.*: Relecteur, Cachet'
run 5 sign --pending --yes "${CARD[@]}" --field Relecteur # who names a box signs it
mv "$WORK/card.away" "$WORK/card.so"
run 0 sign --pending --yes "${WHO[@]}" # another driver, but the same certificate
says err 'lot: .*await.*: Relecteur, Cachet'
counted 0 0
run 0 sign --pending --yes "${TOKEN[@]}" --cert subject:rsa3072 --seal
says err 'lot.xlsx: signed once more, in the field Cachet'
counted 1 1
run 0 status lot --json
json '[d["forms"][0]["stages"][s]["state"] for s in ("sign", "verify")]' "['done', 'done']"
run 0 sign --pending --yes "${TOKEN[@]}" --cert subject:p384 --json
json 'd["forms"][0]["stages"]["verify"]["state"]' done
counted 1 1
run 0 verify lot/1/rapport-signe.pdf --trust "$PARAPHE_TEST_TRUST" --json
json '[(s["field"], s["signer"]["subject"].split("(")[1].split(")")[0]) for s in d["signatures"]]' "[('Auditrice', 'p256'), ('Cachet', 'rsa3072'), ('Relecteur', 'p384')]"
run 0 run --job lot
counted 0 0
run 0 sign --pending --yes "${TOKEN[@]}" --cert subject:rsa2048
says out 'No job waits'
absent lot/1/rapport-contresigne.pdf
# The second auditor signs elsewhere, and the file comes back: it takes the place of the signed report; another file does not.
job loin lps-web-conforme.xlsx --look ../boxes.json --level B-B
run 0 sign --pending loin --yes "${WHO[@]}"
run 0 sign loin/1/rapport-signe.pdf -o ailleurs.pdf --field Relecteur --level B-B --yes "${TOKEN[@]}" --cert subject:p384
: > "$WORK/calls"
run 0 run --job loin --signed ailleurs.pdf
same ailleurs.pdf loin/1/rapport-signe.pdf
run 0 status loin --json
json '[d["forms"][0]["stages"][s]["state"] for s in ("sign", "verify")]' "['done', 'done']"
run 0 run --job loin --signed ailleurs.pdf
run 0 sign loin/1/rapport.pdf -o autre.pdf --field Relecteur --level B-B --yes "${TOKEN[@]}" --cert subject:p384
: > "$WORK/calls"
run 2 run --job loin --signed autre.pdf
same ailleurs.pdf loin/1/rapport-signe.pdf
rm -rf loin
# The second auditor's authority says nothing of revocation: his signature stays undetermined, the first one does not become a changed one.
mkdir second
cp "$PARAPHE_TEST_PKI/tsp.der" second/
openssl req -newkey rsa:2048 -nodes -keyout second/bare.key -subj '/CN=Second Auditeur TEST' -out second/bare.csr 2> second/log
openssl x509 -req -in second/bare.csr -CA "$PARAPHE_TEST_PKI/tsp.crt" -CAkey "$PARAPHE_TEST_PKI/tsp.key" -set_serial 0x7001 -days 30 -outform DER -out second/bare.der \
  -extfile <(printf 'basicConstraints = critical, CA:FALSE\nkeyUsage = critical, nonRepudiation\n') 2>> second/log
job bare lps-web-conforme.xlsx --look ../boxes.json --level B-B
run 0 sign --pending bare --yes "${WHO[@]}"
"$SOURCE/certs-test/make-token.sh" --label second second/token second bare > second/env || fail "no second token"
(
  # shellcheck disable=SC1091
  . second/env
  "$PARAPHE" sign bare/1/rapport-signe.pdf -o second.pdf --field Relecteur --level B-B --yes --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" \
    --pin-source "file:$PARAPHE_TEST_PIN_FILE" > "$OUT" 2> "$ERR"
) || fail "the second auditor does not sign"
run 6 verify second.pdf --trust "$PARAPHE_TEST_TRUST" --json
json '[(s["indication"], s["modified"], s["code"]) for s in d["signatures"]]' "[('TOTAL-PASSED', False, None), ('INDETERMINATE', False, 'revocation.missing')]"
run 0 run --job bare --signed second.pdf
same second.pdf bare/1/rapport-signe.pdf
run 0 status bare --json
json 'd["forms"][0]["stages"]["verify"]["result"]["signature"]' undetermined
rm -rf bare second
# What holds for all reports is said once.
job r1 lps-web-conforme.xlsx --level B-B
job r2 lps-web-conforme.xlsx --level B-B
run 0 sign --pending r1 r2 --yes "${TOKEN[@]}" --cert subject:rsa2048
CHECKS=$((CHECKS + 1))
[ "$(grep -c 'RSA 2048 stop passing' "$ERR")" = 1 ] || fail "not said once"
rm -rf r1 r2
# Two reports of one name do not go into one folder: said before the PIN.
run 2 sign lot/1/rapport.pdf lot/1/../1/rapport.pdf --out-dir o --yes "${WHO[@]}"
says err 'would both become o/rapport.pdf'
: > "$WORK/calls"
cp -r lot autre # what is no continuation of the signed report is not taken
echo 'no pdf' > autre/1/rapport-contresigne.pdf
run 10 run --job autre
says err 'does not go on from'
rm -rf autre
cd .. || exit 1

# Killed after the token had signed: what is kept is finished without it.
BOUNDARY=$(dirname "$SHIM")/boundary.so
if [ -e "$BOUNDARY" ]; then
  job dix proxy-conforme.xlsx
  record=$WORK/record
  setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$record" "$PARAPHE" sign --pending huit --yes "${WHO[@]}" > "$OUT" 2> "$ERR" < /dev/null
  at=$(strings "$record" | grep -n 'signature.kept' | tail -n 1 | cut -d: -f1)
  rm -f "$record"; : > "$WORK/calls"
  setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$record" PARAPHE_SHIM_KILL="$at" PARAPHE_SHIM_WHEN=after "$PARAPHE" sign --pending dix \
    --yes "${WHO[@]}" > "$OUT" 2> "$ERR" < /dev/null
  absent dix/1/rapport-signe.pdf
  run 0 sign --pending dix --yes "${WHO[@]}"
  counted 1 1
  present dix/1/rapport-signe.pdf
  # The same for a further signature: killed right after it has its name beside, or its line.
  mkdir duo; cd duo || exit 1
  for n in 1 2 3; do job "d$n" proxy-conforme.xlsx --look ../boxes.json --level B-B; done
  run 0 sign --pending --yes "${WHO[@]}"
  rm -f "$record"
  setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$record" "$PARAPHE" sign --pending d1 --yes "${TOKEN[@]}" --cert subject:p384 > "$OUT" 2> "$ERR" < /dev/null
  : > "$WORK/calls"
  job=d2
  for what in 'signature.kept' 'rename.*rapport-contresigne.pdf'; do
    at=$(strings "$record" | grep -n "$what" | tail -n 1 | cut -d: -f1)
    setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$WORK/again" PARAPHE_SHIM_KILL="$at" PARAPHE_SHIM_WHEN=after "$PARAPHE" sign --pending $job \
      --yes "${TOKEN[@]}" --cert subject:p384 > "$OUT" 2> "$ERR" < /dev/null
    rm -f "$WORK/again"
    run 0 sign --pending $job --yes "${TOKEN[@]}" --cert subject:p384
    CHECKS=$((CHECKS + 1))
    [ "$(grep -c C_Sign "$WORK/calls")" = 1 ] || fail "$what: not one C_Sign"
    : > "$WORK/calls"
    run 0 run --job $job
    run 0 verify $job/1/rapport-signe.pdf --trust "$PARAPHE_TEST_TRUST" --json
    json 'len(d["signatures"])' 2
    absent $job/1/rapport-contresigne.pdf
    job=d3
  done
  cd .. || exit 1
fi
finish
