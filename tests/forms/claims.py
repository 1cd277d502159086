#!/usr/bin/python3
"""What is promised of forms beyond their cells, shown by the program: thresholds and ranges as data, rule sets pinned by digest, several forms of a
solution, re-evaluations, the list of findings, cells, an open form, writings of workbooks.

    claims.py PARAPHE
"""
import csv
import datetime
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from arranged import numbered_alike  # noqa: E402
from invented import DEPOSIT, FORMS, INFO, SAID, Model, Run, identity, one_sheet, table, usual  # noqa: E402
from workbook import Error, Workbook  # noqa: E402


def info(**values):
    """The fields with others; a name is its label without what no keyword may hold."""
    known = {re.sub(r"\W", "", label): label for label, _value in INFO}
    changed = {known.get(key, key): value for key, value in values.items()}
    return [(label, changed.pop(label, value)) for label, value in INFO] + list(changed.items())


def form(run, name, change=lambda model: None, write=usual, **fields):
    model, book, path = Model("proxy" if "proxy" in name else ""), Workbook(shared=True), run.folder / f"{name}.xlsx"
    model.info = info(**fields)
    change(model)
    write(model, book)
    book.save(path)
    return path


def proxy(model, book):
    identity(book.sheet("Informations générales"), model)
    table(book.sheet("Proxy PSC"), model.points, 3)


def expect(run, name, got, wanted):
    run.looks += 1
    if got != wanted:
        run.wrong(name, f"{got}, expected {wanted}")


