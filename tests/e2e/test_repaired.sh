#!/usr/bin/env bash
# sign --repair, killed and gone on with: the repaired copy that was signed, on file systems without a nameless file or without
# hard links, and one that somebody took away or changed.
. "$(dirname "$0")/lib.sh"
need pdfsig taskset
services
FAKES=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}
SHIM=$FAKES/shim_token.so BOUNDARY=$FAKES/boundary.so REFUSE=$FAKES/refuse
[ -e "$SHIM" ] && [ -x "$REFUSE" ] || { echo "skipped: the counting module is not built"; exit 77; }
export PARAPHE_SHIM_MODULE=$PARAPHE_TEST_MODULE PARAPHE_SHIM_LOG=$WORK/calls
TOKEN[1]=$SHIM
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
echo secret > word; chmod 600 word
mkdir in
sed 's/^startxref$/startxrex/' kinds/aes-256.pdf > in/aes.pdf # qpdf encrypts it otherwise each time
sed 's/^startxref$/startxrex/' kinds/classic.pdf > in/plain.pdf
WITH=(--yes "${TOKEN[@]}" --cert subject:p256 --password-source file:word --repair --level B-B)
# open(2): O_TMPFILE | O_RDWR | O_CLOEXEC, and O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
NAMELESS="openat:2=$((0x490002))=95" LINKS=linkat=1 WRITES="openat:2=$((0xa00c1))=28"
signatures() { # N since the last time
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c C_Sign "$WORK/calls")" = "$1" ] || fail "not $1 C_Sign: $(sort "$WORK/calls" | uniq -c | tr '\n' ' ')"
  : > "$WORK/calls"
}
sound() {
  ok "pdfsig $1" pdfsig -upw secret "$1"
  says out 'Signature is Valid'
  absent "$(dirname "$1")/.$(basename "$1").paraphe" "$(dirname "$1")/.$(basename "$1").paraphe-repaired"
}
: > calls

# Without nameless files, without hard links, without either; where not even a copy of it finds room nothing is kept, and it is signed all the same.
n=0
for less in "$NAMELESS" "$LINKS" "$NAMELESS $LINKS" "$LINKS $WRITES"; do
  n=$((n + 1))
  CHECKS=$((CHECKS + 1)); got=0; LAST="refuse $less"
  # shellcheck disable=SC2086
  PARAPHE_LANG=en "$REFUSE" $less -- "$PARAPHE" sign in/aes.pdf -o "less-$n.pdf" "${WITH[@]}" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$got" = 0 ] || fail "status $got in place of 0"
  says err 'repaired by qpdf'
  sound "less-$n.pdf"
  signatures 1
done
# stopped WHERE ARGS: the token has signed, then the disk is full for the file; the journal WHERE has a value
stopped() {
  local where=$1 got=0
  shift
  "$REFUSE" renameat2=28 -- "$PARAPHE" "$@" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  CHECKS=$((CHECKS + 1)); LAST="stopped $where"
  [ "$got" = 10 ] || fail "status $got in place of 10"
  grep -q '"event":"value"' "$where" || fail "no value is kept"
}

# Taken away by hand. What qpdf writes the same each time is made anew; for what it encrypts the way out is said, once, without a second
# sentence that says otherwise; the way works.
stopped .plain.pdf.paraphe sign in/plain.pdf -o plain.pdf "${WITH[@]}"
rm .plain.pdf.paraphe-repaired; : > calls
run 0 sign in/plain.pdf -o plain.pdf "${WITH[@]}"
signatures 0
ok 'the one made anew' pdfsig plain.pdf
says out 'Signature is Valid'
absent .plain.pdf.paraphe
stopped .aes.pdf.paraphe sign in/aes.pdf -o aes.pdf "${WITH[@]}"
cp .aes.pdf.paraphe-repaired copy; rm .aes.pdf.paraphe-repaired; : > calls
for lang in fr en; do
  lang $lang
  run 10 sign in/aes.pdf -o aes.pdf "${WITH[@]}"
  absent aes.pdf
  CHECKS=$((CHECKS + 1))
  [ "$(wc -l < "$ERR")" = 1 ] || fail 'more than one sentence'
