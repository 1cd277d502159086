#!/usr/bin/python3
"""Grid documents of every readable specimen fit docs/grid.schema.json, and each, given back in place of its workbook, gets the
same findings (places included) but for what only a workbook has.

    schema.py PARAPHE SCHEMA SPECIMENS_FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
# What a grid document does not carry: rows that are no point of the catalogue or hidden, other sheets, the extent.
ONLY_WORKBOOK = {"point-duplicate", "point-unknown", "row-hidden", "sheet-duplicate", "tab-unexpected", "type-mismatch",
                 "dimension-excessive", "answer-invalid", "answer-formula", "severity-altered"}


def fits_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def faults(value, schema, where="$"):
    """The part of JSON Schema that the file uses."""
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(fits_type(value, name) for name in names):
        yield f"{where}: {value!r} is no {names}"
        return
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{where}: {value!r} does not fit {schema['pattern']}"
    if isinstance(value, dict):
        for key in schema.get("required", []):
            if key not in value:
                yield f"{where}: {key} is missing"
        for key, inner in value.items():
            if key in schema.get("properties", {}):
                yield from faults(inner, schema["properties"][key], f"{where}.{key}")
            elif schema.get("additionalProperties") is False:
                yield f"{where}: {key} is not in the schema"
    if isinstance(value, list) and "items" in schema:
        for at, inner in enumerate(value):
            yield from faults(inner, schema["items"], f"{where}[{at}]")


def check(program, form, grid=None):
    command = [program, "check", "--json", "--deposit-date", "2026-11-23", str(form)]
    done = subprocess.run(command + (["--grid", str(grid)] if grid else []), capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def found(result):
    return sorted((f["rule"], f["point"] or "", f["sheet"] or "", f["cell"] or "") for f in result["findings"]
                  if f["rule"] not in ONLY_WORKBOOK)


def main():
    program, specimens = sys.argv[1], pathlib.Path(sys.argv[3])
    schema = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    wrong, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for form in sorted((specimens / "forms").rglob("*.xls*")):
            grid = pathlib.Path(folder) / f"{count}.json"
            first = check(program, form, grid)
            count += 1
            document = json.loads(grid.read_text(encoding="utf-8"))
            wrong += [f"{form.name}: {fault}" for fault in faults(document, schema)]
            altered = {f["rule"] for f in first["findings"]} & ONLY_WORKBOOK
            if document["kind"] is None or altered:
                continue
            again = check(program, grid)
            if found(again) != found(first) or again["counts"] != first["counts"]:
                wrong.append(f"{form.name}: given back as grid.json: {found(again)[:3]} in place of {found(first)[:3]}")
    print("\n".join(wrong[:20]))
    print(f"{count} grid documents, {len(wrong)} faults")
    return 1 if wrong or count < 70 or not list(faults({"format": "x"}, schema)) else 0


if __name__ == "__main__":
    sys.exit(main())
