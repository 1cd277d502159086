#!/usr/bin/python3
"""`form explain` says of a form made from a model what the model says: of each sheet its use and why, its header row, its columns with letter,
label and identifier, those that are missing and those that nobody knows; of each field its label and cell; the labels that name no field.
Sheets, header rows, columns, labels and fields are shuffled by the seed. As JSON and as text, with and without a rule set.

    explained.py PARAPHE [SEED]
"""
import hashlib
import json
import pathlib
import random
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from generated import COLUMN_LABELS, FIELDS, noisy_label  # noqa: E402
from invented import Run  # noqa: E402
from workbook import Workbook, address  # noqa: E402

ORDER = ["point", "theme", "owasp", "wording", "severity", "answer", "comment"]
UNKNOWN = ["Interne", "Suivi éditeur", "Photo"]
MANDATORY = {"point", "wording", "severity", "answer"}
KNOWN_FIELDS = {"editor", "editor_nru", "solution", "solution_version", "profile", "application_type", "infrastructure", "scope", "passi", "passi_number", "auditor",
                "auditor_email", "test_start", "test_end", "report_date", "form_version", "form_reference", "reevaluation", "initial_reference"}
VALUES = {"editor": "Maison", "solution": "Suivi", "solution_version": "7", "application_type": "Application web", "passi": "Audit SA", "auditor": "A. Teur",
          "test_start": "07/09/2026", "test_end": "11/09/2026", "report_date": "18/09/2026", "form_version": "2026-X1", "reevaluation": "Non"}
TABS = {"Base commune": ("common", None, "C", 16), "Application web": ("type", "application-web", "W", 21)}


def letter(column):
    return address(1, column)[:-1]


def write_tab(rng, book, name, letter_of_points, count):
    """What must be said of the sheet, but for its use."""
    sheet, kept = book.sheet(name), [column for column in ORDER if column in MANDATORY or rng.random() < 0.7]
    order = kept + rng.sample(UNKNOWN, rng.randint(0, 2))
    rng.shuffle(order)
    first, header = rng.randint(1, 4), rng.randint(1, 12)
    columns, unknown, places = [], [], {}
    for at, column in enumerate(order, first):
        label = noisy_label(rng, rng.choice(COLUMN_LABELS[column]) if column in COLUMN_LABELS else column)
        sheet.put(header, at, label)
        places[column] = at
        if column in COLUMN_LABELS:
            columns.append({"column": letter(at), "label": label.strip(), "id": column, "by": "label"})
        else:
            unknown.append({"column": letter(at), "label": label.strip()})
    for row in range(header + 1, header + 1 + count):
        number = row - header
        texts = {"point": f"{letter_of_points}-{number:02d}", "theme": "Thème", "owasp": "A01", "wording": f"La mesure {number} est en place sur toute la solution.",
                 "severity": "Moyenne" if number % 3 else "Haute", "answer": "Oui", "comment": None}
        for column, at in places.items():
            sheet.put(row, at, texts.get(column))
    return {"header_row": header, "points": count, "columns": columns, "columns_unknown": unknown, "columns_missing": [column for column in ORDER if column not in kept]}


def write_info(rng, book, name):
    sheet, row, column = book.sheet(name), rng.randint(1, 6), rng.randint(1, 3)
    fields = [field for field in FIELDS if field[0] in VALUES or rng.random() < 0.5]
    rng.shuffle(fields)
    found, unknown = [], []
    for ident, label, _kind, _required in fields:
        if rng.random() < 0.2:
            odd = rng.choice(["Maître d'ouvrage", "Commanditaire", "Lieu"])
            sheet.put(row, column, odd), sheet.put(row, column + 1, "v")
            unknown.append({"cell": address(row, column), "label": odd})
            row += 1
        label = noisy_label(rng, label)
        sheet.put(row, column, label), sheet.put(row, column + 1, VALUES.get(ident))
        found.append({"id": ident, "label": label.strip(), "sheet": name, "cell": address(row, column + 1), "filled": ident in VALUES, "repeated": False})
        row += 1
    return found, unknown


