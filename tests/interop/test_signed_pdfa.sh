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

# Visible, with image and code, in the parts that forbid what others allow: PDF/A-1 knows no transparency and wants its fonts' characters
# listed; without an output intent nothing shows through either.
/usr/bin/python3 "$SOURCE/tests/interop/pdfa.py" .
for part in 1 2 2-bare 3; do # not seen: PDF/A-1 wants an appearance of every field
  run 0 sign a$part.pdf -o unseen-$part.pdf "${SIGN[@]}" --cert subject:p256 --level B-LTA
  run 0 stamp a$part.pdf -o unseen-stamp-$part.pdf --tsa "$PARAPHE_TEST_TSA"
  ok "veraPDF on unseen-$part" judge "${part%%-*}b" unseen-$part.pdf unseen-stamp-$part.pdf
done
for part in 1 2 2-bare 3; do
  run 0 sign a$part.pdf -o look-$part.pdf --yes "${TOKEN[@]}" --cert subject:p256 --visible 1:56,300,330,100 --qr \
    --image "$SOURCE/tests/fuzz/corpus/image/rgba.png" --reason 'Relu, « approuvé »'
  ok "veraPDF on look-$part" judge "${part%%-*}b" a$part.pdf look-$part.pdf
done
finish
