#!/usr/bin/python3
"""Signs every collected public document in batches with the real program and a real token, and looks at what came out: the input
unchanged in front, qpdf opens it without repair and sees the same pages, pdfsig finds the new signature valid over the whole file
and the earlier ones as they were. Of the documents that qpdf opens without repair at least 96 % are signed; every other one is
refused in one sentence and leaves no file.

    test_signed.py FOLDER      (environment: PARAPHE, PARAPHE_TEST_DIR as the end-to-end tests have them)
"""
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import judge  # noqa: E402

FLOOR, BATCH = 0.96, 200
FAULTS = []


def environment(folder):
    """The variables that the test services export."""
    with open(os.path.join(folder, "env"), encoding="utf-8") as opened:
        return dict(re.findall(r"^export (\w+)='?([^'\n]*)'?$", opened.read(), re.M))


def objects_of(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(text, at)
        yield value


def sign(program, services, names, folder, out):
    """name -> None when signed, else the code of the error."""
    command = [program, "sign", *(os.path.join(folder, name) for name in names), "--out-dir", out, "--yes", "--module",
               services["PARAPHE_TEST_MODULE"], "--token", services["PARAPHE_TEST_TOKEN"], "--pin-source",
               "file:" + services["PARAPHE_TEST_PIN_FILE"], "--cert", "subject:p256", "--level", "B-B", "--json", "--lang", "en"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600,
                          env=dict(os.environ, **services, HOME=out, XDG_CONFIG_HOME=out))
    results = {}
    for value in objects_of(done.stdout):
        text = value.get("message") or value.get("output") or value.get("input") or ""
        name = re.search(r"[0-9a-f]{64}\.pdf", text)
        if name is None:
            FAULTS.append(f"no document is named: {value}")
        elif value["format"] == "paraphe-error":
            results[name.group(0)] = value["code"]
            if value["status"] != 4 and value["status"] != 6:
                FAULTS.append(f"{name.group(0)[:8]}: status {value['status']}: {value['message']}")
        else:
            results[name.group(0)] = None
    if done.returncode not in (0, 4, 6):
        FAULTS.append(f"status {done.returncode}: {done.stderr[-300:]}")
    return results


def signatures(path):
    """What pdfsig says of each: "valid", and whether the whole file is covered."""
    status, out, err = judge.run("pdfsig", "-nocert", path)
    return re.findall(r"Signature Validation: (.*)", out), len(re.findall(r"Total document signed", out))


def look(name, folder, out, pages):
    before, after = os.path.join(folder, name), os.path.join(out, name)
    size = os.path.getsize(before)
    with open(before, "rb") as a, open(after, "rb") as b:
        if a.read() != b.read(size):
            return "the input does not stand in front"
    if pages is not None and judge.qpdf_pages(after) != pages:
        return f"qpdf saw {pages} pages, now {judge.qpdf_pages(after)}"
    old, _ = signatures(before)
    new, whole = signatures(after)
    if len(new) != len(old) + 1:
        # poppler cannot open what it thinks damaged, also before the signature
        return None if judge.run("pdfinfo", before)[0] != 0 else f"pdfsig finds {len(new)} signatures, before {len(old)}"
    if sorted(old) != sorted(new[:-1]) and sorted(old + ["Signature is Valid."]) != sorted(new):
        return f"an earlier signature is judged otherwise: {old} {new}"
    if new.count("Signature is Valid.") != old.count("Signature is Valid.") + 1:
        return f"pdfsig says {new}"
    return None if whole >= 1 else "the file is not wholly covered"


def main():
    folder = os.path.abspath(sys.argv[1])
    program = os.environ.get("PARAPHE", "")
    services_folder = os.environ.get("PARAPHE_TEST_DIR", "")
    for needed in ("qpdf", "pdfsig", "pdfinfo"):
        if not shutil.which(needed):
            print(f"skipped: {needed} is missing")
            return 77
    # run alone, it collects what documents_public would have
    collected = subprocess.run([sys.executable, os.path.join(HERE, "collect.py"), folder], check=False).returncode
    if collected != 0:
        return collected
    if not os.path.exists(os.path.join(services_folder, "env")):
        print("skipped: no test services")
        return 77
    names = sorted(os.listdir(folder))
    services = environment(services_folder)
    codes, signed, openable = collections.Counter(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pages = dict(zip(names, pool.map(lambda name: judge.qpdf_pages(os.path.join(folder, name)), names)))
        for at in range(0, len(names), BATCH):
            batch = names[at:at + BATCH]
            with tempfile.TemporaryDirectory() as out:
                results = sign(program, services, batch, folder, out)
                for name in batch:
                    there = os.path.exists(os.path.join(out, name))
                    if name not in results or there != (results[name] is None):
                        FAULTS.append(f"{name[:8]}: result {results.get(name, 'none')}, file {there}")
                left = [name for name in os.listdir(out) if name.endswith(".part")]
                if left:
                    FAULTS.append(f"half files are left: {left[:3]}")
                good = [name for name in batch if name in results and results[name] is None]
                for name, fault in zip(good, pool.map(lambda name: look(name, folder, out, pages[name]), good)):
                    if fault:
                        FAULTS.append(f"{name[:8]}: {fault}")
            openable += sum(pages[name] is not None for name in batch)
            signed += sum(pages[name] is not None for name in good)
            codes.update(results[name] for name in batch if results.get(name))
    print("\n".join(FAULTS[:40]))
    print(f"{len(names)} documents, {openable} that qpdf opens without repair, {signed} of these signed "
          f"({100 * signed / max(openable, 1):.1f} %), {len(FAULTS)} faults")
    print("refused: " + ", ".join(f"{code} {n}" for code, n in codes.most_common()))
    return 1 if FAULTS or signed < FLOOR * openable else 0


if __name__ == "__main__":
    sys.exit(main())