def write_form(rng, path):
    """The document that `form explain` must give, without what it says of the file."""
    book, sheets, info = Workbook(shared=rng.random() < 0.5), {}, rng.choice(["Informations générales", "Identification", "Renseignements"])
    empty = {"header_row": 0, "points": 0, "columns": [], "columns_unknown": [], "columns_missing": []}
    fields, labels = [], []

    def tell(name, use, why, kind=None, what=empty):
        sheets[name] = dict({"use": use, "why": why, "type": kind, "state": book.sheets[-1].state}, **what)

    def tab(name):
        role, kind, ident, count = TABS[name]
        what = write_tab(rng, book, name, ident, count)
        tell(name, role, "own-header", kind, what)

    def identity():
        fields[:], labels[:] = write_info(rng, book, info)
        tell(info, "information", "field-labels")

    def notice():
        book.sheet("Mode d'emploi").put(1, 1, "Répondez à chaque point.")
        tell("Mode d'emploi", "ignored", "layout-name")

    def lists():
        book.sheet("Feuil9", "hidden").put(rng.randint(1, 9), 2, "Oui")
        tell("Feuil9", "ignored", "no-header")
    writers = [identity, notice, lists, *(lambda name=name: tab(name) for name in TABS)]
    rng.shuffle(writers)
    for write in writers:
        write()
    book.save(path)
    return {"information_sheet": info, "fields": fields, "labels_unknown": labels,
            "fields_missing": sorted(KNOWN_FIELDS - {field["id"] for field in fields}), "sheets": [dict(name=sheet.name, **sheets[sheet.name]) for sheet in book.sheets]}


def stripped(value):
    """Without blanks around labels, which are not part of what is said of them."""
    if isinstance(value, dict):
        return {key: one.strip() if key == "label" else stripped(one) for key, one in value.items()}
    return [stripped(one) for one in value] if isinstance(value, list) else value


def differs(run, name, got, wanted):
    run.looks += 1
    if got != wanted:
        run.wrong(name, f"{got}, expected {wanted}")


def compare(run, name, path, model, *options):
    got = stripped(json.loads(run("form", "explain", "--json", *options, path).stdout))
    for key in ("information_sheet", "fields", "labels_unknown"):
        differs(run, f"{name}: {key}", got[key], model[key])
    differs(run, f"{name}: fields_missing", sorted(got["fields_missing"]), model["fields_missing"])
    differs(run, f"{name}: sheets", [sheet["name"] for sheet in got["sheets"]], [sheet["name"] for sheet in model["sheets"]])
    for said, wanted in zip(got["sheets"], model["sheets"]):
        for key, value in wanted.items():
            differs(run, f"{name}: {wanted['name']}, {key}", said[key], value)
    return got


WORDS = {"common": "common tab", "type": "type tab", "proxy": "proxy tab", "information": "information", "ignored": "not read", "own-header": "it has a header row and points",
           "ruleset-name": "its name is that of a tab of the rule set", "field-labels": "it has the labels of the fields", "layout-name": "the layout leaves it out by its name",
           "header-but-no-tab": "a header row, but no expected tab of this name", "no-header": "no header row recognised", "visible": "visible", "hidden": "hidden"}


def text_lines(model):
    words = WORDS
    for sheet in model["sheets"]:
        yield f"Sheet \"{sheet['name']}\": {words[sheet['use']]} – {words[sheet['why']]}; {words[sheet['state']]}"
        if sheet["header_row"]:
            yield f"  header at row {sheet['header_row']}, {sheet['points']} points"
        yield from (f"  column {column['column']} \"{column['label']}\": {column['id']} (label)" for column in sheet["columns"])
        yield from (f"  column {column['column']} \"{column['label']}\": not recognised" for column in sheet["columns_unknown"])
        if sheet["columns_missing"]:
            yield f"  columns not found: {', '.join(sheet['columns_missing'])}"
    yield f"Information, read in \"{model['information_sheet']}\":"
    yield from (f"  {field['id']}: \"{field['label']}\", {field['sheet']}!{field['cell']}" + ("" if field["filled"] else ", empty") for field in model["fields"])
    yield from (f"  {label['cell']}: no field is known by \"{label['label']}\"" for label in model["labels_unknown"])


