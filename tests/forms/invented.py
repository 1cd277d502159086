#!/usr/bin/python3
"""Forms as others might have drawn them: all points on one sheet, two tables under or beside each other, identity in one cell or above the
points, groups of answers to tick, points without identifiers, tabs without a telling name. Each is written from a model, right and with
one fault at a time; the program reads it as the model says, or says what it did not understand and which line of a layout file mends it.
Nothing that the model does not allow is ever found complete.

    invented.py PARAPHE [NAME]
"""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workbook import Workbook, address, formula  # noqa: E402

DEPOSIT = "2026-11-23"
INFO = [("Éditeur", "Maison"), ("Nom de la solution", "Suivi"), ("Version majeure", "7"), ("Type d'application", "Application web"),
        ("Prestataire PASSI", "Audit SA"), ("Auditeur", "A. Teur"), ("Date de début des tests", datetime.date(2026, 9, 7)),
        ("Date de fin des tests", datetime.date(2026, 9, 11)), ("Date du rapport", datetime.date(2026, 9, 18)),
        ("Version du formulaire", "2026-R7"), ("Réévaluation", "Non")]
HEAD = ["ID", "Point de contrôle", "Gravité", "Conforme", "Commentaire"]
KEYS = ["id", "wording", "severity", "answer", "comment"]
COUNT = {"common": 16, "type": 21}


class Model:
    """The points with their answers; `change` makes one fault in a copy."""

    def __init__(self, name=""):
        chosen, sizes = random.Random(0), {"common": 9, "type": 9} if "proxy" in name else COUNT
        self.info, self.points = list(INFO), []
        for group, letter in (("common", "C"), ("type", "W")):
            for at in range(1, sizes[group] + 1):
                severity = chosen.choice(["Haute", "Moyenne", "Moyenne"])
                answer = "Oui" if severity == "Haute" else chosen.choice(["Oui", "Oui", "Oui", "Non", "N/A"])
                self.points.append({
                    "group": group, "id": f"{letter}-{at:02d}", "severity": severity, "answer": answer, "theme": f"Thème {at % 4}",
                    "wording": f"La mesure {at} de la partie {'commune' if group == 'common' else 'propre'} est en place sur toute la solution.",
                    "comment": None if answer == "Oui" else f"Constaté à l'essai {letter}{at}."})

    def of(self, group):
        return [point for point in self.points if point["group"] == group]

    def blank(self):
        for point in self.points:
            point.update(answer=None, comment=None)
        self.info = [(label, value if label == "Version du formulaire" else None) for label, value in self.info]
        return self

    def counts(self):
        all_counts = {name: dict.fromkeys(("Oui", "Non", "N/A", "vide", "invalide"), 0) for name in ("Haute", "Moyenne", "NA")}
        for point in self.points:
            all_counts[point["severity"]][point["answer"] or "vide"] += 1
        return all_counts

    def faults(self):
        """Each with the rule that must be found, and whether it leaves the form complete."""
        asked = [point for point in self.points if point["answer"] in ("Non", "N/A")]
        high = [point for point in self.points if point["severity"] == "Haute"]
        for name, point, change, rule in (
                ("no answer at a common point", self.of("common")[3], {"answer": None, "comment": None}, "answer-missing"),
                ("no answer at a point of the type", self.of("type")[-1], {"answer": None, "comment": None}, "answer-missing"),
                ("another word", self.of("type")[2], {"answer": "Partiel"}, "answer-invalid"),
                ("no comment", asked[-1], {"comment": None}, "comment-missing"),
                ("a common high point at Non", high[0], {"answer": "Non", "comment": "Constaté."}, "high-non"),
                ("a high point of the type at Non", high[-1], {"answer": "Non", "comment": "Constaté."}, "high-non")):
            before = dict(point)
            point.update(change)
            yield name, rule, point
            point.clear()
            point.update(before)


def identity(sheet, model, row=3, column=2):
    for label, value in model.info:
        sheet.put(row, column, label)
        sheet.put(row, column + 1, value)
        row += 1
    return row


def table(sheet, points, row, column=1, head=None, keys=None, title=None, header=True):
    if title:
        sheet.put(row, column, title)
        row += 1
    if header:
        for at, label in enumerate(head or HEAD):
            sheet.put(row, column + at, label)
        row += 1
    for point in points:
        for at, key in enumerate(keys or KEYS):
            sheet.put(row, column + at, key(point) if callable(key) else point.get(key) if key else None)
        row += 1
    return row


