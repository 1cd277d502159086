# What the end-to-end tests share; sourced by each test_*.sh:   . "$(dirname "$0")/lib.sh"
#
#   run STATUS ARGS...      runs paraphe; its output is in $OUT and $ERR (files); a wrong status is a failure, both are shown
#   asked STATUS ANSWERS ARGS...   the same on a terminal, where somebody types: with "Which one=2,[y/N]=y" 2 when the first is seen, then y when the
#                           second is; $OUT is all that was shown
#   says WHERE PATTERN      WHERE is out or err: an extended regular expression must match a line
#   silent WHERE            nothing was written there
#   json EXPRESSION VALUE   a Python expression on `d`, the JSON object of $OUT, printed, equals VALUE
#   absent FILE... / present FILE...
#   same A B                files are equal byte for byte
#   ok WHAT COMMAND...      any other command that must succeed
#   finish                  the closing line and the status; every test ends with it
#
# Each test works in its own folder $WORK, current, removed at the end (kept when something failed). Messages are asked in
# English; `lang fr` changes that. Nothing of the person's own configuration is seen.
set -uo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(cd "$HERE/../.." && pwd)
PARAPHE=${PARAPHE:-$SOURCE/build/paraphe}
FORMS=$SOURCE/tests/forms/specimens/forms
[ -x "$PARAPHE" ] || { echo "skipped: $PARAPHE is not built"; exit 77; }

WORK=$(mktemp -d "${TMPDIR:-/tmp}/paraphe-test.XXXXXX")
OUT=$WORK/.out ERR=$WORK/.err
cd "$WORK" || exit 1
export HOME="$WORK/home" XDG_CONFIG_HOME="$WORK/home/.config" XDG_STATE_HOME="$WORK/home/.state" LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=UTC
mkdir -p "$HOME"
unset LANGUAGE NO_COLOR SOURCE_DATE_EPOCH
FAILURES=0 CHECKS=0 OWN_SERVICES=
LANG_OPTION=en

cleanup() {
  [ -z "$OWN_SERVICES" ] || "$SOURCE/certs-test/down.sh" "$OWN_SERVICES"
  if [ "$FAILURES" = 0 ]; then cd / && chmod -R u+rwX "$WORK" 2> /dev/null; rm -rf "$WORK"; else echo "kept: $WORK"; fi
}
trap cleanup EXIT

# The services of CTest's fixture, or own ones when the script is run by hand.
services() {
  if [ -z "${PARAPHE_TEST_DIR:-}" ] || [ ! -s "${PARAPHE_TEST_DIR:-}/env" ]; then
    OWN_SERVICES=$WORK/services
    "$SOURCE/certs-test/up.sh" "$OWN_SERVICES" rsa2048 rsa3072 p256 p384 || { echo "skipped: no test services"; exit 77; }
    PARAPHE_TEST_DIR=$OWN_SERVICES
  fi
  # shellcheck disable=SC1091
  . "$PARAPHE_TEST_DIR/env"
  # a test is about what is answered, not about when, however busy the machine; what is late on purpose says its own time
  export PARAPHE_NET_TIMEOUT=300
  TOKEN=(--module "$PARAPHE_TEST_MODULE" --token "$PARAPHE_TEST_TOKEN" --pin-source "file:$PARAPHE_TEST_PIN_FILE")
}
need() { # PROGRAM...
  local program
  for program in "$@"; do command -v "$program" > /dev/null || { echo "skipped: $program is missing"; exit 77; }; done
}
lang() { LANG_OPTION=$1; }
fail() {
  FAILURES=$((FAILURES + 1))
  echo "FAILED: $*"
  echo "  ${LAST:-}"
  [ ! -s "$OUT" ] || { echo "  standard output:"; head -c 3000 "$OUT" | sed 's/^/    /'; }
  [ ! -s "$ERR" ] || { echo "  standard error:"; head -c 3000 "$ERR" | sed 's/^/    /'; }
}
run() {
  local wanted=$1 got=0
  shift
  CHECKS=$((CHECKS + 1))
  LAST="paraphe $*"
  PARAPHE_LANG=$LANG_OPTION "$PARAPHE" "$@" > "$OUT" 2> "$ERR" < "${INPUT:-/dev/null}" || got=$?
  [ "$got" = "$wanted" ] || fail "status $got in place of $wanted"
}
asked() {
  local wanted=$1 answers=$2 got=0
  shift 2
  CHECKS=$((CHECKS + 1))
  LAST="paraphe $* (typed: $answers)"
  PARAPHE_LANG=$LANG_OPTION /usr/bin/python3 "$HERE/terminal.py" "$answers" "$PARAPHE" "$@" > "$OUT" 2> "$ERR" || got=$?
  [ "$got" = "$wanted" ] || fail "status $got in place of $wanted"
}
where() { if [ "$1" = out ]; then echo "$OUT"; else echo "$ERR"; fi; }
says() {
  CHECKS=$((CHECKS + 1))
  grep -qE -- "$2" "$(where "$1")" || fail "std$1 does not say: $2"
}
silent() {
  CHECKS=$((CHECKS + 1))
  [ ! -s "$(where "$1")" ] || fail "std$1 is not empty"
}
json() {
  local got
  CHECKS=$((CHECKS + 1))
  got=$(/usr/bin/python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
print(eval(sys.argv[2], {"d": d}))' "$OUT" "$1" 2>&1) || true
  [ "$got" = "$2" ] || fail "$1 is $(tail -n 1 <<< "$got") in place of $2"
}
absent() {
  local file
  for file in "$@"; do CHECKS=$((CHECKS + 1)); [ ! -e "$file" ] || fail "$file should not be there"; done
}
present() {
  local file
  for file in "$@"; do CHECKS=$((CHECKS + 1)); [ -s "$file" ] || fail "$file is missing or empty"; done
}
same() { CHECKS=$((CHECKS + 1)); cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
ok() {
  local what=$1
  shift
  CHECKS=$((CHECKS + 1))
  LAST="$*"
  "$@" > "$OUT" 2> "$ERR" < /dev/null || fail "$what"
}
finish() {
  echo "$((CHECKS - FAILURES)) checks passed, $FAILURES failed"
  [ "$FAILURES" = 0 ]
  exit
}
