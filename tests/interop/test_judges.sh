#!/usr/bin/env bash
# The judges themselves: they accept a sound signature of another producer and refuse a changed byte and an unknown issuer.
. "$(dirname "$0")/../e2e/lib.sh"
services
judges=$SOURCE/tests/interop/judges.sh
sign() { "$SOURCE/tests/interop/.cache/venv/bin/python" "$SOURCE/tests/interop/judge_pyhanko.py" sign "$@"; }
printf 'no PDF' > none.pdf
"$judges" none.pdf "$PARAPHE_TEST_PKI" > "$OUT" 2> "$ERR"
status=$?
[ $status != 77 ] || { cat "$OUT"; exit 77; }
CHECKS=$((CHECKS + 1)); [ $status = 6 ] || fail "a file that is no PDF: status $status"
for signer in rsa2048 p256 p384; do
  ok "sign with $signer" sign $signer.pdf "$PARAPHE_TEST_PKI" $signer
  ok "judge $signer" "$judges" $signer.pdf "$PARAPHE_TEST_PKI"
done
not_valid() { CHECKS=$((CHECKS + 1)); "$judges" "$1" "$PARAPHE_TEST_PKI" > "$OUT" 2> "$ERR"; [ $? = 6 ] || fail "$1 was found valid"; }
sed 's/595/596/' rsa2048.pdf > changed.pdf
not_valid changed.pdf
ok 'sign with unknown-issuer' sign unknown.pdf "$PARAPHE_TEST_PKI" unknown-issuer
not_valid unknown.pdf

# EU DSS says the level, and no to a level that is not reached (what it writes itself, qpdf and pyHanko find too sloppy)
dss=$SOURCE/tests/interop/dss.sh
signed_by_dss() { "$dss" sign "$1" "$PARAPHE_TEST_PKI" "$2" "$PARAPHE_TEST_TSA" rsa2048.pdf "$3"; }
for level in B-T B-LT B-LTA; do ok "EU DSS signs at $level" signed_by_dss $level p256 $level.pdf; done
ok 'EU DSS signs with a revoked certificate' signed_by_dss B-B revoked revoked.pdf
ok 'EU DSS judges' "$dss" judge "$PARAPHE_TEST_PKI/root.crt" B-T.pdf B-LT.pdf B-LTA.pdf revoked.pdf changed.pdf
said() { CHECKS=$((CHECKS + 1)); [ "$(grep -c -- "$2" "$OUT")" = "$1" ] || fail "not $1 times: $2"; }
said 3 '"good":true'
said 2 '"good":false'
for level in T LT LTA; do said 1 "\"Signature2\".*\"PAdES-BASELINE-$level\""; done
CHECKS=$((CHECKS + 1))
"$judges" --level B-T p256.pdf "$PARAPHE_TEST_PKI" > "$OUT" 2> "$ERR"
[ $? = 6 ] || fail 'a B-B passed for a B-T'
finish
