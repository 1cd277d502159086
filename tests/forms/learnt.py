#!/usr/bin/python3
"""What a blank form itself contains (a link, a hidden copy, prefilled answers, a formula, an invitation to write) is no finding in
the filled one; every alteration is. Identifiers of several shapes; a second copy of a version is compared.

    learnt.py PARAPHE
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workbook import Workbook, formula  # noqa: E402

LABELS = ["Réf.", "Exigence", "Criticité", "Réponse", "Justification"]
SHAPES = {"letters": ("C-{:02d}", "W-{:02d}"), "glued": ("C{}", "W{}"), "short": ("C-{}", "T-{}"), "numbers": ("1.{}", "2.1.{}")}


def rows_of(pattern, tab):
    severities = ["Élevée", "Moyenne", "Moyenne", "Sans objet"]
    return [(pattern.format(n), severities[n % 4], f"{tab} : exigence {n} du référentiel.") for n in range(1, 13)]


def build(path, shape, fill=None, change=None):
    """`fill`: answers; without it the blank form."""
    book = Workbook(shared=True, macro=path.suffix == ".xlsm", parts="xl/")
    info = book.sheet("Page de garde")
    values = {"Nom de l'éditeur": "À compléter", "Produit": "<nom du produit>", "Architecture": None, "Version du formulaire": "2027-R1",
              "Fin des tests": "jj/mm/aaaa", "Référence du formulaire": None}
    if fill:
        values.update({"Nom de l'éditeur": "Maison", "Produit": "Suivi", "Architecture": "Application web", "Fin des tests": "2026-09-11"})
    for row, (label, value) in enumerate(values.items(), 3):
        info.put(row, 2, label), info.put(row, 3, value)
    sheets = {}
    for name, pattern in zip(("Tronc commun", "Application web", "Application mobile"), (*SHAPES[shape], "M-{:02d}")):
        sheet = sheets[name] = book.sheet(name)
        for at, label in enumerate(LABELS, 2):
            sheet.put(5, at, label)
        for row, (ident, severity, wording) in enumerate(rows_of(pattern, name), 6):
            answer = "Choisir dans la liste"
            if name == "Application mobile":
                answer = "N/A" if row == 6 else None
            elif fill:
                answer = fill
            if name == "Tronc commun" and row == 7:
                answer = formula("D6", answer if fill else None)
            for at, value in enumerate([ident, wording, severity, answer, None], 2):
                sheet.put(row, at, value)
    archive = book.sheet("Tronc commun (modèle)", "hidden")
    for at, label in enumerate(LABELS, 1):
        archive.put(1, at, label)
    archive.put(2, 1, SHAPES[shape][0].format(1)), archive.put(2, 4, "Non")
    if change:
        change(sheets, info)
    book.save(path)
    with zipfile.ZipFile(path) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    parts["xl/book.xml"] = parts["xl/book.xml"].replace(
        b"</workbook>", b'<externalReferences><externalReference r:id="ext1"/></externalReferences></workbook>')
    parts["xl/_rels/book.xml.rels"] = parts["xl/_rels/book.xml.rels"].replace(
        b"</Relationships>", b'<Relationship Id="ext1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
                             b'Target="link.xml"/></Relationships>')
    parts["xl/link.xml"] = b"<externalLink/>"
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in parts.items():
            opened.writestr(name, data)


def severity(sheets, _info):
    sheets["Application web"].put(6, 4, "Sans objet")


def no_answer(sheets, _info):
    sheets["Application web"].put(6, 5, "Choisir dans la liste")


def placeholder(_sheets, info):
    info.put(3, 3, "À compléter")


def other_tab(sheets, _info):
    sheets["Application mobile"].put(8, 5, "Oui")


def field(row, value):
    return lambda _sheets, info: info.put(row, 3, value)


CHANGES = {"the product is not named": (field(4, "<nom du produit>"), ["meta-missing"]), "no day": (field(7, "jj/mm/aaaa"), ["meta-missing"]),
           "a field is gone": (lambda _sheets, info: info.cells.pop((3, 2)), ["meta-missing"]), "as it is": (None, []), "severity": (severity, ["severity-altered"]), "not chosen": (no_answer, ["answer-missing"]),
           "placeholder": (placeholder, ["meta-missing"]), "other tab": (other_tab, ["tab-unexpected"])}


def odd(sheets, info):
    """Oddities of a blank form: a hidden row, a million declared rows, a comment with characters that are findings elsewhere, an identifier given twice."""
    common, web = sheets["Tronc commun"], sheets["Application web"]
    web.hidden_rows.add(9)
    common.declared, info.declared = "A1:XFD1048576", "1:1048576"
    web.put(8, 6, "À justifier\x07 \u202eici")
    common.put(10, 2, common.cells[9, 2])


def odd_and(change):
    def both(sheets, info):
        odd(sheets, info)
        change(sheets, info)
    return both


def cell(sheet, row, column, value):
    return lambda sheets, _info: sheets[sheet].put(row, column, value)


def look_at_odd(program, folder, shape):
    """None of it is a finding in the filled form, and all else still is."""
    wrong, blank, rules, form = [], folder / "odd.xlsm", folder / f"odd-{shape}.json", folder / "form.xlsx"
    build(blank, shape, None, odd)
    learnt = run(program, "form", "learn", blank, "--id", shape, "--source", "Essai", "-o", rules, "--lang", "en")
    again = SHAPES[shape][0].format(4) + " (2)"
    if f"called after its rank: {again}" not in learnt.stderr or "no known severity" in learnt.stderr:
        wrong.append(f"{shape}: learn: {learnt.stderr}")
    cases = {
        "as it is": (lambda sheets, info: None, []),
        "another hidden row": (lambda sheets, info: sheets["Application web"].hidden_rows.add(10), [("row-hidden", SHAPES[shape][1].format(5))]),
        "the second of the two": (cell("Tronc commun", 10, 3, "Autre libellé."), [("wording-altered", again)]),
        "its severity": (cell("Tronc commun", 10, 4, "Sans objet"), [("severity-altered", again)]),
        "its answer": (cell("Tronc commun", 10, 5, "Choisir dans la liste"), [("answer-missing", again)]),
        "a third one": (cell("Tronc commun", 18, 2, SHAPES[shape][0].format(4)), [("point-duplicate", SHAPES[shape][0].format(4))]),
        "the invitation as justification": (cell("Application web", 8, 5, "Non"), [("comment-missing", SHAPES[shape][1].format(3))]),
        "another comment": (cell("Application web", 8, 6, "À justifier\x07"), [("text-control-char", SHAPES[shape][1].format(3))]),
    }
    for name, (change, wanted) in cases.items():
        build(form, shape, "Oui", odd_and(change))
        got = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", "--ruleset", rules, form).stdout)
        found = [(f["rule"], f["point"]) for f in got["findings"]]
        if found != wanted or got["counts"]["Haute"]["Oui"] + got["counts"]["Moyenne"]["Oui"] + got["counts"]["NA"]["Oui"] != 24 - (name in ("its answer", "the invitation as justification")):
            wrong.append(f"{shape}, {name}: {found} in place of {wanted}; {got['outcome']} {got['counts']}")
    build(blank, shape, None, cell("Tronc commun", 7, 4, "?"))
    learnt = run(program, "form", "learn", blank, "-o", folder / f"none-{shape}.json", "--lang", "en")
    if json.loads((folder / f"none-{shape}.json").read_text(encoding="utf-8"))["id"] != "2027-r1":
        wrong.append(f"{shape}: a rule set without a given id is not called after the version of the form")
    if f"(number: 1; the first: {SHAPES[shape][0].format(2)})" not in learnt.stderr:
        wrong.append(f"{shape}: a point without severity: {learnt.stderr}")
    return wrong


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def look_at(program, folder, shape):
    wrong, blank, rules = [], folder / "blank.xlsm", folder / f"{shape}.json"
    build(blank, shape)
    learnt = run(program, "form", "learn", blank, "--id", shape, "--source", "Essai", "-o", rules)
    if learnt.returncode:
        return [f"{shape}: learn: {learnt.stderr}"]
    made = json.loads(rules.read_text(encoding="utf-8"))
    if [len(tab["points"]) for tab in made["tabs"]] != [12, 12, 12] or made["blank"]["external_links"] != 1:
        wrong.append(f"{shape}: tabs {[(tab['name'], len(tab['points'])) for tab in made['tabs']]}, blank {made['blank']}")
    for name, (change, rules_wanted) in CHANGES.items():
        form = folder / "form.xlsx"
        build(form, shape, "Oui", change)
        done = run(program, "check", "--json", "--deposit-date", "2026-11-23", "--ruleset", rules, form)
        got = json.loads(done.stdout)
        found = [f["rule"] for f in got["findings"]]
        if found != rules_wanted or (not rules_wanted and (got["outcome"] != "met" or got["counts"]["Haute"]["Oui"] != 6)):
            wrong.append(f"{shape}, {name}: {found} in place of {rules_wanted}; {got['outcome']} {got['counts']}")
    return wrong


def main():
    program, wrong = sys.argv[1], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        for shape in SHAPES:
            wrong += look_at(program, folder, shape) + look_at_odd(program, folder, shape)
        # The user's own folder: recognised by version, then, with another version, by the points; another copy is told.
        build(folder / "blank.xlsm", "letters")
        run(program, "form", "learn", folder / "blank.xlsm", "--id", "mine", "--source", "Essai")
        build(folder / "form.xlsx", "letters", "Oui")
        by_version = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
        build(folder / "form.xlsx", "letters", "Oui", lambda _sheets, info: info.put(6, 3, "2027-R1 bis"))
        by_points = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
        # by the points as long as four in five are as they were, and then each other one is told
        for altered, wanted in ((0, ("points", 0)), (7, ("points", 7)), (8, None)):
            def reworded(sheets, info, altered=altered):
                info.put(6, 3, "2027-R1 bis")
                for row in range(6, 6 + altered):
                    sheets["Application web"].put(row, 3, f"Autre exigence {row}")
            build(folder / "form.xlsx", "letters", "Oui", reworded)
            got = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
            told = got["ruleset"] and (got["ruleset"]["recognised_by"], sum(f["rule"] == "wording-altered" for f in got["findings"]))
            if told != wanted:
                wrong.append(f"{altered} wordings of 36: {told} in place of {wanted}")
        # one link more than the blank form has
        build(folder / "form.xlsx", "letters", "Oui")
        with zipfile.ZipFile(folder / "form.xlsx") as opened:
            parts = {name: opened.read(name) for name in opened.namelist()}
        link = re.search(rb"<Relationship Id=\"ext1\"[^>]*/>", parts["xl/_rels/book.xml.rels"]).group()
        parts["xl/_rels/book.xml.rels"] = parts["xl/_rels/book.xml.rels"].replace(link, link + link.replace(b"ext1", b"ext2").replace(b"link.xml", b"link2.xml"))
        parts["xl/book.xml"] = parts["xl/book.xml"].replace(b"</externalReferences>", b'<externalReference r:id="ext2"/></externalReferences>')
        parts["xl/link2.xml"] = parts["xl/link.xml"]
        with zipfile.ZipFile(folder / "form.xlsx", "w") as opened:
            for name, data in parts.items():
                opened.writestr(name, data)
        got = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
        if [f["rule"] for f in got["findings"]] != ["external-link"]:
            wrong.append(f"a second link: {got['findings']}")
        for result, how in ((by_version, "version"), (by_points, "points")):
            if not result["ruleset"] or result["ruleset"]["recognised_by"] != how:
                wrong.append(f"recognised by {result['ruleset']}, not by {how}")
            told = [(note["cell"], "2027-R1" in note["message"]) for note in result["notes"] if note["code"] == "version-differs"]
            if told != ([("C6", True)] if how == "points" else []):
                wrong.append(f"by {how}: another version is told {told}")
        build(folder / "blank.xlsm", "letters", None, severity)
        again = run(program, "form", "learn", folder / "blank.xlsm", "--id", "second", "-o", folder / "second.json", "--lang", "en")
        if "differs (differences: 1)" not in again.stderr:
            wrong.append(f"a second copy: {again.stderr}")
        # ... with what is known of that version, and with no rule set of another one
        if again.stderr.count("rule set (") != 1 or "comes with paraphe" in again.stderr or "mine.json" not in again.stderr:
            wrong.append(f"a second copy is compared with another version too: {again.stderr}")
    print("\n".join(wrong))
    print(f"{len(SHAPES) * len(CHANGES) + 3} cases, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
