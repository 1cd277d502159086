#!/usr/bin/python3
"""A grid document in place of a form, one property at a time: what it may say, what is taken of it and what is not.

    openform.py PARAPHE
"""
import copy
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from claims import expect, form  # noqa: E402
from invented import DEPOSIT, Model, Run, one_sheet  # noqa: E402


def grid_of(run, path, *options):
    grid = run.folder / "made.json"
    grid.unlink(missing_ok=True)
    run("check", "--deposit-date", DEPOSIT, "--grid", grid, *options, path)
    return json.loads(grid.read_text(encoding="utf-8"))


def points_of(document):
    return [point for sheet in document["sheets"] for point in sheet["points"]]


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        whole, path = grid_of(run, form(run, "kept")), run.folder / "open.json"

        def given(change=lambda document: None, of=whole, *options):
            document = copy.deepcopy(of)
            change(document)
            path.write_text(json.dumps(document), encoding="utf-8")
            return run("check", "--json", "--deposit-date", DEPOSIT, *options, path)

        def read(name, change, look, wanted, **more):
            done = given(change, **more)
            expect(run, name, look(json.loads(done.stdout)) if done.returncode != 4 else done.stderr, wanted)

        def refused(name, change, words):
            done = given(change)
            expect(run, name, (done.returncode, words in done.stderr or words in done.stdout), (4, True))
        rules, codes = (lambda got: sorted({finding["rule"] for finding in got["findings"]})), (lambda got: {note["code"] for note in got["notes"]})
        read("as it was", lambda d: None, lambda got: (got["outcome"], got["counts"], got["findings"]), ("met-reserve", Model().counts(), []))
        # what it says of its result is not believed, whatever it says
        lies = {"verdict": "non validé", "outcome": "not-met", "counts": {"Haute": {"Non": 9}}, "findings": [{"rule": "high-non", "level": "rejet"}], "completeness": "incomplete",
                "deposit_until": "2099-01-01", "thresholds": {"medium_non_max": 0}, "notes": [{"code": "hollow"}], "kind": "proxy", "type": "proxy-psc", "reference_date": "2099-01-01", "ruleset": {"id": "x"}}
        sound = json.loads(given().stdout)
        for key, lie in lies.items():
            read(f"not believed: {key}", lambda d, key=key, lie=lie: d.update({key: lie}), lambda got: dict(got, sha256=None), dict(sound, sha256=None))
        for version in (0, 2, "1", None):
            refused(f"version {version!r}", lambda d, version=version: d.update(version=version), "version")
        # texts
        for text, wanted in (("é" * 32767, []), ("é" * 32768, ["text-too-long"]), ("\U0001f600" * 16383 + "é", []), ("\U0001f600" * 16384, ["text-too-long"])):
            read(f"a comment of {len(text)} characters, {len(text.encode())} bytes", lambda d, text=text: points_of(d)[0].update(comment=text), rules, wanted)
        refused("no identifier", lambda d: points_of(d)[0].update(id=""), "sheets.points.id")
        refused("an identifier that is no text", lambda d: points_of(d)[0].update(id=7), "sheets.points.id")
        refused("an identifier of 61 bytes", lambda d: points_of(d)[0].update(id="C" * 58 + "-01"), "sheets.points.id")
        read("an identifier of 60 bytes", lambda d: points_of(d)[0].update(id="C" * 57 + "-01"), lambda got: got["kind"], "lps")

        def many(count):
            def change(document):
                points = document["sheets"][0]["points"]
                points += [dict(points[0], id=f"C-{number}", answer="Oui") for number in range(100, 100 + count - len(points))]
            return change
        read("2000 points", many(2000), lambda got: sum(got["counts"][severity][answer] for severity in got["counts"] for answer in got["counts"][severity]), 2000 + 21)
        refused("2001 points", many(2001), "sheets.points")
        refused("points that are no list", lambda d: d["sheets"][0].update(points={}), "sheets.points")
        # places: as they are named, and none where the name is none
        at = points_of(whole)[3]["cells"]["answer"]
        for name, place, wanted in (("its cell", at, at), ("no cell", None, None), ("an address with more behind it", at + "x", None), ("no address", "ici", None)):
            read(name, lambda d, place=place: (points_of(d)[3].update(answer="Peut-être"), points_of(d)[3]["cells"].update(answer=place)),
                 lambda got: [finding["cell"] for finding in got["findings"] if finding["rule"] == "answer-invalid"], [wanted])
        # severities of its own, without a rule set; those of the rule set with one
        high = next(at for at, point in enumerate(points_of(whole)) if point["severity"] == "Haute")
        read("an eliminatory No", lambda d: points_of(d)[high].update(answer="Non", comment="Constaté."), lambda got: (got["outcome"], rules(got)), ("not-met", ["high-non"]))
        read("a point named by words", lambda d: points_of(d)[high].update(id="Mots de passe", answer="Non", comment="Constaté."), lambda got: (got["outcome"], rules(got)), ("not-met", ["high-non"]))
        # fields: dates as text, the first of two
        def field(document, ident):
            return next(one for one in document["fields"] if one["id"] == ident)
        read("a French date", lambda d: field(d, "test_end").update(value="12/09/2026"), lambda got: got["deposit_until"], "2027-09-11")
        read("an ISO date", lambda d: field(d, "test_end").update(value="2026-09-12"), lambda got: got["deposit_until"], "2027-09-11")
        read("no date", lambda d: field(d, "test_end").update(value="demain"), rules, ["date-invalid"])
        read("a field twice", lambda d: d["fields"].append(dict(field(d, "test_end"), value="2020-01-01")), lambda got: ("field-repeated" in codes(got), got["deposit_until"]), (True, "2027-09-10"))
        # what it keeps of its workbook, and of its sheets
        document = grid_of(run, path if given() else None)
        expect(run, "what it says of its workbook", (document["form"]["type"], document["form"]["declared"]), ("grid", whole["form"]))
        expect(run, "its columns", [sheet["columns"] for sheet in document["sheets"]], [sheet["columns"] for sheet in whole["sheets"]])
        expect(run, "its points", points_of(document), points_of(whole))
        expect(run, "its fields", document["fields"], whole["fields"])
        parted = grid_of(run, form(run, "parted", write=one_sheet))
        path.write_text(json.dumps(parted), encoding="utf-8")
        expect(run, "parts of a sheet", [(sheet["name"], sheet.get("part")) for sheet in grid_of(run, path)["sheets"]], [("Formulaire", "Base commune"), ("Formulaire", "Application web")])
    return run.ended("Open forms")


if __name__ == "__main__":
    sys.exit(main())