def rule_sets(run):
    """Thresholds, ranges and the age are data of the rule set; one is pinned by its digest in the settings."""
    blank, rules = run.write(usual, Model().blank(), "blank.xlsx")[0], run.folder / "rules.json"
    run("form", "learn", blank, "-o", rules, "--source", "un essai")
    learnt, path = json.loads(rules.read_text(encoding="utf-8")), form(run, "rated")
    medium = Model().counts()["Moyenne"]["Non"]
    for name, change, outcome in (
            ("at the limit", {"medium_non_max": medium, "at_limit": "met"}, "met-at-limit"), ("strict", {"medium_non_max": medium, "at_limit": "not-met"}, "not-met"),
            ("below", {"medium_non_max": medium + 1, "at_limit": "not-met"}, "met"), ("over", {"medium_non_max": medium - 1}, "not-met")):
        rules.write_text(json.dumps(learnt | {"thresholds": learnt["thresholds"] | change}), encoding="utf-8")
        got = run.check(path, "--ruleset", rules)
        expect(run, f"threshold {name}", got["outcome"], outcome)
        expect(run, f"threshold {name}: told", (got["verdict"], [finding["rule"] for finding in got["findings"] if finding["rule"].startswith("medium")]),
               {"met": ("validé", []), "met-at-limit": ("validé", ["medium-at-limit"]), "not-met": ("non validé", ["medium-over-limit"])}[outcome])
    for name, years, until in (("one year", 1, "2027-09-10"), ("two years", 2, "2028-09-10")):
        rules.write_text(json.dumps(learnt | {"thresholds": learnt["thresholds"] | {"age_years": years}}), encoding="utf-8")
        expect(run, name, run.check(path, "--ruleset", rules)["deposit_until"], until)
    # the day that the age counts from is data too; a blank form without it, or an earlier form, is no fault, and never plainly met
    for name, start, until in (("from the report", "report_date", "2027-09-17"), ("from the start", "test_start", "2027-09-06")):
        rules.write_text(json.dumps(learnt | {"thresholds": learnt["thresholds"] | {"age_from": start}}), encoding="utf-8")
        expect(run, name, run.check(path, "--ruleset", rules)["deposit_until"], until)
    rules.unlink()

    def dateless(model):
        model.info = [(label, value) for label, value in model.info if "fin des" not in label]
    run("form", "learn", form(run, "dateless-blank", dateless), "-o", rules, "--source", "un essai")
    got = run.check(form(run, "dateless", dateless), "--ruleset", rules)
    expect(run, "a blank form without the end of the tests", ([finding["rule"] for finding in got["findings"] if finding["level"] == "erreur"], got["outcome"], got["deposit_until"]),
           ([], "met-reserve", None))
    rules.write_text(json.dumps(learnt), encoding="utf-8")
    got = run.check(form(run, "again", lambda model: model.info.__setitem__(slice(None), [*model.info, ("Réévaluation", "Oui"), ("Référence du formulaire initial", "R")])),
                    "--ruleset", rules, "--initial", form(run, "dateless", dateless))
    expect(run, "an initial form without the end of its tests", (got["outcome"], got["deposit_until"]), ("met-reserve", None))
    rules.write_text(json.dumps(learnt | {"thresholds": learnt["thresholds"] | {"age_from": "report_date"}}), encoding="utf-8")
    resumed = [("Réévaluation", "Oui"), ("Référence du formulaire initial", "R")]
    for name, first, until in (("the report of the first", datetime.date(2026, 9, 14), "2027-09-13"), ("its own report", datetime.date(2026, 10, 14), "2027-09-17")):
        got = run.check(form(run, "again", lambda model: model.info.extend(resumed)), "--ruleset", rules, "--initial", form(run, "first", Datedurapport=first))
        expect(run, f"the age counts from {name}", got["deposit_until"], until)
    # of two sets that differ by one wording the one that fits best; what the version names goes before
    both = {"fits": learnt | {"id": "fits", "form_version": None}, "near": json.loads(json.dumps(learnt)) | {"id": "near", "form_version": None}}
    both["near"]["tabs"][0]["points"][0]["wording"] += ", autrement"
    sets = run.folder / "paraphe/rulesets"
    sets.mkdir(parents=True, exist_ok=True)
    for named, wanted in ((None, ("fits", "points")), ("near", ("near", "version"))):
        for name, one in both.items():
            version = next(value for label, value in Model().info if label == "Version du formulaire") if name == named else None
            (sets / f"{name}.json").write_text(json.dumps(one | {"form_version": version}), encoding="utf-8")
        got = run.check(path)["ruleset"] or {}
        expect(run, f"two sets, {named or 'none'} named", (got.get("id"), got.get("recognised_by")), wanted)
    for name in both:
        (sets / f"{name}.json").unlink()
    for name, counts, told in (("published ranges", {"common": [15, 18], "type": [20, 23]}, 0), ("another range", {"common": [3, 4]}, 1),
                               ("another range of the type", {"common": [15, 18], "type": [3, 4]}, 1)):
        rules.write_text(json.dumps(learnt | {"expected_counts": counts}), encoding="utf-8")
        expect(run, name, sum(note["code"] == "points-unusual" for note in run.check(path, "--ruleset", rules)["notes"]), told)
    folder = run.folder / "paraphe"
    folder.mkdir(exist_ok=True)
    rules.write_text(json.dumps(learnt), encoding="utf-8")
    (folder / "rulesets").mkdir(exist_ok=True)
    (folder / "rulesets/mine.json").write_bytes(rules.read_bytes())
    digest = hashlib.sha256(rules.read_bytes()).hexdigest()
    (folder / "paraphe.conf").write_text(f"[check]\nruleset = sha256:{digest}\n", encoding="utf-8")
    got = run.check(path)
    expect(run, "pinned", (got["ruleset"] or {}).get("sha256"), digest)
    (folder / "rulesets/mine.json").write_text(json.dumps(learnt | {"title": "autre"}), encoding="utf-8")
    expect(run, "pinned, another file", run("check", path).returncode, 2)
    for file in (folder / "paraphe.conf", folder / "rulesets/mine.json"):
        file.unlink()
    # tables of one sheet without titles, each numbered from 1: recognised by their points like any other
    alike = folder / "rulesets/alike.json"
    run("form", "learn", run.write(numbered_alike(None), Model().blank(), "alike-blank.xlsx")[0], "-o", alike)
    alike.write_text(json.dumps(json.loads(alike.read_text(encoding="utf-8")) | {"form_version": None}), encoding="utf-8")
    got = run.check(run.write(numbered_alike(None), Model(), "alike.xlsx")[0])["ruleset"] or {}
    expect(run, "tables of one sheet by their points", (got.get("recognised_by"), got.get("sha256")), ("points", hashlib.sha256(alike.read_bytes()).hexdigest()))
    alike.unlink()


