# The verb form: what was recognised, cells, rule sets learnt, listed, shown, compared.
. "$(dirname "$0")/lib.sh"
D=(--deposit-date 2026-11-23)
LPS=$FORMS/lps-web-conforme.xlsx

run 0 form explain "$LPS"
says out 'Rule set: specimen \(by the version\)'
says out 'column F "Conforme \(Oui / Non / N/A\)": answer'
run 0 form explain "$LPS" --json
json "[s['use'] for s in d['sheets']]" "['ignored', 'information', 'common', 'type', 'type', 'type', 'type', 'ignored']"
json "d['labels_unknown'], [(t['cell'], t['label']) for t in d['section_titles']][:2]" "([], [('B5', '1. Éditeur et solution'), ('B15', '2. Prestataire et auditeur')])"
json "len(d['fields']), d['fields_missing'], d['ruleset']['candidates'][0]['points_percent']" "(19, [], 100)"

run 0 form cells "$FORMS/libreoffice/lps-web-conforme.xlsx"
says out '^sheet,address,type,value,hidden,formula.?$'
says out '^"Informations générales",C23,date,2026-09-11,false,false.?$'
run 0 form cells "$FORMS/bad/feuille-masquee.xlsx" --json
says out '"sheet":"Base commune \(2\)".*"hidden":true'
run 4 form cells "$FORMS/bad/zip-tronque.xlsx"
says err "incomplete or damaged"
run 4 form explain "$FORMS/bad/ancien-format.xls"
says err "old .xls format"