def usual(model, book, tabs=("Base commune", "Application web"), info="Informations générales", **options):
    identity(book.sheet(info), model)
    for name, group in zip(tabs, ("common", "type")):
        table(book.sheet(name), model.of(group), options.pop("row", 4), **options)


def one_sheet(model, book, name="Formulaire", own_header=False, shift=0, beside=False):
    """All on one sheet: identity, then the points below headings."""
    sheet = book.sheet(name)
    row = identity(sheet, model) + 2
    if beside:
        sheet.put(row, 1, "Base commune"), sheet.put(row, 8, "Application web")
        table(sheet, model.of("common"), row + 1)
        table(sheet, model.of("type"), row + 1, column=8)
        return
    if own_header:
        row = table(sheet, model.of("common"), row, title="Base commune") + 2
        table(sheet, model.of("type"), row, column=1 + shift, title="Application web")
        return
    row = table(sheet, [], row)
    for title, group in (("Base commune", "common"), ("Application web", "type")):
        sheet.put(row, 1, title)
        sheet.merges.append(f"{address(row, 1)}:{address(row, 5)}")
        row = table(sheet, model.of(group), row + 1, header=False)


def by_column(model, book, words=("Commun", "Application web"), label="Périmètre"):
    identity(book.sheet("Identification"), model)
    scope = {"common": words[0], "type": words[1]}
    table(book.sheet("Points de contrôle"), model.points, 2, head=[label, *HEAD], keys=[lambda p: scope[p["group"]], *KEYS])


def one_cell(model, book, colon=" : "):
    sheet = book.sheet("Page de garde")
    for row, (label, value) in enumerate(model.info, 3):
        sheet.put(row, 2, f"{label}{colon}{value.strftime('%d/%m/%Y') if isinstance(value, datetime.date) else value}")
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)


def above(model, book):
    """A grid of three labels a row, each with its value below."""
    sheet = book.sheet("Identification")
    for at, (label, value) in enumerate(model.info):
        row, column = 3 + 3 * (at // 3), 2 + 2 * (at % 3)
        sheet.put(row, column, label), sheet.put(row + 1, column, value)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)


def merged_values(model, book):
    sheet = book.sheet("Identification")
    for row, (label, value) in enumerate(model.info, 3):
        sheet.put(row, 2, label), sheet.put(row, 4, value)
        sheet.merges += [f"{address(row, 2)}:{address(row, 3)}", f"{address(row, 4)}:{address(row, 8)}"]
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)


def on_points(model, book):
    """The identity stands above the common points."""
    sheet = book.sheet("Base commune")
    row = identity(sheet, model, 2, 1)
    table(sheet, model.of("common"), row + 1)
    table(book.sheet("Application web"), model.of("type"), 2)


def beside_points(model, book):
    """The identity stands to the right of the common points."""
    sheet = book.sheet("Base commune")
    table(sheet, model.of("common"), 3)
    identity(sheet, model, 3, 9)
    table(book.sheet("Application web"), model.of("type"), 3)


def left_of_points(gap, row):
    """The identity stands to the left of the common points."""
    def write(model, book):
        sheet = book.sheet("Base commune")
        identity(sheet, model, 3, 1)
        table(sheet, model.of("common"), row, 3 + gap)
        table(book.sheet("Application web"), model.of("type"), 3)
    return write


def two_lines(model, book):
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        sheet = book.sheet(name)
        for column, label, last in ((1, "Exigence", 3), (4, "Résultat de l'audit", 5)):
            sheet.put(3, column, label)
            sheet.merges.append(f"{address(3, column)}:{address(3, last)}")
        table(sheet, model.of(group), 4, head=["Identifiant", "Libellé", "Gravité", "Conformité", "Commentaire"])


def ticks(mark="X", two=True, empty=None, group="Conformité"):
    def write(model, book):
        identity(book.sheet("Informations"), model)
        for name, part in (("Base commune", "common"), ("Application web", "type")):
            sheet = book.sheet(name)
            head = ["ID", "Exigence", "Gravité", "Oui", "Non", "N/A", "Commentaire"]
            if two:
                for column, label in enumerate(["ID", "Exigence", "Gravité", group, None, None, "Commentaire"], 1):
                    sheet.put(3, column, label)
                    if column not in (4, 5, 6):
                        sheet.merges.append(f"{address(3, column)}:{address(4, column)}")
                sheet.merges.append("D3:F3")
                head = [None, None, None, "Oui", "Non", "N/A", None]
            keys = ["id", "wording", "severity"] + [
                lambda p, word=word: mark if p["answer"] == word else p["answer"] if word == "Oui" and p["answer"] == "Partiel" else empty
                for word in ("Oui", "Non", "N/A")] + ["comment"]
            table(sheet, model.of(part), 4, head=head, keys=keys)
    return write


