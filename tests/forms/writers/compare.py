"""The form of test_writers.sh, in layouts that no specimen has: described, and what was read of it compared with the description.

    compare.py describe FOLDER RULES.json        FOLDER/LAYOUT/form.json for each layout
    compare.py apart PARAPHE SPECIMENS           no specimen has one of the layouts
    compare.py compare LAYOUT FORM.json RULES.json PARAPHE WORKBOOK...
"""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from workbook import address  # noqa: E402

POINTS = {"Tronc commun": [("1.1", "Haute", "L’accès est contrôlé.\nToujours.", "Oui", ""),
                           ("1.2", "Moyenne", "Journaux « propres » & complets <sans secret>", "Non", "  Détail : é à ü 日本 😀\nfin "),
                           ("1.10", "Moyenne", "Chiffrement au repos", "N/A", "Sans objet : aucune donnée au repos.")],
          "Application mobile": [("2.1", "Haute", "Épinglage des certificats", "Non", "Absent de la version 4.1."),
                                 ("2.2", "NA", "Détection d’un terminal débridé", "Non", "Aucune détection.")],
          "Application web": [("3.1", "Haute", "Injection SQL", None, ""), ("3.2", "Moyenne", "CSRF", None, "")]}
FIELDS = [("Nom de l'éditeur", "text", "Éditions « Été »"), ("Produit", "text", "Suivi+"), ("Version du logiciel", "number", 4),
          ("Architecture", "text", "Application mobile"), ("Organisme PASSI", "text", "Sentinelle"), ("Nom de l'auditeur", "text", "C. Fontaine"),
          ("Début des tests", "date", "2026-09-07"), ("Fin des tests", "date", "2026-09-11"), ("Date du rapport", "date", "2026-09-18"),
          ("Version du formulaire", "text", "9.9"), ("Certifié", "boolean", True)]
# Where each layout has its points and its fields: header row, first column, columns from the left; first field, its label's column; order of the sheets.
LAYOUTS = {
    "answer-first": {"header": 4, "left": 3, "fields": (4, 8), "last": False, "columns":
                     [("answer", "Réponse"), (None, "Interne"), ("severity", "Gravité"), ("point", "Réf."), ("wording", "Exigence"), ("comment", "Justification")]},
    "far-right": {"header": 12, "left": 28, "fields": (9, 5), "last": False, "columns":
                  [("comment", "COMMENTAIRES :"), ("wording", "libellé"), ("point", "Identifiant"), ("answer", "Conformité"), ("severity", "Criticité"), (None, "Suivi")]},
    "fields-last": {"header": 2, "left": 1, "fields": (20, 1), "last": True, "columns":
                    [("severity", "Niveau de gravité"), (None, "Photo"), ("point", "N°"), ("comment", "Commentaire / justification"), ("answer", "Conforme (Oui / Non / N/A)"),
                     ("wording", "Point de contrôle")]}}
COLUMNS = ("point", "severity", "wording", "answer", "comment")
FINDINGS = [["avertissement", "row-hidden", "Tronc commun", 2, "point"], ["rejet", "high-non", "Application mobile", 0, "answer"]]


def place(layout, index, column):
    """The cell of a point."""
    at = [name for name, _label in layout["columns"]].index(column)
    return address(layout["header"] + 1 + index, layout["left"] + at)


def cell(row, column, kind, value):
    return {"row": row, "column": column, "type": kind, "value": value}


def describe(layout):
    row, column = layout["fields"]
    info = {"name": "Identification", "hidden": False, "hidden_rows": [], "cells":
            [item for at, (label, kind, value) in enumerate(FIELDS, row) for item in (cell(at, column, "text", label), cell(at, column + 1, kind, value))]}
    sheets = []
    for tab, points in POINTS.items():
        cells = [cell(layout["header"], at, "text", label) for at, (_name, label) in enumerate(layout["columns"], layout["left"])]
        for at, point in enumerate(points, layout["header"] + 1):
            said = dict(zip(COLUMNS, point))
            values = [said.get(name, "x") for name, _label in layout["columns"]]
            cells += [cell(at, column, "text", value) for column, value in enumerate(values, layout["left"]) if value]
        sheets.append({"name": tab, "hidden": False, "hidden_rows": [layout["header"] + 3] if tab == "Tronc commun" else [], "cells": cells})
    sheets = [*sheets, info] if layout["last"] else [info, *sheets]
    sheets.append({"name": "Listes", "hidden": True, "hidden_rows": [], "cells": [cell(1, 1, "text", "Oui"), cell(2, 1, "number", 0.1)]})
    return {"sheets": sheets}