def compare_text(run, name, path, model, *options):
    said = run("form", "explain", "--lang", "en", *options, path).stdout.splitlines()
    bare = {"".join(line.split()) for line in said}
    for line in text_lines(model):
        run.looks += 1
        if "".join(line.split()) not in bare:
            run.wrong(name, f"not said: {line}")
    missing = next((line for line in said if line.strip().startswith("fields not found: ")), "")
    differs(run, f"{name}: fields not found", sorted(missing.partition(": ")[2].split(", ")), model["fields_missing"] or [""])


def with_ruleset(run, name, path, model):
    """Tabs by the names of a rule set; one that it does not know is set aside, with its reason."""
    rules = run.folder / "rules.json"
    rules.unlink(missing_ok=True)
    run("form", "learn", path, "-o", rules, "--source", "un essai")
    learnt = json.loads(rules.read_text(encoding="utf-8"))
    for tab in model["sheets"]:
        if tab["why"] == "own-header":
            tab["why"] = "ruleset-name"
    model["fields_missing"] = []
    compare(run, f"{name}, learnt", path, model, "--ruleset", rules)
    learnt["tabs"] = [tab for tab in learnt["tabs"] if tab["role"] != "type"]
    learnt["information"]["fields"].append({"id": "scope", "label": "Périmètre", "kind": "text", "required": True})
    rules.write_text(json.dumps(learnt), encoding="utf-8")
    for tab in model["sheets"]:
        if tab["use"] == "type":
            tab.update(use="ignored", why="header-but-no-tab", type=None)
    model["fields_missing"] = ["scope"]
    compare(run, f"{name}, another rule set", path, model, "--ruleset", rules)
    compare_text(run, f"{name}, another rule set, text", path, model, "--ruleset", rules)


def reasons(run):
    """Why a sheet is set aside, each alone."""
    from invented import HEAD, Model, table, usual
    layout, path = run.folder / "layout.json", run.folder / "aside.xlsx"
    layout.write_text(json.dumps({"format": "paraphe-layout", "version": 1, "sheets": {"ignored": ["Exemple"]}}), encoding="utf-8")

    def form(name, filled):
        book, model = Workbook(shared=True), Model()
        usual(model, book)
        sheet = book.sheet(name)
        if filled:
            table(sheet, [dict(p, id=f"Z-{n}") for n, p in enumerate(model.of("type"))], 3, head=HEAD)
        else:
            sheet.put(2, 2, "Bonjour")
        book.save(path)

    for name, filled, options, wanted in (
            ("Exemple", True, ("--layout", layout), "layout-name"), ("Exemple", False, ("--layout", layout), "layout-name"), ("Divers", False, (), "no-header"),
            ("Application mobile", False, (), "no-header"), ("Base commune bis", False, (), "no-header"), ("Socle commun", False, (), "no-header")):
        form(name, filled)
        sheet = json.loads(run("form", "explain", "--json", *options, path).stdout)["sheets"][-1]
        differs(run, f"aside: {name}, {filled}", (sheet["name"], sheet["use"], sheet["why"]), (name, "ignored", wanted))
        for lang, words in (("en", WORDS), ("fr", {"layout-name": "la disposition", "no-header": "aucune ligne d’en-tête"})):
            run.looks += 1
            if not any(name in line and words[wanted] in line for line in run("form", "explain", "--lang", lang, *options, path).stdout.splitlines()):
                run.wrong(f"aside: {name}", f"its reason is not said in {lang}: {wanted}")


