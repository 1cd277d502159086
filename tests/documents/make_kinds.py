#!/usr/bin/python3
"""Makes one PDF of each kind that a signer and a verifier must cope with; prints one line a file: NAME, what is special, password.

    make_kinds.py OUT_FOLDER

The files are written here byte by byte, or from such a file by qpdf (linearised, object streams, encryption). Each shows the text
"Essai KIND" on each page. What has a user password gets "secret".
"""
import os
import subprocess
import sys
import zlib


class Pdf:
    """A file in the making: objects in order, then a cross-reference of the wanted kind."""

    def __init__(self, version="1.7"):
        self.data = bytearray(b"%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n" % version.encode())
        self.offsets = {}

    def add(self, number, body):
        self.offsets[number] = len(self.data)
        self.data += b"%d 0 obj\n%s\nendobj\n" % (number, body.encode("latin-1") if isinstance(body, str) else body)

    def stream(self, number, dictionary, content):
        self.add(number, b"<< %s /Length %d >>\nstream\n%s\nendstream" % (dictionary.encode(), len(content), content))

    def table(self, trailer, end=b"\n", numbers=None, size=None):
        start = len(self.data)
        numbers = sorted(self.offsets) if numbers is None else numbers
        size = size or max(self.offsets) + 1
        self.data += b"xref\n0 %d\n0000000000 65535 f \n" % size
        for number in range(1, size):
            if number in numbers:
                self.data += b"%010d 00000 n \n" % self.offsets[number]
            else:
                self.data += b"0000000000 00000 f \n"
        self.data += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer.encode(), start) + end
        return start

    def xref_stream(self, trailer):
        """A cross-reference stream, although no object is compressed."""
        number, start = max(self.offsets) + 1, len(self.data)
        self.offsets[number] = start
        rows = b"".join((b"\x01" if n in self.offsets else b"\x00") + self.offsets.get(n, 0).to_bytes(4, "big") + b"\x00\x00"
                        for n in range(number + 1))
        self.stream(number, f"/Type /XRef /Size {number + 1} /W [1 4 2] /Filter /FlateDecode {trailer}", zlib.compress(rows))
        self.data += b"startxref\n%d\n%%%%EOF\n" % start


def page_content(kind, page):
    return f"BT /F1 24 Tf 60 700 Td (Essai {kind}, page {page}) Tj ET".encode()


