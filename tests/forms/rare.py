#!/usr/bin/python3
"""Rare but lawful writings of workbooks, each in one small book, against what `form cells` must say of every cell: texts and their escapes, truth
values, formulas and the ranges that they fill, formats of dates, what is hidden and by which writing of it, merged ranges, addresses.

    rare.py PARAPHE
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from claims import expect  # noqa: E402
from hostile import BOOK, LINKS, MAIN, SHEET, STRINGS, pack, sound  # noqa: E402
from invented import Run  # noqa: E402
from workbook import address  # noqa: E402

LOOK, TYPES = "xl/look.xml", "[Content_Types].xml"


def sheet(rows, before="", after=""):
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()


def row(*cells, how=""):
    return f"<row{how}>{''.join(cells)}</row>"


def cell(value, how="", formula=""):
    return f"<c{how}>{formula}<v>{value}</v></c>"


def inline(inside):
    return f'<c t="inlineStr"><is>{inside}</is></c>'


def item(inside):
    return f"<si>{inside}</si>"


def strings(*items):
    return f'<sst xmlns="{MAIN}">{"".join(items)}</sst>'.encode()


def shared(count):
    return sheet("".join(row(cell(at, ' t="s"')) for at in range(count)))


PHONETIC, PIECE = '<rPh sb="0" eb="1"><t>furigana</t></rPh>', "<r><rPr><b/></rPr><t>{}</t></r>"
TEXTS = {  # the inside of a string, shared or inline -> as read
    "<t>Oui</t>": "Oui", "<t><![CDATA[O&ui <b>]]></t>": "O&ui <b>", "<t>a<!-- x -->b</t>": "ab", PIECE.format("O") + PIECE.format("u") + PIECE.format("i"): "Oui",
    PHONETIC + "<t>Oui</t>": "Oui", "<t>Oui</t>" + PHONETIC + '<phoneticPr fontId="1"/>': "Oui", PIECE.format("O") + PHONETIC + PIECE.format("ui"): "Oui",
    "<t>N_x002F_A</t>": "N/A", "<t>_x00e9_t_x00E9_</t>": "été", "<t>_xD83D__xDE00_</t>": "\U0001f600", "<t>_xD83D_a_xDE00_</t>": "\ufffda\ufffd", "<t>a_x0000_b</t>": "a\x01b",
    "<t>_x0041</t>": "_x0041", "<t>_x0041-b</t>": "_x0041-b", "<t>_X0041_ _x00G1_ _y0041_</t>": "_X0041_ _x00G1_ _y0041_", "<t>_x005F_x0041_</t>": "_x0041_",
    PIECE.format("_x00") + PIECE.format("41_"): "A", '<t xml:space="preserve"> a </t>': " a ", "<t>a\tb\nc</t>": "a\tb\nc"}


def texts():
    """(name, parts that differ, cells as read)"""
    read = [(f"A{at}", "text", text) for at, text in enumerate(TEXTS.values(), 1)]
    yield "shared strings", {STRINGS: strings(*map(item, TEXTS)), SHEET: shared(len(TEXTS))}, read
    yield "inline strings", {SHEET: sheet("".join(row(inline(inside)) for inside in TEXTS))}, read
    yield "empty strings have a number", {STRINGS: strings("<si/>", item("<t/>"), item("<t>a</t>"), item("<t></t>"), item("<t>b</t>")), SHEET: shared(5)}, [("A3", "text", "a"), ("A5", "text", "b")]
    yield "CDATA in a value", {SHEET: sheet(row(cell("<![CDATA[12]]>"), cell("<![CDATA[a<b]]>", ' t="str"')))}, [("A1", "number", "12"), ("B1", "text", "a<b")]
    yield "numbers", {SHEET: sheet(row(*map(cell, ("0.30000000000000004", "123456.7891", "1234567890123456", "-5", "1E-7"))))}, [
        ("A1", "number", "0.3"), ("B1", "number", "123456.7891"), ("C1", "number", "1.23456789012346e+15"), ("D1", "number", "-5"), ("E1", "number", "1e-07")]
    whole = sheet(row(inline("<t>é</t>"))).decode()
    for name, data in (("UTF-8 with its mark", whole.encode("utf-8-sig")), ("UTF-16", whole.encode("utf-16")), ("UTF-16, the other way", b"\xfe\xff" + whole.encode("utf-16-be"))):
        yield name, {SHEET: data}, [("A1", "text", "é")]


def truths():
    def formula(text):
        return f"<f>{text}</f>"
    written = (("1", "", "TRUE", False), ("0", "", "FALSE", False), ("true", "", "TRUE", False), ("false", "", "FALSE", False), ("1", "TRUE()", "TRUE", False), ("0", "FALSE()", "FALSE", False),
               ("1", "FALSE()", "TRUE", True), ("0", "TRUE()", "FALSE", True), ("1", "TRUE(1", "TRUE", True), ("1", "ZZZZ()", "TRUE", True), ("0", "TODAY()", "FALSE", True), ("0", "NOT(TRUE())", "FALSE", True), ("1", "TRUE()=A1", "TRUE", True))
    yield "truth values", {SHEET: sheet(row(*(cell(value, ' t="b"', formula(text) if text else "") for value, text, _, _ in written)))}, [
        (address(1, at), "boolean", read, False, is_formula) for at, (_, _, read, is_formula) in enumerate(written, 1)]
    yield "errors", {SHEET: sheet(row(*(cell(error, ' t="e"') for error in ("#N/A", "#REF!", "#DIV/0!"))))}, [("A1", "error", "#N/A"), ("B1", "error", "#REF!"), ("C1", "error", "#DIV/0!")]
    for kind in ("array", "dataTable"):
        rows = row(cell(1, "", f'<f t="{kind}" ref="A1:B2">X</f>'), cell(2), cell(3)) + row(cell(4), cell(5), cell(6))
        yield f"a range filled by {kind}", {SHEET: sheet(rows)}, [("A1", "number", "1", False, True), ("B1", "number", "2", False, True), ("C1", "number", "3"),
                                                                  ("A2", "number", "4", False, True), ("B2", "number", "5", False, True), ("C2", "number", "6")]
    rows = row(cell(1), cell(2, "", '<f t="array" ref="A1:B1">X</f>'))
    yield "a range whose formula stands elsewhere", {SHEET: sheet(rows)}, [("A1", "number", "1", False, True), ("B1", "number", "2", False, True)]
    rows = row(cell(1, "", '<f t="shared" ref="A1:A2" si="0">X</f>')) + row(cell(2, "", '<f t="shared" si="0"/>')) + row(cell(3))
    yield "a shared formula", {SHEET: sheet(rows)}, [("A1", "number", "1", False, True), ("A2", "number", "2", False, True), ("A3", "number", "3")]


def look(*formats, own=()):
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in own)
    return f'<styleSheet xmlns="{MAIN}"><numFmts>{listed}</numFmts><cellXfs>{"".join(f"<xf numFmtId={chr(34)}{one}{chr(34)}/>" for one in formats)}</cellXfs></styleSheet>'.encode()


# formats of their own: the code, whether it is one of dates
OWN = (("dd/mm/yyyy", True), ("[$-40C]d mmmm yyyy;@", True), ("yyyy\\-mm\\-dd", True), ("m/d/yy h:mm", True), ("[Red]dd/mm/yy", True), ("[h]:mm", True), ("[mm]:ss", True), ("[s]", True),
       ("&quot;jour &quot;0", False), ("\\d0", False), ("[Red]0", False), ("[Magenta]0.00", False), ("0_d", False), ("0*d", False), ("General", False), ("#,##0 [$USD]", False), ("0.00E+00", False))
BUILT_IN = {number: number in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)) for number in range(60)}


def dates():
    day = "46273"
    for name, part, kinds in (("formats of their own", look(*range(200, 200 + len(OWN)), own=[(200 + at, code) for at, (code, _) in enumerate(OWN)]), [kind for _, kind in OWN]),
                              ("built-in formats", look(*BUILT_IN), list(BUILT_IN.values()))):
        rows = row(*(cell(day, f' s="{at}"') for at in range(len(kinds))))
        yield name, {SHEET: sheet(rows), LOOK: part}, [(address(1, at), "date" if kind else "number", "2026-09-08" if kind else day) for at, kind in enumerate(kinds, 1)]
    yield "an hour of a day", {SHEET: sheet(row(*(cell(value, ' s="1"') for value in ("46273.5", "46273.75", "0.25"))))}, [
        ("A1", "date", "2026-09-08T12:00:00"), ("B1", "date", "2026-09-08T18:00:00"), ("C1", "date", "06:00:00")]


def hidden():
    for how, told in ((' hidden="1"', True), (' hidden="true"', True), (' hidden="on"', True), (' hidden="0"', False), (' hidden="false"', False), (' ht="0"', True), (' ht="1.9"', True), (' ht="2"', False)):
        yield f"a row{how}", {SHEET: sheet(row(cell(1), how=how) + row(cell(2)))}, [("A1", "number", "1", told), ("A2", "number", "2")]
    for how, told in ((' hidden="1"', True), (' hidden="true"', True), (' hidden="0"', False), (' width="0"', True), (' width="0.4"', True), (' width="0.5"', False)):
        columns = f'<cols><col min="2" max="3"{how}/></cols>'
        yield f"columns{how}", {SHEET: sheet(row(*map(cell, range(4))), columns)}, [("A1", "number", "0"), ("B1", "number", "1", told), ("C1", "number", "2", told), ("D1", "number", "3")]
    for state, told in (("hidden", True), ("veryHidden", True), ("visible", False)):
        yield f"a sheet that is {state}", {BOOK: sound()[BOOK].replace(b'sheetId="1"', f'sheetId="1" state="{state}"'.encode()), SHEET: sheet(row(cell(1)))}, [("A1", "number", "1", told)]


def places():
    rows = "".join(row(*(cell(f"{at}{number}", ' t="str"') for at in "ABC")) for number in range(1, 4))
    every = [f"{at}{number}" for number in range(1, 4) for at in "ABC"]
    for merged, covered in (("A1:B2", "B1 A2 B2"), ("B2", ""), ("2:2", "B2 C2"), ("B:B", "B2 B3"), ("$A$1:$A$3", "A2 A3"), ("b2:c3", "C2 B3 C3"), ("C3:A1", ""), ("A1:ZZZZ9", "")):
        yield f"merged {merged}", {SHEET: sheet(rows, after=f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>')}, [(at, "text", at) for at in every if at not in covered.split()]
    letters = ["Z1", "AA1", "AZ1", "BA1", "ZZ1", "AAA1", "AZB1", "XFD1"]
    yield "letters", {SHEET: sheet(row(*(cell(1, f' r="{at}"') for at in letters)) + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')}, [
        *((at, "number", "1") for at in letters), ("XFD1048576", "number", "2")]
    yield "without addresses", {SHEET: sheet(row(cell(1), cell(2, ' r="D1"'), cell(3)) + row() + row(cell(4), how=' r="5"') + row(cell(5)))}, [
        ("A1", "number", "1"), ("D1", "number", "2"), ("E1", "number", "3"), ("A5", "number", "4"), ("A6", "number", "5")]
    yield "unsorted", {SHEET: sheet(row(cell(1, ' r="B9"'), cell(2, ' r="A9"'), how=' r="9"') + row(cell(3), how=' r="2"'))}, [("A2", "number", "3"), ("A9", "number", "2"), ("B9", "number", "1")]
    inside = '<ext uri="x"><c r="Z9"><v>1</v></c><sheetData><row r="9"><c r="Z9"><v>2</v></c></row></sheetData></ext>'
    yield "cells of an extension", {SHEET: sheet(row(cell(1)) + f"<x>{row(cell(7))}</x>", after=f"<extLst>{inside}</extLst>")}, [("A1", "number", "1")]
    yield "a sheet of a chart", {LINKS: sound()[LINKS].replace(b"/worksheet", b"/chartsheet"), SHEET: sheet(row(cell(1)))}, []


def beyond():
    """More than any buffer holds: each line is there, once."""
    rows = "".join(row(*(cell(f"valeur {number} {at}", ' t="str"') for at in range(4))) for number in range(1, 2001))
    yield "many cells", {SHEET: sheet(rows)}, [(address(number, at + 1), "text", f"valeur {number} {at}") for number in range(1, 2001) for at in range(4)]


def listed(run, path):
    done = run("form", "cells", "--json", path)
    return [tuple(json.loads(line).values()) for line in done.stdout.splitlines()] if done.returncode == 0 else done.stderr


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        path = run.folder / "rare.xlsx"
        for cases in (texts, truths, dates, hidden, places, beyond):
            for name, parts, wanted in cases():
                path.write_bytes(pack(dict(sound(), **parts)))
                expect(run, name, listed(run, path), [("Base commune", *one, *(False,) * (5 - len(one))) for one in wanted])
        named = sound()[BOOK].replace(b'name="Base commune"', b'name="A &amp; B &lt;&#38;amp;&gt; &#233;"')
        path.write_bytes(pack(dict(sound(), **{BOOK: named})))
        expect(run, "the name of a sheet", {one[0] for one in listed(run, path)}, {"A & B <&amp;> é"})
        # what the book is: by its own type, or by that of its extension, in any case of letters
        macros, kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        types = sound()[TYPES].replace(kind, macros)
        bare = types[:types.index(b"<Override")] + b"</Types>"
        for name, data in (("by its type", types), ("another case", types.replace(b"/xl/book.xml", b"/XL/Book.XML")), ("by escapes", types.replace(b"/xl/book.xml", b"/xl/%62ook.xml")),
                           ("by its extension", bare.replace(b'"xml" ContentType="application/xml"', b'"XML" ContentType="' + macros + b'"'))):
            path.write_bytes(pack(dict(sound(), **{TYPES: data})))
            expect(run, f"a book with macros, {name}", json.loads(run("form", "explain", "--json", path).stdout)["type"], "xlsm")
        links = sound()["_rels/.rels"]
        first = links.index(b"<Relationship ")
        path.write_bytes(pack(dict(sound(), **{"qui.xml": b"<x/>", "_rels/.rels": links[:first] + (
            b'<Relationship Id="q" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="qui.xml"/>') + links[first:]})))
        expect(run, "the book after another part", len(listed(run, path)), 6)
        book = sound()
        book["[content_types].XML"] = book.pop(TYPES)
        path.write_bytes(pack(book))
        expect(run, "the list of types in another case", len(listed(run, path)), 6)
    return run.ended("Writings")


if __name__ == "__main__":
    sys.exit(main())
