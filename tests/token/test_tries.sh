#!/usr/bin/env bash
# One try of a PIN in one command, whatever is opened again; never sent to another card, never what is no PIN.
. "$(dirname "$0")/lib.sh"
need python3
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
for i in 1 2 3 4; do cp kinds/classic.pdf "b$i.pdf"; done
CARD=(--module "$FAKE" --pin-source file:pin --yes --level B-B)
back() { ( until [ -e gone ]; do sleep 0.05; done; eval "${1:-:}"; sleep 0.3; rm -f gone ) & }
dialogue() { printf '#!/bin/bash\necho "OK ready"\nwhile read -r command rest; do case $command in GETPIN) %s ;; BYE) echo OK; exit 0 ;; *) echo OK ;; esac; done\n' "$1" > pinentry && chmod 755 pinentry; }

# ---- several forms or jobs in one command: each opens the token again when nothing shows before the PIN ----
export PARAPHE_TOKEN_MODULE=$FAKE PARAPHE_TOKEN_PIN_SOURCE=file:$WORK/wrong
cp "$FORMS/lps-web-conforme.xlsx" "$FORMS/lps-mobile-conforme.xlsx" "$FORMS/lps-lourd-2tiers-conforme.xlsx" .
RUN=(run ./*.xlsx --job lot --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" --level B-B --yes)
usual rsa2048 certs=login; run 5 "${RUN[@]}"; says err 'is wrong; one try'; logins 1; signs 0
for what in crash 'rv=0xa4' 'rv=0xa1' 'rv=0x5' 'quit=0'; do
  rm -rf lot; usual rsa2048 certs=login; more "fault C_Login $what"; run 5 "${RUN[@]}"; logins 1; signs 0
done
rm -rf lot; usual rsa2048 certs=login; more 'fault C_Login hang'; PARAPHE_TOKEN_TIMEOUT=3 run 5 "${RUN[@]}"; logins 1
cat > boxes.json << 'JSON'
{"format": "paraphe-look", "version": 1, "signatures": [{"name": "Auditrice", "label": "L’auditrice"}, {"name": "Relecteur", "label": "Le relecteur"}]}
JSON
PARAPHE_TOKEN_PIN_SOURCE=file:$WORK/pin
usual p256; run 0 run lps-web-conforme.xlsx --job one --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" --look boxes.json --level B-B --yes
for job in two three; do
  run 0 run lps-mobile-conforme.xlsx --job $job --until report --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" --look boxes.json --level B-B
done
PARAPHE_TOKEN_PIN_SOURCE=file:$WORK/wrong # a job that waits for a second person, and two for the first
usual rsa2048 certs=login; run 5 sign --pending one two three --yes; says err 'is wrong; one try'; logins 1; signs 0
run 0 run lps-mobile-conforme.xlsx --job four --until report --deposit-date 2026-11-23 --role auditeur --trust "$PARAPHE_TEST_TRUST" --look boxes.json --level B-B --scheme pss
usual rsa2048 certs=login; run 5 sign --pending two four --yes; says err 'two.*is wrong; one try'; says err 'four.*not tried again'; logins 1; signs 0 # another scheme is asked for by itself
unset PARAPHE_TOKEN_MODULE PARAPHE_TOKEN_PIN_SOURCE

# ---- a descriptor is one line, also after the card came back ----
printf '1234\nrest\nmore\n' > lines
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1'; back
CHECKS=$((CHECKS + 1)); LAST='fd:7'; got=0
"$FAKES/token_probe" --module "$FAKE" --pin-source fd:7 --times 2 --only RSA-PKCS1/SHA-256 --wait 30 > "$OUT" 2> "$ERR" 7< lines || got=$?
wait; [ "$got" = 5 ] || fail "status $got"; sentence 'descriptor is read once'; logins 1; signs 1

usual rsa2048 "gone=$WORK/gone"; more 'fault C_Login pull times=1'; back
CHECKS=$((CHECKS + 1)); LAST='fd:7, pulled at the login'; got=0
"$FAKES/token_probe" --module "$FAKE" --pin-source fd:7 --only RSA-PKCS1/SHA-256 --wait 30 > "$OUT" 2> "$ERR" 7< lines || got=$?
wait; [ "$got" = 5 ] || fail "status $got"; sentence 'whether a try was used is not known'; logins 1

# ---- another card with the same name is not the one that was pulled out ----
# no serial number, and the certificate is not there
two() { printf 'slot 0 serial=%s gone=%s\ncert 0 id=01 file=%s\nkey 0 id=01 file=%s\nslot 1 serial=%s gone=%s\ncert 1 id=01 file=%s\nkey 1 id=01 file=%s\nfault C_Sign pull times=1\n' \
  "$1" "$WORK/gone" "$PKI/rsa2048.der" "$PKI/rsa2048.key" "$2" "$WORK/gone" "$PKI/rsa3072.der" "$PKI/rsa3072.key" > "$PARAPHE_FAKE"; : > "$PARAPHE_FAKE_LOG"; }
other() { # after the first one is pulled, only the second slot's card comes back
  two "$1" "$2"; [ -z "${3:-}" ] || sed -i "s/^slot ./& $3/" "$PARAPHE_FAKE"; sed -i "s|^slot 0\(.*\)gone=.*|slot 0\1gone=$WORK/away|; s|^slot 1\(.*\)gone=.*|slot 1\1gone=$WORK/not-yet|" "$PARAPHE_FAKE"; : > not-yet; rm -f away
  ( until [ -e away ]; do sleep 0.05; done; rm -f not-yet ) &
  probe 5 --only RSA-PKCS1/SHA-256 --cert subject:rsa2048 --wait 2; wait; rm -f away; sentence 'not inserted again in time'; logins 1
}
other '' ''
other 0123456789AB0001 0123456789AB0002 # the first twelve digits are the maker's
other 7 7
other 0123456789AB0001 0123456789AB0002 certs=login # both show nothing: the numbers tell
# the card itself, in the reader that had another number; it hides its certificates, but has a serial number
two 7 8; back; probe 0 --only RSA-PKCS1/SHA-256 --cert subject:rsa2048 --wait 30; wait; logins 2
usual rsa2048 certs=login "gone=$WORK/gone"; more 'fault C_Sign pull times=1'; back; probe 0 --only RSA-PKCS1/SHA-256 --wait 30; wait; logins 2; signs 2
usual rsa2048 serial= certs=login "gone=$WORK/gone"; more 'fault C_Sign pull times=1'; back; probe 5 --only RSA-PKCS1/SHA-256 --wait 2; wait; logins 1
# the card is there again, and its driver needs a moment
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1' 'fault C_OpenSession rv=0x30 from=3 times=2'; back; probe 0 --only RSA-PKCS1/SHA-256 --wait 30; wait; logins 2
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1' 'fault C_OpenSession rv=0x30 from=3'; back; probe 5 --only RSA-PKCS1/SHA-256 --wait 2; wait; sentence 'token failed in C_OpenSession'; logins 1
# nobody inserts it: waited for once, and each further document is told the same; when it is there again after all, the rest goes on
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull from=2 times=1'
run 5 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}" --wait-card 1; rm -f gone
CHECKS=$((CHECKS + 2)); [ "$(grep -c '^paraphe: .*not inserted again in time' "$ERR")" = 3 ] || fail "not three times the reason"
[ "$(grep -c 'insert it again within' "$ERR")" = 1 ] || fail "waited for more than once"
rm -rf done

# ---- what the flags say when the person has typed ----
dialogue 'echo "D 1234"; echo OK'
ASK=(--pin-source pinentry --pinentry "$WORK/pinentry")
usual rsa2048; more 'fault C_GetTokenInfo flags=final from=3'; probe 5 "${ASK[@]}"; sentence 'one last try.*nothing was tried'; logins 0
usual rsa2048; more 'fault C_GetTokenInfo flags=final from=3'; probe 0 "${ASK[@]}" --use-last-try; logins 1
usual rsa2048; more 'fault C_GetTokenInfo flags=locked from=3'; probe 5 "${ASK[@]}"; sentence 'is locked'; logins 0
usual rsa2048; more 'fault C_GetTokenInfo other from=3'; probe 5 "${ASK[@]}"; sentence 'was removed'; logins 0
usual rsa2048; more 'fault C_GetTokenInfo other=label from=3'; probe 5 "${ASK[@]}"; sentence 'was removed'; logins 0
usual rsa2048; more 'fault C_GetTokenInfo rv=0x30 from=3'; probe 5 "${ASK[@]}"; sentence 'token failed'; logins 0

KEYWORDS='always=yes' usual p256; more 'fault C_GetTokenInfo flags=final from=4'; probe 5; sentence 'one last try.*nothing was tried'; logins 1; signs 0 # between login and signature
KEYWORDS='always=yes' usual p256
CHECKS=$((CHECKS + 1)); LAST='fd:7, at each signature'; "$FAKES/token_probe" --module "$FAKE" --pin-source fd:7 > "$OUT" 2> "$ERR" 7< lines || fail "the PIN was not kept for the run"
logins 4; signs 3
usual rsa2048 min=1 max=3; probe 5; sentence 'no try was used'; logins 0

# ---- a state that is not what the driver said ----
KEYWORDS='always=yes' usual p256; more 'fault C_Login rv=0x100 from=2'; probe 5; sentence 'asks for the PIN'; logins 2; signs 1 # "already": no PIN was looked at
usual rsa2048; more 'fault C_Login rv=0x100'; probe 5; logins 1; signs 0
usual rsa2048; more 'fault C_SignInit rv=0x101 from=2'; probe 5 --times 2 --only RSA-PKCS1/SHA-256; sentence 'asks for the PIN'; logins 1; signs 1
finish
