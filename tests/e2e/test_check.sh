# The verb check: sentences, statuses, options, bad input.
. "$(dirname "$0")/lib.sh"
D=(--deposit-date 2026-11-23)

run 0 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx"
says out "Thresholds met$"
says out "Deposit possible until 2027-09-10 included"
says out "Next: paraphe report "
silent err
cp "$FORMS/bad/reponse-absente.xlsx" alone.xlsx
run 3 alone.xlsx "${D[@]}"
says out "then: paraphe check alone.xlsx"
lang fr
run 0 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx"
says out "^  Seuils respectés$"
says out "Dépôt possible jusqu’au 10/09/2027 inclus"
says out "Résultat calculé d’après les règles publiées ; la décision appartient à l’ANS\.$"
run 0 check "${D[@]}" "$FORMS/lps-web-10-moyennes.xlsx"
says out "Seuils respectés, à la limite : 10 réponses Non de gravité moyenne sur 10 admises"
run 0 check "${D[@]}" "$FORMS/lps-web-10-moyennes.xlsx" --json; json "d['outcome']" met-at-limit
run 0 check "${D[@]}" "$FORMS/lps-lourd-3tiers-conforme.xlsx"
says out "Seuils respectés, sous réserve : 1 point de gravité haute noté N/A \(effet non publié\)"
run 11 check "${D[@]}" "$FORMS/lps-web-haute.xlsx"
says out "Seuils non respectés : W-05 \(gravité haute\) à Non"
says out "Application web!F11"
run 3 check "${D[@]}" "$FORMS/bad/reponse-absente.xlsx"
says out "Formulaire à corriger : 1 anomalie$"
run 3 check "${D[@]}" "$FORMS/lps-vierge.xlsx"
says out "Formulaire à corriger : 16 anomalies$"
lang en

# JSON: one object; JSON Lines for several; the worst status counts
run 11 check "${D[@]}" --json "$FORMS/lps-web-haute.xlsx"
json "d['verdict'], d['outcome'], d['completeness'], d['deposit_until']" "('non validé', 'not-met', 'complete', '2027-09-10')"
json "d['ruleset']['id'], d['ruleset']['specimen'], len(d['ruleset']['sha256'])" "('specimen', True, 64)"
run 3 check "${D[@]}" --json "$FORMS/lps-web-haute.xlsx" "$FORMS/bad/pas-un-zip.xlsx"
ok "a line for each form and one for all" test "$(wc -l < "$OUT")" = 3
run 0 check "${D[@]}" --json --initial "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
json "d['initial']" "lps-web-haute.xlsx"
run 11 check "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/proxy-conforme.xlsx"

# Several forms of a solution
run 0 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx"
says out "^Whole \(forms that count: 2\): thresholds met$"
says out "in all: 3"
# what is missing or contradicts makes the whole incomplete, and is said first; the earlier form gives no status (11) of its own
run 3 check "${D[@]}" "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
says out "replaced by its re-evaluation"
says out "No proxy form was given"
says out "^Whole \(forms that count: 1\): incomplete, to settle: 1 \(below\); thresholds met in each form$"
run 3 check "${D[@]}" --lang fr "$FORMS/lps-web-conforme.xlsx" "$FORMS/lps-web-10-moyennes.xlsx" "$FORMS/proxy-conforme.xlsx"
says out "^Ensemble \(formulaires comptés : 3\) : incomplet, à régler : 1 \(ci-dessous\) ; seuils respectés dans chaque formulaire, à la limite$"
run 3 check "${D[@]}" --json "$FORMS/lps-web-conforme.xlsx" "$FORMS/lps-web-10-moyennes.xlsx" "$FORMS/lps-mobile-conforme.xlsx"
tail -n 1 "$OUT" > whole; cp whole "$OUT"
json "d['completeness'], d['unsettled'], d['outcome']" "('incomplete', 2, 'met-at-limit')"
json "[p['level'] for p in d['problems'][:2]], {p['level'] for p in d['problems'][2:]}, [p['code'] for p in d['problems'][:2]]" \
  "(['wrong', 'missing'], {'remark'}, ['same-part', 'no-proxy'])"
