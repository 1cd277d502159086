#!/usr/bin/env bash
# A document of more than 10^10 bytes, with holes so that it takes no room: offsets that need eleven digits, a ByteRange over all of it,
# and memory that does not follow the size. (A cross-reference table ends at 10^10 - 1: the file has a stream.)
. "$(dirname "$0")/lib.sh"
need qpdf
services
python3 - large.pdf << 'EOF'
import struct, sys
HOLE, FAR = 500, 10_000_000_500
with open(sys.argv[1], "wb") as out:
    places = {}
    def put(number, text):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))
    out.write(b"%PDF-1.7\n")
    put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
    put(2, b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>")
    start = out.tell()
    places[3] = start
    head = b"3 0 obj\n<< /Length %d >>\nstream\n" % (FAR - start - 120)
    out.write(head)
    out.seek(start + len(head) + FAR - start - 120)
    out.write(b"\nendstream\nendobj\n")
    put(5, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
    table = out.tell()
    places[4] = table
    rows = b"".join(struct.pack(">BQH", 1 if n in places else 0, places.get(n, 0), 0 if n else 65535) for n in range(6))
    out.write(b"4 0 obj\n<< /Type /XRef /Size 6 /W [1 8 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
              % (len(rows), rows, table))
EOF
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
