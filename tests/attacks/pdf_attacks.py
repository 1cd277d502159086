"""Attacks on the file: forgery of the dictionary, incremental saving, wrapping, shadow, annotations, later signatures, stores."""
import functools
import io
import re
import zlib

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, NumberObject as I, pdf_string

import base
from base import N, certify, document, document_stamp, hole, locked, sign, stream, update


@functools.lru_cache(None)
def signed():
    return sign(document())


@functools.lru_cache(None)
def form():
    return document(form=True)


def replaced(pattern, to, data=None):
    """The same length: padded with blanks."""
    data = data or signed()
    found = list(re.finditer(pattern, data, re.S))[-1]
    put = to.ljust(len(found.group(0)), b" ")
    return data[:found.start()] + put + data[found.end():]


def ranges(text):
    return lambda: replaced(rb"\[\d+ \d+ \d+ \d+ *\]", text)


def first_page(w):
    return w.root["/Pages"]["/Kids"].raw_get(0).get_object()


def field_of(w, label):
    for raw in w.root["/AcroForm"]["/Fields"]:
        field = raw.get_object()
        if field["/T"] == label:
            return field
    raise KeyError(label)


def root(key, make):
    def change(w):
        w.root[N("/" + key)] = make(w)
        w.update_root()
    return change


def content_replaced():
    """An own update: the content stream's number gets a new body, the classic incremental saving attack."""
    return raw_update(signed(), {content_number(): b"<</Length 40>>\nstream\nBT /F1 24 Tf 72 700 Td (999) Tj ET      \nendstream"})


def content_number():
    return int(re.search(rb"/Contents (\d+) 0 R", signed()).group(1))


def trailer_of(data):
    """Size, Root, Info, ID of the newest trailer, as text, from a classic table or a cross-reference stream."""
    at = data.rfind(b"/Root")
    root_ref = re.match(rb"/Root (\d+ \d+ R)", data[at:]).group(1)
    size = max(int(n) for n in re.findall(rb"/Size (\d+)", data))
    return size, root_ref, int(re.findall(rb"startxref\s+(\d+)", data)[-1])


def raw_update(data, objects, free=(), trailer=b"", startxref=None):
    size, root_ref, prev = trailer_of(data)
    info = re.findall(rb"/Info (\d+ \d+ R)", data)
    identity = re.findall(rb"/ID\s*(\[[^\]]*\])", data)
    body, places = data if data.endswith(b"\n") else data + b"\n", {}
    for number, value in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    xref = len(body)
    body += b"xref\n"
    for number in sorted([*places, *free]):
        body += b"%d 1\n" % number
        body += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00001 f \n"
    body += b"trailer\n<</Size %d /Root %s /Prev %d %s %s %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        max([size, *[n + 1 for n in places]]), root_ref, prev, b"/Info " + info[-1] if info else b"",
        b"/ID " + identity[-1] if identity else b"", trailer, xref if startxref is None else startxref)
    return body


def shrunk_gap(filler):
    """SWA: the padding of /Contents is used for other things; the signed bytes stay what they were."""
    data = signed()
    start, end = hole(data)
    der = base.cms_of(data)
    length = 4 + int.from_bytes(der[2:4], "big")
    digits = data[start + 1:start + 1 + 2 * length]
    return data[:start] + (b"<" + digits + b">" + filler).ljust(end - start, b" ") + data[end:]


def moved_gap(filler):
    """The same in front of the token, which ends where it did."""
    data = signed()
    start, end = hole(data)
    return data[:start] + filler + b"<" + data[start + 1:end - 1 - len(filler)] + b">" + data[end:]


def literal():
    data = signed()
    start, end = hole(data)
    return data[:start] + b"(" + b"0" * (end - start - 2) + b")" + data[end:]


def annotation(subtype, appearance=True):
    def change(w):
        page = first_page(w)
        entries = {N("/Type"): N("/Annot"), N("/Subtype"): N("/" + subtype), N("/Contents"): pdf_string("faux"),
                   N("/Rect"): ArrayObject([I(0), I(0), I(595), I(842)])}
        if appearance:
            form_x = w.add_object(stream(b"1 g 0 0 595 842 re f", Type=N("/XObject"), Subtype=N("/Form"),
                                         BBox=ArrayObject([I(0), I(0), I(595), I(842)])))
            entries[N("/AP")] = DictionaryObject({N("/N"): form_x})
        page.setdefault(N("/Annots"), ArrayObject())
        page["/Annots"].append(w.add_object(DictionaryObject(entries)))
        w.update_container(page["/Annots"])
        w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))
    return change