def ticks_nameless(model, book):
    """Neither identifiers nor a row above the marks: "N/A" begins like "N°"."""
    identity(book.sheet("Informations"), model)
    for name, part in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(part), 4, head=["Exigence", "Gravité", "Oui", "Non", "N/A", "Commentaire"],
              keys=["wording", "severity", *(lambda p, word=word: "X" if p["answer"] == word else p["answer"] if word == "Oui" and p["answer"] == "Partiel" else None
                                             for word in ("Oui", "Non", "N/A")), "comment"])


def severities(words):
    def write(model, book):
        usual(model, book, keys=["id", "wording", lambda p: words[p["severity"]], "answer", "comment"])
    return write


def answers(words):
    def write(model, book):
        usual(model, book, keys=["id", "wording", "severity", lambda p: words.get(p["answer"], p["answer"]), "comment"])
    return write


def joined(joint=" – ", label="Point de contrôle"):
    def write(model, book):
        usual(model, book, head=[label, "Gravité", "Conforme", "Commentaire"],
              keys=[lambda p: f"{p['id']}{joint}{p['wording']}", "severity", "answer", "comment"])
    return write


def nameless(model, book):
    usual(model, book, head=HEAD[1:], keys=KEYS[1:])


def split_comment(model, book):
    """The finding in one column, the justification in another: one of them is filled."""
    usual(model, book, head=[*HEAD[:4], "Constat", "Justification"],
          keys=[*KEYS[:4], lambda p: p["comment"] if p["answer"] == "Non" else None, lambda p: p["comment"] if p["answer"] != "Non" else None])


def other_types(model, book, answer=None):
    """The tabs of the other types are left blank."""
    usual(model, book)
    for name, letter in (("Application mobile", "M"), ("Client lourd 3-tiers", "T"), ("Client lourd < 3-tiers", "L"), ("Proxy PSC", "P")):
        points = [dict(point, id=f"{letter}-{at:02d}", answer=answer, comment=None) for at, point in enumerate(model.of("type"), 1)]
        table(book.sheet(name), points, 4)


def themes(model, book):
    """A tab for each theme, common and own points apart."""
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        for part in range(4):
            points = [point for point in model.of(group) if point["theme"] == f"Thème {part}"]
            table(book.sheet(f"{name} - thème {part}"), points, 3)


def span(model, book):
    """Test dates in one field."""
    filled, whole = model.info[0][1] is not None, model.info
    model.info = [pair for pair in whole if "tests" not in pair[0]] + [("Dates des tests", "du 07/09/2026 au 11/09/2026" if filled else None)]
    usual(model, book)
    model.info = whole


def numbers(model, book):
    usual(model, book, keys=[lambda p: int(p["id"][2:]), *KEYS[1:]])


def two_rows(model, book):
    """The comment stands in a row of its own below the point."""
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        sheet = book.sheet(name)
        row = table(sheet, [], 2, head=HEAD[:4])
        for point in model.of(group):
            row = table(sheet, [point], row, header=False, keys=KEYS[:4])
            sheet.put(row, 2, "Commentaire :"), sheet.put(row, 3, point["comment"])
            row += 1


def type_ticked(model, book):
    """The type is ticked in a list."""
    sheet, filled = book.sheet("Informations"), model.info[0][1] is not None
    model.info, whole = [pair for pair in model.info if "Type" not in pair[0]], model.info
    row = identity(sheet, model)
    sheet.put(row, 2, "Type d'application")
    for at, name in enumerate(("Application web", "Application mobile", "Client lourd 3-tiers", "Proxy PSC"), 1):
        sheet.put(row + at, 2, name)
        sheet.put(row + at, 3, "X" if at == 1 and filled else None)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)
    model.info = whole


def across(model, book):
    """A column for each point."""
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        sheet = book.sheet(name)
        for row, (label, key) in enumerate(zip(HEAD, KEYS), 3):
            sheet.put(row, 1, label)
            for column, point in enumerate(model.of(group), 2):
                sheet.put(row, column, point[key])


