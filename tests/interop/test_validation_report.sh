#!/usr/bin/env bash
# The validation report in XML is valid by the schema of ETSI TS 119 102-2: sound, modified, unknown, time-stamped, unsigned, no PDF.
. "$(dirname "$0")/../e2e/lib.sh"
services
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: the judges are missing"; exit 77; }
python=$SOURCE/tests/interop/.cache/venv/bin/python
schema() { PYTHONDONTWRITEBYTECODE=1 "$python" "$SOURCE/tests/interop/schema.py" "$SOURCE/tests/interop/.cache/dss/lib" "$@"; }
for signer in p256 unknown-issuer; do
  ok "sign with $signer" "$python" "$SOURCE/tests/interop/judge_pyhanko.py" sign $signer.pdf "$PARAPHE_TEST_PKI" $signer
done
sed 's/595/596/' p256.pdf > changed.pdf
{ cat p256.pdf; printf 'more'; } > longer.pdf
head -c 200 p256.pdf > cut.pdf
run 0 finish p256.pdf -o lta.pdf --level B-LTA --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST"
cp lta.pdf '<&"é.pdf'
qpdf --empty unsigned.pdf
run 4 verify --offline --trust "$PARAPHE_TEST_TRUST" p256.pdf unknown-issuer.pdf changed.pdf longer.pdf unsigned.pdf cut.pdf '<&"é.pdf' --report xml -o many.xml
run 0 verify --offline --trust "$PARAPHE_TEST_TRUST" lta.pdf --report xml -o one.xml
ok 'the reports are valid' schema one.xml many.xml
sed 's/<vr:HashOnly>false/<vr:HashOnly>perhaps/' one.xml > wrong.xml
CHECKS=$((CHECKS + 1)); ! schema wrong.xml > "$OUT" 2>&1 || fail 'a report that is not valid was found valid'
finish
