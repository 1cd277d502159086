#!/usr/bin/env bash
# Every fault of a driver ends in one sentence, the right status and at most one PIN try.
. "$(dirname "$0")/lib.sh"

# Helpers of this very test that run: other tests run at the same time.
helpers() {
  local pid
  for pid in $(pgrep -x paraphe-token); do grep -qzsF "$WORK" "/proc/$pid/environ" && echo "$pid"; done
}

# ---- what works ----
for name in rsa2048 rsa3072 p256 p384; do
  usual "$name"
  probe 0
  logins 1
  case $name in rsa*) signs 6; says out 'ok RSA-PSS SHA-512 CKM_SHA512_RSA_PKCS_PSS' ;; *) signs 3; says out 'ok ECDSA SHA-256 CKM_ECDSA_SHA256' ;; esac
done
usual p256 mechs=CKM_ECDSA; probe 0; says out 'ok ECDSA SHA-384 CKM_ECDSA '
usual rsa2048 mechs=CKM_RSA_PKCS,CKM_RSA_PKCS_PSS; probe 0; says out 'ok RSA-PKCS1 SHA-512 CKM_RSA_PKCS '; says out 'ok RSA-PSS SHA-384 CKM_RSA_PKCS_PSS '
# As CPS3: the card hashes the last block itself and refuses a ready digest
usual rsa2048 mechs=CKM_RSA_PKCS,CKM_SHA256_RSA_PKCS raw=refuse
probe 0 --only RSA-PKCS1/SHA-256; says out 'CKM_SHA256_RSA_PKCS'; logins 1; signs 1
# Only the bare RSA operation: our own padding, PSS too
usual rsa2048 mechs=CKM_RSA_X_509; probe 0; signs 6; says out 'ok RSA-PSS SHA-512 CKM_RSA_X_509'; says out 'ok RSA-PKCS1 SHA-256 CKM_RSA_X_509'
usual rsa3072 mechs=CKM_RSA_X_509,CKM_RSA_PKCS; probe 0; says out 'ok RSA-PSS SHA-384 CKM_RSA_X_509'; says out 'ok RSA-PKCS1 SHA-256 CKM_RSA_PKCS '
# Several signatures, one login
usual rsa2048; probe 0 --times 20 --only RSA-PKCS1/SHA-256; logins 1; signs 20

# ---- always-authenticate: a context login before each signature and nothing in between ----
KEYWORDS='always=yes' usual p256
probe 0
logins 4; signs 3; counted 'C_Login context' 3
KEYWORDS='always=yes' usual rsa2048 flags=login,set,pad
probe 0 --pin-source pad --only RSA-PKCS1/SHA-256
says err 'remark: Enter the PIN of “Fake card” on the reader’s keypad\.'
says err 'keypad once more'
KEYWORDS='always=yes' usual p256
more 'fault C_Login rv=0xa0 from=3 times=1' # refused at the second signature: no second try
probe 5
sentence 'PIN of “Fake card” is wrong'
logins 3; signs 1

# ---- PIN ----
usual rsa2048
probe 5 --pin-source file:wrong
sentence 'wrong; one try was used.*does not say how many'
logins 1; signs 0
usual rsa2048 after=low; probe 5 --pin-source file:wrong; sentence 'few tries are left'; logins 1
usual rsa2048 after=final; probe 5 --pin-source file:wrong; sentence 'ONE LAST TRY'; logins 1
usual rsa2048 after=locked; probe 5 --pin-source file:wrong; sentence 'is locked; unlock'; logins 1
usual rsa2048 flags=login,set,locked; probe 5; sentence 'is locked'; logins 0
usual rsa2048 flags=login,set,final; probe 5; sentence 'one last try.*--use-last-try'; logins 0
usual rsa2048 flags=login,set,final; probe 0 --use-last-try; logins 1; says err 'ONE LAST TRY'
usual rsa2048 flags=login,set,low; probe 0; says err 'few tries are left'; logins 1
usual rsa2048 flags=login,set,change; probe 0; says err 'to be changed'
usual rsa2048 min=6 max=8; probe 5; sentence 'no try was used'; logins 0
usual rsa2048 flags=login,set,pad cancel=yes; probe 130 --pin-source pad; sentence 'Cancelled on the reader'; logins 1
usual rsa2048; probe 2 --pin-source pad; sentence 'no PIN pad'; logins 0
chmod 640 pin; usual rsa2048; probe 2; sentence 'can be read by others'; logins 0; chmod 600 pin
# the default with a pad is the pad
usual rsa2048 flags=login,set,pad
CHECKS=$((CHECKS + 1)); "$FAKES/token_probe" --module "$FAKE" > "$OUT" 2> "$ERR" < /dev/null || fail "the pad is not the default"
usual rsa2048; probe 2 --pin-source fd:99; sentence 'cannot be read from fd:99'; logins 0
usual rsa2048; probe 2 --pin-source file:/dev/null; sentence 'not an ordinary file'; logins 0
printf '%0300d\n' 1 > long && chmod 600 long; usual rsa2048; probe 5 --pin-source file:long; sentence 'longer than 255'; logins 0
usual rsa2048; probe 5 --pin-source file:wrong --again; sentence 'was refused in this run'; logins 1
KEYWORDS='always=yes' usual p256; more 'fault C_GetTokenInfo rv=0x30 from=3'; probe 5; sentence 'token failed'
# a driver that fails once at a question, as SoftHSM2 does while another process writes its files: asked again, once; the PIN goes once
for call in C_GetTokenInfo C_GetSlotList; do
  usual rsa2048; more "fault $call rv=0x5 times=1"; probe 0; logins 1; signs 6
  usual rsa2048; more "fault $call rv=0x5 times=2"; probe 5; logins 0; signs 0
  usual rsa2048; more "fault $call rv=0x6 times=1"; probe 5; logins 0; signs 0