def by_merged_column(model, book):
    """The part is a merged cell beside its points."""
    identity(book.sheet("Identification"), model)
    sheet = book.sheet("Contrôles")
    table(sheet, model.points, 2, column=2)
    sheet.put(2, 1, "Partie")
    for first, last, name in ((3, 18, "Base commune"), (19, 39, "Points spécifiques")):
        sheet.put(first, 1, name)
        sheet.merges.append(f"A{first}:A{last}")


def at_the_bottom(model, book):
    sheet = book.sheet("Base commune")
    row = table(sheet, model.of("common"), 2)
    identity(sheet, model, row + 2, 2)
    table(book.sheet("Application web"), model.of("type"), 2)


def on_two_sheets(model, book):
    whole = model.info
    model.info = whole[:5]
    identity(book.sheet("Page de garde"), model)
    model.info = whole[5:]
    identity(book.sheet("Déroulement"), model)
    model.info = whole
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)


def boxes(model, book):
    """The type is ticked by boxes inside the cells."""
    sheet, filled = book.sheet("Informations"), model.info[0][1] is not None
    model.info, whole = [pair for pair in model.info if "Type" not in pair[0]], model.info
    row = identity(sheet, model)
    model.info = whole
    sheet.put(row, 2, "Type d'application")
    for at, name in enumerate(("Application mobile", "Application web", "Proxy PSC")):
        sheet.put(row, 3 + at, f"{'☒' if at == 1 and filled else '☐'} {name}")
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        table(book.sheet(name), model.of(group), 2)


def typed(value, tab="Application web"):
    def write(model, book):
        filled, whole = model.info[0][1] is not None, model.info
        model.info = [(label, value if "Type" in label and filled else said) for label, said in model.info]
        usual(model, book, ("Base commune", tab))
        model.info = whole
    return write


def thick(model, book):
    """Two types whose names differ by a sign alone; the second is declared, the first left blank."""
    typed("Client lourd < 3-tiers", "Client lourd < 3-tiers")(model, book)
    table(book.sheet("Client lourd ≥ 3-tiers"), [dict(point, id=f"L-{at:02d}", answer=None, comment=None) for at, point in enumerate(model.of("type"), 1)], 4)
    book.sheets[-1], book.sheets[-2] = book.sheets[-2], book.sheets[-1]


def guidance(label):
    def write(model, book):
        usual(model, book, head=[*HEAD[:3], label, *HEAD[3:]], keys=[*KEYS[:3], lambda p: f"Vérifier par exemple {p['id']} à la main.", *KEYS[3:]])
    return write


def period(*cells):
    def write(model, book):
        filled, whole = model.info[0][1] is not None, model.info
        model.info = [pair for pair in whole if "tests" not in pair[0]]
        usual(model, book)
        model.info = whole
        for at, cell in enumerate(cells):
            book.sheets[0].put(20, 2 + at, cell if filled or at == 0 else None)
    return write


def prefilled(model, book):
    """The blank form invites to justify in every cell of comments."""
    usual(model, book, keys=[*KEYS[:4], lambda p: p["comment"] or (None if model.info[0][1] else "À justifier si Non")])


def proxy(model, book):
    """A proxy's form has 18 points of its own and no common ones; its tab bears no telling name."""
    filled = model.info[0][1] is not None
    model.info, whole = [(label, "Proxy PSC" if "Type" in label and filled else value) for label, value in model.info], model.info
    identity(book.sheet("Informations générales"), model)
    table(book.sheet("Feuil2"), model.points, 3)
    model.info = whole


def one_sheet_nameless(model, book):
    sheet = book.sheet("Grille")
    row = table(sheet, [], identity(sheet, model) + 2, head=HEAD[1:])
    for title, group in (("1. Base commune", "common"), ("2. Application web", "type")):
        sheet.put(row, 1, title)
        row = table(sheet, model.of(group), row + 1, header=False, keys=KEYS[1:])


def header_each_page(model, book):
    """The header is repeated every ten points."""
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), ("Application web", "type")):
        sheet, row = book.sheet(name), 3
        for at in range(0, COUNT[group], 10):
            row = table(sheet, model.of(group)[at:at + 10], row)


def gaps(model, book):
    """Empty columns stand between the others."""
    usual(model, book, column=3, head=["ID", None, "Point de contrôle", None, "Gravité", None, "Conforme", "Commentaire"],
          keys=["id", None, "wording", None, "severity", None, "answer", "comment"])


