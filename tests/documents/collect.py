#!/usr/bin/python3
"""Collects the PDFs inside pinned packages (packages.tsv) by the registries' ordinary clients: each once, named by its digest.

    collect.py FOLDER            files that documents.tsv lists, checked by digest; what is missing is said
    collect.py FOLDER --renew    everything found, and documents.tsv written anew

documents.tsv: SHA-256, package, path inside it. A package whose client (pip3, go, apt-get) or registry is missing is said and
left out; below ENOUGH documents the status is 77.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, "documents.tsv")
LARGEST = 8 << 20  # bytes of one document
ENOUGH = 1000
SOURCES = """Types: deb-src
URIs: http://deb.debian.org/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def run(*command, **options):
    if shutil.which(command[0]):
        subprocess.run(command, capture_output=True, check=False, **options)


def fetch_pypi(name, version, to):
    run("pip3", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", to, f"{name}=={version}")


def fetch_go(name, version, to):
    environment = dict(os.environ, GOPATH=os.path.join(to, "go"), GOFLAGS="-mod=mod -modcacherw")
    with open(os.path.join(to, "go.mod"), "w", encoding="utf-8") as opened:
        opened.write("module documents\n")
    run("go", "mod", "download", f"{name}@{version}", cwd=to, env=environment)
    escaped = "".join("!" + c.lower() if c.isupper() else c for c in name)
    archive = os.path.join(to, "go", "pkg", "mod", "cache", "download", escaped, "@v", f"{version}.zip")
    if os.path.exists(archive):
        shutil.copy(archive, os.path.join(to, "module.zip"))


def fetch_debian(name, version, to):
    for folder in ("lists/partial", "parts"):
        os.makedirs(os.path.join(to, folder))
    with open(os.path.join(to, "parts", "src.sources"), "w", encoding="utf-8") as opened:
        opened.write(SOURCES)
    options = ["-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={to}/parts", "-o",
               f"Dir::State::Lists={to}/lists"]
    run("apt-get", *options, "update")
    run("apt-get", *options, "source", "--download-only", f"{name}={version}", cwd=to)


FETCH = {"pypi": fetch_pypi, "go": fetch_go, "debian": fetch_debian}


def documents_of(folder):
    """(path in the package, bytes) of every PDF in the archives of a folder."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.lower().endswith(".pdf") and member.file_size <= LARGEST:
                        yield member.filename.split("@v", 1)[-1].partition("/")[2], archive.read(member)
        elif ".tar." in name and not name.endswith(".asc") and "debian.tar" not in name or name.endswith(".tgz"):
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and member.name.lower().endswith(".pdf") and member.size <= LARGEST:
                        yield member.name.partition("/")[2], archive.extractfile(member).read()


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
            for path, data in documents_of(work):
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