done
for call in C_Login C_SignInit C_Sign; do usual rsa2048; more "fault $call rv=0x5 times=1"; probe 5; logins 1; done
signs 1
# a descriptor: one line of it and no more
usual rsa2048
CHECKS=$((CHECKS + 1)); printf '1234\nrest\n' > two
{ "$FAKES/token_probe" --module "$FAKE" --pin-source fd:7 > "$OUT" 2> "$ERR" && read -r rest <&7; } 7< two || fail "fd:7"
[ "${rest:-}" = rest ] || fail "more than a line was taken from the descriptor"
CHECKS=$((CHECKS + 1)); "$FAKES/token_probe" --module "$FAKE" --pin-source fd:0 < pin > "$OUT" 2> "$ERR" || fail "fd:0"
# no terminal
usual rsa2048; probe 5 --pin-source prompt 9< /dev/null
# pin-source of the URI, which --pin-source overrules
usual rsa2048
CHECKS=$((CHECKS + 1)); "$FAKES/token_probe" --module "$FAKE" --token "pkcs11:token=Fake%20card?pin-source=file:$WORK/pin" > "$OUT" 2> "$ERR" || fail "pin-source of the URI"
probe 0 --token "pkcs11:token=Fake%20card?pin-source=file:$WORK/wrong"
probe 0 --token "pkcs11:?module-path=$FAKE"

# ---- pinentry: a script in its place ----
dialogue() { printf '#!/bin/bash\necho "OK ready"\nwhile read -r command rest; do case $command in GETPIN) %s ;; BYE) echo OK; exit 0 ;; *) echo OK ;; esac; done\n' "$1" > pinentry && chmod 755 pinentry; }
dialogue 'echo "D 12%334"; echo OK'; usual rsa2048; probe 0 --pin-source pinentry --pinentry "$WORK/pinentry"; logins 1
dialogue 'echo "ERR 83886179 Operation cancelled <Pinentry>"'; usual rsa2048; probe 130 --pin-source pinentry --pinentry "$WORK/pinentry"; sentence 'Cancelled at the PIN'; logins 0
dialogue 'echo "ERR 83886166 no display"'; usual rsa2048; probe 5 --pin-source pinentry --pinentry "$WORK/pinentry"; sentence 'did not give a PIN'; logins 0
dialogue 'echo OK'; usual rsa2048; probe 130 --pin-source pinentry --pinentry "$WORK/pinentry"; logins 0
long=$(printf '%0300d' 1); dialogue "echo 'D $long'; echo OK"; usual rsa2048; probe 5 --pin-source pinentry --pinentry "$WORK/pinentry"; sentence 'longer than 255'; logins 0
dialogue 'exit 1'; usual rsa2048; probe 5 --pin-source pinentry --pinentry "$WORK/pinentry"; logins 0
usual rsa2048; probe 5 --pin-source pinentry --pinentry "$WORK/no-such-program"; sentence 'is installed'; logins 0

