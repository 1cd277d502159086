#!/usr/bin/python3
"""Runs the real program on every specimen form and compares its JSON with the expected one: findings as a set, counts, verdict,
kind, type, initial. Prints each difference; status 1 when there is one.

    compare.py PARAPHE SPECIMENS_FOLDER
"""
import json
import pathlib
import subprocess
import sys

STATUS = {"validé": 0, "non validé": 11, "formulaire invalide": 3}
KEYS = ("reference_date", "kind", "type", "initial", "counts", "verdict")
FINDING = ("sheet", "cell", "rule", "level", "point")


def run(program, specimens, expected):
    form = specimens / "forms" / expected["form"]
    command = [program, "check", "--json", "--lang", "en", "--deposit-date", expected["reference_date"], str(form)]
    if expected["initial"]:
        command += ["--initial", str(specimens / "forms" / expected["initial"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def differences(expected, status, output, errors):
    try:
        got = json.loads(output)
    except ValueError:
        return [f"no JSON: {output[:200]!r} {errors[:300]!r}"]
    found = [f"{key} is {got.get(key)!r}, expected {expected[key]!r}" for key in KEYS if got.get(key) != expected[key]]
    ours = sorted([f.get(key) or "" for key in FINDING] for f in got["findings"])
    theirs = sorted([f.get(key) or "" for key in FINDING] for f in expected["findings"])
    found += [f"not expected: {f}" for f in ours if f not in theirs]
    found += [f"missing: {f}" for f in theirs if f not in ours]
    if len(ours) != len(theirs) and not found:
        found.append("a finding is repeated")
    found += [f"no sentence for {f['rule']}" for f in got["findings"]
              if not f.get("message") or not f.get("remedy") or f["message"].startswith("grid.")]
    if status != STATUS[expected["verdict"]]:
        found.append(f"status {status}, expected {STATUS[expected['verdict']]}")
    return found


def main():
    program, specimens = sys.argv[1], pathlib.Path(sys.argv[2])
    files = sorted((specimens / "expected").rglob("*.json"))
    wrong = 0
    for file in files:
        expected = json.loads(file.read_text(encoding="utf-8"))
        found = differences(expected, *run(program, specimens, expected))
        wrong += bool(found)
        for line in found:
            print(f"{expected['form']}: {line}")
    print(f"{len(files)} forms checked, {wrong} differ")
    return 1 if wrong or len(files) < 70 else 0


if __name__ == "__main__":
    sys.exit(main())
