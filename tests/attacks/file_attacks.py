"""Attacks on the file that need a form, an encryption, several pages or odd sections; the helpers are those of role_attacks."""
import io
import re

from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject as I, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

import base
from base import N, certify, document, document_stamp, hole, sign, stream, update
from pdf_attacks import field_of, first_page, raw_update
from role_attacks import EVIL, FONT, GOOD, data, field, latest, page, prepared, shown, swapped


# ---- sections ----
def resized(size, contents=b"4 0 R"):
    """The update says another /Size: objects beyond it do not exist for readers that keep to 7.5.5."""
    def make():
        body = prepared({3: page(contents=contents), 8: data(EVIL)})
        signed = sign(body)
        done = raw_update(signed, {})
        at = done.rindex(b"/Size ")
        return done[:at] + re.sub(rb"/Size \d+", b"/Size %d" % size, done[at:], count=1)
    return make


def unlisted(body):
    """An honest update with one more object between the others that no table lists: who rebuilds a table takes it."""
    def make():
        signed = sign(prepared())
        return raw_update(signed + body, {})
    return make


def two_tables():
    """/Prev of the update leads past the signed section."""
    signed = sign(prepared())
    first = int(re.findall(rb"startxref\s+(\d+)", signed)[0])
    done = raw_update(signed, {})
    before, after = done.rsplit(b"/Prev ", 1)
    return before + b"/Prev %d" % first + after[len(re.match(rb"\d+", after).group(0)):]


# ---- encryption ----
def encrypted():
    w = copy_into_new_writer(PdfFileReader(io.BytesIO(document())))
    sh = StandardSecurityHandler.build_from_pw("owner", "")
    w.security_handler = sh
    w._encrypt = w.add_object(sh.as_pdf_object())
    out = io.BytesIO()
    w.write(out)
    return out.getvalue()


def encrypted_signed():
    w = IncrementalPdfFileWriter(io.BytesIO(encrypted()))
    w.encrypt("")
    out = io.BytesIO()
    signers.sign_pdf(w, signers.PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"),
                     signer=base.signer_of("rsa2048"), output=out, bytes_reserved=16384)
    return out.getvalue()


def encrypted_update(change):
    def make():
        w = IncrementalPdfFileWriter(io.BytesIO(encrypted_signed()))
        w.encrypt("")
        change(w)
        out = io.BytesIO()
        w.write(out)
        return out.getvalue()
    return make


# ---- the form's resources ----
def shown_by_resources(kind, entry):
    """An appearance without resources of its own uses a name that the form's resources get later."""
    def make():
        look = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 6>>\nstream\n/X1 Do\nendstream"
        if kind == b"Font":
            look = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length 27>>\nstream\nBT /X1 24 Tf (100) Tj ET   \nendstream"
        objects = {3: page(b"/Annots[6 0 R]"), 6: field(b"/V(100)/AP<</N 9 0 R>>"), 7: b"<</Fields[6 0 R]/DR<</Font<</F1 5 0 R>>>>>>", 9: look}
        signed = sign(prepared(objects, b"/AcroForm 7 0 R"))
        now = latest(signed, 7)
        at = now.index(b"/DR")
        at = now.index(b"<<", at) + 2
        if kind == b"Font":
            at = now.index(b"<<", now.index(b"/Font")) + 2
            return raw_update(signed, {7: now[:at] + b"/X1 900 0 R " + now[at:], 900: entry})
        return raw_update(signed, {7: now[:at] + b"/" + kind + b"<</X1 900 0 R>>" + now[at:], 900: entry})
    return make


# ---- annotations and fields ----
def note(entries):
    def change(w):
        page_ = first_page(w)
        one = DictionaryObject({N("/Type"): N("/Annot"), N("/Subtype"): N("/Highlight"), N("/Contents"): pdf_string("x"),
                                N("/Rect"): ArrayObject([I(70), I(690), I(400), I(730)]),
                                N("/QuadPoints"): ArrayObject([I(n) for n in (70, 730, 400, 730, 70, 690, 400, 690)])})
        one.update({N(k): v for k, v in entries.items()})
        page_.setdefault(N("/Annots"), ArrayObject()).append(w.add_object(one))
        w.update_container(page_["/Annots"])
        w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0))
    return change