# ---- key and certificate ----
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der"; probe 5; sentence 'no private key for the certificate'; logins 1; signs 0
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=01 file=$PKI/rsa3072.key"; probe 5; sentence 'no private key'; logins 1
# found by its value although the ids differ
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=02 file=$PKI/rsa2048.key" "key 0 id=01 file=$PKI/rsa3072.key"; probe 0
# a wrong key behind the right id and no visible value: the signature is checked by who asked for it, and thrown away
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=01 file=$PKI/no-p256.key"
openssl ecparam -name prime256v1 -genkey -noout 2> /dev/null | openssl pkcs8 -topk8 -nocrypt > other.key
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "key 0 id=01 file=$WORK/other.key"; probe 5; sentence 'no signature by the certificate'; logins 1; signs 1
# ... but its public key tells before anything is signed
more "pub 0 id=01 file=$WORK/other.key"; : > "$PARAPHE_FAKE_LOG"; probe 5; sentence 'no private key'; signs 0
card 'slot 0' "cert 0 id=01 file=$PKI/p256.der" "pub 0 id=09 file=$PKI/p256.key point=raw" "key 0 id=09 file=$PKI/p256.key"; probe 0
# the key alone is on the token: the certificate is given
card 'slot 0' "key 0 id=01 file=$PKI/rsa2048.key"; probe 0 --cert "$PKI/rsa2048.crt"; says out 'open Claire Fontaine-Lemoël'
card 'slot 0' "key 0 id=01 file=$PKI/rsa2048.key"; probe 5 --cert "$PKI/rsa3072.crt"; sentence 'no private key'; logins 1
probe 4 --cert "$PKI/rsa2048.key"
# shown only after the PIN
card 'slot 0 certs=login'; probe 5; sentence 'shows no certificate'; logins 1
card 'slot 0 certs=login'; more 'fault C_GetSessionInfo rv=0x54'; probe 5; sentence 'shows no certificate'; logins 1
usual rsa2048 mechs=CKM_SHA256_RSA_PKCS; probe 5 --force RSA-PSS/SHA-256; sentence 'cannot make RSA-PSS signatures'; signs 0
usual rsa2048 certs=login; probe 0; logins 1
usual rsa2048 show=always; probe 0; logins 1
usual rsa2048 flags=set; probe 0; logins 1 # says that it needs no login, and hides its key all the same
usual rsa2048 flags=none show=always; probe 0; logins 0
KEYWORDS='sign=no' usual rsa2048; probe 5; sentence 'does not let its private key sign'; signs 0
KEYWORDS='allowed=CKM_RSA_PKCS' usual rsa2048; probe 0; signs 3; says out 'SHA-512 CKM_RSA_PKCS '
usual rsa2048 mechs=CKM_ECDSA; probe 5; sentence 'no mechanism for this key'; logins 0
usual rsa2048 mechs=CKM_SHA_1; probe 5; sentence 'no mechanism'
usual rsa2048 nosign=yes; probe 5; sentence 'no mechanism'
usual rsa2048 size=3072:4096; probe 5; sentence 'no mechanism'
usual rsa2048 size=128:512; probe 0 # bytes in place of bits
usual rsa2048 size=0:0; probe 0
usual expired; probe 6; sentence 'has expired'; logins 0
usual not-yet-valid; probe 6; sentence 'not valid yet'; logins 0
usual ca-signer; probe 6; sentence 'certificate of an authority'; logins 0
usual weak; probe 6; sentence 'shorter than 2048'; logins 0
usual no-nonrep; probe 6; sentence 'authentication, not for signing'; logins 0
usual no-nonrep; probe 0 --cert subject:authentification
usual no-nonrep; probe 0 --seal
# a name that fits both certificates of a card: the one for signing, unless the other is named precisely
usual no-nonrep; more "cert 0 id=02 file=$PKI/rsa2048.der" "key 0 id=02 file=$PKI/rsa2048.key"
probe 0 --cert issuer:signature; says out 'open Claire'
probe 0 --cert subject:anais; says out 'open Anaïs'
probe 2 --cert issuer:signature --seal
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der value=garbage"; probe 5; sentence 'certificate cannot be read'
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der type=1"; probe 5

# ---- which of several ----
card 'slot 0 label=One serial=1' "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=01 file=$PKI/rsa2048.key" \
  'slot 1 label=Two serial=2 pin=5678' "cert 1 id=01 file=$PKI/p256.der" "key 1 id=01 file=$PKI/p256.key"
