#!/usr/bin/python3
"""Each place that sets an error is reached by some test, or stands with its reason in tests/tree/errors-unreached.txt.

    errors.py SOURCE_FOLDER RECORD      RECORD: the file that the sanitized build wrote during the tests (PARAPHE_ERR_SITES)

The list has one line a place: FILE: the id of the error: why no test can reach it. Out of memory and broken promises inside the
program (err_set_memory, err_set_bug) are not asked for: tests/fault covers them by failing allocations.
"""
import os
import re
import subprocess
import sys

CALL = re.compile(r"\berr_set(?:_foreign|_errno)?\s*\(")
ROOMS = ("base", "cmd", "dossier", "grid", "job", "net", "pdf", "pkcs11", "sign", "submit", "trust", "verify", "worker", "x509")


def sites_of(top, file):
    """(first line, last line, id) of each call in a file."""
    with open(os.path.join(top, file), encoding="utf-8") as opened:
        text = opened.read()
    for found in CALL.finditer(text):
        depth, end = 0, found.end() - 1
        while end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                break
        call = text[found.start():end]
        name = re.search(r'"(err\.[a-z0-9.-]+)"', call)
        first = text.count("\n", 0, found.start()) + 1
        yield first, first + call.count("\n"), name.group(1) if name else "?"


def main():
    top, record = os.path.abspath(sys.argv[1]), sys.argv[2]
    with open(record, "rb") as opened:
        size = int.from_bytes(opened.read(8), sys.byteorder)
        lines = opened.read(size).decode("utf-8", "replace").splitlines()
    hit = set()
    for line in lines:
        file, _, number = line.rpartition(":")
        if number.isdigit():
            hit.add((os.path.relpath(file, top) if os.path.isabs(file) else file, int(number)))
    listed = {}
    path = os.path.join(top, "tests/tree/errors-unreached.txt")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as opened:
            for line in opened:
                parts = line.split(":", 2)
                if not line.startswith("#") and len(parts) == 3:
                    listed[(parts[0].strip(), parts[1].strip())] = parts[2].strip()
    done = subprocess.run(["git", "ls-files", "*.c"], cwd=top, capture_output=True, text=True, check=True)
    total, missed, used = 0, [], set()
    for file in done.stdout.split():
        if file.split("/")[0] not in ROOMS or file == "base/err.c":
            continue
        for first, last, name in sites_of(top, file):
            total += 1
            if any((file, number) in hit for number in range(first, last + 1)):
                continue
            if (file, name) in listed:
                used.add((file, name))
            else:
                missed.append(f"{file}:{first}: no test reaches {name} -> write one, or list it with its reason")
    for key in sorted(set(listed) - used):
        missed.append(f"tests/tree/errors-unreached.txt: {key[0]}: {key[1]} is reached or gone -> take it out")
    print("\n".join(missed))
    print(f"{total} places that set an error, {total - len([m for m in missed if 'no test' in m]) - len(used)} reached, "
          f"{len(used)} listed, {len(missed)} faults")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
