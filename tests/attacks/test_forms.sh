#!/usr/bin/env bash
# verify --form: attached data and pages must both say what the form says, in the signed state.
. "$(dirname "$0")/../e2e/lib.sh"
services
"$SOURCE/tests/interop/judges.sh" --install > "$OUT" 2>&1 || { echo "skipped: pyHanko is missing"; exit 77; }
export PYTHONPATH=$SOURCE/tests/attacks PYTHONDONTWRITEBYTECODE=1
form=$FORMS/lps-web-conforme.xlsx other=$FORMS/lps-web-10-moyennes.xlsx
attached() { # REPORT NAME: its data
  ok "data of $1" "$SOURCE/tests/interop/.cache/venv/bin/python" -c 'import sys
from pyhanko.pdf_utils.reader import PdfFileReader
names = PdfFileReader(open(sys.argv[1], "rb")).root["/Names"]["/EmbeddedFiles"]["/Names"]
spec = next(names[i + 1] for i in range(0, len(names), 2) if names[i + 1]["/UF"] == "grid.json")
open(sys.argv[2], "wb").write(spec["/EF"]["/F"].data)' "$1" "$2"
}
for which in form other; do
  run 0 report "${!which}" -o "$which-full.pdf" --deposit-date 2026-11-23
  run 0 report "${!which}" -o "$which-bare.pdf" --attach none --deposit-date 2026-11-23
  attached "$which-full.pdf" "$which.json"
done
make() { ok "make $1" "$SOURCE/tests/interop/.cache/venv/bin/python" "$SOURCE/tests/attacks/form_files.py" "$PARAPHE_TEST_PKI" "$1-bare.pdf" form.json other.json "$2"; }
mkdir true false
make form true
make other false # the pages show the other form
judge() { # STATUS FILE
  run "$1" verify --json --offline --policy edc-psc --trust "$PARAPHE_TEST_PKI/root.crt" --form "$form" "$2"
}
same() { json 'd["verdict"], d["comparison"]["method"], d["comparison"]["result"], d["comparison"].get("pages")' "('valid', $1)"; }
judge 0 true/honest.pdf
same "'data', 'same', 'same'"
judge 6 true/false-data.pdf
same "'data', 'different', None"
judge 6 false/honest.pdf # the data are those of the form, the pages are not
same "'text', 'different', 'different'"
json '[x["cell"] for x in d["comparison"]["differences"] if x["code"] == "answer"][:2]' "['F9', 'F14']"
judge 6 true/no-pages.pdf
same "'text', 'impossible', 'impossible'"
for name in two-names two-false-first; do
  judge 4 "true/$name.pdf"
  says err 'two files named grid.json'
done
for name in name-case name-wide; do # no data by this name: the pages count
  judge 0 "true/$name.pdf"
  same "'text', 'same', None"
  judge 6 "false/$name.pdf"
done
judge 6 true/later.pdf # changed after the signature; compared as it was signed
json 'd["verdict"], d["comparison"]["result"]' "('invalid', 'different')"
judge 6 true/point-twice.pdf
same "'data', 'different', None"
judge 4 true/no-json.pdf
judge 4 true/key-twice.pdf
finish
