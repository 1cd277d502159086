#!/usr/bin/python3
"""Checks of the tree itself: arrows between rooms, sizes, texts, words, ceilings. Prints file, line and mend; status 1 when one fails.

    check.py SOURCE_FOLDER
"""
import os
import re
import shutil
import subprocess
import sys

FILE_LINES, FUNCTION_LINES = 500, 100
ROOMS = ("pdf/file", "pdf/text", "pdf/draw", "pdf/report", "sign/cms", "sign/pades", "submit/bundle", "submit/upload", "cmd", "job",
         "dossier", "grid", "x509", "pkcs11", "verify", "trust", "net", "worker", "base")
FORBIDDEN = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|(?<![\w.])/(?:work|root|home)/")
# Rooms whose ceilings on what is read all stand in base/ceilings.h. Large numbers there that are none:
CEILING_ROOMS, LARGE = ("grid",), 256
NO_CEILINGS = {
    "BOOK_ROWS": "ISO/IEC 29500: the last row of a sheet", "BOOK_COLUMNS": "ISO/IEC 29500: the last column", "BOOK_ADDRESS_MAX": "room for what we write: XFD1048576",
    "LAST": "9999-12-31 as a serial number", "LAST_1904": "the same day counted from 1904", "DAY_SECONDS": "of a day", "COMMENT": "APPNOTE 4.3.16: two bytes of length",
    "NAME_BONUS": "a weight, no size", "LABEL_WHOLE": "a weight", "LABEL_OWN": "a weight", "BLOCK": "how much memory is taken at once", "FLUSH": "how much is written at once",
    "CARRIES_EMBEDDED": "a flag", "HEAD": "how much of a file is looked at for its kind", "CHUNK": "how much is read at once", "KNOWN_BYTES": "of a sentence of ours", "SAY_MAX": "of a sentence of ours"}
FOUND = []


def report(file, line, what, mend):
    FOUND.append(f"{file}:{line}: {what} -> {mend}")


def lines_of(top, file):
    with open(os.path.join(top, file), encoding="utf-8", errors="replace") as opened:
        return opened.read().split("\n")


def room_of(file):
    return next((room for room in ROOMS if file.startswith(room + "/")), None)


def arrows_of(top):
    """room -> rooms it may include, from the table of docs/architecture.md, the arrows followed to their end."""
    text = "\n".join(lines_of(top, "docs/architecture.md"))
    table = re.search(r"<!-- arrows -->\n```\n(.*?)```", text, re.S)
    if not table:
        sys.exit("docs/architecture.md: the table of arrows is missing")
    direct = {}
    for line in table.group(1).strip().split("\n"):
        room, _, used = line.partition("->")
        direct[room.strip()] = set(used.split())
    def closure(room, seen):
        for used in direct.get(room, ()):
            if used not in seen:
                seen.add(used)
                closure(used, seen)
        return seen
    return {room: closure(room, set()) for room in direct}


def check_arrows(top, sources):
    allowed = arrows_of(top)
    for file in sources:
        room = room_of(file)
        if room in (None, "cmd"):
            continue
        for number, line in enumerate(lines_of(top, file), 1):
            included = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            other = included and room_of(included.group(1))
            if other and other != room and other not in allowed.get(room, ()):
                report(file, number, f"{room} must not use {other}", "hand it in from cmd/, or move what both need down")


def check_sizes(top, sources):
    for file in sources:
        count = len(lines_of(top, file)) - 1
        if count > FILE_LINES:
            report(file, FILE_LINES, f"{count} lines, at most {FILE_LINES}", "split it as noun_part.c")
    if not shutil.which("ctags"):
        print("skipped: ctags is missing (universal-ctags)")
        sys.exit(77)
    code = [file for file in sources if file.endswith(".c")]
    done = subprocess.run(["ctags", "-x", "--c-kinds=f", "--_xformat=%{line} %{end} %N %F", *code], cwd=top, text=True,
                          capture_output=True, check=True)
    for line in done.stdout.splitlines():
        parts = line.split(" ", 3)
        if len(parts) == 4 and parts[1].isdigit() and int(parts[1]) - int(parts[0]) + 1 > FUNCTION_LINES:
            report(parts[3], parts[0], f"{parts[2]} is longer than {FUNCTION_LINES} lines", "take a part out")


