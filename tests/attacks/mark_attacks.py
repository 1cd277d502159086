"""Lines under and through a text that make a bar, and lists of annotations that pages share."""
from pyhanko.pdf_utils.generic import ArrayObject, FloatObject

from base import N, certify, document, update
from file_attacks import NOTE, note
from pdf_attacks import raw_update
from role_attacks import data, latest, page, prepared


def quad(x0, y0, x1, y1):
    """As programs write the corners: upper left, upper right, lower left, lower right."""
    return [x0, y1, x1, y1, x0, y0, x1, y0]


def turned(x0, y0, x1, y1):
    """The same place for a text that runs upwards: its height is the width of the place."""
    return [x0, y0, x0, y1, x1, y0, x1, y1]


def lines(*pieces, kind="StrikeOut", several=False):
    """Pieces of one annotation, or one annotation for each."""
    def change(w):
        for some in [[p] for p in pieces] if several else [pieces]:
            numbers = [FloatObject(n) for p in some for n in p]
            note({"/Subtype": N("/" + kind), "/QuadPoints": ArrayObject(numbers)})(w)
    return lambda: update(certify(document(), 3), change)


def struck_twice():
    """Struck out, underlined and waved under, by three people."""
    def change(w):
        for kind in ("StrikeOut", "Underline", "Squiggly"):
            note({"/Subtype": N("/" + kind), "/QuadPoints": ArrayObject([FloatObject(n) for n in quad(70, 696, 400, 718)])})(w)
    return update(certify(document(), 3), change)


def shared(pages, notes, change):
    """So many pages, all with the same list of annotations."""
    def make():
        first = 30
        objects = {2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % (first + i) for i in range(pages)), pages),
                   6: b"[%s]" % b" ".join([b"7 0 R"] * notes), 7: NOTE}
        objects.update({first + i: page(b"/Annots 6 0 R") for i in range(pages)})
        signed = certify(prepared(objects), 3)
        return raw_update(signed, change(signed))
    return make


def grown(signed):
    return {6: latest(signed, 6)[:-1] + b" 8 0 R]", 8: NOTE}


def one_comment(signed):
    return {7: NOTE.replace(b"(a)", b"(b)")}


def struck(notes, pieces, kind=b"StrikeOut", more=b""):
    """The shared list gains so many lines through so many pieces of text each."""
    def change(signed):
        quads = b"/QuadPoints[%s]" % (b"9 9 9 9 9 8 9 8 " * pieces)
        made = {100 + i: NOTE.replace(b"/Text", b"/" + kind).replace(b"/P 3 0 R", quads + more) for i in range(notes)}
        return {6: latest(signed, 6)[:-1] + b" " + b" ".join(b"%d 0 R" % n for n in made) + b"]", **made}
    return change


def nested(signed):
    """The look of one marker draws another form many times, which draws another one many times."""
    times = b"/X Do " * 40000
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    return {6: latest(signed, 6)[:-1] + b" 100 0 R]", 100: NOTE.replace(b"/Text", b"/Highlight/AP<</N 101 0 R>>"),
            101: data(times, form + b"/Resources<</XObject<</X 102 0 R>>>>"), 102: data(times, form + b"/Resources<</XObject<</X 103 0 R>>>>"),
            103: data(b"q Q " * 50000, form)}


def table():
    forged = "modified", ["change:annotation"]
    yield "eaa-strike-turned", lines(turned(70, 690, 400, 730)), *forged
    yield "eaa-strike-turned-second", lines(quad(70, 700, 400, 720), turned(70, 690, 400, 730)), *forged
    yield "eaa-strikes-dense", lines(*[quad(70, 690 + 2 * i, 400, 714 + 2 * i) for i in range(8)]), *forged
    yield "eaa-strikes-dense-several", lines(*[quad(70, 690 + 2 * i, 400, 714 + 2 * i) for i in range(8)], several=True), *forged
    yield "eaa-strikes-same", lines(*[quad(70, 690, 400, 730)] * 3), *forged
    yield "eaa-underlines-dense", lines(*[quad(70, 690 + 2 * i, 400, 714 + 2 * i) for i in range(8)], kind="Underline"), *forged
    yield "eaa-strikes-without-end", lines(*[quad(2 * (i % 50), 10 + 12 * (i // 50), 2 * (i % 50) + 1, 20 + 12 * (i // 50)) for i in range(2001)]), *forged
    yield "sound-strikes", lines(*[quad(70, 60 + 14 * i, 500, 74 + 14 * i) for i in range(50)]), "valid", ["allowed:comment"]
    yield "sound-strikes-tight", lines(*[quad(70, 60 + 11 * i, 500, 74 + 11 * i) for i in range(60)], kind="Underline"), "valid", ["allowed:comment"]
    yield "sound-strike-title", lines(quad(70, 690, 400, 730)), "valid", ["allowed:comment"]
    yield "sound-struck-twice", struck_twice, "valid", ["allowed:comment"]
    # each page's list is compared: together they have a ceiling
    yield "annots-shared", shared(10000, 10000, one_comment), "valid", ["allowed:comment-changed"]
    yield "annots-shared-changed", shared(10001, 10000, grown), "unreadable", ["err.verify.comparisons-many"]
    yield "annots-shared-strikes", shared(2000, 1, struck(60, 1900)), "unreadable", ["err.verify.comparisons-many"]
    yield "annots-shared-marker", shared(2000, 1, struck(1, 50000, b"Highlight", b"/C[1 1 0]")), "unreadable", ["err.verify.comparisons-many"]
    yield "annots-forms-nested", shared(1, 1, nested), "unreadable", ["err.verify.comparisons-many"]
