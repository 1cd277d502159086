#!/usr/bin/env bash
# Builds paraphe and runs the whole chain on two specimen forms with a software token and servers on loopback:  ./demo.sh
set -euo pipefail
cd "$(dirname "$0")"
top=$PWD
out=$top/demo-out
./packages.sh packages.txt

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Building..."
if ! { cmake --preset release && cmake --build --preset release --target product -j "$(nproc)"; } > "$log" 2>&1 < /dev/null; then
  tail -n 40 "$log" >&2
  exit 1
fi
paraphe=$top/build/paraphe
forms=$top/tests/forms/specimens/forms

umask 077
mkdir -p "$out"
trap 'rm -f "$log"; certs-test/down.sh "$out/services"' EXIT
trap 'exit 130' INT TERM
rm -rf "$out/job" "$out/services/nginx/received" # each demonstration starts a new job
certs-test/up.sh "$out/services" rsa2048
# shellcheck disable=SC1091
. "$out/services/env"
pki=$PARAPHE_TEST_PKI

echo
echo "1. From the forms to the deposit. The same with a card: no --pin-source, the PIN is asked once; no --yes, you are shown what you sign."
run=("$paraphe" run "$forms/lps-web-conforme.xlsx" "$forms/proxy-conforme.xlsx" --job "$out/job" --deposit-date 2026-11-23 --yes
  --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --pin-source "file:$PARAPHE_TEST_PIN_FILE"
  --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST" --to "$PARAPHE_TEST_UPLOAD"
  --client-cert "$pki/client.crt" --client-key "$pki/client.key" --ca "$pki/tls-ca.crt")
"${run[@]}"

echo
echo "2. Run again: nothing is signed or sent twice."
"${run[@]}"

echo
echo "3. The signed reports, verified, and compared with the forms they came from."
signed=()
for part in "$out"/job/[0-9]*; do
  signed+=("$part/rapport-signe.pdf")
  "$paraphe" verify "$part/rapport-signe.pdf" --trust "$PARAPHE_TEST_TRUST" --form "$(find "$part" -name '*.xlsx')"
done

echo
echo "4. What was deposited, checked against the files."
"$paraphe" receipts "$out/job/depot"

relative() { sed "s|^$top/|  |"; }
echo
echo "Made (verdict of both forms: see above; all of it under demo-out/, which you may delete):"
echo " signed reports"
printf '%s\n' "${signed[@]}" | relative
echo " deposit folder for a person, with its check-list"
find "$out/job/depot" -type f ! -path '*/receipts/*' | sort | relative
echo " receipts"
find "$out/job/recus" -type f | sort | relative
echo " arrived on the receiving server"
find "$out/services/nginx/received" -type f | sort | relative
