#!/usr/bin/env bash
# `paraphe sign` with the faulty driver: one sentence, the right status, at most one PIN try, no half file, the input untouched.
. "$(dirname "$0")/lib.sh"
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
cp kinds/classic.pdf in.pdf
before=$(sha256sum < in.pdf)
CARD=(--module "$FAKE" --pin-source file:pin --yes --level B-B)
with_pin() { CARD[3]=$1; shift; "$@"; CARD[3]=file:pin; }
refused() { # STATUS PATTERN ARGS...: nothing is left
  local status=$1 pattern=$2
  shift 2
  run "$status" sign in.pdf -o out.pdf "${CARD[@]}" "$@"
  says err "$pattern"
  absent out.pdf
  CHECKS=$((CHECKS + 3))
  [ "$(grep -c '^paraphe: ' "$ERR")" = 1 ] || fail "not one sentence"
  [ "$(sha256sum < in.pdf)" = "$before" ] || fail "the input was changed"
  [ -z "$(find . -name '.*.part*')" ] || fail "a half file is left: $(find . -name '.*.part*')"
}
signed() { # ARGS...
  rm -f out.pdf
  run 0 sign in.pdf -o out.pdf "${CARD[@]}" "$@"
  present out.pdf
  if command -v pdfsig > /dev/null; then ok "pdfsig" pdfsig out.pdf; says out 'Signature is Valid'; fi
  rm -f out.pdf
}

for name in rsa2048 rsa3072 p256 p384; do usual "$name"; signed; logins 1; signs 1; done
usual rsa2048; signed --scheme pss --hash sha512; logins 1
usual rsa2048 mechs=CKM_RSA_PKCS,CKM_SHA256_RSA_PKCS raw=refuse; signed --hash sha256; signs 1
usual rsa2048 mechs=CKM_ECDSA; refused 5 'no mechanism'; logins 0
KEYWORDS='always=yes' usual p256; signed; logins 2; signs 1
KEYWORDS='always=yes' usual rsa2048 flags=login,set,pad
run 0 sign in.pdf -o out.pdf --module "$FAKE" --yes --level B-B; says err 'keypad once more'; rm -f out.pdf
KEYWORDS='allowed=CKM_RSA_PKCS_PSS,CKM_SHA384_RSA_PKCS_PSS' usual rsa2048 # seen only after the login: the choice follows
signed; logins 1; signs 1
usual p256 certs=login; signed; logins 1

usual rsa2048; with_pin file:wrong refused 5 'one try was used'; logins 1; signs 0
usual rsa2048 after=final; with_pin file:wrong refused 5 'ONE LAST TRY'; logins 1
usual rsa2048 flags=login,set,final; refused 5 'use-last-try'; logins 0
usual rsa2048 flags=login,set,final; signed --use-last-try; logins 1
usual rsa2048 flags=login,set,locked; refused 5 'is locked'; logins 0
usual rsa2048 flags=login,set,low; signed; logins 1
usual rsa2048 flags=login,set,pad cancel=yes; with_pin pad refused 130 'Cancelled on the reader'; logins 1; signs 0
for bad in expired:6 ca-signer:6 weak:6 no-nonrep:6 not-yet-valid:6; do usual "${bad%:*}"; refused "${bad#*:}" 'No certificate can sign'; logins 0; done
usual no-nonrep; signed --seal
card ''; refused 5 'No card or token'
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der"; refused 5 'no private key'; logins 1; signs 0
card 'slot 0' "cert 0 id=01 file=$PKI/rsa2048.der" "key 0 id=01 file=$PKI/rsa2048.key" "cert 0 id=02 file=$PKI/p256.der" "key 0 id=02 file=$PKI/p256.key"
refused 2 'Several certificates can sign'; logins 0
signed --cert subject:p256; logins 1

for rv in 0x2 0x5 0x30 0x32 0xa0 0x101 0x54 0x70 0x80001234; do
  for name in C_Login C_SignInit C_Sign; do
    usual rsa2048; more "fault $name rv=$rv"; refused 5 '.'; logins 1; signs "$([ $name = C_Sign ] && echo 1 || echo 0)"
  done
done
for what in short huge wrong; do usual rsa2048; more "fault C_Sign $what"; refused 5 'thrown away|more than can be right'; signs 1; done
for name in C_Initialize C_Login C_Sign; do
  usual rsa2048; more "fault $name crash"; refused 5 "crashed in $name"
  usual rsa2048; more "fault $name hang"; PARAPHE_TOKEN_TIMEOUT=1 refused 5 "did not answer within 1 seconds in $name"
done
usual rsa2048; more 'noise stderr hello%20from%20it' 'noise stdout and%20here'; signed
run 0 sign in.pdf -o out.pdf "${CARD[@]}" --json; json 'd["format"]' paraphe-signed; rm -f out.pdf # noise on standard output would break it

# pinentry from the configuration, and the helper's sentences in French
printf '#!/bin/bash\necho OK\nwhile read -r c rest; do case $c in GETPIN) echo "D 1234"; echo OK ;; *) echo OK ;; esac; done\n' > pinentry && chmod 755 pinentry
usual rsa2048; PARAPHE_TOKEN_PINENTRY=$WORK/pinentry with_pin pinentry signed; logins 1
lang fr
usual rsa2048; with_pin file:wrong refused 5 'Le code PIN de « Fake card » est faux ; un essai a été utilisé'
usual expired; refused 6 'Aucun certificat ne peut signer.*il a expiré'
lang en

