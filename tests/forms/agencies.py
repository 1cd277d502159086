#!/usr/bin/python3
"""Forms as other agencies draw them: groups of labels above the header, merged rows of sections and chapters, criteria 1.2.3, themes merged
beside the points, totals and signatures below, helper columns with formulas, methods and proofs between the columns, a guide, a legend,
counts by formulas, other labels. Each is read as the model says, right, with one fault at a time, and with the rule set learnt from it.

    agencies.py PARAPHE
"""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import HEAD, KEYS, Model, Run, identity, learnt, read_right, table, usual  # noqa: E402
from workbook import formula  # noqa: E402

PARTS = (("Base commune", "common"), ("Application web", "type"))


def parts(model, book):
    identity(book.sheet("Identification"), model)
    for name, group in PARTS:
        yield book.sheet(name), model.of(group)


def groups_of_labels(model, book):
    for sheet, points in parts(model, book):
        sheet.put(2, 1, "Exigence"), sheet.put(2, 4, "Évaluation de l'auditeur")
        sheet.merges += ["A2:C2", "D2:E2"]
        table(sheet, points, 3)


def sections(model, book):
    for sheet, points in parts(model, book):
        row = table(sheet, [], 3)
        for at in range(4):
            sheet.put(row, 1, f"{at + 1}. Thème {at} – exigences relatives au thème")
            sheet.merges.append(f"A{row}:E{row}")
            row = table(sheet, [point for point in points if point["theme"] == f"Thème {at}"], row + 1, header=False)


def chapters(model, book):
    """Identifiers 5.1.2, below rows for 5 and 5.1 without an answer."""
    for part, (sheet, points) in enumerate(parts(model, book)):
        row, seen = table(sheet, [], 3), set()
        for at, point in enumerate(points):
            name = f"{1 + 4 * part + at // 6}.{1 + at % 6 // 2}.{1 + at % 2}"
            for chapter in (name[:1], name[:3]):
                if chapter not in seen:
                    seen.add(chapter)
                    sheet.put(row, 1, chapter), sheet.put(row, 2, f"Chapitre {chapter} : exigences de sécurité")
                    row += 1
            row = table(sheet, [dict(point, id=name)], row, header=False)


def merged_themes(model, book):
    for sheet, points in parts(model, book):
        row = table(sheet, [], 3, head=["Thème", *HEAD])
        for at in range(4):
            own = [point for point in points if point["theme"] == f"Thème {at}"]
            sheet.put(row, 1, f"Thème {at}")
            if len(own) > 1:
                sheet.merges.append(f"A{row}:A{row + len(own) - 1}")
            row = table(sheet, own, row, column=2, header=False)


def helpers(model, book):
    for sheet, points in parts(model, book):
        table(sheet, points, 3, column=2, head=[*HEAD, "Score", "Clé"],
              keys=[*KEYS, lambda point: formula('IF(E4="Oui",1,0)', "1" if point["answer"] == "Oui" else "0"),
                    lambda point: formula("B4&E4", point["id"] + (point["answer"] or ""))])


def totals(model, book):
    for sheet, points in parts(model, book):
        row = table(sheet, points, 3) + 1
        for word in ("Oui", "Non"):
            sheet.put(row, 2, f"Total {word}"), sheet.put(row, 4, formula(f'COUNTIF(D4:D{row - 2},"{word}")', "5"))
            row += 1
        for text in ("(1) Gravité haute : un seul Non est éliminatoire.", "Fait à Paris, le 18/09/2026", "Signature de l'auditeur"):
            row += 1
            sheet.put(row, 1, text)


def guided(model, book):
    """A cover, a guide, a legend below labels, a history, and counts of the answers."""
    book.sheet("Page de garde").put(2, 2, "Grille d'évaluation de la sécurité – version 3.2")
    guide, legend, history, counts = (book.sheet(name) for name in ("Guide", "Légende des réponses", "Historique", "Tableau de bord"))
    for row, text in enumerate(["1. Remplir l'onglet Identification", "2. Répondre Oui, Non ou N/A à chaque exigence", "3. Justifier chaque Non"], 2):
        guide.put(row, 1, text)
    for row, line in enumerate([("Réponse", "Signification"), ("Oui", "La mesure est en place sur tout le périmètre"), ("Non", "La mesure n'est pas en place, ou pas partout"),
                                ("N/A", "La mesure est sans objet, à justifier")], 3):
        legend.put(row, 2, line[0]), legend.put(row, 3, line[1])
    for row, line in enumerate([("Version", "Date", "Auteur", "Modification"), ("1.1", "03/03/2025", "Agence", "Gravité moyenne : seuil relevé")], 2):
        for column, text in enumerate(line, 1):
            history.put(row, column, text)
    for column, text in enumerate(("Partie", "Oui", "Non", "N/A", "Total"), 2):
        counts.put(2, column, text)
    for row, (name, group) in enumerate(PARTS, 3):
        counts.put(row, 2, name)
        for column, word in enumerate(("Oui", "Non", "N/A"), 3):
            counts.put(row, column, formula(f"COUNTIF('{name}'!D:D,\"{word}\")", str(sum(point["answer"] == word for point in model.of(group)))))
    usual(model, book)


def labelled(head, keys=None):
    return lambda model, book: usual(model, book, head=head, keys=keys or KEYS)


FORMS = {
    "groups of labels": groups_of_labels, "sections": sections, "chapters": chapters, "merged themes": merged_themes, "helper columns": helpers, "totals and a signature": totals,
    "a guide, a legend, counts": guided,
    "methods and proofs": labelled(["ID", "Point de contrôle", "Méthode de vérification", "Preuve attendue", "Gravité", "Conformité", "Commentaire"],
                                   [*KEYS[:2], lambda point: "Test d'intrusion sur les comptes", lambda point: "Rapport d'analyse", *KEYS[2:]]),
    "constats": labelled(["Référence", "Exigence de sécurité", "Niveau de criticité", "Statut (Oui/Non/NA)", "Preuves et constats"]),
    "argumentaire": labelled(["Code", "Critère", "Niveau d'exigence", "Respect de l'exigence", "Argumentaire"]),
    "état": labelled(["N°\nexigence", "Exigence\n(texte intégral)", "Niveau de\ngravité", "État de conformité", "Constats de l'auditeur"]),
    "a counter-audit": labelled([*HEAD[:3], "Réponse", "Commentaire", "Réponse contre-audit", "Commentaire contre-audit"], [*KEYS, None, None]),
}


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for name, write in FORMS.items():
            read_right(run, name, write)
            learnt(run, name, write)
            got = run.check(run.write(write, Model(name))[0])
            if "answers-unread" in {note["code"] for note in got["notes"]}:
                run.wrong(name, [(note["sheet"], note.get("value")) for note in got["notes"]])
            if run("form", "explain", run.folder / "form.xlsx").returncode:
                run.wrong(name, "not explained")
    return run.ended(f"{len(FORMS)} layouts")


if __name__ == "__main__":
    sys.exit(main())