# Learn, list, show, diff; the learnt set then detects alterations
run 0 form learn "$FORMS/lps-vierge.xlsx" --id lps-a --title "Formulaire de l’essai" --source "Test" -o a.json
says out 'Rule set "lps-a" written to a.json'
says err "describes the same version"
CHECKS=$((CHECKS + 1)); ! grep -q 'already gives answers' "$ERR" || fail 'a blank form is called filled'
run 0 form learn "$FORMS/lps-web-conforme.xlsx" --id answered --source "Test" -o answered.json
says err "already gives answers \(points: [1-9][0-9]*\)"
run 4 form diff a.json "$FORMS/lps-vierge.xlsx"; says err 'form learn .*lps-vierge.xlsx -o RULESET.json'
run 10 form learn "$FORMS/lps-vierge.xlsx" -o a.json
run 2 form learn
run 0 form learn "$FORMS/xlsm/proxy-vierge.xlsm" --id proxy-a
says err "From whom this blank form came is not noted"
says out "^Provenance: –, on 20[0-9-]{8}; blank form [0-9a-f]{64}"
present "$HOME/.config/paraphe/rulesets/proxy-a.json"
run 0 form list
says out "^proxy-a$"
says out "^specimen$"
run 0 form list --json
json "sorted(r['id'] for r in d['rulesets'])" "['proxy-a', 'specimen']"
run 0 form show proxy-a
says out "P-01  Haute"
run 0 form show a.json --json
json "d['provenance']['source'], len(d['provenance']['blank_sha256']), d['specimen'], d['id_shapes']" "('Test', 64, True, ['A-00'])"
json "d['title'], d['provenance']['blank_name']" "('Formulaire de l’essai', 'lps-vierge.xlsx')"
json "d['provenance']['blank_sha256'], bool(d['provenance']['date'])" "('$(sha256sum < "$FORMS/lps-vierge.xlsx" | cut -d' ' -f1)', True)"
run 0 form diff a.json specimen
says out "tab added: Proxy PSC"
says out 'tab added: Proxy PSC'; run 0 form diff specimen a.json --json
json "[x['what'] for x in d['differences']]" "['tab-removed']"
run 0 form diff a.json specimen --json
json "[x['what'] for x in d['differences']]" "['tab-added']"
run 0 form diff specimen specimen
says out "No difference"
ok "a rule set with every difference" /usr/bin/python3 -c 'import json
d = json.load(open("a.json"))
points = d["tabs"][0]["points"]
points[0]["wording"], points[1]["severity"], points[2]["id"] = "x", "NA", "C-99"
points[3]["theme"], points[4]["owasp"] = "x", "x"
fields = d["information"]["fields"]
fields.pop()
fields[0]["required"] = not fields[0]["required"]
fields.append({"id": None, "label": "Nouveau", "kind": "text", "required": False})
d["form_version"] = "x"
d["thresholds"].update(medium_non_max=9, age_years=2, at_limit="not-met", age_from="report_date")
json.dump(d, open("b.json", "w"))'
run 0 form diff a.json b.json --json
json "sorted(x['what'] for x in d['differences'])" "['field-added', 'field-removed', 'form-version', 'owasp', 'point-added', 'point-removed', 'required', 'severity', 'theme', 'threshold', 'threshold', 'threshold', 'threshold', 'wording']"
json "[(x['point'], x['a'], x['b']) for x in d['differences'] if x['what'] == 'threshold'][:2]" "[('medium_non_max', '10', '9'), ('age_years', '1', '2')]"
# shown and listed: how many points, which digest, from whom, since when, which limits; found by the digest too
run 0 form show b.json
says out "^Provenance: Test, on 20[0-9-]{8}; blank form $(sha256sum < "$FORMS/lps-vierge.xlsx" | cut -d' ' -f1)"
says out "medium severity allowed: 9 \(exactly that many no longer pass\); age in years: 2, counted from the field “Date du rapport”\$"
run 0 form show a.json --lang fr
says out "moyenne admises : 10 \(ce nombre exact est encore admis\) ; âge en années : 1, compté depuis le champ « Date de fin des tests »\$"
run 0 form show b.json --lang fr
says out "admises : 9 \(ce nombre exact n’est plus admis\) ; âge en années : 2, compté depuis le champ « Date du rapport »\$"
run 0 form show b.json
says out "^  C-01  Haute  "
run 0 form list
says out "version SPÉCIMEN 2026.1, 121 points"
says out "^  sha256:$(sha256sum < "$SOURCE/data/rulesets/specimen.json" | cut -d' ' -f1)"
run 0 form list --json
json "[(r['points'], r['sha256']) for r in d['rulesets'] if r['id'] == 'specimen']" "[(121, '$(sha256sum < "$SOURCE/data/rulesets/specimen.json" | cut -d' ' -f1)')]"
json "[len(r['provenance']['blank_sha256']) for r in d['rulesets'] if r['id'] == 'proxy-a']" "[64]"
run 0 form show "sha256:$(sha256sum < "$SOURCE/data/rulesets/specimen.json" | cut -d' ' -f1)" --json
json "d['id']" specimen
run 2 form show nobody
run 2 form dance
says err "explain, cells, learn"
run 0 check "${D[@]}" --ruleset a.json "$LPS"
run 3 check "${D[@]}" --ruleset a.json --json "$FORMS/bad/libelle-modifie.xlsx"
json "[f['rule'] for f in d['findings']]" "['wording-altered']"
run 3 check "${D[@]}" --ruleset a.json --json "$FORMS/proxy-conforme.xlsx" # which has none of its points, and that is said first
json "d['notes'][0]['code']" "ruleset-foreign"
says out "probably another form"
run 0 check "${D[@]}" --ruleset a.json --json "$LPS"
json "[n['code'] for n in d['notes'] if n['code'].startswith('ruleset')]" "[]"
chmod go+w "$HOME/.config/paraphe/rulesets/proxy-a.json"
run 2 check "${D[@]}" "$LPS"
says err "decides what is valid"
rm "$HOME/.config/paraphe/rulesets/proxy-a.json"

echo '{"format":"paraphe-ruleset","version":1}' > nameless.json
run 4 form show ./nameless.json
says err "no readable rule set"
/usr/bin/python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); from workbook import Workbook
book = Workbook(); book.sheet("A").put(1, 1, "x"); book.save("nothing.xlsx")' "$SOURCE/tests/forms"
run 4 form learn nothing.xlsx -o nothing.json
says err "No tab of control points"
: > file
HOME=$WORK/file XDG_CONFIG_HOME=$WORK/file run 10 form learn "$FORMS/proxy-vierge.xlsx" --id p
HOME= XDG_CONFIG_HOME= run 2 form learn "$FORMS/proxy-vierge.xlsx" --id p
says err "with -o FILE.json"
run 2 form learn "$FORMS/proxy-vierge.xlsx" --id ../../p

