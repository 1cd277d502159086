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
finish