def group(run, *paths):
    lines = run("check", "--json", "--deposit-date", DEPOSIT, *paths).stdout.splitlines()
    return json.loads(lines[-1])


def problems(run, *paths):
    return sorted(problem["code"] for problem in group(run, *paths)["problems"])


def one_non_more(model):
    point = next(p for p in model.of("common") if p["severity"] == "Moyenne" and p["answer"] == "Oui")
    point.update(answer="Non", comment="Constaté.")


def as_mobile(model, book):
    usual(model, book, ("Base commune", "Application mobile"))


def dossiers(run):
    """Several forms of a solution: what is missing, what differs, the sums, the earliest last day."""
    web, hosted = form(run, "web", Hébergement="SaaS"), form(run, "hosted", Hébergement="Sur site")
    mobile = form(run, "mobile", write=as_mobile, Typedapplication="Application mobile", Datedefindestests=datetime.date(2026, 9, 10))
    intermediary = form(run, "proxy", write=proxy, Typedapplication="Proxy PSC")
    second = form(run, "proxy-2", write=proxy, Typedapplication="Proxy PSC", Nomdelasolution="Autre")
    expect(run, "whole", problems(run, web, mobile, intermediary), [])
    expect(run, "no proxy", problems(run, web, mobile), ["no-proxy"])
    expect(run, "no software", problems(run, intermediary, second), ["no-lps", "several-proxies"])
    expect(run, "one part twice", problems(run, web, form(run, "again", Hébergement="SaaS"), intermediary), ["same-part"])
    expect(run, "two infrastructures", problems(run, web, hosted, intermediary), [])
    expect(run, "two proxies", problems(run, web, intermediary, second), ["several-proxies"])
    shared = form(run, "proxy-s", write=proxy, Typedapplication="Proxy PSC", Nomdelasolution="Autre")
    expect(run, "shared proxy", problems(run, web, shared), [])
    expect(run, "versions", problems(run, web, form(run, "v8", write=as_mobile, Typedapplication="Application mobile", Versionmajeure="8"), intermediary), ["version-differs"])
    expect(run, "editors", problems(run, web, form(run, "ed", write=as_mobile, Typedapplication="Application mobile", Éditeur="Autre"), intermediary), ["editor-differs", "proxy-editor-differs"])
    expect(run, "solutions", problems(run, web, form(run, "so", write=as_mobile, Typedapplication="Application mobile", Nomdelasolution="Autre"), intermediary), ["solution-differs"])
    whose = form(run, "whose", write=proxy, Typedapplication="Proxy PSC", Éditeur="Une autre société")
    expect(run, "another's proxy", problems(run, web, whose), ["proxy-editor-differs"])
    expect(run, "common answers", problems(run, web, form(run, "co", one_non_more, as_mobile, Typedapplication="Application mobile"), intermediary), ["common-differs"])
    whole, medium = group(run, web, mobile, intermediary), Model().counts()["Moyenne"]["Non"]
    expect(run, "sum and day", (whole["medium_non"], whole["deposit_until"]), (2 * medium + Model("proxy").counts()["Moyenne"]["Non"], "2027-09-09"))
    expect(run, "each form", [one["medium_non"] for one in whole["forms"]][:2], [medium, medium])
    expect(run, "unreadable", "unreadable" in problems(run, web, run.folder / "rules.json"), True)


