"""What is allowed under one name and shown under another: places that are made first and filled later, objects in two roles, comments that were a cover, groups of ink."""
import io

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject as I, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from base import N, certify, document, sign, signer_of, update
from file_attacks import MIXED, NOTE, PALE, marked
from pdf_attacks import first_page, raw_update
from role_attacks import EVIL, FONT, GOOD, data, field, font_comes, latest, page, prepared, shown

HASH = b"0123456789ABCDEF0123456789ABCDEF01234567"
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
FORM = b"/AcroForm<</Fields[6 0 R]>>"


# ---- a place on the page, and what fills it ----
def empty_place(rect):
    def change(w):
        one = w.add_object(DictionaryObject({
            N("/FT"): N("/Sig"), N("/T"): pdf_string("S2"), N("/Type"): N("/Annot"), N("/Subtype"): N("/Widget"), N("/F"): I(132),
            N("/Rect"): ArrayObject([I(n) for n in rect]), N("/P"): w.root["/Pages"]["/Kids"].raw_get(0)}))
        w.root["/AcroForm"]["/Fields"].append(one)
        w.update_container(w.root["/AcroForm"]["/Fields"])
        first_page(w).setdefault(N("/Annots"), ArrayObject()).append(one)
        w.update_container(first_page(w)["/Annots"])
        w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))
    return change


def in_two_steps(p, rect=(300, 500, 400, 600), then=True):
    """After a certification an empty field comes to the page, and a later signature fills it."""
    def make():
        signed = update(certify(document(), p), empty_place(rect))
        return sign(signed, "p256", "S2") if then else signed
    return make