def blank_points(model, letter):
    return [dict(point, id=f"{letter}-{at:02d}", answer=None, comment=None) for at, point in enumerate(model.of("type"), 1)]


def headings_of_all(model, book):
    """One sheet with a heading for each type; the parts of the other types are left blank."""
    sheet = book.sheet("Questionnaire")
    row = table(sheet, [], identity(sheet, model) + 2)
    for title, points in (("A. Base commune", model.of("common")), ("B. Application mobile", blank_points(model, "M")), ("C. Application web", model.of("type")),
                          ("D. Client lourd ≥ 3-tiers", blank_points(model, "L")), ("E. Client lourd < 3-tiers", blank_points(model, "T"))):
        sheet.put(row, 1, title)
        row = table(sheet, points, row + 1, header=False)


def column_of_all(model, book):
    """The same by a column."""
    identity(book.sheet("Identification"), model)
    parts = [("Base commune", model.of("common")), ("Application mobile", blank_points(model, "M")), ("Application web", model.of("type")), ("Proxy PSC", blank_points(model, "P"))]
    table(book.sheet("Exigences"), [dict(point, part=name) for name, points in parts for point in points], 3, head=[*HEAD, "Onglet d'origine"], keys=[*KEYS, "part"])


def unnamed_themes(model, book):
    """The points of the type in tabs by theme, none of which names the type."""
    identity(book.sheet("Informations"), model)
    table(book.sheet("Base commune"), model.of("common"), 3)
    for part, name in enumerate(("Authentification", "Chiffrement", "Journalisation", "Divers")):
        table(book.sheet(name), [point for point in model.of("type") if point["theme"] == f"Thème {part}"], 3)


def typeless(write):
    def without(model, book):
        model.info, whole = [pair for pair in model.info if "Type" not in pair[0]], model.info
        write(model, book)
        model.info = whole
    return without


