#!/usr/bin/env bash
# submit and receipts against a real nginx: complete, byte-identical, once; refusals; interruptions.
. "$(dirname "$0")/lib.sh"
need openssl curl
services
pki=$PARAPHE_TEST_PKI
base=${PARAPHE_TEST_UPLOAD%/}
received=$PARAPHE_TEST_DIR/nginx/received
make() { python3 "$HERE/make_deposit.py" "$@" || fail "make_deposit"; }
me=(--ca "$pki/tls-ca.crt" --client-cert "$pki/client.crt" --client-key "$pki/client.key")
id_of() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]+"/manifest.json"))["id"][:16])' "$1"; }
identical() { # DEPOSIT RECEIVED: every file that was to go, and nothing else
  CHECKS=$((CHECKS + 1))
  diff -r -x receipts "$1" "$2" > "$OUT" 2>&1 || fail "the received files differ"
}

# by hand: nothing is sent, each place is named, what is foreign is escaped
make hand
run 0 submit hand
says out 'Convergence'; says out '01\. proof 1 .x1B\[31m'; says out 'hand/checklist.html'
absent hand/receipts
run 0 submit hand --to folder --json
json "d['by_hand'], d['complete'], len(d['places'])" '(True, False, 2)'
run 7 receipts hand; says out 'No receipt'; says out '^still to be deposited: 02 - '
run 7 receipts hand --json; json "len(d['missing']), d['receipts'], d['complete']" '(2, [], False)'

# what a person deposited
run 2 receipts hand --acknowledgement hand/checklist.html; run 2 receipts hand --deposited 7; says err 'no place'
run 7 receipts hand --deposited 01; says out 'deposited, unchanged: 01 - '; says out 'not complete'; says out '^still to be deposited: 02 - '
echo 'Reçu du portail' > portail.txt
run 4 receipts hand --deposited 02 --acknowledgement /nowhere
run 0 receipts hand --deposited 2 --acknowledgement portail.txt; says out 'The deposit is complete'
run 0 receipts hand --json; json "d['complete'], sorted(r['to'] for r in d['receipts'])" "(True, ['by-hand', 'by-hand'])"
run 0 receipts hand --deposited all
echo x >> hand/receipts/ack-*.txt; run 0 receipts hand --deposited all --acknowledgement portail.txt
echo x >> hand/receipts/ack-*.txt; run 10 receipts hand; says out 'changed or is missing'
rm -r hand/receipts

: > hand/receipts; run 10 receipts hand; run 10 submit hand --to "$base/y-$$/" "${me[@]}"; says err 'is no folder'; rm hand/receipts
mkdir elsewhere; ln -s ../elsewhere hand/receipts # receipts that do not go with the deposit
run 10 submit hand --to "$base/y-$$/" "${me[@]}"; says err 'symbolic link'
run 10 receipts hand; says err 'symbolic link'
run 10 receipts hand --deposited 01; says err 'symbolic link'
rmdir elsewhere; rm hand/receipts
mkdir -m 700 hand/receipts
if command -v flock > /dev/null; then
  flock hand/receipts sleep 3 & held=$!
  sleep 0.3
  run 10 submit hand --to "$base/y-$$/" "${me[@]}"; says err 'Another sending'
  wait $held
fi
rm -r hand/receipts

# wrong use, before anything is sent
run 2 submit hand --to http://localhost/depot/; says err 'https://host/folder/'
run 2 submit hand --to 'https://u:p@localhost/'
run 2 submit hand --to ftp://localhost/
run 4 submit . ; says err 'manifest.json'
run 4 submit /nowhere
make late until=2020-01-01; run 3 submit late --to "$base/"; says err 'until 2020-01-01'
ok 'nothing is said to be sent' test -z "$(grep Sending "$ERR")"; absent late/receipts
make bad rejected=1; run 11 submit bad --to "$base/"; says err '--allow-rejected'
run 0 submit bad --to folder --allow-rejected
lang fr; run 3 submit late; says err "jusqu’au 01/01/2020 inclus"; lang en

# dry run: says, sends nothing
run 0 submit hand --to "$base/dry-$$/" "${me[@]}" --dry-run
says out "would be sent: 01 - .* to $base/dry-$$/$(id_of hand)/01%20-%20EDC%20PSC.*sign%C3%A9/a_rapport.pdf"
says out "%231%20%25/b_rapport.pdf"
absent "$received/depot/dry-$$" hand/receipts

