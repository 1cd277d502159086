"""Reports whose attached data and pages do not agree, each signed by a known signer:   form_files.py PKI BARE.pdf GRID.json FALSE.json FOLDER

BARE is a report without attachments, GRID what the form says, FALSE something else.
"""
import io
import os
import sys

from pyhanko.pdf_utils.generic import ArrayObject as A, DictionaryObject as D, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

import base
from base import N, sign, stream, update
from role_attacks import prepared


def spec(w, data, name="grid.json", ef=None):
    file = w.add_object(stream(data, Type=N("/EmbeddedFile"), Subtype=N("/application#2Fjson")))
    other = w.add_object(stream(ef, Type=N("/EmbeddedFile"))) if ef else file
    return w.add_object(D({N("/Type"): N("/Filespec"), N("/F"): pdf_string(name), N("/UF"): pdf_string(name), N("/AFRelationship"): N("/Data"),
                           N("/EF"): D({N("/F"): file, N("/UF"): other})}))


def carrying(data, *files):
    """The document with these (key of the name tree, specification) attached."""
    def change(w):
        pairs, specs = A(), A()
        for key, make in files:
            specs.append(make(w))
            pairs.append(pdf_string(key))
            pairs.append(specs[-1])
        w.root[N("/Names")] = D({N("/EmbeddedFiles"): D({N("/Names"): pairs})})
        w.root[N("/AF")] = specs
        w.update_root()
    return update(data, change)


def main():
    base.PKI = sys.argv[1]
    bare, grid, false = (open(path, "rb").read() for path in sys.argv[2:5])
    empty = prepared()
    one = lambda data, **more: ("grid.json", lambda w: spec(w, data, **more))
    made = {
        "honest": sign(carrying(bare, one(grid))),
        "false-data": sign(carrying(bare, one(false))),
        "no-pages": sign(carrying(empty, one(grid))),
        "two-names": sign(carrying(bare, one(grid), ("grid.json2", lambda w: spec(w, false)))),
        "two-false-first": sign(carrying(bare, one(false), ("grid.json2", lambda w: spec(w, grid)))),
        "name-case": sign(carrying(bare, one(false, name="GRID.JSON"))),
        "name-wide": sign(carrying(bare, one(false, name="ｇrid.json"))),
        "later": carrying(sign(carrying(bare, one(false))), one(grid)),
        "point-twice": sign(carrying(bare, one(doubled(grid)))),
        "no-json": sign(carrying(bare, one(b"{" + grid))),
        "key-twice": sign(carrying(bare, one(grid.replace(b'{', b'{"sheets":[],', 1)))),
    }
    for name, data in made.items():
        with open(os.path.join(sys.argv[5], name + ".pdf"), "wb") as out:
            out.write(data)


def doubled(grid):
    """The first point once more, with another answer."""
    import json
    d = json.loads(grid)
    points = d["sheets"][0]["points"]
    points.append(dict(points[0], answer="Non"))
    return json.dumps(d).encode()


if __name__ == "__main__":
    main()
