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

# A text too long for its column stands under its row over the width of the table, and is still the content of its cell
other() { /usr/bin/python3 "$SOURCE/tests/e2e/report_forms.py" "$@" || fail "no form $2"; }
other "$FORMS/lps-web-haute.xlsx" long.xlsx 4:G11=@32767 4:G24=@6000 4:G12=@1500 4:G27=@700 4:G9=@2000.
run 0 report "${D[@]}" long.xlsx -o long.pdf --json
json "d['pages'] < 44, d['warnings']" "(True, [])"
ok "geometry of long comments" pages geometry long.pdf
pdftotext long.pdf - | tr '\n' ' ' > text
for said in 'Texte sous la ligne' 'Commentaire / justification, suite de W-05' 'Justification, suite de W-18'; do
  CHECKS=$((CHECKS + 1)); grep -qF "$said" text || fail "the pages do not say: $said"
done
ok "the cell holds the whole comment" /usr/bin/python3 "$SOURCE/tests/e2e/report_file.py" below long.pdf 5
run 6 verify long.pdf --form long.xlsx --json # it is not signed
json "d['comparison']['method'], d['comparison']['result'], d['comparison']['points']['found']" "('data', 'same', 39)"
# ... and without the data inside, the texts are found on the pages
run 0 report "${D[@]}" long.xlsx -o long-bare.pdf --attach none
run 6 verify long-bare.pdf --form long.xlsx --json
json "d['comparison']['method'], d['comparison']['result'], d['comparison']['points']['found']" "('text', 'same', 39)"

# A point without a theme: nothing stands before its category
other "$FORMS/lps-web-haute.xlsx" themeless.xlsx 2:C27=1.0 4:B11= # without a rule set, which has it too
run 0 report "${D[@]}" themeless.xlsx -o themeless.pdf
pdftotext -layout themeless.pdf text
CHECKS=$((CHECKS + 1)); grep -q 'A01:2021' text && ! grep -qE '(Haute|Élevée|High)  *· *A01:2021|^ *· *A' text || fail "a lone dot: $(grep A01:2021 text)"

# One without a theme and without a category has a bar of its own, named
other "$FORMS/lps-web-haute.xlsx" bare.xlsx 2:C27=1.0 4:B11= 4:C11=
run 0 report "${D[@]}" bare.xlsx -o bare.pdf
pdftotext -layout bare.pdf text
CHECKS=$((CHECKS + 1)); grep -q 'Sans catégorie' text || fail 'the bar of points without a category has no name'

# Names of all lengths, with lines in them; what has no room on the title page is said to stand elsewhere
other "$FORMS/lps-web-conforme.xlsx" names.xlsx 2:C8=@3000 2:C6=@3000 2:C9=@500 2:C13=@1200 2:C16=@900 2:C18=@400 2:C28=@400 2:C7=@290 \
  2:C10=@290 2:C19=@290
run 0 report "${D[@]}" names.xlsx -o names.pdf
ok "geometry of long names" pages geometry names.pdf
pdftotext -l 1 names.pdf - | tr '\n' ' ' > text
CHECKS=$((CHECKS + 1)); grep -q 'Toutes les informations du formulaire figurent dans « Méthode et preuves »' text || fail "what is left out is not said"
CHECKS=$((CHECKS + 1)); grep -qE 'Référence Constat.*…  *·  *version 1  *·  *formulaire SHA-256( [0-9a-f]{4}){4}' text || fail "a long reference hides the rest of the foot"

# Other kinds of pages: draft, look with logo, three boxes, cover, English, N/A on every high point
cat > look.json <<'LOOK'
{"format":"paraphe-look","version":1,"firm":"Sentinelle Audit SAS","address":"12, rue de l’Exemple\n75011 Paris","logo":"rgba.png",
"primary":"#3A1A4D","accent":"#7A3E00","notes":["Diffusion restreinte."],"signatures":[{"name":"Auditeur1","label":"Première auditrice"},
{"name":"Auditeur2","label":"Second auditeur"},{"name":"Cachet","label":"Cachet"}]}
LOOK
cp "$SOURCE/tests/fuzz/corpus/image/rgba.png" .
run 0 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o look.pdf --look look.json
run 0 report "${D[@]}" "$FORMS/bad/reponse-absente.xlsx" -o draft.pdf --draft
run 0 report "${D[@]}" "$FORMS/lps-lourd-3tiers-conforme.xlsx" -o english.pdf --report-lang en
run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/proxy-conforme.xlsx" "$FORMS/lps-mobile-conforme.xlsx" -o cover.pdf
other "$FORMS/lps-web-conforme.xlsx" na.xlsx 4:F7-F9=N/A 4:G7-G9=@400 4:F11-F12=N/A 4:G11-G12=@300 3:F7-F8=N/A '3:G7-G8=Sans objet.'
run 0 report "${D[@]}" na.xlsx -o na.pdf
# The synthesis stays on its page when every high point is answered No, and a list of its own holds the N/A on high points
other "$FORMS/lps-web-conforme.xlsx" no.xlsx 4:F7-F12=Non 4:G7-G12=Constat. 4:F16=Non 4:G16=Constat. 3:F7-F12=Non 3:G7-G12=Constat.
run 0 report "${D[@]}" no.xlsx -o no.pdf
for page in 3:Synthèse 4:Non-conformités; do
  pdftotext -f "${page%:*}" -l "${page%:*}" no.pdf text
  CHECKS=$((CHECKS + 1)); grep -qx "${page#*:}" text || fail "page ${page%:*} of many No is not ${page#*:}"
