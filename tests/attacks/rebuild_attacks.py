"""Attacks on readers that rebuild the list of objects: what stands in an update for them alone, under fresh numbers, in object streams that are
cut short, in sections that nothing leads to, with comments between the words."""
import re
import zlib

from base import sign
from role_attacks import EVIL, data, page, prepared
from section_attacks import EVIL_PAGE, appended, hidden_in, in_gap, in_stream, kept, last_start, packed, quirk, streamed

CATALOG = b"31 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
BODY = data(EVIL) + b"\nendobj"


def pack(head, body=EVIL_PAGE, count=b"1", entries=b"/Type/ObjStm"):
    content = zlib.compress(head + body)
    return b"30 0 obj\n<<%s/N %s/First %d/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (entries, count, len(head), len(content), content)


def listed(made, more=b"", rows=None):
    """`made` is object 30 and a table lists it."""
    return hidden_in(lambda: (made + more, {30: (0, 0), **(rows or {})}))


def referred(entries, what, **more):
    """An object stream of which an entry is an object of its own."""
    made = pack(b"3 0 ", entries=entries, **more)
    return listed(made, b"50 0 obj\n%s\nendobj\n" % what, {50: (len(made), 0)})


def section(number, rows, entries=b"/Root 1 0 R"):
    """A cross-reference stream with (object, type, second, third)."""
    index = b"".join(b"%d 1 " % row[0] for row in rows)
    table = b"".join(bytes([kind]) + second.to_bytes(4, "big") + third.to_bytes(2, "big") for _, kind, second, third in rows)
    return b"%d 0 obj\n<</Type/XRef/Size 999%s/W[1 4 2]/Index[%s]/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, entries, index, len(table), table)


def stray(rows, entries=b"/Root 1 0 R", number=30):
    """A section that nothing leads to, listed as an object like any other."""
    return lambda: hidden_in(lambda: (section(number, rows, entries), {30: (0, 0)}), signed=lambda: signed_twice()[0])()


def signed_twice():
    """A signed file whose page had other contents before the signature, and where those stand."""
    first = prepared({4: data(EVIL)})
    second = appended(first, b"4 0 obj\n" + data(b"BT /F1 24 Tf 72 700 Td (100) Tj ET") + b"\nendobj\n", {4: (0, 0)}, size=21)
    return sign(second), first.index(b"\n4 0 obj") + 1


def stray_of_store():
    """The same as a certificate of the security store."""
    signed, old = signed_twice()
    made = section(30, [(4, 1, old, 0)])
    catalog = re.findall(rb"\n1 0 obj\s(.*?)\s*endobj", signed, re.S)[-1]
    return appended(signed, made + b"1 0 obj\n" + catalog[:-2] + b"/DSS<</Certs[30 0 R]>>>>\nendobj\n", {1: (len(made), 0), 30: (0, 0)})


def two_sections(body, extra=b""):
    """One update with two cross-reference streams, the newer in front of the older, and `body` between the objects."""
    def make():
        signed = sign(prepared())
        start = signed + body
        older = section(92, [(92, 1, 0, 0)], b"/Root 1 0 R/Prev %d%s%s" % (last_start(signed), kept(signed), extra))
        newer = section(91, [(91, 1, len(start), 0)], b"/Root 1 0 R/Prev %010d%s" % (0, kept(signed)))
        at = len(start) + len(newer)
        return start + newer.replace(b"/Prev %010d" % 0, b"/Prev %010d" % at) + older + b"startxref\n%d\n%%%%EOF\n" % len(start)
    return make


def hybrid_honest():
    """A table that does not list the stream beside it."""
    signed = sign(prepared())
    body = b"30 0 obj\n" + data(b"x") + b"\nendobj\n"
    return appended(signed, body + section(50, [(30, 1, len(signed), 0)]), {}, trailer=b"/XRefStm %d" % (len(signed) + len(body)))


