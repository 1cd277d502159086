#!/usr/bin/env bash
# Each task gives in its sandbox what it gives without: nothing that it needs is taken from it.
. "$(dirname "$0")/lib.sh"
services
TOKEN=(--cert subject:rsa2048 "${TOKEN[@]}")
FORM=$FORMS/lps-web-conforme.xlsx

all() { # FOLDER
  mkdir -p "$1"
  run 0 check "$FORM" --deposit-date 2026-11-23 --json && cp "$OUT" "$1/check.json"
  run 3 check "$FORMS/bad/bombe-zip.xlsx" --deposit-date 2026-11-23 --json && cp "$OUT" "$1/bomb.json"
  run 0 form cells "$FORM" && cp "$OUT" "$1/cells"
  run 0 report "$FORM" -o "$1/report.pdf" --deposit-date 2026-11-23 --html "$1/report.html"
  run 6 verify once.pdf --trust "$PARAPHE_TEST_TRUST" --offline --json # revocation cannot be known offline
  cp "$OUT" "$1/verify.json"
}
run 0 report "$FORM" -o report.pdf --deposit-date 2026-11-23
run 0 sign report.pdf -o once.pdf "${TOKEN[@]}" --level B-B --yes
SOURCE_DATE_EPOCH=$(date +%s)
export SOURCE_DATE_EPOCH
all isolated
# a kernel that refuses seccomp: nothing is read, unless the user says so; then in a process of its own that is not locked in
REFUSE=${PARAPHE%/*}/fakes/refuse
[ -x "$REFUSE" ] || { echo "skipped: $REFUSE is not built"; exit 77; }
printf '#!/bin/sh\nexec "%s" prctl:0=22=1 -- "%s" "$@"\n' "$REFUSE" "$PARAPHE" > bare
chmod +x bare
PARAPHE=$WORK/bare run 2 check "$FORM" --deposit-date 2026-11-23 --json
json "d['status'], d['code']" "(2, 'err.worker.sandbox')"; says err 'refuses the isolation \(seccomp\).*set PARAPHE_WORKER_SANDBOX=off'
PARAPHE=$WORK/bare PARAPHE_WORKER_SANDBOX=off all open
# the sanitized build can run them in the program itself
PARAPHE_TEST_TASKS_HERE=1 all here
for file in isolated/*; do
  same "$file" "open/${file#*/}"
  same "$file" "here/${file#*/}"
done
# without Landlock, without a language, in a folder that is gone
ok "another locale" env LC_ALL=fr_FR.UTF-8 TZ=Pacific/Auckland PARAPHE_LANG=en "$PARAPHE" check "$FORM" --deposit-date 2026-11-23 --json
same "$OUT" isolated/check.json
finish
