#!/usr/bin/python3
"""Every note of docs/formats.md: a form that has what the note tells gets it, at its place; the same form without it does not. Notes never
change the verdict. Every rule and note has its sentence, and every rule its remedy, in both languages; what is shown of a cell is never a
comment, and is escaped.

    notes.py PARAPHE SOURCE_FOLDER
"""
import json
import pathlib
import re
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import HEAD, INFO, KEYS, Model, Run, identity, one_sheet, split_comment, table, ticks, usual, nameless, across, above  # noqa: E402
from workbook import Workbook, formula  # noqa: E402

WEB = "Application web"
ANSWER, COMMENT = 4, 5


def sheet_of(book, name):
    return next(sheet for sheet in book.sheets if sheet.name == name)


def filled(change=lambda model, book: None, write=usual, before=lambda model: None):
    def made(path):
        model, book = Model(), Workbook(shared=True)
        before(model)
        write(model, book)
        change(model, book)
        book.save(path)
        return model
    return made


def comments(text, least=1):
    def before(model):
        points = [point for point in model.of("type") if point["answer"] != "Oui"]
        for point in points[:least]:
            point["comment"] = text
    return before


def added(*parts):
    """Parts beside those of the workbook."""
    def made(path):
        model = filled()(path)
        with zipfile.ZipFile(path, "a") as archive:
            for part in parts:
                archive.writestr(part, "<x/>")
        return model
    return made


def put(sheet, row, column, value):
    return lambda model, book: sheet_of(book, sheet).put(row, column, value)


def state(name, how):
    def change(_model, book):
        sheet_of(book, name).state = how
    return change


def hidden_column(_model, book):
    sheet_of(book, WEB).hidden_columns.add(COMMENT)


def labels(**changed):
    head = [changed.get(key, label) for key, label in zip(KEYS, HEAD)]
    return lambda model, book: usual(model, book, head=head)


def further(label, value, *, first=False):
    def write(model, book):
        head, keys = ([label, *HEAD], [value, *KEYS]) if first else ([*HEAD, label], [*KEYS, value])
        usual(model, book, head=head, keys=keys)
    return write


def without(key):
    at = KEYS.index(key)
    return lambda model, book: usual(model, book, head=HEAD[:at] + HEAD[at + 1:], keys=KEYS[:at] + KEYS[at + 1:])


def tabs(*names):
    return lambda model, book: usual(model, book, names)


def no_label(*labels_gone, **more):
    def before(model):
        model.info = [(label, more.get(label, value)) for label, value in INFO if label not in labels_gone]
    return before


def headless(model, book):
    identity(book.sheet("Informations"), model)
    for name, group in (("Base commune", "common"), (WEB, "type")):
        table(book.sheet(name), model.of(group), 2, header=False)


def copy_below(_model, book):
    """The points of the type again, with other columns."""
    sheet = sheet_of(book, WEB)
    table(sheet, Model().of("type"), 40, column=3)


def tabs_together(model, book):
    one_sheet(model, book, name="Feuil1")
    for row in [row for row, column in book.sheets[0].cells if column == 1 and book.sheets[0].cells[row, column] in ("Base commune", WEB)]:
        del book.sheets[0].cells[row, 1]


def advised(model, book):
    """What to do about it, in a column of the auditor's own."""
    usual(model, book, head=[*HEAD, "Recommandation"], keys=[*KEYS, lambda p: "Réduire la durée des sessions." if p["answer"] == "Non" else None])


def contrary(point):
    return {"Oui": "Non", "Non": "Oui"}.get(point["answer"], point["answer"])


def marks(model, book):
    """A column of answers, and columns to tick that say the contrary."""
    usual(model, book, head=[*HEAD, "Oui", "Non", "N/A"],
          keys=[*KEYS, *(lambda p, word=word: "X" if contrary(p) == word else None for word in ("Oui", "Non", "N/A"))])


