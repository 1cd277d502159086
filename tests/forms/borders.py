#!/usr/bin/python3
"""What lies on a border: as many points as are published and one more or less, the first days of both calendars, totals below a table,
formulas with and without a stored value, and where a rule set is from.

    borders.py PARAPHE
"""
import csv
import datetime
import hashlib
import io
import json
import pathlib
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from claims import expect, form, info, proxy  # noqa: E402
from invented import DEPOSIT, HEAD, KEYS, Model, Run, identity, rules_of, table, usual  # noqa: E402
from workbook import Serial, Workbook, formula  # noqa: E402

# role of a tab -> its name in the forms below, and numbers of points with whether they are usual
PUBLISHED = {"common": ("Base commune", {14: False, 15: True, 18: True, 19: False}), "type": ("Application web", {19: False, 20: True, 23: True, 24: False}),
             "proxy": ("Proxy PSC", {17: False, 18: True, 19: False})}


def sized(role, count):
    """Changes a model: as many points of that role, the others as usual."""
    def change(model):
        group = "type" if role == "proxy" else role
        model.points = [point for point in model.points if role != "proxy" or point["group"] == group]
        kept, other = model.of(group)[:count], [point for point in model.points if point["group"] != group]
        for at in range(len(kept) + 1, count + 1):
            kept.append(dict(kept[0], id=f"{kept[0]['id'][0]}-{at:02d}", wording=f"La mesure ajoutée {at} est en place.", answer="Oui", comment=None))
        model.points = kept + other
    return change


def both(run, role, count):
    """A blank form and a filled one with that number of points."""
    write = proxy if role == "proxy" else usual

    def blank(model):
        sized(role, count)(model)
        model.blank()
        model.info = info(**{label: None for label in ("Éditeur", "Auditeur")}) if role == "proxy" else model.info
    kind = {"Typedapplication": "Proxy PSC"} if role == "proxy" else {}
    return form(run, "counted-blank", blank, write), form(run, "counted", sized(role, count), write, **kind)


def unusual(run, path, *options):
    notes = run.check(path, *options)["notes"]
    return [(note["sheet"], note["value"]) for note in notes if note["code"] == "points-unusual"]


def counts(run):
    """How many points are published is data: without a rule set, of the layout; learnt from it; of the rule set then, where it is changed."""
    rules, layout = run.folder / "counted.json", run.folder / "layout.json"
    for role, (tab, cases) in PUBLISHED.items():
        for count, fits in cases.items():
            name, told = f"{role} {count}", [] if fits else [(tab, str(count))]
            blank, path = both(run, role, count)
            expect(run, name, unusual(run, path), told)
            rules.unlink(missing_ok=True)
            said = run("form", "learn", "--lang", "en", "--source", "un essai", "-o", rules, blank)
            expect(run, f"{name}, said when learnt", (said.returncode, f'The tab "{tab}" of the blank form has {count} points' in said.stderr), (0, not fits))
            learnt = json.loads(rules.read_text(encoding="utf-8"))
            expect(run, f"{name}, learnt", learnt["expected_counts"], {"common": [15, 18], "type": [20, 23], "proxy": [18, 18]})
            expect(run, f"{name}, by the rule set", unusual(run, path, "--ruleset", rules), told)
            for what, from_, to, seen in (("its own", count, count, False), ("one more", count + 1, count + 9, True), ("one less", 1, count - 1, True)):
                rules.write_text(json.dumps(learnt | {"expected_counts": learnt["expected_counts"] | {role: [from_, to]}}), encoding="utf-8")
                expect(run, f"{name}, {what} in the rule set", unusual(run, path, "--ruleset", rules), [(tab, str(count))] if seen else [])
            del learnt["expected_counts"]
            rules.write_text(json.dumps(learnt), encoding="utf-8")
            expect(run, f"{name}, no range in the rule set", unusual(run, path, "--ruleset", rules), [])
            layout.write_text(json.dumps({"format": "paraphe-layout", "version": 1, "expected_counts": {role: [count + 1, 99]}}), encoding="utf-8")
            expect(run, f"{name}, another layout", unusual(run, path, "--layout", layout), [(tab, str(count))])