def particulars(run):
    """What only some forms have: ticks, parts of a sheet, columns known by what they hold, columns beside the answers, a field twice, titles,
    a very hidden sheet; and by what its rule set was chosen. In JSON and as text."""
    from invented import HEAD, INFO, KEYS, Model, identity, one_sheet, table, ticks, usual
    path, rules = run.folder / "particular.xlsx", run.folder / "chosen.json"

    def explained(name, write, *options, lines=()):
        book, model = Workbook(shared=True), Model()
        write(model, book)
        book.save(path)
        said = run("form", "explain", "--lang", "en", *options, path).stdout.splitlines()
        for line, there in lines:
            differs(run, f"{name}, said: {line}", line in said, there)
        got = json.loads(run("form", "explain", "--json", *options, path).stdout)
        differs(run, f"{name}: the file", (got["form"], got["sha256"]), (path.name, hashlib.sha256(path.read_bytes()).hexdigest()))
        return got

    ticked, rival = "  answers are ticked in columns of their own", "  other columns read like answers: F; where they differ, no answer is taken"
    version = "Version of the form: " + dict(INFO)["Version du formulaire"]
    got = explained("plain", usual, lines=((ticked, False), (rival, False), (version, True), ("Rule set: – (none fits)", True)))
    differs(run, "plain", ([sheet["ticked"] for sheet in got["sheets"]], [sheet["columns_rival"] for sheet in got["sheets"]], [sheet["part"] for sheet in got["sheets"]]),
            ([False] * 3, [[]] * 3, [None] * 3))
    differs(run, "the version", got["form_version"], dict(INFO)["Version du formulaire"])
    differs(run, "no rule set", (got["ruleset"]["id"], got["ruleset"]["recognised_by"]), (None, "none"))
    got = explained("ticks", ticks(), lines=((ticked, True),))
    differs(run, "ticks", [sheet["ticked"] for sheet in got["sheets"]], [False, True, True])
    got = explained("parts", one_sheet, lines=(('Sheet "Formulaire – Base commune": common tab – it has a header row and points; visible', True),))
    apart = explained("parts of another sheet", lambda model, book: (identity(book.sheet("Informations"), model), table(
        sheet := book.sheet("Exigences"), model.of("type"), table(sheet, model.of("common"), 2, title="Base commune") + 2, title="Application web")))
    differs(run, "parts of another sheet", [(sheet["name"], sheet["part"], sheet["points"]) for sheet in apart["sheets"]],
            [("Informations", None, 0), ("Exigences", "Base commune", 16), ("Exigences", "Application web", 21)])
    differs(run, "parts", [(sheet["name"], sheet["part"]) for sheet in got["sheets"] if sheet["points"]], [("Formulaire", "Base commune"), ("Formulaire", "Application web")])

    def beside(model, book):
        usual(model, book, head=[*HEAD, "Réponse"], keys=[*KEYS, lambda p: "Oui"])
    got = explained("rivals", beside, lines=((rival, True),))
    differs(run, "rivals", [sheet["columns_rival"] for sheet in got["sheets"]], [[], ["F"], ["F"]])

    def weighed(model, book):
        usual(model, book, head=["Poids" if label == "Gravité" else label for label in HEAD])
    at = HEAD.index("Gravité")
    got = explained("by content", weighed, lines=((f'  column {letter(at + 1)} "Poids": severity (content)', True),))
    differs(run, "by content", {column["label"]: column["by"] for column in got["sheets"][1]["columns"]},
            {label if label != "Gravité" else "Poids": "label" if label != "Gravité" else "content" for label in HEAD})

    def twice(model, book):
        model.info.append(model.info[0])
        usual(model, book)
        book.sheet("Listes", "veryHidden").put(1, 1, "Oui")
    got = explained("a field twice", twice)
    differs(run, "a field twice", [field["label"] for field in got["fields"] if field["repeated"]], [INFO[0][0]])
    differs(run, "very hidden", got["sheets"][-1]["state"], "very-hidden")

    def titled(title, merged):
        def write(model, book):
            usual(model, book)
            book.sheets[0].put(30, 2, title)
            book.sheets[0].merges += ["B30:C30"] if merged else []
        return write
    for title, merged, is_title in (("Calendrier", True, True), ("2. Calendrier", False, True), ("Calendrier", False, False)):
        got = explained("titles", titled(title, merged))
        found = [[one["label"] for one in got[key]] for key in ("section_titles", "labels_unknown")]
        differs(run, f"{title}, {'merged' if merged else 'plain'}", found, [[title], []] if is_title else [[], [title]])
    with zipfile.ZipFile(path) as archive:  # the same in another look
        parts = {part: archive.read(part) for part in archive.namelist()}
    info = next(part for part, data in parts.items() if b'r="B30"' in data)
    parts[info] = parts[info].replace(b'r="B30"', b'r="B30" s="1"')
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    got = json.loads(run("form", "explain", "--json", path).stdout)
    differs(run, "a title by its look", [[one["label"] for one in got[key]] for key in ("section_titles", "labels_unknown")], [["Calendrier"], []])

    # by what the rule set was chosen, and how well each one fits
    def one_wording(model, book):
        model.points[0]["wording"] += " Ou presque."
        usual(model, book)
    usual(Model().blank(), blank := Workbook(shared=True))
    blank.save(path)
    run("form", "learn", path, "-o", rules, "--id", "chosen", "--source", "un essai")
    folder = run.folder / "paraphe/rulesets"
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.loads(rules.read_text(encoding="utf-8"))
    (folder / "chosen.json").write_text(json.dumps(whole), encoding="utf-8")
    count = len(Model().points)
    for name, write, fits in (("all its points", usual, 100), ("all but one", one_wording, 100 * (count - 1) // count)):
        line = f"  chosen (version {whole['form_version']}): {fits} % of its points with the same wording"
        got = explained(name, write, lines=((line, True), ("Rule set: chosen (by the version)", True)))
        differs(run, name, [(one["form_version"], one["points_percent"], one["chosen"]) for one in got["ruleset"]["candidates"] if one["id"] == "chosen"], [(whole["form_version"], fits, True)])
        differs(run, f"{name}: others", {(one["points_percent"], one["chosen"]) for one in got["ruleset"]["candidates"] if one["id"] != "chosen"}, {(0, False)})
        differs(run, f"{name}: how", (got["ruleset"]["id"], got["ruleset"]["recognised_by"]), ("chosen", "version"))
    (folder / "chosen.json").write_text(json.dumps(whole | {"form_version": None}), encoding="utf-8")
    got = explained("by its points", usual, lines=(("Rule set: chosen (by the points)", True),))
    differs(run, "by its points", (got["ruleset"]["id"], got["ruleset"]["recognised_by"]), ("chosen", "points"))
    (folder / "chosen.json").unlink()
    got = explained("asked for", usual, "--ruleset", rules, lines=(("Rule set: chosen (asked for)", True),))
    differs(run, "asked for", (got["ruleset"]["id"], got["ruleset"]["recognised_by"]), ("chosen", "option"))


SHAPES = ("C-01", "C19", "T-1", "1.2.3", "1.2.3.4.5.6", "EXI-WEB-001", "PSC_SEC_07", "A/1", "A:1", "C\u201001", "C\u201101", "C\u201301", "C\u201501", "§4.2", "§ 4.2", "§\u00a04.2", "§\u202f4.2", "N°4", "N° 4", "N°\u00a04", "nº 12", "[W-3]", "(W-3)", "#7",
          "7.", "7)", "V2.1 (L1)", "V2.1(L1)", "C01a", "1.a.2", "T 12", "9999", "ABCDEFGH-1")
OTHERS = ("Total", "C-", "1.2.3.4.5.6.7", "12345", "C01ab", "23T10", "Note 3 du guide", "ABCDEFGHI-1", "ABCDEFGH-IJKLMNOP-Q1", "V2.1 (niveau un)", "C-01 bis ter", "1 sur 3", "1 %", "C\u201901", "?")


def identifiers(run):
    """Which texts are counted as identifiers of points: alone in their row with a wording, without an answer."""
    path = run.folder / "identifiers.xlsx"
    for texts, wanted in ((SHAPES, 1), (OTHERS, 0)):
        book = Workbook(shared=True)
        for number, text in enumerate(texts):
            sheet = book.sheet(f"Feuille {number}")
            for at, label in enumerate(("ID", "Point de contrôle", "Gravité", "Conforme"), 1):
                sheet.put(1, at, label)
            sheet.put(2, 1, text), sheet.put(2, 2, "Une mesure est en place."), sheet.put(2, 3, "Moyenne")
        book.save(path)
        said = json.loads(run("form", "explain", "--json", path).stdout)["sheets"]
        differs(run, "identifiers", {text: sheet["points"] for text, sheet in zip(texts, said)}, dict.fromkeys(texts, wanted))


def main():
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for seed in range(first, first + 12):
            path = run.folder / f"form-{seed}.xlsx"
            model = write_form(random.Random(seed), path)
            compare(run, f"seed {seed}", path, model)
            compare_text(run, f"seed {seed}, text", path, model)
            with_ruleset(run, f"seed {seed}", path, model)
        reasons(run)
        particulars(run)
        identifiers(run)
    return run.ended("What is explained")


if __name__ == "__main__":
    sys.exit(main())
