#!/usr/bin/python3
"""Another form of a specimen: its cells with other texts.

    report_forms.py SPECIMEN.xlsx OUT.xlsx SHEET:CELL=TEXT...    sheets count from 1; cells may be a range (F8:F29 as F8-F29)

TEXT is a text, or @N for N characters of prose with paragraphs and lists, or @N. for N characters without any space.
"""
import re
import sys
import zipfile
from xml.sax.saxutils import escape

PROSE = ("Constat : le service accepte une requête dont le jeton est périmé ; la réponse contient « l’identité » du patient.\n"
         "- se connecter avec un compte « secrétaire » ;\n- modifier l’identifiant, puis relever la réponse (code 200) ;\n\n"
         "Conséquences : divulgation de données de santé à un professionnel qui n’y a pas droit ! Est-ce corrigé ? Le 3 mai 2026, non. ")


def text_of(value):
    made = re.fullmatch(r"@(\d+)(\.?)", value)
    if not made:
        return value
    n = int(made.group(1))
    if made.group(2):
        return ("abcdefghij" * n)[:n]
    said = "".join(f"{PROSE}Relevé n° {i}.\n" for i in range(n // len(PROSE) + 1))[:n]
    return said[:-1] + "." if n else ""


def cells_of(where):
    first, _, last = where.partition("-")
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", first).groups()
    for at in range(int(row), int(re.sub(r"\D", "", last) or row) + 1):
        yield f"{column}{at}"


def put(xml, cell, text):
    inside = f'<is><t xml:space="preserve">{escape(text)}</t></is>' if text else ""

    def cell_made(found):
        style = re.search(r' s="\d+"', found.group(0))
        return f'<c r="{cell}"{style.group(0) if style else ""}' + (f' t="inlineStr">{inside}</c>' if text else "/>")
    made, count = re.subn(rf'<c r="{cell}"(?:[^>]*/>|.*?</c>)', cell_made, xml, count=1, flags=re.S)
    if not count:
        sys.exit(f"{cell} is not there")
    return made


def main():
    source, out, *changes = sys.argv[1:]
    wanted = {}
    for change in changes:
        where, _, value = change.partition("=")
        sheet, _, cells = where.partition(":")
        wanted.setdefault(f"xl/worksheets/sheet{sheet}.xml", []).append((cells, text_of(value)))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for cells, text in wanted.pop(name, []):
                xml = data.decode("utf-8")
                for cell in cells_of(cells):
                    xml = put(xml, cell, text)
                data = xml.encode("utf-8")
            new.writestr(name, data)
    if wanted:
        sys.exit(f"{', '.join(wanted)}: no such part")


if __name__ == "__main__":
    main()