# code: how the form is made, and where the note must stand (None: whichever place)
CASES = {
    "ruleset-none": (filled(), None),
    "cvss-reminder": (filled(), None),
    "type-inferred": (filled(before=no_label("Type d'application")), None),
    "justification-hollow": (filled(before=comments("R.A.S.")), (WEB, None)),
    "justification-repeated": (filled(before=comments("Voir le rapport d'audit, chapitre 4.", 3)), (WEB, None)),
    "column-hidden": (filled(hidden_column), (WEB, "E4")),
    "tab-hidden": (filled(state("Base commune", "veryHidden")), ("Base commune", None)),
    "header-repeated": (filled(copy_below), (WEB, "A40")),
    "header-not-found": (filled(write=headless), (WEB, None)),
    "points-across": (filled(write=across), (WEB, None)),
    "field-repeated": (filled(put("Informations générales", 20, 2, "Éditeur")), ("Informations générales", "C3")),
    "field-formula": (filled(put("Informations générales", 4, 3, formula('"Su"&"ivi"', "Suivi"))), ("Informations générales", "C4")),
    "field-not-found": (filled(before=no_label("Auditeur")), ("Informations générales", None)),
    "field-values-apart": (filled(write=above), ("Identification", None)),
    "points-unusual": (filled(before=lambda model: model.points.__delitem__(slice(0, 3))), ("Base commune", None)),
    "initial-not-given": (filled(before=lambda model: model.info.__setitem__(10, ("Réévaluation", "Oui"))), None),
    "carries-authors": (added("docProps/core.xml"), None),
    "carries-hidden-sheets": (filled(lambda model, book: book.sheet("Listes", "hidden").put(1, 1, "x")), None),
    "carries-notes": (added("xl/comments1.xml"), None),
    "carries-other": (added("customXml/item1.xml"), None),
    "column-missing-point": (filled(write=lambda m, b: usual(m, b, head=HEAD[1:2] + HEAD[3:], keys=KEYS[1:2] + KEYS[3:])), None),
    "column-missing-severity": (filled(write=lambda m, b: usual(m, b, head=HEAD[1:2] + HEAD[3:], keys=KEYS[1:2] + KEYS[3:])), None),
    "column-missing-wording": (filled(write=without("wording")), (WEB, "A4")),
    "column-missing-comment": (filled(write=without("comment")), (WEB, "A4")),
    "column-ambiguous": (filled(write=further("Réponse", "answer")), (WEB, "F4")),
    "ticks-ambiguous": (filled(write=marks), (WEB, "F4")),
    "severity-ambiguous": (filled(write=further("Gravité", "severity")), (WEB, "F4")),
    "column-by-content": (filled(write=labels(severity="Poids")), (WEB, "C4")),
    "answers-ticked": (filled(write=ticks()), (WEB, "D3")),
    "answers-unnamed": (filled(write=labels(answer="Vulnérable")), (WEB, "D4")),
    "tab-name-unknown": (filled(write=lambda m, b: (usual(m, b), table(b.sheet("Volet 9"), [dict(p, id=f"Z-{n}", answer=None, comment=None) for n, p in enumerate(m.of("type"))], 4))),
                         ("Volet 9", None)),
    "tab-taken-type": (filled(write=tabs("Base commune", "Volet 3")), ("Volet 3", None)),
    "tab-taken-common": (filled(write=tabs("Volet 2", WEB)), ("Volet 2", None)),
    "tab-taken-whole": (filled(write=tabs_together), ("Feuil1", None)),
    "comments-joined": (filled(write=split_comment), (WEB, "E4")),
    "column-unread": (filled(write=advised), (WEB, "F4")),
    "ids-made": (filled(write=nameless), (WEB, None)),
}
# Told by other tests, which are named.
ELSEWHERE = {
    "answer-display-differs": "tests/e2e/test_check.sh", "open-elsewhere": "tests/e2e/test_check.sh", "ods": "tests/e2e/test_check.sh",
    "no-workbook": "tests/e2e/test_form.sh", "tab-ignored": "tests/forms/beside.py", "answers-unread": "tests/forms/loose.py", "ruleset-foreign": "tests/e2e/test_form.sh", "version-differs": "tests/forms/learnt.py", "age-unknown": "tests/forms/unseen.py", "initial-not-declared": "", "initial-differs": "", "initial-same": "", "initial-undated": "", "initial-unanswered": "",
}


def notes_of(run, path, *options):
    got = run.check(path, *options)
    return {(note["code"], note["sheet"], note["cell"]) for note in got["notes"]}, got


