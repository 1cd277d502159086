#!/usr/bin/python3
"""What stands beside the points or on another sheet. Counts, remarks, a plan: the form is read as if they were not there. Further points
whose table cannot be read: the form is never complete for it.

    beside.py PARAPHE
"""
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import HEAD, KEYS, Model, Run, identity, rules_of, table, usual  # noqa: E402

WEB, ROW, COLUMN = "Application web", 4, 8
NON = [point for point in Model().of("type") if point["answer"] == "Non"]
ANSWERED = [point for point in Model().of("type") if point["answer"] in ("Non", "N/A")]

# in the row of the header, after two empty columns
ASIDES = {
    "counts of answers": [["Criticité", "Oui", "Non", "N/A", "Total"], ["Haute", 5, 0, 0, 5], ["Moyenne", 9, 2, 1, 12]],
    "counts in words": [["Gravité", "Conforme", "Non conforme", "Non applicable"], ["Haute", 5, 0, 0], ["Moyenne", 9, 2, 1]],
    "themes": [["OWASP", "Thème", "Nombre de points", "Conforme"], ["A01", "Broken Access Control", 3, "Oui"], ["A02", "Cryptographic Failures", 2, "Non"]],
    "counts alone": [["Gravité", "Nombre"], ["Haute", 5], ["Moyenne", 12]],
    "remarks": [["N°", "Remarque", "Gravité", "Statut"], ["R1", "Bannière trop bavarde sur le serveur", "Moyenne", "Ouvert"], ["R2", "Pas de HSTS", "Moyenne", "Clos"]],
    "weaknesses": [["Identifiant", "Vulnérabilité", "CVSS", "Corrigée"], ["V-01", "Injection SQL dans la recherche", "9.1", "Oui"], ["V-02", "XSS stockée", "5.4", "Oui"]],
    "a plan": [["ID", "Action", "Gravité", "Échéance", "Responsable"], *([p["id"], "Corriger ce point", p["severity"], "T1 2027", "Équipe"] for p in NON)],
    "a plan with wordings": [["ID", "Point de contrôle", "Gravité", "Action", "Échéance"], *([p["id"], p["wording"], p["severity"], "Corriger", "T1"] for p in NON)],
    "a plan with answers": [["ID", "Point de contrôle", "Gravité", "Conforme", "Action", "Échéance"],
                            *([p["id"], p["wording"], p["severity"], p["answer"], "Corriger", "T1"] for p in ANSWERED)],
}
# the same with answers: points for all that a form without a rule set tells
TELLING = [["Réf.", "Thème OWASP", "Gravité max.", "Couvert"], ["A01", "Broken Access Control", "Haute", "Oui"], ["A02", "Cryptographic Failures", "Moyenne", "Non"]]


def further(count=None, **change):
    points = [dict(point, id=f"X-{at:02d}", wording=point["wording"] + " Encore.") for at, point in enumerate(Model().of("type"), 1)]
    return [dict(point, **change) for point in points[:count]]


def failing():
    return further(1, severity="Haute", answer="Non", comment="Constaté.")


UNKNOWN = ["Rang", "Sujet", "Priorité", "Verdict", "Texte"]
BARE, BARE_KEYS = ["Point de contrôle", "Conforme", "Commentaire"], ["wording", "answer", "comment"]
VULNERABLE = [*HEAD[:3], "Vulnérable", HEAD[4]]
# head, keys, points, place (None: a sheet of its own), the cell that is told (None: told otherwise)
LOST = {
    "neither identifiers nor severities, beside": (BARE, BARE_KEYS, further(), (ROW, COLUMN), "H5"),
    "wordings and answers, beside": (BARE[:2], BARE_KEYS[:2], further(), (ROW, COLUMN), "H5"),
    "neither identifiers nor severities, below": (BARE, BARE_KEYS, further(), (30, 1), "A31"),
    "neither identifiers nor severities, below and shifted": (BARE, BARE_KEYS, further(), (30, 3), "C31"),
    "labels that say nothing, beside": (UNKNOWN, KEYS, further(), (ROW, COLUMN), "H5"),
    "an unclear label of answers, beside": (VULNERABLE, KEYS, further(), (ROW, COLUMN), "H5"),
    "an unclear label of answers, touching": (VULNERABLE, KEYS, further(), (ROW, 6), "F5"),
    "one point, labels that say nothing": (UNKNOWN, KEYS, failing(), (ROW, COLUMN), None),
    "one point, an unclear label of answers": (VULNERABLE, KEYS, failing(), (ROW, COLUMN), "H5"),
    "words that are no answers": (VULNERABLE, [*KEYS[:3], lambda point: "Vulnérable" if point["answer"] == "Non" else "Non vulnérable"], further(), (ROW, COLUMN), "H5"),
    "numbers on a sheet of its own": (UNKNOWN, [lambda point: int(point["id"][2:]), *KEYS[1:]], further(), None, "A5"),
    "marks on a sheet of its own": (["Rang", "Sujet", "Priorité", "Oui", "Non"], [*KEYS[:3], *(lambda p, w=word: "X" if p["answer"] == w else None for word in ("Oui", "Non"))],
                                    further(), None, "B5"),
    "neither identifiers nor severities on a sheet of its own": (BARE, BARE_KEYS, further(), None, "A5"),
}


# columns past a gap that say more of the same points, for two of them: which is meant is not for us to say
MORE = {"another severity and answer": (["Gravité", "Réponse"], "Haute", "Non"), "another severity": (["Gravité", "Motif"], "Haute", "À revoir"),
        "another severity and marks": (["Gravité", "Oui", "Non"], "Haute", None, "X")}


