#!/usr/bin/python3
"""Good forms of every invented layout, each made wrong in one or two places: a homoglyph, an invisible character, a formula, a number,
another word, an answer or a comment that is gone, a severity that says two things, a high point at Non whose identifier or tab was
renamed. The model says whether such a form may be complete or met; the program never says more.

    mutated.py PARAPHE [SEED [FORMS OF EACH LAYOUT [FOLDER TO KEEP WRONG ONES]]]
"""
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import FORMS, SAID, Model, Run, row_of  # noqa: E402
from workbook import Workbook, address, formula  # noqa: E402

INVISIBLE = ["\u200b", "\ufeff", "\u200d", "\u2060", "\u00ad", "\u202e"]
TWINS = str.maketrans("ONAonaue", "ОΝАοոаսе")
OTHER = ["Oui.", "Oui Non", "Oui/Non", "?", "à voir", "Oui (partiel)", "NON CONCERNÉ", "n.a.", "Ouii", "OK", "Oui\u0301", "Ｏｕｉ"]
ALL, INCOMPLETE, NOT_MET = (None, "met", "met-reserve", "met-at-limit", "not-met"), (None,), (None, "not-met")


class Place:
    """The row of one point in the book, and its answer's cell."""

    def __init__(self, rng, model, book):
        self.point = rng.choice(model.points)
        for name, self.row in row_of(book, self.point["wording"]):  # also in the blank tab of another type
            self.sheet = next(sheet for sheet in book.sheets if sheet.name == name)
            self.columns = {column: value for (row, column), value in self.sheet.cells.items() if row == self.row}
            shown = [column for column, value in self.columns.items() if isinstance(value, str) and value.strip("\u00a0 ").lower() in ("oui", "non", "n/a", "na")]
            self.answer = shown[-1] if shown else None
            if shown or any(value in ("X", "✓", "☒", True, 1) for value in self.columns.values()):
                break

    def put(self, column, value):
        self.sheet.cells.pop((self.row, column), None)
        self.sheet.put(self.row, column, value)

    def column_of(self, *texts):
        return next((column for column, value in self.columns.items() if value in texts), None)


def answer(change):
    def mutate(rng, place):
        if place.answer is None:
            return ALL
        place.put(place.answer, change(rng, place.columns[place.answer]))
        return INCOMPLETE
    return mutate


def merged_with_above(_rng, place):
    above = place.sheet.cells.get((place.row - 1, place.answer)) if place.answer else None
    if not isinstance(above, str) or above.strip("\u00a0 ").lower() not in ("oui", "non", "n/a", "na"):
        return ALL
    place.sheet.merges.append(f"{address(place.row - 1, place.answer)}:{address(place.row, place.answer)}")
    return INCOMPLETE


def no_comment(rng, place):
    column = place.column_of(place.point["comment"]) if place.point["comment"] else None
    if column is None:
        return ALL
    place.put(column, rng.choice([None, " ", "\u200b", "\u00a0\n"]))
    return INCOMPLETE


def no_severity(rng, place):
    column = place.column_of("Haute", "Moyenne")
    if column is None:
        return ALL
    place.put(column, rng.choice([None, "Basse", "?", "Moyenne/Haute", "haute ou moyenne", "Ηaute"]))
    return INCOMPLETE


def high_non(rng, place):
    """With its identifier gone or another, or its tab renamed: the Non is still seen."""
    column = place.column_of("Haute")
    if column is None or place.answer is None:
        return ALL
    place.put(place.answer, "Non")
    way, ident = rng.randrange(4), place.column_of(place.point["id"])
    if way == 1 and ident:
        place.put(ident, None)
    elif way == 2 and ident:
        place.put(ident, rng.choice(["Sans objet", "x", "Note", "—"]))
    elif way == 3:
        place.sheet.name = rng.choice(["Feuil9", "Tests", "Synthèse", "Lisez-moi", "Annexe", "Résultats"])
    return NOT_MET


MUTATIONS = [
    answer(lambda rng, text: text[:1] + rng.choice(INVISIBLE) + text[1:]), answer(lambda rng, text: text.translate(TWINS)),
    answer(lambda rng, text: formula("A1", rng.choice([None, text]))), answer(lambda rng, text: rng.choice([1, 0, True, False, 2.5])),
    answer(lambda rng, text: rng.choice(OTHER)), answer(lambda rng, text: rng.choice([None, " ", "\u00a0", "\n", "\u3000"])),
    merged_with_above, no_comment, no_severity, high_non,
]


def made(run, rng, name, count):
    """Wrong forms of a layout: (outcomes that may be, path)."""
    for number in range(count):
        model, book, allowed = Model(name), Workbook(shared=True), set(ALL)
        FORMS[name](model, book)
        for _ in range(rng.choice([1, 1, 2])):
            allowed &= set(rng.choice(MUTATIONS)(rng, Place(rng, model, book)))
        path = run.folder / f"{number}.xlsx"
        book.save(path)
        yield allowed, path


def main():
    rng, count = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1), int(sys.argv[3]) if len(sys.argv) > 3 else 8
    names, wrong = [name for name in FORMS if name not in SAID], []
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        rules = run.folder / "rules.json"
        for name in names:
            rules.unlink(missing_ok=True)
            run("form", "learn", run.write(FORMS[name], Model(name).blank(), "blank.xlsx")[0], "-o", rules, "--source", "un essai")
            forms = list(made(run, rng, name, count))
            for options in ((), ("--ruleset", rules)):
                for (outcomes, path), got in zip(forms, run.check_all([path for _outcomes, path in forms], *options), strict=True):
                    if got["outcome"] not in outcomes:
                        wrong.append(f"{name}{', with its rule set' if options else ''}: {got['outcome']}, where {sorted(map(str, outcomes))} may be")
                        (pathlib.Path(sys.argv[4]) / f"{len(wrong)}.xlsx").write_bytes(path.read_bytes()) if len(sys.argv) > 4 else None
    print("\n".join(wrong[:20]))
    print(f"{len(names) * count} forms, {len(wrong)} said to be better than they are")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