done
says err '^paraphe: in/aes.pdf: .* is its repaired copy, (\./)?\.aes\.pdf\.paraphe-repaired, .*Put it back.*Remove (\./)?\.aes\.pdf\.paraphe to give that signature up'
signatures 0
echo x > .aes.pdf.paraphe-repaired # another file in its place
run 10 sign in/aes.pdf -o aes.pdf "${WITH[@]}"
says err '^paraphe: in/aes.pdf: .*does not fit.*Remove (\./)?\.aes\.pdf\.paraphe to give that signature up'
says err 'does not fit'
CHECKS=$((CHECKS + 1))
! grep -q 'finishes the file' "$ERR" || fail 'it is said that the same command finishes the file'
cp copy .aes.pdf.paraphe-repaired
run 0 sign in/aes.pdf -o aes.pdf "${WITH[@]}"
signatures 0
sound aes.pdf
rm aes.pdf
stopped .aes.pdf.paraphe sign in/aes.pdf -o aes.pdf "${WITH[@]}"
rm .aes.pdf.paraphe-repaired .aes.pdf.paraphe; : > calls
run 0 sign in/aes.pdf -o aes.pdf "${WITH[@]}"
signatures 1
sound aes.pdf
# In a folder the others are finished, and what removing the journal costs is said.
mkdir out
stopped out/.paraphe-sign.journal sign in/aes.pdf in/plain.pdf --out-dir out "${WITH[@]}"
rm -f out/.*.paraphe-repaired out/*.pdf
run 10 sign in/aes.pdf in/plain.pdf --out-dir out "${WITH[@]}"
says err 'in/aes.pdf: .*to another place with -o; or remove out/.paraphe-sign.journal'
absent out/aes.pdf
present out/plain.pdf
run 0 sign in/aes.pdf -o other.pdf "${WITH[@]}"
sound other.pdf

[ -e "$BOUNDARY" ] || finish

# killed CALL REFUSED... -- ARGS: at the CALL-th sync or rename, on one processor
CPU=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
killed() {
  local call=$1
  local -a less=()
  shift
  while [ "$1" != -- ]; do less+=("$1"); shift; done
  shift
  rm -f record
  setsid env LD_PRELOAD="$BOUNDARY" PARAPHE_SHIM_RECORD="$WORK/record" PARAPHE_SHIM_KILL="$call" PARAPHE_SHIM_WHEN=after taskset -c "$CPU" \
    "$REFUSE" "${less[@]}" mkdirat=1 -- "$PARAPHE" "$@" > "$OUT" 2> "$ERR" < /dev/null
}
# kept WHERE ARGS: killed once the journal WHERE has a value
kept() {
  local where=$1 call
  shift
  for call in 1 2 3 4 5 6; do
    killed "$call" "$@"
    ! grep -q '"event":"value"' "$where" 2> /dev/null || break
  done
  CHECKS=$((CHECKS + 1)); LAST="kept $where"
  grep -q '"event":"value"' "$where" || fail "no value is kept"
}

# A copy that was written, not linked, is what a resumed run goes on with.
for less in "$LINKS" "$NAMELESS"; do
  kept .linkless.pdf.paraphe "$less" -- sign in/aes.pdf -o linkless.pdf "${WITH[@]}"
  present .linkless.pdf.paraphe-repaired
  : > calls
  run 0 sign in/aes.pdf -o linkless.pdf "${WITH[@]}"
  says err 'the token has signed already'
  signatures 0
  sound linkless.pdf
  rm linkless.pdf
done
# Where it could not be written nothing was kept: the journal is empty, and the next run signs.
for call in 1 2 3; do
  killed "$call" "$LINKS" "$WRITES" -- sign in/aes.pdf -o nothing.pdf "${WITH[@]}"
  CHECKS=$((CHECKS + 1)); LAST="killed at $call, with nothing kept"
  ! grep -q '"event":"value"' .nothing.pdf.paraphe 2> /dev/null || fail 'a value without its document is kept'
  rm -f nothing.pdf
  run 0 sign in/aes.pdf -o nothing.pdf "${WITH[@]}"
  sound nothing.pdf
  rm nothing.pdf
done

finish
