"""Makes every attack and compares paraphe's verdict with the one that is due.

    attacks.py PKI TSA_URL FOLDER
"""
import json
import os
import subprocess
import sys

import base
import cms_attacks
import file_attacks
import past_attacks
import packet_attacks
import pdf_attacks
import role_attacks
import section_attacks
import form_attacks
import key_attacks
import tag_attacks
import trust_attacks

PARAPHE = os.environ["PARAPHE"]


def verdict_of(path, options):
    policy = [] if "--policy" in options else ["--policy", "edc-psc"]
    trust = [] if "--trust" in options else ["--trust", f"{base.PKI}/root.crt"]
    offline = [] if "--online" in options else ["--offline"]
    options = [o for o in options if o != "--online"]
    done = subprocess.run([PARAPHE, "verify", "--json", "--lang", "en", *offline, *policy, *trust, *options, path], capture_output=True, text=True, timeout=120, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        return done.returncode, {"verdict": "none", "code": done.stderr.strip(), "signatures": []}


def codes_of(verdict):
    found = {verdict.get("code")}
    for s in verdict["signatures"]:
        found.update(f["code"] for f in s["findings"])
        found.update(f"change:{c['kind']}" for c in s["changes"] if not c["allowed"])
        found.update(f"allowed:{c['kind']}" for c in s["changes"] if c["allowed"])
        found.update([f"level:{s['level']}", s.get("level_code"), f"intact:{s['intact']}"])
        for t in s["timestamps"]:
            found.update(f["code"] for f in t["findings"])
    return found


def main():
    base.PKI, base.TSA, folder = sys.argv[1:4]
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    checks = failures = 0
    for label, make, wanted, codes, *options in [*pdf_attacks.table(), *cms_attacks.table(), *past_attacks.table(), *role_attacks.table(), *section_attacks.table(), *form_attacks.table(), *key_attacks.table(), *tag_attacks.table(), *packet_attacks.table(), *trust_attacks.table(), *file_attacks.table()]:
        if only and only not in label:
            continue
        checks += 1
        path = os.path.join(folder, label + ".pdf")
        with open(path, "wb") as out:
            out.write(make())
        status, verdict = verdict_of(path, options)
        missing = [c for c in codes if c not in codes_of(verdict)]
        due = {"valid": 0, "unreadable": 4}.get(wanted, 6)
        modified = wanted == "modified"
        if modified:
            wanted = "invalid"
        good = verdict["verdict"] == wanted and status == due and not missing and \
            (not modified or any(s["modified"] for s in verdict["signatures"]))
        if not good:
            failures += 1
            print(f"FAILED: {label}: {verdict['verdict']} ({verdict.get('code')}), status {status}, due {wanted}; missing {missing}; "
                  f"found {sorted(str(c) for c in codes_of(verdict))}")
    print(f"{checks - failures} checks passed, {failures} failed")
    return 1 if failures or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
