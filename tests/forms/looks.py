#!/usr/bin/python3
"""What an eye would not read as it is stored: colours of the cell, of its fragments, of its number format and of conditional formats; and
looks that any form may have, of which nothing is told. For each, one answer is dressed so.

    looks.py PARAPHE
"""
import pathlib
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import Model, Run, usual  # noqa: E402
from workbook import Workbook  # noqa: E402

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, CELL = "xl/feuille-3.xml", "D6"
WHITE, BLACK = '<color rgb="FFFFFFFF"/>', '<color rgb="FF000000"/>'
FAR = " ".join(f"AA{row}" for row in range(100, 300))  # more ranges than are kept


def solid(color):
    return f'<fill><patternFill patternType="solid"><fgColor {color}/></patternFill></fill>'


def when(dxf, where=CELL):
    return {"dxf": dxf, "where": where}


def runs(*pieces):
    return "".join(f'<r><rPr>{look}</rPr><t xml:space="preserve">{text}</t></r>' for look, text in pieces)


# what it is called: whether it is told, and how the cell is dressed
LOOKS = {
    "black on white": (False, {"font": BLACK}), "white on white": (True, {"font": WHITE}), "nearly white": (True, {"font": '<color rgb="FFF8F8F8"/>'}),
    "light grey": (False, {"font": '<color rgb="FFD9D9D9"/>'}), "the paper's theme": (True, {"font": '<color theme="0"/>'}),
    "the paper's theme, a little darker": (True, {"font": '<color theme="0" tint="-0.03"/>'}), "the paper's theme, much darker": (False, {"font": '<color theme="0" tint="-0.5"/>'}),
    "the ink's theme": (False, {"font": '<color theme="1"/>'}), "ink on black": (True, {"font": '<color theme="1"/>', "fill": solid('rgb="FF000000"')}),
    "no colour on black": (True, {"font": "", "fill": solid('rgb="FF000000"')}), "white on black": (False, {"font": WHITE, "fill": solid('rgb="FF000000"')}),
    "white on blue": (False, {"font": WHITE, "fill": solid('rgb="FF1F3864"')}), "too small": (True, {"font": '<sz val="1"/>'}),
    "format: white": (True, {"format": "[White]@"}), "format: white numbers": (False, {"format": "[White]0;0;0;@"}), "format: colour 2": (True, {"format": "[Color 2]@"}),
    "format: red": (False, {"format": "[Red]@"}), "format: white on blue": (False, {"format": "[White]@", "fill": solid('rgb="FF1F3864"')}),
    "format: nothing": (True, {"format": ";;;"}), "format: the same text": (False, {"format": "0;0;0;&quot;Oui&quot;"}),
    "format: the same text, blanks": (False, {"format": ";;;\\O\\u&quot;i &quot;"}), "format: the same text, white": (True, {"format": ";;;[White]&quot;Oui&quot;"}),
    "format: another text": (True, {"format": ";;;&quot;Non&quot;"}), "format: text before it": (True, {"format": ";;;&quot;Oui&quot;@"}),
    "format: a blank after it": (False, {"format": "@&quot; &quot;"}), "format: the same text and more": (True, {"format": ";;;&quot;Oui, sauf exceptions et autres&quot;"}),
    "when: white": (True, when(f"<font>{WHITE}</font>")), "when: black on black": (True, when('<fill><patternFill><bgColor rgb="FF000000"/></patternFill></fill>')),
    "when: red": (False, when('<font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill>')),
    "when: bold": (False, when("<font><b/></font>")), "when: the last of many ranges": (True, when(f"<font>{WHITE}</font>", f"{FAR} {CELL}")),
    "when: whole columns": (True, when(f"<font>{WHITE}</font>", "$C:$D")), "when: whole rows": (True, when(f"<font>{WHITE}</font>", "5:6")),
    "when: other columns and rows": (False, when(f"<font>{WHITE}</font>", "E:XFD 7:1048576 A:5 0:6 :D")),
    "when: elsewhere": (False, when(f"<font>{WHITE}</font>", "AA1:AB9")),
    "fragments: bold": (False, {"text": runs(("<b/>", "O"), ("", "ui"))}), "fragments: one white": (True, {"text": runs((WHITE, "O"), ("", "ui"))}),
    "fragments: a white blank": (False, {"text": runs(("", "Oui"), (WHITE, " "))}), "fragments: one tiny": (True, {"text": runs(("", "O"), ('<sz val="1"/>', "ui"))}),
    "fragments: white on blue": (False, {"text": runs((WHITE, "Oui")), "fill": solid('rgb="FF1F3864"')}),
    "fragments: white, then red": (True, {"text": runs((WHITE, "O"), ('<color rgb="FFFF0000"/>', "ui"))}),
}


