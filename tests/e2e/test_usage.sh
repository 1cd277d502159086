#!/usr/bin/env bash
# The command line itself: help, version, options, settings. Each mistake: its status, one sentence on standard error that says
# what to do, nothing on standard output.
. "$(dirname "$0")/lib.sh"

run 0 --version
says out '^paraphe [0-9]+\.[0-9]+\.[0-9]+'
run 0 --help
says out 'config'
run 0 help config
says out '--tsa'
run 0 config --help
says out '--tsa'
run 2 help nonsense-verb
run 2
wrong() { # STATUS PATTERN ARGS...
  local status=$1 pattern=$2
  shift 2
  run "$status" "$@"
  silent out
  says err "$pattern"
  CHECKS=$((CHECKS + 1))
  [ "$(wc -l < "$ERR")" = 1 ] || fail "not one sentence"
}
wrong 2 '--nonsense' --nonsense
wrong 2 'nonsense-verb.*--help' nonsense-verb
wrong 2 '--nonsense' config --nonsense
wrong 2 'did you mean --module' config --modul x
wrong 2 '-x' config -x
wrong 2 '--lang' config --lang
wrong 2 'auto\|always\|never' config --color=perhaps
wrong 2 '--quiet takes no value' config --quiet=yes
wrong 2 'twice' config --level B-B --level B-T
wrong 2 'too many' config file.xlsx
wrong 2 'before' --module x config
run 0 --lang fr --quiet config
says out "^general.lang = fr"
run 0 --json --lang=en config
json 'd["format"]' paraphe-config
wrong 2 'names no file here' report form.xlsx -o -
need script
help_at() { script -qec "stty cols $1; '$PARAPHE' sign --help --lang fr" /dev/null < /dev/null | tr -d '\r' > "$OUT"; }
help_at 60
says out '^                       ceux déclarés à p11-kit$'
ok "no line is wider than the terminal, none begins with a colon" test "$(grep -cE '^.{61}|^ *[:;]' "$OUT")" = 0
help_at 200; says out 'son pilote \(répétable\) ; par défaut ceux déclarés'
wrong 4 'does-not-exist.conf' config --config "$WORK/does-not-exist.conf"

lang fr
run 0 --help
says out 'Verbes'
wrong 2 'n.existe pas' config --nonsense
lang en
run 0 config --lang fr
says out 'fixé'

# Settings: where each comes from, and what a file may not say.
mkdir -p home/.config/paraphe
printf '[sign]\nlevel = B-T\ntsa = http://tsa.invalid/\n' > home/.config/paraphe/paraphe.conf
for args in '--json --module x config' 'nonsense --json' 'check --bogus --json' 'sign --json --level B-X a.pdf'; do
  # shellcheck disable=SC2086
  run 2 $args
  json "d['format'], d['status']" "('paraphe-error', 2)"
done
# a relative path in a file starts at its folder, wherever the command is run: the current folder may be a received one
mkdir -p own
printf '[trust]\nanchors = root.pem\n[token]\nmodule = drivers/x.so\npin-source = file:pin\ncert = subject:a/b\n[verify]\npolicy = eidas\n' > own/paths.conf
run 0 config --config own/paths.conf
says out "^trust.anchors = $WORK/own/root.pem "; says out "^token.module = $WORK/own/drivers/x.so "; says out "^token.pin-source = file:$WORK/own/pin "
says out '^token.cert = subject:a/b '; says out '^verify.policy = eidas '
run 0 config --config own/paths.conf --trust here.pem; says out '^trust.anchors = here.pem '
run 0 config --json
json '[s for s in d["settings"] if s["key"] == "sign.level"][0]["values"][0]' B-T
json '"paraphe.conf:2" in [s for s in d["settings"] if s["key"] == "sign.level"][0]["source"]' True
PARAPHE_SIGN_LEVEL=B-B run 0 config --json
json '[s for s in d["settings"] if s["key"] == "sign.level"][0]["values"][0]' B-B
PARAPHE_SIGN_LEVEL=B-B run 0 config --json --level B-LTA
json '[(s["values"][0], s["source"]) for s in d["settings"] if s["key"] == "sign.level"][0]' "('B-LTA', '--level')"
PARAPHE_SIGN_LEVEL=B-Z wrong 2 'B-B\|B-T' config
settings() { printf "$1" > own.conf; chmod "${2:-600}" own.conf; }
settings '[sign]\nlevel = B-Z\n'
wrong 2 'own.conf.*level.*B-B\|B-T' config --config own.conf
settings '[sign]\nlevle = B-T\n'
wrong 2 'own.conf.*levle' config --config own.conf
settings 'no section and no value\n'
wrong 2 'own.conf.*line 1' config --config own.conf
settings "[sign]\nreason = $(printf 'x%.0s' $(seq 300))\n"
wrong 2 'own.conf.*line 2' config --config own.conf
settings '[token]\nmodule = /nowhere/evil.so\n' 666
wrong 2 'own.conf.*module.*chmod go-w' config --config own.conf
settings '[sign]\nlevel = B-T\n' 666
run 0 config --config own.conf
wrong 4 'is a folder' config --config .
head -c 2000000 /dev/zero > own.conf
wrong 4 'own.conf' config --config own.conf

# A configuration lying in the current folder is not read: a received folder must not steer the program.
mkdir -p received && printf '[token]\nmodule = /nowhere/evil.so\n' > received/paraphe.conf
cd received || exit 1
run 0 config
CHECKS=$((CHECKS + 1))
! grep -q evil "$OUT" || fail "read ./paraphe.conf"

# A full disk where the result goes
if [ -w /dev/full ]; then
  CHECKS=$((CHECKS + 1)) LAST='paraphe config > /dev/full' got=0
  "$PARAPHE" config > /dev/full 2> "$ERR" || got=$?
  [ "$got" = 10 ] || fail "status $got in place of 10"
fi
# closed standard descriptors: no file takes their place, and a closed output is told
CHECKS=$((CHECKS + 2)); LAST="closed descriptors"
"$PARAPHE" config <&- 2>&- > "$OUT" || fail "closed input"
"$PARAPHE" config >&- 2> "$ERR"
[ $? = 10 ] || fail "a closed output must be told"
finish