# the deposit: complete, identical, once
make full size=3000000
run 0 submit full --to "$base/full-$$" "${me[@]}"
says out 'Deposit complete'; says err 'Sending 4/4: manifest.json'
identical full "$received/depot/full-$$/$(id_of full)"
run 0 receipts full; says out 'The deposit is complete'
run 0 receipts full --json
json "d['complete'], len(d['receipts']), d['receipts'][0]['status'], d['receipts'][0]['server']['name'][:5], len(d['receipts'][0]['peer']['certificate_sha256'])" "(True, 4, 200, 'nginx', 64)"
CHECKS=$((CHECKS + 1)); [ -z "$(find full/receipts \( -type f ! -perm 600 \) -o \( -type d ! -perm 700 \))" ] || fail "receipts readable by others"
before=$(wc -l < "$PARAPHE_TEST_DIR/nginx/access.log")
run 0 submit full --to "$base/full-$$" "${me[@]}"; says out 'already deposited'
CHECKS=$((CHECKS + 1)); [ "$before" = "$(wc -l < "$PARAPHE_TEST_DIR/nginx/access.log")" ] || fail "a second run asked the service"
CHECKS=$((CHECKS + 1)); [ "$(grep -c "MOVE .*full-$$" "$PARAPHE_TEST_DIR/nginx/access.log")" = 4 ] || fail "not one MOVE a file"
# without the receipts, on another machine: found, not replaced
rm -rf full/receipts
run 0 submit full --to "$base/full-$$" "${me[@]}" --json; json "d['complete']" True
identical full "$received/depot/full-$$/$(id_of full)"

# files that change after the deposit, or before
echo x >> full/02*/b_rapport.pdf
run 10 receipts full; says out 'changed or is missing'
run 10 submit full --to "$base/full-$$" "${me[@]}"; says err 'nothing was sent'

# what the service refuses
make small size=2000
up=${base%/depot}
run 8 submit small --to "$up/petit/" "${me[@]}"; says err 'too large'; says err 'HTTP 413'
run 8 submit small --to "$up/interdit/" "${me[@]}"; says err 'HTTP 403'
run 7 submit small --to "$up/occupe/" "${me[@]}"; says err 'nothing was deposited'; says err 'HTTP 503'
run 7 submit small --to "$base/x-$$/"; says err 'not accepted: nothing was sent'
run 8 submit small --to "$base/x-$$/" --ca "$pki/tls-ca.crt"; says err 'client-cert'
run 8 submit small --to "$base/x-$$/" --ca "$pki/tls-ca.crt" --client-cert "$pki/client-unknown.crt" --client-key "$pki/client-unknown.key"
run 2 submit small --to "$base/x-$$/" --ca "$pki/tls-ca.crt" --client-cert "$pki/client.crt" --client-key "$pki/server.key"
run 7 submit small --to "https://localhost:1/x/" "${me[@]}"; says err 'does not answer'
if [ -s "$pki/client-expired.crt" ]; then
  run 8 submit small --to "$base/x-$$/" --ca "$pki/tls-ca.crt" --client-cert "$pki/client-expired.crt" --client-key "$pki/client-expired.key"
fi
# in a folder as a newcomer may have it
eval "$("$SOURCE/certs-test/nginx.sh" start --cert server-wrong-name "$WORK/wrong é" "$pki")"
run 7 submit small --to "$PARAPHE_TEST_UPLOAD" "${me[@]}"; says err 'not accepted: nothing was sent'
"$SOURCE/certs-test/nginx.sh" stop "$WORK/wrong é"
absent "$received/depot/x-$$"

# another file in the place: never replaced
mkdir -p "$received/depot/taken-$$/$(id_of small)"
echo other > "$received/depot/taken-$$/$(id_of small)/checklist.html"
run 8 submit small --to "$base/taken-$$/" "${me[@]}"; says err 'another file'
CHECKS=$((CHECKS + 1)); [ "$(cat "$received/depot/taken-$$/$(id_of small)/checklist.html")" = other ] || fail "a file of others was replaced"
run 7 receipts small; says out 'not complete'
absent "$received/depot/taken-$$/$(id_of small)"/.*.part

