#!/usr/bin/env bash
# The whole chain by `run`: to a folder for the hand, to nginx, what is lacking, what does not pass, consent on a terminal.
. "$(dirname "$0")/lib.sh"
services
TOKEN=(--cert subject:rsa2048 "${TOKEN[@]}")
cp "$FORMS"/lps-web-conforme.xlsx "$FORMS"/proxy-conforme.xlsx "$FORMS"/lps-web-11-moyennes.xlsx .
cp "$FORMS"/bad/test-perime.xlsx .
DATE=(--deposit-date 2026-11-23)
CHAIN=("${DATE[@]}" --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST" "${TOKEN[@]}" --yes)
PKI=$PARAPHE_TEST_PKI
PLACE=${PARAPHE_TEST_UPLOAD%/}/chain-$$/
SERVICE=(--to "$PLACE" --client-cert "$PKI/client.crt" --client-key "$PKI/client.key" --ca "$PKI/tls-ca.crt")

# ---- to the folder, by hand ----
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job main "${CHAIN[@]}"
says err "deposit folder done"
says out "deposit the folder main/depot by hand"
present main/depot/manifest.json main/depot/SHA256SUMS main/depot/checklist.html main/depot/dossier.zip
run 0 status main --json
json "d['next']['code'], d['stages']['bundle']['state'], d['stages']['submit']['state']" "('deposit-by-hand', 'done', 'open')"
# a file of the deposit folder is lost: it is made again, the rest is not
find main/depot -name '*lps*rapport-signe.pdf' -delete
run 0 run --job main --yes
says err "deposit folder done"
ok "the report is back" test -n "$(find main/depot -name '*lps*rapport-signe.pdf')"
# ---- signed by another than the auditor whom the form names: a note before the PIN, one of verify, no other result; a seal is nobody ----
run 0 sign main/1/rapport.pdf -o autre.pdf --json "${TOKEN[@]:2}" --cert subject:p256 --yes --level B-B
json '[w["code"] for w in d["warnings"]]' "['other-person']"
says out 'the form names Claire Fontaine-Lemoël as the auditor'
run 0 verify autre.pdf --form lps-web-conforme.xlsx --trust "$PARAPHE_TEST_TRUST" --json
json 'd["comparison"]["result"], [n["code"] for n in d["comparison"]["notes"]]' "('same', ['other-person'])"
run 0 verify autre.pdf --form lps-web-conforme.xlsx --trust "$PARAPHE_TEST_TRUST"
says out 'Claire Fontaine-Lemoël as the auditor, .* Inès Çelik'
run 0 verify main/1/rapport-signe.pdf --form lps-web-conforme.xlsx --trust "$PARAPHE_TEST_TRUST" --json
json 'd["comparison"]["notes"]' '[]'
run 0 sign main/1/rapport.pdf -o cachet.pdf --json "${TOKEN[@]:2}" --cert subject:p256 --seal --yes --level B-B
json 'd["warnings"]' '[]'
run 0 sign main/1/rapport-signe.pdf -o deux.pdf --json "${TOKEN[@]:2}" --cert subject:p256 --yes --level B-B # the first signature is the auditor's
json '[w for w in d["warnings"] if w["code"] == "other-person"]' '[]'
# ---- later, to the service: the address was left open at the start ----
run 0 run --job main --yes "${SERVICE[@]}"
says err "deposit done"
says out "Everything is done"
present main/recus/manifest.json
RECEIVED=$PARAPHE_TEST_DIR/nginx/received/depot/chain-$$
ok "the deposit is there, byte for byte" bash -c "cmp main/depot/manifest.json '$RECEIVED'/*/manifest.json"
ok "both reports arrived" test "$(find "$RECEIVED" -name '*rapport-signe.pdf' | wc -l)" = 2
run 0 run --job main --yes --json
json "d['status'], d['next']['code']" "(0, 'nothing')"
ok "one deposit" test "$(find "$RECEIVED" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 1
run 2 run --job main --yes --to https://localhost/autre/
says err "to was fixed"
run 0 receipts main/depot
# ---- purge keeps the receipts ----
cp -a main purged
run 0 purge purged --yes
absent purged/1 purged/2 purged/depot
present purged/recus/manifest.json purged/journal.jsonl
# ... which receipts does not take for a deposit that was never made; of a whole job it looks at the deposit folder
for copy in purged purged/recus; do run 4 receipts "$copy"; says err 'holds the receipts of a job'; done
run 0 receipts main; says out 'The deposit is complete'

# ---- what lacks: the proxy's form; said, and looked at again ----
run 3 run lps-web-conforme.xlsx --job seul "${CHAIN[@]}"
says err "Nothing for the Proxy"
says out "complete what lacks"
run 0 status seul --json
json "d['next']['code'], d['stages']['bundle']['state']" "('complete-dossier', 'open')"
absent seul/depot
run 0 run --job seul --yes --no-proxy "Pas de proxy dans cette solution"
present seul/depot/manifest.json

# ---- a form that does not pass is reported and signed, and stops before the deposit ----
run 11 run lps-web-11-moyennes.xlsx --job refuse "${CHAIN[@]}" --no-proxy "Pas de proxy"
present refuse/1/rapport-signe.pdf
absent refuse/depot
run 0 status refuse
says out "thresholds not met"
# ---- a form that is too old is reported and signed as well ----
run 3 run test-perime.xlsx --job vieux "${CHAIN[@]}" --no-proxy "Pas de proxy"
run 0 status vieux; says out 'no deposit possible: the last day was 2026-09-18'
present vieux/1/rapport-signe.pdf
absent vieux/depot

# ---- the service: without client certificate, unreachable; then it goes on ----
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job net "${CHAIN[@]}" --until bundle
run 8 run --job net --yes --to "${PLACE}net/" --ca "$PKI/tls-ca.crt"
says err "refuses this deposit; check --client-cert"
run 0 run --job net --yes --client-cert "$PKI/client.crt" --client-key "$PKI/client.key"
run 7 run lps-web-conforme.xlsx proxy-conforme.xlsx --job loin "${CHAIN[@]}" --to https://localhost:1/depot/ --ca "$PKI/tls-ca.crt"
run 0 status loin
says out "deposit folder: done"
# ---- a time-stamp service that does not answer costs the level, and --min-level makes it a failure that can be mended ----
run 7 run lps-web-conforme.xlsx --job stamp "${DATE[@]}" --tsa http://127.0.0.1:1/tsa --min-level B-T --trust "$PARAPHE_TEST_TRUST" "${TOKEN[@]}" --yes --until sign
run 7 run --job stamp --yes --until sign --token pkcs11:token=absent

# ---- consent on a terminal: what will be signed is shown, no leaves everything, yes signs ----
ASK=("${CHAIN[@]:0:${#CHAIN[@]}-1}" --until sign)
asked 130 '[y/N]=n' run lps-web-conforme.xlsx --job demande "${ASK[@]}"
shown() { # REPORT TITLE: path, title, pages, result, digest
  says out "^  $1\$"; says out "title: .*$2"; says out "$(pdfinfo "$1" | sed -n 's/^Pages: *//p') pages"
  says out "SHA-256: $(sha256sum < "$1" | cut -d' ' -f1)"; says out 'says: +Seuils respectés'
}
whom() {
  says out "By: +$1"; says out 'issued by AC Signature TEST, valid until 20'
  CHECKS=$((CHECKS + 1)); [ "$(grep -o '\[y/N\]' "$OUT" | wc -l)" = 1 ] || fail 'not one question'
}
shown demande/1/rapport.pdf 'Médilune Cabinet'; says out 'Level: B-T'; whom 'Claire Fontaine-Lemoël'
absent demande/1/rapport-signe.pdf
asked 0 '[y/N]=y' run --job demande --until sign
present demande/1/rapport-signe.pdf
# ---- one list for several documents: given one by one, or waiting in their jobs ----
cp main/1/rapport.pdf un.pdf; cp main/2/rapport.pdf deux-2.pdf
asked 130 '[y/N]=n' sign un.pdf deux-2.pdf --out-dir tous "${TOKEN[@]}"
shown un.pdf 'Médilune Cabinet'; shown deux-2.pdf 'Passerelle'; whom 'Claire Fontaine-Lemoël'
absent tous # which a no leaves as it was
# ... with the algorithm, why it is that one, and its end when that is near: all before the PIN, which a no does not ask for
while read -r key why end options; do
  # shellcheck disable=SC2086
  asked 130 '[y/N]=n' sign un.pdf -o why.pdf --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --pin-source file:/nowhere --cert "subject:$key" $options
  says out "^How: +.*, ${why//_/ }; key"
  CHECKS=$((CHECKS + 1)); [ "$(grep -c 'stop passing' "$OUT")" = "$end" ] || fail "the end of the algorithm: not $end times"
  absent why.pdf
done << 'EOF'
p384 which_the_token_offers_first 0
rsa3072 which_the_token_offers_first 1
rsa3072 as_asked 0 --scheme pss --hash sha512
rsa2048 as_asked 1 --scheme pss
EOF
run 0 run lps-web-conforme.xlsx --job wait1 "${DATE[@]}" --until report; run 0 run proxy-conforme.xlsx --job wait2 "${DATE[@]}" --until report
asked 130 '[y/N]=n' sign --pending wait1 wait2 "${TOKEN[@]}"
shown wait1/1/rapport.pdf 'Médilune Cabinet'; shown wait2/1/rapport.pdf 'Passerelle'; whom 'Claire Fontaine-Lemoël'
says out '^paraphe: Not signed, as you wished'
# a name that would begin a line of its own
cp demande/1/rapport.pdf $'odd\n    result:   FORGED.pdf'
asked 130 '[y/N]=n' sign $'odd\n    result:   FORGED.pdf' -o odd.pdf "${TOKEN[@]}"
says out 'odd.x0A    result:   FORGED.pdf'
CHECKS=$((CHECKS + 1)); ! grep -q '^ *result: *FORGED' "$OUT" || fail "a line that is not ours"
finish
