"""Every workbook of a folder is read, or refused in one sentence, in time; none is found valid.

    collected.py PARAPHE FOLDER LEAST_READ
"""
import json
import pathlib
import subprocess
import sys


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def look_at(program, book):
    cells = run(program, "form", "cells", "--json", book)
    if cells.returncode not in (0, 4) or (cells.returncode == 4 and len(cells.stderr.strip().split("\n")) != 1):
        return False, f"form cells: status {cells.returncode}: {cells.stderr[:200]}"
    for line in cells.stdout.splitlines():
        if set(json.loads(line)) != {"sheet", "address", "type", "value", "hidden", "formula"}:
            return False, f"odd line: {line[:100]}"
    check = run(program, "check", "--json", "--deposit-date", "2026-11-23", book)
    if check.returncode != 3 or json.loads(check.stdout)["verdict"] != "formulaire invalide":
        return False, f"check: status {check.returncode}"
    return cells.returncode == 0, None


def main():
    program, books = sys.argv[1], sorted(p for p in pathlib.Path(sys.argv[2]).rglob("*") if p.suffix in (".xlsx", ".xlsm"))
    read, wrong = 0, []
    for book in books:
        try:
            good, fault = look_at(program, str(book))
        except subprocess.TimeoutExpired:
            good, fault = False, "no answer in 30 seconds"
        read += good
        if fault:
            wrong.append(f"{book.name}: {fault}")
    print("\n".join(wrong[:20]))
    print(f"{len(books)} workbooks, {read} read, {len(books) - read} refused, {len(wrong)} faults")
    return 1 if wrong or read < int(sys.argv[3]) else 0


sys.exit(main())
