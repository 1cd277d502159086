#!/usr/bin/env bash
# A document of more than 10^10 bytes, with holes so that it takes no room: offsets that need eleven digits, a ByteRange over all of it,
# and memory that does not follow the size. (A cross-reference table ends at 10^10 - 1: the file has a stream.)
. "$(dirname "$0")/lib.sh"
need qpdf
services
python3 "$SOURCE/tests/documents/make_large.py" large.pdf 10000000500
size=$(stat -c %s large.pdf)
ok "it is large" test "$size" -gt 10000000000
[ "$(stat -c %b large.pdf)" -lt 100000 ] || { echo "skipped: no files with holes here"; finish; exit; }
python3 - "$PARAPHE" "${TOKEN[@]}" > peak << 'EOF' || fail "it is not signed: $(cat peak)"
import os, subprocess, sys
done = subprocess.Popen([sys.argv[1], "sign", "large.pdf", "-o", "signed.pdf", "--yes", "--cert", "subject:p256", "--level", "B-B", *sys.argv[2:]],
                        stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(done.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
EOF
CHECKS=$((CHECKS + 2))
nm "$PARAPHE" 2> /dev/null | grep __asan_init > /dev/null || [ "$(cat peak)" -le 24576 ] || fail "$(cat peak) KiB of memory"
ok "the copy has the holes" test "$(stat -c %b signed.pdf)" -lt 100000
ok "the range reaches the end" python3 - signed.pdf "$size" << 'EOF'
import os, re, sys
size, before = os.path.getsize(sys.argv[1]), int(sys.argv[2])
with open(sys.argv[1], "rb") as file:
    file.seek(before)
    update = file.read()
a, b, c, d = map(int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]", update).groups())
assert a == 0 and b > 10**10 and c + d == size
assert update[b - before:b - before + 1] == b"<" and update[c - before - 1:c - before] == b">"
assert int(re.search(rb"startxref\n(\d+)", update).group(1)) > 10**10
EOF
ok "qpdf finds its page" qpdf --show-npages signed.pdf # --check would read the whole of it once more
CHECKS=$((CHECKS + 1))
[ "$(cat "$OUT")" = 1 ] || fail "qpdf sees $(cat "$OUT") pages"
finish