def most(run):
    """The last of as many points as are read counts like the first; a form with one more is not read, and nothing is learnt from it."""
    def bad(count):
        def change(model):
            sized("common", count)(model)
            model.of("common")[-1].update(severity="Haute", answer="Non", comment="Constaté.")
        return change
    for count, outcome, rules, status in ((2000, "not-met", ["high-non"], 0), (2001, None, ["zip-bomb"], 4), (2600, None, ["zip-bomb"], 4)):
        got = run.check(form(run, "most", bad(count)))
        expect(run, f"{count} points", (got["outcome"], [finding["rule"] for finding in got["findings"]]), (outcome, rules))
        blank, rules_file = form(run, "most-blank", lambda model, count=count: (sized("common", count)(model), model.blank())), run.folder / "most.json"
        rules_file.unlink(missing_ok=True)
        expect(run, f"{count} points, learnt", (run("form", "learn", blank, "-o", rules_file).returncode, rules_file.exists()), (status, status == 0))


SERIALS = {  # as stored -> as read where days are counted from 1900, and from 1904
    "0": ("00:00:00", "1904-01-01"), "0.5": ("12:00:00", "1904-01-01T12:00:00"), "1": ("1900-01-01", "1904-01-02"), "59": ("1900-02-28", "1904-02-29"),
    "60": ("60", "1904-03-01"), "61": ("1900-03-01", "1904-03-02"), "61.25": ("1900-03-01T06:00:00", "1904-03-02T06:00:00"), "365": ("1900-12-30", "1904-12-31"),
    "366": ("1900-12-31", "1905-01-01"), "46273": ("2026-09-08", "2030-09-09"), "2957003": ("9995-12-30", "9999-12-31"),
    "2958465": ("9999-12-31", "2958465"), "2958466": ("2958466", "2958466"), "-1": ("-1", "-1")}
ISO = {"2026-09-07": "2026-09-07", "2026-09-07T12:30:00": "2026-09-07T12:30:00", "1900-02-28": "1900-02-28"}


def listed(run, path):
    """The cells of a workbook as CSV says, once JSON has said the same."""
    rows = list(csv.DictReader(io.StringIO(run("form", "cells", path).stdout, newline="")))
    expect(run, f"{path.name}: the keys of CSV", list(rows[0]) if rows else None, ["sheet", "address", "type", "value", "hidden", "formula"])
    lines = list(map(json.loads, run("form", "cells", "--json", path).stdout.splitlines()))
    expect(run, f"{path.name}: JSON as CSV", [{key: str(value).lower() if isinstance(value, bool) else value for key, value in line.items()} for line in lines], rows)
    expect(run, f"{path.name}: --csv", run("form", "cells", "--csv", path).stdout, run("form", "cells", path).stdout)
    return rows


def dates(run):
    """The first days of both calendars, the day that never was, the last one; as cells and as the end of the tests."""
    for at, kind in enumerate(("1900", "1904")):
        book = Workbook(dates=kind)
        sheet = book.sheet("Jours")
        for row, serial in enumerate(SERIALS, 1):
            sheet.put(row, 1, Serial(serial))
        book.save(run.folder / f"days-{kind}.xlsx")
        rows = listed(run, run.folder / f"days-{kind}.xlsx")
        expect(run, f"serials of {kind}", [(row["type"], row["value"]) for row in rows], [("date", read[at]) for read in SERIALS.values()])
    book = Workbook(dates="iso")
    sheet = book.sheet("Jours")
    for row, text in enumerate(ISO, 1):
        sheet.put(row, 1, Serial(text))
    book.save(run.folder / "days-iso.xlsx")
    expect(run, "ISO dates", [(row["type"], row["value"]) for row in listed(run, run.folder / "days-iso.xlsx")], [("date", text) for text in ISO.values()])

    grid = run.folder / "ended.json"

    def end(serial, kind):
        model, book, path = Model(), Workbook(shared=True, dates=kind), run.folder / "ended.xlsx"
        model.info = [(label, Serial(serial) if "fin des" in label else None if "début" in label else value) for label, value in model.info]
        usual(model, book)
        book.save(path)
        grid.unlink(missing_ok=True)
        run("check", "--deposit-date", DEPOSIT, "--grid", grid, path)
        got = json.loads(grid.read_text(encoding="utf-8"))
        value = next(field["value"] for field in got["fields"] if field["id"] == "test_end")
        return value, {finding["rule"] for finding in got["findings"]} & {"date-invalid", "date-expired"}
    for serial, (first, second) in SERIALS.items():
        for kind, day in (("1900", first), ("1904", second)):
            is_day = "-" in day[1:]
            got = end(serial, kind)
            expect(run, f"the end of the tests {serial} of {kind}", (got[0] if is_day else None, "date-invalid" in got[1]), (day[:10] if is_day else None, not is_day))
    expect(run, "the end of the tests with its hour", end("2026-09-11T17:30:00", "iso"), ("2026-09-11", set()))
    expect(run, "the end of the tests that is no day", end("2026-02-29", "iso")[1], {"date-invalid"})