def look_at_notes(run, source):
    documented = re.search(r"Codes: (.*?) \|\n", (source / "docs/formats.md").read_text(encoding="utf-8")).group(1)
    for code in re.findall(r"`([a-z-]+)`", documented):
        if code not in CASES and code not in ELSEWHERE:
            run.wrong(code, "no case here")
        elif ELSEWHERE.get(code) and code not in (source / ELSEWHERE[code]).read_text(encoding="utf-8") and code not in ("open-elsewhere", "ods"):
            run.wrong(code, f"not in {ELSEWHERE[code]}")
    path = run.folder / "form.xlsx"
    filled()(path)
    usual_codes = {note[0] for note in notes_of(run, path)[0]}
    for code, (make, place) in CASES.items():
        make(path)
        notes, got = notes_of(run, path)
        places = [note[1:] for note in notes if note[0] == code]
        if not places or (place and not any(place[0] == sheet and place[1] in (None, cell) for sheet, cell in places)):
            run.wrong(code, f"{places}, expected {place}; {sorted({note[0] for note in notes})}")
        if code in usual_codes and code not in ("ruleset-none", "cvss-reminder", "field-not-found"):
            run.wrong(code, "the sound form has it too")
        if any(not note["message"] for note in got["notes"]):
            run.wrong(code, "a note without a sentence")


HOLLOW = ("-", "xy", "RAS", "R.A.S.", "Néant", "N/A", "NA", "non", "Oui", "OK", "NC", "n.c.", "Aucun", "aucune.", "Voir rapport", "Rien", "none", "Nothing", "Sans objet",
          "non applicable", "Non concerné", "À compléter")


def look_at_hollow(run):
    """A justification that says nothing, in its several writings."""
    path = run.folder / "hollow.xlsx"
    for text, told in (*((one, True) for one in HOLLOW), *((one, False) for one in ("Sans objet : aucune donnée.", "Non chiffré", "Aucun jeton.", "abc"))):
        filled(before=comments(text))(path)
        if (("justification-hollow", WEB) in {note[:2] for note in notes_of(run, path)[0]}) != told:
            run.wrong("justification-hollow", f"{text}, told: {not told}")
    # the same text from three points on, N/A as well as Non, wherever they stand; what is hollow is told as that
    for count, answers in ((2, ("Non", "Non")), (3, ("Non", "N/A", "N/A")), (4, ("Non", "N/A", "Non", "Non"))):
        def repeat(model, answers=answers):
            for point, answer in zip([*model.of("common")[:2], *model.of("type")[:2]], answers):
                point.update(answer=answer, comment="Voir le rapport d'audit, chapitre 4.")
            model.of("type")[5].update(answer="Oui", comment="Voir le rapport d'audit, chapitre 4.")
        filled(before=repeat)(path)
        told = [(note["sheet"], note["cell"], note.get("value")) for note in run.check(path)["notes"] if note["code"] == "justification-repeated"]
        if told != ([] if count < 3 else [("Base commune", "E5", str(count))]):
            run.wrong("justification-repeated", f"{count} times: {told}")