# A version that nobody knows: its own severities, never a plain "met", and the lack is said
/usr/bin/python3 - "$LPS" unknown.xlsx << 'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        b.writestr(name, a.read(name).replace(b"SP&#201;CIMEN 2026.1", b"V9 2027"))
PY
run 0 check "${D[@]}" unknown.xlsx
says out "Thresholds met, with a reservation: no rule set"
says out "NO ALTERATION CAN BE DETECTED"
run 0 check "${D[@]}" --ruleset specimen --json unknown.xlsx
json "d['ruleset'], d['outcome'], d['verdict']" "(None, 'met-reserve', 'validé')"
run 0 form learn unknown.xlsx -o filled.json
run 0 check "${D[@]}" --ruleset filled.json --json unknown.xlsx
json "d['ruleset']['version'], d['ruleset']['recognised_by']" "('V9 2027', 'option')"

# An open form in place of a workbook: its verdict is not believed
cat > grid.json << 'JSON'
{"format":"paraphe-grid","version":1,"verdict":"validé","form":{"name":"x"},"fields":[{"id":"form_version","label":"V","value":"SPÉCIMEN 2026.1"}],"sheets":[{"name":"Proxy PSC","points":[{"id":"P-01","answer":"Non","comment":""}]}]}
JSON
run 3 check "${D[@]}" --json grid.json
json "'comment-missing' in [f['rule'] for f in d['findings']], 'severity-altered' in [f['rule'] for f in d['findings']], d['kind']" "(True, False, 'proxy')"
json "'no-workbook' in [n['code'] for n in d['notes']]" "True"
echo '{"format":"paraphe-grid","version":1,"sheets":7}' > bad.json
run 4 check "${D[@]}" bad.json
says err "does not have the expected shape"

# A label that names no known field is one, with a value or without; a title above fields is none
cat > titles.py << 'PY'
import sys
sys.path.insert(0, sys.argv[1])
from workbook import Workbook
book = Workbook()
info = book.sheet("Identification")
for row, pair in enumerate((("1. Identité",), ("Éditeur", "Y"), ("Nom du logiciel", "X"), ("Maître d'ouvrage", "Z"), ("Commanditaire",), ("Calendrier",), ("Date de fin des tests", "14/11/2026")), 1):
    for at, value in enumerate(pair, 1):
        info.put(row, at, value)
info.merges.append("A6:B6")
book.save("titles.xlsx")
PY
ok "a form with titles is made" /usr/bin/python3 titles.py "$SOURCE/tests/forms"
run 0 form explain titles.xlsx --json
json "[t['label'] for t in d['labels_unknown']], [t['label'] for t in d['section_titles']]" '(["Maître d'"'"'ouvrage", '"'"'Commanditaire'"'"'], ['"'"'1. Identité'"'"', '"'"'Calendrier'"'"'])'

# What would make a reading doubtful: never taken silently
cat > odd.py << 'PY'
import sys
sys.path.insert(0, sys.argv[1])
from workbook import Workbook
LABELS = ["ID", "Libellé", "Gravité", "Réponse", "Commentaire"]

def form(path, change=lambda book, sheet: None, **options):
    book = Workbook(**options)
    info = book.sheet("Informations générales")
    info.put(1, 1, "Version du formulaire"), info.put(1, 2, "Z1"), info.put(2, 1, "Type d'application"), info.put(2, 2, "Application web")
    info.put(3, 1, "Fin des tests"), info.put(3, 2, "2026-09-11")
    for name, letter in (("Base commune", "C"), ("Application web", "W")):
        sheet = book.sheet(name)
        for at, label in enumerate(LABELS, 1):
            sheet.put(1, at, label)
        for row in range(1, 21):
            for at, value in enumerate([f"{letter}-{row:02d}", f"Point {row}", "Moyenne", "Oui", ""], 1):
                sheet.put(row + 1, at, value)
    change(book, sheet)
    book.save(path)

def second_header(book, sheet):
    for at, label in enumerate(LABELS, 10):
        sheet.put(3, at, label)

def bare_copy(book, sheet):
    copy = book.sheet("Annexe", "hidden")
    for row in (1, 2):
        copy.put(row, 1, f"W-0{row}"), copy.put(row, 2, "Non")

def hide(book, sheet):
    sheet.state = "hidden"

