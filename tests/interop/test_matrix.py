#!/usr/bin/python3
"""What paraphe signs, judged from outside: every kind of PDF, every algorithm, every level; a table says who judged which cell.

qpdf: structure. pdfsig: integrity and trust of signatures; it cannot judge document time-stamps. pyHanko: integrity, trust, later
changes. EU DSS: EN 319 102-1, and that the level is the one asked for. A judge that cannot read a kind of file is named with it.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PARAPHE = os.environ.get("PARAPHE", os.path.join(TOP, "build/paraphe"))
PYTHON = os.path.join(HERE, ".cache/venv/bin/python")
LEVELS = ("B-T", "B-LT", "B-LTA")
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
    """One signed file to be judged."""

    def __init__(self, name, source, password, signer, level, options=()):
        self.name, self.source, self.password, self.signer, self.level = name, source, password, signer, level
        self.options = list(options)
        self.out = name + ".pdf"
        self.token = {}  # another one than that of the services
        self.faults = []

    def sign(self, pki):
        token = os.environ | self.token
        command = [PARAPHE, "sign", self.source, "-o", self.out, "--level", self.level, "--yes",
                   "--module", token["PARAPHE_TEST_MODULE"], "--token", token["PARAPHE_TEST_TOKEN"],
                   "--pin-source", "file:" + token["PARAPHE_TEST_PIN_FILE"], "--cert", "sha256:" + fingerprint(pki, self.signer),
                   "--trust", os.environ["PARAPHE_TEST_TRUST"], *self.options]
        if self.level != "B-B":
            command += ["--tsa", os.environ["PARAPHE_TEST_TSA"]]
        if self.level == "B-LTA":
            command += ["--now"]
        if self.password:
            with open("password", "w", encoding="ascii") as file:
                file.write(self.password + "\n")
            os.chmod("password", 0o600)
            command += ["--password-source", "file:password"]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=token)


def other_token(pki, signer):
    """The environment of a token with this signer alone."""
    made = subprocess.run([os.path.join(TOP, "certs-test/make-token.sh"), "--label", signer, "token-" + signer, pki, signer],
                          capture_output=True, text=True, check=True)
    lines = (line.removeprefix("export ").partition("=") for line in made.stdout.splitlines())
    return {name: value for name, _, value in lines}


def cells(pki):
    made = subprocess.run(["/usr/bin/python3", os.path.join(TOP, "tests/documents/make_kinds.py"), "kinds"], capture_output=True,
                          text=True, check=True)
    passwords = {}
    for line in made.stdout.splitlines():
        name, _, password = line.split("\t")
        passwords[name] = password
        yield Cell("kind-" + name, f"kinds/{name}.pdf", password, "rsa2048", "B-B")
    for source in ("classic", "object-streams"):
        for signer, scheme in (("rsa2048", "pkcs1"), ("rsa2048", "pss"), ("rsa3072", "pkcs1"), ("rsa3072", "pss"),
                               ("p256", "ecdsa"), ("p384", "ecdsa")):
            for digest in ("SHA-256", "SHA-384", "SHA-512"):
                yield Cell(f"alg-{source}-{signer}-{scheme}-{digest}", f"kinds/{source}.pdf", "", signer, "B-B",
                           ["--scheme", scheme, "--hash", digest])
    token = other_token(pki, "p521")
    for level, digest in (("B-B", "SHA-256"), ("B-B", "SHA-384"), ("B-B", "SHA-512"), ("B-LTA", "SHA-512")):
        cell = Cell(f"alg-p521-{level}-{digest}", "kinds/classic.pdf", "", "p521", level, ["--hash", digest])
        cell.token = token
        yield cell
    for source in ("classic", "object-streams", "linearized", "hybrid", "form", "revisions", "aes-256-empty"):
        for level in LEVELS:
            for signer in ("rsa2048", "p256") if source == "classic" else ("rsa2048",):
                yield Cell(f"level-{source}-{level}-{signer}", f"kinds/{source}.pdf", passwords[source], signer, level)
    look = ["--visible", "1:56,300,330,100", "--image", os.path.join(TOP, "tests/fuzz/corpus/image/rgba.png"), "--qr", "--reason", "Relu"]
    for source in ("classic", "object-streams", "linearized", "rotated", "form", "rc4-128", "aes-128", "aes-256", "aes-256-empty"):
        yield Cell("look-" + source, f"kinds/{source}.pdf", passwords[source], "p256", "B-B", look)
    for level in LEVELS:
        yield Cell("look-aes-256-" + level, "kinds/aes-256.pdf", passwords["aes-256"], "p256", level, look)
    subprocess.run([PARAPHE, "report", "--deposit-date", "2026-11-23", "-o", "tagged.pdf",
                    os.path.join(TOP, "tests/forms/specimens/forms/lps-web-conforme.xlsx")], capture_output=True, check=True)
    for level in ("B-T", "B-LTA"):
        yield Cell("look-tagged-" + level, "tagged.pdf", "", "p256", level, look)


def judge_qpdf(cell):
    done = subprocess.run(["qpdf", f"--password={cell.password}", "--check", cell.out], capture_output=True, text=True, check=False)
    if done.returncode:
        cell.faults.append("qpdf: " + (done.stdout + done.stderr).strip()[-200:])


def judge_pdfsig(cell, nss):
    password = ["-upw", cell.password] if cell.password else []
    done = subprocess.run(["pdfsig", "-nssdir", nss, *password, cell.out], capture_output=True, text=True, check=False)
    if "Signature is Valid" not in done.stdout or "Certificate is Trusted" not in done.stdout or "Mismatch" in done.stdout \
            or "Signature is Invalid" in done.stdout:
        cell.faults.append("pdfsig: " + done.stdout.strip()[-300:])


def judge_pyhanko(judged, pki):
    done = subprocess.run([PYTHON, os.path.join(HERE, "judge_pyhanko.py"), "judge", pki + "/root.crt",
                           *[f"{cell.out}={cell.password}" for cell in judged]], capture_output=True, text=True, check=False)
    for cell in judged:
        lines = [line for line in done.stdout.splitlines() if line.startswith(f"pyHanko {cell.out}")]
        if not lines or any(": valid: " not in line for line in lines):
            cell.faults.append("pyHanko: " + ("; ".join(lines) or done.stderr.strip()[-200:]))


def judge_dss(judged, pki):
    done = subprocess.run([os.path.join(HERE, "dss.sh"), "judge", pki + "/root.crt", "-"], capture_output=True, text=True, check=False,
                          input="".join(f"{cell.out}={cell.password}\n" for cell in judged))
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


def main():
    pki = services()
    if subprocess.run(["bash", os.path.join(HERE, "judges.sh"), "--install"], check=False).returncode == 77:
        skip("the judges cannot be installed")
    os.chdir(tempfile.mkdtemp(prefix="paraphe-matrix-"))
    subprocess.run(["certutil", "-N", "-d", "sql:.", "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", "sql:.", "-n", "root", "-t", "CT,CT,CT", "-i", pki + "/root.crt"], check=True)
    judged, failed, passed = [], [], 0
    for cell in cells(pki):
        if len(sys.argv) > 1 and sys.argv[1] not in cell.name:
            continue
        done = cell.sign(pki)
        kind = cell.name.removeprefix("kind-")
        if kind in REFUSED:
            if done.returncode == 0 or REFUSED[kind].lower() not in done.stderr.lower() or os.path.exists(cell.out):
                failed.append(f"{cell.name}: not refused with “{REFUSED[kind]}”: {done.returncode} {done.stderr.strip()}")
            else:
                passed += 1
        elif done.returncode or not os.path.exists(cell.out):
            failed.append(f"{cell.name}: not signed: status {done.returncode}: {done.stderr.strip()[-300:]}")
        else:
            judged.append(cell)
    for cell in judged:
        judge_qpdf(cell)
        judge_pdfsig(cell, "sql:.")
    judge_pyhanko(judged, pki)
    judge_dss(judged, pki)
    for cell in judged:
        passed += not cell.faults
        failed += [f"{cell.name}: {fault}" for fault in cell.faults]
    print("\n".join(failed))
    print(f"{passed} cells passed, {len(failed)} faults; signed files in {os.getcwd()}" if failed
          else f"{passed} cells passed, 0 failed")
    if not failed:
        subprocess.run(["rm", "-rf", os.getcwd()], check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
