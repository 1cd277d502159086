#!/usr/bin/env bash
# Files, terminals and system calls that refuse: each with its status and a sentence; nothing half made is left.
. "$(dirname "$0")/lib.sh"
services
need script qpdf
REFUSE=${PARAPHE%/*}/fakes/refuse FAKE=${PARAPHE%/*}/fakes/fake_token.so
[ -x "$REFUSE" ] || { echo "skipped: $REFUSE is not built"; exit 77; }
export PARAPHE_NET_PRIVATE_ADDRESSES=allow
# refused STATUS CALL=ERROR... -- ARGS of paraphe...
refused() {
  local wanted=$1 got=0
  local -a calls=()
  shift
  while [ "$1" != -- ]; do calls+=("$1"); shift; done
  shift
  CHECKS=$((CHECKS + 1))
  LAST="refuse ${calls[*]} -- paraphe $*"
  PARAPHE_LANG=en "$REFUSE" "${calls[@]}" -- "$PARAPHE" "$@" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "status $got in place of $wanted"
}
TOKEN+=(--cert subject:rsa2048)
T=(--trust "$PARAPHE_TEST_PKI/root.crt") TSA=(--tsa "$PARAPHE_TEST_TSA") EIO=5
cp "$FORMS/lps-web-conforme.xlsx" "$FORMS/proxy-conforme.xlsx" .
run 0 report lps-web-conforme.xlsx -o report.pdf --deposit-date 2026-11-23
run 0 sign report.pdf -o signed.pdf --yes "${TOKEN[@]}" --level B-B

# a disk that does not sync: before the network, and after a document time-stamp; one that cannot cut either
refused 10 fdatasync=$EIO -- sign report.pdf -o no.pdf --yes "${TOKEN[@]}" --level B-T "${TSA[@]}"
says err 'cannot be written'; says err 'the same command finishes the file'; absent no.pdf
refused 10 fdatasync=$EIO -- stamp signed.pdf -o no.pdf "${TSA[@]}"; says err 'cannot be written'; absent no.pdf
refused 10 fdatasync=$EIO ftruncate=$EIO -- stamp signed.pdf -o no.pdf "${TSA[@]}"; says err 'cannot be written'; absent no.pdf
refused 10 fdatasync=$EIO -- sign report.pdf --out-dir o --yes "${TOKEN[@]}" --level B-T "${TSA[@]}"; absent o/report.pdf
ok 'nothing is left half made' test -z "$(find . -name '*.part')"
# ... but the signature of the token is kept: the same command ends what was begun, with no token at all
present .no.pdf.paraphe o/.paraphe-sign.journal
run 2 sign report.pdf -o no.pdf --yes --cert subject:rsa2048 --reason Autre --level B-B; says err 'other options'
run 0 sign report.pdf -o no.pdf --yes --cert subject:rsa2048 --token "${TOKEN[3]}" --level B-T "${TSA[@]}"; says err 'the token has signed already'
absent .no.pdf.paraphe
run 0 verify no.pdf --trust "$PARAPHE_TEST_TRUST"; rm no.pdf

# no second thread: one after the other, also when the last one cannot be read
head -c 3000 report.pdf > cut.pdf; cp report.pdf again.pdf; THREAD=4001536 # the flags of pthread_create
refused 4 clone3=38 clone:0=$THREAD=11 -- sign report.pdf again.pdf cut.pdf --out-dir alone --yes "${TOKEN[@]}" --level B-B
says err '^paraphe: cut.pdf: '; run 0 verify alone/report.pdf alone/again.pdf --trust "$PARAPHE_TEST_TRUST"
rm -r alone again.pdf

# files that one may not read: each verb names the file and says whom to ask (2: the flags with which inputs are opened)
UNREAD=openat:2=$((0x80900))=13
for words in 'check lps-web-conforme.xlsx' 'report lps-web-conforme.xlsx -o no.pdf' 'verify report.pdf' 'sign report.pdf -o no.pdf --level B-B --yes' \
  'stamp report.pdf -o no.pdf --tsa http://127.0.0.1:1' 'run lps-web-conforme.xlsx --job no'; do
  read -ra args <<< "$words"; [ "${args[0]}" != sign ] || args+=("${TOKEN[@]:0:4}" --pin-source fd:0 --cert subject:rsa2048)
  refused 10 "$UNREAD" -- "${args[@]}"; says err "${args[1]} cannot be opened: you lack the right to read it; ask its owner"; absent no.pdf no
done

# where a password comes from
qpdf --encrypt secret owner 256 -- report.pdf locked.pdf
for source in file:absent file:. fd:77 fd:x; do run 2 verify locked.pdf --password-source "$source"; done
run 2 verify locked.pdf --password-source fd:77; says err 'fd:77'
CHECKS=$((CHECKS + 1)); LAST='verify without a terminal'
PARAPHE_LANG=en setsid -w "$PARAPHE" verify locked.pdf --password-source prompt > "$OUT" 2> "$ERR" < /dev/null; [ $? = 2 ] || fail 'no terminal'

# a field named twice
run 2 sign report.pdf -o no.pdf --yes "${TOKEN[@]}" --visible One --field Two; says err 'One'; absent no.pdf

# data that claims to be a grid and is none; it is an error, not a comparison
printf '{"format":"other"}' > grid.json
run 0 report lps-web-conforme.xlsx -o bare.pdf --deposit-date 2026-11-23 --attach none
qpdf bare.pdf --add-attachment grid.json --key=grid.json --filename=grid.json -- odd.pdf 2> "$ERR" || true
run 4 verify --form lps-web-conforme.xlsx odd.pdf; says err 'odd.pdf'

# a signed report that lacks pages: nothing else binds it to the form
qpdf bare.pdf --pages . 1-8 -- short.pdf 2> "$ERR" || true
run 0 sign short.pdf -o short-signed.pdf --yes "${TOKEN[@]}" --level B-B
run 6 run lps-web-conforme.xlsx --job kurz --deposit-date 2026-11-23 --signed short-signed.pdf --until sign
says err 'Not all points of .* were found'

# an answer that is none of the choices
CHECKS=$((CHECKS + 1)); LAST='setup with a terminal'
printf 'what?\n' | PARAPHE_LANG=en script -qec "'$PARAPHE' setup --lang en" /dev/null > "$OUT" 2>&1
[ $? = 130 ] || fail 'an answer that is none'
absent home/.config/paraphe/paraphe.conf

# a folder that cannot be removed: of an earlier deposit, of earlier receipts
run 0 run lps-web-conforme.xlsx proxy-conforme.xlsx --job j --deposit-date 2026-11-23 --yes "${TOKEN[@]}" "${T[@]}"
present j/depot/checklist.txt; echo x >> j/depot/checklist.txt
mkdir -p j/depot/receipts; echo scan > j/depot/receipts/scan.txt # of what was sent, says who put it there: it stays
run 10 run --job j; present j/depot/receipts/scan.txt; rm j/depot/receipts/scan.txt
refused 10 rmdir=$EIO -- run --job j; says err 'j/depot'
mkdir -p j/depot/receipts # an empty place for receipts is none
run 0 run --job j; ok 'the sums' bash -c 'cd j/depot && sha256sum -c SHA256SUMS'
: > j/recus
run 10 run --job j --to "${PARAPHE_TEST_UPLOAD%/}/refused-$$/" --ca "$PARAPHE_TEST_PKI/tls-ca.crt" --client-cert "$PARAPHE_TEST_PKI/client.crt" --client-key "$PARAPHE_TEST_PKI/client.key"
says err 'recus'

# a document that changes while the PIN is asked, where all is prepared anew because of what the key may do: it is not what was shown
if [ -e "$FAKE" ]; then
  export PARAPHE_FAKE=$WORK/card.conf PARAPHE_FAKE_LOG=$WORK/card.log
  printf '%s\n' "slot 0" "cert 0 id=01 file=$PARAPHE_TEST_PKI/rsa2048.der" "key 0 id=01 file=$PARAPHE_TEST_PKI/rsa2048.key allowed=CKM_RSA_PKCS_PSS,CKM_SHA384_RSA_PKCS_PSS" > card.conf
  : > card.log
  cat > pinentry << 'P'
#!/bin/sh
echo OK
while read -r word rest; do
  case $word in
    GETPIN) echo '% more' >> report.pdf; echo 'D 1234'; echo OK ;;
    *) echo OK ;;
  esac
done
P
  chmod 700 pinentry
  PARAPHE_TOKEN_PINENTRY=$WORK/pinentry run 4 sign report.pdf -o no.pdf --yes --module "$FAKE" --pin-source pinentry --level B-B
  says err 'report.pdf'; absent no.pdf
  ok 'nothing was signed' test "$(grep -c C_Sign card.log)" = 0
fi
finish