def many_notes(entries, count):
    """Pale highlights, one over the other."""
    def change(w):
        for _ in range(count):
            note(entries)(w)
    return update(certify(document(), 3), change)


def layered(layers):
    """A highlight whose look lays a pale colour so many times over the text."""
    def change(w):
        look = w.add_object(stream(b"/G gs 0.8 g " + b"70 690 330 40 re f " * layers, Type=N("/XObject"), Subtype=N("/Form"),
                                   BBox=ArrayObject([I(0), I(0), I(595), I(842)]), Resources=DictionaryObject({N("/ExtGState"): DictionaryObject({
                                       N("/G"): DictionaryObject({N("/BM"): N("/Multiply")})})})))
        note({"/C": colour(1, 1, 0), "/AP": DictionaryObject({N("/N"): look})})(w)
    return update(certify(document(), 3), change)


def colour(*parts):
    return ArrayObject([base.generic.FloatObject(p) for p in parts])


def filled(entries, extra=b"", flags=None):
    """A text field over the page's text; later its appearance shows something else."""
    def make():
        objects = {3: page(b"/Annots[6 0 R]"), 6: field(b"/V(100)", extra), 8: shown(EVIL)}
        signed = sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]>>"))
        now = latest(signed, 6)
        return raw_update(signed, {6: now[:-2] + entries + b">>"})
    return make


def looked(value, page_=b""):
    """The appearance of a field is written anew where it stood."""
    def make():
        objects = {3: page(b"/Annots[6 0 R]" + page_), 6: field(b"/V(100)/AP<</N 8 0 R>>"), 8: shown(GOOD)}
        signed = sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]>>"))
        return raw_update(signed, {6: latest(signed, 6).replace(b"/V(100)", value), 8: shown(EVIL)})
    return make


def list_looked(value, change, way=b"9 0 R", page_=b""):
    """The same where the dictionary of appearances, or that of the states, is an object of its own."""
    def make():
        objects = {3: page(b"/Annots[6 0 R]" + page_), 6: field(b"/V(100)/AP " + way), 8: shown(GOOD),
                   **({9: b"<</N 8 0 R>>"} if way == b"9 0 R" else {10: b"<</N 11 0 R>>", 11: b"<</a 8 0 R>>"})}
        signed = sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]>>"))
        return raw_update(signed, {6: latest(signed, 6).replace(b"/V(100)", value), **change})
    return make


def widget_looked(value):
    """The same with a widget of its own below the field."""
    def make():
        objects = {3: page(b"/Annots[7 0 R]"), 6: b"<</FT/Tx/T(a)/V(100)/Kids[7 0 R]>>", 8: shown(GOOD), 9: shown(EVIL),
                   7: b"<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R/Parent 6 0 R/AP<</N 8 0 R>>>>"}
        signed = sign(prepared(objects, b"/AcroForm<</Fields[6 0 R]>>"))
        return raw_update(signed, {6: latest(signed, 6).replace(b"/V(100)", value), 7: latest(signed, 7).replace(b"8 0 R", b"9 0 R")})
    return make


NOTE = b"<</Type/Annot/Subtype/Text/Rect[0 0 20 20]/Contents(a)/P 3 0 R>>"
PALE = b"/R0 gs 1 0.82 0 rg 72 690 200 30 re f"
MIXED = b"/ExtGState<</R0<</Type/ExtGState/AIS false/BM/Multiply>>>>"


def commented(change, old=NOTE, p=3, list_=b"6 0 R", entries=b"", **made):
    """A certified page with a comment, which changes or goes."""
    def make():
        objects = {3: page(b"/Annots[%s]%s" % (list_, entries)), 6: old, 7: NOTE, 8: NOTE}
        signed = certify(prepared(objects, **made), p)
        return raw_update(signed, {n: v(latest(signed, n)) if callable(v) else v for n, v in change.items() if v is not None},
                          free=[n for n, v in change.items() if v is None])
    return make


