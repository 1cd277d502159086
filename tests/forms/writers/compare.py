"""The form of test_writers.sh: described, and what was read of it compared with the description.

    compare.py describe FORM.json RULES.json
    compare.py compare FORM.json RULES.json PARAPHE WORKBOOK...
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
HEADERS = ["Réponse", "Interne", "Gravité", "Réf.", "Exigence", "Justification"]
FINDINGS = [["avertissement", "row-hidden", "Tronc commun", "F7"], ["rejet", "high-non", "Application mobile", "C5"]]


def cell(row, column, kind, value):
    return {"row": row, "column": column, "type": kind, "value": value}


def describe():
    sheets = [{"name": "Identification", "hidden": False, "hidden_rows": [], "cells":
               [item for row, (label, kind, value) in enumerate(FIELDS, 4) for item in (cell(row, 2, "text", label), cell(row, 3, kind, value))]}]
    for tab, points in POINTS.items():
        cells = [cell(4, at, "text", label) for at, label in enumerate(HEADERS, 3)]
        for row, (ident, severity, wording, answer, comment) in enumerate(points, 5):
            values = [answer, "x", severity, ident, wording, comment]
            cells += [cell(row, at, "text", value) for at, value in enumerate(values, 3) if value]
        sheets.append({"name": tab, "hidden": False, "hidden_rows": [7] if tab == "Tronc commun" else [], "cells": cells})
    sheets.append({"name": "Listes", "hidden": True, "hidden_rows": [], "cells": [cell(1, 1, "text", "Oui"), cell(2, 1, "number", 0.1)]})
    return {"sheets": sheets}


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


def compare(form, rules_file, program, book):
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
    wanted = sorted(f for f in FINDINGS if not (f[1] == "row-hidden" and "hidden" in without))
    if found != wanted or done.returncode != 11:
        wrong.append(f"status {done.returncode}, findings {found}")
    return wrong


def main():
    if sys.argv[1] == "describe":
        pathlib.Path(sys.argv[2]).write_text(json.dumps(describe(), ensure_ascii=False), encoding="utf-8")
        pathlib.Path(sys.argv[3]).write_text(json.dumps(rules(), ensure_ascii=False), encoding="utf-8")
        return 0
    form, faults = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")), 0
    for book in sys.argv[5:]:
        wrong = compare(form, sys.argv[3], sys.argv[4], book)
        faults += len(wrong)
        print(f"{pathlib.Path(book).stem}: {'read as described' if not wrong else wrong[:5]}")
    print(f"{len(sys.argv) - 5} writers, {faults} differences")
    return 1 if faults or len(sys.argv) - 5 < 6 else 0


sys.exit(main())