FORMS = {
    "as usual": usual,
    "one sheet, headings": one_sheet,
    "one sheet, a table for each": lambda m, b: one_sheet(m, b, own_header=True),
    "one sheet, a shifted table": lambda m, b: one_sheet(m, b, own_header=True, shift=2),
    "one sheet, side by side": lambda m, b: one_sheet(m, b, beside=True),
    "a column says which": by_column,
    "marks without identifiers": ticks_nameless,
    "a column says which, otherwise": lambda m, b: by_column(m, b, ("Base commune", "Spécifique"), "Type de point"),
    "label and value in one cell": one_cell,
    "label and value in one cell, no blank": lambda m, b: one_cell(m, b, ": "),
    "values below labels in a grid": above,
    "merged values": merged_values,
    "identity above the points": on_points,
    "identity beside the points": beside_points,
    "identity to the left of the points": left_of_points(1, 3), "identity to the left of the points, higher": left_of_points(2, 2),
    "groups above labels": two_lines,
    "ticked, two lines": ticks(), "ticked, one line": ticks(two=False), "ticked with check marks": ticks("✓"), "ticked with boxes": ticks("☒", empty="☐"),
    "ticked with booleans": ticks(True, empty=False),
    "ticked with booleans as LibreOffice writes them": ticks(formula("TRUE()", True), empty=formula("FALSE()", False)),
    "ticked with constants that are not what is stored": ticks(formula("FALSE()", True), empty=formula("TRUE()", False)),
    "ticked with formulas": ticks(formula("A1=A1", True), empty=formula("A1=A2", False)), "ticked with ones": ticks(1), "ticked under another title": ticks(group="Évaluation de l'auditeur"),
    "severities as letters": severities({"Haute": "H", "Moyenne": "M"}),
    "severities as numbers": severities({"Haute": 3, "Moyenne": 2}),
    "severities: major and minor": severities({"Haute": "Majeur", "Moyenne": "Mineur"}),
    "severities: eliminatory": severities({"Haute": "Éliminatoire", "Moyenne": "Non éliminatoire"}),
    "severities: numbered words": severities({"Haute": "1 - Haute", "Moyenne": "2 - Moyenne"}),
    "severities: high": severities({"Haute": "ÉLEVÉE", "Moyenne": "moyenne "}),
    "severities: gravity words": severities({"Haute": "Gravité haute", "Moyenne": "Gravité moyenne"}),
    "answers in capitals": answers({"Oui": "OUI", "Non": " non ", "N/A": "n/a"}),
    "answers with no-break blanks": answers({"Oui": "Oui\u00a0", "Non": "\u00a0Non", "N/A": "NA"}),
    "answers O and N": answers({"Oui": "O", "Non": "N", "N/A": "NA"}),
    "answers N.A.": answers({"N/A": "N.A."}),
    "answers: not applicable": answers({"N/A": "Non applicable"}),
    "answers: without object": answers({"N/A": "Sans objet"}),
    "answers in English": answers({"Oui": "Yes", "Non": "No"}),
    "answers: conform": answers({"Oui": "Conforme", "Non": "Non conforme"}),
    "identifier and wording in one cell": joined(),
    "identifier and wording, colon": joined(" : "), "identifier and wording, blank": joined(" "), "identifier and wording, line": joined("\n"),
    "no identifiers": nameless,
    "two columns of comments": split_comment,
    "numbered tabs": lambda m, b: usual(m, b, ("1 - Base commune", "2) Appli Web (SaaS)"), "0. Généralités"),
    "accented tabs": lambda m, b: usual(m, b, ("SOCLE COMMUN N°1", "Périmètre « Application Web »"), "Fiche d’identité"),
    "an unnamed tab of the type": lambda m, b: usual(m, b, ("Base commune", "Tests")),
    "an unnamed common tab": lambda m, b: usual(m, b, ("Feuil2", "Application web")),
    "an unnamed proxy tab": proxy,
    "two unnamed tabs": lambda m, b: usual(m, b, ("Feuil2", "Feuil3")),
    "other types left blank": other_types,
    "tabs by theme": themes,
    "test dates in one field": span,
    "identifiers that are numbers": numbers,
    "identifiers with a sign": lambda m, b: usual(m, b, keys=[lambda p: f"N° {int(p['id'][2:])}", *KEYS[1:]]),
    "identifiers in words": lambda m, b: usual(m, b, keys=[lambda p: f"Point {'abcdefghijklmnopqrstuvwxyz'[int(p['id'][2:])]}", *KEYS[1:]]),
    "a comment in its own row": two_rows,
    "the type is ticked": type_ticked,
    "a column for each point": across,
    "a merged column says which": by_merged_column,
    "identity below the points": at_the_bottom,
    "identity on two sheets": on_two_sheets,
    "the type in boxes": boxes,
    "a type among other words": typed("Application web (SaaS, hébergée)"),
    "types that differ by a sign": thick,
    "guidance beside comments": guidance("Explications"), "guidance called precisions": guidance("Précisions"),
    "a period in two cells": period("Dates des tests", datetime.date(2026, 9, 7), datetime.date(2026, 9, 11)),
    "a period in four cells": period("Période de l'audit", "du", datetime.date(2026, 9, 7), "au", datetime.date(2026, 9, 11)),
    "one day of tests": period("Date du test d'intrusion", "11/09/2026"),
    "invitations to justify": prefilled,
    "one sheet without identifiers": one_sheet_nameless,
    "a header on each page": header_each_page,
    "empty columns between": gaps,
    "one sheet, headings of all types": headings_of_all,
    "a column says which of all types": column_of_all,
    "tabs by theme without names": unnamed_themes,
    "no field for the type": typeless(usual),
    "no field for the type, an unnamed tab": typeless(lambda m, b: usual(m, b, ("Base commune", "Tests"))),
    "no field for the type, one sheet": typeless(lambda m, b: by_column(m, b, ("Partie A", "Partie B"))),
    "two types declared": typed("Application web et mobile"),
    "an unknown type": typed("Logiciel de gestion"),
    "an unnamed tab beside named types": lambda m, b: (usual(m, b, ("Base commune", "Tests")), table(b.sheet("Application mobile"), blank_points(m, "M"), 4)),
    "four unnamed tabs": lambda m, b: (usual(m, b, ("Base commune", "Volet 2")), [table(b.sheet(f"Volet {n}"), blank_points(m, f"V{n}"), 4) for n in (3, 4, 5)]),
}


# Not read: the rules that must be found, the notes, the layout that mends it (none: the form itself is to be changed).
def layout(**groups):
    return {"format": "paraphe-layout", "version": 1} | groups


