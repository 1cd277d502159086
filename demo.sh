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
if ! { cmake --preset release && cmake --build --preset release --target all -j "$(nproc)"; } > "$log" 2>&1 < /dev/null; then
  tail -n 40 "$log" >&2
  exit 1
fi
paraphe=$top/build/paraphe
forms=$top/tests/forms/specimens/forms
if ! "$paraphe" run --help > /dev/null 2>&1; then
  echo "Built: $paraphe"
  "$paraphe" --version
  echo "This version has no \"run\" yet, so the chain cannot be shown. What it has:"
  "$paraphe" --help
  exit 1
fi

umask 077
mkdir -p "$out"
trap 'rm -f "$log"; certs-test/down.sh "$out/services"' EXIT
trap 'exit 130' INT TERM
certs-test/up.sh "$out/services" rsa2048
# shellcheck disable=SC1091
. "$out/services/env"
pki=$PARAPHE_TEST_PKI
"$paraphe" run "$forms/lps-web-conforme.xlsx" "$forms/proxy-conforme.xlsx" --job "$out/job" --deposit-date 2026-11-23 --yes \
  --module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --pin-source "file:$PARAPHE_TEST_PIN_FILE" \
  --tsa "$PARAPHE_TEST_TSA" --trust "$PARAPHE_TEST_TRUST" --to "$PARAPHE_TEST_UPLOAD" \
  --client-cert "$pki/client.crt" --client-key "$pki/client.key" --ca "$pki/tls-ca.crt"
"$paraphe" status "$out/job"
find "$out/job" -name '*.pdf' -type f | while read -r pdf; do
  "$paraphe" verify "$pdf" --trust "$PARAPHE_TEST_TRUST" || true
done
echo "Made:"
find "$out/job" "$out/services/nginx/received" -type f | sort | sed 's/^/  /'
