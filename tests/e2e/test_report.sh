# The verb report: contents, options, refusals, determinism.
. "$(dirname "$0")/lib.sh"
need pdftotext pdftoppm pdfinfo pdfimages pdffonts qpdf pdfdetach
D=(--deposit-date 2026-11-23)
export SOURCE_DATE_EPOCH=1795430000
text_of() { pdftotext -layout "$1" - | sed 's/\xe2\x80\xaf/ /g' > text; cp text "$OUT"; : > "$ERR"; }
has() { CHECKS=$((CHECKS + 1)); grep -qE -- "$1" "$OUT" || fail "the report does not say: $1"; }
has_not() { CHECKS=$((CHECKS + 1)); ! grep -qE -- "$1" "$OUT" || fail "the report says: $1"; }

run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" -o r.pdf
says out "r.pdf: [0-9]+ pages"
says out "Thresholds not met: W-05"
says err "names of its authors"
present r.pdf
ok "qpdf finds no fault" qpdf --check r.pdf
text_of r.pdf
has "Seuils non respectés"
has "Application web, F11"
has "SPÉCIMEN – ne provient pas de l’ANS"
has "Annule et remplace|TI-LPS-2026-0404"
has "$(sha256sum "$FORMS/lps-web-haute.xlsx" | cut -c 1-64)"
has "Signature1"
pages=$(pdfinfo r.pdf | sed -n 's/^Pages: *//p')
for page in 1 "$pages"; do has " $page / $pages"; done
CHECKS=$((CHECKS + 1)); [ "$(grep -cE "[0-9]+ / $pages\$" text)" = "$pages" ] || fail "a page without its number"
CHECKS=$((CHECKS + 1)); [ "$(pdftotext r.pdf - | tr '\f\n' '\n ' | grep -c 'SPÉCIMEN – ne provient pas de l’ANS\|SPÉCIMEN : points de contrôle fictifs')" = "$pages" ] || fail "a page does not say SPÉCIMEN"
CHECKS=$((CHECKS + 1)); [ "$(pdftotext r.pdf - | tr '\f\n' '\n ' | grep -c 'Seul le fichier électronique signé fait foi')" = "$pages" ] || fail "a page without the sentence of faith"
ok "tagged" sh -c 'pdfinfo r.pdf | grep -q "Tagged: *yes"'
ok "attachments" sh -c 'pdfdetach -list r.pdf | grep -q grid.json && pdfdetach -list r.pdf | grep -q lps-web-haute.xlsx'
ok "detach" pdfdetach -saveall -o . r.pdf
same lps-web-haute.xlsx "$FORMS/lps-web-haute.xlsx"
ok "grid.json is the grid document" /usr/bin/python3 -c 'import json; d = json.load(open("grid.json")); assert d["format"] == "paraphe-grid" and len(d["sheets"]) == 2'
CHECKS=$((CHECKS + 1)); [ "$(stat -c %a r.pdf)" = 600 ] || fail "others can read the report"

# The file by itself: what PDF/A and PDF/UA ask of it, what is associated with it, digests, structure
file() { ok "$1 of $2" /usr/bin/python3 "$SOURCE/tests/e2e/report_file.py" "$@"; }
BOOK=application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
file facts r.pdf fr-FR
file files r.pdf grid.json Data application/json lps-web-haute.xlsx Source $BOOK
file digests r.pdf "$FORMS/lps-web-haute.xlsx"
says out "$(sha256sum "$FORMS/lps-web-haute.xlsx" | cut -c 1-64)"

# The title page says all that the form says of itself, with the result in words, until when, whose decision it is, and who made it
pdftotext -l 1 r.pdf - | sed 's/\xe2\x80\xaf/ /g' > "$OUT"
for said in 'RAPPORT DE TEST D’INTRUSION' 'Médilune Cabinet' 'version 7' 'Éditions Médilune' 'LGC' 'Application web' 'SaaS' 'Sentinelle Audit SAS' \
  'PASSI-SPECIMEN-0042' 'Claire Fontaine-Lemoël' '7 septembre 2026' '11 septembre 2026' '18 septembre 2026' 'SPÉCIMEN 2026.1' 'TI-LPS-2026-0404' \
  'Seuils non respectés : W-05 \(gravité haute\) à Non' 'Dépôt possible jusqu’au 10/09/2027 inclus' 'la décision appartient à l’ANS' \
  'Document établi par Sentinelle Audit SAS \(société fictive\) ; ne provient pas de l’ANS'; do has "$said"; done