def beside(entries, **more):
    """The stream beside the table of an update, or the update's own, leads to the section before last, in which the contents were others: pdf.js and
    MuPDF follow."""
    def make():
        signed, _ = signed_twice()
        first, body = int(re.findall(rb"startxref\s+(\d+)", signed)[0]), b"30 0 obj\n" + data(b"x") + b"\nendobj\n"
        if more:
            return streamed(signed, body, {30: (1, 0, 0)}, entries=b"/XRefStm %d" % first)
        row = section(50, [(30, 1, len(signed), 0)], b"/Root 1 0 R" + (entries % {b"first": first, b"last": last_start(signed)}))
        return appended(signed, body + row, {}, trailer=b"/XRefStm %d" % (len(signed) + len(body)))
    return make


# ---- what lies dormant in the signed bytes, and updates that wake it ----
def asleep(text):
    """A document with `text` behind its objects, which its table does not list: nobody who reads the table sees it."""
    body = prepared({8: data(EVIL)})
    at = body.index(b"xref\n0 1")
    return body[:at] + text + re.sub(rb"startxref\n\d+", b"startxref\n%d" % (at + len(text)), body[at:])


def woken(text, pattern=None, by=None, **more):
    """An honest update, but for one thing in how its section is written (MuPDF, PDFium, Poppler, pdf.js and qpdf differ in what they take)."""
    def make():
        signed = sign(asleep(text))
        done = appended(signed, b"\n30 0 obj\n<</Producer(x)>>\nendobj\n", {30: (1, 0)}, **more)
        return signed + re.sub(pattern, by, done[len(signed):], count=1, flags=re.S) if pattern else done
    return make


def woken_beside(text, rows, entries):
    """The update has a stream beside its table."""
    def make():
        signed, body = sign(asleep(text)), b"30 0 obj\n<</Producer(x)>>\nendobj\n"
        return appended(signed, body + section(50, rows, entries), {30: (0, 0)}, trailer=b"/XRefStm %d" % (len(signed) + len(body)))
    return make


def beside_table(text, in_table=(30, 50), size=51):
    """An update as PDFBox writes it to what Word made: the table and the stream beside it say the same."""
    def make():
        signed, body = sign(asleep(text)), b"30 0 obj\n<</Producer(x)>>\nendobj\n"
        at = len(signed) + len(body)
        entries = b"/Root 1 0 R/Prev %d%s" % (last_start(signed), kept(signed))
        rows = section(50, [(30, 1, len(signed), 0), (50, 1, at, 0)], entries).replace(b"/Size 999", b"/Size %d" % size)
        listed = {number: (0 if number == 30 else len(body), 0) for number in in_table}
        return appended(signed, body + rows, listed, trailer=b"/XRefStm %d" % at, size=size)
    return make


def numbered(own, past=0, awaited=False):
    """The section is a stream, and in front of it, where startxref leads, stands the number of the page, or one that the page waits for."""
    def make():
        signed = sign(prepared({3: page(contents=b"[4 0 R 40 0 R]")} if awaited else None))
        done = streamed(signed, b"30 0 obj\nnull\nendobj\n", {30: (1, 0, 0)}, own=own)
        if not past:  # and does not list itself: the row says that of object 30 once more
            done = re.sub(rb"/Index\[[^]]*\]", b"/Index[30 1]", done)
            row = b"\1" + len(signed).to_bytes(4, "big") + b"\0\0"
            done = re.sub(rb"/Length 14>>\nstream\n.{14}", lambda _: b"/Length 7>>\nstream\n" + row, done, flags=re.S)
        return re.sub(rb"startxref\n(\d+)\n%%EOF\n$", lambda m: b"startxref\n%d\n%%%%EOF\n" % (int(m.group(1)) + past), done)
    return make


