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

# 400 points with comments of 2 000 characters: 32 MB are enough, and the file grows with the text alone
PEAK=$(dirname "$PARAPHE")/tests/bench/bench_peak
for points in 100 400; do
  BUILD=$(dirname "$PARAPHE") /usr/bin/python3 "$SOURCE/tests/bench/report" form long-$points.xlsx $points 2000
  "$PEAK" "$PARAPHE" report "${D[@]}" --draft --attach none long-$points.xlsx -o long-$points.pdf --quiet > peak-$points 2> "$ERR"
  CHECKS=$((CHECKS + 1)); [ "$(cut -d' ' -f4 peak-$points)" = 0 ] || fail "no report of $points points: $(cat "$ERR")"
done
CHECKS=$((CHECKS + 1)); [ $(stat -c %s long-400.pdf) -lt $((4 * $(stat -c %s long-100.pdf))) ] || fail "the file grows faster than its text"
CHECKS=$((CHECKS + 1))
nm "$PARAPHE" 2> /dev/null | grep __asan_init > /dev/null || [ "$(cut -d' ' -f3 peak-400)" -le 32768 ] || fail "$(cut -d' ' -f3 peak-400) KiB of memory"
finish
