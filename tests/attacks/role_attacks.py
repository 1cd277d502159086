"""Prepared files: an object in two roles, a place that waits, another view of what was signed. The signer sees 100, the reader later 900."""
import re

from pyhanko.pdf_utils.generic import IndirectObject

from base import certify, sign
from pdf_attacks import raw_update

GOOD, EVIL = b"BT /F1 24 Tf 72 700 Td (100) Tj ET", b"BT /F1 24 Tf 72 700 Td (900) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
BOX = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Length %d>>\nstream\n%s\nendstream"


def data(content, entries=b""):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def shown(content):
    return BOX % (len(content), content)


def page(entries=b"", contents=b"4 0 R", resources=b"<</Font<</F1 5 0 R>>>>"):
    return b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %s/Resources %s%s>>" % (contents, resources, entries)


def prepared(objects=None, catalog=b"", trailer=b"", generations=None, eof=b"%%EOF\n"):
    """A document of one page; `objects` come over its five."""
    every = {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: page(), 4: data(GOOD), 5: FONT}
    every.update(objects or {})
    every[20] = b"<</FT/Sig/T(Signature1)>>"  # so that signing touches nothing else
    if b"/AcroForm" not in every[1]:
        every[1] = every[1][:-2] + b"/AcroForm<</Fields[]>>>>"
    every = {n: v.replace(b"/Fields[", b"/Fields[20 0 R ") for n, v in every.items()}
    body, rows = b"%PDF-1.7\n", b"xref\n0 1\n0000000000 65535 f \n"
    for number, value in sorted(every.items()):
        rows += b"%d 1\n%010d %05d n \n" % (number, len(body), (generations or {}).get(number, 0))
        body += b"%d %d obj\n%s\nendobj\n" % (number, (generations or {}).get(number, 0), value)
    at = len(body)
    return body + rows + b"trailer\n<</Size %d/Root 1 0 R%s/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n%d\n" % (
        max(every) + 1, trailer, at) + eof


def latest(signed, number):
    """The newest body of an object of a signed file."""
    return list(re.finditer(rb"(?<=\n)%d 0 obj\s(.*?)\s*endobj" % number, signed, re.S))[-1].group(1)


def swapped(number, new, old=None, **made):
    """Signed with `old` in this place; then the place gets `new`."""
    def make():
        objects = dict(made.get("objects") or {})
        if old is not None:
            objects[number] = old
        return raw_update(sign(prepared(objects, made.get("catalog", b""), made.get("trailer", b""))), {number: new})
    return make


def role(entry, old=data(GOOD), new=data(EVIL), **more):
    """The content stream stands in the catalog under another name as well."""
    return swapped(4, new, old, catalog=entry, **more)


def field(value, extra=b""):
    return b"<</FT/Tx/T(a)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R%s%s>>" % (value, extra)


def field_as_xobjects(key):
    """A form field is also the dictionary of the page's XObjects, and its value one of them."""
    objects = {3: page(b"/Annots[6 0 R]", resources=b"<</Font<</F1 5 0 R>>/XObject 6 0 R>>"), 4: data(b"/%s Do" % key), 6: field(b"/%s 7 0 R" % key),
               7: shown(GOOD), 8: shown(EVIL)}
    return swapped(6, field(b"/%s 8 0 R" % key), objects=objects, catalog=b"/AcroForm<</Fields[6 0 R]>>")


def field_as_group():
    objects = {3: page(b"/Annots[6 0 R]/Group 6 0 R"), 6: field(b"/S/Transparency/I[0]")}
    return swapped(6, field(b"/S/Transparency/I[1]"), objects=objects, catalog=b"/AcroForm<</Fields[6 0 R]>>")


def annots_as_xobjects():
    objects = {3: page(b"/Annots 6 0 R", resources=b"<</Font<</F1 5 0 R>>/XObject 6 0 R>>"), 4: data(b"/X1 Do"), 6: b"<</X1 7 0 R>>", 7: shown(GOOD), 8: shown(EVIL)}
    return swapped(6, b"<</X1 8 0 R>>", objects=objects)


