#!/usr/bin/env bash
# The same signing suite over every token that this machine can have; docs/tokens.md must say what came out.
#   test_suite.sh [--write] softhsm|nss|opencryptoki|tpm|piv...      --write: puts the result into docs/tokens.md
. "$(dirname "$0")/../e2e/lib.sh"
need unshare ip
write=
[ "${1:-}" != --write ] || { write=--write; shift; }
services
export PARAPHE PARAPHE_FAKES=${PARAPHE_FAKES:-$SOURCE/build/fakes}
[ -x "$PARAPHE_FAKES/token_probe" ] || { echo "skipped: the probe is not built"; exit 77; }
space=(unshare --mount --net --ipc --pid --fork --kill-child --mount-proc)
if "${space[@]}" true 2> /dev/null; then private=yes; else private=no space=(); fi
: > results
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null && export PARAPHE_SUITE_PDF=$WORK/kinds/classic.pdf
for kind in "$@"; do
  CHECKS=$((CHECKS + 1))
  got=0
  PARAPHE_PRIVATE=$private "${space[@]}" "$SOURCE/tests/token/suite-one.sh" "$kind" "$WORK/$kind" "$PARAPHE_TEST_PKI" "$WORK/results" > "$OUT" 2> "$ERR" || got=$?
  LAST="suite-one.sh $kind"
  [ "$got" != 77 ] || { grep -hm1 skipped "$OUT" "$ERR"; exit 77; }
  [ "$got" = 0 ] || fail "the suite on $kind"
done
CHECKS=$((CHECKS + 1))
LAST=table.py
/usr/bin/python3 "$SOURCE/tests/token/table.py" results "$SOURCE/docs/tokens.md" $write > "$OUT" 2> "$ERR" || fail "docs/tokens.md does not say what the suite found; tests/token/test_suite.sh --write mends it"
cut -f1,5 results | sed 's/\t/: /; s/$/ ms a signature/' | sed '/:  ms/d'
finish
