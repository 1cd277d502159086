#!/usr/bin/env bash
# openCryptoki's software token. Its state is one for the machine: only to be run where /var/lib/opencryptoki, /run/lock and
# System V memory are private (test_suite.sh makes such a place with unshare).
. "$(dirname "$0")/setup-lib.sh"
needs pkcsslotd pkcsconf pkcs11-tool
module=$(library /usr/lib/x86_64-linux-gnu/pkcs11/libopencryptoki.so /usr/lib/*/pkcs11/libopencryptoki.so /usr/lib64/pkcs11/libopencryptoki.so)
[ "${PARAPHE_PRIVATE:-}" = yes ] || { echo "skipped: not in a private place"; exit 77; }
mkdir -p /var/lib/opencryptoki/swtok/TOK_OBJ /run/lock/opencryptoki/swtok
chgrp -R pkcs11 /var/lib/opencryptoki /run/lock/opencryptoki
chmod -R g+rwX /var/lib/opencryptoki /run/lock/opencryptoki
printf 'version opencryptoki-3.1\nslot 3\n{\nstdll = libpkcs11_sw.so\n}\n' > "$DIR/opencryptoki.conf"
mount --bind "$DIR/opencryptoki.conf" /etc/opencryptoki/opencryptoki.conf
chmod 644 "$DIR/opencryptoki.conf"
setsid pkcsslotd -f > "$DIR/pkcsslotd.log" 2>&1 < /dev/null &
echo $! >> "$DIR/pids"
for _ in $(seq 50); do pkcsconf -c 3 -t > /dev/null 2>&1 && break; sleep 0.1; done
printf 'octest\n' | pkcsconf -I -c 3 -S 87654321 > "$DIR/log" 2>&1 || { cat "$DIR/log" "$DIR/pkcsslotd.log" >&2; exit 1; }
quiet pkcsconf -P -c 3 -S 87654321 -n 76543210
quiet pkcsconf -u -c 3 -S 76543210 -n 11223344
quiet pkcsconf -p -c 3 -U 11223344 -n 471147
pin 471147
tool=(pkcs11-tool --module "$module" --token-label octest --login --pin 471147)
n=0
for key in rsa2048 rsa3072 p256; do
  n=$((n + 1))
  openssl pkey -in "$PKI/$key.key" -outform DER -out "$DIR/key.der" 2> /dev/null
  if ! "${tool[@]}" --id "0$n" --label "$key" --write-object "$DIR/key.der" --type privkey --usage-sign > "$DIR/log-$key" 2>&1; then
    row "openCryptoki $key" "$module" - - "$(grep -m1 -oE 'CKR_[A-Z_]+' "$DIR/log-$key")"
    continue
  fi
  quiet "${tool[@]}" --id "0$n" --label "$key" --write-object "$PKI/$key.der" --type cert
  row "openCryptoki $key" "$module" pkcs11:token=octest "$DIR/pin" "subject:$key"
done
rm -f "$DIR/key.der"