# advice changes nothing
run 0 check "${D[@]}" --json "$FORMS/lps-web-conforme.xlsx" "$FORMS/lps-mobile-conforme.xlsx" "$FORMS/proxy-conforme.xlsx"
tail -n 1 "$OUT" > whole; cp whole "$OUT"
json "d['completeness'], d['unsettled'], {p['level'] for p in d['problems']}" "('complete', 0, {'remark'})"
# a form that cannot be opened is no form that passes
run 4 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx" none.xlsx
says out "^Whole \(forms that count: 2\): incomplete, to settle: 1 \(below\); forms to be corrected$"
says out "none.xlsx is not readable"

# A re-evaluation shows before and after
run 0 check "${D[@]}" --initial "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
says out "W-05: Non → Oui"
run 0 check "${D[@]}" --json --initial "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
json "[(c['point'], c['before'], c['after']) for c in d['changes']]" "[('C-15', 'Non', 'Oui'), ('W-05', 'Non', 'Oui'), ('W-12', 'Non', 'Oui'), ('W-21', 'Non', 'Non')]"
run 3 check --deposit-date 2027-09-12 --json --initial "$FORMS/lps-web-haute.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
json "[f['rule'] for f in d['findings']], d['deposit_until']" "(['date-expired'], '2027-09-10')"

# A form from standard input, and days as the reader writes them
"$PARAPHE" check - --json "${D[@]}" < "$FORMS/lps-web-conforme.xlsx" > "$OUT" 2> "$ERR"; json "d['form'], d['outcome'], d['remedy']" "('-', 'met', None)"
run 11 check "${D[@]}" --json "$FORMS/lps-web-haute.xlsx"; json "d['remedy'][:26]" "Have the points in questio"
run 3 check "$FORMS/lps-web-conforme.xlsx" --deposit-date 2026-01-02 --lang fr
says out 'La date 11/09/2026 est postérieure au dépôt'
run 2 check "$FORMS/lps-web-conforme.xlsx" --deposit-date 2027-02-29; says err 'no day of the calendar'
run 0 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx"; says out '^lps-web-conforme.xlsx: Web application, '

# The list of findings, and the grid document
run 3 check "${D[@]}" --findings list.html "$FORMS/lps-vierge.xlsx"
says out '^Written: list.html$'
says out 'C6 – The obligatory field “Éditeur” is empty'
ok "what to do is said once for all empty fields" test "$(grep -c 'Fill this cell' "$OUT")" = 1
ok "a link to the cell" grep -q "href=\"lps-vierge.xlsx#&#39;Informations générales&#39;!C6\"" list.html
ok "nothing may run" grep -q "default-src 'none'" list.html
run 0 check "${D[@]}" --findings fine.html "$FORMS/lps-web-conforme.xlsx"
ok "no empty table" test "$(grep -c '<table\|Nothing is to be corrected' fine.html)" = 1
run 3 check "${D[@]}" --findings list.xlsx "$FORMS/lps-vierge.xlsx"
run 0 form cells list.xlsx
says out '"Informations générales!C6"'
ok "one page across on paper, with the names of the columns" bash -c 'unzip -p list.xlsx xl/worksheets/sheet1.xml | grep -q "fitToHeight=.0.*orientation=.landscape\|orientation=.landscape.*fitToHeight=.0" && unzip -p list.xlsx xl/workbook.xml | grep -q Print_Titles'
run 2 check "${D[@]}" --findings list.txt "$FORMS/lps-vierge.xlsx"
run 10 check "${D[@]}" --findings list.html "$FORMS/lps-vierge.xlsx"
says err "list.html"
run 0 check "${D[@]}" --grid grid.json "$FORMS/lps-web-conforme.xlsx"
run 0 check "${D[@]}" --json grid.json
json "d['verdict'], d['notes'][0]['code']" "('validé', 'no-workbook')"
run 2 check "${D[@]}" --grid two.json "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx"

