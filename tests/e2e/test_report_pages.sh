# The pages of reports as a machine sees them: margins, repeated heads, headings, reading order, approved pictures.
. "$(dirname "$0")/lib.sh"
need pdftotext pdftoppm pdfinfo
D=(--deposit-date 2026-11-23)
export SOURCE_DATE_EPOCH=1795430000
pages() { /usr/bin/python3 "$SOURCE/tests/e2e/report_pages.py" "$@"; }

for form in lps-web-haute lps-web-10-moyennes lps-web-conforme lps-mobile-conforme lps-lourd-3tiers-conforme lps-lourd-2tiers-conforme proxy-haute; do
  run 0 report "${D[@]}" "$FORMS/$form.xlsx" -o $form.pdf
  ok "geometry of $form" pages geometry $form.pdf
done
run 0 report "${D[@]}" "$FORMS/lps-web-reevaluation.xlsx" --initial "$FORMS/lps-web-haute.xlsx" -o re.pdf
ok "geometry of a re-evaluation" pages geometry re.pdf
run 0 report "${D[@]}" "$FORMS/bad/emoji-combinants.xlsx" -o emoji.pdf
ok "geometry with placeholders" pages geometry emoji.pdf

# The check itself can fail: a page that is not the approved one
P=$SOURCE/tests/e2e/report_pages.txt
ok "pages look like the approved ones" pages compare lps-web-haute.pdf "$P"
CHECKS=$((CHECKS + 1)); ! pages compare proxy-haute.pdf "$P" > /dev/null 2>&1 || fail "another report looks like the approved one"

# Reading order: the text of a point, of its comment, of the next point
pdftotext lps-web-haute.pdf - | tr '\n' ' ' > text
CHECKS=$((CHECKS + 1))
grep -qE 'Synthèse.*Non-conformités.*W-05.*Exigence.*Constat de l’auditeur.*Points non applicables.*Base commune.*C-01.*C-17.*W-01.*W-22.*Méthode et preuves.*Signatures' text || fail "reading order"
pdfinfo -struct-text lps-web-haute.pdf > tree 2> /dev/null
tree_has() { CHECKS=$((CHECKS + 1)); grep -qE "$1" tree || fail "structure has no $1"; }
for tag in 'Document' 'Sect' 'H1 ' 'H2 ' 'Table' 'TR' 'TH' 'TD' '/Scope /Column' '/Scope /Row' 'Figure' 'TOC' 'Link' 'Form' ' L ' 'LI'; do tree_has "$tag"; done
tree_has 'identique à la production \(version' # lines do not run together
CHECKS=$((CHECKS + 1)); ! grep -q 'Seul le fichier électronique signé fait foi.*[0-9] / ' tree || fail "a footer is read as text"

# 400 points with comments of 8 000 characters: 32 MB are enough, with and without the attachments, and pages and file grow with the
# text alone
PEAK=$(dirname "$PARAPHE")/tests/bench/bench_peak
peak() { # REPORT OPTION...: of the largest process, in KiB
  local out=$1
  shift
  "$PEAK" "$PARAPHE" report "${D[@]}" --draft "$@" -o "$out" --quiet > peak 2> "$ERR"
  CHECKS=$((CHECKS + 1)); [ "$(cut -d' ' -f4 peak)" = 0 ] || fail "no $out: $(cat "$ERR")"
  CHECKS=$((CHECKS + 1))
  nm "$PARAPHE" 2> /dev/null | grep __asan_init > /dev/null || [ "$(cut -d' ' -f3 peak)" -le 32768 ] || fail "$out: $(cut -d' ' -f3 peak) KiB of memory"
}
for points in 100 400; do
  BUILD=$(dirname "$PARAPHE") /usr/bin/python3 "$SOURCE/tests/bench/report" form long-$points.xlsx $points 8000
  peak long-$points.pdf --attach none long-$points.xlsx
done
peak attached.pdf long-400.xlsx
sizes() { pdfinfo "$1" | awk '/^Pages:/ {print $2}'; stat -c %s "$1"; }
{ read -r few_pages; read -r few_bytes; } < <(sizes long-100.pdf)
{ read -r pages; read -r bytes; } < <(sizes long-400.pdf)
CHECKS=$((CHECKS + 1)); [ "$bytes" -lt $((4 * few_bytes)) ] || fail "the file grows faster than its text: $few_bytes, $bytes bytes"
CHECKS=$((CHECKS + 1)); [ "$pages" -lt $((4 * few_pages)) ] || fail "the pages grow faster than the text: $few_pages, $pages"
CHECKS=$((CHECKS + 1)); [ "$bytes" -lt $((3 * 400 * 8000)) ] || fail "$bytes bytes for 3 200 000 characters"

# 39 points: 250 KB without the attachments, whatever the answers
for form in lps-web-haute lps-web-conforme lps-lourd-3tiers-conforme proxy-haute; do
  run 0 report "${D[@]}" "$FORMS/$form.xlsx" --attach none -o bare.pdf
  CHECKS=$((CHECKS + 1)); [ "$(stat -c %s bare.pdf)" -le 250000 ] || fail "$form: $(stat -c %s bare.pdf) bytes without attachments"
done
finish
