"""A small writer of workbooks for the tests, free in everything that a reader must not rely on: names of parts, namespaces
(transitional, strict, prefixed), shared or inline strings, addresses left out, 1900 or 1904 dates, order of sheets."""
import datetime
import zipfile
from xml.sax.saxutils import escape, quoteattr

TRANSITIONAL = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"


def address(row, column):
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


class Formula(str):
    """A formula; `cached` is its stored value or None."""
    cached = None


def formula(text, cached=None):
    made = Formula(text)
    made.cached = cached
    return made


class Serial(str):
    """What a cell of the format of dates stores, digit by digit; with the option dates="iso", the text of an ISO date."""


class Error(str):
    """A cell that holds an error such as #VALUE!."""


class Sheet:
    def __init__(self, name, state="visible"):
        self.name, self.state = name, state
        self.cells = {}      # (row, column) -> str, int, float, bool, datetime.date, Formula
        self.hidden_rows, self.hidden_columns = set(), set()
        self.merges = []
        self.declared = None

    def put(self, row, column, value):
        if value is not None:
            self.cells[row, column] = value


class Workbook:
    """Options: strict, prefix ("" or "x"), shared, dates ("1900", "1904", "iso"), bare (no cell addresses where they follow),
    parts (a prefix of part names), macro, utf16, ignorable (foreign elements around the data)."""

    def __init__(self, **options):
        self.sheets, self.options, self.strings = [], options, {}

    def sheet(self, name, state="visible"):
        self.sheets.append(Sheet(name, state))
        return self.sheets[-1]

    def tag(self, name):
        prefix = self.options.get("prefix", "")
        return f"{prefix}:{name}" if prefix else name

    def spaces(self):
        main, relation = STRICT if self.options.get("strict") else TRANSITIONAL
        prefix = self.options.get("prefix", "")
        return f' xmlns{":" + prefix if prefix else ""}="{main}" xmlns:r="{relation}"'

    def text(self, value):
        """ST_Xstring: control characters, and what looks like an escape, are escaped."""
        out = ""
        for at, char in enumerate(value):
            if ord(char) < 32 and char not in "\t\n" or (char == "_" and value[at:at + 2] == "_x"):
                out += f"_x{ord(char):04X}_"
            else:
                out += char
        return escape(out)

    def cell(self, sheet, row, column, value, bare):
        tag = self.tag
        where = "" if bare else f' r="{address(row, column)}"'
        if isinstance(value, Formula) and isinstance(value.cached, bool):
            return f'<{tag("c")}{where} t="b"><{tag("f")}>{escape(value)}</{tag("f")}><{tag("v")}>{int(value.cached)}</{tag("v")}></{tag("c")}>'
        if isinstance(value, Formula):
            cached = "" if value.cached is None else f'<{tag("v")}>{escape(value.cached)}</{tag("v")}>'
            return f'<{tag("c")}{where} t="str"><{tag("f")}>{escape(value)}</{tag("f")}>{cached}</{tag("c")}>'
        if isinstance(value, Error):
            return f'<{tag("c")}{where} t="e"><{tag("v")}>{value}</{tag("v")}></{tag("c")}>'
        if isinstance(value, bool):
            return f'<{tag("c")}{where} t="b"><{tag("v")}>{int(value)}</{tag("v")}></{tag("c")}>'
        if isinstance(value, (int, float)):
            return f'<{tag("c")}{where}><{tag("v")}>{value!r}</{tag("v")}></{tag("c")}>'
        if isinstance(value, Serial):
            how = 't="d"' if self.options.get("dates") == "iso" else 's="1"'
            return f'<{tag("c")}{where} {how}><{tag("v")}>{value}</{tag("v")}></{tag("c")}>'
        if isinstance(value, datetime.date):
            kind = self.options.get("dates", "1900")
            if kind == "iso":
                return f'<{tag("c")}{where} t="d"><{tag("v")}>{value.isoformat()}</{tag("v")}></{tag("c")}>'
            base = datetime.date(1904, 1, 1) if kind == "1904" else datetime.date(1899, 12, 30)
            return f'<{tag("c")}{where} s="1"><{tag("v")}>{(value - base).days}</{tag("v")}></{tag("c")}>'
        if self.options.get("shared"):
            index = self.strings.setdefault(value, len(self.strings))
            return f'<{tag("c")}{where} t="s"><{tag("v")}>{index}</{tag("v")}></{tag("c")}>'
        inside = f'<{tag("t")} xml:space="preserve">{self.text(value)}</{tag("t")}>'
        if self.options.get("rich") and len(value) > 3:
            half = len(value) // 2
            while "_x" in value[half - 7:half + 7]:
                half += 1
            inside = "".join(f'<{tag("r")}><{tag("rPr")}><{tag("b")}/></{tag("rPr")}><{tag("t")} xml:space="preserve">{self.text(part)}'
                             f'</{tag("t")}></{tag("r")}>' for part in (value[:half], value[half:]) if part)
            inside += f'<{tag("rPh")} sb="0" eb="1"><{tag("t")}>furigana</{tag("t")}></{tag("rPh")}>'
        return f'<{tag("c")}{where} t="inlineStr"><{tag("is")}>{inside}</{tag("is")}></{tag("c")}>'

    def sheet_xml(self, sheet):
        tag, rows = self.tag, {}
        for (row, column), value in sheet.cells.items():
            rows.setdefault(row, {})[column] = value
        out = [f'<{tag("worksheet")}{self.spaces()}>']
        if sheet.declared:
            out.append(f'<{tag("dimension")} ref="{sheet.declared}"/>')
        if self.options.get("ignorable"):
            out.append('<e:extra xmlns:e="urn:example:extra"><e:c r="A1"><e:v>Non</e:v></e:c></e:extra>')
        if sheet.hidden_columns:
            out.append(f'<{tag("cols")}>' + "".join(f'<{tag("col")} min="{at}" max="{at}" hidden="1"/>' for at in sorted(sheet.hidden_columns)) +
                       f'</{tag("cols")}>')
        out.append(f'<{tag("sheetData")}>')
        last_row = 0
        for row in sorted(rows):
            hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
            number = "" if self.options.get("bare") and row == last_row + 1 else f' r="{row}"'
            out.append(f'<{tag("row")}{number}{hidden}>')
            last_column = 0
            for column in sorted(rows[row]):
                bare = self.options.get("bare") and column == last_column + 1
                out.append(self.cell(sheet, row, column, rows[row][column], bare))
                last_column = column
            out.append(f'</{tag("row")}>')
            last_row = row
        out.append(f'</{tag("sheetData")}>')
        if sheet.merges:
            merges = "".join(f'<{tag("mergeCell")} ref="{merge}"/>' for merge in sheet.merges)
            out.append(f'<{tag("mergeCells")} count="{len(sheet.merges)}">{merges}</{tag("mergeCells")}>')
        out.append(f'</{tag("worksheet")}>')
        return "".join(out)

    def encode(self, xml):
        if self.options.get("utf16"):
            return ('<?xml version="1.0" encoding="UTF-16"?>' + xml).encode("utf-16")
        return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml).encode()

    def save(self, path):
        tag, parts = self.tag, self.options.get("parts", "xl/")
        relation = (STRICT if self.options.get("strict") else TRANSITIONAL)[1]
        absolute = self.options.get("absolute", False)
        main = parts + "book.xml"

        def target(name):
            return "/" + parts + name if absolute else name

        listed, links = "", ""
        sheets = []
        for number, sheet in enumerate(self.sheets, 1):
            state = "" if sheet.state == "visible" else f' state="{sheet.state}"'
            listed += f'<{tag("sheet")} name={quoteattr(sheet.name)} sheetId="{number}"{state} r:id="s{number}"/>'
            links += f'<Relationship Id="s{number}" Type="{relation}/worksheet" Target="{target(f"feuille-{number}.xml")}"/>'
            sheets.append((f"{parts}feuille-{number}.xml", self.sheet_xml(sheet)))
        date1904 = f'<{tag("workbookPr")} date1904="1"/>' if self.options.get("dates") == "1904" else ""
        links += f'<Relationship Id="st" Type="{relation}/styles" Target="{target("look.xml")}"/>'
        if self.strings:
            links += f'<Relationship Id="ss" Type="{relation}/sharedStrings" Target="{target("texts.xml")}"/>'
        kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml" if self.options.get("macro") else \
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        files = [
            ("[Content_Types].xml", f'<Types xmlns="{PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/>'
                                    f'<Override PartName="/{main}" ContentType="{kind}"/></Types>'),
            ("_rels/.rels", f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="x" Type="{relation}/officeDocument" '
                            f'Target="{"/" if absolute else ""}{main}"/></Relationships>'),
            (main, f'<{tag("workbook")}{self.spaces()}>{date1904}<{tag("sheets")}>{listed}</{tag("sheets")}></{tag("workbook")}>'),
            (f"{parts}_rels/book.xml.rels", f'<Relationships xmlns="{PACKAGE}relationships">{links}</Relationships>'),
            (f"{parts}look.xml", f'<{tag("styleSheet")}{self.spaces()}><{tag("cellXfs")} count="2"><{tag("xf")} numFmtId="0"/>'
                                 f'<{tag("xf")} numFmtId="14"/></{tag("cellXfs")}></{tag("styleSheet")}>'),
            *sheets,
        ]
        if self.strings:
            items = "".join(f'<{tag("si")}><{tag("t")} xml:space="preserve">{self.text(text)}</{tag("t")}></{tag("si")}>'
                            for text in self.strings)
            files.append((f"{parts}texts.xml", f'<{tag("sst")}{self.spaces()}>{items}</{tag("sst")}>'))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, xml in files:
                archive.writestr(name, self.encode(xml))
