#!/usr/bin/env bash
# A grid document in place of a form, at every verb that takes one: read alike, or refused in a sentence that says what it is.
. "$(dirname "$0")/lib.sh"
need pdftotext
D=(--deposit-date 2026-11-23)
grid() { # OUT FORM: the grid document of a form
  "$PARAPHE" check "${D[@]}" --grid "$1" "$2" > /dev/null 2>&1
  present "$1"
}
grid web.json "$FORMS/lps-web-conforme.xlsx"
grid high.json "$FORMS/lps-web-haute.xlsx"
grid proxy.json "$FORMS/proxy-conforme.xlsx"
grid fault.json "$FORMS/bad/reponse-absente.xlsx"
grid again.json "$FORMS/lps-web-reevaluation.xlsx"

# check: alone, from standard input, as the earlier form, both grid documents, over several forms of both kinds
run 11 check "${D[@]}" --json high.json
json "d['verdict'], [n['code'] for n in d['notes']][:1]" "('non validé', ['no-workbook'])"
INPUT=web.json run 0 check "${D[@]}" - --json
json "d['form'], d['outcome']" "('-', 'met')"
for pair in "high.json $FORMS/lps-web-reevaluation.xlsx" "$FORMS/lps-web-haute.xlsx again.json" "high.json again.json"; do
  # shellcheck disable=SC2086
  set -- $pair
  run 0 check "${D[@]}" --json --initial "$1" "$2"
  json "d['initial'], [(c['point'], c['before'], c['after']) for c in d['changes']][:2]" "('$(basename "$1")', [('C-15', 'Non', 'Oui'), ('W-05', 'Non', 'Oui')])"
done
run 0 check "${D[@]}" --json web.json "$FORMS/proxy-conforme.xlsx"
tail -n 1 "$OUT" > whole; cp whole "$OUT"
json "d['format'], [f['form'] for f in d['forms']], d['problems'], d['medium_non']" "('paraphe-group', ['web.json', 'proxy-conforme.xlsx'], [], 3)"
run 0 check "${D[@]}" --json "$FORMS/lps-web-haute.xlsx" again.json proxy.json
tail -n 1 "$OUT" > whole; cp whole "$OUT"
json "[f['history'] for f in d['forms']], d['outcome'], d['problems']" "([True, False, False], 'met', [])"