cp "$PARAPHE_FAKE" two.conf
probe 2; sentence 'Several certificates can sign'; logins 0
probe 0 --choose 0; says out 'Fontaine'
probe 0 --token pkcs11:token=One; says out 'Fontaine'
printf '5678\n' > second && chmod 600 second
probe 0 --token pkcs11:serial=2 --pin-source file:second; says out 'Çelik'
probe 0 --token pkcs11:slot-id=1 --pin-source file:second; says out 'Çelik'
probe 5 --token pkcs11:token=Three; sentence 'No inserted token fits'
probe 0 --cert 'issuer:signature;subject:CLAIRE'; says out 'Fontaine'
probe 5 --cert subject:personne; sentence 'No certificate fits'
digest=$(openssl dgst -sha256 -r "$PKI/p256.der" | cut -c1-12)
probe 0 --cert "sha256:$digest" --pin-source file:second; says out 'Çelik'
serial=$(openssl x509 -in "$PKI/p256.crt" -noout -serial | cut -d= -f2)
probe 0 --cert "serial:0x$serial" --pin-source file:second; says out 'Çelik'
probe 2 --cert id:01
# a card with two PINs and two slots (IDPrime 940, eToken 5110 CC): each key behind its own
sed -i 's/label=One serial=1/label=Card serial=7/; s/label=Two serial=2/label=Card%20(Digital%20Signature%20Pin) serial=7/' "$PARAPHE_FAKE"
sed -i "s|cert 0 id=01 file=$PKI/rsa2048.der|cert 0 id=01 file=$PKI/no-nonrep.der|; s|key 0 id=01 file=$PKI/rsa2048.key|key 0 id=01 file=$PKI/no-nonrep.key|" "$PARAPHE_FAKE"
: > "$PARAPHE_FAKE_LOG"; probe 0 --pin-source file:second; says out 'Çelik'; logins 1
# two tokens with one name
sed 's/label=Two/label=One/' two.conf > "$PARAPHE_FAKE"; : > "$PARAPHE_FAKE_LOG"; probe 2 --token pkcs11:token=One; sentence 'Several tokens fit'; logins 0
# the same certificate in both slots, the key behind one of them: its public key decides
card 'slot 0 label=A' "cert 0 id=01 file=$PKI/rsa2048.der" 'slot 1 label=B' "cert 1 id=01 file=$PKI/rsa2048.der" \
  "pub 1 id=01 file=$PKI/rsa2048.key" "key 1 id=01 file=$PKI/rsa2048.key"
probe 0
card 'slot 0 flags=blank'; probe 5; sentence 'shows no certificate|No card'
card 'slot 0'; probe 5; sentence 'shows no certificate'
card 'slot 0 gone=/'; probe 5; sentence 'No card or token is inserted'
card ''; probe 5; sentence 'No card or token is inserted'

# ---- each function fails ----
# before the PIN is tried ...
for name in C_Initialize C_GetInfo C_GetSlotList C_GetSlotInfo C_GetTokenInfo C_GetMechanismList C_OpenSession \
  C_FindObjectsInit C_FindObjects C_FindObjectsFinal; do
  for rv in 0x5 0x6 0x30 0x31 0x32 0x54 0xe0 0x80000001 0x12345; do
    usual rsa2048
    more "fault $name rv=$rv"
    probe 5
    sentence '^error: '
    logins 0; signs 0
  done
done
# ... after it ...
for name in C_GetTokenInfo C_FindObjectsInit C_FindObjects C_GetAttributeValue; do
  usual rsa2048
  more "fault $name rv=0x32 from=$(case $name in C_GetTokenInfo) echo 2 ;; C_GetAttributeValue) echo 12 ;; *) echo 4 ;; esac)"
  probe 5
  sentence 'was removed'
  signs 0
done
# ... and at the signature: what each number means, and one try only
while read -r rv status words; do
  for name in C_Login C_SignInit C_Sign; do
    usual rsa2048
    more "fault $name rv=$rv"
    probe "$status"
    sentence "$words"
    logins 1
    signs "$([ $name = C_Sign ] && echo 1 || echo 0)"
  done
done <<'TABLE'
0x2 5 token failed
0x5 5 token failed
0x30 5 token failed
0x31 5 token failed
0x32 5 was removed
0xb3 5 was removed
0xe0 5 was removed
0xe1 5 does not recognise
0x50 130 Cancelled
0x1 130 Cancelled
0xa1 5 PIN of this form
0xa3 5 PIN has expired
0xa4 5 is locked
0x102 5 no PIN yet
0x104 5 Somebody else
0x101 5 asks for the PIN
0x54 5 which signing needs
0x70 5 refused the kind of signature
0x68 5 does not let this key sign
0x7 5 init string
0x80001234 5 with an error.*CKR_VENDOR_DEFINED
0x777 5 with an error
TABLE

