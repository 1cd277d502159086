"""Attacks on cross-reference sections, object streams and what stands between objects: readers that rebuild a table of their own, or read one
in another way, must not see what the verdict did not look at."""
import re
import zlib

from base import sign
from pdf_attacks import raw_update
from role_attacks import EVIL, FONT, GOOD, data, page, prepared, shown

ID = b"/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"


def kept(signed):
    """The entries of the newest trailer that every update repeats."""
    info, own = re.findall(rb"/Info \d+ \d+ R", signed), re.findall(rb"/ID\s*\[[^\]]*\]", signed)
    locked = re.findall(rb"/Encrypt \d+ \d+ R", signed)
    return (own[-1] if own else ID) + (info[-1] if info else b"") + (locked[-1] if locked else b"")


def last_start(signed):
    return int(re.findall(rb"startxref\s+(\d+)", signed)[-1])


def appended(signed, body, rows, trailer=b"", prev=None, tail=b"%%EOF\n", size=999, between=b"", words=b"startxref\n%d\n"):
    """`body` behind the signed file, then a table with these rows: {number: (offset in body or None for free, generation)}."""
    start = len(signed)
    done = signed + body
    at = len(done)
    done += b"xref\n"
    for number, (offset, gen) in sorted(rows.items()):
        done += b"%d 1\n" % number + (b"%010d %05d n \n" % (start + offset, gen) if offset is not None else b"0000000000 65535 f \n")
    done += b"trailer\n<</Size %d/Root 1 0 R/Prev %d%s%s>>\n" % (size, last_start(signed) if prev is None else prev, kept(signed), trailer)
    return done + (words % at) + between + tail


def zero(contents=b"[4 0 R 0 0 R]"):
    """Object 0 is none by the standard, but some readers load it when a table lists it."""
    def make():
        signed = sign(prepared({3: page(contents=contents)}))
        return appended(signed, b"0 0 obj\n" + data(EVIL) + b"\nendobj\n", {0: (0, 0)})
    return make


def zero_signed():
    """A document of an odd writer, which lists object 0 from the beginning on."""
    body = prepared()
    return sign(body.replace(b"0 1\n0000000000 65535 f", b"0 1\n%010d 00000 n" % body.index(b"1 0 obj")))


def streamed(signed, objects, rows, entries=b"", own=91, size=999):
    """An update with a cross-reference stream; rows: {number: (type, second, third)}, second of type 1 relative to the update."""
    done = signed + objects
    at = len(done)
    rows = dict(rows)
    rows[own] = (1, at - len(signed), 0)
    index, table = b"", b""
    for number, (kind, second, third) in sorted(rows.items()):
        index += b"%d 1 " % number
        table += bytes([kind]) + (second + (len(signed) if kind == 1 else 0)).to_bytes(4, "big") + third.to_bytes(2, "big")
    done += b"%d 0 obj\n<</Type/XRef/Size %d/Root 1 0 R/W[1 4 2]/Index[%s]/Prev %d%s%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        own, size, index, last_start(signed), kept(signed), entries, len(table), table)
    return done + b"startxref\n%d\n%%%%EOF\n" % at


def packed(number, pairs, extra=b""):
    """An object stream with these (number, text)."""
    head, body = b"", b""
    for num, text in pairs:
        head += b"%d %d " % (num, len(body))
        body += text + b" "
    content = zlib.compress(head + body)
    return b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Filter/FlateDecode%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, len(pairs), len(head), extra, len(content), content)


EVIL_PAGE = page(contents=b"8 0 R")


def hidden_in(make_body, rows=None, signed=None):
    def make():
        first = signed() if signed else sign(prepared({8: data(EVIL)}))
        body, own = make_body()
        return appended(first, body, own if rows is None else rows)
    return make


def in_stream(text):
    """The data of a stream that nothing refers to holds a body: who rebuilds the table takes it for the newest."""
    def make_body():
        return b"30 0 obj\n" + data(b"x\n" + text + b"\n") + b"\nendobj\n", {30: (0, 0)}
    return make_body


def in_gap(text):
    return lambda: (b"30 0 obj\n" + data(b"x") + b"\nendobj\n" + text + b"\n", {30: (0, 0)})


def in_certificate():
    """The same in a stream of the security store."""
    text = b"\n4 0 obj\n" + data(EVIL) + b"\nendobj\n"
    der = b"\x30\x82" + (len(text)).to_bytes(2, "big") + text
    signed = sign(prepared())
    cat = re.findall(rb"\n1 0 obj\s(.*?)\s*endobj", signed, re.S)[-1]
    first = b"30 0 obj\n" + data(der) + b"\nendobj\n"
    return appended(signed, first + b"1 0 obj\n" + cat[:-2] + b"/DSS<</Certs[30 0 R]>>>>\nendobj\n", {1: (len(first), 0), 30: (0, 0)})