SAID = {
    "severities as numbers": ({"severity-altered"}, set(), layout(severities={"Haute": ["3"], "Moyenne": ["2"]})),
    "severities: major and minor": ({"severity-altered"}, set(), layout(severities={"Haute": ["Majeur"], "Moyenne": ["Mineur"]})),
    "answers O and N": ({"answer-invalid"}, set(), layout(answers={"Oui": ["O"], "Non": ["N"]})),
    "answers N.A.": ({"answer-invalid"}, set(), layout(answers={"N/A": ["N.A."]})),
    "answers: not applicable": ({"answer-invalid"}, set(), layout(answers={"N/A": ["Non applicable"]})),
    "answers: without object": ({"answer-invalid"}, set(), layout(answers={"N/A": ["Sans objet"]})),
    "answers in English": ({"answer-invalid"}, set(), layout(answers={"Oui": ["Yes"], "Non": ["No"]})),
    "answers: conform": ({"answer-invalid"}, set(), layout(answers={"Oui": ["Conforme"], "Non": ["Non conforme"]})),
    "no field for the type, one sheet": ({"tab-missing"}, {"tab-name-unknown"}, None),
    "two types declared": ({"meta-invalid"}, set(), None),
    "an unknown type": ({"meta-invalid"}, set(), layout(types={"application-web": ["Logiciel de gestion"]})),
    "an unnamed tab beside named types": ({"tab-unexpected"}, set(), layout(types={"application-web": ["Tests"]})),
    "four unnamed tabs": ({"tab-unexpected"}, set(), layout(types={"application-web": ["Volet 2"]})),
    "ticked with constants that are not what is stored": ({"answer-formula"}, {"answers-ticked"}, None),
    "ticked with formulas": ({"answer-formula"}, {"answers-ticked"}, None),
    "a comment in its own row": ({"comment-missing"}, {"column-missing-comment"}, None),
    "a column for each point": ({"tab-missing"}, {"points-across"}, None),
}


class Run:
    def __init__(self, program, folder):
        self.program, self.folder, self.faults, self.looks = program, pathlib.Path(folder), [], 0
        self.env = dict(os.environ, XDG_CONFIG_HOME=folder)

    def __call__(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, env=self.env, check=False)

    def check(self, book, *options):
        self.looks += 1
        return json.loads(self("check", "--json", "--deposit-date", DEPOSIT, *options, book).stdout)

    def check_all(self, books, *options):
        """One process for several forms; the last line of the answer speaks of all of them."""
        self.looks += len(books)
        lines = self("check", "--json", "--deposit-date", DEPOSIT, *options, *books).stdout.splitlines()
        return [json.loads(line) for line in lines[:len(books)]]

    def write(self, write, model, name="form.xlsx"):
        book, path = Workbook(shared=True), self.folder / name
        write(model, book)
        book.save(path)
        return path, book

    def wrong(self, name, what):
        self.faults.append(f"{name}: {what}")

    def ended(self, what):
        """Says what differs, at most 30 of it, and how much was looked at; the exit status."""
        print("\n".join(self.faults[:30]))
        print(f"{what}, {self.looks} looks, {len(self.faults)} differences")
        return 1 if self.faults else 0


def row_of(book, wording):
    """Where a point stands, by its wording."""
    return [(sheet.name, row) for sheet in book.sheets for (row, _column), value in sheet.cells.items() if isinstance(value, str) and wording in value]


def rules_of(got):
    return {finding["rule"] for finding in got.get("findings", ())}


def one_fault_each(run, name, write, options=(), complete=True):
    """Each fault is found at its row; a high Non ends it; nothing is complete that must not be."""
    model = Model(name)
    made = []
    for number, (fault, rule, point) in enumerate(model.faults()):
        made.append((fault, rule, point["wording"], *run.write(write, model, f"fault-{number}.xlsx")))
    answers = run.check_all([one[3] for one in made], *options)
    for (fault, rule, wording, _path, book), got in zip(made, answers, strict=True):
        if (got["outcome"] or "not-met") != "not-met" or (complete and got["outcome"] != ("not-met" if rule == "high-non" else None)):
            run.wrong(name, f"{fault}: {got['outcome']}")
        if complete and not any(f["rule"] == rule and (f["sheet"], int("".join(filter(str.isdigit, f["cell"])))) in row_of(book, wording)
                                for f in got["findings"] if f["cell"]):
            run.wrong(name, f"{fault}: {[(f['rule'], f['sheet'], f['cell']) for f in got['findings']]}")


