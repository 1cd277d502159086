#!/usr/bin/python3
"""Documents that other programs signed, with verdicts: sound ones and attacks of EU DSS, pyHanko, pdfcpu, pdfsign, pinned by digest.

    foreign.py PARAPHE FOLDER            each verdict of signed.tsv once more
    foreign.py PARAPHE FOLDER --renew    the column of paraphe written anew

signed.tsv: SHA-256, package, path inside it; what paraphe says without any anchor (verdict, code, a letter a signature: s sound,
m modified later, b broken; what kinds of changes were not allowed); what EU DSS 6.2 and pyHanko 0.38 said when the list was made
(+ nothing against it but the missing anchor, - something, ? could not be judged); why we differ (docs/verifying.md).
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from fetch import collect  # noqa: E402

LIST = os.path.join(HERE, "signed.tsv")
LARGEST = 12 << 20
ENOUGH = 100
AT = "2026-11-25"


def rows():
    if not os.path.exists(LIST):
        return []
    with open(LIST, encoding="utf-8") as opened:
        return [line.split("\t") for line in opened.read().splitlines()]


def collected(folder, wanted):
    """Digest -> (package, path) of what was fetched; wanted: digest -> package, or None for all signed ones."""
    found = collect(os.path.join(HERE, "signed-packages.tsv"), folder, wanted, (".pdf",), LARGEST, lambda data: b"ByteRange" in data)
    return {digest: (package, path) for digest, package, path, _ in found if digest}


def said(program, path):
    done = subprocess.run([program, "verify", "--json", "--lang", "en", "--offline", "--at", AT, path], capture_output=True, text=True, timeout=120,
                          check=False, env=dict(os.environ, HOME="/nonexistent", XDG_CONFIG_HOME="/nonexistent", XDG_DATA_HOME="/nonexistent"))
    try:
        verdict = json.loads(done.stdout)
    except json.JSONDecodeError:
        return f"crashed {done.returncode}"
    letters = "".join("m" if s["modified"] and s["intact"] else "s" if s["intact"] else "b" for s in verdict.get("signatures") or [])
    kinds = sorted({c["kind"] for s in verdict.get("signatures") or [] for c in s["changes"] if not c["allowed"]})
    return " ".join([verdict["verdict"], str(verdict["code"]), letters or "-", ",".join(kinds) or "-"])


def main():
    program, folder, renew = sys.argv[1], sys.argv[2], sys.argv[3:] == ["--renew"]
    listed = rows()
    found = collected(folder, None if renew else {row[0]: row[1] for row in listed})
    if renew:
        known = {row[0]: row[4:] for row in listed}
        listed = [[digest, *where, "", *known.get(digest, ["?", "?", ""])] for digest, where in found.items()]
        listed.sort(key=lambda row: (row[1], row[2]))
    there = [row for row in listed if os.path.exists(os.path.join(folder, row[0] + ".pdf"))]
    if len(there) < ENOUGH:
        print(f"skipped: only {len(there)} documents could be had")
        return 77
    with ThreadPoolExecutor(2) as pool:
        now = list(pool.map(lambda row: said(program, os.path.join(folder, row[0] + ".pdf")), there))
    if renew:
        with open(LIST, "w", encoding="utf-8") as out:
            for row, text in zip(there, now):
                out.write("\t".join([*row[:3], text, *row[4:]]) + "\n")
        return 0
    failures = 0
    for row, text in zip(there, now):
        if row[3] != text:
            failures += 1
            print(f"FAILED: {row[2]} ({row[0][:8]}): {text}, due {row[3]}")
    print(f"{len(there) - failures} of {len(listed)} documents are judged as before, {failures} otherwise")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
