"""Draws later updates of signed files from a grammar: what changes, by which way it comes into the file, and what is odd about the writing.
Where the verdict is that nothing changed but what may, every reader at hand must show the file as it shows the signed revision.

    random_updates.py PKI FOLDER [--seed N] [--count N] [--readers pdftoppm,...] [--why]
"""
import argparse
import collections
import concurrent.futures
import io
import json
import os
import random
import re
import subprocess
import sys

from pyhanko.pdf_utils.crypt import StandardSecurityHandler

import base
import readers
from base import N, certify, sign
from role_attacks import FONT, data, latest, prepared, shown
from update_writer import BOX, Plan, Update, draw_plan, page, slip

PARAPHE = os.environ.get("PARAPHE", "paraphe")
GOOD, EVIL = b"BT /F1 24 Tf 72 700 Td (100) Tj ET", b"BT /F1 48 Tf 72 500 Td (900 000) Tj ET"
WIDE = b"0.9 0 0 rg 60 300 400 300 re f"
# comments and form fields that may come stand below this height, in points; nothing is compared there
FLOOR = 130


def look(content, box=b"0 0 100 20", more=b""):
    return b"<</Type/XObject/Subtype/Form/BBox[%s]/Resources<</Font<</F1 5 0 R>>>>%s/Length %d>>\nstream\n%s\nendstream" % (box, more, len(content), content)


def field(value=b"old", look_=b"8 0 R", rect=b"20 20 120 40", more=b""):
    return b"<</FT/Tx/T(a)/Type/Annot/Subtype/Widget/Rect[%s]/P 3 0 R/F 4/DA(/F1 12 Tf 0 g)/V(%s)/AP<</N %s>>%s>>" % (rect, value, look_, more)


def note(kind=b"Text", rect=b"200 20 220 40", more=b""):
    return b"<</Type/Annot/Subtype/%s/Rect[%s]/Contents(a)/P 3 0 R%s>>" % (kind, rect, more)


FORM = b"/AcroForm<</Fields[6 0 R]/DR<</Font<</F1 5 0 R>>>>/DA(/F1 12 Tf 0 g)>>"


def catalog(b, more=b"", pages=b"2"):
    """The newest one of the signed file, with more in it."""
    return latest(b.data, 1)[:-2].replace(b"/Pages 2", b"/Pages " + pages) + more + b">>"


LAYERS = b"/OCProperties<</OCGs[16 0 R]/D<</%s[16 0 R]>>>>"


def objects(awaited):
    contents = b"[4 0 R 40 0 R]" if awaited else b"4 0 R"
    return {2: b"<</Type/Pages/Kids[3 0 R 13 0 R]/Count 2>>", 3: page(contents), 4: data(GOOD + b" /X1 Do"), 6: field(), 7: note(), 8: look(b"BT /F1 12 Tf 2 5 Td (old) Tj ET"),
            9: data(EVIL), 13: page(b"15 0 R", b""), 14: shown(b"0 0 1 RG 300 600 100 100 re S"),
            15: data(b"BT /F1 24 Tf 72 600 Td (deux) Tj ET"), 16: b"<</Type/OCG/Name(x)>>"}


# ---- signed files to begin with ----
Base = collections.namedtuple("Base", "data p streams awaited kind")


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:ModifyDate="%s"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def metadata(date):
    return b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(XMP % date), XMP % date)


def encryption():
    """A user password that is empty, and streams and strings that stay as they are: what is drawn can be read."""
    handler = StandardSecurityHandler.build_from_pw("owner", "", encrypt_metadata=True, pdf_mac=False).as_pdf_object()
    handler["/StmF"] = handler["/StrF"] = N("/Identity")
    out = io.BytesIO()
    handler.write_to_stream(out)
    return out.getvalue()


