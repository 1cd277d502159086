#!/usr/bin/python3
"""Without a rule set: tables of further points as odd as may be, below the points, beside them or on another sheet, with a header, with
another or without; wherever they stand, the form is read with them, refused, or told with their range in the same sentence as its result.
What is no point is not told: a legend, lists to choose from, the identity, counts, plans that repeat points.

    loose.py PARAPHE [SEED [FORMS]]
"""
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from beside import ANSWERED, WEB, web  # noqa: E402
from invented import FORMS, Model, Run, rules_of, table, usual  # noqa: E402

LABELS = {"id": ["N°", "Rang", "Réf.", None], "wording": ["Point de contrôle", "Sujet", "Objet", "Mesure", None], "severity": ["Gravité", "Priorité", "Niveau", None],
          "answer": ["Conforme", "Verdict", "État", "Réponse", None], "comment": ["Commentaire", "Texte", "Remarque", None]}
WORDS = ["Journal", "MFA", "Mot de passe", "Mesure 7", "TLS", "Sauvegardes"]
TOLD = {"answers-unread", "tab-name-unknown"}


class Drawn:
    def __init__(self, chosen):
        self.keys = ["wording", "answer", *(key for key, often in (("id", 0.5), ("severity", 0.5), ("comment", 0.3)) if chosen.random() < often)]
        chosen.shuffle(self.keys)
        ids, short = chosen.choice(["known", "new", "numbers"]), chosen.random() < 0.5
        self.points = []
        for at, point in enumerate(chosen.sample(Model().of("type"), chosen.choice([1, 1, 2, 3, 5])), 1):
            self.points.append(dict(point, id={"known": point["id"], "new": f"X-{at:02d}", "numbers": at}[ids], comment="Constaté ainsi.",
                                    answer=chosen.choice(["Oui", "Non", "Non", "N/A"]), severity=chosen.choice(["Haute", "Moyenne"]),
                                    wording=chosen.choice(WORDS) if short else point["wording"] + " Encore."))
        header = chosen.choice(["none", "known", "unknown", "mixed"])
        self.head = None if header == "none" else [LABELS[key][0] if header == "known" else chosen.choice(LABELS[key][header == "unknown":]) for key in self.keys]
        self.place = chosen.choice([(26 + chosen.randint(0, 5), 1 + chosen.randint(0, 4)), (chosen.randint(2, 10), 7 + chosen.randint(0, 4)), "Annexe", "Compléments"])

    def __str__(self):
        return f"{self.keys} {self.head} at {self.place}: {[(point['id'], point['wording'][:20], point['answer'], point['severity']) for point in self.points]}"

    def __call__(self, model, book):
        usual(model, book)
        sheet, at = (web(book), self.place) if isinstance(self.place, tuple) else (book.sheet(self.place), (3, 2))
        table(sheet, self.points, *at, head=self.head, keys=self.keys, header=self.head is not None)


def rows(lines, name, row=3, column=2):
    def write(model, book):
        usual(model, book)
        sheet = web(book) if name == WEB else book.sheet(name)
        for line, values in enumerate(lines, row):
            for at, value in enumerate(values, column):
                sheet.put(line, at, value)
    return write


def shortened(point):
    return " ".join(point["wording"].split()[:5]) + "…"


def plan(keys, head, place, points=ANSWERED):
    def write(model, book):
        usual(model, book)
        sheet, at = (web(book), place) if isinstance(place, tuple) else (book.sheet(place), (4, 1))
        table(sheet, points, *at, head=head, keys=keys)
    return write