def in_pack(pairs):
    """An object stream whose contents no table lists."""
    def make_body():
        return packed(30, pairs), {30: (0, 0)}
    return make_body


def in_reference_stream():
    """One more cross-reference stream that nothing leads to, with another catalog."""
    body = b"31 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    at = len(body)
    row = bytes([1]) + (9).to_bytes(4, "big") + bytes([0])
    return body + b"30 0 obj\n<</Type/XRef/Size 999/Root 31 0 R/W[1 4 1]/Index[4 1]/Length 6>>\nstream\n%s\nendstream\nendobj\n" % row, {30: (at, 0)}


def two_packs(index, replaced=False):
    """The font's object stands twice in one object stream, or its stream is put in another's place."""
    def make():
        body = prepared({3: page(resources=b"<</Font<</F1 60 0 R>>>>")}, eof=b"")
        body = re.sub(rb"startxref\n\d+\n$", b"", body)
        table = int(re.search(rb"xref\n0 1", body).start())
        first = body + b"startxref\n%d\n%%%%EOF\n" % table
        old = packed(70, [(60, FONT), (60, FONT.replace(b"Helvetica", b"ZapfDingbats"))])
        first = streamed(first, old, {70: (1, 0, 0), 60: (2, 70, 0)}, own=90, size=91)
        signed = sign(first)
        if replaced:
            new = packed(70, [(60, FONT.replace(b"Helvetica", b"ZapfDingbats"))])
            return streamed(signed, new, {70: (1, 0, 0)})
        return streamed(signed, b"", {60: (2, 70, index)})
    return make


def whole_table():
    """No /Prev: one table lists what was signed, and another content."""
    signed = sign(prepared())
    rows, at = {}, {}
    for found in re.finditer(rb"(?<=\n)(\d+) 0 obj", signed):
        at[int(found.group(1))] = found.start()
    body = b"4 0 obj\n" + data(EVIL) + b"\nendobj\n"
    for number, offset in at.items():
        rows[number] = (offset - len(signed), 0)
    rows[4] = (0, 0)
    done = appended(signed, body, rows)
    return re.sub(rb"/Prev %d" % last_start(signed), b"/Prev 0", done)


def inner_section():
    """The last startxref leads to a section inside the signed bytes, which goes on to the signed one."""
    def body(prev):
        fake = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 9/Root 1 0 R/Prev %010d" + ID + b">>\nstartxref\n0\n%%%%EOF\n"
        made = prepared({8: data(fake % (0, prev)), 7: data(b"\n4 0 obj\n" + data(EVIL) + b"\nendobj\n")})
        at = made.rindex(b"\n4 0 obj\n") + 1
        return made.replace(fake % (0, prev), fake % (at, prev))
    signed = sign(body(0))
    signed = sign(body(last_start(signed)))
    return signed + b"startxref\n%d\n%%%%EOF\n" % signed.index(b"xref\n4 1\n")


def hybrid_awaited():
    """A hybrid update whose stream alone brings what the page waits for."""
    signed = sign(prepared({3: page(contents=b"[4 0 R 900 0 R]")}))
    body = b"900 0 obj\n" + data(EVIL) + b"\nendobj\n"
    at = len(body)
    row = bytes([1]) + len(signed).to_bytes(4, "big") + bytes([0])
    body += b"50 0 obj\n<</Type/XRef/Size 951/Root 1 0 R/W[1 4 1]/Index[900 1]/Length 6>>\nstream\n%s\nendstream\nendobj\n" % row
    return appended(signed, body, {}, trailer=b"/XRefStm %d" % (len(signed) + at))


def quirk(contents):
    """The list of contents is written so that strict readers cannot read it, and others can."""
    def make():
        signed = sign(prepared({3: page(contents=b"6 0 R"), 6: contents}))
        return appended(signed, b"900 0 obj\n" + data(EVIL) + b"\nendobj\n", {900: (0, 0)})
    return make