def beside_pages(p):
    """A field with a place that no page has, which the later signature brings to the page."""
    def make():
        objects = {3: page(b"/Annots[7 0 R]"), 7: NOTE, 8: shown(EVIL), 6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[300 500 400 600]/AP<</N 8 0 R>>>>"}
        signed = certify(prepared(objects, FORM), p)
        def change(w):
            page_ = first_page(w)
            page_["/Annots"].append(w.root["/AcroForm"]["/Fields"].raw_get(1))
            w.update_container(page_["/Annots"])
        return with_change(signed, change)
    return make


def with_change(signed, change):
    """A signature of a revision that changes something else as well."""
    w = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
    change(w)
    out = io.BytesIO()
    signers.sign_pdf(w, signers.PdfSignatureMetadata(field_name="S2", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"), signer=signer_of("p256"),
                     output=out, bytes_reserved=16384)
    return out.getvalue()


# ---- objects in two roles ----
def changed(objects, then, catalog=b"", trailer=b"", p=None):
    """Signed or certified; then objects are written anew, `then` by number: bytes, or what the signed body becomes."""
    def make():
        file = prepared(objects, catalog, trailer)
        signed = sign(file) if p is None else certify(file, p)
        return raw_update(signed, {n: v(latest(signed, n)) if callable(v) else v for n, v in then.items()})
    return make


def put(old, new):
    def change(body):
        assert old in body, (old, body)
        return body.replace(old, new, 1)
    return change


STAMP = b"<</Type/Annot/Subtype/Stamp/Rect[0 0 595 842]/F 4/P 3 0 R/AP<</N 9 0 R>>/AS/%s>>"


def covered_by(key):
    """The text of the page stands under a stamp, whose appearances by state are a dictionary that may change."""
    return {3: page(b"/Annots[6 0 R]"), 4: data(EVIL), 6: STAMP % key, 7: shown(b"1 g 0 0 595 842 re f 0 g " + GOOD), 9: b"<</%s 7 0 R>>" % key}


def widget_as_xobjects():
    """The widget of a field is also the page's dictionary of pictures."""
    objects = {3: page(b"/Annots[6 0 R]", resources=b"<</Font<</F1 5 0 R>>/XObject 6 0 R>>"), 4: data(b"/X Do"), 7: shown(GOOD), 10: b"<</FT/Tx/T(a)/V(100)/Kids[6 0 R]>>",
               6: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 10 0 R/AP<</N 7 0 R>>/X 7 0 R>>"}
    return changed(objects, {10: put(b"(100)", b"(900)"), 7: shown(EVIL)}, b"/AcroForm<</Fields[10 0 R]>>")


def store_as_fonts():
    """What a store says of a signature is a font of the page."""
    letters = FONT[:-2] + b"/Encoding<</Type/Encoding/Differences[49/nine]>>>>"
    objects = {3: page(resources=b"<</Font 6 0 R>>"), 4: data(b"BT /%s 24 Tf 72 700 Td (100) Tj ET" % HASH), 6: b"<</%s 7 0 R>>" % HASH, 7: letters}
    return changed(objects, {7: FONT}, b"/DSS<</VRI 6 0 R>>")


def comment_as_state():
    """A comment is also how the page's lines are mixed."""
    note = NOTE[:-2] + b"/CA 1>>"
    objects = {3: page(b"/Annots[7 0 R]", resources=b"<</Font<</F1 5 0 R>>/ExtGState 6 0 R>>"), 4: data(b"/G gs 1 Tr " + GOOD), 6: b"<</G 7 0 R>>", 7: note}
    return changed(objects, {7: put(b"/CA 1", b"/CA 0")}, p=3)


def field_as_layers():
    """A field is also what says which layers are shown."""
    objects = {3: page(resources=b"<</Font<</F1 5 0 R>>/Properties<</L1 7 0 R>>>>"), 4: data(b"/OC /L1 BDC " + EVIL + b" EMC"),
               6: b"<</FT/Tx/T(a)/V(100)/OFF[7 0 R]>>", 7: b"<</Type/OCG/Name(x)/Usage<</View<</ViewState/ON>>>>>>"}
    change = put(b"/V(100)", b"/V(900)/AS[<</Event/View/OCGs[7 0 R]/Category[/View]>>]")
    return changed(objects, {6: change}, FORM + b"/OCProperties<</OCGs[7 0 R]/D 6 0 R>>")


def fields_as_names(leaf):
    """The tree of fields is also that of the scripts."""
    objects = {6: b"<</T(p)/Kids 8 0 R>>", 7: b"<</T(q)/FT/Tx/Parent 6 0 R/V(x)>>", 8: b"[7 0 R]"}
    return changed(objects, {8: b"[7 0 R 900 0 R]", 900: b"<<%s/Limits[(b)(b)]/Names[(b) 901 0 R]>>" % leaf, 901: SCRIPT}, FORM + b"/Names<</JavaScript 6 0 R>>")


def comments_as_names():
    """The comments of a page are also the tree of the scripts."""
    objects = {3: page(b"/Annots 8 0 R"), 6: b"<</Kids 8 0 R>>", 7: NOTE, 8: b"[7 0 R]"}
    return changed(objects, {8: b"[7 0 R 900 0 R]", 900: NOTE[:-2] + b"/Limits[(b)(b)]/Names[(b) 901 0 R]>>", 901: SCRIPT}, b"/Names<</JavaScript 6 0 R>>", p=3)


def store_as_names():
    """The certificates of a store are also the tree of the scripts."""
    der = b"\x30\x03\x02\x01\x01"
    objects = {6: b"<</Kids 8 0 R>>", 7: data(der), 8: b"[7 0 R]"}
    return changed(objects, {8: b"[7 0 R 900 0 R]", 900: data(der, b"/Limits[(b)(b)]/Names[(b)%s]" % SCRIPT)}, b"/DSS<</Certs 8 0 R>>/Names<</JavaScript 6 0 R>>", p=1)


def source_named():
    """The trailer leads, in two steps, to another source of the document."""
    def make():
        signed = sign(prepared({6: b"[/application#2Fvnd.oasis.opendocument.text 7 0 R]", 7: data(b"PK")}))
        return raw_update(signed, {}, trailer=b"/AdditionalStreams 6 0 R")
    return make


# ---- comments ----
MARKER = b"<</Type/Annot/Subtype/Highlight/Rect[72 690 272 720]/QuadPoints[72 720 272 720 72 690 272 690]/C[1 1 0]/Contents(a)/P 3 0 R/AP<</N 9 0 R>>>>"
CLEAR = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<%s>>/Length %d>>\nstream\n%s\nendstream" % (MIXED, len(PALE), PALE)


def marker(look, change, **more):
    """A highlight whose own look stood on the page when it was certified."""
    return changed({3: page(b"/Annots[6 0 R]"), 4: data(EVIL), 6: MARKER, 9: look}, {6: change, **more.get("then", {})}, p=3)


def comment_with_names(catalog, key=b"Annots"):
    """Names of places in the document, one of them the word for a table of contents."""
    return changed({3: page(b"/%s[6 0 R]" % key), 6: NOTE, 8: b"<</Contents[3 0 R/Fit]>>"}, {3: put(b"6 0 R", b"6 0 R 900 0 R"), 900: NOTE}, catalog, p=3)


def table():
    yield "place-first", in_two_steps(2), "modified", ["change:signature-field"]
    yield "place-first-empty", in_two_steps(2, then=False), "modified", ["change:signature-field"]
    yield "sound-place-first", in_two_steps(3), "valid", ["allowed:signature-field", "allowed:signature"]
    yield "sound-field-without-place", in_two_steps(2, rect=(0, 0, 0, 0)), "valid", ["allowed:signature-field", "allowed:signature"]
    yield "place-beside-pages", beside_pages(2), "modified", ["change:signature"]
    yield "sound-place-beside-pages", beside_pages(3), "valid", ["allowed:signature"]
    yield "states-info", changed(covered_by(b"ModDate"), {9: b"<</ModDate(D:20260101)>>"}, trailer=b"/Info 9 0 R"), "modified", []
    yield "states-store", changed(covered_by(HASH), {9: b"<<>>"}, b"/DSS<</VRI 9 0 R>>", p=1), "modified", []
    yield "states-store-odd", changed(covered_by(b"On"), {9: b"<<>>"}, b"/DSS 9 0 R", p=1), "modified", []
    yield "widget-xobjects", widget_as_xobjects(), "modified", ["change:object-replaced"]
    yield "store-fonts", store_as_fonts(), "modified", []
    yield "comment-state", comment_as_state(), "modified", ["change:object-replaced"]
    yield "field-layers", field_as_layers(), "modified", []
    yield "names-field", fields_as_names(b"/FT/Sig/T(z)/Parent 6 0 R"), "modified", ["change:field-added"]
    yield "names-comment", comments_as_names(), "modified", []
    yield "names-store", store_as_names(), "modified", ["change:object-replaced"]
    yield "trailer-source", source_named(), "modified", ["change:trailer"]
    yield "font-comes-narrow", font_comes(FONT[:-2] + b"/FirstChar 49/LastChar 49/Widths[0]" + b">>"), "modified", ["change:form"]
    yield "font-comes-expert", font_comes(FONT[:-2] + b"/Encoding/MacExpertEncoding" + b">>"), "modified", ["change:form"]
    yield "sound-font-comes", font_comes(FONT[:-2] + b"/Encoding/WinAnsiEncoding" + b">>"), "valid", ["allowed:form-resources"]
    opaque = shown(b"1 g 0 0 595 842 re f 0 g " + GOOD)
    yield "marker-uncovers", marker(opaque, put(b"/AP<</N 9 0 R>>", b"")), "modified", ["change:object-replaced"]
    yield "marker-moves-away", marker(opaque, put(b"/Rect[72 690", b"/Rect[172 90")), "modified", []
    yield "marker-looks-paler", marker(opaque, put(b"9 0 R", b"900 0 R"), then={900: CLEAR}), "modified", ["change:object-replaced"]
    yield "sound-marker-text", marker(CLEAR, put(b"(a)", b"(b)")), "valid", ["allowed:comment-changed"]
    yield "sound-marker-paler", marker(CLEAR, put(b"9 0 R", b"900 0 R"), then={900: CLEAR}), "valid", ["allowed:comment-changed"]
    white = b"/R0 gs 1 1 1 rg 72 690 200 30 re f"
    inner = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency/I true>>/Resources<<%s>>/Length %d>>\nstream\n%s\nendstream" % (MIXED, len(white), white)
    yield "eaa-look-group-apart", marked(b"/Form Do", b"/XObject<</Form 902 0 R>>", more={902: inner}), "modified", ["change:annotation"]
    yield "sound-look-group", marked(b"/R0 gs /Form Do", MIXED + b"/XObject<</Form 902 0 R>>", more={902: inner}), "valid", ["allowed:comment"]
    for label, catalog in (("inline", b"/Dests<</a[3 0 R/Fit]>>"), ("contents", b"/Dests<</Contents[3 0 R/Fit]>>"), ("apart", b"/Dests 8 0 R")):
        yield f"sound-names-{label}", comment_with_names(catalog), "valid", ["allowed:comment"]
