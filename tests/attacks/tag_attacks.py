"""A later signature in a new widget may bring its place in the structure tree, and nothing else of the tree may move."""
import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import ArrayObject as A, DictionaryObject as D, IndirectObject, NameObject as N, NumberObject as I, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field

from base import sign, signer_of
from role_attacks import data, page, prepared

ROOT, DOCUMENT, TREE, PARAGRAPH, LEAF, KIDS = 6, 7, 8, 9, 10, 11
TEXT = b"/P<</MCID 0>>BDC BT /F1 24 Tf 72 700 Td (100) Tj ET EMC"
CATALOG = b"/MarkInfo<</Marked true>>/Lang(fr-FR)/StructTreeRoot 6 0 R"


def tagged(nested=False, flat=False, tabs=b"", roles=b""):
    """One paragraph in one Document; `nested`: parent tree with branches, /K apart; `flat`: the paragraph is the root's own kid."""
    objects = {
        3: page(b"/StructParents 0" + tabs), 4: data(TEXT),
        ROOT: b"<</Type/StructTreeRoot/K %s/ParentTree 8 0 R/ParentTreeNextKey 1%s>>" % (b"9 0 R" if flat else b"[7 0 R]", roles),
        DOCUMENT: b"<</Type/StructElem/S/Document/P 6 0 R/K %s>>" % (b"11 0 R" if nested else b"9 0 R"),
        TREE: b"<</Kids[10 0 R]>>" if nested else b"<</Nums[0[9 0 R]]>>",
        PARAGRAPH: b"<</Type/StructElem/S/P/P %d 0 R/Pg 3 0 R/K 0>>" % (ROOT if flat else DOCUMENT),
        LEAF: b"<</Limits[0 0]/Nums[0[9 0 R]]>>", KIDS: b"[9 0 R]"}
    return sign(prepared(objects, CATALOG))


