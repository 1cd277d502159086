#!/usr/bin/env bash
# The signing suite on one kind of token: suite-one.sh KIND DIR PKI RESULTS.  Run by test_suite.sh inside a private network,
# mount, IPC and process space (PARAPHE_PRIVATE=yes), where the daemons of the token end with it.
# RESULTS gets one line a key:  name <tab> PIN <tab> signatures <tab> mechanisms <tab> milliseconds
set -uo pipefail
kind=$1 DIR=$2 PKI=$3 results=$4
here=$(cd "$(dirname "$0")" && pwd)
probe=$PARAPHE_FAKES/token_probe
failures=0
fail() { failures=$((failures + 1)); echo "FAILED: $kind: $*"; }

if [ "${PARAPHE_PRIVATE:-}" = yes ]; then
  ip link set lo up 2> /dev/null || true
  mkdir -p /run/pcscd /run/lock/opencryptoki
  mount -t tmpfs tmpfs /run/pcscd
  mount -t tmpfs tmpfs /run/lock/opencryptoki
  [ ! -d /var/lib/opencryptoki ] || mount -t tmpfs tmpfs /var/lib/opencryptoki
fi
"$here/setup-$kind.sh" "$DIR" "$PKI" || exit
# shellcheck disable=SC1091
. "$DIR/env"

schemes() { # what the probe's lines say, shortly: "RSA-PKCS1 256/384/512, RSA-PSS 256"
  python3 -c 'import sys
found = {}
for line in open(sys.argv[1], encoding="utf-8"):
    words = line.split()
    if words[0] == "ok":
        found.setdefault(words[1], set()).add(words[2][4:])
print(", ".join(name + " " + "/".join(sorted(found[name])) for name in sorted(found)))' "$1"
}
list() { awk '$1 == "ok" && !seen[$4]++ {printf "%s%s", n++ ? ", " : "", substr($4, 5)}' "$1"; }
first=
while IFS=$'\t' read -r name module uri pin selector; do
  if [ "$uri" = - ]; then # the token did not even take the key
    printf '%s\t\t\t%s\t\n' "$name" "$selector" >> "$results"
    continue
  fi
  got=0
  "$probe" --module "$module" --token "$uri" --pin-source "file:$pin" --cert "$selector" > "$DIR/out" 2> "$DIR/err" < /dev/null || got=$?
  if [ "$got" = 5 ] && grep -q 'no mechanism for this key' "$DIR/err"; then
    printf '%s\t\t\tno mechanism for it\t\n' "$name" >> "$results"
    continue
  fi
  [ "$got" = 0 ] || { fail "$name: status $got: $(tail -n 1 "$DIR/err")"; continue; }
  "$PARAPHE" token --module "$module" --token "$uri" --pin-source "file:$pin" --cert "$selector" --login --json > "$DIR/json" 2> "$DIR/err" < /dev/null ||
    fail "$name: token --login: $(tail -n 1 "$DIR/err")"
  asks=$(python3 -c 'import json, sys
found = [c for m in json.load(open(sys.argv[1]))["modules"] for s in m["slots"] if s["token"] for c in s["token"]["certificates"] if c["selected"] and c["signs"] == "yes"]
print({True: "each signature", False: "once"}[found[0]["always_authenticate"]] if len(found) == 1 else "?")' "$DIR/json")
  [ "$asks" != '?' ] || fail "$name: token --login does not say that it signs"
  ms=$(awk '$1 == "ok" {sum += $5; n++} END {printf "%.1f", sum / n}' "$DIR/out")
  printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$asks" "$(schemes "$DIR/out")" "$(list "$DIR/out")" "$ms" >> "$results"
  [ -n "$first" ] || first="$module"$'\t'"$uri"$'\t'"$pin"$'\t'"$selector"
  if [ -n "${PARAPHE_SUITE_PDF:-}" ]; then "$here/suite-sign.sh" "$DIR" "$module" "$uri" "$pin" "$selector" || fail "$name: paraphe sign"; fi
done < "$DIR/rows"

# A wrong PIN: one sentence, status 5; the right one works afterwards.
IFS=$'\t' read -r module uri pin selector <<< "$first"
printf '90909090\n' > "$DIR/wrong" && chmod 600 "$DIR/wrong"
got=0
"$probe" --module "$module" --token "$uri" --pin-source "file:$DIR/wrong" --cert "$selector" > "$DIR/out" 2> "$DIR/err" < /dev/null || got=$?
[ "$got" = 5 ] && grep -q '^error: .*\(wrong; one try\|no try was used\)' "$DIR/err" || fail "wrong PIN: status $got: $(tail -n 1 "$DIR/err")"
got=0
"$probe" --module "$module" --token "$uri" --pin-source "file:$pin" --cert "$selector" > "$DIR/out" 2> "$DIR/err" < /dev/null || got=$?
[ "$got" = 0 ] || fail "the right PIN after a wrong one: $(tail -n 1 "$DIR/err")"

# The card is pulled out and put back while it signs. pcscd with vpcd sometimes never answers OpenSC's C_Sign about a card that went away
# in the middle: the driver is then stopped after the time limit and that is said, as it must be, but a card that comes back is not
# seen. Such a run is judged by its sentence and done again.
pull_card() {
  local running got=0 pid
  "$probe" --module "$module" --token "$uri" --pin-source "file:$pin" --cert "$selector" --times 8 --only RSA-PKCS1/SHA-256 --wait 90 --timeout 15 > "$DIR/out" 2> "$DIR/err" < /dev/null &
  running=$!
  until grep -q '^ok' "$DIR/out" || ! kill -0 "$running" 2> /dev/null; do sleep 0.1; done # its own limits are the ceiling
  pid=$(cat "$DIR/card.pid")
  kill "$pid"
  # it comes back when it was seen to be away, or the driver is stuck
  until grep -q '^waiting: .*removed' "$DIR/err" || ! kill -0 "$running" 2> /dev/null; do sleep 0.1; done
  "$DIR/card.sh"
  cat "$DIR/card.pid" >> "$DIR/pids"
  wait "$running" || got=$?
  if [ "$got" = 5 ] && grep -q '^error: .*did not answer within .* and was stopped' "$DIR/err"; then return 3; fi
  [ "$got" = 0 ] || fail "the card did not come back: $(tail -n 2 "$DIR/err")"
  grep -q '^waiting: .*removed' "$DIR/err" || fail "the removal was not told: $(cat "$DIR/err")"
  [ "$(grep -c '^ok' "$DIR/out")" = 8 ] || fail "not every signature was made after the card came back"
}
if [ "$kind" = piv ]; then
  for try in 1 2 3; do
    pulled=0
    pull_card || pulled=$?
    [ "$pulled" = 3 ] || break
    echo "try $try: the driver was stuck and was stopped"
    sleep 1
  done
  [ "$pulled" != 3 ] || fail "the driver was stuck three times running"
fi
xargs -r kill < "$DIR/pids" 2> /dev/null
[ "$failures" = 0 ]