# Deposit date
run 3 check --deposit-date 2027-09-11 --json "$FORMS/lps-web-conforme.xlsx"
json "[f['rule'] for f in d['findings']], d['completeness'], d['outcome']" "(['date-expired'], 'complete', 'met')"
json "d['remedy'][:26]" "Have the tests done again "
run 3 check --deposit-date 2027-09-11 --lang fr "$FORMS/lps-web-conforme.xlsx"
says out 'Ce formulaire ne peut plus être déposé. Faites refaire les tests'
ok "no report is advised that cannot be deposited" bash -c '! grep -q "Ensuite" "$1"' - "$OUT"
run 0 check --deposit-date 2027-09-10 --lang fr "$FORMS/lps-web-conforme.xlsx"
says out 'Ensuite : paraphe report'
run 2 check --deposit-date 23/11/2026 "$FORMS/lps-web-conforme.xlsx"
says err "YYYY-MM-DD"

# The end on a 29 February counts as the 28th; a year later, the eve.
/usr/bin/python3 - "$FORMS/lps-web-conforme.xlsx" leap.xlsx << 'PY'
import sys, zipfile
from datetime import date
serial = lambda *day: b"<v>%d</v>" % (date(*day) - date(1899, 12, 30)).days
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        data = a.read(name)
        if name == "xl/worksheets/sheet2.xml":
            for old, new in (((2026, 9, 7), (2028, 2, 21)), ((2026, 9, 11), (2028, 2, 29)), ((2026, 9, 18), (2028, 3, 6))):
                assert data.count(serial(*old)) == 1
                data = data.replace(serial(*old), serial(*new))
        b.writestr(name, data)
PY
run 0 check leap.xlsx --deposit-date 2029-02-27 --json
json "d['deposit_until'], d['outcome']" "('2029-02-27', 'met')"
run 3 check leap.xlsx --deposit-date 2029-02-28 --json
json "[f['rule'] for f in d['findings']]" "['date-expired']"

# Rule sets and layouts
run 0 check "${D[@]}" --ruleset "$SOURCE/data/rulesets/specimen.json" "$FORMS/lps-web-conforme.xlsx"
run 0 check "${D[@]}" --ruleset specimen "$FORMS/lps-web-conforme.xlsx"
run 0 check "${D[@]}" --ruleset "sha256:$(sha256sum < "$SOURCE/data/rulesets/specimen.json" | cut -d' ' -f1)" "$FORMS/lps-web-conforme.xlsx"
run 2 check "${D[@]}" --ruleset nobody "$FORMS/lps-web-conforme.xlsx"
says err "form list"
echo '{"format":"paraphe-ruleset","version":1,"id":"x","tabs":[{"name":"A"}]}' > broken.json
run 4 check "${D[@]}" --ruleset ./broken.json "$FORMS/lps-web-conforme.xlsx"
says err "no readable rule set"
echo '{"format":"paraphe-layout","version":7}' > layout.json
run 4 check "${D[@]}" --layout layout.json "$FORMS/lps-web-conforme.xlsx"
says err "layout file"

# What cannot be opened
run 4 check "${D[@]}" none.xlsx
says err "none.xlsx"
mkdir folder.xlsx
run 4 check "${D[@]}" folder.xlsx
: > empty.xlsx
run 3 check "${D[@]}" empty.xlsx
says out "no Excel workbook"
run 4 check "${D[@]}" --initial "$FORMS/bad/zip-tronque.xlsx" "$FORMS/lps-web-reevaluation.xlsx"
says err "incomplete or damaged"
run 4 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx" none.xlsx
says out "Thresholds met"
says err "none.xlsx"
truncate -s 40M large.xlsx
run 4 check "${D[@]}" large.xlsx
says err "large.xlsx"

