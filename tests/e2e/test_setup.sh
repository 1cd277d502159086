#!/usr/bin/env bash
# setup: the file that config then reads back.
. "$(dirname "$0")/lib.sh"
services
pki=$PARAPHE_TEST_PKI file=$XDG_CONFIG_HOME/paraphe/paraphe.conf
run 2 setup --role auditeur; says err 'add --yes'; absent "$file"
run 0 setup --yes --role auditeur --module "$PARAPHE_TEST_MODULE" --tsa "$PARAPHE_TEST_TSA" --tsa http://autre.example/tsa --trust "$pki/root.crt"
says out 'paraphe doctor'; present "$file"
CHECKS=$((CHECKS + 1)); [ "$(stat -c %a "$file")" = 600 ] || fail 'mode of the file'
run 0 config; says out "job.role = auditeur +\($file:"; says out "token.module = $(realpath "$PARAPHE_TEST_MODULE")"; says out 'sign.tsa = http://autre.example/tsa'
# what was there stays, what is given again changes; paths become whole; the environment is not copied
cp "$PARAPHE_TEST_PIN_FILE" pin; chmod 600 pin
PARAPHE_SIGN_REASON=Essai run 0 setup --yes --role cabinet --pin-source file:pin
run 0 config; says out 'job.role = cabinet'; says out "token.pin-source = file:$WORK/pin"; says out "trust.anchors = $pki/root.crt"; says out 'sign.reason (is not set|n’est pas fixé)'
before=$(cat "$file")
run 2 setup --yes --tsa ftp://x/; run 2 setup --yes --to http://x/; run 2 setup --yes --trust /nowhere; says err 'does not exist'
run 2 setup --yes --role roi; run 2 setup --yes --cert "a ; b"; says err 'cannot keep'
run 2 setup --yes --cert $'a\nb'; run 2 setup --yes --cert ' a'
CHECKS=$((CHECKS + 1)); [ "$before" = "$(cat "$file")" ] || fail 'a refused value changed the file'
: > other.conf; chmod 600 other.conf
run 4 setup --yes --config absent.conf
run 0 setup --yes --config other.conf --role editeur --json
CHECKS=$((CHECKS + 1)); grep -q '^role = editeur$' other.conf || fail 'the named file'
XDG_CONFIG_HOME=/dev/null/x run 10 setup --yes
export XDG_CONFIG_HOME=$WORK/asked
asked 130 'What is your role=2,[y/N]=n' setup; says out 'What is your role'; says out 'left as it was'; absent asked/paraphe/paraphe.conf
asked 0 'What is your role=2,[y/N]=y' setup; present asked/paraphe/paraphe.conf; ok role grep -q 'role = editeur' asked/paraphe/paraphe.conf
export XDG_CONFIG_HOME=$WORK/home/.config
HOME=relative XDG_CONFIG_HOME='' run 2 setup --yes; says err '--config'
if [ "$(id -u)" != 0 ]; then mkdir closed; chmod 500 closed; XDG_CONFIG_HOME=$PWD/closed run 10 setup --yes; fi
finish
