#!/usr/bin/env bash
# The command line itself: help, version, unknown words. Each mistake: status 2, one sentence on standard error, nothing on the other.
. "$(dirname "$0")/lib.sh"

run 0 --version
says out '^paraphe [0-9]+\.[0-9]+\.[0-9]+'
run 0 --help
says out 'config'
for bad in "--nonsense" "nonsense-verb" "config --nonsense" "config --lang" "config --color=perhaps"; do
  # shellcheck disable=SC2086
  run 2 $bad
  silent out
  CHECKS=$((CHECKS + 1))
  [ "$(wc -l < "$ERR")" -le 2 ] || fail "more than one sentence"
done
run 2 config --nonsense
says err 'nonsense'
run 4 config --config "$WORK/does-not-exist.conf"
says err 'does-not-exist.conf'

# A configuration lying in the current folder is not read: a received folder must not steer the program.
mkdir -p received && printf '[token]\nmodule = /nowhere/evil.so\n' > received/paraphe.conf
cd received || exit 1
run 0 config
CHECKS=$((CHECKS + 1))
! grep -q evil "$OUT" || fail "read ./paraphe.conf"
finish
