#!/usr/bin/python3
"""Forms in layouts that no rule set knows: other labels and languages, header rows of two, answers that are ticked, values below their
labels, tabs in parts, identifiers of any shape. Each is written from one model, blank and filled; it is read right without a rule set
and with the one that is learnt from the blank form, or what was not understood is said, and a layout file mends it.

    unseen.py PARAPHE
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workbook import Workbook, address  # noqa: E402

INFO = [("Éditeur", "Maison"), ("Nom de la solution", "Suivi"), ("Version majeure", "7"), ("Type d'application", "Application web"),
        ("Prestataire PASSI", "Audit SA"), ("Auditeur", "A. Teur"), ("Date de début des tests", datetime.date(2026, 9, 7)),
        ("Date de fin des tests", datetime.date(2026, 9, 11)), ("Date du rapport", datetime.date(2026, 9, 18)),
        ("Version du formulaire", "2026-R7"), ("Réévaluation", "Non")]
ENGLISH = [("Vendor", "House"), ("Product name", "Follow"), ("Major version", "7"), ("Application type", "Web application"),
           ("Audit provider", "Audit"), ("Auditor name", "A. Tor"), ("Test start date", datetime.date(2026, 9, 7)),
           ("Test end date", datetime.date(2026, 9, 11)), ("Report date", datetime.date(2026, 9, 18)), ("Form version", "2026-R7"),
           ("Re-evaluation", "Non")]
HEAD = {"id": "ID", "wording": "Point de contrôle", "severity": "Gravité", "answer": "Conforme", "comment": "Commentaire"}
TABS = ("Base commune", "Application web")
ANSWERS = ["Oui", "Non", "N/A", "Oui", "Oui", "Oui"]
SEVERITIES = ["Haute", "Moyenne", "Moyenne", "Haute", "Moyenne", "NA"]


class Model:
    def __init__(self, **options):
        self.head = HEAD | options.pop("head", {})
        self.info, self.tabs = options.pop("info", INFO), options.pop("tabs", TABS)
        self.ids = options.pop("ids", ("C-{:02d}", "W-{:02d}"))
        self.words = options.pop("words", {})
        self.options = options
        self.answers = {(tab, at): answer for tab in range(2) for at, answer in enumerate(ANSWERS)}
        self.comments = {key: "Constaté en recette." for key, answer in self.answers.items() if answer != "Oui"}
        self.places = {}

    def counts(self):
        all_counts = {name: dict.fromkeys(("Oui", "Non", "N/A", "vide", "invalide"), 0) for name in ("Haute", "Moyenne", "NA")}
        for (_tab, at), answer in self.answers.items():
            all_counts[SEVERITIES[at]][answer] += 1
        return all_counts

    def write(self, path, blank=False):
        book = Workbook(shared=True, macro=path.suffix == ".xlsm")
        self.write_info(book.sheet("Informations générales"), blank)
        parts = self.options.get("parts", 1)
        for tab, name in enumerate(self.tabs):
            size = len(ANSWERS) // parts
            for part in range(parts):
                title = f"{name} ({part + 1} sur {parts})" if parts > 1 else name
                self.write_tab(book.sheet(title), tab, range(part * size, (part + 1) * size), blank)
        if "also" in self.options:
            self.options["also"](book)
        book.save(path)

    def write_info(self, sheet, blank):
        down, step = self.options.get("below", 0), self.options.get("values", 1)
        for number, (label, value) in enumerate(self.info):
            row = 3 + number * (2 + down)
            keep = not blank or label in ("Version du formulaire", "Form version")
            if self.options.get("across"):
                sheet.put(3, 2 + number, label), sheet.put(4, 2 + number, value if keep else None)
                continue
            sheet.put(row, 2, label)
            sheet.put(row + down, 2 + (0 if down else step), value if keep else None)
            if "help" in self.options:
                sheet.put(row, 2 + step + 1, "Aide à la saisie" if number % 2 else None)

    def write_tab(self, sheet, tab, points, blank):
        row = self.options.get("header", 4)
        for line in range(1, row - 1):
            sheet.put(line, 1, "Consigne : répondre à chaque point, commenter chaque Non.")
        columns = list(self.head)
        ticks = self.options.get("ticks")
        if ticks:
            at = columns.index("answer")
            columns[at:at + 1] = ["tick0", "tick1", "tick2"]
        place = {column: number for number, column in enumerate(columns, 1)}
        for column, number in place.items():
            if column.startswith("tick"):
                label = ("Oui", "Non", "N/A")[int(column[-1])]
                if ticks == "beside":
                    sheet.put(row, number, label)
                else:
                    sheet.put(row + 1, number, label)
                    sheet.put(row, number, self.head["answer"] if column == "tick0" else None)
            else:
                sheet.put(row, number, self.head[column])
        if ticks == "below":
            sheet.merges.append(f"{address(row, place['tick0'])}:{address(row, place['tick2'])}")
        if self.options.get("groups"):
            sheet.put(row - 1, 1, "Identification du point"), sheet.put(row - 1, place["answer"], "Évaluation")
            sheet.merges.append(f"{address(row - 1, 1)}:{address(row - 1, 3)}")
        row += 1 + (ticks == "below") + (1 if self.options.get("tall") else 0)
        if self.options.get("tall"):
            sheet.merges += [f"{address(row - 2, n)}:{address(row - 1, n)}" for n in place.values()]
        if self.options.get("headless"):
            for number in place.values():
                del sheet.cells[row - 1, number]
        for at in points:
            if self.options.get("notes"):
                sheet.put(row, 1, ("1. Partie", "Note : voir le guide", "Sous-total 3")[at % 3])
                row += 1
            self.write_point(sheet, row, tab, at, place, blank)
            row += 1
        if self.options.get("notes"):
            sheet.put(row, 1, "Total"), sheet.put(row, place["answer"], 4)
            sheet.put(row + 2, 1, "1"), sheet.put(row + 2, 2, "Renvoi : au sens du référentiel.")

    def write_point(self, sheet, row, tab, at, place, blank):
        answer, comment = self.answers[tab, at], self.comments.get((tab, at))
        values = {"id": self.ids[tab].format(at + 1), "severity": self.words.get(SEVERITIES[at], SEVERITIES[at]),
                  "wording": f"Le point {tab}.{at} de l'exigence de sécurité est respecté."}
        if not blank:
            values |= {f"tick{number}": self.options.get("dash") for number in range(3)}
            values |= {"answer": self.words.get(answer, answer), "comment": comment,
                       f"tick{('Oui', 'Non', 'N/A').index(answer)}": "X"} | self.options.get("extra", {})
        for column, number in place.items():
            sheet.put(row, number, values.get(column))
            self.places[tab, at, column] = (sheet.name, address(row, number))


def head(*labels, extra=()):
    return dict(zip(HEAD, labels)) | dict(extra)


READ = {
    "as usual": {},
    "other labels": {"head": head("N°", "Exigence de sécurité", "Niveau", "Conformité (O/N/NA)", "Explications")},
    "English": {"head": head("Requirement #", "Security requirement", "Severity level", "Compliance", "Auditor comments"), "info": ENGLISH,
                "tabs": ("Common", "Web application"), "words": {"Haute": "High", "Moyenne": "Medium"}},
    "two languages": {"head": head("Réf. / Ref", "Exigence / Requirement", "Gravité / Severity", "Réponse / Answer", "Commentaire / Comment")},
    "line ends in labels": {"head": head("ID\n", "Point de\ncontrôle", "Niveau de\ngravité", "Conforme\n(Oui/Non/NA)", "Commentaire\n(si Non)")},
    "a header of two rows": {"groups": True}, "a tall header": {"tall": True}, "a header far down": {"header": 45},
    "values below": {"below": 1}, "values two columns away": {"values": 2}, "labels in a row": {"across": True}, "help beside values": {"help": True},
    "ticked beside": {"ticks": "beside"}, "ticked below": {"ticks": "below"},
    "dashes where nothing is ticked": {"ticks": "beside", "dash": "–"}, "tabs in parts": {"parts": 2}, "notes and totals": {"notes": True},
    "severities in other words": {"words": {"Haute": "Élevée", "Moyenne": "modéré", "NA": "Non applicable"}},
    "numbered tabs": {"tabs": ("2. Base commune", "3. Application web")}, "tabs in other words": {"tabs": ("Exigences communes", "Exigences Web")},
    "tabs of a program": {"tabs": ("BASE_COMMUNE", "APPLI_WEB")},
    "an editor's columns beside": {"head": head(*HEAD.values(), extra=[("theirs", "Réponse de l'éditeur"), ("said", "Commentaire éditeur")]),
                                   "extra": {"theirs": "Oui", "said": "conforme selon nous"}},
    "an unknown wording": {"head": head("#", "À regarder", "Criticité", "Conforme ?", "Explications")},
    "the severity by its content": {"head": head("ID", "Point de contrôle", "Poids", "Conforme", "Commentaire")},
    "a column that also says Oui": {"head": head(*HEAD.values(), extra=[("seen", "Preuve fournie")]), "extra": {"seen": "Oui"}},
} | {f"identifiers {shape}": {"ids": shape} for shape in (
    ("EXI-BC-{:03d}", "EXI-WEB-{:03d}"), ("BC.{}", "AW.{}"), ("R1{}", "R2{}"), ("C{:02d}a", "W{:02d}a"), ("1.1.{}", "1.2.{}"), ("§1.{}", "§2.{}"),
    ("V1.{} (L1)", "V2.{} (L1)"), ("[C-{}]", "[W-{}]"), ("PSC_SEC_{:02d}", "PSC_WEB_{:02d}"), ("MSTG-AUTH-{}", "MSTG-WEB-{}"),
    ("C\u2013{:02d}", "W\u2013{:02d}"), ("C\u2011{:02d}", "W\u2011{:02d}"))}


def two_answers(model):
    """Where the second column says otherwise, there is no answer."""
    return [["answer-invalid", *model.places[tab, at, "answer"]] for tab in range(2) for at in (1, 2)]


def earlier(book):
    sheet = book.sheet("Base commune (ancienne version)", "hidden")
    for at, label in enumerate(HEAD.values(), 1):
        sheet.put(1, at, label)
    for row in range(2, 8):
        for at, value in enumerate([f"C-{row - 1:02d}", "Autre libellé", "Moyenne", "Oui"], 1):
            sheet.put(row, at, value)


def layout(**groups):
    return {"format": "paraphe-layout", "version": 1} | groups


OTHER = {"head": head(*HEAD.values(), extra=[("other", "Réponse")]), "extra": {"other": "Oui"}}
# What is not understood: the options, the findings, the codes of notes that must be there, a layout that mends it.
SAID = {
    "two columns of answers": (OTHER, two_answers, {"column-ambiguous"}, layout(columns={"ignored": ["Réponse"]})),
    "an unknown column of answers": ({"head": head("ID", "Point de contrôle", "Gravité", "Vulnérable", "Commentaire")},
                                     lambda m: [["tab-empty", name, None] for name in TABS], {"answers-unnamed"}, layout(columns={"answer": ["Vulnérable"]})),
    "a column that means the contrary": ({"head": head("ID", "Point de contrôle", "Gravité", "Résultat : non conforme", "Commentaire")},
                                         lambda m: [["tab-empty", name, None] for name in TABS], {"answers-unnamed"}, None),
    "a second column of answers that differ": ({"head": head(*HEAD.values(), extra=[("other", "Conformité finale")]), "extra": {"other": "Oui"}},
                                               two_answers, {"column-ambiguous"}, layout(columns={"answer": ["Conforme"]})),
    "marks beside the answers": ({"head": head(*HEAD.values(), extra=[("m0", "Oui"), ("m1", "Non"), ("m2", "N/A")]), "extra": {"m0": "X"}},
                                 two_answers, {"ticks-ambiguous"}, layout(columns={"answer": ["Conforme"]})),
    "the wrong column looks right": ({"head": head("ID", "Point de contrôle", "Gravité", "Bilan", "Commentaire", extra=[("other", "Résultat de la revue")]),
                                      "extra": {"other": "Oui"}},
                                     lambda m: [["answer-invalid", *m.places[tab, at, "other"]] for tab in range(2) for at in (1, 2)],
                                     {"column-ambiguous"}, layout(columns={"answer": ["Bilan"]})),
    "two columns of severities": ({"head": head("ID", "Point de contrôle", "Gravité ANS", "Conforme", "Commentaire", extra=[("other", "Gravité retenue")]),
                                   "extra": {"other": "Moyenne"}},
                                  lambda m: [["severity-altered", *m.places[tab, at, "severity"]] for tab in range(2) for at in (0, 3, 5)],
                                  {"severity-ambiguous"}, layout(columns={"ignored": ["Gravité retenue"]})),
    "an earlier copy of a tab": ({"also": lambda book: earlier(book)}, lambda m: [["sheet-duplicate", "Base commune (ancienne version)", None]], set(), None),
    "no severity": ({"head": head("ID", "Point de contrôle", "Couleur", "Conforme", "Commentaire"), "words": {"Haute": "rouge", "Moyenne": "jaune", "NA": "vert"}},
                    lambda m: [["severity-altered", name, None] for name in TABS], set(),
                    layout(columns={"severity": ["Couleur"]}, severities={"Haute": ["rouge"], "Moyenne": ["jaune"], "NA": ["vert"]})),
    "unknown severities": ({"words": {"Haute": "P1", "Moyenne": "P2"}},
                           lambda m: [["severity-altered", *m.places[tab, at, "severity"]] for tab in range(2) for at in range(5)], set(),
                           layout(severities={"Haute": ["P1"], "Moyenne": ["P2"]})),
    "answers in other words": ({"words": {"Oui": "O", "Non": "N"}},
                               lambda m: [["answer-invalid", *m.places[tab, at, "answer"]] for tab in range(2) for at in (0, 1, 3, 4, 5)], set(),
                               layout(answers={"Oui": ["O"], "Non": ["N"]})),
    "no header": ({"headless": True}, lambda m: [["meta-invalid", "Informations générales", "C9"], ["tab-missing", None, None]],
                  {"header-not-found"}, None),
    "tabs by domain": ({"tabs": ("Authentification", "Chiffrement")},
                       lambda m: [["tab-unexpected", name, None] for name in ("Authentification", "Chiffrement")], set(),
                       layout(sheets={"common": ["Authentification"]}, types={"application-web": ["Chiffrement"]})),
    "no end of the tests": ({"info": [(label, value) for label, value in INFO if "fin" not in label]},
                            lambda m: [["meta-missing", "Informations générales", None]], {"field-not-found"}, None),
    "an end of the tests that is only planned": (
        {"info": [(label.replace("Date de fin des tests", "Date de fin des tests (prévisionnelle)"), value) for label, value in INFO]},
        lambda m: [["meta-missing", "Informations générales", None]], {"field-not-found"}, None),
    "the end of the tests in other words": ({"info": [(label.replace("Date de fin des tests", "Clôture"), value) for label, value in INFO]},
                                            lambda m: [["meta-missing", "Informations générales", None]], {"field-not-found"},
                                            layout(fields=[{"id": "test_end", "kind": "date", "required": True, "labels": ["Clôture"]}])),
    "unknown labels": ({"head": head("Zz", "Ww", "Gg", "Aa", "Kk")}, lambda m: [["meta-invalid", "Informations générales", "C9"], ["tab-missing", None, None]],
                       {"header-not-found"}, layout(columns={"point": ["Zz"], "wording": ["Ww"], "severity": ["Gg"], "answer": ["Aa"], "comment": ["Kk"]})),
}


class Run:
    def __init__(self, program, folder):
        self.program, self.folder, self.faults, self.looks = program, pathlib.Path(folder), [], 0
        self.env = dict(os.environ, XDG_CONFIG_HOME=folder)

    def __call__(self, *arguments):
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, env=self.env, check=False)

    def check(self, name, book, model, findings, outcome, notes=frozenset(), options=()):
        self.looks += 1
        done = self("check", "--json", "--deposit-date", "2026-11-23", *options, str(book))
        grid = json.loads(done.stdout)
        if "findings" not in grid:
            self.faults.append(f"{name}: {done.stdout.strip()[:200]}")
            return
        got = sorted(([f["rule"], f["sheet"], f["cell"]] for f in grid["findings"]), key=str)
        wrong = []
        if got != sorted(findings, key=str):
            wrong.append(f"found {got}, expected {sorted(findings, key=str)}")
        if grid["outcome"] != outcome or (outcome is None) != (done.returncode == 3):
            wrong.append(f"outcome {grid['outcome']}, status {done.returncode}")
        if outcome and grid["counts"] != model.counts():
            wrong.append(f"counts {grid['counts']}")
        codes = {note["code"] for note in grid["notes"]}
        if not notes <= codes:
            wrong.append(f"notes {codes}")
        self.faults += [f"{name}: {what}" for what in wrong]


def read_right(run, name, options):
    model, blank, filled = Model(**options), run.folder / "blank.xlsm", run.folder / "filled.xlsx"
    rules, wrong = run.folder / "rules.json", run.folder / "wrong.xlsx"
    model.write(blank, blank=True)
    learnt = run("form", "learn", str(blank), "-o", str(rules), "--source", "un essai")
    known = [(), ("--ruleset", str(rules))]
    if learnt.returncode:
        run.faults.append(f"{name}: learn: {learnt.stderr.strip()}")
    model.write(filled)
    for more in known:
        run.check(name, filled, model, [], "met" if more else "met-reserve", options=more)
    if json.loads(run("check", "--json", str(blank)).stdout)["verdict"] != "formulaire invalide":
        run.faults.append(f"{name}: the blank form is found valid")
    model.comments.pop((0, 1))
    model.write(wrong)
    for more in known:
        run.check(name + ", no comment", wrong, model, [["comment-missing", *model.places[0, 1, "comment"]]], None, options=more)
    rules.unlink(missing_ok=True)


def said(run, name, case):
    options, findings, notes, mend = case
    model, book, file = Model(**options), run.folder / "said.xlsx", run.folder / "layout.json"
    model.write(book)
    run.check(name, book, model, findings(model), None, notes | {"ruleset-none"})
    if mend:
        file.write_text(json.dumps(mend, ensure_ascii=False), encoding="utf-8")
        run.check(name + ", mended", book, model, [], "met-reserve", options=("--layout", str(file)))


def ages(run):
    """The date that the age counts from is data of the rule set; without one the age is not known, which is said."""
    for name, info, change, outcome, until in (
            ("the age from the end", INFO, {}, "met", "2027-09-10"), ("the age from the report", INFO, {"age_from": "report_date"}, "met", "2027-09-17"),
            ("an age that is not known", [pair for pair in INFO if "fin" not in pair[0]], {}, "met-reserve", None)):
        model, blank, filled, rules = Model(info=info), run.folder / "blank.xlsx", run.folder / "filled.xlsx", run.folder / "rules.json"
        model.write(blank, blank=True)
        rules.unlink(missing_ok=True)
        run("form", "learn", str(blank), "-o", str(rules), "--source", "un essai")
        learnt = json.loads(rules.read_text(encoding="utf-8"))
        learnt["thresholds"] |= change
        rules.write_text(json.dumps(learnt), encoding="utf-8")
        model.write(filled)
        run.check(name, filled, model, [], outcome, {"age-unknown"} if until is None else frozenset(), ("--ruleset", str(rules)))
        got = json.loads(run("check", "--json", "--ruleset", str(rules), "--deposit-date", "2026-11-23", str(filled)).stdout)["deposit_until"]
        if got != until:
            run.faults.append(f"{name}: {got}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for name, options in READ.items():
            read_right(run, name, options)
        for name, case in SAID.items():
            said(run, name, case)
        ages(run)
    print("\n".join(run.faults[:20]))
    print(f"{len(READ) + len(SAID)} layouts, {run.looks} forms, {len(run.faults)} differences")
    return 1 if run.faults else 0


sys.exit(main())