def info_as_xobjects():
    objects = {3: page(resources=b"<</Font<</F1 5 0 R>>/XObject 6 0 R>>"), 4: data(b"/Producer Do"), 6: b"<</Producer 7 0 R>>", 7: shown(GOOD), 8: shown(EVIL)}
    return swapped(6, b"<</Producer 8 0 R>>", objects=objects, trailer=b"/Info 6 0 R")


def metadata_as_xobject():
    packet = shown(b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><!-- \n' + EVIL + b"\n--></rdf:RDF></x:xmpmeta>")
    old = packet.replace(b"[0 0 595 842]", b"[0 0 0 0]")
    objects = {3: page(resources=b"<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>"), 4: data(b"/X1 Do"), 6: old}
    return swapped(6, packet, objects=objects, catalog=b"/Metadata 6 0 R")


def store_as_contents():
    """The list of certificates is the page's list of contents; a DER string that draws."""
    def der(content):
        return data(b"\x30\x82" + (len(content) + 2).to_bytes(2, "big") + b"\n " + content)
    objects = {3: page(contents=b"6 0 R"), 4: der(GOOD), 6: b"[4 0 R]"}
    return lambda: raw_update(sign(prepared(objects, b"/DSS<</Certs 6 0 R>>")), {6: b"[4 0 R 900 0 R]", 900: der(EVIL)})


def generation(contents, again):
    """Object 6 is written again as it was, with another generation: what referred to it finds nothing, or something."""
    def make():
        signed = sign(prepared({3: page(contents=contents), 6: data(EVIL)}))
        done = raw_update(signed, {6: data(EVIL)})
        at = done.rindex(b"6 0 obj")
        return (done[:at] + b"6 1 obj" + done[at + 7:]).replace(b"6 1\n%010d 00000 n" % at, b"6 1\n%010d 00001 n" % at) if again else done
    return make


def prepared_widget():
    """A field that no page shows gets its place on the page."""
    objects = {6: field(b"/V(x)/AP<</N 7 0 R>>").replace(b"[0 0 9 9]", b"[0 0 595 842]"), 7: shown(EVIL), 3: page(b"/Annots[]")}
    return swapped(3, page(b"/Annots[6 0 R]"), objects=objects, catalog=b"/AcroForm<</Fields[6 0 R]>>")


def other_kind(kind, flags=b""):
    objects = {3: page(b"/Annots[6 0 R]"), 6: field(b"/AP<</N 7 0 R>>", flags).replace(b"/Widget", kind), 7: shown(GOOD), 8: shown(EVIL)}
    return swapped(6, objects[6].replace(b"7 0 R", b"8 0 R"), objects=objects, catalog=b"/AcroForm<</Fields[6 0 R]>>")


def font_comes(font):
    """A field is drawn with a font that comes later."""
    def make():
        form = b"<</Fields[6 0 R]/DR<</Font<</F1 5 0 R>>>>>>"
        signed = sign(prepared({3: page(b"/Annots[6 0 R]"), 6: field(b"/V(100)/DA(/X1 9 Tf)"), 7: form}, b"/AcroForm 7 0 R"))
        now = latest(signed, 7)
        at = now.index(b"/Font")
        return raw_update(signed, {7: now[:at] + now[at:].replace(b"5 0 R", b"5 0 R /X1 900 0 R", 1), 900: font})
    return make


def doubled():
    """A key twice, which readers read differently."""
    def make():
        signed = sign(prepared({6: data(EVIL)}))
        now = latest(signed, 3)
        return raw_update(signed, {3: now.replace(b"/Type", b"/Contents 6 0 R /Type", 1)})
    return make


def key_added(key):
    """The page gets a key that some readers take for another one."""
    def make():
        signed = sign(prepared({6: data(EVIL)}))
        return raw_update(signed, {3: latest(signed, 3).replace(b"/Type", b"/%s 6 0 R /Type" % key, 1)})
    return make


def annots_as_widths():
    objects = {3: page(b"/Annots 6 0 R"), 5: FONT[:-2] + b"/FirstChar 48/LastChar 49/Widths 6 0 R>>", 6: b"[600 600]"}
    return lambda: raw_update(certify(prepared(objects), 3), {6: b"[900 0 R 600 600]", 900: b"<</Type/Annot/Subtype/Text/Rect[0 0 1 1]>>"})


def pages_as_field():
    """The page tree is a field of the form, its pages the kids."""
    node = b"<</Type/Pages/Kids[%s]/Count 2/T(p)/FT/Tx>>"
    return swapped(2, node % b"6 0 R 3 0 R", node % b"3 0 R 6 0 R", objects={6: page(b"/V(x)")}, catalog=b"/AcroForm<</Fields[2 0 R]>>")


def container_awaited():
    """A page's content comes out of an object stream that does not stand there yet."""
    def make():
        objects = {3: page(contents=b"[4 0 R]", resources=b"<</Font<</F1 5 0 R>>/XObject 6 0 R>>"), 4: data(GOOD + b" /X1 Do"), 8: shown(EVIL)}
        body = prepared(objects)
        old = re.search(rb"startxref\n(\d+)", body)
        at = len(body)
        entries = bytes([2]) + (70).to_bytes(4, "big") + bytes([0]) + bytes([1]) + at.to_bytes(4, "big") + bytes([0])
        body += b"9 0 obj\n<</Type/XRef/Size 71/Root 1 0 R/W[1 4 1]/Index[6 1 9 1]/Prev %d/Length %d/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
            int(old.group(1)), len(entries), entries, at)
        return raw_update(sign(body), {70: b"<</Type/ObjStm/N 1/First 4/Length 17>>\nstream\n6 0 <</X1 8 0 R>>\nendstream"})
    return make


