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
# the line of a verdict has its colour on a terminal, without NO_COLOR, or when asked for; never the rest, nor JSON
coloured() { # COLOUR FORM OPTION...
  run "$1" check "$FORMS/$3" --deposit-date 2026-11-23 "${@:4}"; CHECKS=$((CHECKS + 1))
  [ "$(grep -c $'\x1b' "$OUT")/$(grep -c $'\x1b'"\\[$2m" "$OUT")" = "${COLOURED:-1/1}" ] || fail "not coloured $2"
}
coloured 0 32 lps-web-conforme.xlsx --color always; coloured 0 33 lps-web-10-moyennes.xlsx --color=always
coloured 11 31 lps-web-haute.xlsx --color always
for option in '--color never' '--color auto' '--color always --json'; do
  # shellcheck disable=SC2086
  COLOURED=0/0 coloured 0 32 lps-web-conforme.xlsx $option
done
on_terminal() { script -qec "'$PARAPHE' check '$FORMS/lps-web-conforme.xlsx' --deposit-date 2026-11-23" /dev/null < /dev/null > "$OUT"; }
on_terminal; says out $'\x1b\\[32m'
NO_COLOR=1 on_terminal; CHECKS=$((CHECKS + 1)); ! grep -q $'\x1b' "$OUT" || fail 'NO_COLOR is not respected'
help_at 200; says out 'son pilote \(répétable\) ; par défaut ceux déclarés'
wrong 4 'does-not-exist.conf' config --config "$WORK/does-not-exist.conf"

# French by the locale, also where no French locale is installed; --lang wins
for name in LC_ALL LC_MESSAGES LANG; do
  ok "French by $name" env -u PARAPHE_LANG -u LC_ALL -u LANG "$name=fr_FR.UTF-8" "$PARAPHE" --help; says out 'Verbes'
done
ok 'English by --lang' env -u PARAPHE_LANG LC_ALL=fr_FR.UTF-8 "$PARAPHE" --lang en --help; says out 'Verbs'
run 0 --quiet --version; says out '^paraphe [0-9]'
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
# so is each setting that decides what is trusted, run or talked to, and no other
for key in token.module token.uri token.cert token.pin-source token.pinentry sign.tsa trust.anchors trust.tsa-anchors verify.policy submit.to \
  submit.client-cert submit.client-key submit.ca check.ruleset worker.sandbox net.proxy net.auth net.private-addresses; do
  settings "[${key%%.*}]\\n${key#*.} = allow\\n" 666
  run 2 config --config own.conf; says err "own.conf.*$key.*chmod go-w"
done
if [ "$(id -u)" = 0 ]; then
  settings '[sign]\ntsa = http://x/\n'; chown 65534 own.conf
  run 2 config --config own.conf; says err 'belongs to someone else'
  rm own.conf
fi
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

# ... nor is anything else that lies beside a form: rule sets, layout, policy, anchors, look
cp "$FORMS/lps-web-conforme.xlsx" form.xlsx
run 0 check form.xlsx --deposit-date 2026-11-23 --json; mv "$OUT" ../alone.json
mkdir -p rulesets trust
sed 's/"medium_non_max": *[0-9]*/"medium_non_max": 0/; s/"id": *"specimen"/"id": "intruder"/' "$SOURCE/data/rulesets/specimen.json" | tee rulesets/intruder.json > specimen.json
echo '{"format":"paraphe-layout","version":1,"ignored":["Application web"]}' | tee layout.json > form.layout.json
echo '{"format":"paraphe-policy","version":1,"id":"all","revocation":"none"}' > policy.json
echo '{"format":"paraphe-look","version":1,"company":"Intrus"}' > look.json
run 0 check form.xlsx --deposit-date 2026-11-23 --json; same "$OUT" ../alone.json

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
