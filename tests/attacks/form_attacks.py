"""Attacks by fields, widgets, the catalog, fonts and attached files: what was signed is shown otherwise, in another place, or read otherwise."""
import re

from pyhanko.pdf_utils.generic import ArrayObject as A, DictionaryObject as D, NumberObject as I, pdf_string

from pyhanko.sign.signers import cms_embedder

from base import N, certify, sign, stream, update
from pdf_attacks import first_page, raw_update, root
from role_attacks import EVIL, FONT, GOOD, data, field, latest, page, prepared, shown, swapped

# An attacker's program fills fields of any number of widgets.
single = cms_embedder.get_single_field_annot
cms_embedder.get_single_field_annot = lambda f: f["/Kids"][0] if "/Kids" in f and len(f["/Kids"]) > 1 else single(f)

BOTH = b"<</Type/Pages/Kids[3 0 R 10 0 R]/Count 2>>"
WIDGET = b"<</Type/Annot/Subtype/Widget/F 132/Rect[%s]/P 3 0 R/Parent 6 0 R/AP<</N 9 0 R>>>>"
ASIDE, OVER = b"10 10 60 40", b"50 650 500 800"


def later(objects, catalog=b"/AcroForm<</Fields[6 0 R]/SigFlags 3>>"):
    """Signed, and signed again in a field that was prepared."""
    return lambda: sign(sign(prepared(objects, catalog)), "p256", "S2")