# A cell that shows other text than it holds: by its number format, by colour, by a conditional format
restyled() { # OUT XF DXF [CELL [SHEET]]: a style for the answer of the first point or for CELL, and a conditional format for all answers
  /usr/bin/python3 - "$FORMS/lps-web-conforme.xlsx" "$@" << 'PY'
import re, sys, zipfile
source, out, xf, dxf, cell, number = (*sys.argv[1:], *("F7", "3")[len(sys.argv) - 5:])
part = f"xl/worksheets/sheet{number}.xml"
with zipfile.ZipFile(source) as a, zipfile.ZipFile(out, "w") as b:
    parts = {name: a.read(name).decode("latin-1") for name in a.namelist()}
    formats = '<numFmts count="3"><numFmt numFmtId="300" formatCode=";;;&quot;Non&quot;"/><numFmt numFmtId="301" formatCode="0;-0;0;@"/><numFmt numFmtId="302" formatCode=";;;"/></numFmts>'
    styles = re.sub(r"<numFmts.*?</numFmts>|<numFmts[^>]*/>", "", parts["xl/styles.xml"], flags=re.S).replace("<fonts", formats + "<fonts", 1)
    fonts = len(re.findall("<font>", styles.split("</fonts>")[0]))
    styles = styles.replace("</fonts>", '<font><sz val="10"/><color rgb="FFFFFFFF"/></font></fonts>')
    cells = len(re.findall("<xf ", styles.split("<cellXfs")[1].split("</cellXfs>")[0]))
    styles = styles.replace("</cellXfs>", f'<xf {xf.replace("WHITE", str(fonts))} fillId="0" borderId="0"/></cellXfs>')
    parts["xl/styles.xml"] = re.sub(r"(<dxfs[^>]*>)", lambda found: found.group(1) + dxf, styles)
    sheet = re.sub(rf'<c r="{cell}"( s="\d+")?', f'<c r="{cell}" s="{cells}"', parts[part])
    parts[part] = re.sub(r'dxfId="\d+"', 'dxfId="0"', sheet) if dxf else sheet  # the new format is number 0
    for name, data in parts.items():
        b.writestr(name, data.encode("latin-1"))
PY
}
names() { json "[n['cell'] for n in d['notes'] if n['code'] == 'answer-display-differs']" "$1"; }
restyled plain.xlsx 'numFmtId="301" fontId="0"' ''
run 0 check "${D[@]}" --json plain.xlsx
names "[]"
restyled other.xlsx 'numFmtId="300" fontId="0"' ''
run 0 check "${D[@]}" --json other.xlsx
names "['F7']"
json "d['verdict'], d['outcome']" "('validé', 'met-reserve')"
run 0 check "${D[@]}" other.xlsx
says out "Thresholds met, with a reservation: 1 cell shows something else than it holds"
restyled hidden.xlsx 'numFmtId="302" fontId="0"' ''
run 0 check "${D[@]}" --json hidden.xlsx
names "['F7']"
restyled white.xlsx 'numFmtId="0" fontId="WHITE"' ''
run 0 check "${D[@]}" --json white.xlsx
names "['F7']"
json "d['outcome']" "met-reserve"
restyled conditional.xlsx 'numFmtId="0" fontId="0"' '<dxf><font><color rgb="FFFF0000"/></font><fill><patternFill><bgColor rgb="FFFF0000"/></patternFill></fill></dxf>'
run 0 check "${D[@]}" --json conditional.xlsx
json "len([n for n in d['notes'] if n['code'] == 'answer-display-differs']) >= 17, d['outcome']" "(True, 'met-reserve')"
# ... and so for the severity and the comment of that point
for cell in E7 G7; do
  restyled "other-$cell.xlsx" 'numFmtId="300" fontId="0"' '' "$cell"
  run 0 check "${D[@]}" --json "other-$cell.xlsx"
  names "['$cell']"
  json "d['outcome']" "met-reserve"
