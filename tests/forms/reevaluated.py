#!/usr/bin/python3
"""Re-evaluations made from a model: each point × each change of its answer, beside an earlier form in another writing. Only what was Non may
change; all else is told at its cell, and nothing is told of what stayed. Expected results come from the model.

    reevaluated.py PARAPHE [SEED]
"""
import copy
import itertools
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from generated import COMMENT, Form, run_batch, write  # noqa: E402

ANSWERS = ("Oui", "Non", "N/A")


def answer(line, said):
    line.update(answer=said, comment="" if said == "Oui" else COMMENT)


def score(form):
    """What is told of the answers of a form without errors."""
    medium = 0
    for tab in form.kept:
        for index, line in enumerate(form.tabs[tab]):
            medium += line["severity"] == "Moyenne" and line["answer"] == "Non"
            if line["severity"] == "Haute" and line["answer"] != "Oui":
                rule, level = ("high-non", "rejet") if line["answer"] == "Non" else ("high-na", "avertissement")
                form.expect(rule, level, cell=(tab, index, "answer"), point=line["id"])
    if medium >= 2:
        form.expect(*(("medium-over-limit", "rejet") if medium > 2 else ("medium-at-limit", "avertissement")))


def changed(first, rng, tab, index, said):
    """The form after one answer was changed; None: none."""
    form = copy.deepcopy(first)
    form.rng = random.Random(rng.random())
    form.type_tab = next(one for one in form.ruleset["tabs"] if one["name"] == first.type_tab["name"])
    form.fields.update(reevaluation="Oui", initial_reference="R-1")
    line = form.tabs[tab][index]
    before = line["answer"]
    answer(line, said)
    if before not in ("Non", said):
        form.expect("reeval-out-of-scope", cell=(tab, index, "answer"), point=line["id"])
    else:
        score(form)
    return form


def batches(rng, folder):
    for kind in ("lps", "proxy"):
        for turn in range(3):
            first = Form(random.Random(rng.random()), kind)
            points = [(tab, index) for tab in first.kept for index in range(len(first.tabs[tab]))]
            for at, (tab, index) in enumerate(points):
                answer(first.tabs[tab][index], ANSWERS[(at + turn) % 3])
            path = folder / f"first-{kind}-{turn}.xlsx"
            write(copy.deepcopy(first), path)
            batch = []
            for (tab, index), said in itertools.product(points, ANSWERS):
                form = changed(first, rng, tab, index, said)
                made = folder / f"{kind}-{turn}-{len(batch):03d}{rng.choice(['.xlsx', '.xlsm'])}"
                write(form, made)
                batch.append((made, form, f"{first.tabs[tab][index]['answer']} to {said}, {tab} {index}"))
            yield path, batch


def main():
    program, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as name:
        for first, batch in batches(random.Random(seed), pathlib.Path(name)):
            total += len(batch)
            wrong += run_batch(program, pathlib.Path(name), batch, "--initial", str(first))
    print("\n".join(wrong[:20]))
    print(f"seed {seed}: {total} re-evaluations, {len(wrong)} differences")
    return 1 if wrong or total < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
