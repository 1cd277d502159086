#!/usr/bin/env bash
# What an interrupted run kept of a signature and nobody can read any more: the token never signs again without a word.
. "$(dirname "$0")/lib.sh"
services
SHIM=${PARAPHE_FAKES:-$(dirname "$PARAPHE")/fakes}/shim_token.so
[ -e "$SHIM" ] || { echo "skipped: $SHIM is not built"; exit 77; }
export PARAPHE_SHIM_MODULE=$PARAPHE_TEST_MODULE PARAPHE_SHIM_LOG=$WORK/calls
TOKEN[1]=$SHIM
python3 "$SOURCE/tests/documents/make_kinds.py" kinds > /dev/null || { echo "skipped: make_kinds.py"; exit 77; }
counted() { # N: so many C_Sign since the last time
  CHECKS=$((CHECKS + 1))
  [ "$(grep -c C_Sign calls)" = "$1" ] || fail "not $1 C_Sign: $(tr '\n' ' ' < calls)"
  : > calls
}
interrupted() { # ARGS...: Ctrl-C while the token signs: the value is kept, and nothing is finished
  : > calls
  : > hold
  PARAPHE_SHIM_HOLD=$WORK/hold PARAPHE_LANG=en setsid "$PARAPHE" "$@" --yes "${TOKEN[@]}" --cert subject:p256 > "$OUT" 2> "$ERR" < /dev/null &
  local slow=$!
  until grep -q C_Sign calls || ! kill -0 "$slow" 2> /dev/null; do sleep 0.02; done
  kill -INT -- "-$slow"
  rm hold
  wait "$slow"
  local status=$?
  CHECKS=$((CHECKS + 1)); LAST="interrupted: $*"
  [ "$status" = 130 ] || fail "status $status in place of 130"
  counted 1
}
REFUSE=${PARAPHE%/*}/fakes/refuse
[ -x "$REFUSE" ] || { echo "skipped: $REFUSE is not built"; exit 77; }
no_name() { # ARGS...: the disk gives nothing another name: what cannot be put aside stays, and nothing is signed
  local got=0
  CHECKS=$((CHECKS + 1)); LAST="no name: $*"
  PARAPHE_LANG=en "$REFUSE" rename=5 link=1 -- "$PARAPHE" "$@" > "$OUT" 2> "$ERR" < /dev/null || got=$?
  [ "$got" = 10 ] || fail "status $got in place of 10"
  says err 'damaged'
  counted 0
}
EC=(--yes "${TOKEN[@]}" --cert subject:p256)

# ---- a job: of signature.kept no byte may be another; what it may have been is said, kept and written down, and the next run signs ----
cp "$FORMS/lps-web-conforme.xlsx" .
damage() { # HOW FILE
  case $1 in
    torn) truncate -s -7 "$2" ;;
    short) truncate -s 20 "$2" ;;
    byte) printf 'x' | dd of="$2" bs=1 seek=200 conv=notrunc status=none ;;
    json) /usr/bin/python3 - "$2" '{"format":' << 'PY' ;;
import hashlib, sys
open(sys.argv[1], "wb").write(hashlib.sha256(sys.argv[2].encode()).digest() + sys.argv[2].encode())
PY
    version) /usr/bin/python3 - "$2" << 'PY' ;;
import hashlib, json, sys
d = json.loads(open(sys.argv[1], "rb").read()[32:])
d["version"] = 99
text = json.dumps(d).encode()
open(sys.argv[1], "wb").write(hashlib.sha256(text).digest() + text)
PY
  esac
}
interrupted run lps-web-conforme.xlsx --job first --deposit-date 2026-11-23 --level B-B --until sign
present first/1/signature.kept
absent first/1/rapport-signe.pdf
for how in torn short byte json version; do
  rm -rf job
  cp -a first job
  damage "$how" job/1/signature.kept
  cp job/1/signature.kept odd
  if [ "$how" = torn ]; then
    no_name run --job job --until sign --yes
    same odd job/1/signature.kept
  fi
  run 10 run --job job --until sign --yes
  counted 0
  says err "lps-web-conforme.xlsx: what an earlier run kept in job/1/signature.kept cannot be read .* put aside as job/1/signature.kept.damaged\. .* run the same command again"
  same odd job/1/signature.kept.damaged
  absent job/1/signature.kept job/1/rapport-signe.pdf
  ok "$how: the journal says so" grep -q '"event":"aside","stage":"sign","form":1,"file":"signature.kept.damaged"' job/journal.jsonl
  [ "$how" = torn ] || continue
  run 0 status job
  lang fr
  cp odd job/1/signature.kept
  run 10 run --job job --until sign --yes
  says err 'la carte a peut-être déjà signé ce rapport.*mis de côté sous job/1/signature.kept.damaged-2'
  lang en
  cp odd job/1/signature.kept
  run 10 sign --pending job "${EC[@]}" # another way to the same token
  says err 'put aside as job/1/signature.kept.damaged-3'
  counted 0
  # ... a sound copy put back is finished without the token
  cp first/1/signature.kept job/1/
  run 0 run --job job --until sign --yes --token pkcs11:token=absent
  counted 0
  present job/1/rapport-signe.pdf
done
run 0 run --job job --until sign --yes
counted 1
present job/1/rapport-signe.pdf job/1/signature.kept.damaged

# ---- the journal of a batch, and that of one output: the line that is lost, not the others ----
line() { /usr/bin/python3 -c 'import sys
lines = open(sys.argv[1], "rb").read().split(b"\n")
at = [i for i, l in enumerate(lines) if l[65:].startswith(b"{\"event\":\"value\"")][int(sys.argv[2])]
lines[at] = lines[at][:90 + 60] + b"#" + lines[at][91 + 60:]
open(sys.argv[1], "wb").write(b"\n".join(lines))
print(at + 1)' "$@"; }
interrupted sign kinds/classic.pdf -o one.pdf --level B-B
present .one.pdf.paraphe
cp .one.pdf.paraphe sound
number=$(line .one.pdf.paraphe 0)
cp .one.pdf.paraphe odd
no_name sign kinds/classic.pdf -o one.pdf --level B-B "${EC[@]}"
same odd .one.pdf.paraphe
run 10 sign kinds/classic.pdf -o one.pdf --level B-B "${EC[@]}"
counted 0
says err "Line $number of ./?.one.pdf.paraphe cannot be read, and may have held the signature of one.pdf .* kept as ./?.one.pdf.paraphe.damaged"
same odd .one.pdf.paraphe.damaged
absent one.pdf
cp sound .one.pdf.paraphe # put back: finished without the token
run 0 sign kinds/classic.pdf -o one.pdf --level B-B "${EC[@]}" --module /nowhere
counted 0
rm one.pdf
cp odd .one.pdf.paraphe
lang fr
run 10 sign kinds/classic.pdf -o one.pdf --level B-B "${EC[@]}"
says err "La ligne $number de .*la signature de one.pdf, déjà faite par la carte.*one.pdf.paraphe.damaged-2"
lang en
run 0 sign kinds/classic.pdf -o one.pdf --level B-B "${EC[@]}"
counted 1
absent .one.pdf.paraphe
present .one.pdf.paraphe.damaged
BOTH=(sign kinds/classic.pdf kinds/object-streams.pdf --out-dir both --level B-B)
interrupted "${BOTH[@]}"
JOURNAL=both/.paraphe-sign.journal
cp "$JOURNAL" sound
/usr/bin/python3 - "$JOURNAL" << 'PY' # the same value for the other document: one of the two lines is whole
import hashlib, json, sys
lines = open(sys.argv[1], "rb").read().splitlines()
value = json.loads(lines[-1][65:])
value["output"] = "object-streams.pdf" if value["output"] == "classic.pdf" else "classic.pdf"
text = json.dumps(value, separators=(",", ":")).encode()
open(sys.argv[1], "ab").write(hashlib.sha256(text).hexdigest().encode() + b" " + text + b"\n")
PY
line "$JOURNAL" 1 > number
run 10 "${BOTH[@]}" "${EC[@]}"
says err "Line $(cat number) of $JOURNAL cannot be read"
counted 0
run 0 "${BOTH[@]}" "${EC[@]}"
counted 1 # the value that could be read counts
present both/classic.pdf both/object-streams.pdf
finish
