#!/usr/bin/env bash
# The test authority itself, judged by openssl: what the other tests take for granted, and that each misbehaviour is one.
. "$(dirname "$0")/lib.sh"
need openssl curl
services
pki=$PARAPHE_TEST_PKI

for signer in rsa2048 rsa3072 p256 p384 tsa tsa-p256 ocsp; do
  ok "chain of $signer" openssl verify -CAfile "$pki/root.crt" -untrusted "$pki/tsp.crt" "$pki/$signer.crt"
done
refused() { # WHY CERT OPTION...
  local why=$1 cert=$2
  shift 2
  CHECKS=$((CHECKS + 1))
  openssl verify -CAfile "$pki/root.crt" -untrusted "$pki/tsp.crt" "$@" "$pki/$cert.crt" > "$OUT" 2>&1 && fail "$cert was accepted"
  grep -q "$why" "$OUT" || fail "$cert is not refused as: $why"
}
refused 'has expired' expired
refused 'not yet valid' not-yet-valid
refused 'unable to get local issuer' unknown-issuer
refused 'certificate revoked' revoked -crl_check -CRLfile "$pki/crl/tsp.pem"
refused 'key too small\|too weak' weak -auth_level 2
use() { openssl x509 -in "$pki/$1.crt" -noout -ext keyUsage,basicConstraints > "$OUT"; }
use rsa2048; says out 'Non Repudiation'
use no-nonrep; CHECKS=$((CHECKS + 1)); ! grep -q 'Non Repudiation' "$OUT" || fail 'no-nonrep has non-repudiation'
use ca-signer; says out 'CA:TRUE'

printf 'text' > text
openssl ts -query -data text -sha256 -cert -out query > /dev/null 2>&1
stamp() { curl -s -m 10 -H 'Content-Type: application/timestamp-query' --data-binary @query "$1" -o answer; }
for unit in tsa tsa-p256; do
  stamp "$PARAPHE_TEST_URL/$unit"
  ok "time-stamp of $unit" openssl ts -verify -queryfile query -in answer -CAfile "$pki/root.crt"
done
for mode in wrong-nonce wrong-imprint no-nonce rejected garbage html empty cut close error; do
  rm -f answer
  stamp "$PARAPHE_TEST_TSA?mode=$mode" || true
  touch answer
  CHECKS=$((CHECKS + 1))
  ! openssl ts -verify -queryfile query -in answer -CAfile "$pki/root.crt" > "$OUT" 2>&1 || fail "mode $mode gave a good time-stamp"
done

ok ocsp openssl ocsp -issuer "$pki/tsp.crt" -cert "$pki/p256.crt" -cert "$pki/revoked.crt" -url "$PARAPHE_TEST_URL/ocsp/tsp" \
  -CAfile "$pki/root.crt"
says out 'p256.crt: good'
says out 'revoked.crt: revoked'

# The receiving server demands a certificate of its own authority, and does not overwrite.
me=(--cacert "$pki/tls-ca.crt" --cert "$pki/client.crt" --key "$pki/client.key")
status() { CHECKS=$((CHECKS + 1)); local got; got=$(curl -s -o /dev/null -w '%{http_code}' "${@:2}"); [ "$got" = "$1" ] || fail "HTTP $got in place of $1: ${*:2}"; }
here=${PARAPHE_TEST_UPLOAD%/}/test-$$
status 201 "${me[@]}" -T text "$here/a.part"
status 204 "${me[@]}" -X MOVE -H "Destination: $here/a" -H 'Overwrite: F' "$here/a.part"
status 201 "${me[@]}" -T text "$here/b.part"
status 412 "${me[@]}" -X MOVE -H "Destination: $here/a" -H 'Overwrite: F' "$here/b.part"
status 400 --cacert "$pki/tls-ca.crt" "$here/a"
status 400 --cacert "$pki/tls-ca.crt" --cert "$pki/client-unknown.crt" --key "$pki/client-unknown.key" "$here/a"
finish
