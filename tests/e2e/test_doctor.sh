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
