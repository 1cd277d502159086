#!/usr/bin/env python3
"""The report's HTML page laid out by reportlab: reportlab_page.py FONTS PAGE.html OUT.pdf: its headings, paragraphs and tables (with
repeated heads) by Platypus, in the same fonts, with page numbers."""
import html.parser
import sys
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

BODY = ParagraphStyle("body", fontName="regular", fontSize=9, leading=12)
CELL = ParagraphStyle("cell", fontName="regular", fontSize=7.5, leading=9.5)
HEAD = ParagraphStyle("head", parent=CELL, fontName="bold", textColor=HexColor("#ffffff"))
TITLES = {f"h{n}": ParagraphStyle(f"h{n}", fontName="bold", fontSize=20 - 4 * n, leading=24 - 4 * n, spaceBefore=8, keepWithNext=True)
          for n in (1, 2, 3)}
GRID = TableStyle([("BACKGROUND", (0, 0), (-1, 0), HexColor("#17324d")), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                   ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#d3dae1"))])


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.story, self.text, self.table, self.skipped = [], "", None, False

    def handle_starttag(self, tag, attrs):
        if tag in ("style", "title"):
            self.skipped = True
        elif tag == "table":
            self.table = []
        elif tag == "tr":
            self.table.append([])
        if tag in ("h1", "h2", "h3", "p", "dt", "dd", "th", "td", "li"):
            self.text = ""

    def handle_data(self, data):
        if not self.skipped:
            self.text += data

    def handle_endtag(self, tag):
        if tag in ("style", "title"):
            self.skipped = False
        elif tag in TITLES:
            self.put(TITLES[tag])
        elif tag in ("p", "dt", "dd", "li"):
            self.put(BODY)
        elif tag in ("th", "td"):
            self.table[-1].append(Paragraph(self.marked(), HEAD if len(self.table) == 1 else CELL))
        elif tag == "table" and self.table:
            self.put_table()

    def marked(self):
        text, self.text = escape(self.text.strip()), ""
        return text.replace("\n", "<br/>")

    def put(self, style):
        if self.text.strip():
            self.story.append(Paragraph(self.marked(), style))

    def put_table(self):
        count = max(len(row) for row in self.table)
        rows = [row + [""] * (count - len(row)) for row in self.table]
        widths = [max(40, 520 / count)] * count if count < 6 else [35, 65, 60] + [360 / (count - 3)] * (count - 3)
        self.story += [LongTable(rows, colWidths=widths, repeatRows=1, splitInRow=1, style=GRID), Spacer(1, 8)]
        self.table = None


def number(canvas, document):
    canvas.setFont("regular", 7)
    canvas.drawRightString(A4[0] - 36, 20, str(document.page))


def main():
    fonts, page, out = sys.argv[1:]
    for name, file in (("regular", "Regular"), ("bold", "Bold")):
        pdfmetrics.registerFont(TTFont(name, f"{fonts}/LiberationSans-{file}.ttf"))
    parser = Page()
    with open(page, encoding="utf-8") as opened:
        parser.feed(opened.read())
    document = SimpleDocTemplate(out, pagesize=A4, leftMargin=36, rightMargin=36, topMargin=36, bottomMargin=40)
    document.build(parser.story, onFirstPage=number, onLaterPages=number)


if __name__ == "__main__":
    main()
