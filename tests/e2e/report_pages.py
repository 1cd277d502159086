#!/usr/bin/python3
"""What a machine can see of a report's pages.

    report_pages.py geometry REPORT.pdf           boxes inside the margins, no words over one another, heads repeated, no heading alone
    report_pages.py grey REPORT.pdf               printed in grey, each word stands out from its ground (4.5 to 1, WCAG 2.1 1.4.3), and the
                                                  answers' signs differ
    report_pages.py thumbs NAME REPORT.pdf PAGE...    coarse grey pictures of pages as text, to be kept as approved
    report_pages.py compare NAME REPORT.pdf THUMBS    the pages still look like the approved ones of that name
"""
import re
import subprocess
import sys

COLUMNS, ROWS = 24, 34
STAMP = 60  # points of height
FOOT, HEAD = 58, 50  # points from the edges that belong to footer and header


def words_of(path):
    """[(width, height, [(x0, y0, x1, y1, text)])] a page; y from the top. The stamp of a draft lies over the words: it is none."""
    text = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    pages = []
    for page in re.finditer(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', text, re.S):
        words = [tuple(float(v) for v in w.groups()[:4]) + (w.group(5),) for w in re.finditer(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', page.group(3))]
        words = [w for w in words if w[3] - w[1] < STAMP]
        pages.append((float(page.group(1)), float(page.group(2)), words))
    return pages


def overlaps(a, b):
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide > 1.5 and high > 0.45 * min(a[3] - a[1], b[3] - b[1])


def check_margins(number, width, height, words, faults):
    for x0, y0, x1, y1, text in words:
        if x0 < 40 or x1 > width - 40 or y0 < 16 or y1 > height - 12:
            faults.append(f"page {number}: “{text}” stands outside of the margins ({x0:.0f}, {y0:.0f}, {x1:.0f}, {y1:.0f})")


def check_overlaps(number, words, faults):
    ordered = sorted(words, key=lambda w: w[1])
    for i, a in enumerate(ordered):
        for b in ordered[i + 1:]:
            if b[1] > a[3]:
                break
            if overlaps(a, b):
                faults.append(f"page {number}: “{a[4]}” and “{b[4]}” lie over one another")


def check_heading(number, height, words, faults):
    """The lowest line above the footer must not be a heading (13 points or more, on a page that has smaller text too)."""
    body = [w for w in words if HEAD < w[1] and w[3] < height - FOOT]
    if not body:
        return faults.append(f"page {number} is empty")
    low = max(body, key=lambda w: w[3])
    if low[3] - low[1] > 14 and number > 1:
        faults.append(f"page {number}: the heading “{low[4]}” stands alone at the foot")


def check_heads(pages, faults):
    """Pages across are those of the tabs: each has the column titles."""
    flat = 0
    for number, (width, height, words) in enumerate(pages, 1):
        if width < height:
            continue
        flat += 1
        top = {w[4] for w in words if w[1] < 190}
        if not {"ID", "OWASP"} <= top:
            faults.append(f"page {number}: the column titles are missing")
    if flat < 2:
        faults.append("there are no pages of tabs")


def geometry(path):
    pages, faults = words_of(path), []
    for number, (width, height, words) in enumerate(pages, 1):
        check_margins(number, width, height, words, faults)
        check_overlaps(number, words, faults)
        check_heading(number, height, words, faults)
    check_heads(pages, faults)
    print("\n".join(faults))
    return 1 if faults else 0


def picture(path, page, dots):
    """(width, height, pixels): grey values, 0 black to 255 white."""
    data = subprocess.run(["pdftoppm", "-gray", "-r", str(dots), "-f", str(page), "-l", str(page), path], capture_output=True,
                          check=True).stdout
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    return int(head.group(1)), int(head.group(2)), data[head.end():]


def luminance(grey):
    v = grey / 255
    return v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4


def box_of(word, width, pixels, scale):
    x0, y0, x1, y1 = (round(v * scale) for v in word[:4])
    return [pixels[y * width + x0:y * width + x1] for y in range(y0, y1)]


def grey(path):
    """The darkest and the lightest of each word's box are ink and ground."""
    faults, dots, compared = [], 200, 0
    for number, (across, high, words) in enumerate(words_of(path), 1):
        width, _, pixels = picture(path, number, dots)
        signs = {}
        for word in words:
            rows = box_of(word, width, pixels, dots / 72)
            values = [v for row in rows for v in row]
            if not values or not word[4].strip("-–·…|."):
                continue
            ratio = (luminance(max(values)) + 0.05) / (luminance(min(values)) + 0.05)
            if ratio < 4.5:
                faults.append(f"page {number}: “{word[4]}” is hard to read in grey: {ratio:.1f} to 1")
            if across > high and word[4] in ("Oui", "Non", "N/A") and 9 < word[3] - word[1] < 10:  # no head
                left = (word[0] - 12, word[1], word[0] - 1, word[3])
                signs[word[4]] = [v < 160 for row in box_of(left, width, pixels, dots / 72) for v in row]
        kinds = list(signs)
        for i, a in enumerate(kinds):
            for b in kinds[i + 1:]:
                compared += 1
                apart = sum(x != y for x, y in zip(signs[a], signs[b]))
                if not any(signs[a]) or not any(signs[b]) or apart < 60:
                    faults.append(f"page {number}: the signs of {a} and {b} are alike in grey ({apart} dots)")
    if not compared:
        faults.append("no page has two answers")
    print("\n".join(faults))
    return 1 if faults else 0


def thumb(path, page):
    """ROWS lines of COLUMNS grey values."""
    width, height, pixels = picture(path, page, 36)
    rows = []
    for r in range(ROWS):
        row = []
        for c in range(COLUMNS):
            x0, x1, y0, y1 = c * width // COLUMNS, (c + 1) * width // COLUMNS, r * height // ROWS, (r + 1) * height // ROWS
            cell = [v for y in range(y0, y1) for v in pixels[y * width + x0:y * width + x1]]
            row.append(sum(cell) // len(cell))
        rows.append(row)
    return rows


def thumbs(name, path, pages):
    for page in pages:
        print(f"page {name} {page}")
        for row in thumb(path, int(page)):
            print("".join(f"{v:02x}" for v in row))
    return 0


def compare(name, path, approved):
    faults, compared = [], 0
    with open(approved, encoding="ascii") as opened:
        for block in opened.read().split("page ")[1:]:
            named, number, *lines = block.split()
            if named != name:
                continue
            compared += 1
            wanted = [[int(line[i:i + 2], 16) for i in range(0, len(line), 2)] for line in lines]
            got = thumb(path, int(number))
            apart = [abs(a - b) for x, y in zip(wanted, got) for a, b in zip(x, y)]
            if sum(apart) / len(apart) > 3 or max(apart) > 70:
                faults.append(f"{name}, page {number} differs from the approved one: {sum(apart) / len(apart):.1f} of 255 on average, "
                              f"{max(apart)} at most; look at it, then run “thumbs” again")
    if not compared:
        faults.append(f"no page of {name} is approved")
    print("\n".join(faults))
    return 1 if faults else 0


def main():
    what, *rest = sys.argv[1:]
    if what == "thumbs":
        return thumbs(rest[0], rest[1], rest[2:])
    return {"geometry": geometry, "grey": grey, "compare": compare}[what](*rest)


if __name__ == "__main__":
    sys.exit(main())