def listing(*left):
    return lambda body: re.sub(rb"/Annots ?\[[^]]*\]", b"/Annots[%s]" % b" ".join(left), body)


def marked(content=PALE, resources=MIXED, extra=b"", more=None, look=b"/AP<</N 901 0 R>>", kind=b"Highlight"):
    """A text marker with an appearance of its own."""
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<%s>>%s/Length %d>>\nstream\n%s\nendstream" % (resources, extra, len(content), content)
    return commented({3: listing(b"6 0 R", b"900 0 R"), 901: form, **(more or {}),
                      900: b"<</Type/Annot/Subtype/%s/Rect[72 690 272 720]/QuadPoints[72 720 272 720 72 690 272 690]/C[1 0.82 0]%s/P 3 0 R>>" % (kind, look)})


def covered(who, box=(0, 650, 595, 800), certified=None):
    return lambda: sign(sign(document()) if certified is None else certify(document(), certified), who, "S2", box=box)


# ---- the tree of pages ----
def inherited():
    """What pages inherit is swapped in the node above."""
    node = b"<</Type/Pages/Kids[3 0 R]/Count 1/Resources %s>>"
    objects = {2: node % b"<</Font<</F1 5 0 R>>>>", 3: page(resources=b"null")}
    return swapped(2, node % b"<</Font<</F1 6 0 R>>>>", objects={**objects, 6: FONT.replace(b"Helvetica", b"ZapfDingbats")})


def layers(later):
    old = b"<</OCGs[7 0 R]/D<</OFF[7 0 R]>>>>"
    objects = {6: old, 7: b"<</Type/OCG/Name(x)>>", 4: data(b"/OC /L1 BDC " + EVIL + b" EMC"),
               3: page(resources=b"<</Font<</F1 5 0 R>>/Properties<</L1 7 0 R>>>>")}
    return swapped(6, later, objects=objects, catalog=b"/OCProperties 6 0 R")


# ---- the token ----
def spaced():
    """Blanks between the digits: readers skip them."""
    now = base.with_cms(sign(document()), base.cms_of(sign(document())))
    start, end = hole(now)
    return now[:end - 3] + b" " + now[end - 2:]


def odd_digit():
    now = sign(document())
    start, end = hole(now)
    return now[:end - 2] + b"> " + now[end:]


