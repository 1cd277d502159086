#!/usr/bin/python3
"""Forms made from a model: every point and field × every rule, with identifiers, tabs, columns, labels, places and writings
shuffled. What is expected comes from the model and the one change made to it, never from reading the workbook back.

    generated.py PARAPHE [SEED]
"""
import copy
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workbook import Workbook, address, formula  # noqa: E402

DEPOSIT = datetime.date(2026, 11, 23)
INFO_NAMES = ["Informations générales", "Identification", "Renseignements"]
COLUMN_LABELS = {
    "point": ["ID", "Identifiant", "N°", "Réf."], "theme": ["Thème", "Catégorie"], "owasp": ["OWASP"],
    "wording": ["Point de contrôle", "Exigence", "Libellé"], "severity": ["Gravité", "Criticité", "Niveau de gravité"],
    "answer": ["Conforme (Oui / Non / N/A)", "Réponse", "Conformité"],
    "comment": ["Commentaire / justification", "Commentaires", "Justification"],
}
FIELDS = [("editor", "Éditeur", "text", True), ("editor_nru", "NRU", "text", False), ("solution", "Solution", "text", True),
          ("solution_version", "Version majeure", "text", True), ("application_type", "Type d'application", "type", True),
          ("passi", "Prestataire PASSI", "text", True), ("auditor", "Auditeur", "text", True),
          ("test_start", "Date de début des tests", "date", True), ("test_end", "Date de fin des tests", "date", True),
          ("report_date", "Date du rapport", "date", True), ("form_version", "Version du formulaire", "text", True),
          ("reevaluation", "Réévaluation (Oui / Non)", "yesno", True),
          ("initial_reference", "Référence du formulaire initial", "text", False)]
TEXTS = ["L’accès au service demande une authentification forte.", "Aucun secret n’est écrit dans les journaux.",
         "Les échanges sont chiffrés (TLS 1.2 au moins).", "Les données exportées ne contiennent pas de donnée de santé.",
         "La session expire après un temps d'inactivité.", "Les entrées sont contrôlées avant emploi."]
COMMENT = "Constaté en environnement de recette le 12/09 ; correctif prévu."


class Form:
    """The model: a rule set, answers and fields, and how it will be written."""

    def __init__(self, rng, kind):
        self.rng, self.kind = rng, kind
        self.ruleset = make_ruleset(rng)
        self.tabs = {tab["name"]: [dict(point, answer=None, comment="", hidden=False) for point in tab["points"]]
                     for tab in self.ruleset["tabs"] if (tab["role"] == "proxy") == (kind == "proxy")}
        types = [tab for tab in self.ruleset["tabs"] if tab["role"] == ("proxy" if kind == "proxy" else "type")]
        self.type_tab = rng.choice(types)
        self.kept = [tab["name"] for tab in self.ruleset["tabs"] if tab["role"] == "common" and kind == "lps"] + [self.type_tab["name"]]
        for name in self.kept:
            for row in self.tabs[name]:
                row["answer"] = "Oui"
        self.fields = {"editor": "Maison d'édition", "editor_nru": None, "solution": "Produit", "solution_version": "7",
                       "application_type": self.type_tab["name"], "passi": "Audit SA", "auditor": "A. Teur",
                       "test_start": datetime.date(2026, 9, 7), "test_end": datetime.date(2026, 9, 11),
                       "report_date": datetime.date(2026, 9, 18), "form_version": self.ruleset["form_version"],
                       "reevaluation": "Non", "initial_reference": None}
        self.findings, self.places, self.written = [], {}, {}
        self.extra_rows, self.extra_sheets = {}, []

    def expect(self, rule, level="erreur", sheet=None, cell=None, point=None):
        """`cell`: (tab, index, column) or a field's id, found when written."""
        self.findings.append((rule, level, sheet, cell, point))


def shape_of(ident):
    return "".join("A" if c.isalpha() else "0" if c.isdigit() else c for c in ident)