LEGEND = [["Oui", "La mesure est en place sur toute la solution"], ["Non", "La mesure n'est pas en place, ou pas partout"], ["N/A", "La mesure n'a pas d'objet"]]
RATED = [["Haute", "La faille ouvre les données de santé"], ["Moyenne", "La faille demande un accès préalable"]]
LISTS = [["Réponses", "Gravités", "Types"], ["Oui", "Haute", "Application web"], ["Non", "Moyenne", "Application mobile"], ["N/A", None, "Proxy PSC"]]
COUNTS = [["Partie", "Oui", "Non", "N/A"], ["Base commune", 12, 3, 1], ["Application web", 15, 4, 2]]
ANSWERS, NONE = ["ID", "Point de contrôle", "Gravité", "Conforme", "Action"], ["ID", "Point de contrôle", "Gravité", "Action"]
KEPT = ["id", shortened, "severity", "answer", lambda point: "Corriger"]
# not told, and the result stands
QUIET = {"a legend": rows(LEGEND, "Mode d'emploi"), "a legend on any sheet": rows(LEGEND, "Feuil9"), "severities explained": rows(RATED, "Feuil9"),
         "lists": rows(LISTS, "Feuil9"), "counts": rows(COUNTS, "Feuil9"), "counts beside": rows(COUNTS, WEB, 4, 8),
         "a shortened plan below": plan(KEPT, ANSWERS, (30, 3)), "a shortened plan beside": plan(KEPT, ANSWERS, (4, 8)),
         "a shortened plan without severities": plan([*KEPT[:2], "answer"], [*ANSWERS[:2], "Conforme"], (30, 3)),
         "a plan without answers beside": plan([*KEPT[:3], KEPT[4]], NONE, (4, 8)), "a plan without answers": plan([*KEPT[:3], KEPT[4]], NONE, "Plan d'action")}


def otherwise(**change):
    return [dict(ANSWERED[0], **change), *ANSWERED[1:]]


OPPOSITE = {"Oui": "Non", "Non": "Oui", "N/A": "Oui"}
CONTRARY = [[point["wording"], OPPOSITE[point["answer"]]] for point in ANSWERED[:1]]
# answers beside texts that no table has: two of them are no legend, and a point's wording beside another answer does not repeat it
HEARD = {"two points on a sheet": rows(LEGEND[:2], "Feuil9"), "three points on a sheet": rows([LEGEND[0], LEGEND[2], LEGEND[1]], "Feuil9"),
         "a point that ends otherwise": rows(CONTRARY, WEB, 4, 8), "a point that ends otherwise, below": rows(CONTRARY, WEB, 40, 2),
         "a point that ends otherwise, on a sheet": rows(CONTRARY, "Feuil9"), "with its identifier": rows([[ANSWERED[0]["id"], *CONTRARY[0]]], WEB, 4, 8)}
# a plan that does not say the same is refused; and what cannot be told from a copy of the points
REFUSED = {"another answer": plan(KEPT, ANSWERS, (30, 3), otherwise(answer="Oui")), "another severity": plan(KEPT, ANSWERS, (4, 8), otherwise(severity="Haute")),
           "another wording": plan(KEPT, ANSWERS, (30, 3), otherwise(wording="Les comptes de service sont revus")),
           "one more": plan(KEPT, ANSWERS, (30, 3), otherwise(id="X-99")), "answers on another sheet": plan(KEPT, ANSWERS, "Plan d'action")}


def notes_of(got):
    return {note["code"] for note in got["notes"]}


def main():
    seed, forms = int(sys.argv[2]) if len(sys.argv) > 2 else 1, int(sys.argv[3]) if len(sys.argv) > 3 else 120
    chosen = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for _ in range(forms):
            write = Drawn(chosen)
            got = run.check(run.write(write, Model())[0], "--lang", "fr")
            if got["outcome"] == "met-reserve" and not notes_of(got) & TOLD and got["counts"] == Model().counts():
                run.wrong("not a word", write)
            if "answers-unread" in notes_of(got) and got["outcome"] == "met-reserve" and "hors des tableaux lus" not in got["message"]:
                run.wrong("not in the result", got["message"])
        for name, write in QUIET.items():
            got = run.check(run.write(write, Model())[0])
            if got["outcome"] != "met-reserve" or got["counts"] != Model().counts() or notes_of(got) & TOLD:
                run.wrong(name, f"{got['outcome']} {rules_of(got)} {[(n['sheet'], n.get('value')) for n in got['notes'] if n['code'] in TOLD]}")
        for name, write in HEARD.items():
            got = run.check(run.write(write, Model())[0])
            if got["outcome"] and "answers-unread" not in notes_of(got):
                run.wrong(name, f"{got['outcome']} {notes_of(got)}")
        for name, write in REFUSED.items():
            got = run.check(run.write(write, Model())[0])
            if got["outcome"]:
                run.wrong(name, f"{got['outcome']} {rules_of(got)}")
        for name, write in FORMS.items():
            for model in (Model(name), Model(name).blank()):
                if "answers-unread" in notes_of(run.check(run.write(write, model)[0])):
                    run.wrong(name, "told")
    return run.ended(f"{forms} drawn tables, {len(QUIET)} that are none, {len(REFUSED)} plans, {len(HEARD)} that are told")


if __name__ == "__main__":
    sys.exit(main())
