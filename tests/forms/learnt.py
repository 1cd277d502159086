#!/usr/bin/python3
"""What a blank form itself contains (a link, a hidden copy, prefilled answers, a formula, an invitation to write) is no finding in
the filled one; every alteration is. Identifiers of several shapes; a second copy of a version is compared.

    learnt.py PARAPHE
"""
import json
import os
import pathlib
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
              "Fin des tests": "jj/mm/aaaa"}
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


CHANGES = {"as it is": (None, []), "severity": (severity, ["severity-altered"]), "not chosen": (no_answer, ["answer-missing"]),
           "placeholder": (placeholder, ["meta-missing"]), "other tab": (other_tab, ["tab-unexpected"])}


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
            wrong += look_at(program, folder, shape)
        # The user's own folder: recognised by version, then, with another version, by the points; another copy is told.
        build(folder / "blank.xlsm", "letters")
        run(program, "form", "learn", folder / "blank.xlsm", "--id", "mine", "--source", "Essai")
        build(folder / "form.xlsx", "letters", "Oui")
        by_version = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
        build(folder / "form.xlsx", "letters", "Oui", lambda _sheets, info: info.put(6, 3, "2027-R1 bis"))
        by_points = json.loads(run(program, "check", "--json", "--deposit-date", "2026-11-23", folder / "form.xlsx").stdout)
        for result, how in ((by_version, "version"), (by_points, "points")):
            if not result["ruleset"] or result["ruleset"]["recognised_by"] != how:
                wrong.append(f"recognised by {result['ruleset']}, not by {how}")
        build(folder / "blank.xlsm", "letters", None, severity)
        again = run(program, "form", "learn", folder / "blank.xlsm", "--id", "second", "-o", folder / "second.json", "--lang", "en")
        if "differs (differences: 1)" not in again.stderr:
            wrong.append(f"a second copy: {again.stderr}")
    print("\n".join(wrong))
    print(f"{len(SHAPES) * len(CHANGES) + 3} cases, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
