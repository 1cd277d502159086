#!/usr/bin/env bash
# paraphe demo: two forms and their reports from the program alone; the command that it names goes on from there.
. "$(dirname "$0")/lib.sh"

run 0 demo
says out 'paraphe-demo/formulaire-web.xlsx: Thresholds met'
says out 'paraphe-demo/formulaire-proxy.xlsx: Thresholds met'
present paraphe-demo/rapport-web.pdf paraphe-demo/rapport-proxy.pdf
same paraphe-demo/formulaire-web.xlsx "$FORMS/lps-web-conforme.xlsx"
same paraphe-demo/formulaire-proxy.xlsx "$FORMS/proxy-conforme.xlsx"
run 2 demo
says err 'paraphe-demo exists already'
run 10 demo nowhere/folder
run 0 demo other --json --report-lang en
json '[p["outcome"] for p in d["parts"]], d["folder"]' "(['met', 'met'], 'other')"
run 0 run other/formulaire-web.xlsx other/formulaire-proxy.xlsx --deposit-date "$(python3 -c 'import json; print(json.load(open("'"$OUT"'"))["deposit_date"])')" --job other/job --until report
lang fr
run 0 demo troisieme --quiet
silent out
finish