def make_ruleset(rng):
    style = rng.choice(["{}-{:02d}", "{}{:02d}", "{}.{:02d}", "{}-{:03d}"])
    numeric = rng.random() < 0.2
    tabs, shapes = [], set()
    names = [("Base commune", "common", None, "C"), ("Application web", "type", "application-web", "W"),
             ("Client lourd 3-tiers et plus", "type", "client-lourd-3tiers", "T"), ("Proxy PSC", "proxy", "proxy-psc", "P")]
    if rng.random() < 0.5:
        names = [("Socle transverse", "common", None, "S"), ("Site internet", "type", "application-web", "I"),
                 ("Appli poste", "type", "client-lourd-2tiers", "D"), ("Mandataire", "proxy", "proxy-psc", "M")]
    for number, (name, role, kind, letter) in enumerate(names, 1):
        points = []
        for n in range(1, rng.randint(4, 6) + 1):
            ident = f"{number}.{n}" if numeric else style.format(letter, n)
            shapes.add(shape_of(ident))
            points.append({"id": ident, "theme": "Thème", "owasp": "A01:2021",
                           "severity": ("Haute", "Moyenne", "NA")[(n + number) % 3], "wording": f"{rng.choice(TEXTS)} ({ident})"})
        tabs.append({"id": name, "name": name, "role": role, "type": kind, "points": points})
    return {"format": "paraphe-ruleset", "version": 1, "id": f"gen-{rng.randrange(10 ** 9)}", "title": "Essai", "specimen": False,
            "form_version": f"V{rng.randrange(10 ** 6)}", "id_shapes": sorted(shapes), "thresholds": {"medium_non_max": 2},
            "information": {"sheet": rng.choice(INFO_NAMES),
                            "fields": [dict(zip(("id", "label", "kind", "required"), field)) for field in FIELDS]}, "tabs": tabs}


