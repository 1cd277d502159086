#!/usr/bin/env python3
"""The same text drawn by reportlab: reportlab_text.py FONT.ttf TEXT OUT.pdf: one line of TEXT a line, a form feed starts a page."""
import sys

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas


def main():
    font, text, out = sys.argv[1:]
    pdfmetrics.registerFont(TTFont("text", font))
    page = canvas.Canvas(out, pagesize=A4)
    y = 0
    with open(text, encoding="utf-8") as opened:
        for line in opened:
            if y < 40 or line.startswith("\f"):
                if y:
                    page.showPage()
                page.setFont("text", 8)
                y = 800
            page.drawString(50, y, line.strip("\f\n"))
            y -= 11
    page.save()


if __name__ == "__main__":
    main()