def table():
    # sections
    yield "section-size-shrinks", resized(5, contents=b"[4 0 R 8 0 R]"), "modified", ["change:trailer"]
    yield "section-prev-skips", two_tables, "unsigned", []
    yield "section-unlisted-object", unlisted(b"4 0 obj\n" + data(EVIL) + b"\nendobj\n"), "modified", ["change:object-unlisted"]
    yield "sound-section-comment", unlisted(b"% written by hand\n"), "valid", []
    yield "sound-section-words", unlisted(b"some words 9 0 object 900 0 obj\n"), "valid", []
    # encryption
    yield "sound-encrypted", encrypted_signed, "valid", []
    yield "encrypted-content", encrypted_update(lambda w: (first_page(w).__setitem__(N("/Contents"), w.add_object(stream(EVIL))),
                                                           w.mark_update(w.root["/Pages"]["/Kids"].raw_get(0)))), "modified", ["change:page"]
    yield "sound-encrypted-second", lambda: encrypted_again(), "valid", ["allowed:signature"]
    # resources that are waited for
    box = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length %d>>\nstream\n%s\nendstream" % (len(EVIL), EVIL)
    yield "resources-awaited-xobject", shown_by_resources(b"XObject", box), "modified", ["change:form"]
    yield "resources-awaited-state", shown_by_resources(b"ExtGState", b"<</ca 0>>"), "modified", ["change:form"]
    yield "resources-awaited-font", shown_by_resources(b"Font", FONT.replace(b"Helvetica", b"ZapfDingbats")), "modified", ["change:form"]
    yield "sound-resources-font", shown_by_resources(b"Font", FONT), "valid", []
    # annotations
    yield "sound-highlight", lambda: update(certify(document(), 3), note({"/C": colour(1, 1, 0)})), "valid", ["allowed:comment"]
    new = b"<</Type/Annot/Subtype/Text/Rect[0 0 20 20]/Contents(b)/P 3 0 R>>"
    yield "sound-note-changed", commented({6: new}), "valid", ["allowed:comment-changed"]
    yield "note-changed-certified-2", commented({6: new}, p=2), "modified", ["change:comment-changed"]
    yield "note-changed-flags", commented({6: new[:-2] + b"/F 2>>"}), "modified", ["change:annotation"]
    yield "note-changed-kind", commented({6: new.replace(b"/Text", b"/FreeText")}), "modified", ["change:object-replaced"]
    yield "note-changed-look", commented({6: new[:-2] + b"/AP<</N 4 0 R>>>>"}), "modified", ["change:object-replaced"]
    yield "note-changed-freetext", commented({6: new.replace(b"/Text", b"/FreeText")}, NOTE.replace(b"/Text", b"/FreeText")), "modified", ["change:object-replaced"]
    yield "note-changed-drawn", commented({6: new}, entries=b"/Group<</X 6 0 R>>"), "modified", ["change:object-replaced"]
    script = b"/S/JavaScript/JS(app.alert(1))>>"
    yield "note-changed-action", commented({6: new[:-2] + script}, NOTE[:-2] + script, catalog=b"/OpenAction 6 0 R"), "modified", ["change:object-replaced"]
    yield "sound-note-removed", commented({3: listing()}), "valid", ["allowed:comment-removed"]
    yield "sound-note-freed", commented({3: listing(), 6: None}), "valid", ["allowed:comment-removed"]
    yield "sound-note-removed-between", commented({3: listing(b"7 0 R", b"8 0 R")}, list_=b"7 0 R 6 0 R 8 0 R"), "valid", ["allowed:comment-removed"]
    yield "note-removed-certified-2", commented({3: listing()}, p=2), "modified", ["change:comment-removed"]
    yield "note-removed-freetext", commented({3: listing()}, NOTE.replace(b"/Text", b"/FreeText")), "modified", ["change:annotation-removed"]
    yield "note-removed-look", commented({3: listing()}, NOTE[:-2] + b"/AP<</N 4 0 R>>>>"), "modified", ["change:annotation-removed"]
    yield "note-removed-reused", commented({3: listing(), 6: b"<</S/JavaScript/JS(app.alert(1))>>"}, entries=b"/AA<</O 6 0 R>>"), "modified", ["change:annotation-removed"]
    yield "note-removed-drawn", commented({3: listing(), 6: None}, entries=b"/Group<</X 6 0 R>>"), "modified", ["change:annotation-removed"]
    yield "note-order", commented({3: listing(b"7 0 R", b"6 0 R")}, list_=b"6 0 R 7 0 R"), "modified", ["change:annotation"]
    yield "sound-highlight-look", marked(), "valid", ["allowed:comment"]
    inner = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency>>/Length 34>>\nstream\n1 0.82 0 rg 72 690 200 30 re f    \nendstream"
    nested = b"/XObject<</Form 902 0 R>>"
    yield "sound-highlight-nested", marked(b"/R0 gs q /Form Do Q", MIXED + nested, more={902: inner}), "valid", ["allowed:comment"]
    for label, how in [("normal", marked(b"1 0.82 0 rg 72 690 200 30 re f")), ("after", marked(b"q /R0 gs Q 1 0.82 0 rg 72 690 200 30 re f")),
                       ("dark", marked(PALE.replace(b"1 0.82 0", b"0.3 0.3 0.3"))), ("beyond", marked(PALE.replace(b"1 0.82 0", b"9 0 0"))), ("default", marked(b"/R0 gs 72 690 200 30 re f")),
                       ("line", marked(b"/R0 gs 1 1 0 rg 72 690 200 30 re B")), ("text", marked(PALE + b" BT (900) Tj ET")), ("picture", marked(PALE + b" BI /W 1 /H 1 ID x EI")),
                       ("pattern", marked(b"/R0 gs /Pattern cs /P0 scn 72 690 200 30 re f")), ("group", marked(extra=b"/Group<</S/Transparency/I true>>")),
                       ("layer", marked(extra=b"/OC 4 0 R")), ("mask", marked(resources=MIXED.replace(b"/AIS false", b"/SMask<</S/Alpha>>"))),
                       ("mode", marked(resources=MIXED.replace(b"Multiply", b"Normal"))), ("nested", marked(b"/Form Do", nested, more={902: inner})),
                       ("content", marked(look=b"/AP<</N 4 0 R>>")), ("states", marked(look=b"/AP<</N 901 0 R/D 901 0 R>>")), ("note", marked(kind=b"Text")),
                       ("underline", marked(kind=b"Underline"))]:
        yield "eaa-look-" + label, how, "modified", ["change:annotation"]
    yield "eaa-highlight-black", lambda: update(certify(document(), 3), note({"/C": colour(0, 0, 0)})), "modified", ["change:annotation"]
    yield "eaa-highlight-grey", lambda: update(certify(document(), 3), note({"/C": colour(0.1)})), "modified", ["change:annotation"]
    # parts of a colour beyond 1 are 1 for readers, below 0 they are 0
    yield "eaa-highlight-beyond", lambda: update(certify(document(), 3), note({"/C": colour(9, 0, 0)})), "modified", ["change:annotation"]
    yield "eaa-highlight-below", lambda: update(certify(document(), 3), note({"/C": colour(-9, -9, 1, 0.8)})), "modified", ["change:annotation"]
    yield "eaa-highlights-beyond", lambda: many_notes({"/C": colour(0.6, 0.6, 9)}, 6), "modified", ["change:annotation"]
    yield "sound-highlight-beyond", lambda: update(certify(document(), 3), note({"/C": colour(9, 9, 0)})), "valid", ["allowed:comment"]
    yield "eaa-highlight-ink", lambda: update(certify(document(), 3), note({"/C": colour(0, 0, 0, 1)})), "modified", ["change:annotation"]
    yield "eaa-strike-thick", lambda: update(certify(document(), 3), note({"/Subtype": N("/StrikeOut"), "/BS": DictionaryObject({N("/W"): I(40)})})), "modified", ["change:annotation"]
    bar = {"/Subtype": N("/StrikeOut"), "/QuadPoints": ArrayObject([I(n) for n in (70, 800, 400, 800, 70, 600, 400, 600)])}
    yield "eaa-strike-high", lambda: update(certify(document(), 3), note(bar)), "modified", ["change:annotation"]
    pale = {"/C": colour(0.6)}
    yield "eaa-highlights-many", lambda: many_notes(pale, 6), "modified", ["change:annotation"]
    yield "eaa-highlights-late", lambda: update(update(certify(document(), 3), note(pale)), note(pale)), "modified", ["change:annotation"]
    yield "sound-highlights", lambda: many_notes({"/C": colour(1, 1, 0)}, 6), "valid", ["allowed:comment"]
    yield "sound-highlight-layer", lambda: layered(1), "valid", ["allowed:comment"]
    yield "eaa-highlight-layers", lambda: layered(50), "modified", ["change:annotation"]
    yield "sound-strike", lambda: update(certify(document(), 3), note({"/Subtype": N("/StrikeOut")})), "valid", ["allowed:comment"]
    # fields
    yield "field-look-only", filled(b"/AP<</N 8 0 R>>"), "modified", ["change:form-look"]
    yield "field-look-in-place", looked(b"/V(100)"), "modified", ["change:form-look"]
    yield "sound-look-in-place", looked(b"/V(900)"), "valid", ["allowed:form-fill"]
    yield "field-look-shared", looked(b"/V(900)", page_=b"/Group<</X 8 0 R>>"), "modified", ["change:object-replaced"]
    anew, elsewhere = {8: shown(EVIL)}, {9: b"<</N 12 0 R>>", 12: shown(EVIL)}
    yield "field-list-in-place", list_looked(b"/V(100)", anew), "modified", ["change:form-look"]
    yield "field-list-elsewhere", list_looked(b"/V(100)", elsewhere), "modified", ["change:form-look"]
    yield "field-list-shared", list_looked(b"/V(900)", anew, page_=b"/PieceInfo 9 0 R"), "modified", ["change:object-replaced"]
    yield "field-list-shared-elsewhere", list_looked(b"/V(900)", elsewhere, page_=b"/PieceInfo 9 0 R"), "modified", ["change:object-replaced"]
    yield "field-list-look-shared", list_looked(b"/V(900)", anew, page_=b"/PieceInfo 8 0 R"), "modified", ["change:object-replaced"]
    yield "field-list-odd", list_looked(b"/V(900)", {9: b"<</N 8 0 R/XObject<</X 8 0 R>>>>"}), "modified", ["change:object-replaced"]
    yield "field-list-stream", list_looked(b"/V(900)", {9: shown(EVIL)}), "modified", ["change:object-replaced"]
    yield "field-states-in-place", list_looked(b"/V(100)", anew, b"10 0 R"), "modified", ["change:form-look"]
    yield "field-states-shared", list_looked(b"/V(900)", anew, b"10 0 R", b"/PieceInfo 11 0 R"), "modified", ["change:object-replaced"]
    yield "sound-list-in-place", list_looked(b"/V(900)", anew), "valid", ["allowed:form-fill"]
    yield "sound-list-elsewhere", list_looked(b"/V(900)", elsewhere), "valid", ["allowed:form-fill"]
    yield "widget-look-only", widget_looked(b"/V(100)"), "modified", ["change:form-look"]
    yield "sound-widget-look", widget_looked(b"/V(900)"), "valid", ["allowed:form-fill"]
    yield "field-hidden", filled(b"/F 2"), "modified", ["change:field"]
    yield "field-moved", lambda: update(certify(document(form=True), 2), lambda w: (field_of(w, "Nom").__setitem__(
        N("/Rect"), ArrayObject([I(0), I(0), I(595), I(842)])), w.update_container(field_of(w, "Nom")))), "modified", ["change:field"]
    yield "field-optional-content", filled(b"/OC 7 0 R"), "modified", ["change:field"]
    # later signatures over text
    yield "ssa-covers-text", covered("p256"), "undetermined", ["change.covers-text"]
    yield "ssa-covers-text-certified", covered("p256", certified=3), "undetermined", ["change.covers-text"]
    yield "ssa-place-certified", covered("p256", box=(50, 50, 250, 120), certified=2), "modified", ["change:signature"]
    yield "sound-place-certified", covered("p256", box=(50, 50, 250, 120), certified=3), "valid", ["allowed:signature"]
    yield "sound-beside-text", covered("p256", box=(50, 50, 250, 120)), "valid", ["allowed:signature"]
    # pages
    yield "pages-inherited", inherited(), "modified", ["change:object-replaced"]
    yield "layer-switched", layers(b"<</OCGs[7 0 R]/D<</OFF[]>>>>"), "modified", ["change:object-replaced"]
    yield "layer-state", layers(b"<</OCGs[7 0 R]/D<</BaseState/ON>>>>"), "modified", ["change:object-replaced"]
    # the token
    yield "contents-blank", spaced, "invalid", ["pdf.contents"]
    yield "contents-odd", odd_digit, "invalid", []
    # only a time-stamp
    yield "only-stamp", lambda: document_stamp(document()), "unsigned", []


def encrypted_again():
    w = IncrementalPdfFileWriter(io.BytesIO(encrypted_signed()))
    w.encrypt("")
    out = io.BytesIO()
    signers.sign_pdf(w, signers.PdfSignatureMetadata(field_name="S2", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"),
                     signer=base.signer_of("p256"), output=out, bytes_reserved=16384)
    return out.getvalue()