def look_at_lacks(run):
    """What every sound form of this file gets is not there where its reason is not; the files of other programs are those of this form only."""
    path = run.folder / "lacks.xlsx"

    def all_yes(model):
        for point in model.points:
            point.update(answer="Oui", comment=None)
    filled(before=all_yes)(path)
    if "cvss-reminder" in {note[0] for note in notes_of(run, path)[0]}:
        run.wrong("cvss-reminder", "told where nothing is answered Non")
    filled()(path)
    for name, told in ((".~lock.lacks.xlsx#", True), ("~$lacks.xlsx", True), (".~lock.other.xlsx#", False), ("~$other.xlsx", False), (".~lock.lacks.xlsx", False)):
        (path.parent / name).write_text("", encoding="utf-8")
        values = [note.get("value") for note in run.check(path)["notes"] if note["code"] == "open-elsewhere"]
        if values != ([name] if told else []):
            run.wrong("open-elsewhere", f"{name}: {values}")
        (path.parent / name).unlink()
    for name, head, told in (("ods", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", True), ("odt", b"mimetypeapplication/vnd.oasis.opendocument.text", False)):
        path.write_bytes(b"PK\3\4" + bytes(26) + head + bytes(200))
        if ("ods" in {note[0] for note in notes_of(run, path)[0]}) != told:
            run.wrong("ods", f"{name}, told: {not told}")


def info(changed=(), further=()):
    changed = dict(changed)
    return [(label, changed.get(label, value)) for label, value in INFO] + list(further)


def look_at_initials(run):
    """A re-evaluation that is none, or of another solution."""
    form, earlier, other = (run.folder / f"{name}.xlsx" for name in ("form", "earlier", "other"))
    filled()(form), filled()(earlier)
    filled(before=lambda model: model.info.__setitem__(1, ("Nom de la solution", "Autre")))(other)
    if "initial-not-declared" not in {note[0] for note in notes_of(run, form, "--initial", earlier)[0]}:
        run.wrong("initial-not-declared", "not told")
    if ("initial-differs", "Informations générales", "C4") not in notes_of(run, form, "--initial", other)[0]:
        run.wrong("initial-differs", "not told")
    referred = info(further=[("Référence du formulaire", "R-2"), ("Référence du formulaire initial", "R-1")])
    filled(before=lambda model: setattr(model, "info", referred))(form)
    filled(before=lambda model: setattr(model, "info", info(further=[("Référence du formulaire", "R-7")])))(other)
    if ("initial-differs", "Informations générales", "C15") not in notes_of(run, form, "--initial", other)[0]:
        run.wrong("initial-differs", "another reference is not told")
    if "initial-same" not in {note[0] for note in notes_of(run, form, "--initial", form)[0]}:
        run.wrong("initial-same", "not told")
    for name, end in (("no end", None), ("an end that is no day", "bientôt")):
        filled(before=lambda model: setattr(model, "info", info({"Date de fin des tests": end})))(other)  # noqa: B023
        notes, got = notes_of(run, form, "--initial", other)
        if "initial-undated" not in {note[0] for note in notes} or got["deposit_until"] or got["outcome"] != "met-reserve" or "age of the tests" not in got["message"]:
            run.wrong("initial-undated", f"{name}: {got['deposit_until']} {got['outcome']} {got['message']}")
    filled(before=lambda model: model.points[2].update(answer=None))(other)
    if ("initial-unanswered", None, None) not in notes_of(run, form, "--initial", other)[0]:
        run.wrong("initial-unanswered", "not told")


def look_at_fields(run):
    """A field under another name, named as the finding says: of its own kind, asked for as ever."""
    path, file, rules = run.folder / "form.xlsx", run.folder / "layout.json", run.folder / "rules.json"
    for label, other, known in (("Date de fin des tests", "Clôture", "test_end"), ("Éditeur", "Maison (< 3 personnes)", "editor")):
        def made(value, name=path, write=usual, other=other, label=label):
            filled(write=write, before=lambda model: setattr(model, "info", [(other if one == label else one, value if one == label else v) for one, v in model.info]))(name)
        usual_value = dict(INFO)[label]
        made(usual_value)
        got = run.check(path)
        told = [one for one in got["findings"] + got["notes"] if one.get("field") == known]
        if len(told) != 1 or f"({known})" not in told[0]["message"] or '"fields"' not in told[0]["remedy"]:
            run.wrong("field", f"{known}: {told}")
        file.write_text(json.dumps({"format": "paraphe-layout", "version": 1, "fields": [{"id": known, "labels": [other]}]}), encoding="utf-8")
        got = run.check(path, "--layout", file)
        if got["findings"] or known in [note.get("field") for note in got["notes"]] or not got["deposit_until"]:
            run.wrong("field", f"{known}: not read with its layout {got['findings']}")
        rules.unlink(missing_ok=True)
        made(None, run.folder / "blank.xlsx", lambda model, book: usual(model.blank(), book))
        run("form", "learn", run.folder / "blank.xlsx", "-o", rules, "--source", "un essai", "--layout", file)
        for value, rule in ((None, "meta-missing"), ("pas encore", "date-invalid" if known == "test_end" else None)):
            made(value)
            for options in ((), ("--ruleset", rules)):
                got = run.check(path, "--layout", file, *options)
                if [finding["rule"] for finding in got["findings"] if finding["cell"]] != ([rule] if rule else []):
                    run.wrong("field", f"{known}, {value}, {options}: {got['findings']}, expected {rule}")
    # a rule set that asks for no day
    learnt = json.loads(rules.read_text(encoding="utf-8"))
    for field in [field for field in learnt["information"]["fields"] if field.get("id") == "test_end"]:
        field.update(kind="text", required=False)
    rules.write_text(json.dumps(learnt), encoding="utf-8")
    for value, rule in ((None, "meta-missing"), ("pas encore", "date-invalid")):
        filled(before=lambda model: setattr(model, "info", info({"Date de fin des tests": value, "Éditeur": None}, [("Maison (< 3 personnes)", "M")])))(path)  # noqa: B023
        got = run.check(path, "--layout", file, "--ruleset", rules)
        if rule not in [finding["rule"] for finding in got["findings"]]:
            run.wrong("field", f"no day asked for, {value}: {got['outcome']} {got['findings']}")


def look_at_texts(run, source):
    """Every rule of RULES.md has a sentence and a remedy in French and English."""
    rules = set(re.findall(r"^\| `([a-z-]+)` \|", (source / "tests/forms/specimens/RULES.md").read_text(encoding="utf-8"), re.M)) - {"form", "kind", "type", "initial", "counts", "verdict", "findings", "erreur", "rejet", "avertissement", "level"}
    for lang in ("fr", "en"):
        texts = (source / f"po/{lang}/grid.po").read_text(encoding="utf-8")
        for rule in rules:
            for name in (f"grid.rule.{rule}", f"grid.rule.{rule}.remedy"):
                if not re.search(rf'msgid "{re.escape(name)}"\nmsgstr ".+"', texts):
                    run.wrong(rule, f"{name} is not in {lang}")
    if len(rules) < 40:
        run.wrong("RULES.md", f"{len(rules)} rules")


def look_at_layouts(run, source):
    """Each line of a layout file that a remedy gives is one that the program takes."""
    lines, file = set(), run.folder / "layout.json"
    for lang in ("fr", "en"):
        for text in re.findall(r'msgid "grid\.[^"]*\.remedy"\nmsgstr "(.*)"', (source / f"po/{lang}/grid.po").read_text(encoding="utf-8")):
            text = re.sub(r"\{([0-9])j\}", r'"{\1}"', text.replace('\\"', '"'))
            for found in re.finditer(r'"([a-z]+)": (?=\[\{|\{)', text):
                value, _end = json.JSONDecoder().raw_decode(text, found.end())
                lines.add(json.dumps({"format": "paraphe-layout", "version": 1, found.group(1): value}))
    filled()(run.folder / "form.xlsx")
    for line in sorted(lines):
        file.write_text(line, encoding="utf-8")
        done = run("check", "--json", "--deposit-date", "2026-11-23", "--layout", file, run.folder / "form.xlsx")
        if done.returncode:
            run.wrong(line, done.stderr.strip())
    if len(lines) < 15:
        run.wrong("layout", f"{len(lines)} lines")


def rival(label, head="Réponse de l'auditeur (Oui, Non, N/A)"):
    """A column that says the contrary of the answers."""
    def write(model, book):
        usual(model, book, head=[*[head if key == "answer" else name for key, name in zip(KEYS, HEAD)], label], keys=[*KEYS, contrary])
    return write


def retitled(write, column, title):
    """The form after its user wrote a title into the header."""
    def change(model, book):
        write(model, book)
        for sheet in book.sheets:
            if any(row == 4 and value == "ID" for (row, _column), value in sheet.cells.items()):
                sheet.put(4, column, title)
    return change


def look_at_remedies(run):
    """Whoever does what a note about a column says gets the form read, as the note says."""
    path, file, model = run.folder / "form.xlsx", run.folder / "layout.json", Model()
    straight, turned = model.counts(), Model()
    for point in turned.points:
        point["answer"] = contrary(point)
    turned = turned.counts()

    def followed(code, write, lang, which, mend=None):
        filled(write=write)(path)
        found = [note for note in json.loads(run("check", "--json", "--lang", lang, "--deposit-date", "2026-11-23", path).stdout)["notes"] if note["code"] == code]
        if not found or found[0]["cell"] not in found[0]["remedy"] + found[0]["message"]:
            run.wrong(code, f"no note, or without its place: {found}")
            return None
        if mend:
            filled(write=mend)(path)
        lines = [json.JSONDecoder().raw_decode(found[0]["remedy"], at.end())[0] for at in re.finditer(r'"columns": (?=\{)', found[0]["remedy"])]
        file.write_text(json.dumps({"format": "paraphe-layout", "version": 1, "columns": lines[which]} if lines else {"format": "paraphe-layout", "version": 1}), encoding="utf-8")
        return run.check(path, "--layout", file)
    untitled = rival(None)
    for lang in ("fr", "en"):
        for name, code, write, which, mend, counts in (
                ("no title", "answers-unnamed", labels(answer=None), 0, retitled(labels(answer=None), ANSWER, "Réponse"), straight),
                ("quotes and lines", "answers-unnamed", labels(answer='Statut\n"vu"\\ (auditeur) \u2013 vulnérable \u200b'), 0, None, straight),
                ("a long label", "answers-unnamed", labels(answer="Vulnérable : " + "selon celui qui a fait les essais, " * 4), 0, None, straight),
                ("signs", "answers-unnamed", labels(answer="Écart < 3 ou > 7"), 0, None, straight),
                ("too long a label", "answers-unnamed", labels(answer="Vulnérable : " + "selon celui qui a fait les essais, " * 8), 0,
                 retitled(labels(answer="x"), ANSWER, "Réponse"), straight),
                ("a rival without title counts", "column-ambiguous", untitled, 0, retitled(untitled, 6, "Avis"), turned),
                ("a rival without title does not count", "column-ambiguous", untitled, 1, retitled(untitled, 6, "Avis"), straight),
                ("the same title", "column-ambiguous", rival("Réponse", "Réponse"), 0, retitled(rival("Réponse", "Réponse"), 6, "Avis"), turned),
                ("answers beside marks", "ticks-ambiguous", marks, 0, None, straight),
                ("marks beside answers", "ticks-ambiguous", marks, 1, None, turned)):
            got = followed(code, write, lang, which, mend)
            if got and got["counts"] != counts:
                run.wrong(code, f"{name}, {lang}: {got['counts']}, expected {counts}")
    filled(write=rival("Réponse", "Réponse"))(path)
    file.write_text(json.dumps({"format": "paraphe-layout", "version": 1, "columns": {"answer": ["Réponse"]}}), encoding="utf-8")
    if run.check(path, "--layout", file)["outcome"]:
        run.wrong("column-ambiguous", "a layout that names two columns decides nothing")


def look_at_values(run):
    """Answers, severities, identifiers and dates are shown, escaped; a comment or another text never."""
    path = run.folder / "form.xlsx"

    def change(_model, book):
        sheet = sheet_of(book, WEB)
        sheet.put(5, ANSWER, "Peut\x1b[31m-être")
        sheet.put(6, COMMENT, "secret de l'audit \u202e ici"), sheet.put(6, ANSWER, "Non")
        sheet.put(7, 3, "Bizarre")
        sheet_of(book, "Informations générales").put(9, 3, "le sept")
        sheet_of(book, "Informations générales").put(3, 3, "Maison secrète \u202e")
    filled(change)(path)
    got = run.check(path)
    values = {finding["rule"]: finding.get("value") for finding in got["findings"]}
    if values.get("answer-invalid") != "Peut\x1b[31m-être" or values.get("severity-altered") != "Bizarre" or values.get("date-invalid") != "le sept":
        run.wrong("values", f"{values}")
    if values.get("text-bidi-control", "absent") is not None or "secret" in json.dumps(got, ensure_ascii=False):
        run.wrong("values", "a comment or another text is shown")
    # nor in a sentence: there the value is escaped, and of a long one the beginning is enough
    long = "Sans doute, mais " * 20
    for lang in ("fr", "en"):
        got = json.loads(run("check", "--json", "--lang", lang, "--deposit-date", "2026-11-23", path).stdout)
        said = [text for one in got["findings"] + got["notes"] for text in (one["message"], one["remedy"] or "")] + [got["message"]]
        if any(ord(c) < 32 and c != "\n" or c in "\u202e" for text in said for c in text) or not any("Peut" in text and "[31m" in text for text in said):
            run.wrong("values", f"{lang}: a sentence with a control character, or without the answer")

    def lengthy(_model, book):
        sheet_of(book, WEB).put(5, ANSWER, long)
    other = run.folder / "long.xlsx"
    filled(lengthy)(other)
    finding = next(one for one in run.check(other)["findings"] if one["rule"] == "answer-invalid")
    if finding["value"] != long or long[:40] not in finding["message"] or long[:100] in finding["message"]:
        run.wrong("values", f"a long answer: {finding}")
    filled(lambda _model, book: sheet_of(book, "Informations générales").put(10, 3, "2027-01-02"))(other)
    for lang, day in (("fr", "02/01/2027"), ("en", "2027-01-02")):
        got = json.loads(run("check", "--json", "--lang", lang, "--deposit-date", "2026-11-23", other).stdout)
        if not [one for one in got["findings"] if one["rule"] == "date-future" and one["value"] == "2027-01-02" and day in one["message"]]:
            run.wrong("values", f"{lang}: a day {got['findings']}")
    shown = run("check", "--deposit-date", "2026-11-23", path).stdout
    if "\x1b" in shown or "Peut" not in shown or "secret" in shown:
        run.wrong("values", "not escaped, or a comment on the terminal")


def main():
    source = pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        look_at_notes(run, source)
        look_at_hollow(run)
        look_at_lacks(run)
        look_at_initials(run)
        look_at_fields(run)
        look_at_texts(run, source)
        look_at_values(run)
        look_at_layouts(run, source)
        look_at_remedies(run)
    return run.ended(f"{len(CASES)} notes")


if __name__ == "__main__":
    sys.exit(main())
