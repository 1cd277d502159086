"""Ways in which an object comes into a later update of a file, or seems to, and what may be odd about the writing."""
import re
import zlib

from role_attacks import data
from section_attacks import kept, last_start

BOX = b"[0 0 595 842]"


def page(contents=b"4 0 R", annots=b"6 0 R 7 0 R", more=b"", resources=b"<</Font<</F1 5 0 R>>/XObject<</X1 14 0 R>>>>"):
    return b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents %s/Resources %s/Annots[%s]%s>>" % (BOX, contents, resources, annots, more)


def bodies(items, gen=0):
    """The objects one after the other, and where each stands."""
    out, at = b"", {}
    for number, value in items.items():
        at[number] = len(out)
        out += b"%d %d obj\n%s\nendobj\n" % (number, gen, value)
    return out, at


class Plan:
    """Every choice of one update; absent ones are the plain ones."""

    def __init__(self, **more):
        self.section, self.odd, self.way, self.prev, self.ends, self.names = "table", {}, "listed", "right", "plain", "plain"
        self.__dict__.update(more)

    def text(self):
        return " ".join(f"{k}={v}" for k, v in self.__dict__.items() if v not in ({}, "plain", "right"))


WAYS = ["listed", "listed", "unlisted", "unlisted-behind", "in-stream", "in-string", "in-comment", "packed", "packed-unlisted", "packed-twice", "packed-short", "freed", "generation",
        "hybrid", "hybrid-table", "stray-section", "second-trailer", "older-section", "twice-in-table", "restored", "restored-behind", "length-long", "length-short", "doubled", "written-hex",
        "tail", "front-of-eof", "in-header-gap", "own-section-between", "xref-in-stream", "offset-into-stream", "same-row-next"]
ODD = ["offset", "row19", "row21", "row-blank", "head-blank", "head-comment", "head-sign", "size-small", "size-large", "no-endobj", "xref-blank", "trailer-comment", "startxref-off",
       "startxref-comment", "startxref-far", "cr", "index-short", "key-unknown", "first-row-wrong", "subsections", "w-zero", "generation-65535", "trailer-doubled"]


def draw_plan(rng, b):
    plan = Plan(section="stream" if rng.random() < (0.8 if b.streams else 0.2) else "table", way=rng.choice(WAYS))
    plan.odd = {name: rng.randrange(1, 5) for name in ODD if rng.random() < 0.01}
    plan.prev = rng.choice(["right"] * 160 + ["older", "none", "loop", "blank", "real", "indirect"])
    return plan


