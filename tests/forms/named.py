#!/usr/bin/python3
"""Parts of a workbook are what relations and content types say that they are; their names say nothing. Written otherwise, or beside parts
that bear the usual names and say the contrary, a form reads the same, and what else it carries is told.

    named.py PARAPHE
"""
import json
import pathlib
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from claims import expect, form  # noqa: E402
from invented import DEPOSIT, Model, Run  # noqa: E402

BOOK, LINKS, TYPES, SHEET = "xl/book.xml", "xl/_rels/book.xml.rels", "[Content_Types].xml", "xl/feuille-2.xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument."


def replaced(part, old, new):
    def change(parts):
        assert old.encode() in parts[part], (part, old)
        parts[part] = parts[part].replace(old.encode(), new.encode())
    return change


def renamed(part, name, target):
    """A part under another name, and how the workbook's relation writes it."""
    def change(parts):
        parts[name] = parts.pop(part)
        replaced(LINKS, f'Target="{part.rpartition("/")[2]}"', f'Target="{target}"')(parts)
    return change


def decoys(parts):
    """The usual names, each saying the contrary."""
    contrary = parts[SHEET].replace(b">Oui<", b">Non<")
    for name, data in (("xl/workbook.xml", parts[BOOK].replace(b"Base commune", b"Proxy PSC")), ("xl/worksheets/sheet1.xml", contrary), ("xl/worksheets/sheet2.xml", contrary),
                       ("xl/sharedStrings.xml", parts["xl/texts.xml"].replace(b">Oui<", b">Non<")), ("xl/styles.xml", b"<none/>"), ("xl/_rels/workbook.xml.rels", b"<none/>")):
        parts[name] = data


def by_default(parts):
    """The type of the main part by its extension alone."""
    parts["xl/book.main"] = parts.pop(BOOK)
    parts["xl/_rels/book.main.rels"] = parts.pop(LINKS)
    replaced("_rels/.rels", BOOK, "xl/book.main")(parts)
    whole = parts[TYPES].decode()
    start = whole.index("<Override")
    parts[TYPES] = (whole[:start] + '<Default Extension="MAIN" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>').encode()


def typed(name, kind):
    """One more part, known by its content type."""
    def change(parts):
        parts[name] = b"<x/>"
        replaced(TYPES, "</Types>", f'<Override PartName="/{name.replace(" ", "%20")}" ContentType="{kind}"/></Types>')(parts)
    return change


def related(part, folder, name, kind):
    """One more part, known by a relation."""
    def change(parts):
        parts[folder + name] = b"<x/>"
        replaced(part, "</Relationships>", f'<Relationship Id="more" Type="{kind}" Target="{name}"/></Relationships>')(parts)
    return change


SAME = {
    "decoys of the usual names": decoys,
    "a name with a blank": renamed(SHEET, "xl/feuille 2.xml", "feuille%202.xml"),
    "a name with a blank, written so": renamed(SHEET, "xl/feuille%202.xml", "feuille%202.xml"),
    "a name with letters": renamed(SHEET, "xl/contrôlé.xml", "contr%C3%B4l%C3%A9.xml"),
    "letters as they are": renamed(SHEET, "xl/contrôlé.xml", "contrôlé.xml"),
    "another case": renamed(SHEET, "xl/FEUILLE-2.XML", "Feuille-2.xml"),
    "a dot": renamed(SHEET, "xl/feuille-2.xml", "./feuille-2.xml"),
    "dots": renamed(SHEET, "autre/f.bin", "../xl/../autre/./f.bin"),
    "from the root": renamed(SHEET, "autre/f", "/autre/f"),
    "the strings elsewhere": renamed("xl/texts.xml", "t", "../t"),
    "without an extension": renamed("xl/look.xml", "xl/worksheets/sheet1", "worksheets/sheet1"),
}
# what else is carried: the change, what the grid document names, the note
MORE = {
    "authors": (related("_rels/.rels", "", "qui.xml", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"), "authors", "carries-authors"),
    "authors by type": (typed("meta/qui", "application/vnd.openxmlformats-package.core-properties+xml"), "authors", "carries-authors"),
    "notes": (typed("xl/remarques 1.xml", OFFICE + "spreadsheetml.comments+xml"), "notes", "carries-notes"),
    "threads": (typed("xl/fils.xml", "application/vnd.ms-excel.threadedcomments+xml"), "notes", "carries-notes"),
    "drawings": (typed("d/un", OFFICE + "drawing+xml"), "drawings", None),
    "data": (typed("d/deux", OFFICE + "custom-properties+xml"), "custom-data", "carries-other"),
    "data of the package": (related("_rels/.rels", "", "trois", RELATION + "/customXml"), "custom-data", "carries-other"),
    "connections": (related(LINKS, "xl/", "quatre", RELATION + "/connections"), "connections", "carries-other"),
    "an embedded file": (typed("d/cinq", OFFICE + "oleObject"), "embedded", "carries-other"),
    "macros": (related(LINKS, "xl/", "six", "http://schemas.microsoft.com/office/2006/relationships/vbaProject"), "macros", None),
    "a sheet of macros": (typed("d/sept", "application/vnd.ms-excel.macrosheet+xml"), "macro-sheets", None),
}


def grid_of(run, path):
    grid = run.folder / "grid.json"
    grid.unlink(missing_ok=True)
    run("check", "--deposit-date", DEPOSIT, "--grid", grid, path)
    return json.loads(grid.read_text(encoding="utf-8"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        path = form(run, "parts")
        with zipfile.ZipFile(path) as archive:
            whole = {name: archive.read(name) for name in archive.namelist()}

        def look(name, change):
            parts = dict(whole)
            change(parts)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for part, data in parts.items():
                    archive.writestr(part, data)
            got = grid_of(run, path)
            expect(run, name, (got["outcome"], got["counts"], [finding["rule"] for finding in got["findings"]]), ("met-reserve", Model().counts(), []))
            return got
        plain = look("as it is", lambda parts: None)
        expect(run, "a sound form carries nothing", (plain["form"]["carries"], plain["form"]["macros"], plain["form"]["type"]), ([], False, "xlsx"))
        for name, change in SAME.items():
            got = look(name, change)
            expect(run, f"{name}: carries", got["form"]["carries"], [])
        expect(run, "the type by the extension", look("the type by the extension", by_default)["form"]["type"], "xlsm")
        for name, (change, carried, note) in MORE.items():
            got = look(name, change)
            expect(run, f"{name}: carried", got["form"]["carries"], [carried])
            expect(run, f"{name}: told", sorted(one["code"] for one in got["notes"] if one["code"].startswith("carries")), [note] if note else [])
            # what is declared and is not there is not carried
            def absent(parts):
                known = set(parts)
                change(parts)
                for part in set(parts) - known:
                    del parts[part]
            expect(run, f"{name}, not there", look(f"{name}, not there", absent)["form"]["carries"], [])
    return run.ended("Names")


if __name__ == "__main__":
    sys.exit(main())