def basic(kind, version="1.7", pages=1, catalog="", page="", media="[0 0 595 842]"):
    """Catalog 1, pages 2, font 3, then a page and its content each."""
    pdf = Pdf(version)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(pages))
    pdf.add(1, f"<< /Type /Catalog /Pages 2 0 R {catalog} >>")
    pdf.add(2, f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>")
    pdf.add(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for i in range(pages):
        pdf.add(4 + 2 * i, f"<< /Type /Page /Parent 2 0 R /MediaBox {media} {page} /Contents {5 + 2 * i} 0 R "
                           "/Resources << /Font << /F1 3 0 R >> >> >>")
        pdf.stream(5 + 2 * i, "", page_content(kind, i + 1))
    return pdf


INFO = "/Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"


def classic(kind, end=b"\n", trailer=INFO, **more):
    pdf = basic(kind, **more)
    pdf.table(trailer, end)
    return bytes(pdf.data)


def xref_stream():
    pdf = basic("xref-stream", version="1.5")
    pdf.xref_stream(INFO)
    return bytes(pdf.data)


def hybrid():
    """A hybrid-reference file (ISO 32000-2, 7.5.8.4): the content sits in an object stream that only the XRefStm names."""
    pdf = basic("hybrid")
    inner = b"6 0 " + b"<< /Type /Metadata2 /Note (only for readers of 1.5) >>"
    packed = zlib.compress(inner)
    pdf.stream(7, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", packed)
    rows = b"\x02" + (7).to_bytes(4, "big") + b"\x00\x00"
    xref_stm = len(pdf.data)
    pdf.offsets[8] = xref_stm
    body = zlib.compress(rows)
    pdf.data += (b"8 0 obj\n<< /Type /XRef /Size 9 /W [1 4 2] /Index [6 1] /Filter /FlateDecode /Length %d %s >>\nstream\n%s\n"
                 b"endstream\nendobj\n" % (len(body), INFO.encode(), body))
    pdf.table(INFO + f" /XRefStm {xref_stm}", numbers=[n for n in pdf.offsets if n != 6], size=9)
    return bytes(pdf.data)


def incremental():
    """Two revisions: the second replaces the page's content."""
    pdf = basic("revisions")
    first = pdf.table(INFO)
    offset = len(pdf.data)
    content = page_content("revisions, replaced", 1)
    pdf.data += b"5 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(content), content)
    start = len(pdf.data)
    pdf.data += (b"xref\n5 1\n%010d 00000 n \ntrailer\n<< /Size 6 %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
                 % (offset, INFO.encode(), first, start))
    return bytes(pdf.data)


def form(kind, extra="", acroform=""):
    """A text field and an empty signature field, each a widget of page 1."""
    pdf = basic(kind, catalog=f"/AcroForm << /Fields [20 0 R 21 0 R] /DA (/F1 0 Tf 0 g) /DR << /Font << /F1 3 0 R >> >> {acroform} >>",
                page="/Annots [20 0 R 21 0 R]")
    pdf.add(20, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (nom) /V (Dupont) /Rect [60 600 300 620] /P 4 0 R /F 4 "
                "/DA (/F1 12 Tf 0 g) >>")
    pdf.add(21, f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Auditeur) /Rect [60 500 300 560] /P 4 0 R /F 132 {extra} >>")
    pdf.table(INFO)
    return bytes(pdf.data)


def indirect():
    """AcroForm, its Fields and the page's Annots are indirect objects of their own, Annots shared by two pages."""
    pdf = basic("indirect", pages=2, catalog="/AcroForm 30 0 R", page="/Annots 32 0 R")
    pdf.add(30, "<< /Fields 31 0 R >>")
    pdf.add(31, "[]")
    pdf.add(32, "[]")
    pdf.table(INFO)
    return bytes(pdf.data)


def deep_pages():
    """MediaBox, Resources and Rotate are inherited through three levels of the page tree."""
    pdf = Pdf()
    pdf.add(1, "<< /Type /Catalog /Pages 2 0 R >>")
    pdf.add(2, "<< /Type /Pages /Kids [6 0 R] /Count 1 /MediaBox [0 0 842 595] /Rotate 90 /Resources << /Font << /F1 3 0 R >> >> >>")
    pdf.add(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    pdf.add(6, "<< /Type /Pages /Parent 2 0 R /Kids [7 0 R] /Count 1 >>")
    pdf.add(7, "<< /Type /Pages /Parent 6 0 R /Kids [4 0 R] /Count 1 >>")
    pdf.add(4, "<< /Type /Page /Parent 7 0 R /Contents 5 0 R >>")
    pdf.stream(5, "", page_content("deep", 1))
    pdf.table(INFO)
    return bytes(pdf.data)


LOCK = "/Lock << /Type /SigFieldLock /Action /Include /Fields [(nom)] >>"


def xfa():
    pdf = basic("xfa", catalog="/AcroForm << /Fields [] /XFA 40 0 R >>")
    pdf.stream(40, "", b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
    pdf.table(INFO)
    return bytes(pdf.data)


def broken_metadata():
    pdf = basic("broken-metadata", catalog="/Metadata 6 0 R")
    pdf.stream(6, "/Type /Metadata /Subtype /XML", b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta><rdf:RDF <<")
    pdf.table(INFO)
    return bytes(pdf.data)


def kinds():
    """name -> (bytes, what is special)"""
    yield "classic", classic("classic"), "one table"
    yield "no-eol", classic("no-eol", end=b""), "nothing after %%EOF"
    yield "crlf", classic("crlf", end=b"\r\n"), "CR LF after %%EOF"
    yield "cr", classic("cr", end=b"\r"), "a lone CR after %%EOF"
    yield "no-id", classic("no-id", trailer="/Root 1 0 R"), "no /ID"
    yield "version-1.4", classic("version-1.4", version="1.4"), "PDF 1.4"
    yield "version-2.0", classic("version-2.0", version="2.0"), "PDF 2.0"
    yield "pages-3", classic("pages-3", pages=3), "three pages"
    yield "rotated", classic("rotated", page="/Rotate 270"), "turned page"
    yield "offset-box", classic("offset-box", media="[-100 -100 495 742]"), "MediaBox that does not begin at 0"
    yield "deep-pages", deep_pages(), "inherited page attributes"
    yield "xref-stream", xref_stream(), "a cross-reference stream, no object streams"
    yield "hybrid", hybrid(), "table and XRefStm"
    yield "revisions", incremental(), "two revisions"
    yield "form", form("form"), "a text field and an empty signature field Auditeur"
    yield "form-lock", form("form-lock", LOCK), "the signature field locks the text field"
    yield "form-need", form("form-need", acroform="/NeedAppearances true"), "NeedAppearances"
    yield "indirect", indirect(), "indirect AcroForm, Fields and shared Annots"
    yield "xfa", xfa(), "XFA form"
    yield "extensions", classic("extensions", catalog="/Extensions << /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> >>"), "Extensions"
    yield "twice", 2 * classic("twice"), "the same file once more behind its end"
    yield "broken-metadata", broken_metadata(), "XMP that is no XML"
    yield "dangling", classic("dangling", page="/PieceInfo 6 0 R /Metadata 9 0 R"), "refers to objects that it lacks"
    yield "perms-metadata", classic("perms", catalog="/Lang (fr-FR) /ViewerPreferences << /DisplayDocTitle true >>"), "catalog entries"


QPDF = (
    ("object-streams", ["--object-streams=generate"], "object and cross-reference streams", ""),
    ("linearized", ["--linearize", "--object-streams=disable"], "linearised, tables", ""),
    ("linearized-streams", ["--linearize", "--object-streams=generate"], "linearised, streams", ""),
    ("aes-256-empty", ["--encrypt", "", "owner", "256", "--"], "AES-256, empty user password", ""),
    ("aes-256", ["--encrypt", "secret", "owner", "256", "--"], "AES-256, user password", "secret"),
    ("aes-128-empty", ["--encrypt", "", "owner", "128", "--use-aes=y", "--"], "AES-128, empty user password", ""),
    ("aes-128", ["--encrypt", "secret", "owner", "128", "--use-aes=y", "--"], "AES-128, user password", "secret"),
    ("rc4-128-empty", ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"], "RC4-128, empty user password", ""),
    ("rc4-128", ["--allow-weak-crypto", "--encrypt", "secret", "owner", "128", "--use-aes=n", "--"], "RC4-128, user password", "secret"),
    ("aes-256-metadata", ["--encrypt", "", "owner", "256", "--cleartext-metadata", "--"], "AES-256, metadata in clear", ""),
    ("aes-256-streams", ["--object-streams=generate", "--encrypt", "", "owner", "256", "--"], "AES-256 with object streams", ""),
    ("aes-256-no-modify", ["--encrypt", "", "owner", "256", "--modify=none", "--"], "changes not permitted", ""),
)


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    for name, data, what in kinds():
        with open(os.path.join(out, name + ".pdf"), "wb") as file:
            file.write(data)
        print(f"{name}\t{what}\t")
    source = os.path.join(out, "pages-3.pdf")
    for name, options, what, password in QPDF:
        subprocess.run(["qpdf", "--deterministic-id" if "--encrypt" not in options else "--static-id", *options, source,
                        os.path.join(out, name + ".pdf")], check=True)
        print(f"{name}\t{what}\t{password}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