def numbered_beside(own, awaited=False):
    """The same of the stream beside a table: it lists one honest object, and not itself."""
    def make():
        signed, body = sign(prepared({3: page(contents=b"[4 0 R 40 0 R]")} if awaited else None)), b"30 0 obj\nnull\nendobj\n"
        return appended(signed, body + section(own, [(30, 1, len(signed), 0)]), {}, trailer=b"/XRefStm %d" % (len(signed) + len(body)))
    return make


def packed_since(**how):
    """A page that was an object by itself when the file was made, and stands in an object stream since; Poppler and qpdf go back."""
    def make():
        first = prepared({3: page(contents=b"8 0 R"), 8: data(EVIL)})
        signed = sign(streamed(first, packed(70, [(3, page())]), {70: (1, 0, 0), 3: (2, 70, 0)}, size=92))
        return appended(signed, b"\n130 0 obj\n<</Producer(x)>>\nendobj\n", {130: (1, 0)}, **how)
    return make


WAKE = {"far": {"between": b"%" + b"x" * 1100 + b"\n"}, "comment": {"words": b"startxref %%x\n%d\n"}, "joined": {"words": b"startxref%d\n"},
        "plus": {"words": b"startxref\n+%d\n"}, "size": {"size": 2**31 - 2}, "rows": {"pattern": rb" n \n", "by": b" n\n"},
        "short": {"pattern": rb"0000(\d+ )", "by": rb"\1"}, "row-comment": {"pattern": rb" 00000 n", "by": b" %x\n 00000 n"},
        "xref-comment": {"pattern": rb"xref\n", "by": b"xref %x\n"}, "xref-behind": {"pattern": rb"startxref\n(\d+)", "by": lambda m: b"startxref\n%d" % (int(m.group(1)) - 1)},
        "size-small": {"size": 30}, "head-lines": {"pattern": rb"xref\n30 1", "by": b"xref\n30 \n1"}, "head-apart": {"pattern": rb"xref\n30 1", "by": b"xref\n\n30 1"},
        "row-blanks": {"pattern": rb" n \n", "by": b" n  "}, "key": {"trailer": b"/Foo 99999999999999999999"},
        "glued-xref": {"pattern": rb"\nxref", "by": b"]xref"}, "object-behind": {"pattern": rb"\n0{5}(\d{5}) 00000 n", "by": lambda m: b"\n%010d 00000 n" % (int(m.group(1)) - 1)}}