def linearised(made):
    """As if for the web: the newest section stands in front and leads to the one at the end, where startxref leads to the front."""
    head, table, size = made.index(b"1 0 obj"), made.rindex(b"xref\n0 1"), int(re.search(rb"/Size (\d+)", made).group(1))
    texts = {int(m.group(1)): m.group(0) for m in re.finditer(rb"(?<=\n)(\d+) 0 obj.*?\nendobj\n", made[:table], re.S)}
    front, trailer = [1, 3, 4, 5, 14], re.search(rb"/Root.*?>>(?=\nstartxref)", made, re.S).group(0)

    def written(length, end, first, main):
        rows = lambda at: b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (n, o) for n, o in sorted(at.items()))
        out, at = made[:head] + b"90 0 obj\n<</Linearized 1/L %010d/O 3/E %010d/N 2/T %010d/H[%010d 0000000000]>>\nendobj\n" % (length, end, main, first), {90: head}
        first, places = len(out), {}
        room = len(rows(dict.fromkeys([90, *front], 0))) + len(b"trailer\n<</Size %d/Prev %010d%s\nstartxref\n0\n%%%%EOF\n" % (91, 0, trailer))
        for number in [*front, None, *sorted(set(texts) - set(front))]:
            if number is None:
                end = first + room + sum(len(texts[n]) for n in front)
                continue
            places[number] = first + room + sum(len(texts[n]) for n in places)
        at.update({n: places[n] for n in front})
        main = first + room + sum(map(len, texts.values()))
        out += rows(at) + b"trailer\n<</Size %d/Prev %010d%s\nstartxref\n0\n%%%%EOF\n" % (91, main, trailer)
        out += b"".join(texts[n] for n in places)
        rest = rows({n: o for n, o in places.items() if n not in front}).replace(b"xref\n", b"xref\n0 1\n0000000000 65535 f \n", 1)
        return out + rest + b"trailer\n<</Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, first), end, first, main
    whole, *numbers = written(0, 0, 0, 0)
    return written(len(whole), *numbers)[0]


def make_base(p, streams, awaited, dormant, kind=""):
    trailer, more = b"", objects(awaited)
    if kind == "encrypted":
        trailer, more[25] = b"/Encrypt 25 0 R", encryption()
    if kind == "metadata":
        more[17] = metadata(b"2026-01-01T00:00:00Z")
    made = prepared(more, catalog=FORM + (b"/Metadata 17 0 R" if kind == "metadata" else b""), trailer=trailer)
    if kind == "linearised":
        made = linearised(made)
    if dormant:  # a body that no table leads to stands behind the one that counts, in front of the table
        at = made.rindex(b"xref\n0 1")
        more = b"4 0 obj\n%s\nendobj\n" % data(EVIL)
        made = made[:at] + more + re.sub(rb"startxref\n\d+", b"startxref\n%d" % (at + len(more)), made[at:])
    if streams:
        made = Update(made, random.Random(1), Plan(section="stream")).write({30: b"[1 2]"})
    data_ = certify(made, p) if p else sign(made)
    return Base(data_, p or 2, streams, awaited, kind)


def all_bases():
    return [make_base(*row) for row in ((0, False, False, False), (3, False, False, False), (3, True, False, False), (1, False, True, False),
                                        (0, True, True, False), (2, False, False, True), (3, True, True, True),
                                        (1, False, False, False, "metadata"), (2, True, False, False, "encrypted"), (3, False, False, True, "encrypted"),
                                        (2, False, True, False, "linearised"), (3, True, False, False, "linearised"), (3, False, False, False, "metadata"))]


