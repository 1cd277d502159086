"""Makes every attack and compares paraphe's verdict with the one that is due.

    attacks.py PKI TSA_URL FOLDER
"""
import concurrent.futures
import json
import multiprocessing
import os
import subprocess
import sys

import answer_attacks
import attribute_attacks
import base
import cms_attacks
import earned_attacks
import entry_attacks
import file_attacks
import form_attacks
import guise_attacks
import key_attacks
import level_attacks
import mark_attacks
import packet_attacks
import past_attacks
import path_attacks
import pdf_attacks
import proof_attacks
import proven_attacks
import rebuild_attacks
import role_attacks
import section_attacks
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
    if verdict["signatures"]:
        found.add("first:" + {"TOTAL-PASSED": "valid"}.get(verdict["signatures"][0]["indication"], "other"))
    for s in verdict["signatures"]:
        found.update(f["code"] for f in s["findings"])
        found.update(f"told:{a}" for f in s["findings"] for a in f.get("args", []))
        found.update(f"change:{c['kind']}" for c in s["changes"] if not c["allowed"])
        found.update(f"allowed:{c['kind']}" for c in s["changes"] if c["allowed"])
        found.update([f"level:{s['level']}", s.get("level_code"), f"intact:{s['intact']}"])
        for t in s["timestamps"]:
            found.update(f["code"] for f in t["findings"])
    return found


TABLES = (pdf_attacks, cms_attacks, past_attacks, role_attacks, section_attacks, form_attacks, key_attacks, tag_attacks, packet_attacks, trust_attacks,
          file_attacks, mark_attacks, path_attacks, level_attacks, proof_attacks, rebuild_attacks, guise_attacks, attribute_attacks, answer_attacks,
          proven_attacks, earned_attacks, entry_attacks)


# EN 319 102-1 5.1.3, 5.3: what each of these facts is called; only definite ones make a signature fail
SUB = {"cms.digest-differs": "HASH_FAILURE", "cms.signature-wrong": "SIG_CRYPTO_FAILURE", "cms.pss-parameters": "SIG_CRYPTO_FAILURE", "cms.not-der": "FORMAT_FAILURE",
       "pdf.range": "FORMAT_FAILURE", "change.not-allowed": "MODIFIED", "cms.ess-other-certificate": "NO_SIGNING_CERTIFICATE_FOUND",
       "cms.signer-certificate-absent": "NO_SIGNING_CERTIFICATE_FOUND", "cms.policy-unknown": "SIGNATURE_POLICY_NOT_AVAILABLE", "chain.no-anchor": "NO_CERTIFICATE_CHAIN_FOUND",
       "chain.out-of-time": "OUT_OF_BOUNDS_NO_POE", "chain.critical-extension": "CERTIFICATE_CHAIN_GENERAL_FAILURE", "usage.other-purpose": "CHAIN_CONSTRAINTS_FAILURE",
       "algo.weak": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "cms.algorithm-unknown": "CRYPTO_CONSTRAINTS_FAILURE", "revocation.revoked": "REVOKED_NO_POE",
       "revocation.ca-revoked": "REVOKED_CA_NO_POE", "revocation.hold": "TRY_LATER", "revocation.offline": "TRY_LATER", "revocation.stale": "TRY_LATER",
       "time.required": "SIG_CONSTRAINTS_FAILURE", "change.covers-text": "SIG_CONSTRAINTS_FAILURE", "stamp.future": "TIMESTAMP_ORDER_FAILURE"}
DEFINITE = ("HASH_FAILURE", "SIG_CRYPTO_FAILURE", "FORMAT_FAILURE", "MODIFIED")


def indication_fits(s):
    """The indication of a signature follows from its findings; the sub-indication is that of one of the gravest."""
    effects = [f["effect"] for f in s["findings"]]
    grave = next((e for e in ("failed", "indeterminate") if e in effects), None)
    if s["indication"] != {"failed": "TOTAL-FAILED", "indeterminate": "INDETERMINATE", None: "TOTAL-PASSED"}[grave]:
        return False
    subs = [f["sub_indication"] for f in s["findings"] if f["effect"] == grave]
    named = all(f["sub_indication"] == SUB.get(f["code"], f["sub_indication"]) and
                (f["code"] not in SUB or f["effect"] not in ("failed", "indeterminate") or (f["effect"] == "failed") == (SUB[f["code"]] in DEFINITE)) for f in s["findings"])
    return named and (s["sub_indication"] == subs[0] if grave else s["sub_indication"] is None)


def judge(label, path, wanted, codes, options):
    """What is wrong with the verdict; None when it is the one that is due. "finished": nothing lacks for B-LT; the codes are those of what came out."""
    if wanted == "finished":
        trust = options[options.index("--trust"):][:2]
        done = subprocess.run([PARAPHE, "finish", path, "-o", path + ".out", "--level", "B-LT", "--lang", "en", *trust], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0 or not codes:
            return None if done.returncode == 0 else f"FAILED: {label}: status {done.returncode}: {done.stderr.strip()}"
        path, wanted = path + ".out", "valid"
    status, verdict = verdict_of(path, options)
    found = codes_of(verdict)
    missing = [c for c in codes if (c[1:] in found if c.startswith("!") else c not in found)]  # "!": must not be told
    due = {"valid": 0, "unreadable": 4}.get(wanted, 6)
    faults = [f"{s['indication']}/{s['sub_indication']}" for s in verdict.get("signatures", []) if not indication_fits(s)]
    modified = wanted == "modified"
    if modified:
        wanted = "invalid"
    if verdict["verdict"] == wanted and status == due and not missing and not faults and (not modified or any(s["modified"] for s in verdict["signatures"])):
        return None
    return (f"FAILED: {label}: {verdict['verdict']} ({verdict.get('code')}), status {status}, due {wanted}; missing {missing}; {faults} "
            f"found {sorted(str(c) for c in found)}")


PARTS = 2  # processors of the machine that runs this for every change


def part(which, folder, only):
    """Every second row; how many there were, and what is wrong."""
    waiting = []
    rows = [row for module in TABLES for row in module.table() if only in row[0]]
    # files are made one after the other, while others are being judged
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for label, make, wanted, codes, *options in rows[which::PARTS]:
            path = os.path.join(folder, label + ".pdf")
            with open(path, "wb") as out:
                out.write(make())
            waiting.append(pool.submit(judge, label, path, wanted, codes, options))
        return len(waiting), [fault for fault in (one.result() for one in waiting) if fault]


def main():
    base.PKI, base.TSA, folder = sys.argv[1:4]
    only = sys.argv[4] if len(sys.argv) > 4 else ""
    with multiprocessing.get_context("fork").Pool(PARTS) as pool:
        done = pool.starmap(part, [(which, folder, only) for which in range(PARTS)], chunksize=1)
    count, faults = sum(n for n, _ in done), [fault for _, own in done for fault in own]
    for fault in faults:
        print(fault)
    print(f"{count - len(faults)} checks passed, {len(faults)} failed")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
