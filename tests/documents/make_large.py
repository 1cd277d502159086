#!/usr/bin/python3
"""A document of so many bytes and some hundred, nearly all a hole in one stream:   make_large.py OUT BYTES
Its cross-reference is a stream, because a table ends at 10^10 - 1."""
import struct
import sys


def make(path, far):
    with open(path, "wb") as out:
        places = {}

        def put(number, text):
            places[number] = out.tell()
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, text))

        out.write(b"%PDF-1.7\n")
        put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        put(2, b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>")
        start = places[3] = out.tell()
        head = b"3 0 obj\n<< /Length %d >>\nstream\n" % (far - start - 120)
        out.write(head)
        out.seek(far - 120 + len(head))
        out.write(b"\nendstream\nendobj\n")
        put(5, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
        table = places[4] = out.tell()
        rows = b"".join(struct.pack(">BQH", 1 if n in places else 0, places.get(n, 0), 0 if n else 65535) for n in range(6))
        out.write(b"4 0 obj\n<< /Type /XRef /Size 6 /W [1 8 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
                  % (len(rows), rows, table))


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
