#!/usr/bin/python3
"""The list of findings of `check --findings` walks through the form as its user does: sheets in the order of the workbook, each from its top
down, then what has no place; each line has the sentence and the remedy of --json, and a link that opens this form at that cell, whatever the
names of file and sheets.

    found.py PARAPHE
"""
import html
import json
import pathlib
import random
import re
import sys
import tempfile
import urllib.parse
import xml.etree.ElementTree as ET
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import DEPOSIT, Model, Run, identity, table  # noqa: E402
from workbook import Workbook  # noqa: E402

MAIN, RELATION = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}", "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
EMPTY = {"Auditeur", "Date du rapport"}
ANNEX = "L'annexe n° 2 & <suite> \"&lt;\""


def wrong_form(rng, path):
    """Sheets in any order, something wrong on each, at several heights; the order of the sheets."""
    model, book = Model(), Workbook(shared=True)
    for group in ("common", "type"):
        points = model.of(group)
        for at in rng.sample(range(len(points)), 3):
            points[at].update(answer=rng.choice([None, "Peut-être", "Non"]), comment=None)
        points[rng.randrange(len(points))]["severity"] = "Bizarre"
    model.info = [(label, None if label in EMPTY else value) for label, value in model.info]
    copy = dict(model.of("type")[0], id="Z-01")
    writers = [lambda: identity(book.sheet("Informations générales"), model), lambda: table(book.sheet("Base commune"), model.of("common"), rng.randint(1, 9), rng.randint(1, 30)),
               lambda: table(book.sheet("Application web"), model.of("type"), rng.randint(1, 9), rng.randint(1, 30)),
               lambda: table(book.sheet(ANNEX), [copy], 3), lambda: book.sheet("Notes").put(1, 1, "x")]
    rng.shuffle(writers)
    for write in writers:
        write()
    book.save(path)
    return [sheet.name for sheet in book.sheets]


def position(cell):
    """Row, then column."""
    if cell is None:
        return 0, 0
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
    column = 0
    for one in letters:
        column = column * 26 + ord(one) - 64
    return int(number), column


def expected(path, sheets, got):
    """(link, message, remedy) in the order of the walk."""
    def walk(numbered):
        at, finding = numbered
        sheet = finding["sheet"]
        return len(sheets) + 1 if sheet is None else sheets.index(sheet) if sheet in sheets else len(sheets), position(finding["cell"]), at
    for _at, finding in sorted(enumerate(got["findings"]), key=walk):
        link = urllib.parse.quote(path.name, safe="-._~")
        if finding["sheet"] is not None:
            link += "#'" + finding["sheet"].replace("'", "''") + "'!" + (finding["cell"] or "A1")
        yield link, finding["message"], finding["remedy"] or ""


def rows_of_page(text):
    text = text.replace("\u202f", " ")
    for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', text, re.S):
        cells = [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        yield html.unescape(re.search(r'href="([^"]*)"', row).group(1)), cells[1], cells[2]


def rows_of_book(path):
    with zipfile.ZipFile(path) as archive:
        part = {name: archive.read(name) for name in archive.namelist()}
    texts = ["".join(one.itertext()) for one in ET.fromstring(part["xl/sharedStrings.xml"])]
    sheet = ET.fromstring(part["xl/worksheets/sheet1.xml"])
    targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(part["xl/worksheets/_rels/sheet1.xml.rels"])}
    links = {}
    for one in sheet.iter(MAIN + "hyperlink"):
        links[one.get("ref")] = targets[one.get(RELATION + "id")] + ("#" + one.get("location") if one.get("location") else "")
    for row in list(sheet.iter(MAIN + "row"))[1:]:
        cells = {one.get("r")[0]: texts[int(one.find(MAIN + "v").text)] if one.get("t") == "s" and one.find(MAIN + "v") is not None else "" for one in row}
        yield links.get("B" + row.get("r")), cells.get("D", ""), cells.get("E", "")


def compare(run, name, paths, orders):
    wanted = [line for path, sheets in zip(paths, orders) for line in expected(path, sheets, run.check(path, "--lang", "en"))]
    for out, rows in ((run.folder / "list.html", lambda out: rows_of_page(out.read_text(encoding="utf-8"))), (run.folder / "list.xlsx", rows_of_book)):
        out.unlink(missing_ok=True)
        run("check", "--lang", "en", "--deposit-date", DEPOSIT, "--findings", out, *paths)
        read = list(rows(out))
        run.looks += len(wanted)
        if read != wanted:
            at = next((n for n, pair in enumerate(zip(read, wanted)) if pair[0] != pair[1]), min(len(read), len(wanted)))
            run.wrong(f"{name}, {out.name}", f"{len(read)} lines for {len(wanted)}; line {at + 1}: {read[at:at + 1]}, expected {wanted[at:at + 1]}")
    return wanted


def main():
    with tempfile.TemporaryDirectory() as folder:
        run, paths, orders, seen = Run(sys.argv[1], folder), [], [], set()
        for seed, file in enumerate(("form.xlsx", "mon formulaire n°1 #2 100%.xlsx", "a&b<c>'d\"é.xlsm", "+x;y=z?.xlsx")):
            paths.append(run.folder / file)
            orders.append(wrong_form(random.Random(seed), paths[-1]))
            wanted = compare(run, file, paths[-1:], orders[-1:])
            seen |= {re.sub(r".*#'(.*)'!.*", r"\1", link) for link, _message, _remedy in wanted}
        compare(run, "several", paths, orders)
        if not {"Informations générales", "Base commune", "Application web", ANNEX.replace("'", "''")} <= seen:
            run.wrong("forms", f"nothing is wrong on some sheets: {seen}")
    return run.ended("Lists of findings") or run.looks < 100


if __name__ == "__main__":
    sys.exit(main())
