#!/usr/bin/env bash
# pades.md block G: what is PDF/A-3a and PDF/UA-1 before the signature is so after it, at each level, signed once and twice, shown in
# the report's own field; veraPDF judges.
. "$(dirname "$0")/../e2e/lib.sh"
services
judge() { "$SOURCE/tests/interop/verapdf/judge.sh" "$@"; }
run 0 report --deposit-date 2026-11-23 -o r.pdf "$FORMS/lps-web-conforme.xlsx"
SIGN=(--yes "${TOKEN[@]}" --tsa "$PARAPHE_TEST_TSA")
for level in B-B B-T B-LT B-LTA; do
  run 0 sign r.pdf -o "$level.pdf" "${SIGN[@]}" --cert subject:rsa3072 --level $level --reason 'Relu, « approuvé »' --location Paris
done
run 0 sign B-LTA.pdf -o twice.pdf "${SIGN[@]}" --cert subject:p256
run 0 finish twice.pdf -o finished.pdf --tsa "$PARAPHE_TEST_TSA"
run 0 stamp r.pdf -o stamped.pdf --tsa "$PARAPHE_TEST_TSA"
run 0 sign r.pdf -o certified.pdf "${SIGN[@]}" --cert subject:p384 --certify
for file in r B-B B-T B-LT B-LTA twice finished stamped certified; do
  CHECKS=$((CHECKS + 1))
  judge 3a,ua1 "$file.pdf" > "$OUT" 2> "$ERR"
  status=$?
  [ $status != 77 ] || { cat "$OUT"; exit 77; }
  [ $status = 0 ] || fail "veraPDF refuses $file.pdf"
done
finish
