#!/usr/bin/env bash
# SoftHSM2: four keys that sign at once, and the same two that ask for the PIN at each signature.
. "$(dirname "$0")/setup-lib.sh"
needs softhsm2-util pkcs11-tool
top=$(cd "$(dirname "$0")/../.." && pwd)
module=$(library /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so)
"$top/certs-test/make-token.sh" --label plain "$DIR/plain" "$PKI" rsa2048 rsa3072 p256 p384 > /dev/null
"$top/certs-test/make-token.sh" --always-auth --label always "$DIR/always" "$PKI" rsa2048 p256 > /dev/null
# one token folder for both
mv "$DIR"/always/tokens/* "$DIR/plain/tokens/"
give SOFTHSM2_CONF "$DIR/plain/softhsm2.conf"
for key in rsa2048 rsa3072 p256 p384; do row "SoftHSM2 $key" "$module" pkcs11:token=plain "$DIR/plain/pin" "subject:$key"; done
for key in rsa2048 p256; do row "SoftHSM2 $key always" "$module" pkcs11:token=always "$DIR/always/pin" "subject:$key"; done