def quirk_pack():
    """The list of contents stands in an object stream that is cut short."""
    body = prepared({3: page(contents=b"6 0 R")}, eof=b"")
    first = body[:body.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % re.search(rb"xref\n0 1", body).start()
    text = b"6 0 [4 0 R 900 0 R] "
    raw = zlib.compress(text)[:-4]
    pack = b"70 0 obj\n<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/Unknown]/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(raw), raw)
    signed = sign(streamed(first, pack, {70: (1, 0, 0), 6: (2, 70, 0)}, own=90, size=91))
    return streamed(signed, b"900 0 obj\n" + data(EVIL) + b"\nendobj\n", {900: (1, 0, 0)})


def nested_twice():
    """A key twice, two levels down."""
    signed = sign(prepared({6: FONT.replace(b"Helvetica", b"ZapfDingbats")}))
    now = re.findall(rb"\n3 0 obj\s(.*?)\s*endobj", signed, re.S)[-1]
    return raw_update(signed, {3: now.replace(b"/F1 5 0 R", b"/F1 5 0 R/F1 6 0 R")})


def bent(**more):
    return lambda: appended(sign(prepared()), b"", {}, **more)


def table():
    # the table
    yield "zero-object", zero(), "modified", []
    yield "zero-object-packed", lambda: streamed(sign(prepared({3: page(contents=b"[4 0 R 0 0 R]")})), b"0 0 obj\n" + data(EVIL) + b"\nendobj\n", {0: (1, 0, 0)}), "modified", []
    yield "sound-zero-listed", zero_signed, "valid", []
    yield "prev-whole-table", whole_table, "invalid", []
    yield "prev-itself", lambda: re.sub(rb"/Prev \d+(?!.*/Prev)", lambda m: b"/Prev %d" % (len(sign_plain())), appended(sign_plain(), b"", {}), flags=re.S), "unreadable", []
    yield "prev-real", lambda: re.sub(rb"/Prev (\d+)(?!.*/Prev)", rb"/Prev \1.9", appended(sign_plain(), b"", {}), flags=re.S), "unreadable", []
    yield "prev-string", lambda: re.sub(rb"/Prev (\d+)(?!.*/Prev)", rb"/Prev (\1)", appended(sign_plain(), b"", {}), flags=re.S), "unreadable", []
    yield "prev-reference", lambda: re.sub(rb"/Prev (\d+)(?!.*/Prev)", rb"/Prev 5 0 R", appended(sign_plain(), b"", {}), flags=re.S), "unreadable", []
    yield "inner-section", inner_section, "invalid", []
    yield "hybrid-awaited", hybrid_awaited, "modified", ["change:object-awaited"]
    yield "table-root-twice", bent(trailer=b"/Root 1 0 R"), "modified", ["change:trailer"]
    yield "table-root-other", bent(trailer=b"/Root 5 0 R"), "unreadable", []
    yield "table-encrypt", bent(trailer=b"/Encrypt 5 0 R"), "unreadable", []
    yield "table-startxref-twice", bent(words=b"startxref\n%d\n", between=b"startxref\n9\n"), "unreadable", []
    # bodies that a rebuilt table would hold
    body = b"4 0 obj\n" + data(EVIL) + b"\nendobj"
    yield "body-in-gap", hidden_in(in_gap(body)), "modified", ["change:object-unlisted"]
    yield "body-in-stream", hidden_in(in_stream(body)), "modified", ["change:object-unlisted"]
    yield "body-in-certificate", in_certificate, "modified", ["change:object-unlisted"]
    yield "body-in-string", hidden_in(lambda: (b"30 0 obj\n<</Producer(x\n4 0 obj\n<</Length 0>>)>>\nendobj\n", {30: (0, 0)})), "modified", ["change:object-unlisted"]
    yield "body-in-comment", hidden_in(in_gap(b"% 4 0 obj")), "modified", ["change:object-unlisted"]
    yield "trailer-in-gap", hidden_in(in_gap(b"31 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\ntrailer\n<</Root 31 0 R/Size 99>>")), "modified", []
    yield "trailer-in-stream", hidden_in(in_stream(b"31 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\ntrailer\n<</Root 31 0 R/Size 99>>\n")), "modified", []
    yield "body-in-pack", hidden_in(in_pack([(3, EVIL_PAGE)])), "modified", []
    yield "body-in-pack-catalog", hidden_in(in_pack([(40, b"<<>>"), (1, b"<</Type/Catalog/Pages 2 0 R>>")])), "modified", []
    yield "section-stream-stray", hidden_in(in_reference_stream), "modified", []
    yield "pack-index", two_packs(1), "modified", ["change:object-replaced"]
    yield "pack-replaced", two_packs(0, True), "modified", []
    yield "sound-pack-again", two_packs(0), "valid", []
    # what one reader reads and another does not
    yield "quirk-array", quirk(b"[4 0 R 900 0 R }]"), "modified", []
    yield "quirk-unclosed", quirk(b"[4 0 R 900 0 R"), "modified", []
    yield "quirk-number", quirk(b"[4 0 R 900 0 R --5]"), "modified", []
    yield "quirk-dictionary", quirk(b"[4 0 R 900 0 R <</A>>]"), "modified", []
    yield "quirk-hex", quirk(b"[4 0 R 900 0 R <0g>]"), "modified", []
    yield "quirk-pack", quirk_pack, "modified", []
    yield "nested-key-twice", nested_twice, "modified", ["change:page"]


def sign_plain():
    return sign(prepared())
