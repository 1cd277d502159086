#!/usr/bin/python3
"""Each label of the built-in layout is recognised in a form that uses it, and each part of a layout file of the user's changes what is read of
a form, which is read otherwise without it.

    extended.py PARAPHE DEFAULT_LAYOUT
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from claims import expect  # noqa: E402
from invented import DEPOSIT, INFO, Model, Run, rules_of, table, usual  # noqa: E402
from workbook import Workbook  # noqa: E402

COLUMNS = ("point", "theme", "owasp", "wording", "severity", "answer", "comment")
FILLED = {"editor": "Maison", "editor_nru": "N1", "solution": "Suivi", "solution_version": "7", "profile": "MDV", "infrastructure": "SaaS", "scope": "Tout", "passi": "Audit SA", "passi_number": "P1",
          "auditor": "A. Teur", "auditor_email": "a@x.invalid", "test_start": "07/09/2026", "test_end": "11/09/2026", "report_date": "18/09/2026", "form_version": "2026-X1", "form_reference": "R-1",
          "reevaluation": "Non"}


def nth(labels, at):
    return labels[at % len(labels)]


def every_label(run, layout):
    """The nth label of each column, field, severity, kind of sheet and type, in the nth form."""
    fields = {field["id"]: field for field in layout["fields"] if field["kind"] != "period"}
    most = max(len(labels) for labels in [*layout["columns"].values(), *layout["types"].values(), *layout["severities"].values(), *(field["labels"] for field in fields.values()),
                                          layout["sheets"]["information"], layout["sheets"]["common"]])
    path, types = run.folder / "labels.xlsx", [kind for kind in layout["types"] if kind != "proxy-psc"]
    for at in range(most):
        book, model, kind = Workbook(shared=True), Model(), types[at // 2 % len(types)]
        info, common, tab = nth(layout["sheets"]["information"], at), nth(layout["sheets"]["common"], at), nth(layout["types"][kind], at // 2 // len(types))
        sheet, cells = book.sheet(info), {}
        for row, (ident, field) in enumerate(fields.items(), 2):
            label, value = nth(field["labels"], at), tab if ident == "application_type" else FILLED.get(ident)
            sheet.put(row, 1, label), sheet.put(row, 2, value)
            cells[ident] = f"B{row}"
        head, words = [nth(layout["columns"][column], at) for column in COLUMNS], {name: nth(labels, at) for name, labels in layout["severities"].items()}
        keys = ["id", "theme", lambda p: "A01", "wording", lambda p, words=words: words[p["severity"]], "answer", "comment"]
        for name, group in ((common, "common"), (tab, "type")):
            table(book.sheet(name), model.of(group), 3, head=head, keys=keys)
        book.save(path)
        said = json.loads(run("form", "explain", "--json", path).stdout)
        name = f"labels {at + 1}"
        expect(run, f"{name}: fields", {field["id"]: field["cell"] for field in said["fields"]}, cells)
        expect(run, f"{name}: sheets {info}, {common}, {tab}", [(one["use"], one["type"]) for one in said["sheets"]], [("information", None), ("common", None), ("type", kind)])
        for one in said["sheets"][1:]:
            expect(run, f"{name}: columns of {one['name']}", {column["label"]: column["id"] for column in one["columns"]}, dict(zip(head, COLUMNS)))
        got = run.check(path)
        expect(run, f"{name}: read", (got["counts"], got["outcome"], got["findings"]), (model.counts(), "met-reserve", []))


def of_the_user(run):
    """One part of a layout file at a time: a form as it is read without it, and with it."""
    layout, path, medium = run.folder / "own.json", run.folder / "own.xlsx", Model().counts()["Moyenne"]["Non"]

    def helped(below):
        """Beside each label stands a help text; the value stands below, or one column further."""
        def write(model, book):
            sheet = book.sheet("Informations générales")
            for row, (label, value) in enumerate(model.info):
                sheet.put(2 * row + 2, 2, label), sheet.put(2 * row + 2, 3, "à remplir"), sheet.put(2 * row + (3 if below else 2), 2 if below else 4, value)
            for name, group in (("Base commune", "common"), ("Application web", "type")):
                table(book.sheet(name), model.of(group), 4)
        return write

    def further(label, value):
        def write(model, book):
            model.info.append((label, value))
            usual(model, book)
        return write

    def renamed(model, book):
        model.info = [(label, "Interface de programmation" if label.startswith("Type d") else value) for label, value in model.info]
        usual(model, book, ("Base commune", "Interface de programmation"))

    def field(ident, **more):
        return {"fields": [{"id": ident, "labels": [], **more}]}
    errors = ("the rules that are not kept", lambda got: sorted(rules_of(got)))
    editor = ("the editor", lambda got: next(one["value"] for one in got["fields"] if one["id"] == "editor"))
    outcome, until, kind = (("the " + key, lambda got, key=key: got[key]) for key in ("outcome", "deposit_until", "type"))
    for name, write, own, (what, value), without, with_it in (
            ("values below", helped(True), {"value": {"direction": "below"}}, editor, "à remplir", dict(INFO)["Éditeur"]),
            ("values further", helped(False), {"value": {"offset": 2}}, editor, "à remplir", dict(INFO)["Éditeur"]),
            ("fewer medium No", usual, {"thresholds": {"medium_non_max": medium - 1}}, outcome, "met-reserve", "not-met"),
            ("the limit is strict", usual, {"thresholds": {"medium_non_max": medium, "at_limit": "not-met"}}, outcome, "met-reserve", "not-met"),
            ("two years", usual, {"thresholds": {"age_years": 2}}, until, "2027-09-10", "2028-09-10"),
            ("from the report", usual, {"thresholds": {"age_from": "report_date"}}, until, "2027-09-10", "2027-09-17"),
            ("a field that may be empty", further("Périmètre", " "), field("scope", required=False), errors, ["meta-missing"], []),
            ("a field that may not be empty", further("Référence du formulaire", " "), field("form_reference", required=True), errors, [], ["meta-missing"]),
            ("a field that is a date", further("Référence du formulaire", "abc"), field("form_reference", kind="date"), errors, [], ["date-invalid"]),
            ("a type of one's own", renamed, {"new_types": ["api"], "types": {"api": ["Interface de programmation"]}}, kind, "interface-de-programmation", "api")):
        book, model, grid = Workbook(shared=True), Model(), run.folder / "own-grid.json"
        write(model, book)
        book.save(path)
        layout.write_text(json.dumps({"format": "paraphe-layout", "version": 1, **own}), encoding="utf-8")
        for options, wanted in (((), without), (("--layout", layout), with_it)):
            grid.unlink(missing_ok=True)
            run("check", "--deposit-date", DEPOSIT, "--grid", grid, *options, path)
            expect(run, f"{name}, {'with' if options else 'without'} the layout: {what}", value(json.loads(grid.read_text(encoding="utf-8"))), wanted)


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        of_the_user(run)
        every_label(run, json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")))
    return run.ended("Labels")


if __name__ == "__main__":
    sys.exit(main())