def evaluations(run):
    """Only what was Non may change; an Oui that became Non is a regression; the earlier end of the tests counts; the latest is the current form."""
    def again(change):
        def change_all(model):
            model.info = info(Réévaluation="Oui", **{"Référence du formulaire initial": "R-1", "Référence du formulaire": "R-2"})
            model.info = [(label, datetime.date(2026, 10, 30) if "fin des" in label else datetime.date(2026, 11, 2) if "rapport" in label else value)
                          for label, value in model.info]
            change(model)
        return change_all

    def corrected(model):
        next(p for p in model.points if p["answer"] == "Non").update(answer="Oui", comment=None)

    def regressed(model):
        next(p for p in model.points if p["answer"] == "Oui" and p["severity"] == "Moyenne").update(answer="Non", comment="Constaté.")

    def excused(model):
        next(p for p in model.points if p["answer"] == "N/A").update(answer="Oui", comment=None)
    first = form(run, "first", **{"Référence du formulaire": "R-1"})
    for name, change, rules in (("corrected", corrected, set()), ("regressed", regressed, {"reeval-out-of-scope"}), ("no longer N/A", excused, {"reeval-out-of-scope"})):
        path = form(run, "later", again(change))
        got = run.check(path, "--initial", first)
        expect(run, name, {finding["rule"] for finding in got["findings"] if finding["level"] == "erreur"}, rules)
        expect(run, f"{name}: the first end counts", got["deposit_until"], "2027-09-10")
        if rules and not any("régression" in finding["remedy"] for finding in json.loads(run("check", "--json", "--lang", "fr", "--initial", first, path).stdout)["findings"]):
            run.wrong(name, "the remedy does not speak of a regression")
    path = form(run, "later", again(corrected))
    whole = group(run, first, path)
    expect(run, "history", [one["history"] for one in whole["forms"]], [True, False])
    # among several forms the earlier one is found by its reference, and one that is given stands beside those of its type only
    def each(*arguments):
        return [json.loads(line) for line in run("check", "--json", "--deposit-date", DEPOSIT, *arguments).stdout.splitlines()]
    intermediary = form(run, "proxy", write=proxy, Typedapplication="Proxy PSC")
    for name, arguments in (("found", (first, path)), ("found, the other way", (path, first)), ("given", ("--initial", first, path, intermediary))):
        lines = each(*arguments)
        got, whole = next(line for line in lines if line.get("form") == str(path)), lines[-1]
        expect(run, f"{name}: beside the first", (got["initial"], got["deposit_until"], bool(got["changes"])), (first.name, "2027-09-10", True))
        expect(run, f"{name}: the whole", (whole["deposit_until"], [one["outcome"] for one in whole["forms"]]), ("2027-09-10", ["met-reserve"] * 2))
        expect(run, f"{name}: no other findings", [finding["rule"] for line in lines[:-1] for finding in line["findings"]], [])
    lines = each(first, form(run, "worse", again(regressed)))
    expect(run, "found, out of scope", (sorted({finding["rule"] for finding in lines[1]["findings"]}), [one["history"] for one in lines[2]["forms"]], lines[2]["outcome"]),
           (["reeval-out-of-scope"], [False, False], "incomplete"))
    lines = each("--initial", first, intermediary, intermediary)
    expect(run, "given, of no type", ["initial-differs" in {note["code"] for note in line["notes"]} for line in lines[:2]], [True, True])


