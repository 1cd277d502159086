#!/usr/bin/python3
"""What a machine can see of a report's file.

    report_file.py facts REPORT.pdf LANGUAGE            title shown, language, intent, identification, fonts, bookmarks, tab order, A4
    report_file.py files REPORT.pdf [NAME RELATION MIME]...   exactly these associated files, with their dates
    report_file.py digests REPORT.pdf FORM.xlsx         the digest of the form in the metadata and on the pages, that of grid.json too
    report_file.py tree REPORT.pdf                      headings in order, tables with heads, pictures with a text, nothing outside
    report_file.py below REPORT.pdf PAGES               a cell has its content on so many pages, and is a cell like the others of its row
    report_file.py parity REPORT.pdf PAGE.html          every text of the report stands in the page, but what only paper has
"""
import base64
import hashlib
import html
import json
import os
import re
import subprocess
import sys


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=True).stdout


class Pdf:
    def __init__(self, path):
        self.objects = json.loads(run("qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=generalized", path))["qpdf"][1]
        self.catalog = self.get(self.objects["trailer"]["value"]["/Root"])

    def get(self, value):
        if not isinstance(value, str) or not value.endswith(" R"):
            return value
        found = self.objects["obj:" + value]
        return found["value"] if "value" in found else found["stream"]["dict"]

    def walk(self, *keys):
        value = self.catalog
        for key in keys:
            value = self.get(value[key])
        return value

    def pages(self, node=None):
        node = node or self.walk("/Pages")
        for kid in map(self.get, self.get(node["/Kids"])):
            yield from self.pages(kid) if kid["/Type"] == "/Pages" else [kid]

    def stream(self, reference):
        return base64.b64decode(self.objects["obj:" + reference]["stream"]["data"])


def facts(path, language):
    pdf = Pdf(path)
    assert pdf.catalog["/Lang"] == f"u:{language}", pdf.catalog["/Lang"]
    assert pdf.walk("/ViewerPreferences")["/DisplayDocTitle"] is True
    assert pdf.walk("/MarkInfo")["/Marked"] is True
    intents = [pdf.get(i) for i in pdf.walk("/OutputIntents")]
    assert len(intents) == 1 and intents[0]["/S"] == "/GTS_PDFA1" and "/DestOutputProfile" in intents[0]
    xmp = pdf.stream(pdf.catalog["/Metadata"]).decode()
    for said in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<dc:title>", f"<rdf:li>{language}<"):
        assert said in xmp, said
    rows = run("pdffonts", path).splitlines()[2:]
    assert rows and all(re.search(r"^[A-Z]{6}\+\S+ .* yes +yes +yes +\d+ +0$", row) for row in rows), rows
    count = 0
    for page in pdf.pages():
        assert page["/Tabs"] == "/S" and "/StructParents" in page
        assert sorted(round(v) for v in page["/MediaBox"][2:]) == [595, 842]
        count += 1
    titles, at = [], pdf.walk("/Outlines").get("/First")
    while at:
        titles.append(pdf.get(at)["/Title"])
        at = pdf.get(at).get("/Next")
    assert len(titles) >= 7 and count > 7, titles
    return f"{len(rows)} fonts, {count} pages, {len(titles)} bookmarks"


def files(path, *wanted):
    pdf = Pdf(path)
    specs = [pdf.get(s) for s in pdf.get(pdf.catalog.get("/AF", []))]
    found = []
    for spec in specs:
        stream = pdf.get(pdf.get(spec["/EF"])["/F"])
        date = stream["/Params"]["/ModDate"]
        assert re.match(r"u:D:\d{14}", date) and spec["/UF"] == spec["/F"] and spec["/Desc"].startswith("u:"), spec
        found += [spec["/F"][2:], spec["/AFRelationship"][1:], stream["/Subtype"][1:]]
    assert found == list(wanted), found
    return f"{len(specs)} files"


def digests(path, form):
    pdf = Pdf(path)
    xmp = pdf.stream(pdf.catalog["/Metadata"]).decode()
    data = subprocess.run(["pdfdetach", "-savefile", "grid.json", "-o", "/dev/stdout", path], capture_output=True, check=True).stdout
    pages = run("pdftotext", "-raw", path, "-").split("\f")[:-1]
    with open(form, "rb") as opened:
        shown = hashlib.sha256(opened.read()).hexdigest()
    inside = hashlib.sha256(data).hexdigest()
    assert f"<paraphe:formSha256>{shown}<" in xmp and f"<paraphe:gridSha256>{inside}<" in xmp
    assert shown in "".join(pages[-2:]) and inside in "".join(pages[-3:])
    short = " ".join(shown[i:i + 4] for i in range(0, 16, 4))
    assert all(short in page for page in pages), short
    return f"{shown}, {inside}"


