#!/usr/bin/python3
"""Workbooks made to harm or to mislead: each gives its one finding, as one sentence and one remedy in the language that is asked for and without a
word of the parsers, or is read as it must be; each within half a second of processor time, which a busy machine does not change.

    hostile.py PARAPHE
"""
import csv
import ctypes
import io
import json
import os
import pathlib
import re
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workbook import PACKAGE, TRANSITIONAL, Workbook  # noqa: E402

MAIN, RELATION = TRANSITIONAL
LIMIT = 0.5
# What a parser, a library or this program's source would say
INTERNALS = re.compile(r"libxml|xmlParse|parser|zlib|inflate|crc32|jansson|entity|namespace|start tag|premature|errno|\bE(INVAL|IO|NOENT|ILSEQ|NOMEM)\b|0x[0-9a-f]|NULL|\.[ch]\b|"
                       r"offset|assert|\bsignal\b|segment|worker|seccomp|grid\.rule|err\.|\{\d\}|xl/|\[Content")


def sound():
    """The parts of a small workbook, name -> bytes."""
    book = Workbook(shared=True)
    sheet = book.sheet("Base commune")
    sheet.put(1, 1, "ID"), sheet.put(1, 2, "Libellé"), sheet.put(1, 3, "Réponse")
    sheet.put(2, 1, "C-01"), sheet.put(2, 2, "Point"), sheet.put(2, 3, "Oui")
    made = io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts, method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def changed(name, change):
    parts = sound()
    before = parts[name]
    parts[name] = change(before) if callable(change) else change
    assert parts[name] != before
    return pack(parts)


SHEET, STRINGS, BOOK, LINKS = "xl/feuille-1.xml", "xl/texts.xml", "xl/book.xml", "xl/_rels/book.xml.rels"


def cells(inside, head=""):
    return f'<worksheet xmlns="{MAIN}">{head}<sheetData>{inside}</sheetData></worksheet>'.encode()


def patched_sizes(data, size, name=SHEET):
    """Another uncompressed size in the central directory, for parts whose name begins so."""
    made, at = bytearray(data), 0
    while (at := made.find(b"PK\1\2", at)) >= 0:
        if made[at + 46:at + 46 + len(name)] == name.encode():
            struct.pack_into("<I", made, at + 24, size)
        at += 4
    return bytes(made)


def locked(data):
    made, at = bytearray(data), 0
    while (at := made.find(b"PK\1\2", at)) >= 0:
        made[at + 8] |= 1
        at += 4
    at = 0
    while (at := made.find(b"PK\3\4", at)) >= 0:
        made[at + 6] |= 1
        at += 4
    return bytes(made)


def many_sheets(count):
    book = Workbook()
    for number in range(count):
        book.sheet(f"F{number}").put(1, 1, "x")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def ranges_over_all():
    rows = "".join(f'<row><c t="inlineStr"><is><t>{n}</t></is></c></row>' for n in range(40000))
    merges = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(20000))
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>'.encode()


def compound(*streams):
    """A compound file with directory entries of these names."""
    entries = (name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62) for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(entries)


