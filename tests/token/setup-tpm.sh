#!/usr/bin/env bash
# A TPM 2.0 in software (swtpm) behind tpm2-pkcs11. There is no resource manager here, so every tpm2 tool is wrapped to
# empty the TPM's few places for transient objects first. To be run in a network of its own (test_suite.sh): fixed ports.
. "$(dirname "$0")/setup-lib.sh"
needs swtpm tpm2_ptool tpm2_flushcontext pkcs11-tool
module=$(library /usr/lib/x86_64-linux-gnu/libtpm2_pkcs11.so.1 /usr/lib/*/libtpm2_pkcs11.so.1 /usr/lib64/pkcs11/libtpm2_pkcs11.so)
[ "${PARAPHE_PRIVATE:-}" = yes ] || { echo "skipped: not in a private place"; exit 77; }
mkdir -p "$DIR/state" "$DIR/store" "$DIR/bin"
setsid swtpm socket --tpm2 --tpmstate "dir=$DIR/state" --server type=tcp,port=2321,bindaddr=127.0.0.1 \
  --ctrl type=tcp,port=2322,bindaddr=127.0.0.1 --flags not-need-init,startup-clear > "$DIR/swtpm.log" 2>&1 < /dev/null &
echo $! >> "$DIR/pids"
give TPM2TOOLS_TCTI swtpm:host=127.0.0.1,port=2321
give TPM2_PKCS11_TCTI "$TPM2TOOLS_TCTI"
give TPM2_PKCS11_STORE "$DIR/store"
give TSS2_LOG all+NONE
for _ in $(seq 50); do tpm2_getrandom 1 > /dev/null 2>&1 && break; sleep 0.1; done
for real in /usr/bin/tpm2_*; do
  name=${real##*/}
  case $name in tpm2_ptool | tpm2_flushcontext) continue ;; esac
  printf '#!/bin/sh\n/usr/bin/tpm2_flushcontext -t > /dev/null 2>&1\nexec %s "$@"\n' "$real" > "$DIR/bin/$name"
done
chmod -R u+x "$DIR/bin"
export PATH="$DIR/bin:$PATH"
pin tpm-4711
flush() { /usr/bin/tpm2_flushcontext -t > /dev/null 2>&1 || true; }
quiet tpm2_ptool init --path "$DIR/store"
quiet tpm2_ptool addtoken --pid 1 --label tpmtest --sopin so-4711 --userpin tpm-4711 --path "$DIR/store"
n=0
make() { # NAME ALGORITHM [options]
  local name=$1 algorithm=$2 id
  shift 2
  n=$((n + 1))
  id=$(printf 'a%d' "$n")
  flush
  quiet tpm2_ptool addkey --label tpmtest --userpin tpm-4711 --algorithm "$algorithm" --key-label "$name" --id "$id" --path "$DIR/store" "$@"
  flush
  pkcs11-tool --module "$module" --token-label tpmtest --read-object --type pubkey --label "$name" -o "$DIR/$name.pub.der" > "$DIR/log" 2>&1 ||
    { cat "$DIR/log" >&2; exit 1; }
  openssl pkey -pubin -inform DER -in "$DIR/$name.pub.der" -out "$DIR/$name.pub"
  issue "TPM $name" "$DIR/$name.pub" "$DIR/$name"
  flush
  quiet tpm2_ptool addcert --label tpmtest --key-label "$name" --path "$DIR/store" "$DIR/$name.crt"
  flush
  row "TPM 2.0 $name" "$module" pkcs11:token=tpmtest "$DIR/pin" "subject:TPM $name"
}
make rsa2048 rsa2048
make p256 ecc256
make always-rsa2048 rsa2048 --attr-always-authenticate