def spoken(path):
    """What pdfinfo reads of the structure, kept beside the file: it needs seconds for it."""
    kept = path + ".tree"
    if not os.path.exists(kept):
        with open(kept, "w", encoding="utf-8") as opened:
            opened.write(run("pdfinfo", "-struct-text", path))
    with open(kept, encoding="utf-8") as opened:
        return opened.read()


def tree(path):
    lines = spoken(path).splitlines()
    marks = [(len(line) - len(line.lstrip()), line.split()[0].rstrip(":")) for line in lines if line.strip() and not line.lstrip().startswith(('"', "/"))]
    level = 0
    for _, tag in marks:
        if re.fullmatch(r"H[1-6]", tag):
            assert int(tag[1]) <= level + 1, f"{tag} after H{level}"
            level = int(tag[1])
    parents = []
    inside = {"TR": {"Table"}, "TH": {"TR"}, "TD": {"TR"}, "LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}, "TOCI": {"TOC"}, "Link": {"TOCI"}}
    counts = {}
    for depth, tag in marks:
        parents = [p for p in parents if p[0] < depth]
        if tag in inside:
            assert parents and parents[-1][1] in inside[tag], f"{tag} inside of {parents[-1:]}"
        counts[tag] = counts.get(tag, 0) + 1
        parents.append((depth, tag))
    pdf = Pdf(path)
    elements = [o["value"] for o in pdf.objects.values() if isinstance(o.get("value"), dict) and "/S" in o["value"] and "/P" in o["value"]]
    for element in elements:
        if element["/S"] in ("/Figure", "/Form"):
            assert element.get("/Alt"), element
        if element["/S"] == "/TH":
            assert pdf.get(element["/A"])["/Scope"] in ("/Column", "/Row"), element
    for name in ("Document", "H1", "H2", "P", "Table", "TR", "TH", "TD", "L", "LI", "Figure", "TOC", "TOCI", "Link"):
        assert counts.get(name), f"no {name}"
    # what is drawn is either in the tree or an artifact
    for page in pdf.pages():
        contents = page["/Contents"]
        for part in contents if isinstance(contents, list) else [contents]:
            depth = 0
            for line in pdf.stream(part).decode("latin-1").splitlines():
                if line.endswith("BDC"):
                    depth += 1
                    assert depth == 1 and re.match(r"/\w+<</(MCID|Type)", line), line
                elif line == "EMC":
                    depth -= 1
                elif line.strip():
                    assert depth == 1, f"outside of any mark: {line[:60]}"
            assert depth == 0
    return ", ".join(f"{n} {tag}" for tag, n in sorted(counts.items()))


def below(path, pages):
    pdf = Pdf(path)
    most, best = 0, None
    for row in (o["value"] for o in pdf.objects.values() if isinstance(o.get("value"), dict) and o["value"].get("/S") == "/TR"):
        cells = [pdf.get(k) for k in row["/K"]]
        for cell in cells:
            kids = cell.get("/K", [])
            kids = kids if isinstance(kids, list) else [kids]
            over = {k["/Pg"] if isinstance(k, dict) else cell["/Pg"] for k in kids}
            if len(over) > most:
                most, best = len(over), [cell["/S"]] + [c["/S"] for c in cells]
    assert most >= int(pages) and best == ["/TD", "/TH"] + 6 * ["/TD"], (most, best)
    return f"{most} pages"


PAPER = (r"\d+ (point|Oui|Non|N/A)|Gravité \w+ .*, [A-Z]+\d+$|Oui Non N/A |Élément$|Onglet «|L’empreinte du formulaire, imprimée")


def parity(path, page):
    def flat(said):
        return re.sub(r"[\s\u202f\u00a0·]+", "", said).replace("’", "'")
    with open(page, encoding="utf-8") as opened:
        shown = flat(html.unescape(re.sub(r"<[^>]*>", " ", opened.read())))
    texts = re.findall(r'^ *"(.*)"$', spoken(path), re.M)
    first, guide = texts.index("Sommaire"), texts.index("Comment lire ce rapport")
    kept = texts[:first] + texts[guide:texts.index("Fichiers joints à ce PDF")]
    lacks = [said for said in kept if flat(said) not in shown and not re.match(PAPER, said)]
    assert not lacks and len(kept) > 200, lacks
    return f"{len(kept)} texts"


if __name__ == "__main__":
    print({"facts": facts, "files": files, "digests": digests, "tree": tree, "below": below, "parity": parity}[sys.argv[1]](*sys.argv[2:]))