def fill(label, value="y", key="/V"):
    def change(w):
        field = field_of(w, label)
        field[N(key)] = pdf_string(value)
        w.update_container(field)
    return change


def another_field(label, value_of, add_widget=False):
    """A signature field whose value is the dictionary of an earlier one."""
    def change(w):
        old = field_of(w, value_of)
        page = w.root["/Pages"]["/Kids"].raw_get(0)
        new = w.add_object(DictionaryObject({
            N("/FT"): N("/Sig"), N("/T"): pdf_string(label), N("/Type"): N("/Annot"), N("/Subtype"): N("/Widget"), N("/F"): I(132),
            N("/Rect"): ArrayObject([I(0)] * 4), N("/P"): page, N("/V"): old.raw_get("/V")}))
        w.root["/AcroForm"]["/Fields"].append(new)
        w.update_container(w.root["/AcroForm"]["/Fields"])
    return change


def awaiting():
    """A page that refers to an object that is not there yet: what a shadow attack prepares."""
    return sign(update(document(), lambda w: (first_page(w).__setitem__(N("/PieceInfo"), IndirectObject(900, 0, w)),
                                              w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0)))))


def awaited_appearance():
    """A later, invisible signature brings objects; the signed page already shows one of their numbers as content."""
    def made(number):
        waiting = update(document(), lambda w: (first_page(w).__setitem__(N("/Contents"), ArrayObject(
            [first_page(w).raw_get("/Contents"), IndirectObject(number, 0, w)])), w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))))
        return sign(sign(waiting), "p256", "S2")
    xrefs = PdfFileReader(io.BytesIO(made(4000)), strict=False).xrefs
    fresh = {r.idnum for r in xrefs.explicit_refs_in_revision(3)} - {r.idnum for k in range(3) for r in xrefs.explicit_refs_in_revision(k)}
    return made(max(fresh))


def font(w, name):
    return w.add_object(DictionaryObject({N("/Type"): N("/Font"), N("/Subtype"): N("/Type1"), N("/BaseFont"): N(name)}))


def resources(key, name):
    """A font of the form's default resources, added or replaced."""
    def change(w):
        form_ = w.root["/AcroForm"]
        form_.setdefault(N("/DR"), DictionaryObject()).setdefault(N("/Font"), DictionaryObject())[N(key)] = font(w, name)
        w.update_container(form_)
        w.update_root()
    return change


@functools.lru_cache(None)
def with_resources():
    return certify(update(document(form=True), resources("/Helv", "/Helvetica")), 2)


def shared_resources():
    """The form's default resources are the first page's own."""
    def change(w):
        page = first_page(w)
        ref = w.add_object(DictionaryObject(page["/Resources"]))
        page[N("/Resources")] = ref
        w.root["/AcroForm"][N("/DR")] = ref
        w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))
        w.update_container(w.root["/AcroForm"])
        w.update_root()
    return certify(update(document(form=True), change), 2)


def shared_font(w):
    ref = w.root["/AcroForm"].raw_get("/DR")
    ref.get_object()[N("/XObject")] = DictionaryObject({N("/X1"): font(w, "/Courier")})
    w.mark_update(ref)


def signature_field(entries):
    """An empty signature field, plain but for these entries."""
    def change(w):
        page = w.root["/Pages"]["/Kids"].raw_get(0)
        field = DictionaryObject({N("/FT"): N("/Sig"), N("/T"): pdf_string("S2"), N("/Type"): N("/Annot"), N("/Subtype"): N("/Widget"),
                                  N("/F"): I(132), N("/Rect"): ArrayObject([I(0), I(0), I(500), I(500)]), N("/P"): page})
        field.update({N(k): v for k, v in entries.items()})
        w.root["/AcroForm"]["/Fields"].append(w.add_object(field))
        w.update_container(w.root["/AcroForm"]["/Fields"])
    return change


def dictionary_override(w):
    ref = field_of(w, "Signature1").raw_get("/V")
    value = ref.get_object()
    value[N("/Reason")] = pdf_string("Bon pour accord")
    w.mark_update(ref)


def field_removed(w):
    w.root["/AcroForm"][N("/Fields")] = ArrayObject()
    w.update_container(w.root["/AcroForm"])


def value_removed(w):
    field = field_of(w, "Signature1")
    del field["/V"]
    w.update_container(field)