def texts_of(top, lang, files):
    texts = {}
    for file in files:
        if file.startswith(f"po/{lang}/") and file.endswith(".po"):
            text = "\n".join(lines_of(top, file))
            for found in re.finditer(r'^msgid "([^"]+)"\nmsgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', text, re.M):
                number = text[:found.start()].count("\n") + 1
                if found.group(1) in texts:
                    report(file, number, f"{found.group(1)} is there twice", "keep one")
                texts[found.group(1)] = (file, number, set(re.findall(r"\{\d\}", found.group(2))))
    return texts


def check_texts(top, files, sources):
    english, french = texts_of(top, "en", files), texts_of(top, "fr", files)
    for name, other, lang in ((english, french, "fr"), (french, english, "en")):
        for text, (file, line, places) in name.items():
            if text not in other:
                report(file, line, f"{text} has no translation", f"add it to po/{lang}/")
            elif other[text][2] != places and lang == "fr":
                report(file, line, f"{text} has other places {{n}} in po/fr", "use the same")
    for file in sources:
        if file.startswith("tests/"):
            continue
        for number, line in enumerate(lines_of(top, file), 1):
            if line.lstrip().startswith(("/*", "*", "//")):
                continue
            for text in re.findall(r'"(err\.[a-z0-9-]+\.[a-z0-9-]+)"', line):
                if text not in english:
                    report(file, number, f"{text} stands in no po file", "add it to po/en and po/fr")


def check_words(top, files):
    for file in files:
        if not file.endswith((".c", ".h", ".sh", ".py", ".txt", ".cmake", ".md", ".po")) or "specimens/" in file:
            continue
        for number, line in enumerate(lines_of(top, file), 1):
            found = FORBIDDEN.search(line)
            if found and file != "tests/tree/check.py":
                report(file, number, f"“{found.group(0)}”", "finish it, or name no path of one machine")


def check_ceilings(top, sources):
    """A name that says MAX or MOST, a large constant, a comparison with a large number: a ceiling, unless NO_CEILINGS says what else."""
    wanted, used = [file for file in sources if room_of(file) in CEILING_ROOMS], set()
    for file in wanted:
        text = re.sub(r"/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found.group()), "\n".join(lines_of(top, file)), flags=re.S)
        for body in re.finditer(r"\benum( \w+)? \{([^}]*)\}", text):
            for found in re.finditer(r"\b([A-Z]\w*) = \(?(\d+)u?( << \d+)?", body.group(2)):
                name, large = found.group(1), found.group(3) or int(found.group(2)) >= LARGE
                used.add(name)
                if name not in NO_CEILINGS and (large or re.search(r"MAX|MOST|LIMIT", name)):
                    report(file, text.count("\n", 0, body.start(2) + found.start()) + 1, f"{name} is a ceiling", "move it to base/ceilings.h")
        for number, line in enumerate(text.split("\n"), 1):
            found = re.search(r"[<>]=? (?:\(\w+\))?(\d+)\b", line) or re.search(r"#\s*define (?:\w+) \(?(\d+)", line)
            if found and int(found.group(1)) >= LARGE:
                report(file, number, f"{found.group(1)} is a ceiling", "give it a name in base/ceilings.h")
    for name in NO_CEILINGS:
        if wanted and name not in used:
            report("tests/tree/check.py", 1, f"{name} is no constant any more", "take it out of NO_CEILINGS")


def check_keys(top, files):
    """Nothing that expires lies here: the tests make their certificates. (Fuzzing seeds are judged by nobody.)"""
    for file in files:
        if file.startswith("tests/fuzz/corpus/"):
            continue
        with open(os.path.join(top, file), "rb") as opened:
            pem = re.search(rb"^-----BEGIN [A-Z ]*(CERTIFICATE|PRIVATE KEY|CRL)-----", opened.read(), re.M)
        if pem or file.endswith((".pem", ".crt", ".cer", ".der", ".p12", ".pfx", ".key", ".jks", ".crl")):
            report(file, 1, "a certificate, a list or a key", "let certs-test make it when the tests run")


def main():
    top = os.path.abspath(sys.argv[1])
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=top, text=True,
                          capture_output=True, check=False)
    if done.returncode:
        print("skipped: not a git checkout")
        sys.exit(77)
    files = [file for file in done.stdout.splitlines() if os.path.isfile(os.path.join(top, file))]
    sources = [file for file in files if file.endswith((".c", ".h"))]
    check_arrows(top, sources)
    check_sizes(top, sources)
    check_texts(top, files, sources)
    check_words(top, files)
    check_ceilings(top, sources)
    check_keys(top, files)
    print("\n".join(FOUND))
    print(f"{len(sources)} source files looked at, {len(FOUND)} faults")
    return 1 if FOUND or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