def formulas(run):
    """Every formula is shown, whether its value is stored or not, and no value is made up."""
    book = Workbook()
    sheet = book.sheet("Calculs")
    for row, value in enumerate((formula('"O"&"ui"', "Oui"), formula("1+1"), formula("1=1", True), formula('""', ""), "Oui", formula("A2", "é")), 1):
        sheet.put(row, 1, value)
    sheet.hidden_rows.add(2)
    book.save(run.folder / "formulas.xlsx")
    rows = [tuple(row.values())[1:] for row in listed(run, run.folder / "formulas.xlsx")]
    expect(run, "formulas", rows, [("A1", "text", "Oui", "false", "true"), ("A2", "empty", "", "true", "true"), ("A3", "boolean", "TRUE", "false", "true"),
                                   ("A4", "empty", "", "false", "true"), ("A5", "text", "Oui", "false", "false"), ("A6", "text", "é", "false", "true")])


def totals(run):
    """The last row of a table of the spreadsheet program sums up: it is no point, with identifiers or without."""
    def written(head, keys, label, sum_at, cached):
        def write(model, book):
            identity(book.sheet("Informations générales"), model)
            for name, group in (("Base commune", "common"), ("Application web", "type")):
                sheet = book.sheet(name)
                row = table(sheet, model.of(group), 4, head=head, keys=keys)
                sheet.put(row, 1, label), sheet.put(row, sum_at, formula(f"SUBTOTAL(103,T{group}[Conforme])", cached))
        return write
    for name, head, keys, label, sum_at, cached in (
            ("identifiers", HEAD, KEYS, "Total", 4, "16"), ("identifiers, nothing stored", HEAD, KEYS, "Total", 4, None), ("no word", HEAD, KEYS, None, 4, "16"),
            ("no identifiers", HEAD[1:], KEYS[1:], "Total", 3, "16"), ("no identifiers, nothing stored", HEAD[1:], KEYS[1:], "Total", 3, None),
            ("no identifiers, the sum of comments", HEAD[1:], KEYS[1:], "Total général", 4, "7")):
        path = form(run, "totals", write=written(head, keys, label, sum_at, cached))
        with zipfile.ZipFile(path) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        for number, (group, rows) in enumerate((("common", 16), ("type", 21)), 2):
            last = chr(64 + len(head)) + str(4 + rows + 1)
            columns = "".join(f'<tableColumn id="{at}" name="{column}"/>' for at, column in enumerate(head, 1))
            parts[f"xl/tables/table{number}.xml"] = (
                f'<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="{number}" name="T{group}" displayName="T{group}" ref="A4:{last}" '
                f'totalsRowCount="1"><autoFilter ref="A4:{chr(64 + len(head))}{4 + rows}"/><tableColumns count="{len(head)}">{columns}</tableColumns></table>').encode()
            part = f"xl/feuille-{number}.xml"
            parts[part] = parts[part].replace(b"</worksheet>", b'<tableParts count="1"><tablePart r:id="t1"/></tableParts></worksheet>')
            parts[f"xl/_rels/feuille-{number}.xml.rels"] = (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t1" Type='
                f'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/table" Target="tables/table{number}.xml"/></Relationships>').encode()
        with zipfile.ZipFile(path, "w") as archive:
            for part, data in parts.items():
                archive.writestr(part, data)
        got = run.check(path)
        expect(run, f"totals, {name}", (got["outcome"], got["counts"], [finding for finding in got["findings"] if finding["level"] == "erreur"]),
               ("met-reserve", Model().counts(), []))
        expect(run, f"totals, {name}: points", [len(sheet["points"]) for sheet in got["sheets"]] if "sheets" in got else [16, 21], [16, 21])


