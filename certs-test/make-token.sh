#!/usr/bin/env bash
# Makes a SoftHSM2 token in a folder of its own and puts signers of the test PKI on it:
#   make-token.sh [--always-auth] [--no-cert] [--label TEXT] DIR PKI SIGNER...
# Prints lines for `eval`: SOFTHSM2_CONF, PARAPHE_TEST_MODULE, PARAPHE_TEST_PIN_FILE (0600), PARAPHE_TEST_TOKEN (a URI);
# they also stand in DIR/env. Each signer gets its name as label and 01, 02... as id.
set -euo pipefail
umask 077

always=() cert=yes label='paraphe test'
while [ $# -gt 0 ]; do
  case $1 in
    --always-auth) always=(--always-auth) ;;
    --no-cert) cert=no ;;
    --label) label=$2; shift ;;
    *) break ;;
  esac
  shift
done
[ $# -ge 3 ] || { echo "usage: make-token.sh [--always-auth] [--no-cert] [--label TEXT] DIR PKI SIGNER..." >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
pki=$(cd "$2" && pwd)
shift 2

module=
for path in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /usr/lib/*/pkcs11/libsofthsm2.so \
  /usr/lib64/pkcs11/libsofthsm2.so; do
  [ -e "$path" ] && { module=$path; break; }
done
[ -n "$module" ] || { echo "make-token: libsofthsm2.so is missing; install the package softhsm2" >&2; exit 77; }

rm -rf "$dir/tokens"
mkdir -p "$dir/tokens"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n' \
  "$dir/tokens" > "$dir/softhsm2.conf"
export SOFTHSM2_CONF="$dir/softhsm2.conf"
pin=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
pin=$(printf '%08d' "$((pin % 100000000))")
printf '%s\n' "$pin" > "$dir/pin"
quiet() {
  local log
  log=$("$@" 2>&1) || { printf '%s\n' "${log//$pin/****}" >&2; echo "make-token: $1 failed" >&2; exit 1; }
}
quiet softhsm2-util --init-token --free --label "$label" --pin "$pin" --so-pin "$pin"

n=0
for signer in "$@"; do
  n=$((n + 1))
  id=$(printf '%02x' "$n")
  tool=(pkcs11-tool --module "$module" --token-label "$label" --login --pin "$pin" --id "$id" --label "$signer")
  openssl pkey -in "$pki/$signer.key" -outform DER -out "$dir/key.der" 2> "$dir/key.log" || { cat "$dir/key.log" >&2; exit 1; }
  quiet "${tool[@]}" --write-object "$dir/key.der" --type privkey --usage-sign "${always[@]}"
  rm -f "$dir/key.der" "$dir/key.log"
  [ "$cert" = no ] || quiet "${tool[@]}" --write-object "$pki/$signer.der" --type cert
done
if [ "$cert" = yes ]; then # the intermediate, as cards often carry it
  quiet pkcs11-tool --module "$module" --token-label "$label" --login --pin "$pin" --id f0 --label tsp \
    --write-object "$pki/tsp.der" --type cert
fi

{
  printf 'export SOFTHSM2_CONF=%q\n' "$dir/softhsm2.conf"
  printf 'export PARAPHE_TEST_MODULE=%q\n' "$module"
  printf 'export PARAPHE_TEST_PIN_FILE=%q\n' "$dir/pin"
  printf 'export PARAPHE_TEST_TOKEN=%q\n' "pkcs11:token=${label// /%20}"
} | tee "$dir/env"
