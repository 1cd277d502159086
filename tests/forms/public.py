#!/usr/bin/python3
"""Workbooks of public packages (packages.tsv), each once and named by its digest: every one is read as openpyxl reads it, or refused by the
rule that public.tsv names; none is ever found valid.

    public.py collect FOLDER             the workbooks that public.tsv lists; 77 when there are too few
    public.py compare PARAPHE FOLDER     needs openpyxl
    public.py renew PARAPHE FOLDER       everything found, and public.tsv written anew: to be read before it is committed

public.tsv: SHA-256, package, path, the program that wrote it, and what is expected: "equal", "alone" (openpyxl cannot read it, or not
this dialect), or the rule that refuses it.
"""
import collections
import datetime
import io
import json
import math
import os
import re
import subprocess
import sys
import warnings
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from fetch import collect  # noqa: E402

LIST = os.path.join(HERE, "public.tsv")
LARGEST = 200 << 10  # bytes of one workbook: openpyxl takes long for more
ENOUGH = 100
# Programs that must be among those whose workbooks are read alike.
WRITERS = {"Google Sheets": 2, "WPS": 4, "Apple Numbers": 1, "Excel for Windows": 40, "Excel for Mac": 15, "LibreOffice": 8, "ONLYOFFICE": 3}
# Registries that must be among those whose workbooks are read alike; Debian's are in test_collected.sh.
REGISTRIES = {"pypi": 25, "npm": 25, "go": 15, "cargo": 40}
# Files that do not name their writer but whose name does.
BY_NAME = (("google", "Google Sheets"), ("gdocs", "Google Sheets"), ("macNumbers", "Apple Numbers"))
BY_APPLICATION = (("Macintosh", "Excel for Mac"), ("Microsoft Excel", "Excel for Windows"), ("LibreOffice", "LibreOffice"), ("OpenOffice", "OpenOffice"),
                  ("WPS", "WPS"), ("ONLYOFFICE", "ONLYOFFICE"), ("Tencent", "Tencent"))


def writer(path, data):
    for piece, name in BY_NAME:
        if piece in path:
            return name
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = [name for name in archive.namelist() if name.lower().endswith("docprops/app.xml")]
            said = re.search(rb"<(?:\w+:)?Application>([^<]*)<", archive.read(part[0])) if part else None
    except zipfile.BadZipFile:
        return "unknown"
    application = said.group(1).decode("utf-8") if said else ""
    return next((name for piece, name in BY_APPLICATION if piece in application), "unknown")


def rows():
    with open(LIST, encoding="utf-8") as opened:
        return [line.split("\t") for line in opened.read().splitlines()]


def collected(folder, wanted):
    """wanted: digest -> package, or None for all. Returns digest -> (package, path) and the packages that were not got."""
    found, missing = {}, []
    for digest, package, path, data in collect(os.path.join(HERE, "packages.tsv"), folder, wanted, (".xlsx", ".xlsm"), LARGEST, lambda _: True):
        if digest:
            found[digest] = (package, path, writer(path, data))
        else:
            missing.append(package)
    return found, missing


def theirs(path):
    import openpyxl  # only where it is needed: collecting does not
    warnings.simplefilter("ignore")
    book = openpyxl.load_workbook(path, data_only=True)
    # The cells that are there: walking over rows would make a million empty ones.
    return {(sheet.title, cell.coordinate): cell.value for sheet in book.worksheets for cell in sheet._cells.values()
            if cell.value not in (None, "")}


def seconds(value):
    """Times of day and moments to the second, as a cell shows them."""
    day = datetime.datetime.combine(datetime.date(2000, 1, 1), value) if isinstance(value, datetime.time) else value
    return (day + datetime.timedelta(seconds=round(day.microsecond / 1e6))).replace(microsecond=0)


