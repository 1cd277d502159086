#!/usr/bin/env bash
# The PIN on a terminal and in pinentry-curses: no echo, nothing shown, the terminal put back whatever happens.
. "$(dirname "$0")/lib.sh"
need python3
PIN=73519264
prompt() { # CASE...
  CHECKS=$((CHECKS + 1))
  LAST="prompt.py $*"
  /usr/bin/python3 "$SOURCE/tests/token/prompt.py" "$FAKES/token_probe" "$FAKE" "$PIN" "$@" > "$OUT" 2> "$ERR" || fail "$*"
}
usual rsa2048 "pin=$PIN"; prompt typed; logins 1; signs 1
usual rsa2048 "pin=$PIN"; prompt verbose
usual rsa2048 "pin=$PIN"; prompt interrupt killed ended empty; logins 0; signs 0
if python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null; then
  cp kinds/classic.pdf in.pdf
  export PARAPHE
  usual rsa2048 "pin=$PIN"; prompt sign; logins 0; signs 0
  # Ctrl-C once the token signs
  cp in.pdf in2.pdf
  usual rsa2048 "pin=$PIN"; prompt nothing; logins 0; signs 0
  usual rsa2048; more 'fault C_Sign hang'; prompt signing; signs 1
  KEYWORDS='always=yes' usual rsa2048 flags=login,set,pad; more 'fault C_Login hang from=3'; prompt keypad; signs 1
  rm -rf out
  usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign pull times=1'; prompt away; signs 1; rm -rf gone out
  usual rsa2048 "gone=$WORK/gone"; more 'fault C_Sign sleep=3000 times=1'; prompt pulled; signs 1; rm -rf gone out
  cp kinds/aes-256.pdf locked.pdf
  prompt password
fi
if command -v pinentry-curses > /dev/null; then usual rsa2048 "pin=$PIN"; prompt pinentry; logins 1; fi
# reading the memory of another process needs its owner's rights and no sanitizer's shadow
if [ "$(id -u)" = 0 ] && ! grep -q __asan_init "$FAKES/token_probe"; then usual rsa2048 "pin=$PIN"; more 'fault C_Sign hang'; prompt memory; logins 1; fi
finish