# ---- what changes ----
def changes_seen(rng, b):
    """What readers show otherwise, were they to see it."""
    table = [
        ("contents", {4: data(EVIL)}), ("page-contents", {3: page(b"9 0 R")}), ("font", {5: FONT.replace(b"Helvetica", b"ZapfDingbats")}),
        ("kids", {2: b"<</Type/Pages/Kids[13 0 R 3 0 R]/Count 2>>"}), ("kids-fewer", {2: b"<</Type/Pages/Kids[13 0 R]/Count 1>>"}),
        ("kids-rotate", {2: b"<</Type/Pages/Kids[3 0 R 13 0 R]/Count 2/Rotate 90>>"}), ("xobject", {14: shown(WIDE)}),
        ("tree", {1: catalog(b, pages=b"50"), 50: b"<</Type/Pages/Kids[51 0 R]/Count 1>>", 51: page(b"9 0 R").replace(b"Parent 2", b"Parent 50")}),
        ("look-wide", {8: look(WIDE, BOX[1:-1])}), ("field-wide", {6: field(rect=b"20 200 520 640"), 8: look(WIDE, BOX[1:-1])}),
        ("rotate", {3: page(more=b"/Rotate 90")}), ("crop", {3: page(more=b"/CropBox[0 0 300 842]")}), ("unit", {3: page(more=b"/UserUnit 2")}),
        ("page-array", {3: page(b"[4 0 R 9 0 R]")}), ("signature-place", {20: b"<</FT/Sig/T(Signature1)/Type/Annot/Subtype/Widget/Rect[60 300 460 600]/P 3 0 R/F 4/AP<</N 52 0 R>>>>",
                                                                          52: look(WIDE, BOX[1:-1])}),
        ("layer", {1: catalog(b, LAYERS % b"OFF"), 14: shown(b"/OC /L BDC " + WIDE + b" EMC")}), ("number-forms", {4: b"9 0 R"}),
        ("resources", {3: page(resources=b"<</Font<</F1 53 0 R>>>>"), 53: FONT.replace(b"Helvetica", b"Symbol")}),
        ("page-reference", {3: b"54 0 R", 54: page(b"9 0 R")}), ("needs", {1: catalog(b).replace(b"/Fields", b"/NeedAppearances true/Fields"), 6: field(b"new")}),
        ("zero", {0: data(EVIL), 3: page(b"[4 0 R 0 0 R]")}),
    ]
    if b.awaited:
        table += [("awaited", {40: data(EVIL)})] * 3
    kind = rng.choice([b"FreeText", b"Stamp", b"Square", b"Text", b"Highlight", b"StrikeOut", b"Underline", b"Popup", b"Widget", b"Ink", b"Link", b"Caret"])
    more = rng.choice([b"/AP<</N 56 0 R>>", b"/C[0 0 0]", b"/AP<</N<</On 56 0 R>>>>/AS/On", b"/IC[1 0 0]/BS<</W 20>>", b"/DA(/F1 90 Tf 1 0 0 rg)", b"/AP<</N 56 0 R>>/OC 16 0 R",
                       b"/QuadPoints[60 600 460 600 60 300 460 300]/C[0 0 0]", b"/QuadPoints[60 600 460 600 60 300 460 300]/C[1 1 0]/AP<</N 56 0 R>>",
                       b"/QuadPoints[60 310 460 310 60 300 460 300]/C[1 0 0]/Border[0 0 90]"])
    table += [("annotation", {3: page(annots=b"6 0 R 7 0 R 55 0 R"), 55: note(kind, b"60 300 460 600", more),
                              56: look(WIDE, BOX[1:-1], rng.choice([b"", b"/Group<</S/Transparency>>"]))})] * 5
    table += [("note-becomes", {7: note(kind, b"60 300 460 600", more), 56: look(WIDE, BOX[1:-1])})] * 2
    return rng.choice(table)


def idle(rng):
    """What no page refers to, in whichever way it comes."""
    return "idle", rng.choice([{66: data(EVIL)}, {67: b"7"}, {68: b"<</A 1>>"}, {69: FONT, 66: b"null"}])


def changes_fine(rng, b):
    """What may come, at least with P = 3, or shows nowhere."""
    fill, comment = b.p >= 2, b.p == 3
    return rng.choice([
        {}, {}, {57: b"null"}, {58: b"<</Producer(x)/ModDate(D:20260101000000Z)>>"},
        {} if not comment else {3: page(b"[4 0 R 40 0 R]" if b.awaited else b"4 0 R", b"6 0 R 7 0 R 59 0 R"), 59: note(rect=b"300 20 320 40")}, {} if not comment else {7: note(more=b"/M(D:20260101)")},
        {} if not fill else {6: field(b"new"), 8: look(b"BT /F1 12 Tf 2 5 Td (new) Tj ET")}, {} if not fill else {6: field(b"new", b"60 0 R"), 60: look(b"BT /F1 12 Tf 2 5 Td (new) Tj ET")},
        {1: catalog(b, b"/DSS<</Certs[61 0 R]>>"), 61: data(b"\x30\x03\x02\x01\x01")}, {62: data(b"some data")}, {63: b"7"},
        {17: metadata(b"2026-02-%02dT00:00:00Z" % rng.randrange(1, 28))} if b.kind == "metadata" else {}])