def read_right(run, name, write, options=(), outcome="met-reserve"):
    model = Model(name)
    got = run.check(run.write(write, model)[0], *options)
    if got["outcome"] != outcome or got["counts"] != model.counts():
        run.wrong(name, f"{got['outcome']} {got['counts']} {sorted((f['rule'], f['sheet'], f['cell']) for f in got['findings'])[:4]}")
    one_fault_each(run, name, write, options)


def learnt(run, name, write):
    """With the rule set that is learnt from the blank form it is met; a row less is missed."""
    blank, rules = run.write(write, Model(name).blank(), "blank.xlsx")[0], run.folder / "rules.json"
    rules.unlink(missing_ok=True)
    done = run("form", "learn", blank, "-o", rules, "--source", "un essai")
    if done.returncode:
        run.wrong(name, f"learn: {done.stderr.strip()}")
        return
    if run.check(blank, "--ruleset", rules)["outcome"] or run.check(blank)["outcome"]:
        run.wrong(name, "the blank form is complete")
    got = run.check(run.write(write, Model(name))[0], "--ruleset", rules)
    if got["outcome"] != "met" or got["counts"] != Model(name).counts():
        run.wrong(name, f"learnt: {got['outcome']} {sorted((f['rule'], f['sheet'], f['cell'], f['point']) for f in got['findings'])[:4]}")
    model = Model(name)
    del model.points[5]
    got = run.check(run.write(write, model)[0], "--ruleset", rules)
    if got["outcome"] or not rules_of(got) & {"point-missing", "wording-altered"}:
        run.wrong(name, f"learnt, a row less: {got['outcome']} {rules_of(got)}")


def still_invited(run):
    """What the blank form says in a comment justifies nothing."""
    def write(model, book):
        usual(model, book, keys=[*KEYS[:4], lambda p: p["comment"] or "À justifier si Non"])
    rules = run.folder / "rules.json"
    rules.unlink(missing_ok=True)
    run("form", "learn", run.write(write, Model().blank(), "blank.xlsx")[0], "-o", rules, "--source", "un essai")
    one_fault_each(run, "still the invitation", write, ("--ruleset", rules))


def one_name_lacks(run):
    """Without the published number of points nobody knows what "Base" is: one finding, which says how to tell."""
    model = Model("proxy")
    got = run.check(run.write(lambda m, b: usual(m, b, ("Base", "Web")), model)[0], "--lang", "en")
    found = [(f["rule"], f["sheet"], f["cell"]) for f in got["findings"]]
    if found != [("tab-unexpected", "Base", None)] or '"common": ["Base"]' not in got["findings"][0]["remedy"]:
        run.wrong("one name lacks", found)


def ticked_last(run):
    """Only the last point is ticked, at Non: the one above it has neither identifier nor tick, and is a point all the same."""
    model = Model()
    for point in model.of("type"):
        point.update(answer=None, comment=None)
    model.of("type")[-2]["id"] = None
    model.of("type")[-1].update(answer="Non", comment="Constaté.")
    wording = model.of("type")[-2]["wording"]
    for two in (False, True):
        path, book = run.write(ticks(two=two), model)
        got = run.check(path)
        rows = {(f["sheet"], int(f["cell"][1:])) for f in got["findings"] if f["rule"] == "answer-missing" and f["cell"]}
        if not rows & set(row_of(book, wording)):
            run.wrong("ticked last", f"{sorted(rows)} {row_of(book, wording)}")


def said(run, name, write, case):
    rules, notes, mend = case
    model, file = Model(name), run.folder / "layout.json"
    got = run.check(run.write(write, model)[0])
    if got["outcome"] or not rules <= rules_of(got) or not notes <= {note["code"] for note in got["notes"]}:
        run.wrong(name, f"{got['outcome']} {rules_of(got)} {[note['code'] for note in got['notes']]}")
    one_fault_each(run, name, write, complete=False)
    if mend:
        file.write_text(json.dumps(mend, ensure_ascii=False), encoding="utf-8")
        read_right(run, name + ", mended", write, ("--layout", file))


def main():
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for name, write in FORMS.items():
            if wanted not in name:
                continue
            if name in SAID:
                said(run, name, write, SAID[name])
            else:
                read_right(run, name, write)
                learnt(run, name, write)
        still_invited(run)
        ticked_last(run)
        one_name_lacks(run)
    return run.ended(f"{len(FORMS)} layouts")


if __name__ == "__main__":
    sys.exit(main())