# what an interrupted run leaves: the intent, and the file in place or not
make cut
run 0 submit cut --to "$base/cut-$$/" "${me[@]}"
for receipt in cut/receipts/*.json; do mv "$receipt" "${receipt%.json}.intent.json"; sed -i 's/paraphe-receipt/paraphe-intent/' "${receipt%.json}.intent.json"; done # as written before MOVE, but for the phase
rm "$received/depot/cut-$$/$(id_of cut)/checklist.html"
run 9 receipts cut
# its place is empty and nothing lies beside it: it may have been taken in, so a person asks first
moves() { grep -c "MOVE .*cut-$$" "$PARAPHE_TEST_DIR/nginx/access.log"; }
before=$(moves)
run 9 submit cut --to "$base/cut-$$/" "${me[@]}"; says err 'may have taken it in'; says out 'already with the service: 01'
run 9 submit cut --to "$base/cut-$$/" "${me[@]}"
CHECKS=$((CHECKS + 1)); [ "$(moves)" = "$before" ] || fail "sent a second time"
cp -a cut arrived
doubt=$(grep -oE 'cut/receipts/[0-9a-f]{32}\.intent\.json' "$ERR")
present "$doubt"; rm "$doubt"
run 0 submit cut --to "$base/cut-$$/" "${me[@]}"; says out 'deposited: checklist.html'
identical cut "$received/depot/cut-$$/$(id_of cut)"
run 0 receipts cut
# it did arrive, says a person with the command that the message gives: the rest goes on, here all files with a place and what has none
says_note() { says err "“paraphe receipts arrived --deposited $1”"; }
rm "$received/depot/cut-$$/$(id_of cut)/"{checklist.html,01*/a_rapport.pdf}
for receipt in $(grep -l a_rapport arrived/receipts/*.json); do mv "$receipt" "${receipt%.json}.intent.json" && sed -i 's/paraphe-receipt/paraphe-intent/' "${receipt%.json}.intent.json"; done
run 9 submit arrived --to "$base/cut-$$/" "${me[@]}"; says_note 01
run 9 receipts arrived --deposited 01; ok 'what was noted is not to be deposited' test -z "$(grep 'still to be.*01' "$OUT")"
run 9 submit arrived --to "$base/cut-$$/" "${me[@]}"; says out 'noted as deposited, not sent again: 01'; says_note all
run 0 receipts arrived --deposited all
before=$(moves)
run 0 submit arrived --to "$base/cut-$$/" "${me[@]}"; says out 'not sent again: checklist.html'; says out 'Deposit complete'
run 0 receipts arrived
CHECKS=$((CHECKS + 1)); [ "$(moves)" = "$before" ] || fail "sent a second time"
# after the last day nothing is sent; what was deposited, or may have been, is told
CLOCK=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/clock.so
if [ -e "$CLOCK" ]; then
  make timely until="$(date -d 'now + 2 days' +%F)"
  later() { LD_PRELOAD=$CLOCK PARAPHE_FAKE_CLOCK=$((5 * 86400)) run "$@"; }
  run 0 submit timely --to "$base/timely-$$/" "${me[@]}"
  later 0 submit timely --to "$base/timely-$$/" "${me[@]}"; says out 'already deposited'
  mv "$(grep -l a_rapport timely/receipts/*.json)" timely/receipts/one.json
  sed 's/paraphe-receipt/paraphe-intent/' timely/receipts/one.json > "timely/receipts/$(sed -n 's/.*"key": *"\([0-9a-f]*\)".*/\1/p' timely/receipts/one.json).intent.json"
  rm timely/receipts/one.json
  later 3 submit timely; says err 'nothing was sent'
  later 0 submit timely --to "$base/timely-$$/" "${me[@]}"; says out 'already with the service: 01'
  rm "$(grep -l a_rapport timely/receipts/*.json)"
  later 3 submit timely --to "$base/timely-$$/" "${me[@]}"; says err 'nothing was sent'; says out 'not deposited yet: 01'
fi
# hostile receipts and manifests
echo '{}' > cut/receipts/zz.json; run 4 receipts cut; rm cut/receipts/zz.json
sed -i 's/checklist.html/..\/..\/etc\/passwd/' cut/manifest.json; run 4 submit cut; run 4 receipts cut

# killed at any moment and run again: the same set, each once
make killed size=400000
for wait in 0.01 0.03 0.05 0.08 0.12; do
  PARAPHE_LANG=en timeout -s KILL $wait "$PARAPHE" submit killed --to "$base/killed-$$/" "${me[@]}" > /dev/null 2>&1
done
run 0 submit killed --to "$base/killed-$$/" "${me[@]}"
identical killed "$received/depot/killed-$$/$(id_of killed)"
CHECKS=$((CHECKS + 1)); [ "$(grep "MOVE .*killed-$$" "$PARAPHE_TEST_DIR/nginx/access.log" | grep -c ' 20[14] ')" = 4 ] || fail "a file was moved twice or never"
finish
