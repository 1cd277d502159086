# The verb form: what was recognised, cells, rule sets learnt, listed, shown, compared.
. "$(dirname "$0")/lib.sh"
D=(--deposit-date 2026-11-23)
LPS=$FORMS/lps-web-conforme.xlsx

run 0 form explain "$LPS"
says out 'Rule set: specimen \(by the version\)'
says out 'column F "Conforme \(Oui / Non / N/A\)": answer'
run 0 form explain "$LPS" --json
json "[s['use'] for s in d['sheets']]" "['ignored', 'information', 'common', 'type', 'type', 'type', 'type', 'ignored']"
json "len(d['fields']), d['fields_missing'], d['ruleset']['candidates'][0]['points_percent']" "(19, [], 100)"

run 0 form cells "$FORMS/libreoffice/lps-web-conforme.xlsx"
says out '^sheet,address,type,value,hidden.?$'
says out '^"Informations générales",C23,date,2026-09-11,false.?$'
run 0 form cells "$FORMS/bad/feuille-masquee.xlsx" --json
says out '"sheet":"Base commune \(2\)".*"hidden":true'
run 4 form cells "$FORMS/bad/zip-tronque.xlsx"
says err "incomplete or damaged"
run 4 form explain "$FORMS/bad/ancien-format.xls"
says err "old .xls format"

# Learn, list, show, diff; the learnt set then detects alterations
run 0 form learn "$FORMS/lps-vierge.xlsx" --id lps-a --source "Test" -o a.json
says out 'Rule set "lps-a" written to a.json'
says err "describes the same version"
run 10 form learn "$FORMS/lps-vierge.xlsx" -o a.json
run 2 form learn
run 0 form learn "$FORMS/xlsm/proxy-vierge.xlsm" --id proxy-a
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
run 0 form diff a.json specimen
says out "tab added: Proxy PSC"
run 0 form diff a.json specimen --json
json "[x['what'] for x in d['differences']]" "['tab-added']"
run 0 form diff specimen specimen
says out "No difference"
run 2 form show nobody
run 2 form dance
says err "explain, cells, learn"
run 0 check "${D[@]}" --ruleset a.json "$LPS"
run 3 check "${D[@]}" --ruleset a.json --json "$FORMS/bad/libelle-modifie.xlsx"
json "[f['rule'] for f in d['findings']]" "['wording-altered']"
chmod go+w "$HOME/.config/paraphe/rulesets/proxy-a.json"
run 2 check "${D[@]}" "$LPS"
says err "decides what is valid"
rm "$HOME/.config/paraphe/rulesets/proxy-a.json"

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
finish