# ---- any function, any fault, at any call: signed or one sentence, one try, one C_Sign, no child left ----
whatever() { # FUNCTION FAULT CALL [HOW IT ENDS]
  local got=0
  usual rsa2048; more "fault $1 $2 from=$3"
  CHECKS=$((CHECKS + 1)); LAST="$1 $2 from=$3"
  "$FAKES/token_probe" --module "$FAKE" --pin-source file:pin --timeout 1 --only RSA-PKCS1/SHA-256 > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$(grep -c '^error: ' "$ERR")" = $((got != 0)) ] && [[ $got = [05] ]] || fail "status $got, or not one sentence"
  [ "$(grep -c '^C_Login' "$PARAPHE_FAKE_LOG")" -le 1 ] && [ "$(grep -c '^C_Sign' "$PARAPHE_FAKE_LOG")" -le 1 ] || fail "tried again"
  [ -z "${4:-}" ] || [ "$got" = "$4" ] || fail "status $got in place of $4"
}
for name in C_GetSlotInfo C_GetTokenInfo C_GetMechanismInfo C_GetSessionInfo; do for call in 1 2; do whatever $name wrong $call; done; done
whatever C_GetTokenInfo huge 1 0 # lengths of a PIN that none can have
whatever C_GetSlotList wrong 1 5 # slots that are none
for call in 1 2 3 5; do whatever C_FindObjects wrong $call 5; whatever C_GetAttributeValue wrong $call 5; done # the same object for ever; noise
for name in C_GetMechanismInfo C_GetSessionInfo C_CloseSession C_Logout C_Finalize; do
  for rv in 0x5 0x30 0x54 0x12345; do whatever $name rv=$rv 1 0; done
done
for name in C_GetInfo C_GetSlotInfo C_GetMechanismList C_GetMechanismInfo C_OpenSession C_CloseSession C_GetSessionInfo C_FindObjectsInit \
  C_FindObjectsFinal C_GetAttributeValue C_Logout C_Finalize; do
  for what in crash exit; do whatever $name $what 1; done
done
for name in C_OpenSession C_FindObjects C_GetAttributeValue C_SignInit; do whatever $name hang 2; done
CHECKS=$((CHECKS + 1)); [ -z "$(helpers)" ] || fail "a child was left: $(helpers)"

# ---- lies, lengths, hangs, crashes ----
for what in short huge wrong; do
  usual rsa2048; more "fault C_Sign $what"; probe 5; sentence 'thrown away|more than can be right'; logins 1; signs 1
  usual p256; more "fault C_Sign $what"; probe 5; sentence 'thrown away|more than can be right'; signs 1
done
for name in C_GetSlotList C_GetMechanismList C_FindObjects; do
  usual rsa2048; more "fault $name huge"; probe 5; sentence 'more than can be right'; logins 0
done
usual rsa2048; more 'fault C_GetAttributeValue huge'; probe 5; logins 0; signs 0
usual rsa2048; more 'fault C_GetAttributeValue short'; probe 5; logins 0; signs 0
usual rsa2048; more 'fault C_GetTokenInfo wrong'; probe 0 # a label that is no text
for name in C_Initialize C_GetSlotList C_GetTokenInfo C_FindObjects C_Login C_SignInit C_Sign; do
  usual rsa2048; more "fault $name crash"; probe 5; sentence "crashed in $name.*SIGSEGV"
  usual rsa2048; more "fault $name exit"; probe 5; sentence "crashed in $name"
done
for name in C_Initialize C_Login C_Sign; do
  usual rsa2048; more "fault $name hang"
  probe 5 --timeout 1; sentence "did not answer within 1 seconds in $name"
  CHECKS=$((CHECKS + 1)); [ -z "$(helpers)" ] || fail "a child was left: $(helpers)"
done
usual rsa2048; more 'fault C_Finalize hang' # at the end nothing is lost any more
probe 0
usual rsa2048; more 'fault C_Sign sleep=1500 times=1'; probe 5 --timeout 1; usual rsa2048; more 'fault C_Sign sleep=500 times=1'; probe 0 --timeout 2
usual rsa2048; more 'noise stdout hello%20from%20the%20driver' 'noise stderr warning%20from%20it'
probe 0
CHECKS=$((CHECKS + 1)); ! grep -q 'driver$' "$OUT" "$ERR" || fail "noise came through"
more 'fault C_Sign rv=0x5'; probe 5; says err 'remark: The driver fake_token.so printed: hello from the driver'
usual rsa2048; more 'noise stderr flood%20flood%20flood%20flood%20flood%20flood repeat=20000'; probe 0 # a full pipe stops nobody