def many_cells(count):
    """As many as are read, or one more: each says nothing."""
    row = f"<row>{'<c/>' * 10000}</row>"
    return changed(SHEET, cells(row * (count // 10000) + f"<row>{'<c/>' * (count % 10000)}</row>"))


DTD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'


def after_declaration(extra):
    return lambda data: data.replace(b"?>\n", b"?>\n" + extra, 1)


def headers(rows, tables):
    """Rows of labels, each of many tables side by side."""
    labels = "".join(f'<c t="str"><v>{label}</v></c>' if label else "<c/>" for label in ("ID", "Point de contrôle", "Gravité", "Conforme", None))
    return f"<row>{labels * tables}</row>" * rows


def cases():
    """(name, bytes, rule or None when it is read)"""
    for part in (SHEET, STRINGS, BOOK, LINKS, "[Content_Types].xml", "_rels/.rels", "xl/look.xml"):
        yield f"entities in {part}", changed(part, after_declaration(DTD)), "xml-dtd"
        yield f"external subset in {part}", changed(part, after_declaration(EXTERNAL)), "xml-dtd"
        yield f"cut {part}", changed(part, lambda data: data[:-9]), "xml-invalid"
        yield f"invalid UTF-8 in {part}", changed(part, lambda data: data.replace(b"<", b"<!-- \xff\xfe\xc0 --><", 2)), "xml-invalid"
        yield f"NUL in {part}", changed(part, lambda data: data + b"\0<"), "xml-invalid"
        yield f"empty {part}", changed(part, b""), "xml-invalid"
        if part != "[Content_Types].xml":
            parts = sound()
            del parts[part]
            yield f"without {part}", pack(parts), "part-missing"
    yield "nesting", changed(SHEET, b"<a>" * 100000), "xml-invalid"
    yield "nesting inside", changed(SHEET, cells("<x>" * 200 + "</x>" * 200)), "xml-invalid"
    yield "EBCDIC", changed(SHEET, b"\x4c\x6f\xa7\x94" + b"\x40" * 50), "xml-invalid"
    yield "UTF-32", changed(SHEET, lambda data: data.decode().encode("utf-32")), "xml-invalid"
    yield "another encoding", changed(SHEET, lambda data: data.replace(b"UTF-8", b"EUC-JP")), None
    yield "row 0", changed(SHEET, cells('<row r="0"/>')), "xml-invalid"
    yield "row too far", changed(SHEET, cells('<row r="1048577"><c><v>1</v></c></row>')), "xml-invalid"
    yield "column too far", changed(SHEET, cells('<row r="1"><c r="XFE1"><v>1</v></c></row>')), "xml-invalid"
    yield "column behind the last", changed(SHEET, cells('<row r="1"><c r="XFD1"><v>1</v></c><c><v>1</v></c></row>')), "xml-invalid"
    yield "no address", changed(SHEET, cells('<row r="1"><c r="1A"><v>1</v></c></row>')), "xml-invalid"
    yield "address of another row", changed(SHEET, cells('<row r="1"><c r="A2"><v>1</v></c></row>')), "xml-invalid"
    yield "huge row number", changed(SHEET, cells('<row r="99999999999999999999"/>')), None
    yield "one address twice", changed(SHEET, cells('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')), "xml-invalid"
    yield "one row twice", changed(SHEET, cells('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>')), "xml-invalid"
    yield "unsorted", changed(SHEET, cells('<row r="9"><c r="B9"><v>1</v></c><c r="A9"><v>1</v></c></row><row r="2"><c><v>2</v></c></row>')), None
    yield "string index", changed(SHEET, cells('<row><c t="s"><v>7</v></c></row>').replace(b"7", b"70000")), "xml-invalid"
    yield "negative string index", changed(SHEET, cells('<row><c t="s"><v>-1</v></c></row>')), "xml-invalid"
    yield "string index no number", changed(SHEET, cells('<row><c t="s"><v>0x0</v></c></row>')), "xml-invalid"
    yield "unknown type", changed(SHEET, cells('<row><c t="zz"><v>Oui</v></c></row>')), None
    yield "ranges over all", changed(SHEET, ranges_over_all()), "zip-bomb"
    yield "2 GB declared", patched_sizes(pack(sound()), 2 ** 31), "zip-bomb"
    yield "size belittled", patched_sizes(changed(SHEET, cells("<row/>" * 20000)), 100), ("file-truncated", "xml-invalid")
    beside = pack(dict(sound(), **{f"beside/{number}": b"x" for number in range(5)}))
    yield "60 MB of one part that is not read", patched_sizes(beside, 60 << 20, "beside/1"), None
    yield "65 MB of one part that is not read", patched_sizes(beside, 65 << 20, "beside/1"), "zip-bomb"
    yield "60 MB declared five times", patched_sizes(beside, 60 << 20, "beside/"), "zip-bomb"
    yield "another byte", pack(sound(), zipfile.ZIP_STORED).replace(b"Base commune", b"Base commund"), "file-truncated"
    yield "no sheet", changed(BOOK, f'<workbook xmlns="{MAIN}"/>'.encode()), "part-missing"
    yield "another root", changed(BOOK, b"<document/>"), "part-missing"
    yield "loop", changed(LINKS, lambda data: data.replace(b"feuille-1.xml", b"book.xml")), None
    yield "loop by dots", changed(LINKS, lambda data: data.replace(b"feuille-1.xml", b"../../xl/./book.xml")), None
    yield "sheet outside", changed(LINKS, lambda data: data.replace(b'Target="feuille-1.xml"', b'TargetMode="External" Target="http://x.invalid/"')), "part-missing"
    yield "sheet outside under a name of ours", changed(LINKS, lambda data: data.replace(b'Target="feuille-1.xml"', b'TargetMode="External" Target="xl/feuille-1.xml"')), "part-missing"
    yield "a reference to another book", changed(BOOK, lambda data: data.replace(b"</workbook>", b'<externalReferences><externalReference r:id="x"/></externalReferences></workbook>')), "external-link"
    yield "a relation to another book", changed(LINKS, lambda data: data.replace(b"</Relationships>", f'<Relationship Id="x" Type="{RELATION}/externalLink" Target="x.xml"/></Relationships>'.encode())), "external-link"
    yield "sheet without relation", changed(BOOK, lambda data: data.replace(b'r:id="s1"', b"")), "part-missing"
    yield "name above", pack(dict(sound(), **{"../up.xml": b"x"})), "part-path-unsafe"
    yield "name absolute", pack(dict(sound(), **{"/etc/x": b"x"})), "part-path-unsafe"
    yield "name with drive", pack(dict(sound(), **{"C:x": b"x"})), "part-path-unsafe"
    yield "name with a backslash", pack(dict(sound(), **{"xl\\up.xml": b"x"})), "part-path-unsafe"
    yield "name that ends above", pack(dict(sound(), **{"xl/..": b"x"})), "part-path-unsafe"
    yield "names with dots", pack(dict(sound(), **{"xl/...": b"x", "xl/..x": b"x"})), None
    yield "name twice by case", pack(dict(sound(), **{"XL/BOOK.XML": b"x"})), "part-duplicate"
    yield "name above by escapes", pack(dict(sound(), **{"xl/%2e%2e/up.xml": b"x"})), "part-path-unsafe"
    yield "name twice by escapes", pack(dict(sound(), **{"xl/%62ook.xml": b"x"})), "part-duplicate"
    yield "escapes of a slash and a NUL stay", pack(dict(sound(), **{"xl%2Fbook.xml": b"x", "xl/book.xml%00": b"x"})), None
    yield "5000 parts", pack(dict(sound(), **{f"p/{n}": b"" for n in range(5000)})), "zip-bomb"
    yield "4,000,000 cells", many_cells(4000000), None
    yield "4,000,001 cells", many_cells(4000001), "zip-bomb"
    yield "256 sheets", many_sheets(256), None
    yield "257 sheets", many_sheets(257), "zip-bomb"
    yield "300 sheets", many_sheets(300), "zip-bomb"
    yield "1,000 tables of one sheet", changed(SHEET, cells(headers(20, 50))), None
    yield "40 sheets", many_sheets(40), None
    yield "encrypted entries", locked(pack(sound())), "file-encrypted"
    yield "64 MiB of blanks", changed(SHEET, cells(" " * (65 << 20))), "zip-bomb"
    yield "end record cut", pack(sound())[:-10], "file-truncated"
    yield "half", pack(sound())[:700], "file-truncated"
    yield "zip of nothing", b"PK\5\6" + bytes(18), "part-missing"
    yield "text", "Éditeur;Solution\n".encode(), "file-not-zip"
    yield "nothing", b"", "file-not-zip"
    yield "JSON", b'{"format":"other"}', "file-not-zip"
    yield "compound file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "file-not-zip"
    yield "compound file of Excel 97", compound("Root Entry", "Workbook"), "file-xls"
    yield "compound file of Excel 5", compound("Root Entry", "Book"), "file-xls"
    yield "encrypted workbook", compound("Root Entry", "EncryptionInfo", "EncryptedPackage"), "file-encrypted"
    yield "encrypted workbook beside another", compound("Root Entry", "Workbook", "EncryptedPackage"), "file-encrypted"
    yield "compound file with other names", compound("Root Entry", "Workbooks", "Bookings", "EncryptedPackages"), "file-not-zip"
    other = {"[Content_Types].xml": f'<Types xmlns="{PACKAGE}content-types"/>'.encode(),
             "_rels/.rels": f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="a" Type="{RELATION}/officeDocument" '
                            'Target="word/document.xml"/></Relationships>'.encode(),
             "word/document.xml": b'<w:document xmlns:w="urn:w"/>'}
    yield "a text document", pack(other), "part-missing"


VALUES = [  # attributes, value as written, (type, value) as read
    ('t="n"', "12", ("number", "12")), ("", "-12.5", ("number", "-12.5")), ("", "1.", ("number", "1")), ("", ".5", ("number", "0.5")),
    ("", "1e3", ("number", "1000")), ("", "5 ", ("error", "5 ")), ("", "-", ("error", "-")), ("", "1.5.2", ("error", "1.5.2")),
    ("", "0x10", ("error", "0x10")), ("", "nan", ("error", "nan")), ('t="e"', "#N/A", ("error", "#N/A")), ('t="zz"', "12a", ("error", "12a")), ('t="b"', "1", ("boolean", "TRUE")),
    ('t="st"', "7", ("number", "7")), ('t="strx"', "7", ("number", "7")), ('t="str"', "7", ("text", "7")), ('t="s"', " 0 ", ("text", "ID")),
    ('t="s"', "00000000000", ("text", "ID")), ('t="d"', "2024-01-02", ("date", "2024-01-02")), ('t="inlineStr"', "7", None),
]
ADDRESSES = {"A1": "A1", "$B$1": "B1", "c1": "C1", "D01": "D1", "E0000000001": "E1", "XFD1": "XFD1"}


def cells_as_read(program, path):
    """What is wrong with the cells of two rows of rare but lawful writings."""
    def listed(inside):
        path.write_bytes(changed(SHEET, cells(inside)))
        done = subprocess.run([program, "form", "cells", str(path)], capture_output=True, text=True, timeout=60, check=True)
        return list(csv.reader(io.StringIO(done.stdout)))[1:]
    read = [tuple(row[2:4]) for row in listed("<row>" + "".join(f"<c {how}><v>{value}</v></c>" for how, value, _ in VALUES) + "</row>")]
    wanted = [as_read for _, _, as_read in VALUES if as_read is not None]
    if read != wanted:
        yield f"values: {[pair for pair in zip(read, wanted) if pair[0] != pair[1]] or read}"
    read = [row[1] for row in listed('<row r="1">' + "".join(f'<c r="{at}"><v>1</v></c>' for at in ADDRESSES) + "</row>")]
    if read != list(ADDRESSES.values()):
        yield f"addresses: {read}"


def processor():
    """Of every process that ended, those that read the form included: they outlive the command and are waited for here."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sentences(program, path, rule):
    """What is wrong with what is said of a refused file: its finding and remedy, once each, in both languages, and nothing else."""
    said = {}
    for lang, form, remark in (("en", "form", "to be corrected"), ("fr", "formulaire", "à corriger")):
        done = subprocess.run([program, "check", "--lang", lang, "--deposit-date", "2026-11-23", str(path)], capture_output=True, text=True, timeout=60, check=False)
        lines = done.stdout.splitlines()
        findings = [at for at, line in enumerate(lines) if line.startswith(f"  {form} – ")]
        if done.returncode != 3 or done.stderr or len(findings) != 1 or remark not in lines[1]:
            yield f"{rule}, {lang}: status {done.returncode}, {len(findings)} findings {done.stderr[:200]} {lines}"
            continue
        sentence, remedy = lines[findings[0]].partition(" – ")[2], lines[findings[0] + 1]
        said[lang] = sentence, remedy
        if not re.fullmatch(r"[A-ZÉÀ][^.]*(\.xlsx?[^.]*)*\.", sentence) or not re.fullmatch(r"      [A-ZÉÀ].*[.]", remedy):
            yield f"{rule}, {lang}: no sentence and remedy: {sentence!r} {remedy!r}"
        if INTERNALS.search(sentence + remedy):
            yield f"{rule}, {lang}: {INTERNALS.search(sentence + remedy).group()!r} in {sentence!r} {remedy!r}"
    if len(said) == 2 and set(said["en"]) & set(said["fr"]):
        yield f"{rule}: one language for both: {said}"


def other_verbs(program, folder):
    """What the verbs that print no verdict say of a refused file: one line with the sentence and the remedy, nothing on standard output."""
    chosen = {rule: (name, data) for name, data, rule in cases() if isinstance(rule, str) and rule != "external-link"}
    for rule, (name, data) in chosen.items():
        path = folder / "refused.xlsx"
        path.write_bytes(data)
        finding = {}
        for lang in ("en", "fr"):
            done = subprocess.run([program, "check", "--json", "--lang", lang, str(path)], capture_output=True, text=True, timeout=60, check=False)
            finding[lang] = json.loads(done.stdout)["findings"][0]
        for status, *verb in ((4, "form", "explain"), (4, "form", "cells"), (4, "form", "learn", "-o", folder / "no.json"), (3, "report", "-o", folder / "no.pdf")):
            for lang in ("en", "fr"):
                done = subprocess.run([program, *map(str, verb), "--lang", lang, str(path)], capture_output=True, text=True, timeout=60, check=False)
                said = f"{finding[lang]['message']} {finding[lang]['remedy']}\n"
                if done.returncode != status or done.stdout or not done.stderr.endswith(said) or done.stderr.count("\n") != 1 or f"refused.xlsx {'is no' if lang == 'en' else 'n’est pas'}" not in done.stderr:
                    yield f"{' '.join(map(str, verb[:2]))}, {name}, {lang}: {done.returncode} {done.stdout[:100]!r} {done.stderr!r}, expected {said!r}"
    if len(chosen) < 8 or (folder / "no.json").exists() or (folder / "no.pdf").exists():
        yield f"other verbs: {len(chosen)} rules, or a file was made"


def too_large(program, path):
    """A file over the ceiling is told by its name and the limit, whatever is asked of it; one just below is read."""
    for megabytes, verbs in ((31, {("form", "cells"): 0}), (33, {("check",): 4, ("form", "cells"): 4, ("form", "explain"): 4, ("form", "learn", "-o", f"{path}.json"): 4, ("report", "-o", f"{path}.pdf"): 4})):
        path.write_bytes(pack(dict(sound(), noise=bytes(megabytes << 20)), zipfile.ZIP_STORED))
        for verb, status in verbs.items():
            done = subprocess.run([program, *verb, "--lang", "en", str(path)], capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != status or (status and (done.stdout or f"{path.name} is larger than 33554432 bytes" not in done.stderr)):
                yield f"{megabytes} MB, {' '.join(verb[:2])}: {done.returncode} {done.stderr[:200]}"


def main():
    program, wrong, count, slowest = sys.argv[1], [], 0, (0.0, "")
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "form.xlsx"
        for name, data, rule in cases():
            path.write_bytes(data)
            started = processor()
            done = subprocess.run([program, "check", "--json", "--deposit-date", "2026-11-23", str(path)], capture_output=True,
                                  text=True, timeout=60, check=False)
            took = processor() - started
            slowest, count = max(slowest, (took, name)), count + 1
            if done.returncode != 3:
                wrong.append(f"{name}: status {done.returncode}: {done.stderr[:200]}")
                continue
            result = json.loads(done.stdout)
            rules = [f["rule"] for f in result["findings"]]
            if rule is None and result["kind"] is None:
                wrong.append(f"{name}: not read: {rules}")
            elif rule is not None and (len(rules) != 1 or rules[0] not in (rule if isinstance(rule, tuple) else (rule,))):
                wrong.append(f"{name}: {rules[:3]} in place of {rule}")
            elif rule is not None:
                wrong += [f"{name}: {fault}" for fault in sentences(program, path, rules[0])]
            if took > LIMIT * (10 if "asan" in program else 1):
                wrong.append(f"{name}: {took:.2f} s of the processor")
        wrong += cells_as_read(program, path)
        wrong += too_large(program, path)
        wrong += other_verbs(program, pathlib.Path(folder))
    print("\n".join(wrong))
    print(f"{count} workbooks, {len(wrong)} faults; the slowest took {slowest[0]:.2f} s of the processor: {slowest[1]}")
    return 1 if wrong or count < 80 else 0


if __name__ == "__main__":
    sys.exit(main())