# the list of findings: the places that it names, but links to no cell, since it has none
run 3 check "${D[@]}" --findings list.html fault.json
says out 'Application web!F14'
ok "the place is named" grep -q '>Application web!F14<' list.html
ok "the link opens the file" test "$(grep -o 'href="[^"]*"' list.html)" = 'href="fault.json"'
run 3 check "${D[@]}" --findings list.xlsx fault.json
unzip -p list.xlsx xl/worksheets/_rels/sheet1.xml.rels > rels
ok "the link opens the file" bash -c 'grep -q "Target=\"fault.json\"" rels && ! unzip -p list.xlsx xl/worksheets/sheet1.xml | grep -q "location="'

# form explain: what it names, no letters and rows that are none; form cells: no cells, and what to use
run 0 form explain web.json
says out 'A grid document: no workbook was read'
says out '^  17 points$'
says out '^  column – "Gravité": severity \(label\)$'
says out 'editor: "Éditeur", Informations générales!C6$'
run 0 form explain web.json --json
json "d['type'], [(s['header_row'], s['points'], s['columns_missing']) for s in d['sheets']], d['sheets'][0]['columns'][4]" \
  "('grid', [(None, 17, []), (None, 22, [])], {'column': None, 'label': 'Gravité', 'id': 'severity', 'by': 'label'})"
cat > min.json << 'JSON'
{"format":"paraphe-grid","version":1,"fields":[{"id":"form_version","label":"V","value":"SPÉCIMEN 2026.1"},{"id":"solution","value":null}],"sheets":[{"name":"Proxy PSC","points":[{"id":"P-01","answer":"Non","comment":""}]}]}
JSON
run 0 form explain min.json
says out '^  form_version: "V"$'
says out '^  solution: "solution", empty$'
run 0 form explain min.json --json
json "[(f['sheet'], f['cell'], f['filled']) for f in d['fields']]" "[(None, None, True), (None, None, False)]"
run 0 form explain "$FORMS/lps-web-conforme.xlsx" --json
json "d['type']" xlsx
for output in '' --json --csv; do
  run 4 form cells web.json ${output:+"$output"}
  says err 'web.json is a grid document: no workbook was read, so it has no cells.*paraphe form explain web.json'
done
lang fr
run 4 form cells web.json
says err 'document de grille : aucun classeur n’a été lu.*paraphe form explain web.json'
run 0 form explain min.json
says out 'Document de grille : aucun classeur'
says out '^  1 point$'
says out '^  form_version : « V »$'
lang en

# cut, or of another version: told as what it is, by name, wherever it is given
head -c 1000 web.json > cut.json
echo '{"format":"paraphe-grid","version":9}' > other.json
for verb in check 'form explain' 'form cells' 'report -o no.pdf' 'check --initial cut.json web.json' 'check web.json'; do
  # shellcheck disable=SC2086
  run 4 $verb cut.json
  says err '^paraphe: cut.json is a grid document that is cut or damaged\..*--grid'
done
absent no.pdf
for verb in check 'form explain' 'check web.json'; do
  # shellcheck disable=SC2086
  run 4 $verb other.json
  says err '^paraphe: other.json: .*expected shape \(version\); see "Grid"'
done
echo '{"a": 1}' > json.json
run 3 check "${D[@]}" json.json
says out 'no Excel workbook'

# report and verify --form: of the grid document itself, and of the workbook that it came from
run 0 report "${D[@]}" web.json -o web.pdf
ok "the report is text" pdftotext web.pdf -
says out 'Aucun classeur n’a été lu'
run 0 report "${D[@]}" "$FORMS/lps-web-conforme.xlsx" -o book.pdf
ok "the report of a workbook" pdftotext book.pdf -
CHECKS=$((CHECKS + 1)); ! grep -q 'Aucun classeur' "$OUT" || fail 'a workbook was read'
for pair in 'web.json web.pdf same' 'web.json book.pdf same' 'high.json web.pdf different'; do
  # shellcheck disable=SC2086
  set -- $pair
  run 6 verify --offline --json --form "$1" "$2"
  json "d['comparison']['result']" "$3"
done

# a job and the automatic watch
run 0 run web.json "${D[@]}" --until report
present web.paraphe/1/rapport.pdf web.paraphe/1/web.json
same web.json web.paraphe/1/web.json
run 0 status web.paraphe --json
json "d['forms'][0]['name']" web.json
run 11 watch high.json "${D[@]}" --changes 1
says out 'Thresholds not met: W-05'

# a dossier: added like a workbook, found again, put back, its report known by its digest
run 0 dossier init d
run 0 dossier add d web.json proxy.json web.pdf "${D[@]}"
says out '^web.json: form of lps-application-web$'
says out '^proxy.json: form of proxy$'
says out '^web.pdf: report of lps-application-web$'
same web.json d/forms/lps-application-web.json
run 6 dossier status d --json "${D[@]}"
json "d['solution']['name'], [(c['id'], c['outcome'], [p['code'] for p in c['problems']]) for c in d['components']]" \
  "('Médilune Cabinet', [('lps-application-web', 'met', ['report-unsigned']), ('proxy', 'met', ['no-report'])])"
echo x >> d/forms/proxy.json
run 4 dossier status d "${D[@]}"
run 0 dossier add d proxy.json "${D[@]}"
same proxy.json d/forms/proxy.json
cp web.json plain
run 0 dossier init e
run 0 dossier add e plain "${D[@]}"
present e/forms/lps-application-web.json
run 3 dossier add e json.json "${D[@]}"
says err 'no recognised'
run 4 dossier add e cut.json "${D[@]}"
says err 'cut or damaged'
finish
