#!/usr/bin/env bash
# A job whose deposit a person makes: the chain ends with the folder, goes on when the person says that it is deposited.
. "$(dirname "$0")/lib.sh"
services
run 0 run "$FORMS/lps-web-conforme.xlsx" --no-proxy 'PSC direct' --job j "${TOKEN[@]}" --cert subject:rsa2048 --trust "$PARAPHE_TEST_TRUST" --yes --deposit-date 2026-11-23
says out 'by hand'; present j/depot/checklist.html; absent j/recus
run 0 submit j/depot; says out 'receipts j/depot --deposited all'
run 0 receipts j/depot --deposited 01
run 0 status j; says out 'all is noted as deposited; run .paraphe run --job j.'
CLOCK=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/clock.so
if [ -e "$CLOCK" ]; then # noted in the job only when the last day of deposit is over
  cp -a j late; LD_PRELOAD=$CLOCK PARAPHE_FAKE_CLOCK=40000000 run 0 run --job late; says out 'Everything is done'
fi
run 0 run --job j; says out 'Everything is done'
present j/recus/manifest.json
run 0 status j; says out 'deposit: done'
run 0 purge j --yes; present j/recus/manifest.json; absent j/depot
# what is lacking is told, and looked at again
run 3 run "$FORMS/lps-web-conforme.xlsx" --job k "${TOKEN[@]}" --cert subject:rsa2048 --yes --deposit-date 2026-11-23
says err 'Nothing for the Proxy'; absent k/depot
run 0 run --job k --proxy-of Société --reference NRU-1
present k/depot/manifest.json
# one place of two: status says what is left, before and after a run that can only stop
run 0 run "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx" --job two "${TOKEN[@]}" --cert subject:rsa2048 --yes --deposit-date 2026-11-23
ok "what holds for both reports is said once" test "$(grep -c 'stop passing' "$ERR")" = 1
run 7 receipts two --deposited 2; says out '^still to be deposited: 01 - '
# purged at that moment: what was deposited stays noted, with what the portal gave; so does what may have been
cp -a two part; cp -a two doubt
cp -a two odd; rm -r odd/depot/receipts; : > odd/depot/receipts # it is told, and nothing is removed
run 10 purge odd --yes; says err 'odd/depot/receipts cannot be read'; present odd/depot/manifest.json odd/1/rapport.pdf; rm -r odd
echo portail > ack.txt; run 7 receipts part --deposited 2 --acknowledgement ack.txt
run 0 purge part --yes; silent err; absent part/depot part/1
present part/recus/manifest.json part/recus/ack-*.txt
ok 'the receipt outlives the purge' grep -qr '"outcome": *"declared"' part/recus
# what a person put there is kept with it, however large: a scan of many pages, a folder; a pipe, a link to nothing or to a folder is left
cp -a two scans; mkdir -p scans/depot/receipts/portail/captures; echo image > scans/depot/receipts/portail/captures/1.png
echo hers | tee scans/depot/receipts/portail/lock > scans/depot/receipts/portail/.note
truncate -s 70M scan.pdf; run 7 receipts scans --deposited 2 --acknowledgement scan.pdf
mkfifo scans/depot/receipts/pipe; ln -s nowhere scans/depot/receipts/link; ln -s / scans/depot/receipts/root
run 0 purge scans --yes; same scan.pdf "$(echo scans/recus/ack-*.pdf)"; present scans/recus/portail/captures/1.png; present scans/recus/portail/lock; present scans/recus/portail/.note; absent scans/recus/lock
ok 'nothing else' test "$(find scans/recus \( -type l -o -type p \) | wc -l)" = 0
rm -r scans scan.pdf
# a place for receipts with nothing in it is none
cp -a two empty; mkdir -p empty/depot/receipts; rm -rf empty/depot/receipts/*; run 0 purge empty --yes; absent empty/recus
cp -a part twice; run 0 purge twice --yes; present twice/recus/manifest.json # and a purge that was cut short
for receipt in doubt/depot/receipts/*.json; do sed 's/paraphe-receipt/paraphe-intent/' "$receipt" > "${receipt%.json}.intent.json"; rm "$receipt"; done
run 9 receipts doubt; says out '^outcome unknown: 02'; says out '^still to be deposited: 01'
CHECKS=$((CHECKS + 1)); ! grep -q '^still to be deposited: 02' "$OUT" || fail 'what may be there is to be deposited'
# who has asked, and heard that it arrived, says so
cp -a doubt asked; run 7 receipts asked --deposited 2; ok 'in doubt no more' test -z "$(grep unknown "$OUT")"
run 0 purge doubt --yes; says err 'its end is unknown'; says err 'doubt/recus'
present doubt/recus/*.intent.json
run 0 status two --json; json "d['next']['code']" deposit-rest
run 0 run --job two; says out 'not finished; .paraphe receipts two. lists'
run 0 receipts two --deposited 1
run 0 status two --json; json "d['next']['code']" deposit-noted
run 0 run --job two; says out 'Everything is done'
finish
