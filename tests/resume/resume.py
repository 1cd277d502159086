#!/usr/bin/python3
"""`paraphe run` is killed at each rename, sync and network call, before and after it, and run again: the same set of artefacts, each
valid, one deposit, and over all runs at most one C_Sign a document.

    resume.py [N...]      only the N-th calls; else each PARAPHE_RESUME_STEP-th (2; 1 for all)

Needs PARAPHE (the program), FAKES (folder of boundary.so and shim_token.so), PARAPHE_TEST_DIR (services of certs-test/up.sh).
"""
import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FORMS = os.path.join(TOP, "tests/forms/specimens/forms")
DATE = "2026-11-23"
FAULTS = []


def services():
    folder = os.environ.get("PARAPHE_TEST_DIR", "")
    path = os.path.join(folder, "env")
    if not os.path.exists(path) or not os.path.exists(os.environ.get("PARAPHE", "")):
        print("skipped: no test services, or no program")
        sys.exit(77)
    shown = subprocess.run(["bash", "-c", f'set -a; . "{path}"; env -0'], capture_output=True, check=True).stdout
    return dict(item.split("=", 1) for item in shown.decode().split("\0") if "=" in item)


class Bench:
    def __init__(self, work):
        self.work = work
        self.env = services()
        self.env.update(HOME=work, XDG_CONFIG_HOME=work + "/.config", XDG_STATE_HOME=work + "/.state", LC_ALL="C.UTF-8",
                        PARAPHE_LANG="en", PARAPHE_SHIM_MODULE=self.env["PARAPHE_TEST_MODULE"])
        self.fakes = os.environ["FAKES"]
        self.pki = self.env["PARAPHE_TEST_PKI"]
        self.forms = []
        for name in ("lps-web-conforme.xlsx", "proxy-conforme.xlsx"):
            shutil.copy(os.path.join(FORMS, name), work)
            os.chmod(os.path.join(work, name), 0o600)
            self.forms.append(name)

    def command(self, job, target):
        pki = self.pki
        return [os.environ["PARAPHE"], "run", *self.forms, "--job", job, "--deposit-date", DATE, "--yes",
                "--module", os.path.join(self.fakes, "shim_token.so"), "--token", self.env["PARAPHE_TEST_TOKEN"], "--cert", "subject:rsa2048",
                "--pin-source", "file:" + self.env["PARAPHE_TEST_PIN_FILE"], "--tsa", self.env["PARAPHE_TEST_TSA"],
                "--trust", self.env["PARAPHE_TEST_TRUST"], "--to", target, "--client-cert", pki + "/client.crt",
                "--client-key", pki + "/client.key", "--ca", pki + "/tls-ca.crt"]

    def run(self, name, kill=0, when="before", preload=True, interrupt=0):
        """Status (negative: signal) and what was said."""
        env = dict(self.env, PARAPHE_SHIM_LOG=os.path.join(self.work, name + ".calls"))
        if preload:
            env["LD_PRELOAD"] = os.path.join(self.fakes, "boundary.so")
            record = os.path.join(self.work, name + ".record")
            if os.path.exists(record):
                os.unlink(record)
            env["PARAPHE_SHIM_RECORD"] = record
            if kill:
                env.update(PARAPHE_SHIM_KILL=str(kill), PARAPHE_SHIM_WHEN=when)
            if interrupt:
                env.update(PARAPHE_SHIM_INT=str(interrupt))
        target = self.env["PARAPHE_TEST_UPLOAD"].rstrip("/") + "/resume-" + os.path.basename(self.work) + "-" + name + "/"
        done = subprocess.run(self.command(name, target), cwd=self.work, env=env, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, start_new_session=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    def calls(self, name):
        """The recorded boundaries: [(number, call, about)]."""
        with open(os.path.join(self.work, name + ".record"), "rb") as opened:
            text = opened.read()[16:].rstrip(b"\0").decode(errors="replace")
        return [tuple((line.split(" ", 2) + [""])[:3]) for line in text.splitlines() if line]

    def signs(self, name):
        path = os.path.join(self.work, name + ".calls")
        if not os.path.exists(path):
            return 0
        with open(path, encoding="ascii") as opened:
            return sum(1 for line in opened if line.strip() == "C_Sign")

    def artefacts(self, name):
        top = os.path.join(self.work, name)
        found = []
        for folder, _, files in os.walk(top):
            found += [os.path.relpath(os.path.join(folder, file), top) for file in files]
        return sorted(found)

    def received(self, name):
        top = os.path.join(os.environ["PARAPHE_TEST_DIR"], "nginx/received")
        mark = "resume-" + os.path.basename(self.work) + "-" + name
        found = []
        for folder, _, files in os.walk(top):
            if mark + "/" in folder + "/":
                found += [os.path.relpath(os.path.join(folder, file), top).split(mark + "/", 1)[1] for file in files]
        return sorted(found)

    def valid(self, name):
        bad = []
        for folder, _, files in os.walk(os.path.join(self.work, name)):
            for file in files:
                path = os.path.join(folder, file)
                if file == "rapport-signe.pdf":
                    done = subprocess.run([os.environ["PARAPHE"], "verify", path, "--json", "--trust",
                                           self.env["PARAPHE_TEST_TRUST"]], capture_output=True, text=True, env=self.env,
                                          check=False)
                    if done.returncode != 0:
                        bad.append(f"{path}: verify gives {done.returncode}")
                elif file.endswith(".json"):
                    with open(path, encoding="utf-8") as opened:
                        json.load(opened)
        return bad


def names_alike(names):
    """Names that hold digests of what differs between two jobs (a signature's value) are compared by their shape."""
    shaped = []
    for name in names:
        parts = [("<hex>" if len(part.split(".")[0]) >= 12 and set(part.split(".")[0]) <= set("0123456789abcdef-") else part)
                 for part in name.split("/")]
        shaped.append("/".join(parts))
    return sorted(shaped)


def difference(got, wanted):
    got, wanted = collections.Counter(got), collections.Counter(wanted)
    return {"more": dict(got - wanted), "less": dict(wanted - got)}


def fault(text):
    FAULTS.append(text)
    print("FAILED:", text)


def one(bench, number, when, reference, call):
    name = f"k{number}{when[0]}"
    what = f"killed {when} call {number} ({' '.join(call)[:120]})"
    status, _ = bench.run(name, kill=number, when=when)
    if status != -signal.SIGKILL:
        # the order of calls of two processes may differ a little; a run that ended before its n-th call is a plain run
        if status not in (0, reference["status"]):
            fault(f"{what}: status {status}")
    status, said = bench.run(name, preload=False)
    if status != reference["status"]:
        return fault(f"{what}: then status {status}: {said[-600:]}")
    got = bench.artefacts(name)
    if names_alike(got) != names_alike(reference["artefacts"]):
        fault(f"{what}: other artefacts: {difference(names_alike(got), names_alike(reference['artefacts']))}")
    if bench.signs(name) > len(bench.forms):
        fault(f"{what}: {bench.signs(name)} C_Sign for {len(bench.forms)} documents")
    if names_alike(bench.received(name)) != names_alike(reference["received"]):
        fault(f"{what}: deposited {bench.received(name)}")
    for bad in bench.valid(name):
        fault(f"{what}: {bad}")
    shutil.rmtree(os.path.join(bench.work, name), ignore_errors=True)
    return None


def main():
    work = tempfile.mkdtemp(prefix="resume")
    bench = Bench(work)
    status, said = bench.run("reference")
    if status != 0:
        print(said)
        sys.exit(f"the run that nobody kills gives {status}")
    reference = {"status": status, "artefacts": bench.artefacts("reference"), "received": bench.received("reference")}
    for bad in bench.valid("reference"):
        fault(bad)
    calls = bench.calls("reference")
    print(f"{len(calls)} boundaries, {bench.signs('reference')} C_Sign, {len(reference['artefacts'])} artefacts, "
          f"{len(reference['received'])} files deposited")
    if bench.signs("reference") != len(bench.forms) or not reference["received"]:
        fault(f"the run that nobody kills: {bench.signs('reference')} C_Sign, {len(reference['received'])} files received")
    step = int(os.environ.get("PARAPHE_RESUME_STEP", "2"))
    wanted = [int(n) for n in sys.argv[1:]] or range(1, len(calls) + 1, step)
    tried = 0
    for number in wanted:
        call = calls[number - 1]
        for when in ("before", "after") if call[1].startswith("rename") or call[1] == "send" else ("before",):
            one(bench, number, when, reference, call)
            tried += 1
    print(f"{tried} kills, {len(FAULTS)} faults")
    if FAULTS:
        print("kept:", work)
    else:
        shutil.rmtree(work)
    return 1 if FAULTS or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
