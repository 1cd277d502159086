#!/usr/bin/python3
"""A deposit folder (docs/formats.md, "paraphe-deposit") without the stages before it: make_deposit.py DIR [key=value]...

Keys: until (last day), rejected (1), size (bytes of the first proof)."""
import hashlib
import json
import os
import sys

folder, options = sys.argv[1], dict(item.split("=", 1) for item in sys.argv[2:])
os.mkdir(folder, 0o700)
files = []


def put(path, data, role):
    os.makedirs(os.path.dirname(os.path.join(folder, path)) or folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, path), "wb") as out:
        out.write(data)
    entry = {"path": path, "role": role, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    files.append(entry)
    return entry


one = put("01 - EDC PSC - LPS - Application web - Formulaire signé/a_rapport.pdf", b"%PDF-1" + b"x" * int(options.get("size", 1000)), "proof")
two = put("02 - EDC PSC - Proxy e-Santé #1 % ?/b_rapport.pdf".replace(" ?", ""), b"%PDF-2 proxy", "proof")
put("checklist.html", b"<!DOCTYPE html>", "checklist")
proofs = "".join(f"{f['sha256']}  {f['path']}\n" for f in files if f["role"] == "proof")
places = [{"number": n + 1, "title": f"proof {n + 1} \x1b[31m", "where": "desk", "required": True, "file": f} for n, f in enumerate((one, two))]
manifest = {"format": "paraphe-deposit", "version": 1, "id": hashlib.sha256(proofs.encode()).hexdigest(), "deposit_date": "2026-11-25",
            "deposit_until": options.get("until"), "rejected": options.get("rejected") == "1", "portal": {"name": "Convergence", "url": "https://example.invalid"},
            "places": places, "files": files}
with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as out:
    json.dump(manifest, out, ensure_ascii=False, indent=2)