def place_beyond():
    """The signed table names a place behind the signed end, where content is put later."""
    def make():
        def made(offset):
            body = prepared({3: page(contents=b"[4 0 R 8 0 R]"), 8: data(b"")})
            return re.sub(rb"8 1\n\d{10}", b"8 1\n%010d" % offset, body)
        def shift(offset):
            return sign(made(offset))
        signed = shift(len(sign(prepared({3: page(contents=b"[4 0 R 8 0 R]"), 8: data(b"")}))) )
        signed = shift(len(signed))
        return raw_update(signed + b"8 0 obj\n" + data(EVIL) + b"\nendobj\n", {})
    return make


def other_section():
    """Inside the signed bytes stands a section that nothing names; the update goes on from it, it from the signed one."""
    def make():
        def made(prev):
            fake = b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 9/Root 1 0 R/Prev %010d/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n0\n"
            body = prepared({8: data(fake % (0, prev)), 7: data(b"\n4 0 obj\n" + data(EVIL) + b"\nendobj\n")})
            at = body.rindex(b"\n4 0 obj\n") + 1
            return body.replace(fake % (0, prev), fake % (at, prev))
        signed = sign(made(0))
        last = int(re.findall(rb"startxref\s+(\d+)", signed)[-1])
        signed = sign(made(last))
        done = raw_update(signed, {})
        before, after = done.rsplit(b"/Prev %d" % last, 1)
        return before + b"/Prev %d" % signed.index(b"xref\n4 1\n") + after
    return make


def hidden_from_tables():
    """A hybrid update: its table frees the content, its stream lists it where it stood; who reads tables alone sees an empty page."""
    def make():
        signed = sign(prepared())
        place = re.search(rb"(?<=\n)4 0 obj", signed).start()
        entries = bytes([1]) + place.to_bytes(4, "big") + bytes([0])
        extra = b"50 0 obj\n<</Type/XRef/Size 51/Root 1 0 R/W[1 4 1]/Index[4 1]/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(entries), entries)
        return raw_update(signed + extra, {}, free=[4], trailer=b"/XRefStm %d" % len(signed))
    return make


def deep_widget(who):
    """A later signer's place on the page hangs two steps below the field."""
    def make():
        objects = {3: page(b"/Annots[8 0 R]"), 6: b"<</FT/Sig/T(S2)/Kids[7 0 R]>>", 7: b"<</Parent 6 0 R/Kids[8 0 R]>>", 9: shown(EVIL),
                   8: b"<</Type/Annot/Subtype/Widget/F 132/Rect[0 0 595 842]/P 3 0 R/Parent 7 0 R/AP<</N 9 0 R>>>>"}
        return sign(sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]/SigFlags 3>>")), who, "S2")
    return make


