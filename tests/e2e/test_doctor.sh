#!/usr/bin/env bash
# doctor and explain: what a machine lacks, and what each code means.
. "$(dirname "$0")/lib.sh"
services
run 0 doctor --module "$PARAPHE_TEST_MODULE" --trust "$PARAPHE_TEST_TRUST" --tsa "$PARAPHE_TEST_TSA" --pin-source "file:$PARAPHE_TEST_PIN_FILE" --online
says out 'isolated processes'; says out 'network program present'; says out 'time-stamp by 127.0.0.1'; says out 'This machine is ready'
run 0 doctor --module "$PARAPHE_TEST_MODULE" --json
json "d['ok'], [c['id'] for c in d['checks'] if c['state'] == 'warn']" "(True, ['no-anchors', 'no-tsa'])"
json "all(c['remedy'] for c in d['checks'] if c['state'] in ('warn', 'bad'))" True
run 2 doctor --tsa "$PARAPHE_TEST_TSA?mode=error" --online; says out 'No time-stamp by'; says out 'not ready'
run 2 doctor --trust /nowhere; says out 'anchors unreadable'
run 2 doctor --to http://x/; says out 'Address of the deposit'
cp "$PARAPHE_TEST_PIN_FILE" pin; chmod 644 pin
run 2 doctor --pin-source file:pin --quiet; says out 'can be read by others'
run 2 doctor --pin-source file:absent; says out 'does not exist'
pki=$PARAPHE_TEST_PKI
run 0 doctor --to https://localhost/x/ --client-cert "$pki/client.crt" --client-key "$pki/client.key"; says out 'client certificate Dépôt TEST'
[ ! -s "$pki/client-expired.crt" ] || { run 2 doctor --to https://localhost/x/ --client-cert "$pki/client-expired.crt" --client-key "$pki/client-expired.key"; says out 'Dépôt périmé: valid until 20'; }
run 2 doctor --to https://localhost/x/ --client-cert pin; says out 'unreadable'
SOURCE_DATE_EPOCH=86400 run 2 doctor; says out 'years late'
lang fr; run 0 doctor; says out 'bien .*processus isolés'; lang en

# ---- trusted lists: none, in force, about to end, ended, closed, of which countries, with the command that renews them ----
export XDG_DATA_HOME="$WORK/data"
LISTS=$XDG_DATA_HOME/paraphe/trust
list() { # TERRITORY DAYS [URL] [POINTER]: as `paraphe trust import` keeps it; DAYS "-": closed
  mkdir -p "$LISTS"
  chmod 700 "$LISTS"
  /usr/bin/python3 - "$LISTS/$1.json" "$@" << 'PY'
import datetime, json, sys
out, territory, days, url, pointer = (sys.argv[1:] + ["", ""])[:5]
at = lambda d: (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=d, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
json.dump({"format": "paraphe-trusted-list", "version": 1, "territory": territory, "type": "x", "operator": "TEST", "sequence": 1, "issued": at(-20),
           "next_update": None if days == "-" else at(int(days)), "sha256": "00" * 32, "signers": [], "url": url or None,
           "pointers": [{"territory": pointer, "url": "http://x/", "certs": []}] if pointer else [], "services": []}, open(out, "w"))
PY
}
NOW=$(date +%s)
day() { TZ='CET-1CEST,M3.5.0,M10.5.0/3' date -d "@$((NOW + $1 * 86400 + 3600))" +%Y-%m-%d; } # as the program says it: in Paris
run 0 doctor; says out 'info +no trusted list is kept: .*paraphe trust import'; says out 'No trust anchor'
lang fr; run 0 doctor; says out 'aucune liste de confiance conservée'; lang en
list FR 20; list BE 40 http://x/be.xml
run 0 doctor; says out "ok +trusted lists in force: BE \\(until $(day 40)\\), FR \\(until $(day 20)\\)"
CHECKS=$((CHECKS + 1)); ! grep -q 'No trust anchor' "$OUT" || fail 'lists in force are anchors'
run 0 doctor --json; json "[c['state'] for c in d['checks'] if 'list' in c['id']]" "['ok']"
list FR 13; list BE 13 http://x/be.xml; list DE -1; list EU -1 http://x/eu.xml IT; list IT -; list ES 40
run 0 doctor
says out 'in force: ES'
says out "attention +Trusted lists that end within 14 days: BE \\(until $(day 13)\\)$"; says out 'Run “paraphe trust update BE”; if nothing newer'
says out "attention +Trusted lists that end within 14 days: FR \\(until $(day 13)\\)$"; says out 'paraphe trust import LIST.xml --signer CERT --url URL'
says out "attention +Trusted lists that have ended and are no longer used: EU \\(until $(day -1)\\), IT \\(closed\\)$"; says out '^ +Run “paraphe trust update EU IT”\.$'
says out 'no longer used: DE'
lang fr
run 0 doctor; says out 'attention +Listes de confiance expirées, qui ne servent plus : EU \(jusqu’au [0-9/]+\), IT \(close\)'; says out '« paraphe trust update EU IT »'
says out 'expirent dans moins de 14 jours : BE'
lang en
run 0 doctor --json; json "sorted(c['id'] for c in d['checks'] if c['id'].startswith('lists'))" "['lists', 'lists-over', 'lists-over-import', 'lists-soon', 'lists-soon-import']"
rm "$LISTS"/*; list DE -1; run 0 doctor; says out 'No trust anchor' # one that has ended is none
rm "$LISTS"/*
list FR 30; list BE 3; run 0 trust snapshot -o frozen.json; rm -r "$LISTS"
run 0 doctor --trust frozen.json; says out 'ok +trusted lists in force in frozen.json: FR'; says out 'Trusted lists of frozen.json that end within 14 days: BE'
says out 'paraphe trust snapshot -o frozen.json'
CHECKS=$((CHECKS + 1)); ! grep -q 'no trusted list is kept' "$OUT" || fail 'a snapshot is a list'
sed -E 's/("next_update": *")2/\11/g' frozen.json > over.json
run 0 doctor --trust over.json; says out 'Trusted lists of over.json that have ended and are no longer used: BE .*FR'
list FR 30; chmod 777 "$LISTS"; run 0 doctor; says out 'attention +The trusted lists kept here cannot be read: .*trust'; says out 'paraphe trust show'
chmod 700 "$LISTS"; printf '{' > "$LISTS/FR.json"; run 0 doctor; says out 'cannot be read: .*FR.json'
rm -r "$LISTS"
unset XDG_DATA_HOME

run 0 explain; says out '^  9  sent, outcome unknown'; says out '130'
run 0 explain 6; says out 'not acceptable'; says out 'paraphe verify FILE'
run 0 explain date-expired; says out 'a year or more'; says out 'done again'
run 0 explain report-unsigned; says out 'paraphe sign'
run 0 explain err.net.timeout; says out '… did not answer'
run 0 explain err.net.timeout --json; json "d['meanings'][0]['kind']" error
run 2 explain nothing-like-this; says err 'No code'
run 2 explain '../../etc'; run 0 explain --json; json "len(d['meanings']), [m['remedy'] for m in d['meanings'] if m['code'] == '9']" "(13, ['Run the same command again: nothing is sent twice.'])"
lang fr; run 0 explain 11; says out 'seuils non respectés'
run 0 config; says out '^job.role = editeur +\(par défaut\)'; PARAPHE_SIGN_LEVEL=B-B run 0 config; says out 'environnement PARAPHE_SIGN_LEVEL'
run 0 form list; says out 'fourni avec paraphe'
finish
