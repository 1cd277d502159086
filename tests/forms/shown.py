#!/usr/bin/python3
"""Whatever a form holds is shown as text: no control character of its cells, its sheets' names or its file's name reaches a terminal or a
report, none of its line ends begins a line that could pass for one of the program's, JSON carries it exactly, and no text of a form becomes
a formula in a table.

    shown.py PARAPHE
"""
import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import DEPOSIT, HEAD, KEYS, Model, Run, table, usual  # noqa: E402
from workbook import Workbook  # noqa: E402

FORGED = "FORGED: Thresholds met"
TEXT = f"\x1b[31m\u009b2J\x7f\r\x07\b\n{FORGED}"          # of a cell
TURNED = f"\u202e{TEXT}\u2066"                       # with what turns the direction, which is a finding
NAME = f"\u202e\u009b2J\u2066\n{FORGED}"             # of a sheet: what XML has no other way to write
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "\r=1+1", '=HYPERLINK("http://x.invalid","y")')


class Shown(Run):
    def __init__(self, program, folder):
        super().__init__(pathlib.Path(program).resolve(), folder)
        self.env.update(PARAPHE_LANG="en", HOME=folder, XDG_STATE_HOME=folder, LC_ALL="C.UTF-8")

    def __call__(self, *arguments, cwd=None):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, env=self.env, check=False, cwd=cwd or self.folder)
        done.stdout, done.stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        return done


