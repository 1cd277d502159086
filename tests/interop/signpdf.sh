#!/usr/bin/env bash
# node-signpdf as a producer:   signpdf.sh install  |  PKI SIGNER IN.pdf OUT.pdf [WARM]   (signpdf/sign.js says all)
# Installed once, with the versions that signpdf/package-lock.json pins, into .cache/; 77 when it cannot be.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/.cache/signpdf
for program in node npm openssl; do command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }; done
if ! cmp -s "$here/signpdf/package-lock.json" "$cache/made-from"; then
  rm -rf "$cache"
  mkdir -p "$cache"
  cp "$here/signpdf/package.json" "$here/signpdf/package-lock.json" "$cache/"
  (cd "$cache" && npm ci --silent --no-audit --no-fund --ignore-scripts) >&2 || { echo "skipped: node-signpdf cannot be installed"; exit 77; }
  cp "$here/signpdf/package-lock.json" "$cache/made-from"
fi
[ "${1:-}" != install ] || exit 0
[ $# -ge 4 ] || { echo "usage: signpdf.sh install | PKI SIGNER IN.pdf OUT.pdf [WARM]" >&2; exit 2; }
key=$cache/key-$2-$(cksum < "$1/$2.crt" | cut -d' ' -f1).p12
[ -s "$key" ] || (umask 077; openssl pkcs12 -export -inkey "$1/$2.key" -in "$1/$2.crt" -certfile "$1/tsp.crt" -passout pass: \
  -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1 -out "$key") || exit 1
shift 2
NODE_PATH=$cache/node_modules exec node "$here/signpdf/sign.js" "$key" "$@"
