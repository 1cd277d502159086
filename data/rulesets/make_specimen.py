#!/usr/bin/env python3
"""Makes specimen.json from the catalogue of the specimen forms.

    make_specimen.py CATALOGUE_FOLDER > specimen.json
"""
import json
import pathlib
import sys

TABS = [
    ("base-commune", "Base commune", "common", None),
    ("application-web", "Application web", "type", "application-web"),
    ("application-mobile", "Application mobile", "type", "application-mobile"),
    ("client-lourd-3tiers", "Client lourd 3-tiers et plus", "type", "client-lourd-3tiers"),
    ("client-lourd-2tiers", "Client lourd moins de 3-tiers", "type", "client-lourd-2tiers"),
    ("proxy-psc", "Proxy PSC", "proxy", "proxy-psc"),
]
FIELDS = [
    ("editor", "Éditeur", "text", True), ("editor_nru", "NRU / NIL (éditeur)", "text", False),
    ("solution", "Solution", "text", True), ("solution_version", "Version majeure", "text", True),
    ("profile", "Dispositif / profil", "text", True), ("application_type", "Type d'application", "type", True),
    ("infrastructure", "Type d'infrastructure", "text", True), ("scope", "Périmètre", "text", True),
    ("passi", "Prestataire PASSI", "text", True), ("passi_number", "N° de qualification PASSI", "text", True),
    ("auditor", "Auditeur", "text", True), ("auditor_email", "E-mail de l'auditeur", "text", True),
    ("test_start", "Date de début des tests", "date", True), ("test_end", "Date de fin des tests", "date", True),
    ("report_date", "Date du rapport", "date", True), ("form_version", "Version du formulaire", "text", True),
    ("form_reference", "Référence du formulaire", "text", False),
    ("reevaluation", "Réévaluation (Oui / Non)", "yesno", True),
    ("initial_reference", "Référence du formulaire initial", "text", False),
]


def points_of(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names = {"id": "id", "theme": "theme", "owasp": "owasp", "gravite": "severity", "point_de_controle": "wording",
             "verification": "verification"}
    head = [names[name] for name in lines[0].split("\t")]
    return [dict(zip(head, line.split("\t"))) for line in lines[1:]]


def main():
    folder = pathlib.Path(sys.argv[1])
    ruleset = {
        "format": "paraphe-ruleset", "version": 1, "id": "specimen",
        "title": "SPÉCIMEN – ne provient pas de l'ANS", "specimen": True,
        "form_version": "SPÉCIMEN 2026.1", "match": {"form_version_contains": "SPÉCIMEN"},
        "provenance": {"source": "tests/forms/specimens/catalogue", "date": "2026-11-23", "blank_sha256": None},
        "id_shapes": ["A-00"],
        "thresholds": {"medium_non_max": 10, "at_limit": "met", "age_years": 1},
        "information": {"sheet": "Informations générales",
                        "fields": [dict(zip(("id", "label", "kind", "required"), row)) for row in FIELDS]},
        "tabs": [{"id": tab, "name": name, "role": role, "type": kind, "points": points_of(folder / f"{tab}.tsv")}
                 for tab, name, role, kind in TABS],
    }
    json.dump(ruleset, sys.stdout, ensure_ascii=False, indent=1)
    print()


main()