def apart(program, specimens):
    """Header rows, orders of columns and places of fields that the specimens have, and which of them a layout has too."""
    rows, orders, fields, read = set(), set(), set(), 0
    for book in sorted([*specimens.glob("*.xlsx"), *specimens.glob("xlsm/*.xlsm"), *specimens.glob("libreoffice/*.xlsx")]):
        got = json.loads(subprocess.run([program, "form", "explain", "--json", book], capture_output=True, text=True, check=True).stdout)
        for sheet in got["sheets"]:
            if sheet["columns"]:
                read += 1
                rows.add(sheet["header_row"])
                orders.add(tuple(column["id"] for column in sheet["columns"] if column["id"] in COLUMNS))
        fields |= {field["cell"] for field in got["fields"]}
    wrong = [] if read > 20 else [f"{read} tables of the specimens"]
    for name, layout in LAYOUTS.items():
        row, column = layout["fields"]
        same = fields & {address(at, column + 1) for at in range(row, row + len(FIELDS))}
        if layout["header"] in rows or tuple(name for name, _label in layout["columns"] if name) in orders or same:
            wrong.append(f"{name}: a specimen has its header row, its columns or its fields {sorted(same)}")
    return wrong


def rules():
    tabs = [{"id": name, "name": name, "role": "common" if name == "Tronc commun" else "type",
             "type": None if name == "Tronc commun" else {"Application mobile": "application-mobile"}.get(name, "application-web"),
             "points": [{"id": p[0], "severity": p[1], "wording": p[2]} for p in points]} for name, points in POINTS.items()]
    return {"format": "paraphe-ruleset", "version": 1, "id": "writers", "title": "Essai", "form_version": "9.9",
            "id_shapes": ["0.0", "0.00"], "information": {"sheet": "Identification", "fields": [
                {"id": "application_type", "label": "Architecture", "kind": "type", "required": True},
                {"id": "test_end", "label": "Fin des tests", "kind": "date", "required": True},
                {"id": "solution_version", "label": "Version du logiciel", "kind": "text", "required": True}]}, "tabs": tabs}


def shown(item):
    if item["type"] == "boolean":
        return "TRUE" if item["value"] else "FALSE"
    return str(item["value"])


# What a library cannot write is not asked of it.
WITHOUT = {"pyexcelerate": {"hidden"}}


def compare(layout, form, rules_file, program, book):
    without, wrong = WITHOUT.get(pathlib.Path(book).stem, set()), []
    done = subprocess.run([program, "form", "cells", "--json", book], capture_output=True, text=True, check=False)
    got = {(c["sheet"], c["address"]): (c["type"], c["value"], c["hidden"]) for c in map(json.loads, done.stdout.splitlines())}
    for sheet in form["sheets"]:
        for item in sheet["cells"]:
            hidden = (sheet["hidden"] or item["row"] in sheet["hidden_rows"]) and "hidden" not in without
            wanted = (item["type"], shown(item), hidden)
            key = (sheet["name"], address(item["row"], item["column"]))
            if got.pop(key, None) != wanted:
                wrong.append(f"{key}: expected {wanted}")
    wrong += [f"{key}: not written, read as {value}" for key, value in got.items()]
    done = subprocess.run([program, "check", "--json", "--deposit-date", "2026-11-23", "--ruleset", rules_file, book],
                          capture_output=True, text=True, check=False)
    found = sorted([f["level"], f["rule"], f["sheet"], f["cell"]] for f in json.loads(done.stdout)["findings"])
    wanted = sorted([level, rule, sheet, place(layout, index, column)] for level, rule, sheet, index, column in FINDINGS
                    if not (rule == "row-hidden" and "hidden" in without))
    if found != wanted or done.returncode != 11:
        wrong.append(f"status {done.returncode}, findings {found}")
    return wrong


def main():
    if sys.argv[1] == "describe":
        for name, layout in LAYOUTS.items():
            folder = pathlib.Path(sys.argv[2]) / name
            folder.mkdir()
            (folder / "form.json").write_text(json.dumps(describe(layout), ensure_ascii=False), encoding="utf-8")
        pathlib.Path(sys.argv[3]).write_text(json.dumps(rules(), ensure_ascii=False), encoding="utf-8")
        return 0
    if sys.argv[1] == "apart":
        wrong = apart(sys.argv[2], pathlib.Path(sys.argv[3]))
        print("\n".join(wrong) or "No specimen has these layouts.")
        return 1 if wrong else 0
    form, faults = json.loads(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8")), 0
    for book in sys.argv[6:]:
        wrong = compare(LAYOUTS[sys.argv[2]], form, sys.argv[4], sys.argv[5], book)
        faults += len(wrong)
        print(f"{sys.argv[2]}, {pathlib.Path(book).stem}: {'read as described' if not wrong else wrong[:5]}")
    print(f"{len(sys.argv) - 6} writers, {faults} differences")
    return 1 if faults or len(sys.argv) - 6 < 6 else 0


sys.exit(main())
