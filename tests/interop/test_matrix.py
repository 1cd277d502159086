#!/usr/bin/python3
"""What paraphe signs, judged from outside: every kind of PDF, every algorithm, every level (matrix.py, docs/judges.md).

qpdf: structure. pdfsig: integrity and trust of signatures; it cannot judge document time-stamps. pyHanko: integrity, trust, later
changes. EU DSS: EN 319 102-1, and that the level is the one asked for. veraPDF: what was PDF/A is so.

    test_matrix.py [--all] [--large] [WORD]      --all: every triple, not every pair alone; --large: only a document of more
                                                 than 4 GiB, at each level; WORD: only cells with it in their name
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "documents")]
import make_large  # noqa: E402
import matrix  # noqa: E402
import pdfa  # noqa: E402

TOP = os.path.dirname(os.path.dirname(HERE))
PARAPHE = os.environ.get("PARAPHE", os.path.join(TOP, "build/paraphe"))
PYTHON = os.path.join(HERE, ".cache/venv/bin/python")
REFUSED = {  # kinds that must be refused, with the word that the sentence must hold
    "xfa": "XFA",
    "aes-256-no-modify": "permi",
}


def skip(why):
    print("skipped: " + why)
    sys.exit(77)


def services():
    folder = os.environ.get("PARAPHE_TEST_DIR", "")
    if not os.path.exists(os.path.join(folder, "env")):
        skip("no test services (PARAPHE_TEST_DIR)")
    with open(os.path.join(folder, "env"), encoding="utf-8") as file:
        for line in file:
            name, _, value = line.removeprefix("export ").strip().partition("=")
            os.environ[name] = subprocess.run(["bash", "-c", f"printf %s {value}"], capture_output=True, text=True,
                                              check=True).stdout
    return os.environ["PARAPHE_TEST_PKI"]


def fingerprint(pki, signer):
    done = subprocess.run(["openssl", "x509", "-in", f"{pki}/{signer}.crt", "-noout", "-fingerprint", "-sha256"],
                          capture_output=True, text=True, check=True)
    return done.stdout.partition("=")[2].strip().replace(":", "").lower()


class Cell:
    """One signed file to be judged. Those of one group are signed by one command."""

    def __init__(self, name, kind, signer, level, options=()):
        self.name, self.kind, self.signer, self.level = name, kind, signer, level
        self.options = tuple(options)
        self.faults = []
        self.out = ""

    def group(self):
        return self.signer, self.level, self.kind.password, self.options


def sign(pki, token, group, cells, folder):
    """Signs the cells, all of one group, into a folder. What the program said, and its status."""
    signer, level, password, options = group
    command = [PARAPHE, "sign", *sorted({f"kinds/{cell.kind.file}.pdf" for cell in cells}), "--out-dir", folder, "--level", level,
               "--min-level", level, "--yes", "--lang", "en", "--module", token["PARAPHE_TEST_MODULE"], "--token", token["PARAPHE_TEST_TOKEN"],
               "--pin-source", "file:" + token["PARAPHE_TEST_PIN_FILE"], "--cert", "sha256:" + fingerprint(pki, signer),
               "--trust", os.environ["PARAPHE_TEST_TRUST"], *options]
    if level != "B-B":
        command += ["--tsa", os.environ["PARAPHE_TEST_TSA"]]
    if level == "B-LTA":
        command += ["--now"]
    if password:
        command += ["--password-source", "file:password"]
    for cell in cells:
        cell.out = os.path.join(folder, cell.kind.file + ".pdf")
    return subprocess.run(command, capture_output=True, text=True, check=False, env=token)


def token_of_all(pki):
    """The environment of a token with each kind of key."""
    made = subprocess.run([os.path.join(TOP, "certs-test/make-token.sh"), "token", pki, "rsa2048", "rsa3072", "p256", "p384", "p521"],
                          capture_output=True, text=True, check=True)
    lines = (line.removeprefix("export ").partition("=") for line in made.stdout.splitlines())
    return os.environ | {name: value for name, _, value in lines}


def make_kinds():
    """The documents; name -> kind of those that matrix.py has not."""
    made = subprocess.run(["/usr/bin/python3", os.path.join(TOP, "tests/documents/make_kinds.py"), "kinds"], capture_output=True,
                          text=True, check=True)
    pdfa.make("kinds")
    subprocess.run([PARAPHE, "report", "--deposit-date", "2026-11-23", "-o", "kinds/report.pdf",
                    os.path.join(TOP, "tests/forms/specimens/forms/lps-web-conforme.xlsx")], capture_output=True, check=True)
    with open("password", "w", encoding="ascii") as file:
        file.write(matrix.PASSWORD + "\n")
    os.chmod("password", 0o600)
    known = {kind.file for kind in matrix.KINDS}
    rows = [line.split("\t") for line in made.stdout.splitlines()]
    return {name: matrix.Kind(name, text, password) for name, text, password in rows if name not in known}


def cells(parts):
    others = make_kinds()
    kinds = {kind.file: kind for kind in matrix.KINDS} | others
    for part in range(parts):
        for kind, signer, scheme, digest, level in matrix.cells(part):
            yield Cell(f"{kind.file}-{signer}-{scheme}-{digest}-{level}", kind, signer, level, ["--scheme", scheme, "--hash", digest])
    for name, kind in others.items():
        yield Cell("kind-" + name, kind, "rsa2048", "B-B")
    look = ["--visible", "1:56,300,330,100", "--image", os.path.join(TOP, "tests/fuzz/corpus/image/rgba.png"), "--qr", "--reason", "Relu"]
    for name in ("classic", "object-streams", "linearized", "rotated", "form", "rc4-128", "aes-128", "aes-256", "aes-256-empty"):
        yield Cell("look-" + name, kinds[name], "p256", "B-B", look)
    for level in matrix.LEVELS[1:]:
        yield Cell("look-aes-256-" + level, kinds["aes-256"], "p256", level, look)
    for level in ("B-T", "B-LTA"):
        yield Cell("look-report-" + level, kinds["report"], "p256", level, look)


def large_cells():
    os.mkdir("kinds")
    make_large.make("kinds/large.pdf", matrix.LARGE_BYTES)
    for level in matrix.LEVELS:
        yield Cell("large-" + level, matrix.LARGE, "p256", level)


def sign_all(pki, wanted):
    """Signs them; returns those to be judged, what failed, and how many were rightly refused."""
    judged, failed, refused, groups = [], [], 0, {}
    token = token_of_all(pki)
    for cell in wanted:
        groups.setdefault((cell.group(), cell.kind.file if cell.kind.file in REFUSED else ""), []).append(cell)
    for number, ((group, word), members) in enumerate(groups.items()):
        done = sign(pki, token, group, members, f"signed-{number}")
        for cell in members:
            there = os.path.exists(cell.out)
            if word and not there and done.returncode and REFUSED[word].lower() in done.stderr.lower():
                refused += 1
            elif word:
                failed.append(f"{cell.name}: not refused with “{REFUSED[word]}”: {done.returncode} {done.stderr.strip()}")
            elif done.returncode or not there:
                failed.append(f"{cell.name}: not signed: status {done.returncode}: {done.stderr.strip()[-300:]}")
            else:
                judged.append(cell)
    return judged, failed, refused


def judge_qpdf(cell):
    done = subprocess.run(["qpdf", f"--password={cell.kind.password}", "--check", cell.out], capture_output=True, text=True, check=False)
    if done.returncode:
        cell.faults.append("qpdf: " + (done.stdout + done.stderr).strip()[-200:])


def judge_pdfsig(cell, nss):
    password = ["-upw", cell.kind.password] if cell.kind.password else []
    done = subprocess.run(["pdfsig", "-nssdir", nss, *password, cell.out], capture_output=True, text=True, check=False)
    if "Signature is Valid" not in done.stdout or "Certificate is Trusted" not in done.stdout or "Mismatch" in done.stdout \
            or "Signature is Invalid" in done.stdout:
        cell.faults.append("pdfsig: " + done.stdout.strip()[-300:])


def judge_pyhanko(judged, pki):
    done = subprocess.run([PYTHON, os.path.join(HERE, "judge_pyhanko.py"), "judge", pki + "/root.crt",
                           *[f"{cell.out}={cell.kind.password}" for cell in judged]], capture_output=True, text=True, check=False)
    for cell in judged:
        lines = [line for line in done.stdout.splitlines() if line.startswith(f"pyHanko {cell.out}")]
        if not lines or any(": valid: " not in line for line in lines):
            cell.faults.append("pyHanko: " + ("; ".join(lines) or done.stderr.strip()[-200:]))


def judge_dss(judged, pki):
    judged = [cell for cell in judged if ("D", cell.kind.file) not in matrix.CANNOT]
    if not judged:
        return
    done = subprocess.run([os.path.join(HERE, "dss.sh"), "judge", pki + "/root.crt", "-"], capture_output=True, text=True, check=False,
                          input="".join(f"{cell.out}={cell.kind.password}\n" for cell in judged))
    if done.returncode == 77:
        skip(done.stdout.strip())
    found = {}
    for line in done.stdout.splitlines():
        verdict = json.loads(line)
        found[verdict["file"]] = verdict
    for cell in judged:
        verdict = found.get(cell.out)
        if not verdict or not verdict["good"]:
            cell.faults.append("EU DSS: " + json.dumps(verdict))
        elif verdict["signatures"][-1]["level"] != "PAdES-BASELINE-" + cell.level[2:]:
            cell.faults.append(f"EU DSS: level {verdict['signatures'][-1]['level']} in place of {cell.level}")


def judge_verapdf(judged):
    for flavours in sorted({cell.kind.flavours for cell in judged} - {""}):
        files = [cell for cell in judged if cell.kind.flavours == flavours]
        done = subprocess.run([os.path.join(HERE, "verapdf/judge.sh"), flavours, *(cell.out for cell in files)], capture_output=True,
                              text=True, check=False)
        for cell in files:
            if any(f"conforms {flavour} {cell.out}\n" not in done.stdout for flavour in flavours.split(",")):
                cell.faults.append("veraPDF: " + (done.stdout.partition(cell.out)[2] or done.stdout)[:300])


def judge_alone(cell):
    judge_qpdf(cell)
    judge_pdfsig(cell, "sql:.")


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    pki = services()
    if subprocess.run(["bash", os.path.join(HERE, "judges.sh"), "--install"], check=False).returncode == 77:
        skip("the judges cannot be installed")
    os.chdir(tempfile.mkdtemp(prefix="paraphe-matrix-"))
    subprocess.run(["certutil", "-N", "-d", "sql:.", "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", "sql:.", "-n", "root", "-t", "CT,CT,CT", "-i", pki + "/root.crt"], check=True)
    wanted = large_cells() if "--large" in sys.argv else cells(matrix.PARTS if "--all" in sys.argv else 1)
    wanted = [cell for cell in wanted if not words or words[0] in cell.name]
    judged, failed, passed = sign_all(pki, wanted)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(judge_dss, judged, pki), pool.submit(judge_pyhanko, judged, pki), pool.submit(judge_verapdf, judged),
                   *(pool.submit(judge_alone, cell) for cell in judged)]
        for one in waiting:
            one.result()
    for cell in judged:
        passed += not cell.faults
        failed += [f"{cell.name}: {fault}" for fault in cell.faults]
    if subprocess.run(["/usr/bin/python3", os.path.join(HERE, "matrix.py"), os.path.join(TOP, "docs/judges.md")], check=False).returncode:
        failed.append("the table of docs/judges.md")
    print("\n".join(failed))
    print(f"{passed} cells passed, {len(failed)} faults; signed files in {os.getcwd()}" if failed
          else f"{passed} cells passed, 0 failed")
    if not failed:
        subprocess.run(["rm", "-rf", os.getcwd()], check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