# ---- several drivers: one that fails does not stop the others ----
soft=(--module "$PARAPHE_TEST_MODULE")
for what in 'C_Initialize crash' 'C_GetSlotList rv=0x5' 'C_FindObjects crash'; do
  usual rsa2048; more "fault $what"
  CHECKS=$((CHECKS + 1)); LAST="two drivers, $what"
  "$FAKES/token_probe" --module "$FAKE" "${soft[@]}" --token "$PARAPHE_TEST_TOKEN" --pin-source "file:$PARAPHE_TEST_PIN_FILE" --cert subject:p256 > "$OUT" 2> "$ERR" < /dev/null || fail "the second driver was not used"
  run 0 token --module "$FAKE" "${soft[@]}"; says out "Driver $FAKE"; says out 'would probably sign'
done
usual rsa2048; more 'fault C_GetSlotList hang'
PARAPHE_TOKEN_TIMEOUT=1 run 0 token --module "$FAKE" "${soft[@]}"; says out 'did not answer within 1 seconds in C_GetSlotList'; says out 'would probably sign'
# the same card seen by two drivers: the first one is used; the same file twice is one driver
cp "$FAKE" other-driver.so
usual rsa2048; probe 0 --module ./other-driver.so; logins 1
usual rsa2048; run 0 token --module "$FAKE" --module "$FAKE" --json; json 'len(d["modules"])' 1
run 5 token --module "$FAKE" --login --pin-source file:wrong; says err 'one try was used'
usual rsa2048; run 2 token --module "$FAKE" "${soft[@]}" --login --pin-source file:wrong; says err 'which PIN is meant'; logins 0
card ''; run 5 token --module "$FAKE" --login; says err 'no token to log in to'

CHECKS=$((CHECKS + 1)); LAST='no driver'
"$FAKES/token_probe" --token 'pkcs11:?module-name=nonsense' > "$OUT" 2> "$ERR" < /dev/null && fail "signed without a driver"; sentence 'No driver is registered'

# ---- the helper itself ----
mkdir -p elsewhere && cp "$PARAPHE" elsewhere/paraphe
CHECKS=$((CHECKS + 1)); LAST='elsewhere/paraphe token'; got=0
PARAPHE_LANG=en elsewhere/paraphe token --module "$FAKE" > "$OUT" 2> "$ERR" < /dev/null || got=$?
grep -q 'paraphe-token is missing' "$OUT" || [ -x "/usr/local/libexec/paraphe/paraphe-token" ] || fail "the missing helper is not named (status $got)"
usual rsa2048; probe 1 --helper /nonexistent/paraphe-token; sentence 'cannot be started|missing'
usual rsa2048; probe 1 --helper /bin/false; sentence 'cannot be started'
CHECKS=$((CHECKS + 1)); "$FAKES/../paraphe-token" < /dev/null > "$OUT" 2> "$ERR" && fail "the helper started by hand must fail"; silent out; silent err

# ---- the card is pulled out in the middle ----
usual rsa2048 "gone=$WORK/gone"
more 'fault C_Sign rv=0x32 from=2 times=1'
probe 5 --times 3 --only RSA-PKCS1/SHA-256; sentence 'was removed'; signs 2; logins 1
usual rsa2048 "gone=$WORK/gone"
more 'fault C_Sign rv=0x32 from=2 times=1'
probe 0 --times 3 --only RSA-PKCS1/SHA-256 --wait 10; says err 'waiting: The card or token was removed'; signs 4
CHECKS=$((CHECKS + 1)); [ "$(grep -c '^ok' "$OUT")" = 3 ] || fail "not three signatures"
back() { ( until [ -e gone ]; do sleep 0.05; done; sleep "$1"; rm -f gone ) & }
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1'
probe 5 --times 2 --only RSA-PKCS1/SHA-256 --wait 1; sentence 'was not inserted again in time'
usual rsa2048 "gone=$WORK/gone"; probe 5; sentence 'No card or token'; rm -f gone # not there at the start: said at once
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1'
back 0.5; probe 0 --times 2 --only RSA-PKCS1/SHA-256 --wait 30; wait
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Login pull times=1'
back 0.5; probe 5; sentence 'was removed'; wait
finish