# ---- one case ----
def draw(seed, bases):
    """The file, the signed one that it was made of, and how it was made."""
    rng = random.Random(seed)
    b = rng.choice(bases)
    made, told = b.data, []
    for _ in range(rng.choice([1, 1, 1, 1, 2, 3])):
        plan = draw_plan(rng, b)
        dice = rng.random()
        name, seen = changes_seen(rng, b) if dice < 0.2 else idle(rng) if dice < 0.4 else ("nothing", {})
        before = len(made)
        made = Update(made, rng, plan).write(changes_fine(rng, b), seen)
        slips = rng.choice([0] * 24 + [1, 1, 2])
        for _ in range(slips):
            made = made[:before] + slip(rng, made[before:])
        told.append(f"{name}: {plan.text()}, {slips} slips")
    return made, b, told


def verdict_of(path):
    """Whether it is said that nothing changed but what may; None with what was said instead of a verdict."""
    done = subprocess.run([PARAPHE, "verify", "--json", "--lang", "en", "--offline", "--trust", f"{base.PKI}/root.crt", path], capture_output=True, text=True, timeout=120, check=False)
    try:
        verdict = json.loads(done.stdout)
    except json.JSONDecodeError:
        return None, done.stderr.strip() or f"status {done.returncode}"
    if done.returncode not in (0, 4, 6) or str(verdict.get("code")).startswith("err.worker"):
        return None, f"status {done.returncode} {verdict.get('code')}"
    signatures = verdict["signatures"]
    good = bool(signatures) and verdict["verdict"] != "unreadable" and all(s["intact"] and not s["modified"] for s in signatures)
    if verdict["verdict"] == "unreadable":
        return False, {verdict["code"]}
    return good, {c["kind"] + ("" if c["allowed"] else "! " + str(c.get("what"))) for s in signatures for c in s["changes"]} | {"" if s["intact"] else "broken!" for s in signatures}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("pki")
    options.add_argument("folder")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--readers", default="pdftoppm")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--why", action="store_true", help="what stood against each file that does not pass")
    o = options.parse_args()
    base.PKI = o.pki
    bases, faults, fine, ways = all_bases(), [], [], collections.Counter()
    shown_signed = {}
    for i, b in enumerate(bases):
        path = os.path.join(o.folder, f"base{i}.pdf")
        with open(path, "wb") as out:
            out.write(b.data)
        good, said = verdict_of(path)
        if not good:
            faults.append(f"{path}: not even the signed file passes: {said}")
        shown_signed[id(b)] = path

    def one(seed):
        made, b, told = draw(seed, bases)
        path = os.path.join(o.folder, f"u{seed}.pdf")
        with open(path, "wb") as out:
            out.write(made)
        good, said = verdict_of(path)
        if not good:
            os.unlink(path)
        return seed, path, b, told, good, said

    with concurrent.futures.ThreadPoolExecutor(max_workers=o.jobs) as pool:
        for seed, path, b, told, good, said in pool.map(one, range(o.seed, o.seed + o.count)):
            if o.why and not good:
                ways.update(k for k in said if not k.endswith(":") and "!" in k or "err" in k)
                print(seed, told, sorted(said))
            if good is None:
                faults.append(f"{seed}: {said}: {told}")
            elif good:
                fine.append((seed, path, shown_signed[id(b)], told, said))
    control = os.path.join(o.folder, "control.pdf")
    with open(control, "wb") as out:
        out.write(Update(bases[0].data, random.Random(1), Plan()).write({14: shown(WIDE)}))
    for name in o.readers.split(","):
        if not readers.compare(name, [(control, shown_signed[id(bases[0])])], FLOOR):
            faults.append(f"{name} sees no difference where there is one")
        different = readers.compare(name, [(path, signed) for _, path, signed, _, _ in fine], FLOOR)
        for seed, path, signed, told, said in fine:
            if path in different:
                faults.append(f"{seed}: {name} shows {path} otherwise than {signed} ({different[path]}): {told}; changes told: {sorted(said)}")
    if o.why:
        print(ways.most_common())
    for fault in faults:
        print("FAILED:", fault)
    print(f"{o.count} updates drawn, {len(fine)} pass as nothing but what may change, {len(faults)} faults")
    return 1 if faults or not fine else 0


if __name__ == "__main__":
    sys.exit(main())
