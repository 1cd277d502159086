#!/usr/bin/python3
"""One PDF of each kind: our reader counts the pages as qpdf does and reads text and title, encrypted or not; qpdf accepts the
file with our update and finds what we added.

    test_kinds.py PDF_PROBE
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def encrypted(folder):
    """Files of each kind of encryption with user and owner passwords beyond ASCII, made from one with a title."""
    plain = os.path.join(folder, "titled.pdf")
    with open(os.path.join(folder, "classic.pdf"), "rb") as opened:
        data = opened.read()
    start = len(data)
    prev = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    size = int(re.findall(rb"/Size (\d+)", data)[-1])
    data += b"%d 0 obj\n<< /Title (Essai du titre) >>\nendobj\n" % size
    xref = len(data)
    data += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root 1 0 R /Info %d 0 R /Prev %d /ID [<aabb> <ccdd>] >>\n" % (
        size, start, size + 1, size, prev)
    data += b"startxref\n%d\n%%%%EOF\n" % xref
    with open(plain, "wb") as opened:
        opened.write(data)
    made = {}
    for name, options in {
            "rc4-40": ("40",), "rc4-v4": ("128", "--force-V4"), "rc4": ("128",), "aes128": ("128", "--use-aes=y"),
            "aes128-clear": ("128", "--use-aes=y", "--cleartext-metadata"), "aes256": ("256",),
            "aes256-r5": ("256", "--force-R5"), "aes256-clear": ("256", "--cleartext-metadata")}.items():
        out = os.path.join(folder, f"crypt-{name}.pdf")
        done = run("qpdf", "--allow-weak-crypto", "--encrypt", "été", "maître", *options, "--", plain, out)
        if done.returncode not in (0, 3):
            raise SystemExit(f"qpdf could not make {name}: {done.stderr}")
        made[out] = ("été", "maître")
    return made


def check(probe, path, password, out, faults):
    name = os.path.basename(path)
    given = ("-p", password) if password else ()
    done = run(probe, *given, "-t", "-u", out, path)
    first, _, rest = done.stdout.partition("\n")
    qpdf_password = (f"--password={password}",) if password else ()
    pages = run("qpdf", *qpdf_password, "--show-npages", path).stdout.strip()
    if f": opened {pages} " not in first:
        faults.append(f"{name}: qpdf sees {pages} pages, we say {first}{done.stderr}")
        return
    if "Essai" not in rest:
        faults.append(f"{name}: the text of the page was not read: {rest}")
    if name.startswith("crypt-") and "title: Essai du titre" not in rest:
        faults.append(f"{name}: the title was not read: {rest}")
    updated = os.path.join(out, name)
    judged = run("qpdf", *qpdf_password, "--check", updated)
    linearized = "linearized" in first
    if judged.returncode not in ((0, 3) if linearized else (0,)):
        faults.append(f"{name}: qpdf on the updated file: {judged.stdout[-300:]}{judged.stderr[-300:]}")
    catalog = run("qpdf", *qpdf_password, "--show-object=trailer", updated).stdout
    root = re.search(r"/Root (\d+) 0 R", catalog)
    shown = run("qpdf", *qpdf_password, f"--show-object={root.group(1)}", updated).stdout if root else ""
    text, data = re.search(r"/ProbeText (\d+) 0 R", shown), re.search(r"/ProbeData (\d+) 0 R", shown)
    if not text or not data:
        faults.append(f"{name}: qpdf does not find the update")
        return
    said = run("qpdf", *qpdf_password, f"--show-object={text.group(1)}", updated).stdout
    if "Ajout" not in said and "feff0041006a006f00750074" not in said.lower():
        faults.append(f"{name}: qpdf reads our string as {said!r}")
    added = run("qpdf", *qpdf_password, f"--show-object={data.group(1)}", "--filtered-stream-data", updated).stdout
    if added != "added data":
        faults.append(f"{name}: qpdf reads our stream as {added!r}")


def main():
    if not shutil.which("qpdf"):
        print("skipped: qpdf is missing")
        return 77
    probe, faults, count = sys.argv[1], [], 0
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        os.mkdir(out)
        listed = run(sys.executable, os.path.join(HERE, "make_kinds.py"), folder).stdout
        passwords_of = {line.split("\t")[0] + ".pdf": line.split("\t")[2] for line in listed.splitlines()}
        for path, passwords in encrypted(folder).items():
            for password in passwords:
                check(probe, path, password, out, faults)
                count += 1
            wrong = run(probe, "-p", "faux", path).stdout
            if "refused err.pdf-file.wrong-password" not in wrong:
                faults.append(f"a wrong password: {wrong}")
            none = run(probe, path).stdout
            if "refused err.pdf-file.needs-password" not in none:
                faults.append(f"no password: {none}")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.endswith(".pdf") and not name.startswith("crypt-"):
                check(probe, path, passwords_of.get(name, ""), out, faults)
                count += 1
    print("\n".join(faults))
    print(f"{count} files read and updated, {len(faults)} faults")
    return 1 if faults or count < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