def shared_annotations():
    """Two pages have one list of annotations: beside the text of the one, over the text of the other."""
    objects = {2: BOTH, 3: page(b"/Annots 7 0 R"), 10: page(b"/Annots 7 0 R", contents=b"11 0 R"), 9: shown(EVIL),
               11: data(GOOD.replace(b"72 700", b"20 20")), 7: b"[6 0 R]",
               6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[%s]/P 3 0 R/AP<</N 9 0 R>>>>" % ASIDE}
    return later(objects)()


def widget_on_two_pages():
    """A later signature's widget comes to a second page as well, where it stands over the text."""
    objects = {2: BOTH, 3: page(b"/Annots[6 0 R]"), 10: page(b"/Annots[6 0 R]", contents=b"11 0 R"), 9: shown(EVIL),
               11: data(GOOD.replace(b"72 700", b"20 20")),
               6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[%s]/P 3 0 R/AP<</N 9 0 R>>>>" % ASIDE}
    return later(objects)()


def endless(count):
    """Another page with more annotations than anybody looks at for the later signature's widget."""
    objects = {2: BOTH, 3: page(b"/Annots[6 0 R]"), 10: page(b"/Annots 12 0 R"), 9: shown(EVIL), 12: b"[%s]" % b" ".join([b"13 0 R"] * count),
               13: b"<</Type/Annot/Subtype/Text/Rect[0 0 20 20]/Contents(a)>>",
               6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[%s]/P 3 0 R/AP<</N 9 0 R>>>>" % ASIDE}
    return later(objects)


def many_widgets(count, last=OVER):
    """A field with so many widgets that nobody looks at the last one."""
    def make():
        kids = b" ".join(b"%d 0 R" % (100 + i) for i in range(count))
        objects = {100 + i: WIDGET % (last if i == count - 1 else ASIDE) for i in range(count)}
        objects.update({3: page(b"/Annots[%s]" % kids), 6: b"<</FT/Sig/T(S2)/Kids[%s]>>" % kids, 9: shown(EVIL)})
        return later(objects)()
    return make


def new_widgets(count):
    """The same with widgets that come with the second signature."""
    def make():
        signed = sign(prepared())
        def change(w):
            look = w.add_object(stream(EVIL, Type=N("/XObject"), Subtype=N("/Form"), BBox=A([I(0), I(0), I(595), I(842)])))
            kids = A()
            parent = D({N("/FT"): N("/Sig"), N("/T"): pdf_string("S2"), N("/Kids"): kids})
            ref = w.add_object(parent)
            for i in range(count):
                rect = [50, 650, 500, 800] if i == count - 1 else [10, 10, 60, 40]
                kids.append(w.add_object(D({N("/Type"): N("/Annot"), N("/Subtype"): N("/Widget"), N("/F"): I(132), N("/Parent"): ref,
                                            N("/Rect"): A([I(n) for n in rect]), N("/AP"): D({N("/N"): look})})))
            w.root["/AcroForm"]["/Fields"].append(ref)
            w.update_container(w.root["/AcroForm"]["/Fields"])
            first_page(w)[N("/Annots")] = A([*kids])
            w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))
        return sign(update(signed, change), "p256", "S2")
    return make


def flagged(flags, rect, extra=b""):
    """A later signature whose widget does not turn with its page, or keeps its size when the page gets smaller."""
    objects = {3: page(b"/Annots[6 0 R]" + extra), 9: shown(EVIL),
               6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F %d/Rect[%s]/P 3 0 R/AP<</N 9 0 R>>>>" % (flags, rect)}
    return later(objects)


def over_field(rect, look=b"/V(100)/AP<</N 8 0 R>>"):
    """A later signature over a field, whose text no page content has."""
    objects = {3: page(b"/Annots[7 0 R 6 0 R]", contents=b"[]"), 7: field(look).replace(b"[0 0 9 9]", b"[60 660 200 720]"), 8: shown(GOOD), 9: shown(EVIL),
               6: b"<</FT/Sig/T(S2)/Type/Annot/Subtype/Widget/F 132/Rect[%s]/P 3 0 R/AP<</N 9 0 R>>>>" % rect}
    return later(objects, b"/AcroForm<</Fields[7 0 R 6 0 R]/SigFlags 3>>")


def changed(number, old, new, objects=None, catalog=b"", **more):
    """Signed; then in the newest body of an object `old` becomes `new`."""
    def make():
        signed = sign(prepared(objects or {}, catalog, **more))
        now = latest(signed, number)
        assert old in now, (old, now)
        return raw_update(signed, {number: now.replace(old, new, 1)})
    return make


def box(value, state, extra=b""):
    return {3: page(b"/Annots[6 0 R]"), 8: shown(GOOD), 9: shown(EVIL),
            6: b"<</FT/Btn/T(a)/Type/Annot/Subtype/Widget/Rect[50 650 500 800]/P 3 0 R/V/%s/AS/%s/AP<</N<</Oui 8 0 R/Off 9 0 R/Non 9 0 R>>>>%s>>" % (value, state, extra)}


FORM = b"/AcroForm<</Fields[6 0 R]>>"


def embedded(later_objects):
    """A file attached to the document, and associated with it, changes after the signature."""
    objects = {6: b"<</Type/Filespec/F(grid.json)/UF(grid.json)/AFRelationship/Data/EF<</F 7 0 R/UF 7 0 R>>>>",
               7: data(b'{"answer":"Non"}', b"/Type/EmbeddedFile/Subtype/application#2Fjson"),
               8: b"<</Names[(grid.json) 6 0 R]>>", 9: b"<</EmbeddedFiles 8 0 R>>"}
    catalog = b"/AF[6 0 R]/Names 9 0 R"
    return lambda: raw_update(sign(prepared(objects, catalog)), later_objects)


def glyphs(entry, objects, number, new):
    """The page's font with one entry more, which is swapped."""
    every = {5: FONT[:-2] + entry + b">>"}
    every.update(objects)
    return swapped(number, new, objects=every)


CMAP = b"/CIDInit/ProcSet findresource begin begincmap 1 beginbfchar <31> <00%s> endbfchar endcmap end"


def table():
    # places of later signatures
    yield "covers-shared-annotations", shared_annotations, "undetermined", ["change.covers-text"]
    yield "covers-second-page", widget_on_two_pages, "undetermined", ["change.covers-text"]
    yield "covers-third-widget", many_widgets(3), "undetermined", ["change.covers-text"]
    yield "covers-widget-70", many_widgets(70), "undetermined", ["change.covers-text"]
    yield "covers-widget-300", many_widgets(300), "undetermined", ["change.covers-text"]
    yield "covers-new-widget-70", new_widgets(70), "modified", ["change.covers-text", "change:field-added"]
    yield "covers-endless-list", endless(50001), "undetermined", ["change.covers-text"]
    yield "sound-long-list", endless(4000), "valid", ["allowed:signature"]
    yield "sound-three-widgets", many_widgets(3, ASIDE), "valid", ["allowed:signature"]
    below = b"60 300 70 690"  # the text stands at 72 700
    yield "covers-not-turned", flagged(132 | 16, below, b"/Rotate 90"), "undetermined", ["change.covers-text"]
    yield "sound-not-turned", flagged(132 | 16, below), "valid", ["allowed:signature"]
    yield "sound-turned", flagged(132, below, b"/Rotate 90"), "valid", ["allowed:signature"]
    yield "covers-not-smaller", flagged(132 | 8, ASIDE), "undetermined", ["change.covers-text"]
    yield "covers-field", over_field(OVER), "undetermined", ["change.covers-text"]
    yield "covers-field-without-look", over_field(OVER, b"/V(100)"), "undetermined", ["change.covers-text"]
    yield "sound-covers-empty-field", over_field(OVER, b""), "valid", ["allowed:signature"]
    yield "covers-signature", lambda: sign(sign(sign(prepared(), field="S1", box=(300, 100, 500, 160)), "p384", "S3", box=(10, 10, 60, 40)), "p256", "S2", box=(310, 90, 520, 170)), "undetermined", ["change.covers-text"]
    yield "sound-beside-field", over_field(ASIDE), "valid", ["allowed:signature"]
    yield "sound-beside-signature", lambda: sign(sign(prepared(), field="S1", box=(300, 100, 500, 160)), "p256", "S2", box=(50, 100, 290, 160)), "valid", ["allowed:signature"]
    # states of buttons
    yield "state-alone", changed(6, b"/AS/Oui", b"/AS/Off", box(b"Oui", b"Oui"), FORM), "modified", ["change:form-look"]
    yield "state-other", changed(6, b"/AS/Oui", b"/AS/Non", box(b"Oui", b"Oui"), FORM), "modified", ["change:form-look"]
    yield "sound-state-with-value", changed(6, b"/V/Oui/AS/Oui", b"/V/Off/AS/Off", box(b"Oui", b"Oui"), FORM), "valid", ["allowed:form-fill"]
    # default appearances: iText leaves black out when it fills a field, MuPDF turns the order
    text = {3: page(b"/Annots[6 0 R]"), 6: field(b"/V(100)/DA(/F1 9 Tf 0 g)")}
    for label, new, verdict, code in (("sound-default-black", b"/F1 9 Tf", "valid", "allowed:form-fill"), ("sound-default-order", b"0 g\n/F1 9 Tf", "valid", "allowed:form-fill"),
                                      ("default-colour", b"/F1 9 Tf 1 g", "modified", "change:field"), ("default-size", b"/F1 90 Tf 0 g", "modified", "change:field"),
                                      ("default-font", b"/F2 9 Tf 0 g", "modified", "change:field"), ("default-more", b"/F1 9 Tf 0 g 3 Tr", "modified", "change:field"),
                                      ("default-twice", b"/F1 9 Tf 0 g 1 g", "modified", "change:field"), ("default-left", b"/F1 9 Tf 0 g 7", "modified", "change:field"),
                                      ("default-long", b"/F1 9 Tf 0 g" + b" " * 60, "modified", "change:field"), ("default-empty", b"", "modified", "change:field")):
        yield label, changed(6, b"/V(100)/DA(/F1 9 Tf 0 g)", b"/V(200)/DA(%s)" % new, text, FORM), verdict, [code]
    long = [b"/V(100)/DA(/F1 0000000000000000%d Tf 0 g)" % size for size in (12, 90)]
    yield "default-size-long", changed(6, long[0], long[1].replace(b"(100)", b"(200)"), {3: page(b"/Annots[6 0 R]"), 6: field(long[0])}, FORM), "modified", ["change:field"]
    yield "default-gone", changed(6, b"/V(100)/DA(/F1 9 Tf 0 g)", b"/V(200)", text, FORM), "modified", ["change:field"]
    yield "state-certified-1", lambda: raw_certified(1), "modified", []
    # entries of signed fields and of the form
    sig = {6: b"<</FT/Sig/T(S3)/Lock 7 0 R/SV 8 0 R>>", 7: b"<</Type/SigFieldLock/Action/All>>", 8: b"<</Type/SV/Ff 1/Filter/Adobe.PPKLite>>"}
    yield "lock-changed", changed(7, b"/All", b"/Include/Fields[]", sig, FORM), "modified", ["change:object-replaced"]
    yield "lock-removed", changed(6, b"/Lock 7 0 R", b"", sig, FORM), "modified", ["change:field"]
    yield "seed-changed", changed(8, b"/Ff 1", b"/Ff 0", sig, FORM), "modified", ["change:object-replaced"]
    yield "field-type-inherited", changed(6, b"/FT/Tx", b"/FT/Sig", {3: page(b"/Annots[7 0 R]"), 6: b"<</FT/Tx/T(a)/V(100)/Kids[7 0 R]>>",
        7: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 6 0 R>>"}, FORM), "modified", []
    yield "field-value-widget", changed(7, b"/Rect", b"/V(900)/AP<</N 8 0 R>>/Rect", {3: page(b"/Annots[7 0 R]"), 6: b"<</FT/Tx/T(a)/V(100)/Kids[7 0 R]/Ff 1>>",
        7: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 6 0 R>>", 8: shown(EVIL)}, FORM), "valid", ["allowed:form-fill"]
    yield "field-parent-changed", changed(7, b"/Parent 6 0 R", b"/Parent 8 0 R", {3: page(b"/Annots[7 0 R]"), 6: b"<</FT/Tx/T(a)/V(100)/Kids[7 0 R]>>",
        7: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 6 0 R>>", 8: b"<</FT/Tx/T(b)/V(900)>>"}, FORM), "modified", ["change:field"]
    yield "field-kids-loop", changed(6, b"/T(a)", b"/T(a)/Kids[6 0 R]", {6: field(b"/V(100)")}, FORM), "unreadable", []
    yield "field-kid-twice", changed(6, b"/Kids[7 0 R]", b"/Kids[7 0 R 7 0 R]", {3: page(b"/Annots[7 0 R]"), 6: b"<</FT/Tx/T(a)/V(100)/Kids[7 0 R]>>",
        7: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 6 0 R>>"}, FORM), "invalid", []
    yield "form-xfa", lambda: raw_form(b"/XFA 7 0 R"), "modified", ["change:form"]
    yield "form-calculation", lambda: raw_form(b"/CO[6 0 R]"), "modified", ["change:form"]
    yield "form-quadding", lambda: raw_form(b"/Q 2"), "modified", ["change:form"]
    # the catalog, once more
    for key in ("AA", "JavaScript", "Threads", "PieceInfo", "Requirements", "DPartRoot", "Legal", "SpiderInfo", "OutputIntents", "MarkInfo", "PageMode", "NeedsRendering"):
        yield f"catalog-{key.lower()}", lambda k=key: update(sign(prepared()), root(k, lambda w: D({N("/X"): I(1)}))), "modified", ["change:catalog"]
    # pages
    for key, value in ((b"AA", b"<</O<</S/JavaScript/JS(x)>>>>"), (b"CropBox", b"[0 0 595 600]"), (b"UserUnit", b"2"), (b"Tabs", b"/S"), (b"B", b"[]"),
                       (b"Dur", b"1"), (b"Thumb", b"4 0 R"), (b"AF", b"[6 0 R]"), (b"Metadata", b"4 0 R"), (b"PieceInfo", b"<<>>"), (b"StructParents", b"0")):
        yield f"page-{key.decode().lower()}", changed(3, b"/Type", b"/" + key + b" " + value + b"/Type"), "modified", ["change:page"]
    yield "page-parent", changed(3, b"/Parent 2 0 R", b"/Parent 9 0 R", {9: b"<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 180>>"}), "modified", ["change:page"]
    yield "page-order", changed(2, b"3 0 R 10 0 R", b"10 0 R 3 0 R", {2: BOTH, 10: page()}), "modified", ["change:object-replaced"]
    yield "page-left-out", changed(2, b"3 0 R 10 0 R]/Count 2", b"3 0 R]/Count 1", {2: BOTH, 10: page()}), "modified", ["change:object-replaced"]
    yield "page-twice", changed(2, b"3 0 R 10 0 R]/Count 2", b"3 0 R 3 0 R]/Count 2", {2: BOTH, 10: page()}), "invalid", []
    yield "contents-array", swapped(6, b"[8 0 R]", b"[4 0 R]", objects={3: page(contents=b"6 0 R"), 8: data(EVIL)}), "modified", ["change:object-replaced"]
    yield "contents-length", swapped(6, b"20", b"%d" % len(GOOD), objects={4: b"<</Length 6 0 R>>\nstream\n%s\nendstream" % GOOD}), "invalid", []
    # fonts, pictures, states
    yield "glyphs-unicode", glyphs(b"/ToUnicode 6 0 R", {}, 6, data(CMAP % b"39")), "modified", ["change:object-awaited"]
    yield "glyphs-unicode-swapped", glyphs(b"/ToUnicode 6 0 R", {6: data(CMAP % b"31")}, 6, data(CMAP % b"39")), "modified", ["change:object-replaced"]
    yield "glyphs-encoding", glyphs(b"/Encoding 6 0 R", {6: b"<</Type/Encoding>>"}, 6, b"<</Type/Encoding/Differences[49/nine]>>"), "modified", ["change:object-replaced"]
    yield "glyphs-procedure", swapped(7, data(b"0 0 500 500 re f"), data(b"0 0 1 1 re f"), objects={
        5: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/CharProcs 6 0 R/Encoding<</Differences[49/a]>>/FirstChar 49/LastChar 49/Widths[9]>>", 6: b"<</a 7 0 R>>"}), "modified", ["change:object-replaced"]
    yield "glyphs-procedure-list", swapped(6, b"<</a 8 0 R>>", b"<</a 7 0 R>>", objects={7: data(b"0 0 1 1 re f"), 8: data(b"0 0 500 500 re f"),
        5: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/CharProcs 6 0 R/Encoding<</Differences[49/a]>>/FirstChar 49/LastChar 49/Widths[9]>>"}), "modified", ["change:object-replaced"]
    for key, old, new in ((b"ExtGState", b"<</SMask/None>>", b"<</SMask<</S/Luminosity/G 9 0 R>>>>"), (b"ColorSpace", b"[/ICCBased 8 0 R]", b"[/ICCBased 9 0 R]"),
                          (b"Pattern", b"<</PatternType 2>>", b"<</PatternType 1>>"), (b"Properties", b"<</Type/OCG/Name(a)>>", b"<</Type/OCG/Name(b)>>")):
        yield f"drawn-{key.decode().lower()}", swapped(6, new, old, objects={3: page(resources=b"<</Font<</F1 5 0 R>>/%s<</X1 6 0 R>>>>" % key), 8: data(b"a"), 9: shown(EVIL)}), "modified", ["change:object-replaced"]
    # files that go with the document
    yield "attached-replaced", embedded({7: data(b'{"answer":"Oui"}', b"/Type/EmbeddedFile/Subtype/application#2Fjson")}), "modified", ["change:object-replaced"]
    yield "attached-exchanged", embedded({6: b"<</Type/Filespec/F(grid.json)/UF(grid.json)/AFRelationship/Data/EF<</F 900 0 R/UF 900 0 R>>>>", 900: data(b"{}", b"/Type/EmbeddedFile")}), "modified", ["change:object-replaced"]
    yield "attached-second", embedded({8: b"<</Names[(grid.json) 6 0 R(grid.json) 900 0 R]>>", 900: b"<</Type/Filespec/F(grid.json)/EF<</F 7 0 R>>>>"}), "modified", ["change:object-replaced"]
    yield "attached-tree", embedded({9: b"<</EmbeddedFiles 900 0 R>>", 900: b"<</Names[]>>"}), "modified", ["change:object-replaced"]


def raw_certified(p):
    objects = box(b"Oui", b"Oui")
    signed = certify(prepared(objects, FORM), p)
    return raw_update(signed, {6: latest(signed, 6).replace(b"/V/Oui/AS/Oui", b"/V/Off/AS/Off")})


def raw_form(entry):
    signed = sign(prepared({6: field(b"/V(x)"), 7: b"<</Fields[6 0 R]>>"}, b"/AcroForm 7 0 R"))
    now = latest(signed, 7)
    return raw_update(signed, {7: now[:-2] + entry + b">>"})