def chains(run):
    """A re-evaluation of a re-evaluation, and two of one form: the latest valid one is the current form, and nothing is younger than the first tests."""
    def again(reference, initial, day, answer="Oui"):
        def change(model):
            model.info = info(Réévaluation="Oui", **{"Référence du formulaire initial": initial, "Référence du formulaire": reference})
            model.info = [(label, day if "fin des" in label else day + datetime.timedelta(3) if "rapport" in label else value) for label, value in model.info]
            next(p for p in model.points if p["answer"] == "Non").update(answer=answer, comment=None)
        return change
    october, november, medium = datetime.date(2026, 10, 30), datetime.date(2026, 11, 10), Model().counts()["Moyenne"]["Non"] - 1
    first, second = form(run, "first", **{"Référence du formulaire": "R-1"}), form(run, "second", again("R-2", "R-1", october))
    third, beside = form(run, "third", again("R-3", "R-2", november)), form(run, "beside", again("R-4", "R-1", november))
    cut = form(run, "cut", again("R-5", "R-1", november, None))
    for name, paths, history, day in (("of a re-evaluation", (first, second, third), [True, True, False], "2027-09-10"),
                                      ("the other way", (third, second, first), [False, True, True], "2027-09-10"),
                                      ("without the first", (second, third), [True, False], "2027-10-29"),
                                      ("two of one form", (first, second, beside), [True, True, False], "2027-09-10"),
                                      ("two, without the first", (beside, second), [False, True], "2027-10-29")):
        whole = group(run, *paths)
        expect(run, name, ([one["history"] for one in whole["forms"]], whole["medium_non"], whole["deposit_until"], [problem["code"] for problem in whole["problems"]]),
               (history, medium, day, ["no-proxy"]))
    whole = group(run, first, second, third)
    expect(run, "each is as old as the first", [one["deposit_until"] for one in whole["forms"]], ["2027-09-10"] * 3)
    whole = group(run, first, second, cut)
    expect(run, "the latest is to be corrected", ([one["history"] for one in whole["forms"]], whole["outcome"]), ([True, False, False], "incomplete"))
    same = form(run, "same-day", again("R-6", "R-1", october))
    expect(run, "two of one day", problems(run, first, second, same), ["no-proxy", "same-part"])
    hosted = form(run, "hosted-again", lambda model: (again("R-7", "R-1", november)(model), model.info.append(("Hébergement", "Sur site"))))
    expect(run, "of two infrastructures", [one["history"] for one in group(run, second, hosted)["forms"]], [False, False])

    def status(*paths, day=DEPOSIT):
        folder = run.folder / f"dossier-{run.looks}"
        run("dossier", "init", folder)
        run("dossier", "add", folder, *paths, "--deposit-date", day)
        return json.loads(run("dossier", "status", folder, "--json", "--deposit-date", day).stdout)["components"]
    got = status(first, second, third)
    expect(run, "in a dossier", [(one["history"], one["deposit_until"]) for one in got], [(True, "2027-09-10"), (True, "2027-09-10"), (False, "2027-09-10")])
    got = status(third, first, second, day="2027-09-11")
    expect(run, "too old in a dossier", ["form-expired" in {problem["code"] for problem in one["problems"]} for one in got][0], True)

    def regressed(model):
        again("R-2", "R-1", october)(model)
        next(p for p in reversed(model.points) if p["answer"] == "Oui" and p["severity"] == "Moyenne").update(answer="Non", comment="Constaté.")
    got = status(first, form(run, "regressed", regressed))
    expect(run, "a regression in a dossier", [(one["history"], "form-to-correct" in {problem["code"] for problem in one["problems"]}) for one in got],
           [(False, False), (False, True)])


def findings(run):
    """The list of findings goes through the form as an auditor does; each opens its cell."""
    def wrong(model):
        model.info = info(Auditeur=None)
        model.of("common")[4].update(answer=None, comment=None)
        model.of("type")[2].update(answer="Peut-être")
    path, page, book = form(run, "wrong", wrong), run.folder / "list.html", run.folder / "list.xlsx"
    for out in (page, book):
        out.unlink(missing_ok=True)
        run("check", "--deposit-date", DEPOSIT, "--lang", "fr", "--findings", out, path)
    text = page.read_text(encoding="utf-8")
    links = re.findall(r'href="wrong\.xlsx#&#39;([^&]+)&#39;!([A-Z]+\d+)"', text)
    expect(run, "order and links", links[:3], [("Informations générales", "C8"), ("Base commune", "D9"), ("Application web", "D7")])
    with zipfile.ZipFile(book) as archive:
        parts = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels")))
    expect(run, "links of the workbook", all(place in parts for place in ("C8", "D9", "D7")) and "wrong.xlsx" in parts, True)
    expect(run, "the remedy stands beside", "Répondez par Oui, Non ou N/A" in text, True)


def cells(run):
    """Every cell of every sheet, hidden or not, as CSV and as JSON."""
    book = Workbook(shared=True)
    shown, hidden = book.sheet("Vue"), book.sheet("Cachée", "veryHidden")
    shown.put(1, 1, "a\"b;c\nd"), shown.put(2, 1, 1.5), shown.put(3, 1, True), shown.put(4, 1, datetime.date(2026, 9, 7)), hidden.put(1, 2, "x")
    shown.hidden_rows.add(3)
    shown.put(5, 3, "y"), shown.hidden_columns.add(3)
    book.save(run.folder / "cells.xlsx")
    wanted = [("Vue", "A1", "text", "a\"b;c\nd", False), ("Vue", "A2", "number", "1.5", False), ("Vue", "A3", "boolean", "TRUE", True),
              ("Vue", "A4", "date", "2026-09-07", False), ("Vue", "C5", "text", "y", True), ("Cachée", "B1", "text", "x", True)]
    rows = list(csv.reader(io.StringIO(run("form", "cells", run.folder / "cells.xlsx").stdout, newline="")))
    expect(run, "CSV", [(*row[:4], row[4] == "true") for row in rows[1:]], wanted)
    lines = map(json.loads, run("form", "cells", "--json", run.folder / "cells.xlsx").stdout.splitlines())
    expect(run, "JSON", [(c["sheet"], c["address"], c["type"], c["value"], c["hidden"]) for c in lines], wanted)


