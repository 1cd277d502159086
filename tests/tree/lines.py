#!/usr/bin/python3
"""docs/checklist.md: every line is there, and each test that it names exists with the word that it names.

    lines.py SOURCE_FOLDER
"""
import os
import re
import sys

WANTED = [f"A{i}" for i in range(1, 21)] + [f"B{i}" for i in range(1, 19)] + [f"C{i}" for i in range(1, 10)] + \
    [f"D{i}" for i in range(1, 9)] + ["G"] + [f"E{i}" for i in range(1, 9)] + [f"V{i}" for i in range(1, 7)] + [f"W{i}" for i in range(1, 41)] + [f"N{i}" for i in range(1, 16)] + \
    [f"K{i}" for i in range(1, 46)] + [f"S{i}" for i in range(1, 18)] + [f"F{i}" for i in range(1, 53)] + \
    ["USF", "ISA", "SWA", "SWA-literal", "shadow", "EAA", "SSA", "recycled", "duplicates", "CMS", "algorithms", "certificate", "dictionary",
     "copied-stamp", "TSA", "DSS", "views", "catalog", "permissions", "resources", "trust", "upload"] + \
    [f"R{i}" for i in range(1, 58)]
PLACES = ("tests/e2e/", "tests/attacks/", "tests/token/", "tests/interop/", "tests/documents/", "tests/resume/", "tests/net/", "tests/unit/",
          "tests/bench/", "tests/forms/", "tests/fault/", "tests/fuzz/")


def main():
    top = os.path.abspath(sys.argv[1])
    faults, seen, texts = [], [], {}
    with open(os.path.join(top, "docs/checklist.md"), encoding="utf-8") as opened:
        rows = [line.strip().strip("|").split(" | ") for line in opened if line.startswith("| ") and not line.startswith("| line")
                and not line.startswith("| class")]
    for row in rows:
        name, tests = row[0].strip(), " | ".join(row[2:]).strip()
        seen.append(name)
        named = re.findall(r"`([^`]+)`: `([^`]+)`", tests)
        if not named and not tests.startswith("not made: "):
            faults.append(f"{name}: no test -> name one, or say why it is not made")
        if named and all(file.startswith("tests/unit/") for file, _ in named):
            faults.append(f"{name}: only unit tests -> the real program shows it too")
        for file, word in named:
            if file not in texts:
                path = os.path.join(top, file)
                texts[file] = open(path, encoding="utf-8").read() if os.path.isfile(path) and file.startswith(PLACES) else ""
            if word not in texts[file]:
                faults.append(f"{name}: {file} does not hold {word!r}")
    faults += [f"{name}: the line is missing" for name in WANTED if name not in seen]
    faults += [f"{name}: twice" for name in set(seen) if seen.count(name) > 1]
    print("\n".join(faults))
    print(f"{len(rows)} lines looked at, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