def noisy_label(rng, label):
    changes = [lambda s: s, str.upper, lambda s: "  " + s + " ", lambda s: s + " :", lambda s: s + " *",
               lambda s: unicodedata.normalize("NFD", s), lambda s: s.replace(" ", "\u00a0"),
               lambda s: "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))]
    return rng.choice(changes)(label)


def noisy_answer(rng, answer):
    if answer == "N/A":
        return rng.choice(["N/A", "n/a", "NA", " N/A", "N/A\u00a0"])
    return rng.choice([answer, answer.upper(), answer.lower(), f" {answer}", f"{answer}\u00a0", f"\u202f{answer}"])


def noisy_wording(rng, wording):
    return rng.choice([wording, unicodedata.normalize("NFD", wording), wording.replace(" ", "  "), f" {wording}\n",
                       wording.replace(" ", "\u00a0"), wording.replace(" ", "\n", 1)])


def write_tab(form, book, name):
    rng, sheet = form.rng, book.sheet(noisy_label_sheet(form.rng, name))
    order = list(COLUMN_LABELS)
    rng.shuffle(order)
    for _ in range(rng.randint(0, 2)):
        order.insert(rng.randrange(len(order) + 1), rng.choice(["Interne", "Suivi éditeur", "Photo"]))
    first, header = rng.choice((1, 2, 3, 25)), rng.randint(1, 9)  # 25: over the letter Z
    columns = {column: first + at for at, column in enumerate(order)}
    for column, at in columns.items():
        label = rng.choice(COLUMN_LABELS[column]) if column in COLUMN_LABELS else column
        sheet.put(header, at, noisy_label(rng, label))
    for row in range(1, header):
        sheet.put(row, first, rng.choice([f"{name} – points de contrôle", "Une réponse par point", None]))
    row = header + 1
    for index, line in enumerate(form.tabs[name] + form.extra_rows.get(name, [])):
        if rng.random() < 0.15:
            sheet.put(row, first, rng.choice(["Sous-partie", None, "Total"]))
            row += 1
        values = {"point": f" {line['id']}" if rng.random() < 0.1 else line["id"], "theme": line["theme"], "owasp": line["owasp"],
                  "wording": line["wording"] if line.get("exact") else noisy_wording(rng, line["wording"]),
                  "severity": rng.choice([line["severity"], line["severity"].upper(), line["severity"] + " "]),
                  "answer": noisy_answer(rng, line["answer"]) if line["answer"] in ("Oui", "Non", "N/A") else line["answer"],
                  "comment": line["comment"] or None}
        for column, value in values.items():
            sheet.put(row, columns[column], value)
            form.places[name, index, column] = (sheet.name, address(row, columns[column]))
            form.written[form.places[name, index, column]] = value
        if line["hidden"]:
            sheet.hidden_rows.add(row)
        row += 1
    form.places[name] = sheet.name


def noisy_label_sheet(rng, name):
    return rng.choice([name, name.upper(), f" {name}", unicodedata.normalize("NFD", name)])


def write_info(form, book):
    rng, name = form.rng, form.ruleset["information"]["sheet"]
    sheet = book.sheet(noisy_label_sheet(rng, name))
    row, column = rng.randint(1, 6), rng.randint(1, 3)
    merged = rng.random() < 0.3
    fields = list(FIELDS)
    rng.shuffle(fields)
    for ident, label, _kind, _required in fields:
        if rng.random() < 0.2:
            sheet.put(row, column, "Rubrique")
            row += 1
        sheet.put(row, column, noisy_label(rng, label))
        at = column + 1
        if merged:
            sheet.merges.append(f"{address(row, column)}:{address(row, column + 1)}")
            at = column + 2
        value = form.fields[ident]
        if isinstance(value, datetime.date):
            value = rng.choice([value, value, value.isoformat(), value.strftime("%d/%m/%Y"), f" {value.strftime('%d/%m/%Y')} "])
        sheet.put(row, at, value)
        sheet.put(row, at + 1, rng.choice(["Aide à la saisie", None]))
        form.places[ident] = (sheet.name, address(row, at))
        form.written[form.places[ident]] = value
        row += 1
    form.places["info"] = sheet.name


def write(form, path):
    rng = form.rng
    book = Workbook(strict=rng.random() < 0.3, prefix=rng.choice(["", "", "x"]), shared=rng.random() < 0.5,
                    rich=rng.random() < 0.3, dates=rng.choice(["1900", "1904", "iso"]), bare=rng.random() < 0.3,
                    parts=rng.choice(["xl/", "", "a/b/"]), absolute=rng.random() < 0.3, macro=path.suffix == ".xlsm",
                    utf16=rng.random() < 0.2, ignorable=rng.random() < 0.3)
    writers = [lambda: write_info(form, book)] + [lambda name=name: write_tab(form, book, name) for name in form.tabs]
    if rng.random() < 0.5:
        writers.append(lambda: book.sheet("Lisez-moi").put(1, 1, "Éditeur : voir la notice"))
    rng.shuffle(writers)
    for writer in writers:
        writer()
    for build in form.extra_sheets:
        build(book)
    book.save(path)


# ---- changes: each takes the form and makes one thing wrong, and says what is to be found ----

def point_changes(form):
    """(name, change) for one point; `tab`, `index` name it."""
    def removed(tab, index):
        ident = form.tabs[tab].pop(index)["id"]
        form.expect("point-missing", sheet=tab, point=ident)

    def doubled(tab, index):
        line = copy.deepcopy(form.tabs[tab][index])
        form.extra_rows[tab] = [dict(line, answer="Non", comment="")]
        form.expect("point-duplicate", cell=(tab, len(form.tabs[tab]), "point"), point=line["id"])

    def unknown(tab, index):
        line = copy.deepcopy(form.tabs[tab][index])
        ident = "".join("Z" if c.isalpha() else "9" if c.isdigit() else c for c in line["id"])
        form.extra_rows[tab] = [dict(line, id=ident)]
        form.expect("point-unknown", cell=(tab, len(form.tabs[tab]), "point"), point=ident)

    def severity(tab, index):
        line = form.tabs[tab][index]
        line["severity"] = {"Haute": "Moyenne", "Moyenne": "NA", "NA": "Haute"}[line["severity"]]
        form.expect("severity-altered", cell=(tab, index, "severity"), point=line["id"])

    def wording(tab, index):
        line = form.tabs[tab][index]
        line.update(wording=line["wording"].replace("e", "é", 1), exact=True)
        form.expect("wording-altered", cell=(tab, index, "wording"), point=line["id"])

    def no_answer(tab, index):
        form.tabs[tab][index]["answer"] = form.rng.choice([None, " ", "\u00a0 "])
        form.expect("answer-missing", cell=(tab, index, "answer"), point=form.tabs[tab][index]["id"])

    def wrong_answer(tab, index):
        form.tabs[tab][index]["answer"] = form.rng.choice(["oui.", "Peut-être", "0ui", "Oui Non", "О" + "ui", "N / A", "x", 1, True])
        form.expect("answer-invalid", cell=(tab, index, "answer"), point=form.tabs[tab][index]["id"])

    def formula_answer(tab, index):
        form.tabs[tab][index]["answer"] = formula('IF(1=1,"Oui","Non")', form.rng.choice(["Oui", None]))
        form.expect("answer-formula", cell=(tab, index, "answer"), point=form.tabs[tab][index]["id"])

    def no_comment(tab, index):
        form.tabs[tab][index].update(answer=form.rng.choice(["Non", "N/A"]), comment=form.rng.choice(["", " \n\u00a0", "\u200b\ufeff"]))
        form.expect("comment-missing", cell=(tab, index, "comment"), point=form.tabs[tab][index]["id"])

    def hidden(tab, index):
        form.tabs[tab][index]["hidden"] = True
        form.expect("row-hidden", "avertissement", cell=(tab, index, "point"), point=form.tabs[tab][index]["id"])

    def bidi(tab, index):
        form.tabs[tab][index]["comment"] = "rapport\u202efdp.exe"
        form.expect("text-bidi-control", cell=(tab, index, "comment"), point=form.tabs[tab][index]["id"])

    def control(tab, index):
        form.tabs[tab][index]["comment"] = "saut\x0bvertical \x00 et \x1b fin"
        form.expect("text-control-char", "avertissement", cell=(tab, index, "comment"), point=form.tabs[tab][index]["id"])

    def long(tab, index):
        form.tabs[tab][index]["comment"] = "é" * 32768
        form.expect("text-too-long", cell=(tab, index, "comment"), point=form.tabs[tab][index]["id"])

    def not_too_long(tab, index):
        form.tabs[tab][index]["comment"] = "\U0001f600" * 16383 + "é"

    def non(tab, index):
        line = form.tabs[tab][index]
        line.update(answer="Non", comment=COMMENT)
        if line["severity"] == "Haute":
            form.expect("high-non", "rejet", cell=(tab, index, "answer"), point=line["id"])

    def not_applicable(tab, index):
        line = form.tabs[tab][index]
        line.update(answer="N/A", comment=COMMENT)
        if line["severity"] == "Haute":
            form.expect("high-na", "avertissement", cell=(tab, index, "answer"), point=line["id"])

    return [removed, doubled, unknown, severity, wording, no_answer, wrong_answer, formula_answer, no_comment, hidden, bidi,
            control, long, not_too_long, non, not_applicable]


def field_changes(form):
    def typeless():
        form.kept = form.kept[:-1] if form.kind == "lps" else form.kept
        form.type_tab = None
        if form.kind == "lps":
            form.expect("tab-unexpected", cell="first-answer")

    def missing(ident, _kind, required):
        form.fields[ident] = form.rng.choice([None, " ", "\u200b"])
        if ident == "application_type":
            typeless()
        if required:
            form.expect("meta-missing", cell=ident)

    def wrong_date(ident, kind, _required):
        if kind == "date":
            form.fields[ident] = form.rng.choice(["courant septembre", "31/02/2026", "2026-13-01", "11/09/26", -5])
            form.expect("date-invalid", cell=ident)

    def wrong_choice(ident, kind, _required):
        if kind == "yesno":
            form.fields[ident] = "Peut-être"
            form.expect("meta-invalid", cell=ident)
        if kind == "type":
            form.fields[ident] = "Machine à écrire"
            typeless()
            form.expect("meta-invalid", cell=ident)

    def future(ident, kind, _required):
        if kind == "date":
            form.fields[ident] = DEPOSIT + datetime.timedelta(days=1)
            form.expect("date-future", cell=ident)
            if ident == "test_start":
                form.expect("date-order", cell="test_end")
            if ident == "test_end":
                form.expect("date-order", cell="report_date")

    def on_the_day(ident, kind, _required):
        if kind == "date" and ident == "report_date":
            form.fields[ident] = DEPOSIT

    def doubtful(ident, kind, _required):
        if kind == "text" and ident not in ("form_version",):
            form.fields[ident] = "abc\u2066def"
            form.expect("text-bidi-control", cell=ident)

    return [missing, wrong_date, wrong_choice, future, on_the_day, doubtful]


def whole_changes(form):
    rng = form.rng

    def medium(number):
        def change():
            # A rule set of this test allows two; the forms have at least as many medium points as are needed.
            done = 0
            for tab in form.kept:
                for line in form.tabs[tab]:
                    if line["severity"] == "Moyenne" and done < number:
                        line.update(answer="Non", comment=COMMENT)
                        done += 1
            if done > 2:
                form.expect("medium-over-limit", "rejet")
            elif done == 2:
                form.expect("medium-at-limit", "avertissement")
        return change

    def expired():
        form.fields.update(test_start=datetime.date(2025, 11, 20), test_end=datetime.date(2025, 11, 23),
                           report_date=datetime.date(2025, 12, 1))
        form.expect("date-expired", cell="test_end")

    def last_day():
        form.fields.update(test_start=datetime.date(2025, 11, 20), test_end=datetime.date(2025, 11, 24),
                           report_date=datetime.date(2025, 12, 1))

    def end_before_start():
        form.fields["test_start"] = datetime.date(2026, 9, 12)
        form.expect("date-order", cell="test_end")

    def report_before_end():
        form.fields["report_date"] = datetime.date(2026, 9, 10)
        form.expect("date-order", cell="report_date")

    def no_reference():
        form.fields["reevaluation"] = "oui"
        form.expect("reeval-reference-missing", cell="initial_reference")

    def empty_tab():
        name = form.kept[0]
        for line in form.tabs[name]:
            line["answer"] = None
        form.expect("tab-empty", sheet=name)

    def missing_tab():
        name = form.kept[0]
        del form.tabs[name]
        form.expect("tab-missing", sheet=("exact", name))
        if form.kind == "proxy":
            form.kept = [name]

    def other_tab():
        if form.kind != "lps":
            return
        name = next(tab["name"] for tab in form.ruleset["tabs"] if tab["role"] == "type" and tab is not form.type_tab)
        form.tabs[name][0]["answer"] = "Oui"
        form.expect("tab-unexpected", cell=(name, 0, "answer"))

    def mismatch():
        if form.kind != "lps":
            return
        name = next(tab["name"] for tab in form.ruleset["tabs"] if tab["role"] == "type" and tab is not form.type_tab)
        form.tabs[name], mine = [dict(line, answer="Oui") for line in form.tabs[name]], form.tabs[form.type_tab["name"]]
        for line in mine:
            line["answer"] = None
        form.expect("type-mismatch", cell="application_type")

    def copy_of_tab():
        name = form.kept[-1]

        def build(book):
            sheet = book.sheet("Copie", rng.choice(["visible", "hidden", "veryHidden"]))
            for at, label in enumerate(["ID", "Libellé", "Réponse"], 1):
                sheet.put(3, at, label)
            sheet.put(4, 1, form.tabs[name][0]["id"])
            sheet.put(4, 3, "Non")
        form.extra_sheets.append(build)
        form.expect("sheet-duplicate", sheet=("exact", "Copie"))

    def large():
        name = form.kept[-1]

        def build(book):
            sheet = next(s for s in book.sheets if s.name == form.places[name])
            sheet.declared = "A1:XFD1048576"
        form.extra_sheets.append(build)
        form.expect("dimension-excessive", "avertissement", sheet=name)

    return [medium(1), medium(2), medium(3), expired, last_day, end_before_start, report_before_end, no_reference, empty_tab,
            missing_tab, other_tab, mismatch, copy_of_tab, large]


# ---- running ----

def expected_of(form):
    counts = {severity: dict.fromkeys(("Oui", "Non", "N/A", "vide", "invalide"), 0) for severity in ("Haute", "Moyenne", "NA")}
    for tab in form.ruleset["tabs"]:
        if tab["name"] not in form.kept:
            continue
        lines = {line["id"]: line for line in reversed(form.tabs.get(tab["name"], []))}
        for point in tab["points"]:
            answer = lines.get(point["id"], {"answer": None})["answer"]
            empty = answer is None or (isinstance(answer, str) and not answer.strip() and not hasattr(answer, "cached"))
            plain = isinstance(answer, str) and not hasattr(answer, "cached") and answer in ("Oui", "Non", "N/A")
            counts[point["severity"]][answer if plain else "vide" if empty else "invalide"] += 1
    found = []
    for rule, level, sheet, cell, point in form.findings:
        if isinstance(sheet, tuple):
            sheet = sheet[1]
        elif sheet is not None:
            sheet = form.places[sheet]
        if cell == "first-answer":
            cell = next((name, index, "answer") for name in form.tabs if name not in form.kept
                        for index, line in enumerate(form.tabs[name]) if line["answer"])
        if cell is not None:
            sheet, cell = form.places[cell]
        found.append([rule, level, sheet, cell, point])
    levels = {level for _rule, level, *_rest in form.findings}
    verdict = "formulaire invalide" if "erreur" in levels else "non validé" if "rejet" in levels else "validé"
    return {"counts": counts, "verdict": verdict, "kind": form.kind, "type": form.type_tab["type"] if form.type_tab else None,
            "findings": sorted(found, key=str)}


SHOWN = {"answer-invalid", "answer-formula", "severity-altered", "point-unknown", "point-duplicate", "date-invalid", "date-future", "date-order",
         "date-expired", "high-non", "high-na", "reeval-out-of-scope"}


def shown_in(form, finding):
    """The value that a finding shows: what stands in the cell, of an answer, a severity, an identifier or a date; of a field that is missing its
    label; of all else nothing."""
    at = finding["sheet"], finding["cell"]
    value = form.written.get(at)
    if finding["rule"] == "meta-missing":
        return next(label for ident, label, *_rest in FIELDS if form.places.get(ident) == at)
    if finding["rule"] not in SHOWN and not (finding["rule"] == "meta-invalid" and at == form.places.get("reevaluation")):
        return None
    value = getattr(value, "cached", value) if hasattr(value, "cached") else value
    value = str(value).upper() if isinstance(value, bool) else value.isoformat() if isinstance(value, datetime.date) else value
    value = value if value is None else str(value).strip()
    return "N/A" if value and value.upper() == "NA" and finding["rule"] != "severity-altered" else value


def plain(text):
    """A label without what noisy_label adds; answers without their blanks and their case."""
    text = "".join(c for c in unicodedata.normalize("NFD", text or "") if not unicodedata.combining(c))
    return " ".join(text.replace("\u00a0", " ").strip(" :*").split()).lower() or None


def run_batch(program, folder, batch, *options):
    """All forms of a batch share a rule set."""
    rules = folder / "rules.json"
    rules.write_text(json.dumps(batch[0][1].ruleset, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run([program, "check", "--json", "--ruleset", str(rules), "--deposit-date", DEPOSIT.isoformat(), *options,
                           *[str(path) for path, _form, _name in batch]], capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if '"format":"paraphe-group"' not in line]
    wrong = []
    if len(lines) != len(batch):
        return [f"{len(lines)} answers for {len(batch)} forms: {done.stderr[:400]}"]
    for line, (path, form, name) in zip(lines, batch):
        got, wanted = json.loads(line), expected_of(form)
        ours = {key: got[key] for key in ("counts", "verdict", "kind", "type")}
        ours["findings"] = sorted(([f["rule"], f["level"], f["sheet"], f["cell"], f["point"]] for f in got["findings"]), key=str)
        for finding in got["findings"]:
            if plain(finding.get("value")) != plain(shown_in(form, finding)):
                wrong.append(f"{name} ({path.name}): {finding} shows something else than {shown_in(form, finding)}")
        for key, value in wanted.items():
            if ours[key] != value:
                wrong.append(f"{name} ({path.name}): {key}\n    is       {ours[key]}\n    expected {value}")
    return wrong


def make_all(seed, folder):
    """Batches of (path, form, name); every form of a batch has the same rule set and another writing."""
    rng = random.Random(seed)
    for kind in ("lps", "lps", "proxy"):
        base = Form(random.Random(rng.random()), kind)
        batch = []

        def add(name, change):
            form = copy.deepcopy(base)
            form.rng = random.Random(rng.random())
            form.type_tab = next((tab for tab in form.ruleset["tabs"] if tab["name"] == base.type_tab["name"]), None)
            change(form)
            path = folder / f"{len(batch):04d}{rng.choice(['.xlsx', '.xlsm'])}"
            write(form, path)
            batch.append((path, form, name))

        add("sound", lambda form: None)
        for tab in base.kept:
            for index in range(len(base.tabs[tab])):
                for at in range(len(point_changes(base))):
                    add(f"{point_changes(base)[at].__name__} {tab} {index}",
                        lambda form, at=at, tab=tab, index=index: point_changes(form)[at](tab, index))
        for ident, _label, field_kind, required in FIELDS:
            for at in range(len(field_changes(base))):
                add(f"{field_changes(base)[at].__name__} {ident}",
                    lambda form, at=at, ident=ident, k=field_kind, r=required: field_changes(form)[at](ident, k, r))
        for at in range(len(whole_changes(base))):
            add(f"{whole_changes(base)[at].__name__}", lambda form, at=at: whole_changes(form)[at]())
        yield batch


def main():
    program, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    total, wrong = 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for batch in make_all(seed, folder):
            total += len(batch)
            wrong += run_batch(program, folder, batch)
    print("\n".join(wrong[:20]))
    print(f"seed {seed}: {total} forms, {len(wrong)} differences")
    return 1 if wrong or total < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
