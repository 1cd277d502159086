#!/usr/bin/python3
"""Opens every collected document with our reader and with qpdf, which may not repair. Of those that qpdf opens, at least 96 %
must open here with the same number of pages, be updated, and be opened by qpdf with the update; of those in which qpdf finds no
fault at all, at least 99.5 %. (Many come from test suites and are broken on purpose.) Nothing may crash or hang.

    judge.py PDF_PROBE FOLDER [REPORT.tsv]
"""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

FLOOR, FLOOR_SOUND = 0.96, 0.995
TIMEOUT = 60


def run(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=TIMEOUT)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return 124, "", "over time"


def qpdf_pages(path):
    """Pages when qpdf opens the file without repair, else None; warnings (3) count as opened."""
    status, out, err = run("qpdf", "--suppress-recovery", "--show-npages", path)
    return int(out) if status in (0, 3) and out.strip().isdigit() else None


def qpdf_sound(path):
    """Whether qpdf finds no fault: object streams, page tree, every filter that it knows."""
    return run("qpdf", "--suppress-recovery", "--check", path)[0] == 0


def judge(probe, path, out):
    """(qpdf's pages or None, whether qpdf finds no fault, our answer, fault or None)"""
    pages = qpdf_pages(path)
    sound = pages is not None and qpdf_sound(path)
    status, said, err = run(probe, "-u", out, path)
    answer = said.partition(": ")[2].strip() or f"status {status}: {err[-200:]}"
    if status != 0:
        return pages, sound, answer, "our reader ended badly"
    updated = os.path.join(out, os.path.basename(path))
    fault = None
    opened = re.match(r"opened (\d+) ", answer)
    if opened and pages is not None:
        if int(opened.group(1)) != pages:
            fault = f"qpdf sees {pages} pages"
        elif qpdf_pages(updated) != pages:
            fault = "qpdf does not open it with our update"
    if os.path.exists(updated):
        os.remove(updated)
    return pages, sound, answer, fault


def main():
    probe, folder = sys.argv[1:3]
    names = sorted(name for name in os.listdir(folder) if name.endswith(".pdf"))
    refused, rows = collections.Counter(), []
    both = ours = theirs = sound_all = sound_both = 0
    with tempfile.TemporaryDirectory() as out, concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda name: judge(probe, os.path.join(folder, name), out), names)
        for name, (pages, sound, answer, fault) in zip(names, results):
            opened = answer.startswith("opened")
            theirs += pages is not None
            ours += opened
            good = pages is not None and opened and fault is None
            both += good
            sound_all += sound
            sound_both += sound and good
            if not opened and pages is not None:
                refused[answer.split(" ")[1] if answer.startswith("refused") else "ended badly"] += 1
            rows.append((name, str(pages), "sound" if sound else "", answer, fault or ""))
    faults = [row for row in rows if row[4]]
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as opened:
            opened.writelines("\t".join(row) + "\n" for row in rows)
    for row in faults[:40]:
        print(" ".join(row))
    print(f"{len(names)} documents; qpdf opens {theirs} without repair; of these we open {both} ({100 * both / max(theirs, 1):.1f} %), "
          f"in all {ours}; qpdf finds no fault in {sound_all}, of which we open {sound_both} "
          f"({100 * sound_both / max(sound_all, 1):.1f} %); {len(faults)} faults")
    print("refused though qpdf opens them: " + ", ".join(f"{id} {n}" for id, n in refused.most_common()))
    bad = [row for row in faults if "badly" in row[4]]
    return 1 if bad or theirs < 100 or both < FLOOR * theirs or sound_both < FLOOR_SOUND * sound_all else 0


if __name__ == "__main__":
    sys.exit(main())
