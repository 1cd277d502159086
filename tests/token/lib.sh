# Shared by the tests of tokens; on top of tests/e2e/lib.sh.
#   card LINE...           writes the faulty module's configuration and empties its log (PIN 1234; $PKI names the test PKI)
#   probe STATUS ARGS...   runs the probe with the faulty module; output in $OUT and $ERR as `run` does
#   logins N / signs N     the driver saw so many C_Login / C_Sign calls
#   sentence PATTERN       exactly one error line, and it matches
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib.sh"
services
PKI=$PARAPHE_TEST_PKI
FAKES=${PARAPHE_FAKES:-$SOURCE/build/fakes}
FAKE=$FAKES/fake_token.so
[ -e "$FAKE" ] && [ -x "$FAKES/token_probe" ] || { echo "skipped: the faulty module is not built"; exit 77; }
export PARAPHE_FAKE=$WORK/card.conf PARAPHE_FAKE_LOG=$WORK/card.log
printf '1234\n' > pin && printf '9999\n' > wrong && chmod 600 pin wrong

card() { printf '%s\n' "$@" > "$PARAPHE_FAKE"; : > "$PARAPHE_FAKE_LOG"; }
# A card with one signer: usual NAME [words of its slot] ; KEYWORDS are words of its private key.
usual() {
  local name=$1
  shift
  card "slot 0 $*" "cert 0 id=01 file=$PKI/$name.der" "key 0 id=01 file=$PKI/$name.key ${KEYWORDS:-}"
}
more() { printf '%s\n' "$@" >> "$PARAPHE_FAKE"; }
probe() {
  local wanted=$1 got=0
  shift
  CHECKS=$((CHECKS + 1))
  LAST="probe $*"
  "$FAKES/token_probe" --module "$FAKE" --pin-source file:pin "$@" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$got" = "$wanted" ] || fail "status $got in place of $wanted"
}
counted() { # WHAT N
  local got
  CHECKS=$((CHECKS + 1))
  got=$(grep -c "^$1" "$PARAPHE_FAKE_LOG")
  [ "$got" = "$2" ] || fail "$got calls of $1 in place of $2"
}
logins() { counted C_Login "$1"; }
signs() { counted C_Sign "$1"; }
sentence() {
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c '^error: ' "$ERR")" = 1 ] || fail "not one sentence"
  says err "$1"
}