ok "no picture, no logo of an agency" sh -c '[ "$(pdfimages -list r.pdf | wc -l)" -le 2 ]'
# The synthesis is one page: counts, eliminatory points, distance from the limit, categories
pdftotext -f 3 -l 3 r.pdf - | sed 's/\xe2\x80\xaf/ /g' > "$OUT"
for said in Synthèse 'points de contrôle' 'Haute' 'Moyenne' 'Points éliminatoires' 'W-05. Un seul suffit' '3 sur 10 admises' 'Il en reste 7' \
  'Réponses par catégorie' 'A03:2021 – Injection' 'A10:2021 – SSRF'; do has "$said"; done
pdftotext -raw -f 3 -l 3 r.pdf "$OUT"
for said in '^Haute 12 1 0 0 13$' '^Moyenne 22 3 1 0 26$' '^A01:2021 .* 5 1$' '^A05:2021 .* 5 2$' '^A07:2021 .* 8$'; do has "$said"; done
# Every point of every tab, each with its cell, in the order of the form
pdftotext -raw r.pdf - | sed 's/\xe2\x80\xaf/ /g' > raw
cp raw "$OUT"
CHECKS=$((CHECKS + 1)); [ "$(grep -cE '^(. )?(Oui|Non|N/A) ?cellule F[0-9]+|^cellule F[0-9]+' raw)" = 39 ] || fail "not every point names its cell"
CHECKS=$((CHECKS + 1)); [ "$(grep -oE '^(C|W)-[0-9]+' raw | tail -n 39 | tr '\n' ' ')" = "$(for n in C:17 W:22; do seq -f "${n%:*}-%02.0f" "${n#*:}"; done | tr '\n' ' ')" ] || fail "the points are not in the order of the form: $(grep -oE '^(C|W)-[0-9]+' raw | tail -n 39 | tr '\n' ' ')"
for said in 'Point de contrôle' 'Conforme \(Oui' 'Commentaire / justification' 'Méthode et preuves' 'Les points, leurs gravités et leurs libellés ont été comparés'; do has "$said"; done
# Reference, version and 16 digits on each page
CHECKS=$((CHECKS + 1)); [ "$(grep -cE 'Référence TI-LPS-2026-0404 · version 1 · formulaire SHA-256( [0-9a-f]{4}){4}' raw)" = "$pages" ] || fail "a foot is not whole"
# Nothing is said that the form does not say
run 0 report "${D[@]}" "$FORMS/bad/passi-absent.xlsx" -o nopassi.pdf --draft
text_of nopassi.pdf
has "Ce document ne provient pas de l’ANS"
has_not "Document établi par"

# The same bytes whatever the surroundings; another clock gives others
(cd / && umask 000 && TZ=Asia/Tokyo LC_ALL=fr_FR.UTF-8 "$PARAPHE" report "${D[@]}" "$FORMS/lps-web-haute.xlsx" -o "$WORK/again.pdf" > /dev/null 2>&1)
same r.pdf again.pdf
SOURCE_DATE_EPOCH=1795430001 run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" -o other.pdf
CHECKS=$((CHECKS + 1)); ! cmp -s r.pdf other.pdf || fail "another clock gives the same bytes"
CHECKS=$((CHECKS + 1)); [ "$(stat -c %s r.pdf)" -lt $((250000 + 2 * $(stat -c %s "$FORMS/lps-web-haute.xlsx"))) ] || fail "the report is too large"

# A form to correct is refused, and drafted on request
run 3 report "${D[@]}" "$FORMS/bad/reponse-absente.xlsx" -o bad.pdf
says err "1 fault to correct first"
absent bad.pdf
run 3 report "${D[@]}" "$FORMS/lps-vierge.xlsx" -o bad.pdf
says err "16 faults to correct first"
absent bad.pdf
run 0 report "${D[@]}" "$FORMS/bad/reponse-absente.xlsx" -o draft.pdf --draft --json
json "d['draft'], d['fields']" "(True, [])"
text_of draft.pdf
CHECKS=$((CHECKS + 1)); [ "$(pdftotext draft.pdf - | tr '\f\n' '\n ' | grep -c 'BROUILLON – ne pas signer\|BROUILLON : le formulaire')" = "$(pdfinfo draft.pdf | sed -n 's/^Pages: *//p')" ] || fail "a page of the draft says nothing of it"
has "W-08"
has "n’a pas de champ de signature"
ok "the metadata say draft" sh -c 'pdfinfo draft.pdf | grep -q "^Subject:.*BROUILLON – ne pas signer"'
ok "the metadata say the result" sh -c 'pdfinfo r.pdf | grep -q "^Subject:.*Seuils non respectés.*TI-LPS-2026-0404"'
run 3 report "${D[@]}" "$FORMS/bad/pas-un-zip.xlsx" -o bad.pdf --draft
says err "no form that a report could be made of"
absent bad.pdf
run 0 report --deposit-date 2027-09-11 "$FORMS/lps-web-conforme.xlsx" -o late.pdf

# Language of the report
run 0 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o en.pdf --report-lang en
text_of en.pdf
file facts en.pdf en-GB
text_of en.pdf
has "Penetration test report"
has "Thresholds met"
has_not "Non-conformités"
run 0 report "${D[@]}" "$FORMS/bad/reponse-absente.xlsx" -o den.pdf --draft --report-lang en
CHECKS=$((CHECKS + 1)); [ "$(pdftotext den.pdf - | tr '\f\n' '\n ' | grep -c DRAFT)" = "$(pdfinfo den.pdf | sed -n 's/^Pages: *//p')" ] || fail "a page of the English draft says nothing of it"
run 2 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o x.pdf --report-lang de
absent x.pdf

# What is attached
run 0 report "${D[@]}" "$FORMS/xlsm/lps-web-conforme.xlsm" -o macro.pdf --json
json "d['attached']" "['grid.json']"
file files macro.pdf grid.json Data application/json
file digests macro.pdf "$FORMS/xlsm/lps-web-conforme.xlsm"
run 2 report "${D[@]}" "$FORMS/xlsm/lps-web-conforme.xlsm" -o x.pdf --attach form,data
says err "never attached"
run 0 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o none.pdf --attach none --json
json "d['attached']" "[]"
silent err
file files none.pdf
H=$(sha256sum "$FORMS/lps-web-conforme.xlsx" | cut -c 1-64)
ok "the digest is there without attachments" sh -c "pdftotext -raw none.pdf - | grep $H > /dev/null && grep -aq '<paraphe:formSha256>$H<' none.pdf"
run 0 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o data.pdf --attach data --json
json "d['attached']" "['grid.json']"
run 2 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o x.pdf --attach form
absent x.pdf

printf '[report]\nattach = form\n' > wrong.ini
run 2 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o x.pdf --config wrong.ini
says err "form,data, data or none"
run 2 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx" -o x.pdf --config wrong.ini
absent x.pdf

# What else the workbook carries is listed before it is attached, and nothing of it when the data go alone
run 0 report "${D[@]}" "$FORMS/bad/feuille-masquee.xlsx" -o hidden.pdf --draft
says err "hidden sheets"
says err "names of its authors"
run 0 report "${D[@]}" "$FORMS/bad/feuille-masquee.xlsx" -o hidden.pdf --draft --attach data
silent err
cp "$FORMS/lps-web-conforme.xlsx" notes.xlsx
/usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("notes.xlsx", "a").writestr("xl/comments1.xml", "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>")'
run 0 report "${D[@]}" notes.xlsx -o notes.pdf
says err "notes or cell comments"

# Re-evaluation, and what is replaced
run 0 report "${D[@]}" --initial "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx" -o re.pdf --replaces r.pdf --html again.html --json
json "d['revision'], d['attached']" "(2, ['grid.json', 'lps-web-reevaluation.xlsx'])"
text_of re.pdf
file files re.pdf grid.json Data application/json lps-web-reevaluation.xlsx Source $BOOK
file tree re.pdf
file parity re.pdf again.html
text_of re.pdf
has "Réévaluation.*: avant et après"
has "$(sha256sum "$FORMS/lps-web-haute.xlsx" | cut -c 1-64)"
has "Résultat +Seuils non respectés +Seuils respectés"
has "Fin des tests +11 septembre 2026 +20 octobre 2026"
has "RAPPORT DE TEST D’INTRUSION – RÉÉVALUATION"
has "Formulaire initial +lps-web-haute.xlsx"
has "Début des tests +7 septembre 2026 +19 octobre 2026"
has "Date du rapport +18 septembre 2026 +23 octobre 2026"
has "Référence du formulaire +TI-LPS-2026-0404 +TI-LPS-2026-0404-R1"
has "Non, gravité haute +1 +0"
has "Non, gravité moyenne +3 +1"
has "N/A, gravité haute +0 +0"
has "N/A, gravité moyenne +[0-9]+ +[0-9]+"
pdftotext -raw re.pdf - | sed -n '/Réévaluation.*: avant et après/,/^Méthode et preuves/p' > "$OUT"
has "cellule F11"
# ... only points that were Non
CHECKS=$((CHECKS + 1)); [ "$(grep -oE '^(C|W)-[0-9]+' "$OUT" | tr '\n' ' ')" = 'C-15 W-05 W-12 W-21 ' ] || fail "the table of a re-evaluation shows $(grep -oE '^(C|W)-[0-9]+' "$OUT" | tr '\n' ' ')"
text_of re.pdf
has "Annule et remplace le rapport TI-LPS-2026-0404, version 1"
has "$(sha256sum r.pdf | cut -c 1-64)"
run 4 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o x.pdf --replaces "$FORMS/lps-web-conforme.xlsx"
says err "lps-web-conforme.xlsx is not a PDF"
run 4 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o x.pdf --replaces absent.pdf
absent x.pdf

# ... names who tested first, and for whom
/usr/bin/python3 "$SOURCE/tests/e2e/report_forms.py" "$FORMS/lps-web-haute.xlsx" earlier.xlsx "2:C16=Audit d’avant" "2:C18=Inès Martin"
run 0 report "${D[@]}" --initial earlier.xlsx "$FORMS/lps-web-reevaluation.xlsx" -o re2.pdf --html re2.html
text_of re2.pdf
has "Prestataire PASSI +Audit d’avant +Sentinelle"
has "Auditeur +Inès Martin +Claire Fontaine-Lemoël"
ok "the page names them too" grep -q 'Inès Martin' re2.html

# A field that is longer than a string of a PDF may be: the properties give its beginning
/usr/bin/python3 "$SOURCE/tests/e2e/report_forms.py" "$FORMS/lps-web-haute.xlsx" long.xlsx "2:C8=@32700." "2:C16=@32700"
run 0 report "${D[@]}" long.xlsx -o long.pdf
pdfinfo -meta long.pdf > "$OUT"
has 'x-default">Rapport de test d’intrusion – (abcdefghij){15,199}[a-j]*…, version 7</rdf:li>'
has '<dc:creator><rdf:Seq><rdf:li>Constat .*…</rdf:li></rdf:Seq></dc:creator>'
ok "a whole PDF" qpdf --check long.pdf

# ... where a learnt rule set is from, since when, and from which blank form
run 0 form learn "$FORMS/lps-vierge.xlsx" --source 'De Tel' -o rules.json
run 0 report "${D[@]}" --ruleset rules.json "$FORMS/lps-web-conforme.xlsx" -o rules.pdf
text_of rules.pdf
has 'De Tel'
has "$(sha256sum < rules.json | cut -c 1-64)"
has 'Jeu de règles établi le +[0-9]{1,2}(er)? [a-zéû]+ 20[0-9][0-9]'
has "$(/usr/bin/python3 -c 'import json
year, month, day = json.load(open("rules.json"))["provenance"]["date"].split("-")
months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
print("Jeu de règles établi le +" + str(int(day)) + ("er" if day == "01" else "") + " " + months[int(month) - 1] + " " + year)')"
has "$(sha256sum < "$FORMS/lps-vierge.xlsx" | cut -c 1-64)"
has "Jeu de règles +$(/usr/bin/python3 -c 'import json; d = json.load(open("rules.json")); print(d["title"] + ", version " + d["form_version"])')"
# ... or that there is none for this version
/usr/bin/python3 "$SOURCE/tests/e2e/report_forms.py" "$FORMS/lps-web-conforme.xlsx" unknown.xlsx "2:C27=V9 2027"
run 0 report "${D[@]}" unknown.xlsx -o unknown.pdf
text_of unknown.pdf
has 'Jeu de règles +aucun pour cette version du formulaire'
has_not 'Jeu de règles établi le|Origine du jeu de règles'
# ... and that no workbook was read
run 0 check "${D[@]}" --grid open.json "$FORMS/lps-web-conforme.xlsx"
run 0 report "${D[@]}" open.json -o open.pdf
text_of open.pdf
has 'Aucun classeur n’a été lu'

# Look
printf '\x89PNG\r\n\x1a\nbroken' > broken.png
look() { printf '{"format":"paraphe-look","version":1,%s}' "$1" > look.json; }
look '"firm":"Cabinet d’essai","address":"1, rue de l’Essai","primary":"#3A1A4D","accent":"#7A3E00","notes":["Note du cabinet."],"signatures":[{"name":"Auditeur1","label":"Première auditrice"},{"name":"Cachet","label":"Cachet"}]'
run 0 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o look.pdf --look look.json --json
json "d['fields']" "['Auditeur1', 'Cachet']"
text_of look.pdf
has "Cabinet d’essai"
has "1, rue de l’Essai"
has "Note du cabinet"
has "Première auditrice"
ok "the colours of the look are drawn" sh -c 'pdftoppm -r 72 -l 1 look.pdf | python3 -c "import sys; d=sys.stdin.buffer.read().split(b\"\\n\",3)[3]; assert d[:3]==b\"\\x3a\\x1a\\x4d\" and b\"\\x7a\\x3e\\x00\" in d"'
for name in look-a look-b; do run 0 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o $name.pdf --look look.json --html $name.html; done
same look-a.pdf look-b.pdf
same look-a.html look-b.html
bad_look() { look "$1"; run "$2" report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o x.pdf --look look.json; says err "$3"; absent x.pdf; }
bad_look '"primary":"#FFFF00"' 2 "too light"
bad_look '"primary":"blue"' 2 "not a colour"
bad_look '"logo":"../secret.png"' 2 "folder of the look file"
bad_look '"logo":"absent.png"' 4 "absent.png"
bad_look '"logo":"broken.png"' 4 "neither an intact PNG"
head -c 9000000 /dev/zero > large.png
bad_look '"logo":"large.png"' 4 "large"
cp "$SOURCE/tests/fuzz/corpus/image/huge.png" "$SOURCE/tests/fuzz/corpus/image/cmyk.jpg" .
bad_look '"logo":"huge.png"' 4 "too large"
bad_look '"logo":"cmyk.jpg"' 4 "RGB"
bad_look '"signatures":[{"name":"a b","label":"x"}]' 2 "unique name"
bad_look '"signatures":[{"name":"A","label":"x"},{"name":"A","label":"y"}]' 2 "unique name"
printf '{"format":"other"}' > look.json
run 2 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o x.pdf --look look.json
says err "paraphe-look"
printf '{' > look.json
run 4 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o x.pdf --look look.json

# Characters that the font lacks are named, and told
run 0 report "${D[@]}" "$FORMS/bad/emoji-combinants.xlsx" -o emoji.pdf
says err "named in brackets"
text_of emoji.pdf
has "U\+1F"

# Several forms: a cover report
run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/proxy-conforme.xlsx" -o cover.pdf --json
json "d['fields'], d['attached'], d['draft']" "([], ['grid-01.json', 'grid-02.json'], False)"
text_of cover.pdf
has "DOSSIER DE TESTS D’INTRUSION"
has "2 formulaires"
file files cover.pdf grid-01.json Data application/json grid-02.json Data application/json
text_of cover.pdf
has "Éditions Médilune \(société fictive\)"
has "Seuils non respectés"
has "Seuils respectés"
for form in lps-web-haute proxy-conforme; do has "$(sha256sum "$FORMS/$form.xlsx" | cut -c 1-64)"; done
run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-mobile-conforme.xlsx" -o cover2.pdf
text_of cover2.pdf
has "Plusieurs éditeurs"
run 2 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/proxy-conforme.xlsx" -o x.pdf --html x.html
says err "cover report"
run 3 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-vierge.xlsx" -o x.pdf
absent x.pdf x.html

# A draft is not signed
unset SOURCE_DATE_EPOCH
services
run 4 sign draft.pdf -o x.pdf --yes "${TOKEN[@]}" --cert subject:rsa2048
says err "is a draft and is not signed"
absent x.pdf
run 0 sign r.pdf -o signed-r.pdf --yes "${TOKEN[@]}" --cert subject:rsa2048
run 10 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" -o signed-r.pdf

# Other outputs
# A result with reservations bears no tick.
run 0 report "${D[@]}" "$FORMS/lps-lourd-3tiers-conforme.xlsx" -o reserve.pdf --html reserve.html
ok 'the result is not shown as plain' grep -q '<div class="result empty">' reserve.html
run 0 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o plain.pdf --html plain.html
ok 'the result is shown as plain' grep -q '<div class="result yes">' plain.html
run 0 report "${D[@]}" "$FORMS/lps-web-haute.xlsx" -o r2.pdf --html r.html
ok "html is well formed" /usr/bin/python3 -c 'import html.parser
class P(html.parser.HTMLParser):
    stack = []
    def handle_starttag(self, tag, attrs):
        if tag not in ("meta",): self.stack.append(tag)
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
p = P(); text = open("r.html", encoding="utf-8").read(); p.feed(text)
assert not p.stack and "default-src" in text and "W-05" in text and "<script" not in text'
ok "html is accessible" /usr/bin/python3 -c 'import re
h = open("r.html", encoding="utf-8").read(); l = [int(x) for x in re.findall(r"<h([1-6])", h)]
assert "<html lang=\"fr\">" in h and "<title>" in h and l[0] == 1 == l.count(1) and all(b <= a + 1 for a, b in zip(l, l[1:])), l
assert all("scope=" in t for t in re.findall(r"<th\b[^>]*>", h)) and all("alt=" in t for t in re.findall(r"<img[^>]*>", h))'
# ... and has the parts of the report, high non-conformities first
ok "html says what the PDF says" /usr/bin/python3 -c 'import re
text = re.sub(r"<[^>]*>", " ", open("r.html", encoding="utf-8").read()).replace("&#39;", "\x27")
at = 0
for part in ("Seuils non respectés", "Synthèse", "3 sur 10 admises", "Il en reste 7", "Points éliminatoires", "W-05. Un seul suffit",
             "A03:2021 – Injection", "Non-conformités", "W-05 –", "C-15 –", "N/A sur des points de gravité haute", "Autres points N/A", "W-18 –",
             "Tous les points – Base commune", "C-01", "Tous les points – Application web", "Méthode et preuves", "éliminatoire",
             "7 septembre 2026", "Empreintes et provenance", "SHA-256 de grid.json", "ne provient pas de l’ANS", "fait foi"):
    at = text.find(part, at) + 1
    assert at > 0, part'
run 0 report "${D[@]}" "$FORMS/lps-web-reevaluation.xlsx" --initial "$FORMS/lps-web-haute.xlsx" -o r3.pdf --html re.html
look '"firm":"Cabinet","address":"1, rue","logo":"rgba.png","primary":"#3A1A4D","notes":["Note <b>."]'
cp "$SOURCE/tests/fuzz/corpus/image/rgba.png" .
run 0 report "${D[@]}" "$FORMS/proxy-haute.xlsx" --look look.json -o r4.pdf --html look.html
file parity r4.pdf look.html
ok "the page has the look" grep -q -- '--p:#3a1a4d' look.html
ok "the page holds the logo" grep -q 'alt="Logo Cabinet" src="data:image/png;base64,iVBOR' look.html
ok "nothing is loaded from elsewhere" sh -c '! grep -qE "(src|href)=\"(http|/)" look.html'
ok "html of a re-evaluation" grep -qE '<h2>Réévaluation.{0,4}: avant et après' re.html
if command -v pdftoppm > /dev/null; then
  run 0 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o p.pdf --png pages
  present pages/page-01.png
  CHECKS=$((CHECKS + 1)); [ "$(find pages -name '*.png' | wc -l)" = "$(pdfinfo p.pdf | sed -n 's/^Pages: *//p')" ] || fail "not one picture for each page"
fi
PATH=/nowhere run 2 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o p.pdf --png pages
says err "poppler-utils"
mkdir bin && printf '#!/bin/sh\nexit 3\n' > bin/pdftoppm && chmod +x bin/pdftoppm
PATH=$WORK/bin:$PATH run 10 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o p.pdf --png pages
touch file
run 10 report "${D[@]}" "$FORMS/proxy-conforme.xlsx" -o p.pdf --png file/pages

# Outputs that would destroy something
run 2 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx"
says err "\-o REPORT.pdf"
cp "$FORMS/lps-web-conforme.xlsx" form.xlsx
run 2 report "${D[@]}" form.xlsx -o form.xlsx
same form.xlsx "$FORMS/lps-web-conforme.xlsx"
echo notes > notes.txt
run 10 report "${D[@]}" form.xlsx -o notes.txt
says err "has not been touched|not been touched|exists"
ok "the notes are whole" grep -qx notes notes.txt
{ cat r.pdf; echo '/ByteRange'; } > signed.pdf
run 10 report "${D[@]}" form.xlsx -o signed.pdf
mkdir folder
run 10 report "${D[@]}" form.xlsx -o folder
run 10 report "${D[@]}" form.xlsx -o absent/r.pdf
run 4 report "${D[@]}" absent.xlsx -o x.pdf
absent x.pdf
ok "no half file is left" sh -c '[ -z "$(find . -name ".*.part" -o -name "*.tmp")" ]'
# Three tables of one sheet that nothing names: told apart by their number, on the pages and in the page for the web; what is said of the sheet is said once
/usr/bin/python3 - "$SOURCE/tests/forms" << 'PY'
import sys
sys.path.insert(0, sys.argv[1])
from workbook import Workbook
book = Workbook()
info, sheet = book.sheet("Identification"), book.sheet("Exigences")
for row, pair in enumerate((("Nom du logiciel", "X"), ("Version", "1"), ("Éditeur", "Y"), ("Type d'application", "Application mobile"), ("Prestataire PASSI", "N"),
                            ("Auditeur", "Z"), ("Date de début des tests", "03/11/2026"), ("Date de fin des tests", "14/11/2026"), ("Version du formulaire", "9.9")), 1):
    for at, value in enumerate(pair, 1):
        info.put(row, at, value)
for table, left in enumerate((1, 7, 13)):
    for at, head in enumerate(("N°", "Exigence de sécurité", "Gravité", "Conforme (Oui / Non / N/A)", "Commentaire")):
        sheet.put(1, left + at, head)
    for row in range(12):
        for at, value in enumerate((f"P-{12 * table + row + 1}", f"Point {12 * table + row + 1}", "Moyenne", "Oui")):
            sheet.put(2 + row, left + at, value)
book.save("three.xlsx")
PY
run 0 report "${D[@]}" three.xlsx -o three.pdf --html three.html
pdftotext -layout three.pdf three.txt
ok "each heading has its number" test "$(grep -c 'tableau [123]/3' three.txt)" = 6 # contents and pages
ok "so has the page for the web" test "$(grep -o '<h2>Tous les points – Exigences, tableau [123]/3' three.html | sort -u | wc -l)" = 3
ok "said once" test "$(grep -c '(36 points)' three.txt)" = 1
finish