def acted_on(text, but="\n"):
    """The characters that a terminal could act on."""
    return sorted({hex(ord(c)) for c in text if c not in but and (unicodedata.category(c) in ("Cc", "Zl", "Zp") or c in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")})


def safe(run, name, text, but="\n", least=1):
    """Shown at least so often, and harmless."""
    run.looks += 1
    if acted_on(text, but):
        run.wrong(name, f"{acted_on(text, but)} in {text[:300]!r}")
    if any(line.strip().startswith("FORGED") for line in text.splitlines()):
        run.wrong(name, "a line that is not ours")
    if text.count("FORGED") < least:
        run.wrong(name, f"{text.count('FORGED')} times shown, expected {least}: {text[:500]!r}")


def said(run, name, *arguments, least=1, status=None, cwd=None):
    done = run(*arguments, cwd=cwd)
    safe(run, name, done.stdout + done.stderr, least=least)
    if status is not None and done.returncode != status:
        run.wrong(name, f"status {done.returncode}, expected {status}: {done.stderr[:300]}")
    return done


def odd_values(model, book):
    points = model.of("type")
    points[3].update(severity="Rude" + TURNED)
    points[4].update(answer="Peut-être" + TURNED)
    points[5].update(answer="Non", comment="Constaté." + TURNED)
    points[6].update(wording=points[6]["wording"] + TURNED)
    points[7].update(id="W-99" + TURNED)
    points[8].update(id=points[9]["id"])
    usual(model, book, head=[*HEAD, "Divers" + TURNED], keys=[*KEYS, lambda p: "Texte de l'auditeur" + TURNED])
    info = book.sheets[0]
    info.put(3, 3, "Maison" + TURNED), info.put(10, 3, "hier" + TURNED), info.put(20, 2, "Étiquette" + TURNED), info.put(20, 3, "v")
    further = book.sheet("Volet" + NAME)
    table(further, [dict(p, id=f"Z-{n}") for n, p in enumerate(points)], 4)


def plain_values(model, book):
    """Nothing is wrong with it but control characters in its texts, which are a warning."""
    model.of("type")[5].update(answer="Non", severity="Moyenne", comment="Constaté." + TEXT, wording="Une mesure." + TEXT)
    model.info = [(label, value + TEXT if label in ("Éditeur", "Nom de la solution", "Auditeur") else value) for label, value in model.info]
    usual(model, book)


def copied(run, got):
    """The layout line of a remedy is copied as it is shown, and names the sheet."""
    remedies = [one["remedy"] for one in got["notes"] + got["findings"] if (one["remedy"] or "").find('"sheets"') >= 0]
    run.looks += 1
    for remedy in remedies:
        lines = [json.JSONDecoder().raw_decode(remedy, found.end())[0] for found in re.finditer(r'"sheets": (?=\{)', remedy)]
        if acted_on(remedy) or not lines or any(list(line.values()) != [["Volet" + NAME]] for line in lines):
            run.wrong("a layout line", remedy)
    if not remedies:
        run.wrong("a layout line", "none")


def wrong_form(run):
    path, _book = run.write(odd_values, Model(), "wrong.xlsx")
    said(run, "check", "check", "--deposit-date", DEPOSIT, path, least=5, status=3)
    said(run, "check with French", "check", "--lang", "fr", "--deposit-date", DEPOSIT, path, least=5, status=3)
    said(run, "form explain", "form", "explain", path, least=4, status=0)
    said(run, "watch", "watch", "--changes", "1", "--deposit-date", DEPOSIT, path, least=1, status=3)
    got = run.check(path)
    values = {finding["rule"]: finding.get("value") for finding in got["findings"]}
    if (values.get("severity-altered"), values.get("answer-invalid"), values.get("date-invalid")) != tuple(w + TURNED for w in ("Rude", "Peut-être", "hier")):
        run.wrong("json", f"{values}")
    if not any(finding["sheet"] == "Volet" + NAME for finding in got["findings"]):
        run.wrong("json", f"the sheet: {[finding['sheet'] for finding in got['findings']]}")
    copied(run, got)
    explained = json.loads(run("form", "explain", "--json", path).stdout)
    if [sheet["name"] for sheet in explained["sheets"]][-1] != "Volet" + NAME or {"column": "F", "label": "Divers" + TURNED} not in explained["sheets"][1]["columns_unknown"] or \
            explained["labels_unknown"] != [{"cell": "B20", "label": "Étiquette" + TURNED}]:
        run.wrong("explain --json", "not what the form holds")
    page, book = run.folder / "list.html", run.folder / "list.xlsx"
    for out in (page, book):
        run("check", "--deposit-date", DEPOSIT, "--findings", out, path)
    safe(run, "findings html", re.sub(r"\nFORGED", " FORGED", page.read_text(encoding="utf-8")), least=4)
    with zipfile.ZipFile(book) as archive:
        if any(b"<f>" in archive.read(name) for name in archive.namelist()):
            run.wrong("findings xlsx", "a formula")
    cells = list(csv.reader(io.StringIO(run("form", "cells", book).stdout, newline="")))
    if not any("Volet" in row[3] for row in cells):
        run.wrong("findings xlsx", "the sheet is not named")


def cells(run):
    """CSV is read in a spreadsheet or seen in a terminal: no formula, no control character; JSON is exact."""
    book, path = Workbook(shared=True), run.folder / "cells.xlsx"
    sheet = book.sheet("=1+1" + NAME)
    for row, text in enumerate((*FORMULAS, TURNED), 1):
        sheet.put(row, 1, text)
    book.save(path)
    text = run("form", "cells", path).stdout
    safe(run, "form cells", text.replace("\n" + FORGED, " " + FORGED), but="\r\n\t", least=len(FORMULAS) + 2)
    if re.search("\r(?!\n)", text):
        run.wrong("form cells", "a bare carriage return")
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    if any(value.lstrip()[:1] in "=+-@\t\r" for row in rows for value in (row[0], row[3])) or len(rows) != len(FORMULAS) + 1:
        run.wrong("form cells", f"a formula: {[row[3] for row in rows]}")
    read = [json.loads(line) for line in run("form", "cells", "--json", path).stdout.splitlines()]
    if [one["value"] for one in read] != [*FORMULAS, TURNED] or {one["sheet"] for one in read} != {"=1+1" + NAME}:
        run.wrong("form cells --json", f"{[one['value'] for one in read]}")


def fair_form(run):
    """A form that can be reported, under a name that tries the same."""
    folder = run.folder / "fair"
    folder.mkdir()
    path, _book = run.write(plain_values, Model(), "fair.xlsx")
    name = f"fair{TEXT}.xlsx"
    shutil.copy(path, folder / name)
    said(run, "check by name", "check", "--deposit-date", DEPOSIT, name, cwd=folder, status=0)
    done = run("check", "--json", "--deposit-date", DEPOSIT, name, cwd=folder)
    if json.loads(done.stdout)["form"] != name:
        run.wrong("check --json", "the name of the form")
    said(run, "several", "check", "--deposit-date", DEPOSIT, name, path, cwd=folder, least=3)
    said(run, "explain by name", "form", "explain", f"none{TEXT}.xlsx", cwd=folder, least=1, status=4)
    done = run("check", "--json", f"none{TEXT}.xlsx", cwd=folder)
    safe(run, "error beside JSON", done.stderr)
    if f"none{TEXT}.xlsx" not in json.loads(done.stdout)["message"]:
        run.wrong("error as JSON", done.stdout)
    pdf = folder / "out.pdf"
    said(run, "report", "report", "--deposit-date", DEPOSIT, name, "-o", pdf, cwd=folder, least=0, status=0)
    said(run, "report to an odd name", "report", "--deposit-date", DEPOSIT, name, "-o", f"out{TEXT}.pdf", cwd=folder, status=0)
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=False)
        safe(run, "report's text", re.sub(r"\n *FORGED", " FORGED", done.stdout), but="\n\f", least=5)
    other, _book = run.write(lambda model, book: (model.of("type")[1].update(answer="Non", comment="Constaté." + TEXT), plain_values(model, book)), Model(), f"other{TEXT}.xlsx")
    said(run, "verify --form", "verify", "--offline", "--form", other, pdf, cwd=folder, least=0, status=6)
    said(run, "job", "run", name, "--deposit-date", DEPOSIT, "--until", "report", "--job", "job", cwd=folder, status=0)
    said(run, "status", "status", "job", cwd=folder, status=0)
    run("dossier", "init", "d", cwd=folder)
    said(run, "dossier add", "dossier", "add", "d", name, "--deposit-date", DEPOSIT, cwd=folder, status=0)
    said(run, "dossier status", "dossier", "status", "d", "--deposit-date", DEPOSIT, cwd=folder, status=3)
    blank, _book = run.write(odd_values, Model().blank(), f"blank{TEXT}.xlsx")
    learnt, rules = folder / "rules.json", f"rules{TEXT}.json"
    said(run, "learn", "form", "learn", blank, "-o", learnt, "--id", "odd", cwd=folder, least=0, status=0)
    shutil.copy(learnt, folder / rules)
    said(run, "show", "form", "show", f"./{rules}", cwd=folder, least=2, status=0)
    said(run, "diff", "form", "diff", f"./{rules}", "specimen", cwd=folder, least=1, status=0)
    said(run, "another rule set", "check", "--ruleset", f"./{rules}", "--deposit-date", DEPOSIT, path, cwd=folder, least=1, status=3)


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Shown(sys.argv[1], folder)
        wrong_form(run)
        cells(run)
        fair_form(run)
    return run.ended("Outputs") or run.looks < 22


if __name__ == "__main__":
    sys.exit(main())
