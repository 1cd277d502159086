#!/usr/bin/python3
"""One to four tables of points on one sheet, in every arrangement that a person sees as separate tables: one below another, side by
side, both, in steps; with and without empty rows and columns between them, with and without titles, with their columns in one order or
each in its own. Each form is written from a model, right and with one fault at a time; the program reads it as the model says. What no
table of it has is never left out silently.

    arranged.py PARAPHE [SEED [FORMS]]
"""
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import HEAD, KEYS, Model, Run, identity, learnt, one_fault_each, read_right, rules_of, table  # noqa: E402

OTHER_HEAD = ["N°", "Exigence", "Criticité", "Conformité (Oui / Non / N/A)", "Justification"]
# rows of tables: how many stand side by side in each
SHAPES = [(1,), (1, 1), (2,), (1, 1, 1), (3,), (1, 2), (2, 1), (1, 1, 1, 1), (2, 2), (4,), (1, 3), (3, 1), (1, 2, 1), (2, 1, 1)]


def cut(points, count, chosen):
    """Consecutive groups of at least three points."""
    while True:
        ends = sorted(chosen.sample(range(1, len(points)), count - 1)) + [len(points)]
        groups = [points[start:end] for start, end in zip([0, *ends], ends)]
        if all(len(group) >= 3 for group in groups):
            return groups


class Arrangement:
    """How the tables stand, drawn once: every form of it is written the same."""

    def __init__(self, chosen, shape):
        self.shape, self.count = shape, sum(shape)
        self.titles = chosen.choice(["none", "parts", "telling", "tabs"]) if self.count > 1 else "none"
        self.gap_rows, self.gap_columns = chosen.choice([0, 1, 3]), chosen.choice([0, 1, 2])
        self.steps, self.shift = chosen.choice([0, 0, 2]) if max(shape) > 1 else 0, chosen.choice([0, 0, 1, 3])
        self.lead = chosen.random() < 0.3
        self.orders = [list(range(5)) for _ in range(self.count)]
        self.heads = [HEAD] * self.count
        if chosen.random() < 0.4:
            self.heads = [chosen.choice([HEAD, OTHER_HEAD]) for _ in range(self.count)]
        if chosen.random() < 0.4 and self.gap_columns:  # without a gap nobody sees where the second begins
            for order in self.orders:
                chosen.shuffle(order)
        self.numbered = chosen.random() < 0.3
        self.seed = chosen.random()
        self.own_sheet = chosen.random() < 0.5
        self.row, self.column = chosen.randint(1, 4), chosen.randint(1, 3)

    def __str__(self):
        return (f"{self.shape}, titles {self.titles}, gaps {self.gap_rows} and {self.gap_columns}, steps {self.steps}, shift {self.shift}, "
                f"lead {self.lead}, {'own' if self.own_sheet else 'same'} sheet, at {self.row},{self.column}, orders {self.orders}, "
                f"heads {[head[0] for head in self.heads]}")

    def groups(self, model):
        """(title, sheet, points) of each table."""
        chosen = random.Random(self.seed)
        if self.titles in ("none", "parts"):
            return [(f"Partie {at}", "Exigences", group) for at, group in enumerate(cut(model.points, self.count, chosen), 1)]
        common = chosen.randint(1, self.count - 1)
        parts = [("Base commune", group) for group in cut(model.of("common"), common, chosen)]
        parts += [("Application web", group) for group in cut(model.of("type"), self.count - common, chosen)]
        return [(name, name if self.titles == "tabs" else "Exigences", group) for name, group in parts]

    def __call__(self, model, book):
        """In "tabs" the tables of a sheet leave the places of the others empty."""
        sheets, row = {}, self.row
        if self.own_sheet:
            identity(book.sheet("Identification"), model)
        groups, at = self.groups(model), 0
        for _title, name, _points in groups:
            if name not in sheets:
                sheets[name] = book.sheet(name)
        if not self.own_sheet:
            row = identity(next(iter(sheets.values())), model) + 1 + self.row
        for line, wide in enumerate(self.shape):
            column, bottom = self.column + self.shift * (line % 2), row
            for beside in range(wide):
                title, name, points = groups[at]
                order = self.orders[at]
                head, keys = [self.heads[at][k] for k in order], [KEYS[k] for k in order]
                if self.lead:
                    head, keys = ["Domaine", *head], ["theme", *keys]
                end = table(sheets[name], points, row + beside * self.steps, column, head=head, keys=keys,
                            title=title if self.titles in ("parts", "telling") else None)
                bottom, column, at = max(bottom, end), column + len(head) + self.gap_columns, at + 1
            row = bottom + self.gap_rows


def first_sheet(model, book):
    identity(book.sheet("Identification"), model)
    return book.sheet("Exigences")


def headless(model, book):
    """The last points stand beside the others, without a header."""
    sheet = first_sheet(model, book)
    table(sheet, model.points, 2)
    table(sheet, [dict(point, id=f"X-{at:02d}", wording=point["wording"] + " Encore.") for at, point in enumerate(model.of("type"), 1)], 3, 8, header=False)


