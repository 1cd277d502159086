#!/usr/bin/env bash
# Drivers that change the process they are in, answer otherwise the second time, or give lengths that mean nothing: one sentence, the right
# status, one try, nothing left running.
. "$(dirname "$0")/lib.sh"
own() { # the helpers of this very test, and what the driver left of them: other tests run at the same time
  local pid
  for pid in $(pgrep -x paraphe-token); do grep -qzsF "$WORK" "/proc/$pid/environ" && echo "$pid"; done
}
left() {
  local pid
  CHECKS=$((CHECKS + 1))
  for pid in $(own); do fail "a child was left: $pid"; kill -9 "$pid"; done
}

# ---- the process ----
export LC_ALL=C.UTF-8
for call in C_Initialize C_OpenSession; do
  usual rsa2048; more "fault $call meddle"; probe 0; logins 1; signs 6 # its folder too: the PIN file is named from ours
done
dialogue() { printf '#!/bin/bash\necho "OK ready"\nwhile read -r command rest; do case $command in GETPIN) %s ;; BYE) echo OK; exit 0 ;; *) echo OK ;; esac; done\n' "$1" > pinentry && chmod 755 pinentry; }
dialogue 'echo "D 1234"; echo OK'
usual rsa2048; more 'fault C_OpenSession meddle'; probe 0 --pin-source pinentry --pinentry ./pinentry; logins 1
printf '#!/bin/sh\nexec <&- >&-\n' > pinentry # it closes its end: no SIGPIPE, which the driver had put back
usual rsa2048; more 'fault C_OpenSession meddle'; probe 5 --pin-source pinentry --pinentry ./pinentry; sentence 'did not give a PIN'; logins 0
for call in C_Initialize C_GetSlotList C_OpenSession C_Login C_Sign; do
  usual rsa2048; more "fault $call fork times=1"; probe 0 --only RSA-PKCS1/SHA-256; logins 1; signs 1; left
  usual rsa2048; more "fault $call close times=1"; probe 5 --only RSA-PKCS1/SHA-256; sentence '^error: '; left
  for number in 0 1 70 130 143; do usual rsa2048; more "fault $call quit=$number"; probe 5; sentence "crashed in $call.*\\($number\\)"; left; done
done
# what it started holds all its descriptors: its own end is seen all the same, at once
daemon() { # STATUS PATTERN FAULT...
  local status=$1 pattern=$2 begin=$SECONDS
  shift 2
  usual rsa2048; more "$@"; probe "$status" --only RSA-PKCS1/SHA-256
  [ -z "$pattern" ] || sentence "$pattern"
  CHECKS=$((CHECKS + 1)); [ $((SECONDS - begin)) -lt 18 ] || fail "it took $((SECONDS - begin)) s"
  own | xargs -r kill -9
}
daemon 0 '' 'fault C_Initialize daemon'
daemon 5 'crashed in C_Login' 'fault C_Initialize daemon' 'fault C_Login crash'
daemon 5 'crashed in C_Sign' 'fault C_Initialize daemon' 'fault C_Sign exit'
# a driver that never stops printing is stopped in time, and one that works works
usual rsa2048; more 'fault C_Initialize flood times=1'; probe 0 --only RSA-PKCS1/SHA-256
usual rsa2048; more 'fault C_Initialize flood times=1' 'fault C_Sign hang'; probe 5 --timeout 4; sentence 'did not answer within 4 seconds in C_Sign'; left
# one that prints what it sends to the card: seen by nobody
usual rsa2048 pin=73519264; printf '73519264\n' > own && chmod 600 own
for last in 'rv=0x5' crash; do
  more 'fault C_Login print' "fault C_Sign $last" 'noise stderr hello'
  probe 5 --pin-source file:own --verbose; says err 'printed: hello'
  CHECKS=$((CHECKS + 1)); ! grep -q 'VERIFY\|73519264' "$OUT" "$ERR" || fail "the PIN is shown"
done
# the parent is killed while a driver hangs that refuses to end
for call in C_Login C_Sign; do
  usual rsa2048; more 'fault C_Initialize meddle' "fault $call hang"
  "$FAKES/token_probe" --module "$FAKE" --pin-source file:pin > "$OUT" 2> "$ERR" < /dev/null & parent=$!
  for _ in $(seq 200); do grep -q "^$call" "$PARAPHE_FAKE_LOG" && break; sleep 0.05; done
  kill -9 $parent; wait $parent 2> /dev/null
  for _ in $(seq 100); do [ -n "$(own)" ] || break; sleep 0.05; done
  LAST="killed in $call"; left
done
# Ctrl-Z and later fg: the driver is not late, as nobody ran
usual rsa2048; more 'fault C_Sign sleep=1500 times=1'
"$FAKES/token_probe" --module "$FAKE" --pin-source file:pin --timeout 4 --only RSA-PKCS1/SHA-256 > "$OUT" 2> "$ERR" < /dev/null & parent=$!
for _ in $(seq 200); do grep -q '^C_Sign' "$PARAPHE_FAKE_LOG" && break; sleep 0.05; done
child=$(cat "/proc/$parent/task/$parent/children")
# shellcheck disable=SC2086
kill -STOP $parent $child; sleep 5; kill -CONT $parent; sleep 0.5; kill -CONT $child
CHECKS=$((CHECKS + 1)); LAST='stopped and continued'; wait $parent || fail "the value was lost"
# nohup: the terminal closes, and neither the program nor its helper ends
usual rsa2048; more 'fault C_Sign sleep=1500 times=1'
(trap '' HUP; exec "$FAKES/token_probe" --module "$FAKE" --pin-source file:pin --only RSA-PKCS1/SHA-256 > "$OUT" 2> "$ERR" < /dev/null) & parent=$!
for _ in $(seq 200); do child=$(cat "/proc/$parent/task/$parent/children" 2> /dev/null); [ -n "$child" ] && [ "$(cat "/proc/${child% }/comm")" = paraphe-token ] && break; sleep 0.02; done
for _ in $(seq 40); do grep -q '^C_Sign' "$PARAPHE_FAKE_LOG" && break; kill -HUP "$parent" "${child% }"; sleep 0.02; done
CHECKS=$((CHECKS + 1)); LAST='nohup'; wait $parent || fail "ended by SIGHUP"

