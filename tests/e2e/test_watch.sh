#!/usr/bin/env bash
# paraphe watch: a form read again after each save, however it is saved; what was solved and what came; its ends.
. "$(dirname "$0")/lib.sh"

D=(--deposit-date 2026-11-23)
told() { # N PATTERN: waits until line N is there, then it must match
  local tries=0
  CHECKS=$((CHECKS + 1))
  while [ "$(grep -cE '^[0-9]{2}:|^\{' "$OUT")" -lt "$1" ] && [ "$tries" -lt 600 ]; do tries=$((tries + 1)); sleep 0.05; done
  grep -qE "$2" "$OUT" || fail "reading $1 does not say: $2"
}
begin() { # ARGS...: in the background, output to $OUT
  LAST="paraphe watch $*"
  : > "$OUT"
  "$PARAPHE" watch --lang en "$@" > "$OUT" 2> "$ERR" &
  WATCH=$!
}
ended() { # STATUS
  CHECKS=$((CHECKS + 1))
  wait "$WATCH"
  local status=$?
  [ "$status" = "$1" ] || fail "status $status in place of $1"
}

# Saved in place, then beside and renamed; cut off and no file at all in between; the same contents again say nothing.
cp "$FORMS/lps-web-haute.xlsx" form.xlsx
begin form.xlsx "${D[@]}" --changes 4
told 1 '^[0-9:]{8}  Thresholds not met: W-05'
says out 'F11'
cat "$FORMS/lps-web-haute.xlsx" > form.xlsx
head -c 2000 "$FORMS/lps-web-conforme.xlsx" > beside.xlsx
mv beside.xlsx form.xlsx
told 2 'incomplete or damaged'
mkdir folder.xlsx
rm form.xlsx
mv folder.xlsx form.xlsx
tries=0
while [ ! -s "$ERR" ] && [ "$tries" -lt 600 ]; do tries=$((tries + 1)); sleep 0.05; done
says err 'form.xlsx'
rmdir form.xlsx
cp "$FORMS/lps-web-conforme.xlsx" form.xlsx
told 3 '^[0-9:]{8}  Thresholds met'
says out 'solved: .*F11'
cp "$FORMS/bad/non-sans-commentaire.xlsx" beside.xlsx
mv beside.xlsx form.xlsx
told 4 'Form to be corrected: 1 fault$'
ended 3
CHECKS=$((CHECKS + 1))
[ "$(grep -c 'solved' "$OUT")" = 1 ] || fail "solved once"

# It ends by itself when the form is what it was waited for, at once too.
begin form.xlsx "${D[@]}" --until met --json
told 1 '"completeness":"incomplete"'
cp "$FORMS/lps-web-conforme.xlsx" beside.xlsx
mv beside.xlsx form.xlsx
ended 0
run 0 watch form.xlsx "${D[@]}" --until complete --json
json 'd["outcome"], d["solved"]' "('met', [])"

# Ctrl-C
begin form.xlsx "${D[@]}"
told 1 'Thresholds met'
kill -INT "$WATCH" 2> /dev/null
ended 130

run 2 watch form.xlsx --changes 0
says err '--changes takes a number'
run 2 watch form.xlsx --changes x
run 2 watch form.xlsx --until tomorrow
run 4 watch nothing.xlsx
run 4 watch no-folder/form.xlsx
says err 'no-folder'
finish
