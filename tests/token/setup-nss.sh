#!/usr/bin/env bash
# NSS softokn, as Firefox and Thunderbird have it: a database in a folder, opened by an init string.
. "$(dirname "$0")/setup-lib.sh"
needs certutil
module=$(library /usr/lib/x86_64-linux-gnu/libsoftokn3.so /usr/lib/*/nss/libsoftokn3.so /usr/lib/*/libsoftokn3.so /usr/lib64/libsoftokn3.so)
pin 'nss-test-4711'
mkdir -p "$DIR/db"
head -c 64 /dev/urandom > "$DIR/noise"
tool=(certutil -d "sql:$DIR/db" -f "$DIR/pin")
quiet certutil -N -d "sql:$DIR/db" -f "$DIR/pin"
make() { # NAME options of the key
  local name=$1
  shift
  quiet "${tool[@]}" -R -s "CN=$name,C=FR" -o "$DIR/$name.csr" -a -z "$DIR/noise" "$@"
  openssl req -in "$DIR/$name.csr" -noout -pubkey > "$DIR/$name.pub"
  issue "NSS $name" "$DIR/$name.pub" "$DIR/$name"
  quiet "${tool[@]}" -A -n "$name" -t ,, -i "$DIR/$name.crt" -a
  row "NSS softokn $name" "$module|configdir='sql:$DIR/db' certPrefix='' keyPrefix='' secmod='secmod.db' flags=readOnly" \
    'pkcs11:token=NSS%20Certificate%20DB' "$DIR/pin" "subject:NSS $name"
}
make rsa2048 -k rsa -g 2048
make p256 -k ec -q nistp256
make p384 -k ec -q secp384r1