# A batch: one login, one signature a document; one document's failure does not stop the others.
mkdir -p done
for i in 1 2 3 4 5; do cp kinds/classic.pdf "b$i.pdf"; done
usual rsa2048; run 0 sign b1.pdf b2.pdf b3.pdf b4.pdf b5.pdf --out-dir done "${CARD[@]}"; logins 1; signs 5
CHECKS=$((CHECKS + 1)); [ "$(find done -name '*.pdf' | wc -l)" = 5 ] || fail "not five files"
rm -rf done
KEYWORDS='always=yes' usual p256; run 0 sign b1.pdf b2.pdf b3.pdf --out-dir done "${CARD[@]}"; counted 'C_Login user' 1; counted 'C_Login context' 3; signs 3
rm -rf done
usual rsa2048; more 'fault C_Sign rv=0x32 from=3'; run 5 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}"; logins 1
CHECKS=$((CHECKS + 1)); [ "$(find done -name '*.pdf' | wc -l)" = 2 ] || fail "not the two files that were signed before"
CHECKS=$((CHECKS + 1)); [ -z "$(find . -name '.*.part*')" ] || fail "a half file is left"
rm -rf done
# With --wait-card the batch waits for a card that was pulled out, and goes on; every document is signed once.
back() { ( until [ -e gone ]; do sleep 0.05; done; sleep 0.7; rm -f gone ) & }
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull from=2 times=1'; back
run 0 sign b1.pdf b2.pdf b3.pdf --out-dir done "${CARD[@]}" --wait-card 60
wait
says err 'was removed: insert it again'
logins 2; signs 4
CHECKS=$((CHECKS + 1)); [ "$(find done -name '*.pdf' | wc -l)" = 3 ] || fail "not three files after the card came back"
rm -rf done
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Login pull times=1'; back # at the login already: a try may be gone, so that a file's PIN is not sent twice
run 5 sign b1.pdf --out-dir done "${CARD[@]}" --wait-card 60; wait; says err 'whether a try was used is not known'; signs 0; logins 1
KEYWORDS='always=yes' usual p256 "gone=$WORK/gone"; more 'fault C_Login pull from=2 times=1'; back # it was right before
run 0 sign b1.pdf --out-dir done "${CARD[@]}" --wait-card 60; wait; signs 1; counted 'C_Login user' 2
# Without waiting the batch stops; when the card is back, the same command goes on with one login, and signs no document twice.
rm -rf done
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull from=3'; run 5 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}"; logins 1
says err 'same command again'
rm -f gone
usual rsa2048; run 0 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}"; logins 1; signs 2
says err '2 finished, 0 signed'; says out 'done/b1.pdf: signed already'; says out 'done/b[2-4].pdf: signed, level'
usual rsa2048; run 0 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}"; logins 0; says out 'done/b[1-4].pdf: signed already'
# The card comes back and the PIN is refused then: not tried again, neither for the next document nor by waiting once more.
rm -rf done
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull from=2 times=1' 'fault C_Login rv=0xa0 from=2 times=1'; back
run 5 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}" --wait-card 60; wait
says err 'within 60 seconds.*Ctrl-C'; says err 'is wrong'; says err 'not tried again'; logins 2; present done/b1.pdf
usual rsa2048; run 0 sign b1.pdf b2.pdf b3.pdf b4.pdf --out-dir done "${CARD[@]}" --json; logins 1; signs 3
CHECKS=$((CHECKS + 1)); [ "$(grep -c '"already":true' "$OUT")" = 1 ] || fail "JSON does not say what was finished before"
# Nobody inserts it: the time ends in one sentence a document.
rm -rf done
usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull from=2 times=1'; run 5 sign b1.pdf b2.pdf --out-dir done "${CARD[@]}" --wait-card 1; rm -f gone
says err 'not inserted again in time'; present done/b1.pdf
# A driver that dies takes its batch with it, one sentence a document, and is not started again with the PIN
rm -rf done
usual rsa2048; more 'fault C_Sign crash'; run 5 sign b1.pdf b2.pdf --out-dir done "${CARD[@]}"
says err 'crashed in C_Sign'; says err 'no longer running'; logins 1; signs 1
CHECKS=$((CHECKS + 1)); [ -z "$(ls done)" ] || fail "a file was made"
# A PIN that is refused at the second document is not tried at the third
KEYWORDS='always=yes' usual p256; more 'fault C_Login rv=0xa0 from=3 times=1'; run 5 sign b1.pdf b2.pdf b3.pdf --out-dir done "${CARD[@]}"
says err 'is wrong'; says err 'not tried again'; logins 3; signs 1
run 2 sign in.pdf -o out.pdf "${CARD[@]}" --wait-card soon; says err 'token.wait-card'
PARAPHE_TOKEN_TIMEOUT=4000 run 2 token --module "$FAKE"; says err 'token.timeout'
finish