done
# ... and for the end of the tests
restyled date.xlsx 'numFmtId="14" fontId="WHITE"' '' C23 2
run 0 check "${D[@]}" --json date.xlsx
names "['C23']"
json "d['deposit_until'], d['outcome']" "('2027-09-10', 'met-reserve')"
run 0 check "${D[@]}" date.xlsx
says out '^  Good to know:$'

/usr/bin/python3 - "$FORMS/lps-web-conforme.xlsx" extension.xlsx << 'PY'
import sys, zipfile
look = '<font><color theme="0"/></font>'
ext = ('<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
       '<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
       f'<x14:cfRule type="expression" priority="1"><xm:f>TRUE</xm:f><x14:dxf>{look}</x14:dxf></x14:cfRule><xm:sqref>F8:F9 A1</xm:sqref>'
       '</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>')
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        data = a.read(name)
        b.writestr(name, data.replace(b"</worksheet>", ext.encode()) if name.endswith("sheet3.xml") else data)
PY
run 0 check "${D[@]}" --json extension.xlsx
names "['F8', 'F9']"
json "d['outcome']" "met-reserve"

# Open elsewhere: LibreOffice and Excel leave a file beside it
cp "$FORMS/lps-web-conforme.xlsx" form.xlsx
: > ".~lock.form.xlsx#"
run 0 check "${D[@]}" form.xlsx
says out "seems to be open"
rm ".~lock.form.xlsx#"
: > '~$form.xlsx'
run 0 check "${D[@]}" form.xlsx
says out "seems to be open"
rm '~$form.xlsx'
run 0 check "${D[@]}" form.xlsx
cp "$OUT" closed.txt
ok "closed again" bash -c '! grep -q "seems to be open" closed.txt'
printf 'PK\003\004..........................mimetypeapplication/vnd.oasis.opendocument.spreadsheet%0200d' 0 > sheet.ods
run 3 check "${D[@]}" sheet.ods
says out "OpenDocument"
says out "Save it as .xlsx"
# a grid document wherever a form can stand: as the earlier form, to be explained, in a job
run 11 check "${D[@]}" "$FORMS/lps-web-haute.xlsx" --grid first.json
run 0 check "${D[@]}" --json --initial first.json "$FORMS/lps-web-reevaluation.xlsx"
json "d['initial'], [c['point'] for c in d['changes']][:1], d['verdict']" "('first.json', ['C-15'], 'validé')"
run 0 form explain first.json
says out "Rule set: specimen \(by the version\)"; says out "^A grid document: no workbook was read"; says out "^ *17 points"
run 11 run first.json --deposit-date 2026-11-23 --until report
present first.paraphe/1/rapport.pdf
printf 'Point;Réponse\nC-01;Oui\n' > form.csv
run 3 check "${D[@]}" form.csv
says out "no Excel workbook"; says out "Give the form as .xlsx or .xlsm"
run 0 check "${D[@]}" "$FORMS/lps-web-conforme.xlsx"
says out "CVSS score 8 or more is told to the editor, who passes it on to CERT Santé"
run 3 check "${D[@]}" "$FORMS/bad/classeur-chiffre.xlsx"
says out "protected by a password"; says out "remove the password"

# An error of the spreadsheet program is no answer
/usr/bin/python3 - "$FORMS/lps-web-conforme.xlsx" error.xlsx << 'PY'
import re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        data = a.read(name)
        if name == "xl/worksheets/sheet3.xml":
            data, found = re.subn(rb'<c r="F7"( s="\d+")?[^>]*>.*?</c>', rb'<c r="F7"\1 t="e"><v>#N/A</v></c>', data, count=1)
            assert found == 1
        b.writestr(name, data)
PY
run 3 check "${D[@]}" --json error.xlsx
json "[(f['rule'], f['cell']) for f in d['findings']]" "[('answer-invalid', 'F7')]"
finish
