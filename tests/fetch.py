#!/usr/bin/python3
"""Public packages, pinned by name and version, fetched by the registries' ordinary clients as this machine has them set up.

    fetch.py KIND NAME VERSION FOLDER        KIND: pypi, npm, go, cargo, debian, maven

What a missing client or registry cannot give is simply not there afterwards: the caller looks and says so.
"""
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile


def run(*command, **options):
    if shutil.which(command[0]):
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False, **options)


def fetch_pypi(name, version, to):
    run("pip3", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", to, f"{name}=={version}")


def fetch_npm(name, version, to):
    run("npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}", cwd=to)


def fetch_go(name, version, to):
    environment = dict(os.environ, GOPATH=os.path.join(to, "go"), GOFLAGS="-mod=mod -modcacherw")
    with open(os.path.join(to, "go.mod"), "w", encoding="utf-8") as opened:
        opened.write("module documents\n")
    run("go", "mod", "download", f"{name}@{version}", cwd=to, env=environment)
    escaped = "".join("!" + c.lower() if c.isupper() else c for c in name)
    archive = os.path.join(to, "go", "pkg", "mod", "cache", "download", escaped, "@v", f"{version}.zip")
    if os.path.exists(archive):
        shutil.copy(archive, os.path.join(to, "module.zip"))


def fetch_cargo(name, version, to):
    """`cargo info` reads the package itself, and so fetches it, without what it depends on."""
    home = os.path.join(to, "home")
    os.makedirs(home)
    for file in glob.glob(os.path.join(os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")), "config*")):
        shutil.copy(file, home)
    run("cargo", "info", "-q", f"{name}@{version}", cwd=to, env=dict(os.environ, CARGO_HOME=home))
    for file in glob.glob(os.path.join(home, "registry", "cache", "*", f"{name}-{version}.crate")):
        shutil.copy(file, os.path.join(to, "crate.tar.gz"))


def debian_sources():
    """The machine's own sources, as sources of source packages."""
    text = ""
    for file in glob.glob("/etc/apt/sources.list.d/*.sources"):
        with open(file, encoding="utf-8") as opened:
            text += opened.read().replace("Types: deb\n", "Types: deb-src\n") + "\n"
    return text


def fetch_debian(name, version, to):
    for folder in ("lists/partial", "parts"):
        os.makedirs(os.path.join(to, folder))
    with open(os.path.join(to, "parts", "src.sources"), "w", encoding="utf-8") as opened:
        opened.write(debian_sources())
    options = ["-o", "Dir::Etc::SourceList=/dev/null", "-o", f"Dir::Etc::SourceParts={to}/parts", "-o",
               f"Dir::State::Lists={to}/lists"]
    run("apt-get", *options, "update")
    run("apt-get", *options, "source", "--download-only", f"{name}={version}", cwd=to)


def fetch_maven(name, version, to):
    """name: group:artifact:classifier of a jar."""
    group, artifact, classifier = name.split(":")
    run("mvn", "-q", "-B", "dependency:copy", f"-Dartifact={group}:{artifact}:{version}:jar:{classifier}", f"-DoutputDirectory={to}", cwd=to)
    for file in glob.glob(os.path.join(to, "*.jar")):
        os.rename(file, file[:-len("jar")] + "zip")


FETCH = {"pypi": fetch_pypi, "npm": fetch_npm, "go": fetch_go, "cargo": fetch_cargo, "debian": fetch_debian, "maven": fetch_maven}


def members(folder, ends, largest):
    """(path in the package, bytes) of the files with these ends in the archives of a folder."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.lower().endswith(ends) and member.file_size <= largest:
                        yield member.filename.split("@v", 1)[-1].partition("/")[2], archive.read(member)
        elif ".tar." in name and not name.endswith(".asc") and "debian.tar" not in name or name.endswith(".tgz"):
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and member.name.lower().endswith(ends) and member.size <= largest:
                        yield member.name.partition("/")[2], archive.extractfile(member).read()


def collect(packages, folder, wanted, ends, largest, keep):
    """Puts the files with these ends into the folder, by digest, as the first of the ends. packages: a list of kind, name, version;
    wanted: digest -> package, or None for all that `keep` says yes to, given a file's bytes. Yields digest, package, path in it
    and bytes of each, once, and for a package that was not got None, its name, None, None."""
    os.makedirs(folder, exist_ok=True)
    end, seen = ends[0], set()
    with open(packages, encoding="utf-8") as opened:
        listed = [line.split("\t") for line in opened.read().splitlines()]
    for kind, name, version in listed:
        package = f"{kind}:{name}:{version}"
        if wanted is not None and all(os.path.exists(os.path.join(folder, d + end)) for d, p in wanted.items() if p == package):
            continue
        got = False
        with tempfile.TemporaryDirectory() as work:
            FETCH[kind](name, version, work)
            for path, data in members(work, ends, largest):
                got, digest = True, hashlib.sha256(data).hexdigest()
                if digest in seen or (digest not in wanted if wanted is not None else not keep(data)):
                    continue
                seen.add(digest)
                with open(os.path.join(folder, digest + end), "wb") as opened:
                    opened.write(data)
                yield digest, package, path, data
        if not got:
            yield None, package, None, None


if __name__ == "__main__":
    FETCH[sys.argv[1]](*sys.argv[2:5])