def same(value, kind, text):
    if isinstance(value, bool):
        return kind == "boolean" and text == ("TRUE" if value else "FALSE")
    if isinstance(value, (int, float)):
        return kind == "number" and math.isclose(float(text), value, rel_tol=1e-14)
    if isinstance(value, datetime.time):
        return kind == "date" and text == seconds(value).time().isoformat()
    if isinstance(value, datetime.datetime):
        moment = seconds(value).isoformat()
        return kind == "date" and text in (moment, moment.replace("T", " "), moment.removesuffix("T00:00:00"))
    # ISO/IEC 29500-1, 22.9.2.19: _xHHHH_ stands for a character; openpyxl leaves it as it is.
    plain = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), str(value))
    return text in (value, plain)


def look(program, path):
    """(what became of it, faults)"""
    done = subprocess.run([program, "check", "--json", path], capture_output=True, text=True, timeout=60, check=False)
    grid = json.loads(done.stdout)
    if done.returncode != 3 or grid["verdict"] != "formulaire invalide":
        return "valid", [f"status {done.returncode}, {grid['verdict']}"]
    cells = subprocess.run([program, "form", "cells", "--json", path], capture_output=True, text=True, timeout=60, check=False)
    if cells.returncode == 4 and len(cells.stderr.strip().splitlines()) == 1:
        return grid["findings"][0]["rule"], []
    if cells.returncode != 0:
        return "error", [f"form cells: status {cells.returncode}: {cells.stderr[:200]}"]
    ours = {(c["sheet"], c["address"]): (c["type"], c["value"]) for c in map(json.loads, cells.stdout.splitlines()) if c["type"] != "empty"}
    try:
        their = theirs(path)
    except Exception as why:  # whatever openpyxl stumbles over
        return "alone", [f"openpyxl: {type(why).__name__}: {why}"[:150]]
    wrong = [f"{key}: ours {ours.get(key)}, openpyxl {value!r}" for key, value in their.items() if key not in ours or not same(value, *ours[key])]
    wrong += [f"{key}: ours {value}, openpyxl none" for key, value in ours.items() if key not in their]
    return "alone" if wrong else "equal", wrong


def compare(program, folder):
    read, came, faults, there = collections.Counter(), collections.Counter(), [], 0
    for digest, package, path, made, expected in rows():
        file = os.path.join(folder, digest + ".xlsx")
        if not os.path.exists(file):
            continue
        there += 1
        result, wrong = look(program, file)
        read[made] += result == "equal"
        came[package.partition(":")[0]] += result == "equal"
        if result != expected:
            faults.append(f"{package} {path}: {result}, expected {expected}: {'; '.join(wrong[:3])[:300]}")
    few = [f"{name}: {read[name]} read alike, at least {least} wanted" for name, least in WRITERS.items() if read[name] < least]
    few += [f"{name}: {came[name]} read alike, at least {least} wanted" for name, least in REGISTRIES.items() if came[name] < least]
    few = few if there == len(rows()) else []
    print("\n".join(faults[:20] + few))
    print(f"{there} workbooks, {sum(read.values())} read as openpyxl reads them ({', '.join(f'{n} {c}' for n, c in sorted(read.items()) if c)}), "
          f"{len(faults)} faults")
    return 1 if faults or few else 0


def renew(program, folder):
    found, missing = collected(folder, None)
    with open(LIST, "w", encoding="utf-8") as opened:
        for digest, (package, path, made) in sorted(found.items(), key=lambda row: row[1]):
            result, wrong = look(program, os.path.join(folder, digest + ".xlsx"))
            if result not in ("equal",):
                print(f"{path}: {result} {wrong[:3]}")
            opened.write(f"{digest}\t{package}\t{path}\t{made}\t{result}\n")
    print("not got:", missing)
    return 0


def main():
    if sys.argv[1] == "renew":
        return renew(*sys.argv[2:4])
    if sys.argv[1] == "compare":
        return compare(*sys.argv[2:4])
    wanted = {digest: package for digest, package, *_ in rows()}
    _, missing = collected(sys.argv[2], wanted)
    there = sum(os.path.exists(os.path.join(sys.argv[2], digest + ".xlsx")) for digest in wanted)
    print(f"{there} of {len(wanted)} workbooks are there")
    if missing:
        print(f"{'skipped' if there < ENOUGH else 'left out'}: could not be fetched: " + " ".join(missing))
    return 77 if there < ENOUGH else 0


sys.exit(main())