def identifiers(run):
    """Identifiers of up to 128 bytes name their points, in a form and in a rule set learnt from it; longer ones give way to the row."""
    def long(length, blank=False, twice=False):
        model = Model()
        for point in (*model.of("common"), *model.of("type")):
            point["id"] = ("SEC." * length)[:length - len(point["id"]) - 1] + "." + point["id"]
        if twice:
            model.of("type")[1]["id"] = model.of("type")[0]["id"]
        return model.blank() if blank else model
    grid, rules = run.folder / "long.json", run.folder / "long-rules.json"
    for length, named in ((63, True), (64, True), (128, True), (129, False)):
        model = long(length)
        grid.unlink(missing_ok=True)
        got = run.check(run.write(usual, model, "long.xlsx")[0], "--grid", grid)
        read = [point["id"] for sheet in json.loads(grid.read_text(encoding="utf-8"))["sheets"] for point in sheet["points"]]
        expect(run, f"an identifier of {length} bytes", (read == [point["id"] for point in (*model.of("common"), *model.of("type"))], got["counts"]), (named, model.counts()))
    run("form", "learn", run.write(usual, long(128, True), "long-blank.xlsx")[0], "-o", rules)
    expect(run, "a rule set of long identifiers", rules_of(run.check(run.write(usual, long(128), "long.xlsx")[0], "--ruleset", rules)), set())
    further = long(128)
    further.points.append(dict(further.of("type")[0], id=further.of("type")[0]["id"][:-2] + "99"))
    expect(run, "one more of that shape", "point-unknown" in rules_of(run.check(run.write(usual, further, "long.xlsx")[0], "--ruleset", rules)), True)
    rules.unlink()
    run("form", "learn", run.write(usual, long(128, True, True), "long-blank.xlsx")[0], "-o", rules)
    expect(run, "a long identifier twice in the blank form", rules_of(run.check(run.write(usual, long(128, twice=True), "long.xlsx")[0], "--ruleset", rules)), set())


def provenance(run):
    """From whom, on which day, of which blank form: written when it is learnt, shown, listed, told with each form that is checked."""
    blank, rules = run.write(usual, Model().blank(), "vierge.xlsx")[0], run.folder / "kept.json"
    digest, source = hashlib.sha256(blank.read_bytes()).hexdigest(), "Éditeur Untel, par courriel"
    days = {datetime.date.today() + datetime.timedelta(days=more) for more in (-1, 0, 1)}  # the day in Paris
    said = run("form", "learn", "--lang", "en", blank, "-o", rules, "--source", source)
    kept = json.loads(rules.read_text(encoding="utf-8"))["provenance"]
    expect(run, "the keys", sorted(kept), ["blank_name", "blank_sha256", "date", "source"])
    expect(run, "learnt", (kept["source"], kept["blank_sha256"], kept["blank_name"], datetime.date.fromisoformat(kept["date"]) in days), (source, digest, blank.name, True))
    line = f"{source}, on {kept['date']}; blank form {digest}"
    expect(run, "told when learnt", line in said.stdout, True)
    expect(run, "shown", line in run("form", "show", "--lang", "en", rules).stdout, True)
    expect(run, "montré", f"{source}, le {kept['date']}" in run("form", "show", "--lang", "fr", rules).stdout, True)
    expect(run, "of a form", run.check(form(run, "rated"), "--ruleset", rules)["ruleset"]["provenance"], kept)
    folder = run.folder / "paraphe/rulesets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kept.json").write_bytes(rules.read_bytes())
    every = json.loads(run("form", "list", "--json").stdout)["rulesets"]
    expect(run, "listed", [one["provenance"] for one in every if one["provenance"] and one["provenance"].get("blank_sha256") == digest], [kept])
    (folder / "kept.json").unlink()
    said = run("form", "learn", "--lang", "en", blank, "-o", run.folder / "unnamed.json")
    expect(run, "no source is told", "From whom this blank form came is not noted" in said.stderr, True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for part in (counts, most, dates, formulas, totals, identifiers, provenance):
            part(run)
    return run.ended("Borders")


if __name__ == "__main__":
    sys.exit(main())
