#!/usr/bin/python3
"""Collects the PDFs inside pinned packages (packages.tsv) by the registries' ordinary clients: each once, named by its digest.

    collect.py FOLDER            files that documents.tsv lists, checked by digest; what is missing is said
    collect.py FOLDER --renew    everything found, and documents.tsv written anew

documents.tsv: SHA-256, package, path inside it. A package whose client (pip3, go, apt-get) or registry is missing is said and
left out; below ENOUGH documents the status is 77.
"""
import hashlib
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from fetch import FETCH, members  # noqa: E402

LIST = os.path.join(HERE, "documents.tsv")
LARGEST = 8 << 20  # bytes of one document
ENOUGH = 1000


def collect(out, wanted, found):
    """found: digest -> (package, path). Returns the packages that could not be fetched."""
    missing = []
    with open(os.path.join(HERE, "packages.tsv"), encoding="utf-8") as opened:
        packages = [line.split("\t") for line in opened.read().splitlines()]
    for kind, name, version in packages:
        package = f"{kind}:{name}:{version}"
        if wanted is not None and all(os.path.exists(os.path.join(out, digest + ".pdf"))
                                      for digest, row in wanted.items() if row[0] == package):
            continue
        with tempfile.TemporaryDirectory() as work:
            FETCH[kind](name, version, work)
            count = 0
            for path, data in members(work, ".pdf", LARGEST):
                digest = hashlib.sha256(data).hexdigest()
                count += 1
                if digest in found or wanted is not None and digest not in wanted:
                    continue
                found[digest] = (package, path)
                with open(os.path.join(out, digest + ".pdf"), "wb") as opened:
                    opened.write(data)
            if not count:
                missing.append(package)
    return missing


def main():
    out, renew = sys.argv[1], sys.argv[2:] == ["--renew"]
    os.makedirs(out, exist_ok=True)
    wanted = None
    if not renew:
        with open(LIST, encoding="utf-8") as opened:
            rows = [line.split("\t") for line in opened.read().splitlines()]
        wanted = {digest: (package, path) for digest, package, path in rows}
    found = {}
    missing = collect(out, wanted, found)
    if renew:
        with open(LIST, "w", encoding="utf-8") as opened:
            for digest, (package, path) in sorted(found.items(), key=lambda row: row[1]):
                opened.write(f"{digest}\t{package}\t{path}\n")
        wanted = found
    there = sum(os.path.exists(os.path.join(out, digest + ".pdf")) for digest in wanted)
    print(f"{there} of {len(wanted)} documents are there")
    if missing:
        print(f"{'skipped' if there < ENOUGH else 'left out'}: could not be fetched: " + " ".join(missing))
    return 77 if there < ENOUGH else 0


if __name__ == "__main__":
    sys.exit(main())