def open_form(run):
    """A grid document in place of a workbook: what it says of itself is not believed, severities come from the rule set."""
    blank, rules, path, grid = run.write(usual, Model().blank(), "blank.xlsx")[0], run.folder / "rules.json", form(run, "kept"), run.folder / "grid.json"
    rules.unlink()
    run("form", "learn", blank, "-o", rules, "--source", "un essai")
    grid.unlink(missing_ok=True)
    run("check", "--deposit-date", DEPOSIT, "--ruleset", rules, "--grid", grid, path)
    document = json.loads(grid.read_text(encoding="utf-8"))
    point = next(point for sheet in document["sheets"] for point in sheet["points"] if point["severity"] == "Haute")
    point.update(answer="Non", comment="Constaté.", severity="Moyenne")
    document.update(verdict="validé", outcome="met", findings=[], counts={})
    grid.write_text(json.dumps(document), encoding="utf-8")
    got = run.check(grid, "--ruleset", rules)
    expect(run, "open form", (got["verdict"], sorted(finding["rule"] for finding in got["findings"])), ("formulaire invalide", ["severity-altered"]))
    point.pop("severity")
    grid.write_text(json.dumps(document), encoding="utf-8")
    got = run.check(grid, "--ruleset", rules)
    expect(run, "without severities", (got["outcome"], [finding["rule"] for finding in got["findings"]], got["counts"]["Haute"]["Non"]), ("not-met", ["high-non"], 1))
    kept = [point for sheet in document["sheets"] for point in sheet["points"]]
    for one in kept:
        one.pop("severity", None), one.pop("cells", None)
    grid.write_text(json.dumps(document), encoding="utf-8")
    got = run.check(grid)
    expect(run, "without severities or a rule set", (got["outcome"], {(finding["rule"], finding["message"]) for finding in got["findings"] if finding["point"] == "C-01"}),
           (None, {("severity-altered", "The point C-01 has no severity.")}))
    kept[0]["severity"] = "Bizarre"
    grid.write_text(json.dumps(document), encoding="utf-8")
    expect(run, "another severity, no cell", [finding["message"] for finding in run.check(grid, "--ruleset", rules)["findings"] if finding["rule"] == "severity-altered"],
           ['The severity of point C-01 is not that of the original form, or is no known word: "Bizarre".'])
    for one in kept:
        one.pop("wording", None), one.pop("severity", None)
    next(field for field in document["fields"] if field["id"] == "test_end")["value"] = "11/09/2026"
    grid.write_text(json.dumps(document), encoding="utf-8")
    got = run.check(grid, "--ruleset", rules)
    expect(run, "without wordings", (got["outcome"], got["deposit_until"], "ruleset-foreign" in {note["code"] for note in got["notes"]}), ("not-met", "2027-09-10", False))
    document["fields"].append({"id": "test_end", "label": "Fin", "value": "2020-01-01", "sheet": None, "cell": None})
    grid.write_text(json.dumps(document), encoding="utf-8")
    expect(run, "a field twice", "field-repeated" in {note["code"] for note in run.check(grid, "--ruleset", rules)["notes"]}, True)
    expect(run, "said", "no-workbook" in {note["code"] for note in got["notes"]}, True)


def grids(run):
    """The grid document of every invented layout, given in place of the form, has the same result."""
    grid = run.folder / "whole.json"
    for name, write in FORMS.items():
        if name in SAID:
            continue
        grid.unlink(missing_ok=True)
        run("check", "--deposit-date", DEPOSIT, "--grid", grid, run.write(write, Model(name))[0])
        got = run.check(grid)
        expect(run, f"grid of {name}", (got["outcome"], got["counts"]), ("met-reserve", Model(name).counts()))


