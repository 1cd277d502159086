#!/usr/bin/env bash
# veraPDF judges every report of the specimens as PDF/A-3a and PDF/UA-1: plain, draft, English, with a look, re-evaluation, replaced,
# without attachments; and it is shown to refuse a file that is neither.
. "$(dirname "$0")/../e2e/lib.sh"
D=(--deposit-date 2026-11-23)
export SOURCE_DATE_EPOCH=1795430000
judge() { "$SOURCE/tests/interop/verapdf/judge.sh" "$@"; }

made=()
make() { local name=$1; shift; run 0 report "${D[@]}" -o "$name.pdf" "$@"; made+=("$name.pdf"); }
for path in "$FORMS"/*conforme.xlsx "$FORMS"/*moyennes.xlsx "$FORMS"/*haute.xlsx "$FORMS"/lps-web-limite-age.xlsx; do
  make "$(basename "$path" .xlsx)" "$path"
done
for path in "$FORMS"/libreoffice/*{conforme,moyennes,haute,limite-age}.xlsx; do make "lo-$(basename "$path" .xlsx)" "$path"; done
for path in "$FORMS"/xlsm/*conforme.xlsm "$FORMS"/xlsm/*haute.xlsm; do make "m-$(basename "$path" .xlsm)" "$path"; done
for form in dimension-geante caracteres-controle emoji-combinants synthese-falsifiee; do make $form "$FORMS/bad/$form.xlsx"; done
for form in lps-vierge proxy-vierge bad/reponse-absente bad/commentaire-33k bad/ecriture-inversee; do make "draft-${form//\//-}" --draft "$FORMS/$form.xlsx"; done
make english --report-lang en "$FORMS/lps-web-haute.xlsx"
make bare --attach none "$FORMS/lps-web-haute.xlsx"
make cover "$FORMS/lps-web-haute.xlsx" "$FORMS/proxy-conforme.xlsx" "$FORMS/lps-mobile-conforme.xlsx"
make again --initial "$FORMS/lps-web-haute.xlsx" --replaces lps-web-haute.pdf "$FORMS/lps-web-reevaluation.xlsx"
other() { /usr/bin/python3 "$SOURCE/tests/e2e/report_forms.py" "$@" || fail "no form $2"; }
other "$FORMS/lps-web-haute.xlsx" long.xlsx 4:G11=@20000 4:G24=@6000 4:G9=@2000.
make long long.xlsx
other "$FORMS/lps-web-conforme.xlsx" names.xlsx 2:C8=@1000 2:C6=@1000 2:C13=@1200 2:C16=@900 2:C28=@400 4:B7-B28= 4:C7-C28=
make names names.xlsx
# A PNG of two colours with transparency, made by hand, and a JPEG by pdftoppm when it is there
/usr/bin/python3 - <<'PY'
import struct, zlib
def chunk(tag, data): return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
rows = b"".join(b"\0" + bytes(v for x in range(80) for v in ((122, 62, 0, 255) if (x // 8 + y // 8) % 2 else (0, 0, 0, 0))) for y in range(40))
open("logo.png", "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 40, 8, 6, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PY
printf '{"format":"paraphe-look","version":1,"firm":"Cabinet","logo":"logo.png","signatures":[{"name":"A","label":"Auditrice"},{"name":"B","label":"Cachet"}]}' > look.json
make look --look look.json "$FORMS/proxy-conforme.xlsx"
if command -v pdftoppm > /dev/null; then
  pdftoppm -jpeg -r 20 -f 1 -l 1 lps-web-haute.pdf photo && mv photo-*.jpg photo.jpg
  sed 's/logo.png/photo.jpg/' look.json > look2.json
  make jpeg --look look2.json "$FORMS/proxy-conforme.xlsx"
  ok "the JPEG is drawn" sh -c 'pdfimages -list jpeg.pdf | grep " jpeg " > /dev/null'
fi

printf '%%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3>>\n%%%%EOF\n' > neither.pdf
judge 3a,ua1 neither.pdf > "$OUT" 2> "$ERR"
status=$?
[ $status != 77 ] || { cat "$OUT"; exit 77; }
CHECKS=$((CHECKS + 1)); [ $status = 6 ] || fail "veraPDF accepts a file that is neither: status $status"
ok "veraPDF on ${#made[@]} reports" judge 3a,ua1 "${made[@]}"
grep FAILS "$OUT"

# Signed in the reserved fields, completed, stamped: still both
services
unset SOURCE_DATE_EPOCH
S=(--yes "${TOKEN[@]}" --tsa "$PARAPHE_TEST_TSA")
run 0 sign lps-web-haute.pdf -o signed.pdf "${S[@]}" --cert subject:rsa2048 --field Signature1 --level B-T
run 0 sign look.pdf -o one.pdf "${S[@]}" --cert subject:p256 --field A --level B-T
run 0 sign one.pdf -o two.pdf "${S[@]}" --cert subject:p384 --field B --level B-T
signed=(signed.pdf one.pdf two.pdf)
run 0 finish signed.pdf -o finished.pdf --level B-LTA --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_PKI/root.crt" --trust-tsa "$PARAPHE_TEST_PKI/root.crt"
run 0 stamp two.pdf -o stamped.pdf --tsa "$PARAPHE_TEST_TSA"
signed+=(finished.pdf stamped.pdf)
ok "veraPDF on ${#signed[@]} signed reports" judge 3a,ua1 "${signed[@]}"
# A new visible field gets its place in the structure tree, with image and code; in one that is signed already it gets none, as the
# warning says, because others take a change of the tree for a modification
run 0 sign lps-web-haute.pdf -o placed.pdf "${S[@]}" --cert subject:rsa2048 --visible 1:40,40,330,90 --level B-T --image logo.png --qr
CHECKS=$((CHECKS + 1)); grep -q 'screen readers' "$ERR" && fail "a warning without reason"
run 0 sign placed.pdf -o placed2.pdf "${S[@]}" --cert subject:p256 --visible 1:40,140,200,60 --level B-T
says err 'screen readers'
ok "veraPDF on a placed signature" judge 3a,ua1 placed.pdf
ok "veraPDF on a second one" judge 3a placed2.pdf
CHECKS=$((CHECKS + 1)); judge ua1 placed2.pdf > "$OUT" 2> "$ERR" && fail "PDF/UA-1 stays: the warning is wrong"
finish