def web(book):
    return next(sheet for sheet in book.sheets if sheet.name == WEB)


def aside(rows, name=None, gap=COLUMN):
    def write(model, book):
        usual(model, book)
        sheet = web(book) if name is None else book.sheet(name)
        for row, line in enumerate(rows, ROW):
            for column, value in enumerate(line, gap):
                sheet.put(row, column, value)
    return write


def above(rows, column):
    def write(model, book):
        identity(book.sheet("Informations générales"), model)
        table(book.sheet("Base commune"), model.of("common"), ROW)
        sheet = book.sheet(WEB)
        table(sheet, model.of("type"), len(rows) + 3)
        for row, line in enumerate(rows, 1):
            for at, value in enumerate(line, column):
                sheet.put(row, at, value)
    return write


def second(head, keys, points, place):
    def write(model, book):
        usual(model, book)
        sheet = web(book) if place else book.sheet(WEB + " (2)")
        table(sheet, points, *(place or (ROW, 1)), head=head, keys=keys)
    return write


def an_example(run):
    """A tab that shows how to answer: told, with the line of a layout file that sets it aside; the line also holds for nothing else."""
    def write(model, book):
        usual(model, book)
        table(book.sheet("Exemple"), [dict(point, id="EX" + point["id"][1:]) for point in failing() + further(3)[1:]], 2)
    def set_aside(path, names, sheet):
        file.write_text(f'{{"format": "paraphe-layout", "version": 1, "sheets": {names}}}', encoding="utf-8")
        got = run.check(path, "--layout", file)
        return got["outcome"], "tab-ignored" in {note["code"] for note in got["notes"] if note["sheet"] == sheet}
    path, file = run.write(write, Model())[0], run.folder / "layout.json"
    found = run.check(path)["findings"]
    if [(finding["rule"], finding["sheet"]) for finding in found] != [("tab-unexpected", "Exemple")]:
        run.wrong("an example", found)
        return
    line = next(line for line in re.findall(r'"sheets": (\{[^}]*\})', found[0]["remedy"]) if "ignored" in line)
    for names, outcome in ((line, "met-reserve"), (line.replace("Exemple", "Suivi"), None)):
        if set_aside(path, names, "Exemple") != (outcome, bool(outcome)):
            run.wrong("an example", f"{names}: {set_aside(path, names, 'Exemple')}")
    # the same for points that were not read; of a sheet with points that count only these
    for place, outcome in ((None, "met-reserve"), ((30, 1), None)):
        path = run.write(second(BARE, BARE_KEYS, further(), place), Model())[0]
        found = next(finding for finding in run.check(path)["findings"] if finding["rule"] == "points-unread")
        line = next(line for line in re.findall(r'"sheets": (\{[^}]*\})', found["remedy"]) if "ignored" in line)
        if set_aside(path, line, found["sheet"]) != (outcome, True):
            run.wrong("unread points set aside", f"{line}: {set_aside(path, line, found['sheet'])}")


def unread(got):
    return [finding["cell"] for finding in got["findings"] if finding["rule"] == "points-unread"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        rules = run.folder / "rules.json"
        run("form", "learn", run.write(usual, Model().blank(), "blank.xlsx")[0], "-o", rules, "--source", "un essai")
        learnt = ("--ruleset", rules)
        for name, rows in ASIDES.items():
            for where in (None, "Synthèse"):
                if where and "answers" in name and "plan" in name:
                    continue  # a copy of points on another sheet is told
                path = run.write(aside(rows, where), Model())[0]
                for options, outcome in (((), "met-reserve"), (learnt, "met")):
                    got = run.check(path, *options)
                    if got["outcome"] != outcome or got["counts"] != Model().counts():
                        run.wrong(name, f"{where} {options}: {got['outcome']} {got['counts']} {rules_of(got)}")
            for column in (1, COLUMN + 1):
                if "plan with answers" in name:
                    continue  # points that stand twice are told
                got = run.check(run.write(above(rows, column), Model())[0], *learnt)
                if got["outcome"] != "met" or got["counts"] != Model().counts():
                    run.wrong(name, f"above, {column}: {got['outcome']} {got['counts']} {rules_of(got)}")
        for name, (head, *cells) in MORE.items():
            got = run.check(run.write(aside([head, cells, cells]), Model())[0])
            if got["outcome"]:
                run.wrong(name, f"{got['outcome']} {rules_of(got)}")
        path = run.write(aside(TELLING), Model())[0]
        if unread(run.check(path)) != ["H5"] or run.check(path, *learnt)["outcome"] != "met":
            run.wrong("telling", f"{unread(run.check(path))} {rules_of(run.check(path, *learnt))}")
        # what the finding says: on a sheet of its own
        if run.check(run.write(aside(TELLING, "Synthèse"), Model())[0])["outcome"] != "met-reserve":
            run.wrong("telling", "not on another sheet")
        for name, (head, keys, points, place, cell) in LOST.items():
            got = run.check(run.write(second(head, keys, points, place), Model())[0])
            if got["outcome"] or (cell and unread(got) != [cell]):
                run.wrong(name, f"{got['outcome']} {unread(got)}, expected {cell}: {rules_of(got)}")
        an_example(run)
    return run.ended(f"{len(ASIDES)} asides, {len(LOST)} tables")


if __name__ == "__main__":
    sys.exit(main())