def parts(run):
    """A form with its points on one sheet: explain, report and comparison tell its parts from each other."""
    path, report = form(run, "parts", write=one_sheet), run.folder / "parts.pdf"
    told = run("form", "explain", "--lang", "en", path).stdout
    expect(run, "explain", [f"Formulaire – {name}" in told for name in ("Base commune", "Application web")], [True, True])
    report.unlink(missing_ok=True)
    run("report", "--deposit-date", DEPOSIT, path, "-o", report)

    def compared(form_path):
        return json.loads(run("verify", "--json", "--form", form_path, report).stdout)["comparison"]["result"]
    expect(run, "the report says what the form says", compared(path), "same")
    expect(run, "and not what another says", compared(form(run, "parts-2", one_non_more, one_sheet)), "different")


def writings(run):
    """Forty sheets, a table of the spreadsheet program, phonetics, escapes, a million declared rows: read as they are."""
    def forty(model, book):
        for number in range(19):
            book.sheet(f"Avant {number}").put(1, 1, f"Note {number}")
        usual(model, book)
        for number in range(18):
            book.sheet(f"Après {number}", "hidden" if number % 2 else "visible").put(5, 5, number)
        book.sheets[20].declared = "A1:XFD1048576"
    got = run.check(form(run, "forty", write=forty))
    expect(run, "forty sheets", (got["outcome"], got["counts"]), ("met-reserve", Model().counts()))
    expect(run, "a million rows", "dimension-excessive" in {finding["rule"] for finding in got["findings"]}, True)
    for declared, wanted in (("1:1048576", True), ("A:XFD", True), ("1:10000", False), ("1:10001", True), ("A1:XFD10000", False), ("A1:B1048577", False)):
        def stretched(model, book, declared=declared):
            usual(model, book)
            book.sheets[2].declared = declared
        got = run.check(form(run, "stretched", write=stretched))
        expect(run, f"declared as {declared}", "dimension-excessive" in {finding["rule"] for finding in got["findings"]}, wanted)
    for last, wanted in ((10000, False), (10001, True)):
        got = run.check(form(run, "stretched", write=lambda model, book, last=last: (usual(model, book), book.sheets[2].put(last, 9, ""))))
        expect(run, f"an empty cell in row {last}", "dimension-excessive" in {finding["rule"] for finding in got["findings"]}, wanted)
    for field in ("Datededébutdestests", "Datedefindestests", "Datedurapport"):
        got = run.check(form(run, "error-day", **{field: Error("#VALUE!")}))
        expect(run, f"{field}: an error", [(finding["rule"], finding.get("value")) for finding in got["findings"]], [("date-invalid", "#VALUE!")])
    path = form(run, "parts")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/tables/table1.xml"] = f'<table xmlns="{main}" id="1" name="T" displayName="T" ref="A4:E20"><tableColumns count="1"/></table>'.encode()
    sheet = "xl/feuille-2.xml"
    parts[sheet] = parts[sheet].replace(b"</worksheet>", b'<tableParts count="1"><tablePart r:id="t1"/></tableParts></worksheet>')
    parts["xl/_rels/feuille-2.xml.rels"] = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t1" Type='
                                            b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/table" Target="tables/table1.xml"/></Relationships>')
    texts = parts["xl/texts.xml"].decode()
    texts = texts.replace(">Oui</t></si>", '>Oui</t><rPh sb="0" eb="1"><t>Non</t></rPh><phoneticPr fontId="1"/></si>')
    parts["xl/texts.xml"] = texts.replace(">N/A<", ">N_x002F_A<").encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    got = run.check(path)
    expect(run, "table, phonetics, escapes", (got["outcome"], got["counts"]), ("met-reserve", Model().counts()))


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for part in (rule_sets, dossiers, evaluations, chains, findings, cells, open_form, writings, parts, grids):
            part(run)
    return run.ended("Claims")


if __name__ == "__main__":
    sys.exit(main())
