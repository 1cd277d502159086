"""Compares the suite's results with the table of docs/tokens.md, or writes them there: table.py RESULTS DOC [--write]"""
import sys

FIRST, LAST = "<!-- suite -->", "<!-- end of suite -->"
HEAD = ["| token and key | PIN | signatures | mechanisms (CKM_) |", "|---|---|---|---|"]

results, document = sys.argv[1:3]
rows = {}
with open(results, encoding="utf-8") as opened:
    for line in opened:
        name, pin, schemes, mechanisms, _ = line.rstrip("\n").split("\t")
        rows[name] = f"| {name} | {pin or '–'} | {schemes or 'none'} | {mechanisms} |"
with open(document, encoding="utf-8") as opened:
    text = opened.read()
before, rest = text.split(FIRST)
table, after = rest.split(LAST)
told = {line.split("|")[1].strip(): line for line in table.strip().split("\n")[2:]}
if "--write" in sys.argv:
    told.update(rows)
    with open(document, "w", encoding="utf-8") as opened:
        opened.write(before + FIRST + "\n" + "\n".join(HEAD + list(told.values())) + "\n" + LAST + after)
    sys.exit(0)
wrong = [name for name, row in rows.items() if told.get(name) != row]
for name in wrong:
    print(f"found: {rows[name]}\ntold:  {told.get(name)}")
sys.exit(1 if wrong or not rows else 0)
