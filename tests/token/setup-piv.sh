#!/usr/bin/env bash
# A PIV card of our own (tests/fakes/piv_card.c) in pcscd's virtual reader, driven by OpenSC: the path of a real card. vpcd
# listens on every interface and pcscd has one socket a machine: only in a network and a /run of its own (test_suite.sh).
. "$(dirname "$0")/setup-lib.sh"
needs pcscd
module=$(library /usr/lib/x86_64-linux-gnu/opensc-pkcs11.so /usr/lib/*/opensc-pkcs11.so /usr/lib64/pkcs11/opensc-pkcs11.so)
[ "${PARAPHE_PRIVATE:-}" = yes ] || { echo "skipped: not in a private place"; exit 77; }
[ -e /etc/reader.conf.d/vpcd ] || { echo "skipped: vpcd is missing"; exit 77; }
card=${PARAPHE_FAKES:?}/piv_card
mkdir -p /run/pcscd
setsid pcscd -f > "$DIR/pcscd.log" 2>&1 < /dev/null &
echo $! >> "$DIR/pids"
pin 471147
# puts the card into the reader; pcscd may still be starting
cat > "$DIR/card.sh" <<CARD
#!/usr/bin/env bash
for _ in \$(seq 300); do
  : > "$DIR/card.log"
  setsid "$card" 35963 471147 "$PKI/rsa2048.key" "$PKI/rsa2048.der" "$PKI/p256.key" "$PKI/p256.der" > "$DIR/card.log" 2>&1 < /dev/null &
  pid=\$!
  echo \$pid > "$DIR/card.pid"
  # it says that it is connected, or ends because nobody listens; a second one beside it would take the reader
  for _ in \$(seq 500); do ! grep -q ready "$DIR/card.log" || exit 0; kill -0 \$pid 2> /dev/null || break; sleep 0.02; done
  kill \$pid 2> /dev/null
  sleep 0.2
done
exit 1
CARD
chmod +x "$DIR/card.sh"
"$DIR/card.sh" || { cat "$DIR/card.log" "$DIR/pcscd.log" >&2; exit 1; }
pid=$(cat "$DIR/card.pid")
echo "$pid" >> "$DIR/pids"
give PARAPHE_PIV_PID "$pid"
for _ in $(seq 300); do # pcscd asks its readers now and then
  ! "$PARAPHE_FAKES/token_probe" --module "$module" --token pkcs11:manufacturer=piv_II --pin-source "file:$DIR/pin" --cert subject:rsa2048 --open-only \
    > "$DIR/seen" 2>&1 < /dev/null || break
  sleep 0.2
done
row "PIV card, OpenSC rsa2048 (9A)" "$module" pkcs11:manufacturer=piv_II "$DIR/pin" subject:rsa2048
row "PIV card, OpenSC p256 (9C)" "$module" pkcs11:manufacturer=piv_II "$DIR/pin" subject:p256