def dressed(path, look, inline):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet, text = parts[SHEET], look.get("text", "<t>Oui</t>")
    at = sheet.index(f'r="{CELL}"')
    end = sheet.index("</c>", at)
    value = f't="inlineStr"><is>{text}</is>'
    if not inline:
        count = parts["xl/texts.xml"].count("<si>")
        parts["xl/texts.xml"] = parts["xl/texts.xml"].replace("</sst>", f"<si>{text}</si></sst>")
        value = f't="s"><v>{count}</v>'
    sheet = sheet[:at] + f'r="{CELL}" s="2" {value}' + sheet[end:]
    if "dxf" in look:
        sheet = sheet.replace("</worksheet>", f'<conditionalFormatting sqref="{look["where"]}"><cfRule type="expression" priority="1" dxfId="0"><formula>TRUE</formula>'
                                              "</cfRule></conditionalFormatting></worksheet>")
    parts[SHEET] = sheet
    number = 170 if "format" in look else 0
    formats = f'<numFmts count="1"><numFmt numFmtId="170" formatCode="{look["format"]}"/></numFmts>' if number else ""
    parts["xl/look.xml"] = (f'<styleSheet xmlns="{MAIN}">{formats}<fonts count="2"><font><color theme="1"/></font><font>{look.get("font", "")}</font></fonts>'
                            f'<fills count="2"><fill><patternFill patternType="none"/></fill>{look.get("fill", "<fill><patternFill/></fill>")}</fills>'
                            '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
                            f'<xf numFmtId="{number}" fontId="1" fillId="1"/></cellXfs><dxfs count="1"><dxf>{look.get("dxf", "")}</dxf></dxfs></styleSheet>')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def low(run):
    """A row or column that is too low or too narrow to be read is hidden, whatever it is called."""
    path = run.folder / "low.xlsx"
    for attributes, told in (('ht="0"', True), ('ht="1" customHeight="1"', True), ('ht="15" customHeight="1"', False)):
        run.write(usual, Model(), "low.xlsx")
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        parts[SHEET] = parts[SHEET].replace('<row r="6">', f'<row r="6" {attributes}>')
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        if told != (("row-hidden", "A6") in {(finding["rule"], finding["cell"]) for finding in run.check(path)["findings"]}):
            run.wrong(attributes, "told" if not told else "not told")
    for width, told in (("0", True), ("0.1", True), ("9", False)):
        run.write(usual, Model(), "low.xlsx")
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        parts[SHEET] = parts[SHEET].replace("<sheetData>", f'<cols><col min="4" max="4" width="{width}"/></cols><sheetData>')
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        if told != (("column-hidden", "D4") in {(note["code"], note["cell"]) for note in run.check(path)["notes"]}):
            run.wrong(f"width {width}", "told" if not told else "not told")


def main():
    with tempfile.TemporaryDirectory() as folder:
        run = Run(sys.argv[1], folder)
        for name, (told, look) in LOOKS.items():
            for inline in (False, True):
                model = Model()
                model.of("type")[1].update(answer="Oui", comment=None)
                book, path = Workbook(shared=True), run.folder / "form.xlsx"
                usual(model, book)
                book.save(path)
                dressed(path, look, inline)
                got = run.check(path)
                cells = [note["cell"] for note in got["notes"] if note["code"] == "answer-display-differs" and note["sheet"] == "Application web"]
                if (CELL in cells) != told or got["outcome"] != "met-reserve" or got["counts"] != model.counts():
                    run.wrong(name, f"{'inline' if inline else 'shared'}: {cells} {got['outcome']} {got['counts']}")
        low(run)
    return run.ended(f"{len(LOOKS)} looks of a cell")


if __name__ == "__main__":
    sys.exit(main())