def indirect_rectangle(who):
    """A later signer covers the page; the corners of the place are references, which the signing program takes for no place."""
    def make():
        objects = {3: page(b"/Annots[6 0 R]"), 6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[7 0 R 7 0 R 8 0 R 8 0 R]/P 3 0 R/AP<</N 9 0 R>>>>", 7: b"0", 8: b"500", 9: shown(EVIL)}
        signed = sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]/SigFlags 3>>"))
        return sign(signed, who, "S2")
    with_difference(IndirectObject)
    return make


def with_difference(kind):
    kind.__sub__ = lambda self, other: 0


def table():
    for key in (b"Perms", b"Extensions"):
        yield f"role-content-{key.decode().lower()}", role(b"/%s 4 0 R" % key), "modified", ["change:object-replaced"]
    yield "role-content-info", swapped(4, data(EVIL), data(GOOD), trailer=b"/Info 4 0 R"), "modified", ["change:object-replaced"]
    yield "role-content-annots", swapped(4, data(EVIL), data(GOOD), objects={3: page(b"/Annots 4 0 R")}), "modified", ["change:object-replaced"]
    yield "role-content-kids", swapped(4, data(EVIL), data(GOOD), objects={6: b"<</FT/Tx/T(a)/Kids 4 0 R>>"}, catalog=b"/AcroForm<</Fields[6 0 R]>>"), "modified", ["change:object-replaced"]
    for key in (b"AP", b"V", b"M"):
        yield f"role-field-xobject-{key.decode().lower()}", field_as_xobjects(key), "modified", []
    yield "role-field-group", field_as_group(), "modified", []
    yield "role-annots-xobject", annots_as_xobjects(), "modified", []
    yield "role-info-xobject", info_as_xobjects(), "modified", []
    yield "role-metadata-xobject", metadata_as_xobject(), "modified", []
    yield "role-store-contents", store_as_contents(), "modified", []
    yield "generation-appears", generation(b"[4 0 R 6 1 R]", True), "modified", ["change:object-replaced"]
    yield "generation-vanishes", generation(b"[4 0 R 6 0 R]", True), "modified", ["change:object-replaced"]
    yield "sound-written-again", generation(b"[4 0 R 6 0 R]", False), "valid", []
    yield "widget-prepared", prepared_widget(), "modified", ["change:annotation"]
    yield "field-stamp", other_kind(b"/Stamp"), "modified", ["change:field"]
    yield "field-button", other_kind(b"/Widget", b"/FT/Btn/Ff 65536"), "modified", []
    yield "field-font", font_comes(FONT.replace(b"Helvetica", b"ZapfDingbats")), "modified", ["change:form"]
    yield "sound-field-font", font_comes(FONT), "valid", ["allowed:form-resources"]
    yield "doubled-key", doubled(), "modified", []
    yield "key-with-zero", key_added(b"Contents#00"), "modified", ["change:page"]
    yield "key-escaped", key_added(b"#43ontents"), "modified", ["change:page"]
    yield "role-annots-widths", annots_as_widths(), "modified", ["change:object-replaced"]
    yield "role-pages-field", pages_as_field(), "modified", ["change:field-removed"]
    yield "container-awaited", container_awaited(), "modified", ["change:object-awaited"]
    yield "place-beyond", place_beyond(), "modified", ["change:object-awaited"]
    yield "other-section", other_section(), "invalid", ["pdf.range-end"]
    yield "hybrid-hidden-from-tables", hidden_from_tables(), "invalid", ["pdf.double-view"]
    yield "ssa-deep-widget", deep_widget("unknown-issuer"), "modified", ["change:signature"]
    yield "deep-widget-covers", deep_widget("p256"), "undetermined", ["change.covers-text", "allowed:signature"]
    yield "sound-indirect-rectangle", indirect_rectangle("p256"), "valid", ["allowed:signature"]
    yield "ssa-indirect-rectangle", indirect_rectangle("unknown-issuer"), "modified", []