done
pdftotext na.pdf - | tr '\n' ' ' > text
CHECKS=$((CHECKS + 1)); grep -qE 'N/A sur des points de gravité haute.*W-01.*W-06.*Autres points N/A.*C-03.*Tous les points' text || fail "N/A on high points have no list of their own"
pdftotext -raw na.pdf - | sed -n '/^Autres points N\/A$/,/^Tous les points/p' > text
CHECKS=$((CHECKS + 1)); grep -q 'passe exclusivement' text || fail "an N/A without its justification"
for name in look draft english na no; do ok "geometry of $name" pages geometry $name.pdf; done
for name in lps-web-haute look re; do ok "$name in grey" pages grey $name.pdf; done

P=$SOURCE/tests/e2e/report_pages.txt
for name in lps-web-haute re look draft english cover na long; do ok "pages of $name look like the approved ones" pages compare $name $name.pdf "$P"; done
# The checks themselves can fail: a page that is not the approved one, a pale text, a word in the margin
not() { CHECKS=$((CHECKS + 1)); ! pages "$@" > /dev/null 2>&1 || fail "the check of the pages lets pass: $*"; }
not compare lps-web-haute proxy-haute.pdf "$P"
not compare nobody proxy-haute.pdf "$P"
/usr/bin/python3 - <<'PY'
text = b"0.8 g BT /F1 12 Tf 20 400 Td (margin) Tj 200 0 Td (pale) Tj ET"
bodies = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
          b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>", b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text)]
out, places = b"%PDF-1.7\n", []
for number, body in enumerate(bodies, 1):
    places.append(len(out))
    out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
at = len(out)
out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
open("pale.pdf", "wb").write(out + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % at)
PY
pages grey pale.pdf > "$OUT" 2>&1
says out 'pale.* is hard to read in grey'
pages geometry pale.pdf > "$OUT" 2>&1
says out 'margin.* stands outside of the margins'
says out 'no pages of tabs'

# The texts of a non-conformity in full; no row begins on one page to end on the next
pdftotext -raw -f 4 -l 4 lps-web-haute.pdf - | tr '\n' ' ' > text
CHECKS=$((CHECKS + 1))
grep -q 'sans se fier à un rôle ou à un identifiant fourni par le client.*Constat : le service de téléchargement.*mise en service du module' text || fail "W-05 is not in full"
for p in $(seq 8 15); do pdftotext -raw -f "$p" -l "$p" lps-web-haute.pdf - | grep -A1 -xE 'Commentaire / justification' | sed -n 2p; done > text
CHECKS=$((CHECKS + 1)); { [ -s text ] && ! grep -qvE '^(C|W)-[0-9]+ |, suite de (C|W)-[0-9]+$' text; } || fail "a row is cut: $(cat text)"

# Reading order: the text of a point, of its comment, of the next point
pdftotext lps-web-haute.pdf - | tr '\n' ' ' > text
CHECKS=$((CHECKS + 1))
grep -qE 'Synthèse.*Non-conformités.*W-05.*Exigence.*Constat de l’auditeur.*Points non applicables.*Base commune.*C-01.*C-17.*W-01.*W-22.*Méthode et preuves.*Signatures' text || fail "reading order"
ok "structure" /usr/bin/python3 "$SOURCE/tests/e2e/report_file.py" tree lps-web-haute.pdf
mv lps-web-haute.pdf.tree tree
tree_has() { CHECKS=$((CHECKS + 1)); grep -qE "$1" tree || fail "structure has no $1"; }
for tag in 'Document' 'Sect' 'H1 ' 'H2 ' 'Table' 'TR' 'TH' 'TD' '/Scope /Column' '/Scope /Row' 'Figure' 'TOC' 'Link' 'Form' ' L ' 'LI'; do tree_has "$tag"; done
# French spaces: narrow and unbreakable before signs and inside of quotation marks; dates in words
N=$'\xe2\x80\xaf'
for said in "respectés$N: W-05" "fictive\\)$N; ne provient" "«${N}cellule F11$N»" '"7 septembre 2026"'; do tree_has "$said"; done
# what stands apart on the page is apart for those who hear it
for said in '"Synthèse 3"' '"39 points de contrôle"' '"Oui cellule F7"' '"Gravité haute Interfaces de programmation .* A01:2021 Application web, F11"'; do tree_has "$said"; done
CHECKS=$((CHECKS + 1)); ! grep -E '(Oui|Non|N/A)cellule|(haute|moyenne)[A-ZÉ]' tree || fail "words run together"
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
