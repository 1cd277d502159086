"""For test_pades.py: PDF and DER read here from their bytes, by nothing of the program under test."""
import re


class Der:
    """One value and, when constructed, its children."""

    def __init__(self, data, at=0):
        self.tag, length, head = data[at], data[at + 1], 2
        if length == 0x80:
            raise ValueError("indefinite length")
        if length > 0x80:
            count = length & 0x7F
            length, head = int.from_bytes(data[at + 2:at + 2 + count], "big"), 2 + count
            if length < 0x80 or data[at + 2] == 0:
                raise ValueError("length not in its shortest form")
        self.body = bytes(data[at + head:at + head + length])
        if len(self.body) != length:
            raise ValueError("cut short")
        self.all = bytes(data[at:at + head + length])
        self.kids = []
        if self.tag & 0x20:
            inner = 0
            while inner < length:
                self.kids.append(Der(self.body, inner))
                inner += len(self.kids[-1].all)

    def __getitem__(self, index):
        return self.kids[index]

    def oid(self):
        parts, value = [], 0
        for byte in self.body:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                parts.append(value)
                value = 0
        first = min(parts[0] // 40, 2)
        return ".".join(map(str, [first, parts[0] - 40 * first] + parts[1:]))

    def integer(self):
        return int.from_bytes(self.body, "big", signed=True)


class Cms:
    """ContentInfo > SignedData, its parts by name."""

    def __init__(self, data):
        self.info = Der(data)
        self.signed = self.info[1][0]
        parts = list(self.signed.kids)
        self.version, self.digests, self.encap = parts[0].integer(), parts[1], parts[2]
        self.certs = next((p for p in parts[3:] if p.tag == 0xA0), None)
        self.crls = next((p for p in parts[3:] if p.tag == 0xA1), None)
        self.signers = parts[-1].kids
        signer = self.signers[0].kids
        self.signer_version, self.sid, self.digest = signer[0].integer(), signer[1], signer[2]
        self.attrs, self.signature_alg, self.value = signer[3], signer[4], signer[5]
        self.unsigned = next((p for p in signer[6:] if p.tag == 0xA1), None)

    def attr(self, oid, unsigned=False):
        """Values of each attribute of this type."""
        found = self.unsigned if unsigned else self.attrs
        return [a[1].kids for a in (found.kids if found else []) if a[0].oid() == oid]


class Signature:
    """A signature dictionary found by its /ByteRange, in the order of the file."""

    def __init__(self, data, match):
        self.range = [int(n) for n in match.group(1).split()]
        self.start = data.rindex(b" obj", 0, match.start())
        self.start = max(data.rfind(b"\n", 0, self.start), data.rfind(b"\r", 0, self.start)) + 1
        self.object = data[self.start:data.index(b"endobj", match.end())]
        self.number = int(self.object.split()[0])
        self.gap = data[self.range[1]:self.range[2]]
        self.covered = data[:self.range[1]] + data[self.range[2]:self.range[2] + self.range[3]]
        self.raw = bytes.fromhex(self.gap[1:-1].decode("ascii"))
        self.der = Der(self.raw)

    def cms(self):
        return Cms(self.raw)


def signatures(data):
    return [Signature(data, m) for m in re.finditer(rb"/ByteRange\s*\[([0-9 ]+)\]", data)]


def objects(data):
    """Number to bytes of every uncompressed object; the last one wins."""
    return {int(m.group(1)): m.group(2) for m in re.finditer(rb"(?:^|[\r\n])(\d+) 0 obj(.*?)endobj", data, re.S)}
