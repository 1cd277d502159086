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
from invented import DEPOSIT, HEAD, KEYS, Model, Run, identity, table, usual  # noqa: E402
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
        points[7].update(severity="Bizarre", answer="Peut-être")  # two cells of a row
        points[8].update(answer="Non", comment="\u202e \x0b")     # two findings of a cell
    model.info = [(label, None if label in EMPTY else value) for label, value in model.info]
    copy = dict(model.of("type")[0], id="Z-01")
    writers = [lambda: identity(book.sheet("Informations générales"), model), lambda: table(book.sheet("Base commune"), model.of("common"), rng.randint(1, 9), rng.randint(1, 30)),
               lambda: table(book.sheet("Application web"), model.of("type"), rng.randint(1, 9), rng.randint(1, 30), HEAD[::-1], KEYS[::-1]),
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


LEVELS = {"en": {"erreur": "error", "rejet": "rejection", "avertissement": "warning"}, "fr": {word: word for word in ("erreur", "rejet", "avertissement")}}
HEADS = {"en": ["Form", "Cell", "Level", "Finding", "What to do"], "fr": ["Formulaire", "Cellule", "Niveau", "Constat", "Que faire"]}
WHOLE = {"en": "form", "fr": "formulaire"}


def expected(path, sheets, got, lang):
    """(form, link, place, level, message, remedy) in the order of the walk."""
    def walk(numbered):
        at, finding = numbered
        sheet = finding["sheet"]
        return len(sheets) + 1 if sheet is None else sheets.index(sheet) if sheet in sheets else len(sheets), position(finding["cell"]), at
    for _at, finding in sorted(enumerate(got["findings"]), key=walk):
        link = urllib.parse.quote(path.name, safe="-._~")
        if finding["sheet"] is not None and path.suffix != ".json":
            link += "#'" + finding["sheet"].replace("'", "''") + "'!" + (finding["cell"] or "A1")
        place = "!".join(one for one in (finding["sheet"], finding["cell"]) if one) or WHOLE[lang]
        yield path.name, link, place, LEVELS[lang][finding["level"]], finding["message"], finding["remedy"] or ""


def plain(text):
    """French typography has narrow spaces on a page."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def rows_of_page(text, _lang):
    for part in re.split("<h2>", text)[1:]:
        form = html.unescape(part.split("</h2>")[0])
        for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', part, re.S):
            cells = [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
            link, place = re.search(r'href="([^"]*)">([^<]*)</a>', row).groups()
            yield form, html.unescape(link), html.unescape(place), *cells


def said_on_page(text, got, lang):
    """What the page says of each form beside its findings, in order: name, result in its colour, until when, whose decision; heads of the columns."""
    heads = re.findall(r'<th scope="col">([^<]*)</th>', text)
    parts = [plain(html.unescape(part)) for part in re.split("<h2>", text)[1:]]
    wrong = [] if len(parts) == len(got) and heads == HEADS[lang][1:] * sum(bool(one["findings"]) for one in got) else [f"{len(parts)} forms, heads {heads}"]
    for part, one in zip(parts, got):
        colour = {"met": "fine", "met-at-limit": "fine", "met-reserve": "remark"}.get(one["outcome"], "fault")
        at, said = 0, [f'<div class="{colour}">', one["message"], one["deposit_message"], one["caveat"]]
        if not one["findings"]:
            said.append({"en": "Nothing is to be corrected", "fr": "Rien n’est à corriger"}[lang])
        for text in filter(None, said):
            at = part.find(plain(text), at) + 1
            if not at:
                wrong.append(f"{one['form']}: not said: {text}")
                break
    if {"en": "in the same folder", "fr": "dans le même dossier"}[lang] not in parts[-1]:
        wrong.append("where the links look for the form")
    return wrong


def rows_of_book(path, lang):
    with zipfile.ZipFile(path) as archive:
        part = {name: archive.read(name) for name in archive.namelist()}
    texts = ["".join(one.itertext()) for one in ET.fromstring(part["xl/sharedStrings.xml"])]
    sheet, links = ET.fromstring(part["xl/worksheets/sheet1.xml"]), {}
    if "xl/worksheets/_rels/sheet1.xml.rels" in part:
        targets = {one.get("Id"): one.get("Target") for one in ET.fromstring(part["xl/worksheets/_rels/sheet1.xml.rels"])}
        for one in sheet.iter(MAIN + "hyperlink"):
            links[one.get("ref")] = targets[one.get(RELATION + "id")] + ("#" + one.get("location") if one.get("location") else "")
    for at, row in enumerate(sheet.iter(MAIN + "row")):
        cells = {one.get("r")[0]: texts[int(one.find(MAIN + "v").text)] if one.get("t") == "s" and one.find(MAIN + "v") is not None else "" for one in row}
        if at > 0:
            yield cells.get("A"), links.get("B" + row.get("r")), *(cells.get(column, "") for column in "BCDE")
        elif [cells.get(column) for column in "ABCDE"] != HEADS[lang]:
            yield "heads", cells


def compare(run, name, paths, orders, lang="en"):
    got = [run.check(path, "--lang", lang) for path in paths]
    wanted = [tuple(map(plain, line)) for path, sheets, one in zip(paths, orders, got) for line in expected(path, sheets, one, lang)]
    for out, rows in ((run.folder / "list.html", lambda out: rows_of_page(out.read_text(encoding="utf-8"), lang)), (run.folder / "list.xlsx", lambda out: rows_of_book(out, lang))):
        out.unlink(missing_ok=True)
        run("check", "--lang", lang, "--deposit-date", DEPOSIT, "--findings", out, *paths)
        read = [tuple(map(plain, row)) for row in rows(out)]
        run.looks += len(wanted)
        if read != wanted:
            at = next((n for n, pair in enumerate(zip(read, wanted)) if pair[0] != pair[1]), min(len(read), len(wanted)))
            run.wrong(f"{name}, {out.name}", f"{len(read)} lines for {len(wanted)}; line {at + 1}: {read[at:at + 1]}, expected {wanted[at:at + 1]}")
        if out.suffix == ".html":
            for fault in said_on_page(out.read_text(encoding="utf-8"), got, lang):
                run.wrong(f"{name}, the page", fault)
    return wanted


def others(run):
    """Forms without errors: what belongs to no cell comes last; nothing to correct; a grid document, which has no cells to open and whose fields come first."""
    def rejected(model, book):
        for point in model.points:
            point.update(answer="Non", comment=f"Constaté à l'essai {point['id']}.")
        usual(model, book)
    for name, write in (("rejected", rejected), ("fine", usual)):
        path, book = run.write(write, Model(), f"{name}.xlsx")
        wanted = [compare(run, f"{name}, {lang}", [path], [[sheet.name for sheet in book.sheets]], lang) for lang in ("en", "fr")]
        if (name == "rejected") != any(line[2] == WHOLE["en"] for line in wanted[0]):
            run.wrong(name, f"{wanted[0][-1:]}")
    grid = run.folder / "grid.json"
    path = run.folder / "ungridded.xlsx"
    order = wrong_form(random.Random(3), path)
    run("check", "--deposit-date", DEPOSIT, "--grid", grid, path)
    document = json.loads(grid.read_text(encoding="utf-8"))
    document["form"].pop("sheets", None)
    grid.write_text(json.dumps(document), encoding="utf-8")
    info = "Informations générales"
    sheets = [info, *(sheet["name"] for sheet in document["sheets"] if sheet["name"] != info)]
    wanted = compare(run, "a grid document", [grid], [sheets])
    if not any(line[2].startswith(info) for line in wanted) or not any(line[2].startswith(order[0]) for line in wanted):
        run.wrong("a grid document", f"{wanted}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run, paths, orders, seen = Run(sys.argv[1], folder), [], [], set()
        for seed, file in enumerate(("form.xlsx", "mon formulaire n°1 #2 100%.xlsx", "a&b<c>'d\"é.xlsm", "+x;y=z?.xlsx")):
            paths.append(run.folder / file)
            orders.append(wrong_form(random.Random(seed), paths[-1]))
            wanted = compare(run, file, paths[-1:], orders[-1:])
            seen |= {re.sub(r".*#'(.*)'!.*", r"\1", line[1]) for line in wanted}
        compare(run, "several", paths, orders)
        compare(run, "in French", paths, orders, "fr")
        others(run)
        if not {"Informations générales", "Base commune", "Application web", ANNEX.replace("'", "''")} <= seen:
            run.wrong("forms", f"nothing is wrong on some sheets: {seen}")
    return run.ended("Lists of findings") or run.looks < 100


if __name__ == "__main__":
    sys.exit(main())
