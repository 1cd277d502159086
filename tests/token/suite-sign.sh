#!/usr/bin/env bash
# `paraphe sign` with one key of the suite: suite-sign.sh DIR MODULE URI PIN SELECTOR; each scheme that the key has, and pdfsig,
# where it is installed, as the judge.
set -uo pipefail
DIR=$1 module=$2 uri=$3 pin=$4 selector=$5
schemes=$(awk '$1 == "ok" {print $2}' "$DIR/out" | sort -u | sed 's/RSA-PKCS1/pkcs1/; s/RSA-PSS/pss/; s/ECDSA/ecdsa/')
status=0
for scheme in $schemes; do
  rm -f "$DIR/signed.pdf"
  if ! "$PARAPHE" sign "$PARAPHE_SUITE_PDF" -o "$DIR/signed.pdf" --module "$module" --token "$uri" --pin-source "file:$pin" --cert "$selector" \
    --scheme "$scheme" --level B-B --yes > "$DIR/sign.out" 2> "$DIR/sign.err" < /dev/null; then
    echo "FAILED: $scheme: $(tail -n 1 "$DIR/sign.err")"
    status=1
  elif command -v pdfsig > /dev/null && ! pdfsig "$DIR/signed.pdf" 2> /dev/null | grep -q 'Signature is Valid'; then
    echo "FAILED: $scheme: pdfsig does not find it valid"
    status=1
  fi
done
exit $status