class Place:
    """What a second signature writes: the honest version, to be bent by an attack."""

    def __init__(self, signed):
        self.w = w = IncrementalPdfFileWriter(io.BytesIO(signed), strict=False)
        append_signature_field(w, SigFieldSpec("S2", box=(50, 50, 250, 110), on_page=0))
        self.widget = w.root["/AcroForm"]["/Fields"].raw_get(-1)
        look = self.widget.get_object()["/AP"].raw_get("/N")  # signing draws another
        del w.objects[(look.generation, look.idnum)]
        self.page = w.root["/Pages"]["/Kids"].raw_get(0)
        self.elem = D({N("/Type"): N("/StructElem"), N("/S"): N("/Form"), N("/P"): self.ref(DOCUMENT), N("/Pg"): self.page,
                       N("/K"): D({N("/Type"): N("/OBJR"), N("/Obj"): self.widget, N("/Pg"): self.page})})
        self.elem_ref = w.add_object(self.elem)
        self.widget.get_object()[N("/StructParent")] = I(1)
        self.widget.get_object()[N("/P")] = self.page

    def ref(self, number):
        return IndirectObject(number, 0, self.w)

    def change(self, number, **entries):
        target = self.ref(number).get_object()
        for key, value in entries.items():
            if value is None:
                del target["/" + key]
            else:
                target[N("/" + key)] = value
        self.w.mark_update(generic.Reference(number, 0, self.w))
        return target

    def owner(self, number=DOCUMENT, before=(PARAGRAPH,)):
        self.elem[N("/P")] = self.ref(number)
        self.change(number, K=A([*(self.ref(n) for n in before), self.elem_ref]))

    def tree(self, *more):
        self.change(TREE, Nums=A([I(0), A([self.ref(PARAGRAPH)]), I(1), self.elem_ref, *more]))

    def next(self, key=2):
        self.change(ROOT, ParentTreeNextKey=I(key))

    def bytes(self):
        out = io.BytesIO()
        signers.sign_pdf(self.w, signers.PdfSignatureMetadata(field_name="S2", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"),
                         signer=signer_of("p384"), output=out, bytes_reserved=16384)
        return out.getvalue()


def placed(bend=None, instead=None, **how):
    def make():
        place = Place(tagged(**how))
        if instead is not None:
            instead(place)
        else:
            place.owner()
            place.tree()
            place.next()
            if bend is not None:
                bend(place)
        return place.bytes()
    return make


def kids_apart(p):
    p.ref(KIDS).get_object().append(p.elem_ref)
    p.w.mark_update(generic.Reference(KIDS, 0, p.w))


def nested(p):
    kids_apart(p)
    leaf = p.w.add_object(D({N("/Limits"): A([I(1), I(1)]), N("/Nums"): A([I(1), p.elem_ref])}))
    p.change(TREE, Kids=A([p.ref(LEAF), leaf]))
    p.next()


def last_leaf(p):
    kids_apart(p)
    p.next()
    p.change(LEAF, Limits=A([I(0), I(1)]), Nums=A([I(0), A([p.ref(PARAGRAPH)]), I(1), p.elem_ref]))


def flat(p):
    p.owner(ROOT)
    p.tree()
    p.next()


def tabs(p):
    p.page.get_object()[N("/Tabs")] = N("/S")
    p.w.mark_update(p.page.reference)


def another(p):
    """Another element beside, for content that is there."""
    extra = p.w.add_object(D({N("/Type"): N("/StructElem"), N("/S"): N("/Span"), N("/P"): p.ref(DOCUMENT), N("/ActualText"): pdf_string("900")}))
    p.change(DOCUMENT, K=A([p.ref(PARAGRAPH), p.elem_ref, extra]))


def no_widget(p):
    p.elem[N("/K")] = D({N("/Type"): N("/OBJR"), N("/Obj"): p.ref(20), N("/Pg"): p.page})


def moved(p):
    p.change(PARAGRAPH, P=p.elem_ref)


def taken(p):
    """The paragraph becomes content of the new element."""
    p.elem[N("/K")] = A([p.elem["/K"], p.ref(PARAGRAPH)])


def reused(p):
    p.widget.get_object()[N("/StructParent")] = I(0)
    p.change(TREE, Nums=A([I(0), p.elem_ref]))


def table():
    yield "tags-place", placed(), "valid", ["allowed:structure", "allowed:signature"]
    yield "tags-place-alt", placed(lambda p: p.elem.update({N("/Alt"): pdf_string("Signature")})), "valid", ["allowed:structure"]
    yield "tags-place-tabs", placed(tabs), "valid", ["allowed:structure"]
    yield "tags-place-leaf", placed(instead=nested, nested=True), "valid", ["allowed:structure"]
    yield "tags-place-last-leaf", placed(instead=last_leaf, nested=True), "valid", ["allowed:structure"]
    yield "tags-place-root", placed(instead=flat, flat=True), "valid", ["allowed:structure"]
    yield "tags-another-element", placed(another), "modified", []
    yield "tags-other-widget", placed(no_widget), "modified", []
    yield "tags-more-content", placed(taken), "modified", []
    yield "tags-role", placed(lambda p: p.elem.update({N("/S"): N("/P")})), "modified", []
    yield "tags-actual-text", placed(lambda p: p.elem.update({N("/ActualText"): pdf_string("900")})), "modified", []
    yield "tags-attributes", placed(lambda p: p.elem.update({N("/A"): D({N("/O"): N("/Layout")})})), "modified", []
    yield "tags-old-element-text", placed(lambda p: p.change(PARAGRAPH, ActualText=pdf_string("900"))), "modified", ["change:object-replaced"]
    yield "tags-owner-text", placed(lambda p: p.change(DOCUMENT, ActualText=pdf_string("900"))), "modified", ["change:structure-changed"]
    yield "tags-old-element-moved", placed(moved), "modified", ["change:object-replaced"]
    yield "tags-kid-lost", placed(lambda p: p.owner(before=())), "modified", ["change:structure-changed"]
    yield "tags-kid-doubled", placed(lambda p: p.owner(before=(PARAGRAPH, PARAGRAPH))), "modified", ["change:structure-changed"]
    yield "tags-key-reused", placed(reused), "modified", []
    yield "tags-pair-replaced", placed(lambda p: p.change(TREE, Nums=A([I(0), A([p.elem_ref]), I(1), p.elem_ref]))), "modified", ["change:structure-changed"]
    yield "tags-pair-more", placed(lambda p: p.tree(I(2), p.ref(PARAGRAPH))), "modified", ["change:structure-changed"]
    yield "tags-next-key-back", placed(lambda p: p.next(0)), "modified", ["change:structure-changed"]
    yield "tags-role-map", placed(lambda p: p.change(ROOT, RoleMap=D({N("/P"): N("/Artifact")}))), "modified", ["change:structure-changed"]
    yield "tags-role-map-grown", placed(lambda p: p.change(ROOT, RoleMap=D({N("/Form"): N("/P")})), roles=b"/RoleMap<<>>"), "modified", ["change:structure-changed"]
    yield "tags-tabs-changed", placed(tabs, tabs=b"/Tabs/R"), "modified", ["change:page"]
    yield "tags-leaf-old-changed", placed(instead=lambda p: (nested(p), p.change(LEAF, Nums=A([I(0), A([p.elem_ref])]))), nested=True), "modified", []
    yield "tags-unlinked", placed(instead=lambda p: p.next()), "modified", []