# ---- pinentry that does not go, or does not come ----
printf '#!/bin/bash\necho "OK ready"\nwhile read -r c r; do case $c in GETPIN) echo "D 1234"; echo OK ;; BYE) echo OK ;; *) echo OK ;; esac; done\nexec sleep 60\n' > pinentry && chmod 755 pinentry
begin=$SECONDS; usual rsa2048; probe 0 --only RSA-PKCS1/SHA-256 --pin-source pinentry --pinentry ./pinentry; logins 1
CHECKS=$((CHECKS + 1)); [ $((SECONDS - begin)) -lt 20 ] || fail "waited for a pinentry that does not end"

# ---- lists ----
usual rsa2048; more 'fault C_GetSlotList twice'; probe 0 --only RSA-PKCS1/SHA-256; logins 1 # a slot that is there twice
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der" "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=01 file=$PKI/rsa2048.key"; probe 0 --only RSA-PKCS1/SHA-256; logins 1
# a reader that appears before the others between two lists: the session belongs to the slot and not to its place
card 'slot 0 late=2 label=New serial=9' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=01 file=$PKI/p256.key" \
  'slot 1 certs=login' "cert 1 id=01 file=$PKI/rsa2048.der" "key 1 id=01 file=$PKI/rsa2048.key"
probe 0 --cert subject:rsa2048 --only RSA-PKCS1/SHA-256; says out 'Fontaine'; logins 1; signs 1
# ... or goes
card "slot 0 gone=$WORK/none" 'slot 1 certs=login' "cert 1 id=01 file=$PKI/rsa2048.der" "key 1 id=01 file=$PKI/rsa2048.key"
sed -i 's/^slot 0.*/slot 0 label=Empty flags=blank/' "$PARAPHE_FAKE"; more 'fault C_GetSlotList rv=0x5 from=2 times=1'; probe 0 --only RSA-PKCS1/SHA-256; logins 1
usual rsa2048; more 'fault C_FindObjects quiet'; probe 5; sentence 'shows no certificate'; logins 1
usual rsa2048; more 'fault C_GetSlotList zero'; probe 5; sentence 'No card or token'; logins 0
usual rsa2048; more 'fault C_GetMechanismList zero'; probe 5; sentence 'no mechanism'; logins 0

# ---- lengths ----
for name in rsa2048 p256; do
  for what in zero quiet; do usual $name; more "fault C_Sign $what"; probe 5; sentence 'wrong length'; logins 1; signs 1; done
done
usual rsa2048; more 'fault C_GetAttributeValue zero'; probe 5; sentence 'cannot be read'; logins 0
# "too small", for ever: asked for no more than the room that the interface has
for call in C_GetSlotList C_GetMechanismList C_FindObjects; do usual rsa2048; more "fault $call rv=0x150"; probe 5; sentence 'more than can be right'; logins 0; done
usual rsa2048; more 'fault C_GetAttributeValue rv=0x150'; probe 5; logins 0
usual rsa2048; more 'fault C_Sign rv=0x150'; probe 5; sentence 'more than can be right'; logins 1; signs 1

# ---- names ----
label() { printf 'slot 0 label=%b serial=%s\ncert 0 id=01 file=%s\nkey 0 id=01 file=%s\n' "$1" "$2" "$PKI/rsa2048.der" "$PKI/rsa2048.key" > "$PARAPHE_FAKE"; : > "$PARAPHE_FAKE_LOG"; }
label A23456789012345678901234567890ZZ 0123456789ABCDEF; run 0 token --module "$FAKE" --json
json 'd["modules"][0]["slots"][0]["token"]["label"]' A23456789012345678901234567890ZZ
json 'd["modules"][0]["slots"][0]["token"]["serial"]' 0123456789ABCDEF
label 'A\x1b[2J\x07\x9b\xe2\x80\xae%20x' '1\x01'; run 0 token --module "$FAKE"
CHECKS=$((CHECKS + 1)); ! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' "$OUT" || fail "control characters of a label"

# ---- which key ----
card 'slot 0' "key 0 id=01 file=$PKI/p256.key"; probe 0 --cert "$PKI/p256.crt"; logins 1 # a certificate by hand, and a key of a curve without its public part
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=02 file=$PKI/p256.key"; probe 0; logins 1
card 'slot 0' "cert 0 id= file=$PKI/p256.der" "key 0 id= file=$PKI/p256.key"; probe 0; logins 1
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=02 file=$PKI/rsa2048.key bare=yes"; probe 0; logins 1
# two keys of that kind, or a public key that says another: then it stays unknown
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=02 file=$PKI/p256.key" "key 0 id=04 file=$PKI/p384.key"; probe 5; sentence 'no private key'; signs 0
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=02 file=$PKI/p256.key" "pub 0 id=02 file=$PKI/p384.key"; probe 5; sentence 'no private key'; signs 0
left
finish