def other_labels(model, book):
    """A second table whose header says nothing."""
    sheet = first_sheet(model, book)
    table(sheet, model.points, 2)
    table(sheet, [dict(point, id=at, wording=point["wording"] + " Encore.") for at, point in enumerate(model.of("type"), 1)], 50, 2,
          head=["Rang", "Sujet", "Priorité", "Verdict", "Texte"])


def crowd(model, book):
    """More tables than are read: the further ones may not vanish."""
    sheet = first_sheet(model, book)
    for at, point in enumerate(model.points):
        table(sheet, [point], 2 + 3 * at, 1 + at % 2)


def shared(change):
    """A second table beside the first has one of its points again, or all of them."""
    def write(model, book):
        table(first_sheet(model, book), [], 2)
        table(book.sheet("Base commune"), model.of("common"), 2)
        sheet = book.sheet("Application web")
        table(sheet, model.of("type"), 2)
        table(sheet, change(model), 2, 8)
    return write


def further(model):
    return [dict(model.of("type")[4])] + [dict(point, id=f"X-{at:02d}") for at, point in enumerate(model.of("type"), 1)]


def contradicted(model):
    again = [dict(point) for point in model.of("type")]
    again[3].update(answer="Non" if again[3]["answer"] == "Oui" else "Oui", comment="Autre constat.")
    return again


def rated_otherwise(model):
    """One point is of another severity: high, and its answer Non."""
    again = [dict(point) for point in model.of("type")]
    changed = next(point for point in again if point["answer"] == "Non")
    changed.update(severity="Haute")
    return again


# what is not read: the finding, the cell where it stands
SAID = {"points without a header": (headless, "points-unread", "H3"), "points below unknown labels": (other_labels, "points-unread", "B51"),
        "more tables than are read": (crowd, "points-unread", "A74"), "one point in two tables": (shared(further), "sheet-duplicate", "H3"),
        "a copy with another answer": (shared(contradicted), "sheet-duplicate", "H3"),
        "a copy with another severity": (shared(rated_otherwise), "sheet-duplicate", "H3")}


def said(run):
    for name, (write, rule, cell) in SAID.items():
        got = run.check(run.write(write, Model())[0])
        if got["outcome"] or (rule, cell) not in {(f["rule"], f["cell"]) for f in got["findings"]}:
            run.wrong(name, f"{got['outcome']} {[(f['rule'], f['sheet'], f['cell']) for f in got['findings']]}")
    got = run.check(run.write(shared(lambda model: model.of("type")), Model())[0])
    if got["outcome"] != "met-reserve" or ("header-repeated", "A2") not in {(note["code"], note["cell"]) for note in got["notes"]}:
        run.wrong("a copy", f"{got['outcome']} {rules_of(got)} {[(note['code'], note['cell']) for note in got['notes']]}")


def numbered_alike(name):
    """Two tables side by side without titles; each numbers its points from 1."""
    def write(model, book):
        sheet = first_sheet(model, book) if name is None else book.sheet(name)
        keys = [lambda point: int(point["id"][2:]), *KEYS[1:]]
        if name is None:
            table(sheet, model.of("common"), 2, keys=keys)
            table(sheet, model.of("type"), 2, 8, keys=keys)
            return
        identity(book.sheet("Identification"), model)
        table(book.sheet("Base commune"), model.of("common"), 2)
        half = model.of("type")[10:]
        table(sheet, model.of("type")[:10], 2, keys=keys)
        table(sheet, half, 2, 8, keys=[lambda point: int(point["id"][2:]) - 10, *KEYS[1:]])
    return write


def taken_up(run):
    """A re-evaluation is compared table by table: what was Non in one may change there, not in the other."""
    write = numbered_alike(None)
    for first, second, wrong in (("Oui", "Non", False), ("Non", "Oui", True)):
        before, now = Model(), Model()
        for model, again in ((before, False), (now, True)):
            for point in model.points:
                point.update(answer="Oui", comment=None)
            model.info = [(label, ("Oui" if again else value) if label == "Réévaluation" else value) for label, value in model.info]
        for group, answer in (("common", first), ("type", second)):
            before.of(group)[2].update(answer=answer, comment="Constaté." if answer == "Non" else None)
        now.of("common")[2].update(answer=first, comment="Constaté." if first == "Non" else None)
        if wrong:
            now.of("type")[2].update(answer="Non", comment="Constaté.")
        got = run.check(run.write(write, now, "now.xlsx")[0], "--initial", run.write(write, before, "before.xlsx")[0])
        found = [f["cell"] for f in got["findings"] if f["rule"] == "reeval-out-of-scope"]
        if found != (["K5"] if wrong else []):
            run.wrong("taken up", f"{wrong}: {found} {rules_of(got)}")


def main():
    seed, forms = int(sys.argv[2]) if len(sys.argv) > 2 else 1, int(sys.argv[3]) if len(sys.argv) > 3 else 2
    chosen = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for shape in SHAPES:
            for _ in range(forms):
                write = Arrangement(chosen, shape)
                read_right(run, str(write), write)
                learnt(run, str(write), write)
        for name in (None, "Application web"):
            read_right(run, f"numbered alike, {name}", numbered_alike(name))
        taken_up(run)
        said(run)
    return run.ended(f"{len(SHAPES) * forms} arrangements")


if __name__ == "__main__":
    sys.exit(main())
