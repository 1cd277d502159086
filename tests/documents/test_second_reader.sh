#!/usr/bin/env bash
# The second reader in its own process: what it says of sound, damaged, encrypted, signed and hostile files; what it repairs.
#   test_second_reader.sh SECOND_PROBE PARAPHE_QPDF
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v qpdf > /dev/null || { echo "skipped: qpdf is missing"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The helper is looked for beside the program.
cp "$1" "$work/probe" && cp "$2" "$work/paraphe-qpdf"
/usr/bin/python3 "$here/make_kinds.py" "$work" > /dev/null || exit 1
faults=0
says() { # PATTERN ARGS...: what the probe prints
  local pattern=$1 said
  shift
  said=$("$work/probe" "$@" 2>&1)
  [[ $said =~ $pattern ]] || { echo "$*: $said, not $pattern"; faults=$((faults + 1)); }
}
says '^ok 1 0 ' check "$work/classic.pdf"
says '^ok 3 0 ' check "$work/linearized-streams.pdf"
says '^password -1' check "$work/aes-256.pdf"
says '^ok 3 0 ' check "$work/aes-256.pdf" secret
head -c 400 "$work/classic.pdf" > "$work/cut.pdf"
says '^damaged -1' check "$work/cut.pdf"
says '^err.second-reader.disagrees: .*cut.pdf' agrees "$work/cut.pdf"
says '^err.second-reader.disagrees: .*\(3/1\)' agrees "$work/pages-3.pdf"
says '^ ?-1 0' agrees "$work/classic.pdf"
# A startxref that leads nowhere: refused, and repaired.
sed 's/^startxref$/startxrex/' "$work/pages-3.pdf" > "$work/lost.pdf"
says '^damaged -1' check "$work/lost.pdf"
says '^ok 3 [1-9]' repair "$work/lost.pdf" '' "$work/found.pdf"
qpdf --check "$work/found.pdf" > /dev/null || { echo "the repaired file is not sound"; faults=$((faults + 1)); }
says '^ok 3 0 ' check "$work/found.pdf"
cp "$work/found.pdf" "$work/first.pdf"
says '^ok 3 [1-9]' repair "$work/lost.pdf" '' "$work/found.pdf"
cmp -s "$work/first.pdf" "$work/found.pdf" || { echo "two repairs differ"; faults=$((faults + 1)); }
# Signed: never rewritten, also when the signature itself is lost.
sed 's/^startxref$/startxrex/; s/Essai classic/ByteRange/' "$work/classic.pdf" > "$work/signed.pdf"
sed -i 's#/Type /Catalog#/ByteRange [] /Type /Catalog#' "$work/signed.pdf"
says '^err.second-reader.signed: ' repair "$work/signed.pdf" '' "$work/never.pdf"
[ ! -s "$work/never.pdf" ] || { echo "a signed file was repaired"; faults=$((faults + 1)); }
head -c 100000 /dev/urandom > "$work/noise.pdf"
says '^err.second-reader.beyond-repair: ' repair "$work/noise.pdf" '' "$work/never.pdf"
: > "$work/empty.pdf"
says '^err.second-reader.failed: .*\(status 2\)' check "$work/empty.pdf"
# Nested 200 000 deep.
{ printf '%%PDF-1.7\n1 0 obj\n'; head -c 200000 /dev/zero | tr '\0' '['; printf '\nendobj\ntrailer <</Root 1 0 R/Size 2>>\nstartxref\n9\n%%%%EOF\n'; } > "$work/deep.pdf"
says '^damaged -1' check "$work/deep.pdf"
says '^err.base.file-write: ' repair "$work/lost.pdf" '' /dev/full
# One process for many looks: a look that fails leaves it alone, one that was lost is started anew; nothing is left over.
lines() { # WANTED ARGS...: the lines of `many`, joined
  local wanted=$1 said
  shift
  said=$("$work/probe" many "$@" 2>&1 | paste -sd,)
  [[ $said == "$wanted" ]] || { echo "many: $said, not $wanted"; faults=$((faults + 1)); }
}
lines 'ok first,damaged again,err.second-reader.failed(status 2) again,password again,ok again,left 0' \
  "$work/classic.pdf" "$work/cut.pdf" "$work/empty.pdf" "$work/aes-256.pdf" "$work/classic.pdf"
lines 'ok first,ok anew,ok again,left 0' "$work/classic.pdf" lose "$work/classic.pdf" "$work/classic.pdf"
pid=$("$work/probe" many "$work/classic.pdf" die 2> /dev/null | tail -1)
for _ in {1..50}; do
  state=$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2> /dev/null)
  [[ -z $state || $state == Z ]] && break
  sleep 0.1
done
[[ $pid =~ ^[0-9]+$ && ( -z $state || $state == Z ) ]] || { echo "left over: $pid $state"; faults=$((faults + 1)); }
# Helpers that answer something else.
fake() { printf '#!/bin/sh\n%s\n' "$1" > "$work/new" && chmod 755 "$work/new" && mv -f "$work/new" "$work/paraphe-qpdf"; }
fake 'echo no JSON'
says '^err.second-reader.failed: ' check "$work/classic.pdf"
fake 'head -c 2000000 /dev/zero'
says '^err.second-reader.failed: ' check "$work/classic.pdf"
fake 'kill -9 $$'
says '^err.second-reader.failed: .*\(signal 9\)' check "$work/classic.pdf"
# One that speaks the frames: words for JSON, too much, an end that is none, a child that a signal ended.
talker() { # BYTES END: base/frame.c, struct head
  fake "exec /usr/bin/python3 -c 'import os, socket, struct
s = socket.socket(fileno=0)
fds = socket.recv_fds(s, 64, 4)[1]
try:
    os.write(fds[1], $1)
except OSError:
    pass
for fd in fds:
    os.close(fd)
s.sendall($2)
s.recv(1)'"
}
head='struct.pack("=IIQII", 0x50415246, 3, 4, 0, 0)'
talker 'b"no JSON"' "$head + struct.pack(\"=i\", 0)"
says '^err.second-reader.failed: .* \(\)$' check "$work/classic.pdf"
talker 'b"{}"' "$head + struct.pack(\"=i\", 9)"
says '^err.second-reader.failed: .*\(signal 9\)' check "$work/classic.pdf"
talker 'bytes(2000000)' "$head"
says '^err.second-reader.failed: ' check "$work/classic.pdf"
talker 'b"{}"' 'bytes(24)'
says '^err.second-reader.failed: ' check "$work/classic.pdf"
rm "$work/paraphe-qpdf"
says '^err.second-reader.missing: ' check "$work/classic.pdf"
[ $faults -eq 0 ] && echo "the second reader answers as it should"
exit $((faults > 0))