def info_title(w):
    info = w.trailer["/Info"]
    info[N("/Title")] = pdf_string("Autre titre")
    w.update_container(info)


def font_replaced():
    number = int(re.search(rb"/F1 (\d+) 0 R", signed()).group(1))
    return raw_update(signed(), {number: b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"})


def kids_loop():
    data = form()
    field = int(re.search(rb"/Fields\s*\[\s*(\d+) 0 R", data).group(1))
    return raw_update(data, {field: b"<</FT/Sig/T(a)/Kids[%d 0 R %d 0 R]>>" % (field, field)})


def deep():
    return raw_update(signed(), {content_number(): b"[" * 5000 + b"]" * 5000})


def huge_number():
    return raw_update(signed(), {999999999: b"<<>>"})


def bomb():
    """A security store with a stream that inflates to 2 GB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)  # may be repeated
    data = b"\x78\xda" + block * 2048 + b"\x03\x00" + ((2**31 % 65521) << 16 | 1).to_bytes(4, "big")
    def change(w):
        s = generic.StreamObject(dict_data={N("/Filter"): N("/FlateDecode")}, encoded_data=data)
        w.root[N("/DSS")] = DictionaryObject({N("/CRLs"): ArrayObject([w.add_object(s)])})
        w.update_root()
    return update(signed(), change)


def dss(make):
    return lambda: update(signed(), lambda w: (w.root.__setitem__(N("/DSS"), w.add_object(make(w))), w.update_root()))


def good_dss(w):
    with open(f"{base.PKI}/tsp.der", "rb") as f:
        return DictionaryObject({N("/Certs"): ArrayObject([w.add_object(stream(f.read()))])})


def dss_removed():
    return update(dss(good_dss)(), lambda w: (w.root.__delitem__("/DSS"), w.update_root()))


def content_as_dss():
    """The store lists the page's content, so that replacing the one would pass as a change of the other."""
    return dss(lambda w: DictionaryObject({N("/Certs"): ArrayObject([first_page(w).raw_get("/Contents")])}))()


def hybrid(two_views):
    """A hybrid file, signed; with `two_views` its table and its stream disagree on the page's content."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>", b"<</Length 3>>\nstream\nq Q\nendstream",
               b"<</Length 11>>\nstream\n0 0 9 9 re f\nendstream".replace(b"11", b"12")]
    body, places = b"%PDF-1.5\n", []
    for i, value in enumerate(objects):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (i + 1, value)
    target = places[4] if two_views else places[3]
    if two_views:  # object 4 once more, another content
        target = len(body)
        body += b"4 0 obj\n<</Length 12>>\nstream\n0 0 9 9 re f\nendstream\nendobj\n"
    entries = bytes([1]) + target.to_bytes(4, "big") + bytes([0])
    at = len(body)
    body += b"6 0 obj\n<</Type/XRef/Size 7/Root 1 0 R/W[1 4 1]/Index[4 1]/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(entries), entries)
    xref = len(body)
    body += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    body += b"trailer\n<</Size 7/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (at, xref)
    return sign(body)


def table():
    yield "sound", signed, "valid", ["level:B-B"]
    yield "sound-second-signature", lambda: sign(signed(), "p256", "Signature2"), "valid", ["allowed:signature"]
    yield "sound-visible-second", lambda: sign(signed(), "p384", "S2", box=(10, 10, 200, 60)), "valid", ["allowed:signature"]
    yield "sound-stamp", lambda: document_stamp(signed()), "valid", ["allowed:document-timestamp", "level:B-T"]
    yield "sound-t", lambda: sign(document(), stamp=True), "valid", ["level:B-T"]
    yield "sound-dss", dss(good_dss), "valid", ["allowed:dss"]
    for p in (1, 2, 3):
        yield f"sound-certified-{p}-stamp", lambda p=p: document_stamp(certify(document(), p)), "valid", ["allowed:document-timestamp"]
    yield "certified-1-signature", lambda: sign(certify(document(), 1), "p256", "S2"), "modified", ["change:signature"]
    yield "sound-certified-2-signature", lambda: sign(certify(document(), 2), "p256", "S2"), "valid", []
    yield "sound-filled", lambda: update(certify(form(), 2), fill("Nom")), "valid", ["allowed:form-fill"]
    yield "certified-1-filled", lambda: update(certify(form(), 1), fill("Nom")), "modified", ["change:form-fill"]
    yield "lock-filled", lambda: update(locked(form(), ["Nom"]), fill("Nom")), "modified", ["change:form-fill"]
    yield "sound-lock-shared-prefix", lambda: update(locked(form(), ["Nom"]), fill("Nomade")), "valid", ["allowed:form-fill"]
    yield "lock-exclude", lambda: update(locked(form(), ["Nom"], exclude=True), fill("Ville")), "modified", ["change:form-fill"]
    yield "field-renamed", lambda: update(certify(form(), 2), fill("Nom", "Autre", "/T")), "modified", []
    yield "field-action", lambda: update(certify(form(), 2), fill("Nom", "x", "/AA")), "modified", ["change:field"]

    # USF: entries emptied, nulled, removed, of odd types
    for label, pattern, to in [("no-byterange", rb"/ByteRange", b"/ByteRangX"), ("no-contents", rb"/Contents <", b"/ContentX <"),
                               ("no-subfilter", rb"/SubFilter", b"/SubFilteX"), ("no-filter", rb"/Filter /Adobe", b"/Filtex /Adobe"),
                               ("byterange-null", rb"\[\d+ \d+ \d+ \d+ *\]", b"null"), ("byterange-empty", rb"\[\d+ \d+ \d+ \d+ *\]", b"[]"),
                               ("byterange-string", rb"\[\d+ \d+ \d+ \d+ *\]", b"(0 1 2 3)"), ("contents-null", rb"/Contents <[0-9a-fA-F]*>", b"/Contents null"),
                               ("contents-empty", rb"/Contents <[0-9a-fA-F]*>", b"/Contents <>"), ("contents-zero", rb"/Contents <[0-9a-fA-F]*>", b"/Contents <00>")]:
        yield "usf-" + label, lambda a=pattern, b=to: replaced(a, b), "invalid", []
    for label, text in [("zeros", b"[0 0 0 0]"), ("negative", b"[0 -1 9 9]"), ("three", b"[0 100 200]"), ("whole", b"[0 99999 0 0]"),
                        ("huge", b"[0 9 999999999 9]"), ("overlap", b"[0 200 100 99]"), ("real", b"[0 10.5 20 30]")]:
        yield "usf-range-" + label, ranges(text), "invalid", []
    yield "usf-value-null", lambda: update(signed(), lambda w: (field_of(w, "Signature1").__setitem__(N("/V"), NullObject()),
                                                                w.update_container(field_of(w, "Signature1")))), "invalid", ["pdf.signature-removed"]
    yield "value-removed", lambda: update(signed(), value_removed), "invalid", ["pdf.signature-removed"]
    yield "field-removed", lambda: update(signed(), field_removed), "invalid", ["pdf.signature-removed"]
    yield "form-removed", lambda: update(signed(), lambda w: (w.root.__delitem__("/AcroForm"), w.update_root())), "invalid", ["pdf.signature-removed"]
    yield "unsigned", document, "unsigned", ["unsigned"]
    yield "byte-changed", lambda: signed().replace(b"Montant : 100", b"Montant : 900"), "invalid", ["cms.digest-differs"]

    # ISA: incremental saving, whole, partial, without cross-reference
    yield "isa-content", content_replaced, "modified", ["change:object-replaced"]
    yield "isa-no-xref", lambda: signed() + b"\n%d 0 obj\n<<>>\nendobj\n" % content_number(), "modified", ["change:tail"]
    yield "isa-no-trailer", lambda: signed() + b"\n4 0 obj\n<<>>\nendobj\nxref\n0 0\n%%EOF\n", "modified", []
    yield "isa-wrong-startxref", lambda: raw_update(signed(), {content_number(): b"<</Length 0>>\nstream\nendstream"}, startxref=7), "unreadable", []
    yield "isa-empty-update", lambda: raw_update(signed(), {}), "valid", []
    yield "isa-bytes-after", lambda: signed() + b"% hello\n", "modified", ["change:tail"]
    yield "isa-copied-signature", lambda: raw_update(signed(), {content_number(): b"<</Length 3>>\nstream\nq Q\nendstream"}), "modified", []

    # SWA: wrapping
    yield "swa-gap", lambda: shrunk_gap(b" 4 0 obj\n<</Length 0>>\nendobj "), "invalid", []
    yield "swa-short", lambda: shrunk_gap(b""), "invalid", ["pdf.range"]
    for label, filler in (("before", b"  "), ("before-comment", b"% 4 0 obj \n")):
        yield "swa-" + label, lambda f=filler: moved_gap(f), "invalid", ["pdf.range"]
    yield "swa-literal", literal, "invalid", []
    yield "swa-comment", lambda: shrunk_gap(b"% comment"), "invalid", []

    # shadow: hide, replace, hide-and-replace
    yield "shadow-font", font_replaced, "modified", ["change:object-replaced"]
    yield "shadow-freed", lambda: raw_update(signed(), {}, free=[content_number()]), "modified", ["change:object-removed"]
    yield "shadow-root", lambda: raw_update(signed(), {900: b"<</Type/Catalog/Pages 2 0 R>>"}).replace(
        b"/Root " + trailer_of(signed())[1] + b" /Prev", b"/Root 900 0 R /Prev"), "invalid", []
    yield "page-rotated", lambda: update(signed(), lambda w: (first_page(w).__setitem__(N("/Rotate"), I(180)),
                                                              w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0)))), "modified", ["change:page"]

    # EAA: annotations over a certified document
    for subtype in ("FreeText", "Stamp", "Redact", "Square", "Widget", "Highlight"):
        yield f"eaa-{subtype.lower()}", lambda s=subtype: update(certify(document(), 3), annotation(s)), "modified", ["change:annotation"]
    yield "eaa-note-certified-2", lambda: update(certify(document(), 2), annotation("Text", False)), "modified", ["change:comment"]
    yield "sound-note-certified-3", lambda: update(certify(document(), 3), annotation("Text", False)), "valid", ["allowed:comment"]
    yield "eaa-approval", lambda: update(signed(), annotation("FreeText")), "modified", ["change:annotation"]

    # SSA: a later signer
    yield "ssa-unknown-visible", lambda: sign(certify(document(), 2), "unknown-issuer", "S2", box=(0, 0, 595, 842)), "modified", ["change:signature"]
    yield "ssa-unknown-invisible", lambda: sign(certify(document(), 2), "unknown-issuer", "S2"), "undetermined", ["chain.no-anchor"]
    yield "ssa-javascript", lambda: update(signed(), root("OpenAction", lambda w: w.add_object(DictionaryObject({
        N("/S"): N("/JavaScript"), N("/JS"): pdf_string("app.alert(1)")})))), "modified", ["change:catalog"]
    yield "recycled", lambda: update(signed(), another_field("Signature2", "Signature1")), "invalid", ["pdf.value-shared"]
    yield "same-name", lambda: update(signed(), another_field("Signature1", "Signature1")), "invalid", []
    for label, entries in [("freetext", {"/Subtype": N("/FreeText")}), ("action", {"/AA": DictionaryObject()}), ("kids", {"/Kids": ArrayObject()}),
                           ("no-type", {"/FT": N("/Btn")}),
                           ("appearance", {"/AP": DictionaryObject({N("/N"): DictionaryObject()})})]:
        yield f"signature-field-{label}", lambda x=entries: update(signed(), signature_field(x)), "modified", ["change:field-added"]
    yield "sound-orphan-information", lambda: raw_update(signed(), {900: b"<</Producer(x)/ModDate(D:20260101)>>"}), "valid", []
    yield "orphan-awaited", lambda: raw_update(awaiting(), {900: b"<</Producer(x)>>"}), "modified", ["change:object-awaited"]
    yield "awaited-appearance", awaited_appearance, "modified", ["change:object-awaited"]
    yield "sound-orphan-stream", lambda: raw_update(signed(), {900: b"<</Length 3>>\nstream\nq Q\nendstream"}), "valid", []
    yield "orphan-picture", lambda: raw_update(signed(), {900: b"<</Subtype/Form/Length 3>>\nstream\nq Q\nendstream"}), "modified", ["change:object-added"]
    yield "orphan-stream-awaited", lambda: raw_update(awaiting(), {900: b"<</Length 3>>\nstream\nq Q\nendstream"}), "modified", ["change:object-awaited"]
    yield "orphan-page", lambda: raw_update(signed(), {900: b"<</Type/Page/Producer(x)>>"}), "modified", ["change:object-added"]
    yield "form-resources-changed", lambda: update(with_resources(), resources("/Helv", "/Courier")), "modified", ["change:form"]
    yield "sound-form-resources", lambda: update(with_resources(), resources("/New", "/Courier")), "valid", ["allowed:form-resources"]
    # one dictionary or array in two roles: what is allowed in the one must do nothing in the other
    yield "roles-extensions", lambda: update(signed(), lambda w: (w.root["/Extensions"].__setitem__(N("/XObject"), DictionaryObject(
        {N("/X1"): font(w, "/Courier")})), w.update_root())), "modified", ["change:catalog"]
    yield "roles-vri", dss(lambda w: DictionaryObject({N("/VRI"): DictionaryObject({N("/XObject"): DictionaryObject(
        {N("/X1"): first_page(w).raw_get("/Contents")})})})), "modified", ["change:dss-odd"]
    yield "roles-dss", dss(lambda w: DictionaryObject({N("/Font"): DictionaryObject({N("/F1"): font(w, "/Courier")})})), "modified", ["change:dss-odd"]
    yield "roles-resources", lambda: update(shared_resources(), shared_font), "modified", ["change:object-replaced"]
    yield "roles-field-stream", lambda: update(signed(), lambda w: (w.root["/AcroForm"]["/Fields"].append(w.add_object(stream(
        b"0 0 595 842 re f", FT=N("/Sig"), T=pdf_string("S2"), Type=N("/Annot"), Subtype=N("/Widget"), F=I(132), Rect=ArrayObject([I(0)] * 4)))),
        w.update_container(w.root["/AcroForm"]["/Fields"]))), "modified", ["change:field-added"]
    yield "sound-signature-field", lambda: update(signed(), signature_field({})), "valid", ["allowed:signature-field"]
    yield "spoofed-dictionary", lambda: update(signed(), dictionary_override), "invalid", ["pdf.signature-replaced"]

    # everything else of the catalog
    for key in ("Names", "StructTreeRoot", "OCProperties", "ViewerPreferences", "PageLabels", "Outlines", "AF", "Collection", "URI", "Lang"):
        yield f"catalog-{key.lower()}", lambda k=key: update(signed(), root(k, lambda w: DictionaryObject({N("/X"): I(1)}))), "modified", ["change:catalog"]
    yield "metadata", lambda: update(signed(), root("Metadata", lambda w: w.add_object(stream(b"<x/>", Type=N("/Metadata"), Subtype=N("/XML"))))), "modified", []
    yield "info-title", lambda: update(signed(), info_title), "modified", ["change:info"]
    yield "perms-ur3", lambda: update(signed(), root("Perms", lambda w: DictionaryObject({N("/UR3"): I(1)}))), "modified", ["change:perms"]
    yield "perms-docmdp", lambda: update(signed(), root("Perms", lambda w: DictionaryObject({N("/DocMDP"): field_of(w, "Signature1").raw_get("/V")}))), "modified", ["change:perms"]
    yield "extensions-changed", lambda: update(signed(), root("Extensions", lambda w: DictionaryObject())), "modified", ["change:catalog"]
    yield "need-appearances", lambda: update(certify(form(), 2), lambda w: (w.root["/AcroForm"].__setitem__(N("/NeedAppearances"), generic.BooleanObject(True)),
                                                                            w.update_container(w.root["/AcroForm"]))), "modified", ["change:form"]
    yield "text-field-added", lambda: update(signed(), lambda w: (w.root["/AcroForm"]["/Fields"].append(w.add_object(DictionaryObject({
        N("/FT"): N("/Tx"), N("/T"): pdf_string("t")}))), w.update_container(w.root["/AcroForm"]["/Fields"]))), "modified", ["change:field-added"]

    # the security store
    yield "dss-removed", dss_removed, "modified", ["change:dss-removed"]
    yield "dss-odd", dss(lambda w: DictionaryObject({N("/Certs"): ArrayObject([I(5)])})), "modified", ["change:dss-odd"]
    yield "dss-no-der", dss(lambda w: DictionaryObject({N("/CRLs"): ArrayObject([w.add_object(stream(b"<html>"))])})), "modified", ["change:dss-odd"]
    yield "dss-lists-content", content_as_dss, "modified", ["change:dss-odd"]
    yield "dss-bomb", bomb, "modified", ["change:dss-odd"]

    # two views, resources, no PDF
    yield "sound-hybrid", lambda: hybrid(False), "valid", []
    yield "hybrid-two-views", lambda: hybrid(True), "invalid", ["pdf.double-view"]
    yield "kids-loop", kids_loop, "unreadable", []
    yield "deep-nesting", deep, "unreadable", []
    yield "huge-object-number", huge_number, "unreadable", []
    yield "truncated", lambda: signed()[:-600], "unreadable", []
    yield "no-pdf", lambda: b"<html>no</html>", "unreadable", []
    yield "empty", lambda: b"", "unreadable", []
