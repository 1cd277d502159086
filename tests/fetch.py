#!/usr/bin/python3
"""Public packages, pinned by name and version, fetched by the registries' ordinary clients as this machine has them set up.

    fetch.py KIND NAME VERSION FOLDER        KIND: pypi, go, cargo, debian, maven

What a missing client or registry cannot give is simply not there afterwards: the caller looks and says so.
"""
import glob
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile


def run(*command, **options):
    if shutil.which(command[0]):
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False, **options)


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


FETCH = {"pypi": fetch_pypi, "go": fetch_go, "cargo": fetch_cargo, "debian": fetch_debian, "maven": fetch_maven}


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


if __name__ == "__main__":
    FETCH[sys.argv[1]](*sys.argv[2:5])