def table():
    # object streams of which each reader takes what it can
    yield "pack-fewer-than-said", listed(pack(b"40 0 x 3 5 ", b"<<>> " + EVIL_PAGE, b"2")), "modified", ["change:pack-unread"]
    yield "pack-more-than-said", listed(pack(b"40 0 3 5 ", b"<<>> " + EVIL_PAGE)), "modified", ["change:pack-unread"]
    yield "pack-filter", listed(pack(b"3 0 ", entries=b"/Type/ObjStm/F 5 0 R/DecodeParms<</Predictor 99>>")), "modified", ["change:pack-unread"]
    yield "pack-count-reference", referred(b"/Type/ObjStm", b"1", count=b"50 0 R"), "modified", ["change:pack-unread"]
    yield "pack-type-reference", referred(b"/Type 50 0 R", b"/ObjStm"), "modified", []
    yield "pack-no-type", listed(pack(b"3 0 ", entries=b"")), "modified", ["change:pack-unread"]
    yield "pack-number-fresh", hidden_in(in_gap(packed(77, [(3, EVIL_PAGE)]))), "modified", ["change:object-unlisted"]
    yield "pack-number-fresh-in-stream", hidden_in(in_stream(packed(77, [(3, EVIL_PAGE)]))), "modified", ["change:object-unlisted"]
    yield "sound-pack-spaced", listed(pack(b" 40\n0\r\n ", b"<<>> ")), "valid", []
    # trailers and sections
    yield "section-number-fresh", hidden_in(in_gap(section(78, [(4, 1, 9, 0)]))), "modified", ["change:object-unlisted"]
    yield "trailer-two-streams", two_sections(CATALOG + b"trailer\n<</Root 31 0 R/Size 99>>\n"), "modified", ["change:trailer-unlisted"]
    yield "sound-two-streams", two_sections(b""), "valid", []
    yield "sound-hybrid-stream-unlisted", hybrid_honest, "valid", []
    yield "stray-older-body", stray([(4, 1, signed_twice()[1], 0)]), "modified", ["change:section-stray"]
    yield "stray-freed", stray([(4, 0, 0, 0)]), "modified", ["change:section-stray"]
    yield "stray-packed", stray([(4, 2, 70, 0)]), "modified", ["change:section-stray"]
    yield "stray-zero", stray([(0, 1, 9, 0)]), "modified", ["change:section-stray"]
    yield "stray-before", stray([], b"/Root 1 0 R/Prev 9"), "modified", ["change:section-stray"]
    yield "stray-root", stray([], b"/Root 5 0 R"), "modified", ["change:section-stray"]
    yield "stray-unread", stray([(4, 1, signed_twice()[1], 0)], b"/Root 1 0 R/Size 4 0 R"), "modified", ["change:section-stray"]
    yield "stray-of-store", stray_of_store, "modified", ["change:section-stray"]
    yield "sound-stray-same", stray([(2, 1, prepared().index(b"2 0 obj"), 0)]), "valid", []
    yield "stray-hybrid-prev", beside(b"/Prev %(first)d"), "modified", ["change:section-stray"]
    yield "stray-hybrid-prev-odd", beside(b"/Prev 4 0 R"), "modified", ["change:section-stray"]
    yield "stray-hybrid-more", beside(b"/XRefStm %(first)d"), "modified", ["change:section-stray"]
    yield "stray-stream-more", beside(b"", own=True), "modified", ["change:section-stray"]
    yield "sound-hybrid-prev", beside(b"/Prev %(last)d"), "valid", []
    # comments between the words
    for label, text in [("body", b"4 0 %x\nobj\n" + BODY), ("number", b"4 %x\n0 obj\n" + BODY), ("both", b"4 %x\n%y\r0 %z\r\nobj\n" + BODY),
                        ("after-string", b"(%) 4 0 %x\nobj\n" + BODY), ("nested", b"4 0 % 40 0 % 9\nobj\n" + BODY),
                        ("sign", b"4 +0 obj\n" + BODY), ("joined", b"4 0obj\n" + BODY)]:
        yield "comment-" + label, hidden_in(in_gap(text)), "modified", ["change:object-split" if b"%" in text else "change:object-unlisted"]
    yield "comment-trailer", hidden_in(in_gap(CATALOG + b"trailer %x\n<</Root 31 0 R/Size 99>>")), "modified", ["change:trailer-unlisted"]
    yield "comment-trailers", hidden_in(in_gap(CATALOG + b"trailer %x trailer %y\n <</Root 31 0 R/Size 99>>")), "modified", ["change:trailer-unlisted"]
    yield "sound-comment-trailer", lambda: appended(sign(prepared()), b"", {}).replace(b"trailer\n<</Size 999", b"trailer %x\n<</Size 999"), "valid", []
    yield "sound-comments", hidden_in(in_gap(b"% 4 0 % 7\n900 0 R % 1 2\n3 4 % 5 6\n7 8 object % trailer")), "valid", []
    # references that strict readers do not see
    yield "quirk-comment", quirk(b"[4 0 R 900 0 %x\nR }]"), "modified", []
    yield "quirk-comment-number", quirk(b"[4 0 R 900 %x\n0 R }]"), "modified", []
    yield "quirk-end-in-string", quirk(b"[4 0 R (endobj) 900 0 R }]"), "modified", []
    yield "quirk-end-in-comment", quirk(b"[4 0 R % endobj\n 900 0 R }]"), "modified", []
    yield "quirk-end-in-list", quirk(b"[4 0 R endobj 900 0 R }]"), "modified", []
    yield "quirk-end-in-hex", quirk(b"[4 0 R <]> endobj 900 0 R }]"), "modified", []
    yield "quirk-end-word", quirk(b"[4 0 R /endobj 900 0 R }]"), "modified", []
    # dormant bodies
    body = b"4 0 obj\n" + BODY + b"\n"
    for label, how in WAKE.items():
        yield "dormant-" + label, woken(body, **how), "modified", ["change:object-dormant"]
        yield "sound-written-" + label, woken(b"", **how), "valid", []
    yield "dormant-pack", woken(packed(77, [(3, EVIL_PAGE)]), **WAKE["far"]), "modified", ["change:object-dormant"]
    yield "dormant-packed-since", packed_since(size=200, **WAKE["far"]), "modified", ["change:object-dormant"]
    yield "dormant-table-on-stream", lambda: appended(sign(streamed(asleep(body), b"", {}, size=92)), b"\n130 0 obj\nnull\nendobj\n", {130: (1, 0)}), \
        "modified", ["change:object-dormant"]
    yield "sound-table-on-stream", lambda: appended(sign(streamed(prepared(), b"", {}, size=92)), b"\n130 0 obj\nnull\nendobj\n", {130: (1, 0)}), "valid", []
    yield "section-number-inside", numbered(93, past=1), "modified", ["change:section-stray"]
    yield "sound-section-number-fresh", numbered(93), "valid", []
    yield "section-number-of-page", numbered(3), "modified", ["change:section-stray"]
    yield "section-number-awaited", numbered(40, awaited=True), "modified", ["change:section-stray"]
    yield "section-number-beside", numbered_beside(3), "modified", ["change:section-stray"]
    yield "section-number-beside-awaited", numbered_beside(40, awaited=True), "modified", ["change:section-stray"]
    yield "sound-section-number-beside", numbered_beside(93), "valid", []
    yield "sound-packed-since", packed_since(size=200), "valid", []
    yield "dormant-trailer", woken(CATALOG + b"trailer\n<</Root 31 0 R/Size 99>>\n", **WAKE["far"]), "modified", ["change:trailer-dormant"]
    yield "dormant-split", woken(b"4 0 %x\nobj\n" + BODY + b"\n", **WAKE["far"]), "modified", ["change:object-split"]
    for label, rows, entries in [("hybrid-root", [], b"/Root 31 0 R"), ("hybrid-encrypt", [(40, 0, 0, 0)], b"/Root 1 0 R/Encrypt 5 0 R")]:
        yield "dormant-" + label, woken_beside(body, rows, entries), "modified", ["change:object-dormant"]
        yield "sound-written-" + label, woken_beside(b"", rows, entries), "valid", []
    # all readers take these (Ghostscript rebuilds where /Size is another)
    yield "sound-dormant-hybrid", beside_table(body), "valid", []
    yield "dormant-hybrid-size", beside_table(body, size=60), "modified", ["change:object-dormant"]
    yield "dormant-hybrid-row", beside_table(body, in_table=(30,)), "modified", ["change:object-dormant"]
    yield "sound-dormant-additional", woken(body, trailer=b"/AdditionalStreams[/application#2Fx 5 0 R]"), "valid", []
    yield "dormant-row-kind", lambda: streamed(sign(asleep(body)), b"30 0 obj\nnull\nendobj\n", {30: (1, 0, 0), 40: (3, 9, 0)}), "modified", ["change:object-dormant"]
    yield "sound-dormant-stream", lambda: streamed(sign(asleep(body)), b"30 0 obj\nnull\nendobj\n", {30: (1, 0, 0)}), "valid", []
    yield "sound-dormant-asleep", woken(body), "valid", []
    yield "sound-dormant-other", woken(b"40 0 obj\n<</A 1>>\nendobj\n", **WAKE["far"]), "valid", []
