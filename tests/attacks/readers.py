"""Programs that show PDF files, and whether one shows two files alike. pdftoppm is a package that the tests need; the others are for runs by hand."""
import concurrent.futures
import subprocess

SCALE = 36  # dots an inch


def poppler(path):
    """All pages as (width, height, grey bytes)."""
    done = subprocess.run(["pdftoppm", "-gray", "-r", str(SCALE), path], capture_output=True, timeout=60, check=False).stdout
    pages = []
    while done.startswith(b"P5"):
        head, size, depth, rest = done.split(b"\n", 3)
        width, height = map(int, size.split())
        pages.append((width, height, rest[:width * height]))
        done = rest[width * height:]
    return pages


def pdfium(path):
    import pypdfium2
    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
    except pypdfium2.PdfiumError:
        return None
    pages = []
    for one in document:
        image = one.render(scale=SCALE / 72, grayscale=True).to_pil().convert("L")
        pages.append((*image.size, image.tobytes()))
    document.close()
    return pages


def mupdf(path):
    import pymupdf
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        with pymupdf.open(path) as document:
            pages = []
            for one in document:
                image = one.get_pixmap(dpi=SCALE, colorspace=pymupdf.csGRAY)
                pages.append((image.width, image.height, bytes(image.samples)))
            return pages
    except Exception:  # whatever it cannot read it does not show
        return None


def ghostscript(path):
    done = subprocess.run(["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pgmraw", f"-r{SCALE}", "-sOutputFile=-", "-sstdout=%stderr", path],
                          capture_output=True, timeout=60, check=False).stdout
    pages = []
    while done.startswith(b"P5"):
        lines, at = [], 0
        while len(lines) < 3:
            end = done.index(b"\n", at)
            if not done[at:end].startswith(b"#"):
                lines.append(done[at:end])
            at = end + 1
        width, height = map(int, lines[1].split())
        pages.append((width, height, done[at:at + width * height]))
        done = done[at + width * height:]
    return pages


def browser(path):
    """pdf.js, when somebody has written a module pdfjs_reader around it."""
    import pdfjs_reader
    return pdfjs_reader.show(path)


READERS = {"pdf.js": browser, "pdftoppm": poppler, "pdfium": pdfium, "mupdf": mupdf, "gs": ghostscript}
SINGLE = {"pdfium", "mupdf", "pdf.js"}  # not for several threads


def difference(a, b, floor):
    """In one word; None: they are alike above the floor, or the file is not shown at all."""
    if not a:
        return None
    if b is None or len(a) != len(b):
        return "pages"
    for number, (one, other) in enumerate(zip(a, b)):
        if one[:2] != other[:2]:
            return f"size of page {number + 1}"
        width, height = one[:2]
        rows = max(0, height - floor * SCALE // 72)
        far = sum(abs(p - q) > 60 for p, q in zip(one[2][:rows * width], other[2][:rows * width])) if one[2] != other[2] else 0
        if far > 3:
            return f"page {number + 1}, {far} dots"
    return None


def compare(name, pairs, floor):
    """{file: difference} of those that are not shown as the other file of the pair."""
    show = READERS[name]
    signed = {path: show(path) for path in {b for _, b in pairs}}
    with concurrent.futures.ThreadPoolExecutor(max_workers=1 if name in SINGLE else 2) as pool:
        found = pool.map(lambda pair: (pair[0], difference(show(pair[0]), signed[pair[1]], floor)), pairs)
    return {path: what for path, what in found if what}