form("sound.xlsx")
form("second.xlsx", second_header)
form("copy.xlsx", bare_copy)
form("hidden.xlsx", hide)
PY
ok "forms are made" /usr/bin/python3 odd.py "$SOURCE/tests/forms"
codes() { json "sorted(n['code'] for n in d['notes'] if n['code'] in ('tab-hidden', 'header-repeated', 'points-unusual'))" "$1"; }
run 0 check "${D[@]}" --json sound.xlsx
json "d['ruleset'], d['verdict'], d['outcome']" "(None, 'validé', 'met-reserve')"
codes "['points-unusual']"
run 0 check "${D[@]}" sound.xlsx
says out "1 tab with more or fewer points than published"
run 0 form learn sound.xlsx -o sound.json
says err "20 points, where 15 to 18 are published"
run 0 check "${D[@]}" --json second.xlsx
codes "['header-repeated', 'points-unusual']"
run 0 check "${D[@]}" --json hidden.xlsx
codes "['points-unusual', 'tab-hidden']"
run 3 check "${D[@]}" --json copy.xlsx
json "[(f['rule'], f['sheet']) for f in d['findings']]" "[('sheet-duplicate', 'Annexe')]"

# Two tables on one sheet whose numbering starts anew and whose titles say nothing: each is read, the eliminatory No of the second counts
cat > two.py << 'PY'
import sys
sys.path.insert(0, sys.argv[1])
from workbook import Workbook
book = Workbook()
info = book.sheet("Identification")
for row, pair in enumerate((("Nom du logiciel", "X"), ("Version", "1"), ("Éditeur", "Y"), ("Type d'application", "Application mobile"), ("Prestataire PASSI", "N"),
                            ("Auditeur", "Z"), ("Date de début des tests", "03/11/2026"), ("Date de fin des tests", "14/11/2026"), ("Version du formulaire", "9.9")), 1):
    for at, value in enumerate(pair, 1):
        info.put(row, at, value)
sheet = book.sheet("Exigences")
def table(top, heads, count, no):
    for at, head in enumerate(heads, 1):
        sheet.put(top, at, head)
    for i in range(1, count + 1):
        cells = [str(i)] + (["D"] if "Domaine" in heads else []) + [f"Point {top} {i}", "Haute" if i == 3 else "Moyenne", "Non" if i == no else "Oui"]
        for at, value in enumerate(cells + (["Constat"] if i == no else []), 1):
            sheet.put(top + i, at, value)
table(1, ["N°", "Domaine", "Exigence de sécurité", "Gravité", "Conforme (Oui / Non / N/A)", "Commentaire"], 16, 0)
table(20, ["N°", "Exigence de sécurité", "Gravité", "Conforme (Oui / Non / N/A)", "Commentaire"], 20, 3)
book.save("two.xlsx")
PY
ok "two tables are made" /usr/bin/python3 two.py "$SOURCE/tests/forms"
run 11 check two.xlsx --deposit-date 2026-11-23 --json
json "d['outcome'], [f['rule'] for f in d['findings'] if f['level'] != 'avertissement'], d['counts']['Haute']['Non'], d['counts']['Moyenne']['Oui']" "('not-met', ['high-non'], 1, 34)"

# A layout file recognises what the built-in one does not
/usr/bin/python3 - sound.xlsx renamed.xlsx << 'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2], "w") as b:
    for name in a.namelist():
        b.writestr(name, a.read(name).replace("Réponse".encode(), b"Bilan PASSI").replace(b"Base commune", b"Fondamentaux"))
PY
run 3 check "${D[@]}" --json renamed.xlsx
run 0 form explain renamed.xlsx
says out "columns not found: theme, owasp, answer"
echo '{"format":"paraphe-layout","version":1,"types":{"application-webb":["Tests"]}}' > wrong.json
run 4 check "${D[@]}" --layout wrong.json renamed.xlsx
says err 'application-webb.*in .types.*it knows: application-web, application-mobile'
echo '{"format":"paraphe-layout","version":1,"columns":{"answer":["Bilan PASSI"]},"sheets":{"common":["Fondamentaux"]}}' > more.json
run 0 check "${D[@]}" --json --layout more.json renamed.xlsx
json "d['counts']['Moyenne']['Oui']" "40"
finish
