#!/usr/bin/env bash
# submit to services that lie: no receipt, no "deposited", whatever they answer.
. "$(dirname "$0")/../e2e/lib.sh"
services
pki=$PARAPHE_TEST_PKI
python3 "$SOURCE/tests/attacks/lying_service.py" "$pki/server-chain.pem" "$pki/server.key" > port 2> service.log &
service=$!
trap 'kill $service 2> /dev/null; cleanup' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
[ -s port ] || { fail 'the service does not start'; cat service.log; finish; }
base=https://localhost:$(cat port)
make() { python3 "$SOURCE/tests/e2e/make_deposit.py" "$@" || fail "make_deposit"; }
make one
submit() { run "$1" submit "one" --to "$base/$2/" --ca "$pki/tls-ca.crt" "${@:3}"; }
receipts() { find one/receipts -name '*.json' ! -name '*.intent.json' 2> /dev/null | wc -l; }
none() { CHECKS=$((CHECKS + 1)); [ "$(receipts)" = 0 ] || fail "a receipt of $1 was written"; }
for kind in portal spoils; do
  submit 8 "$kind"
  says err 'what lies in its place is not what was sent'
  none "$kind"
done
submit 8 stores
says err 'did not keep'
none stores
submit 8 empty
none empty
run 7 receipts one
# confirmed and gone: once, whatever is run
submit 9 intake
says err 'may have taken it in'
submit 9 intake
none intake
run 9 receipts one
says out 'outcome unknown: '
CHECKS=$((CHECKS + 1)); path=$(sed -n 's/^outcome unknown: \(.*\); run .*/\1/p' "$OUT")
[ -n "$path" ] && ! grep -qF "still to be deposited: $path" "$OUT" || fail 'what may be there is said to be still to be deposited'
rm one/receipts/*.intent.json
run 7 receipts one
submit 0 honest
run 0 receipts one
n=$(receipts)
# receipts that somebody changed: the service is asked again, and nothing is sent twice
for r in one/receipts/*.json; do sed -i 's/"sha256": "./"sha256": "z/' "$r"; done
submit 0 honest --json
json 'sorted({f["state"] for f in d["files"]})' "['found']"
run 0 receipts one
CHECKS=$((CHECKS + 1)); [ "$(receipts)" = "$n" ] || fail 'another number of receipts'
# a job whose files were taken in: the person asks, notes what arrived, and the job ends without another request
cp "$FORMS/lps-web-conforme.xlsx" .
run 9 run lps-web-conforme.xlsx --no-proxy 'PSC direct' --job job "${TOKEN[@]}" --cert subject:p256 --level B-B --yes --deposit-date 2026-11-23 \
  --trust "$PARAPHE_TEST_TRUST" --to "$base/intake/" --ca "$pki/tls-ca.crt"
says err 'note it: .paraphe receipts'
run 9 run --job job
run 9 receipts job
run 0 receipts job --deposited all
kill $service
run 0 run --job job
says out 'Everything is done'
present job/recus/manifest.json
run 0 status job; says out 'deposit: done'
finish