class Update:
    def __init__(self, signed, rng, plan):
        self.signed, self.rng, self.plan = signed, rng, plan
        self.body, self.rows = b"", {}  # number: (type, second, third), offsets in the whole file
        self.extra_rows, self.trailer, self.behind, self.tail = [], b"", b"", b""
        self.own = (190 if b"/ByteRange" in signed else 90) + signed.count(b"%%EOF")

    def here(self):
        return len(self.signed) + len(self.body)

    def header(self, number, gen):
        odd = self.plan.odd
        text = b"%d %d obj\n" % (number, gen)
        if "head-blank" in odd:
            text = [b"%d  %d obj\n", b"%d %d\nobj\n", b"%d\t%d obj\n", b"%d %d obj "][odd["head-blank"] - 1] % (number, gen)
        if "head-comment" in odd:
            text = [b"%d %%x\n%d obj\n", b"%d %d%%x\n obj\n", b"%%x\n%d %d obj\n", b"%d %d obj%%x\n"][odd["head-comment"] - 1] % (number, gen)
        return b"+" + text if "head-sign" in odd else text

    def add(self, number, value, listed=True, gen=0):
        at = self.here()
        self.body += self.header(number, gen) + value + (b"\n" if "no-endobj" in self.plan.odd else b"\nendobj\n")
        if listed:
            off = self.plan.odd.get("offset", 0)
            self.rows[number] = (1, at + ([0, 1, -1, 2, -3][off] if self.rng.random() < 0.5 else 0), gen)

    def plain(self, items):
        return bodies(items)[0]

    def pack(self, number, items, listed=True, count=None):
        head, texts = b"", b""
        for num, value in items:
            head += b"%d %d " % (num, len(texts))
            texts += value + b" "
        content = zlib.compress(head + texts)
        self.add(number, b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (count or len(items), len(head), len(content), content))
        if listed:
            self.rows.update({num: (2, number, i) for i, (num, _) in enumerate(items)})

    # -- the ways; each puts `seen` somewhere --
    def bring(self, seen):
        way = "way_" + self.plan.way.replace("-", "_")
        getattr(self, way, self.way_listed)(seen)

    def way_listed(self, seen):
        for number, value in seen.items():
            self.add(number, value)

    def way_unlisted(self, seen):
        self.body += self.plain(seen)

    def way_unlisted_behind(self, seen):
        self.behind = self.plain(seen)

    def way_in_stream(self, seen):
        self.add(70, data(b"x\n" + self.plain(seen)))

    def way_in_string(self, seen):
        self.add(70, b"<</Producer(\n" + self.plain(seen).replace(b"(", b"\\(").replace(b")", b"\\)") + b")>>")

    def way_in_comment(self, seen):
        self.body += b"%" + self.plain(seen).replace(b"\n", self.rng.choice([b" ", b"\r", b"\n%"]))

    def way_packed(self, seen):
        self.pack(70, [(n, v) for n, v in seen.items() if b"stream" not in v] or [(63, b"7")])

    def way_packed_unlisted(self, seen):
        self.pack(70, [(n, v) for n, v in seen.items() if b"stream" not in v] or [(63, b"7")], listed=False)

    def way_packed_twice(self, seen):
        items = [(n, v) for n, v in seen.items() if b"stream" not in v] or [(63, b"7")]
        self.pack(70, items[:1] + items, listed=self.rng.random() < 0.5)

    def way_packed_short(self, seen):
        items = [(n, v) for n, v in seen.items() if b"stream" not in v] or [(63, b"7")]
        self.pack(70, [(63, b"7"), *items], listed=False, count=self.rng.choice([1, 9]))
        self.rows[63] = (2, 70, 0)

    def way_freed(self, seen):
        self.way_unlisted(seen)
        for number in seen:
            if number >= 40 or self.rng.random() < 0.3:
                self.rows[number] = (0, 0, 65535)

    def way_generation(self, seen):
        for number, value in seen.items():
            self.add(number, value, gen=self.rng.choice([0, 1, 1, 65535]))

    def section_stream(self, number, rows, prev=None, root=b"1 0 R", more=b""):
        index = b"".join(b"%d 1 " % n for n in sorted(rows))
        table = b"".join(bytes([kind]) + max(second, 0).to_bytes(4, "big") + third.to_bytes(2, "big") for _, (kind, second, third) in sorted(rows.items()))
        return b"%d 0 obj\n<</Type/XRef/Size 1999/Root %s/W[1 4 2]/Index[%s]%s%s/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
            number, root, index, b"/Prev %d" % prev if prev else b"", more, len(table), table)

    def apart(self, seen):
        """The bodies, unlisted, and rows that lead to them."""
        start = self.here()
        text, at = bodies(seen)
        self.body += text
        return {n: (1, start + offset, 0) for n, offset in at.items()}

    def way_hybrid(self, seen):
        rows = self.apart(seen)
        self.trailer += b"/XRefStm %d" % self.here()
        self.body += self.section_stream(71, rows, self.rng.choice([None, last_start(self.signed)]))

    def way_hybrid_table(self, seen):
        self.way_listed(seen)
        rows = {n: r for n, r in self.rows.items() if n not in seen}
        self.trailer += b"/XRefStm %d" % self.here()
        self.body += self.section_stream(71, rows or {63: (0, 0, 0)})

    def way_stray_section(self, seen):
        rows = self.apart(seen)
        at = self.here()
        self.body += self.section_stream(71, rows, self.rng.choice([None, last_start(self.signed)]))
        if self.rng.random() < 0.7:
            self.rows[71] = (1, at, 0)

    def way_second_trailer(self, seen):
        self.way_unlisted({**seen, 72: seen.get(1, b"<</Type/Catalog/Pages 2 0 R>>")})
        text = b"trailer\n<</Size 1999/Root 72 0 R>>\n"
        where = self.rng.randrange(3)
        if where == 0:
            self.body += text
        elif where == 1:
            self.behind += text
        else:
            self.add(70, data(text))

    def table(self, rows):
        return b"xref\n" + b"".join(b"%d 1\n%010d %05d %s \n" % (n, max(second, 0), gen, b"n" if kind else b"f") for n, (kind, second, gen) in sorted(rows.items()))

    def way_older_section(self, seen):
        """A section of the same update lists it, which the last one overrides with the old places, or does not."""
        rows = self.apart(seen)
        self.middle = self.here()
        self.body += self.table(rows) + b"trailer\n<</Size 1999/Root 1 0 R/Prev %d%s>>\n" % (last_start(self.signed), kept(self.signed))
        if self.rng.random() < 0.5:
            self.body += b"startxref\n%d\n%%%%EOF\n" % self.middle
        for number in seen:
            found = [m.start() + 1 for m in re.finditer(rb"\n%d 0 obj" % number, self.signed)]
            if found and self.rng.random() < 0.8:
                self.rows[number] = (1, found[-1], 0)

    def way_own_section_between(self, seen):
        rows = self.apart(seen)
        self.body += self.table(rows) + b"trailer\n<</Size 1999/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (last_start(self.signed), self.here())

    def way_xref_in_stream(self, seen):
        rows = self.apart(seen)
        self.add(70, data(self.table(rows) + b"trailer\n<</Size 1999/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (last_start(self.signed), self.here() + 40)))

    def way_twice_in_table(self, seen):
        for number, row in self.apart(seen).items():
            found = [m.start() + 1 for m in re.finditer(rb"\n%d 0 obj" % number, self.signed)]
            first, second = row, (1, found[-1], 0) if found else (0, 0, 65535)
            self.rows[number], other = (first, second) if self.rng.random() < 0.5 else (second, first)
            self.extra_rows.append((number, other))

    def way_restored(self, seen):
        """Written, and written again as it was."""
        self.way_unlisted(seen)
        for number in seen:
            old = [m for m in re.finditer(rb"(?<=\n)%d 0 obj\s(.*?)\s*endobj" % number, self.signed, re.S)]
            if old:
                self.add(number, old[-1].group(1))

    def way_restored_behind(self, seen):
        for number in seen:
            old = [m for m in re.finditer(rb"(?<=\n)%d 0 obj\s(.*?)\s*endobj" % number, self.signed, re.S)]
            if old:
                self.add(number, old[-1].group(1))
        self.way_unlisted(seen)

    def way_length_long(self, seen):
        text = b"x\nendstream\nendobj\n" + self.plain(seen)
        self.add(70, b"<</Length %d>>\nstream\n%s\nendstream" % (len(text), text))

    def way_length_short(self, seen):
        text = b"x\n" + self.plain(seen)
        self.add(70, b"<</Length %d>>\nstream\n%s\nendstream" % (self.rng.choice([0, 1, 5]), text))

    def way_doubled(self, seen):
        """Keys twice in the page."""
        order = self.rng.choice([(b"4 0 R", b"/Contents 9 0 R"), (b"9 0 R", b"/Contents 4 0 R")])
        self.add(3, page(order[0], more=order[1]))

    def way_written_hex(self, seen):
        self.add(3, page(more=self.rng.choice([b"/C#6fntents 9 0 R", b"/#43ontents 9 0 R", b"/Contents#00 9 0 R", b"/R#6ftate 90", b"/Contents/#20"])))

    def way_tail(self, seen):
        self.tail = self.plain(seen)

    def way_front_of_eof(self, seen):
        self.tail = b"\n" + self.plain(seen) + b"trailer\n<</Root 1 0 R/Size 99>>\nstartxref\n%d\n%%%%EOF\n" % self.here()

    def way_in_header_gap(self, seen):
        """Between the words of another object."""
        at = self.here()
        self.body += b"62 0 \n" + self.plain(seen) + b"62 0 obj\n7\nendobj\n"
        self.rows[62] = (1, self.rng.choice([at, self.here() - 20]), 0)

    def way_offset_into_stream(self, seen):
        """A row leads into the data of a stream."""
        text = self.plain(seen)
        self.add(70, data(text))
        inner = len(self.signed) + self.body.index(text)
        for number, offset in bodies(seen)[1].items():
            self.rows[number] = (1, inner + offset, 0)

    def way_same_row_next(self, seen):
        """Rows that lead to the signed places stand beside newer bodies."""
        self.way_unlisted(seen)
        for number in seen:
            found = [m.start() + 1 for m in re.finditer(rb"\n%d 0 obj" % number, self.signed)]
            if found:
                self.rows[number] = (1, found[-1], 0)

    # -- the section --
    def prev(self):
        starts = [int(n) for n in re.findall(rb"startxref\s+(\d+)", self.signed)]
        right = getattr(self, "middle", starts[-1])
        return {"right": b"/Prev %d" % right, "older": b"/Prev %d" % starts[0], "none": b"", "loop": b"/Prev %d" % self.here(), "blank": b"/Prev %d" % (right - 1),
                "real": b"/Prev %d.0" % right, "indirect": b"/Prev 73 0 R"}[self.plan.prev]

    def size(self):
        return {1: 4, 2: 21, 3: 40, 4: 10}[self.plan.odd["size-small"]] if "size-small" in self.plan.odd else 2 ** 23 + 5 if "size-large" in self.plan.odd else 1999 if b"/ByteRange" in self.signed else 99

    def row(self, kind, second, third):
        odd, text = self.plan.odd, b"%010d %05d %s" % (max(second, 0), third, b"n" if kind else b"f")
        if "generation-65535" in odd and kind:
            text = b"%010d 65535 n" % max(second, 0)
        return text + (b"\n" if "row19" in odd else b"  \n" if "row21" in odd else b"\r\n" if "row-blank" in odd else b" \n")

    def end(self, at):
        odd = self.plan.odd
        at += odd["startxref-off"] - 2 if "startxref-off" in odd else 0
        text = b"startxref\n%d\n" % at
        if "startxref-comment" in odd:
            text = [b"startxref %d\n", b"startxref\n%%x\n%d\n", b"startxref\n%d %%x\n", b"startxref%d\n"][odd["startxref-comment"] - 1] % at
        return text + (b"%" + b"x" * (700 * odd["startxref-far"]) + b"\n" if "startxref-far" in odd else b"") + b"%%EOF\n" + self.tail

    def write(self, items, seen=None):
        for number, value in items.items():
            self.add(number, value)
        if seen:
            self.bring(seen)
        if self.plan.prev == "indirect":
            self.add(73, b"%d" % last_start(self.signed))
        odd, at = self.plan.odd, self.here()
        keys = b"/Size %d/Root 1 0 R%s%s%s%s%s" % (self.size(), self.prev(), kept(self.signed), self.trailer, b"/Foo[1 2]" if "key-unknown" in odd else b"",
                                                  b"/Root 1 0 R" if "trailer-doubled" in odd else b"")
        if self.plan.section == "stream":
            rows = sorted([*self.rows.items(), *self.extra_rows, (self.own, (1, at, 0))], key=lambda r: r[0])
            if "w-zero" in odd:
                rows = [r for r in rows if r[1][0] == 1]
            table = b"".join((b"" if "w-zero" in odd else bytes([kind])) + max(second, 0).to_bytes(4, "big") + third.to_bytes(2, "big") for _, (kind, second, third) in rows)
            index = b"".join(b"%d 1 " % n for n, _ in (rows[:-1] if "index-short" in odd else rows))
            text = b"%d 0 obj\n<</Type/XRef%s/W[%d 4 2]/Index[%s]/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
                self.own, keys, 0 if "w-zero" in odd else 1, index, len(table), table)
        else:
            text = b"xref" + (b" \n" if "xref-blank" in odd else b"\n")
            rows = [(n, r) for n, r in sorted([*self.rows.items(), *self.extra_rows], key=lambda r: r[0]) if r[0] != 2]
            for number, row in rows or [(0, (0, 0, 65535))]:
                text += b"%d 1\n" % (number + (1 if "first-row-wrong" in odd and rows and number == rows[0][0] else 0)) + self.row(*row)
            text += b"trailer%s\n<<%s>>\n" % (b" %x" if "trailer-comment" in odd else b"", keys)
        done = self.signed + self.body + text + self.behind + self.end(at)
        return done[:len(self.signed)] + done[len(self.signed):].replace(b"\nendobj\n", b"\rendobj\r") if "cr" in odd else done


# ---- slips of the pen ----
TOKENS = [b"%", b"<<", b">>", b"endobj\n", b"stream\n", b"endstream\n", b"trailer\n", b"xref\n", b"startxref\n", b"null ", b" R", b"%%EOF\n", b"0 ", b"1 ", b"4 0 obj\n", b"(", b")",
          b"/Type", b"/Prev 0", b"/Length 0", b"/Contents 9 0 R", b"[", b"]", b"\0", b"\r", b"obj", b"/Root 1 0 R", b"/XRefStm 9"]


def slip(rng, text):
    """One line or word more, less, elsewhere or otherwise."""
    lines = text.split(b"\n")
    i, k, kind = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.randrange(7)
    if kind == 0:
        del lines[i]
    elif kind == 1:
        lines.insert(k, lines[i])
    elif kind == 2:
        lines[i], lines[k] = lines[k], lines[i]
    elif kind == 3:
        numbers = list(re.finditer(rb"\d+", text))
        one = rng.choice(numbers)
        value = max(0, int(one.group()) + rng.choice([-1, 1, -10, 10, 2 ** 32, -int(one.group())]))
        return text[:one.start()] + b"%0*d" % (len(one.group()), value) + text[one.end():]
    elif kind == 4:
        at = rng.randrange(len(text))
        return text[:at] + rng.choice(TOKENS) + text[at:]
    elif kind == 5:
        words = list(re.finditer(rb"/?[A-Za-z]+", text))
        one = rng.choice(words)
        return text[:one.start()] + text[one.end():]
    else:
        at = rng.randrange(len(lines[i]) + 1)
        lines[i] = lines[i][:at] + b"\n" + lines[i][at:]
    return b"\n".join(lines)
