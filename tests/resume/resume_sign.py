#!/usr/bin/python3
"""`paraphe sign *.pdf --out-dir DIR`, and `paraphe sign IN -o OUT`, is killed at each rename, sync and network call, before and after it,
interrupted (Ctrl-C) there, or meets a write, sync or rename that fails, and is run again: every document is signed, validly, and over both
runs there is at most one C_Sign a document; nothing half made is left, and no journal but the one that tells a third run of the folder that
all is done already.

    resume_sign.py [N...]      only the N-th calls; else each PARAPHE_RESUME_STEP-th (5; 1 for all)

Needs the same as resume.py.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import resume



class Signing(resume.Bench):
    documents = 4
    journal = ".paraphe-sign.journal"

    def __init__(self, work):
        super().__init__(work)
        kinds = os.path.join(work, "kinds")
        subprocess.run(["python3", os.path.join(resume.TOP, "tests/documents/make_kinds.py"), kinds], stdout=subprocess.DEVNULL, check=True)
        self.forms = []
        for number in range(self.documents):
            name = f"d{number}.pdf"
            shutil.copy(os.path.join(kinds, "classic.pdf" if number % 2 else "object-streams.pdf"), os.path.join(work, name))
            self.forms.append(name)

    def command(self, job, target):
        return [os.environ["PARAPHE"], "sign", *self.forms, *self.place(job), "--yes", "--module",
                os.path.join(self.fakes, "shim_token.so"), "--token", self.env["PARAPHE_TEST_TOKEN"], "--cert", "subject:p256",
                "--pin-source", "file:" + self.env["PARAPHE_TEST_PIN_FILE"], "--tsa", self.env["PARAPHE_TEST_TSA"]]

    def place(self, job):
        return ["--out-dir", job]

    def in_flight(self, name):
        """Signatures that the token was asked for and that did not come before the kill: one at most, the token does one at a time."""
        path = os.path.join(self.work, name, self.journal)
        known = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as opened:
                known = {json.loads(line[65:])["output"] for line in opened if '"event":"' in line and line.endswith("}\n")}
        return self.signs(name) - len(known)

    def left(self, name):
        """What is there beside the signed documents."""
        found = [file for file in self.artefacts(name) if file not in self.forms and file != self.journal]
        return found + [file for file in self.forms if file not in self.artefacts(name)]

    def unwise(self, name):
        """The journal of a finished folder: small, and a third run does nothing."""
        before = self.signs(name)
        status, said = self.run(name, preload=False)
        with open(os.path.join(self.work, name, self.journal), encoding="utf-8") as opened:
            if '"event":"value"' in opened.read():
                return "the finished journal holds values"
        return "" if status == 0 and self.signs(name) == before else f"a third run: status {status}: {said[-600:]}"

    def unsound(self, name):
        done = subprocess.run([os.environ["PARAPHE"], "verify", *self.forms, "--json", "--trust", self.env["PARAPHE_TEST_TRUST"]],
                              cwd=os.path.join(self.work, name), capture_output=True, text=True, env=self.env, check=False)
        return "" if done.returncode == 0 and done.stdout.count('"B-T"') >= self.documents else done.stdout[-600:] + done.stderr


class SigningOne(Signing):
    documents = 1
    journal = ".d0.pdf.paraphe"

    def left(self, name):
        return super().left(name) + [file for file in self.artefacts(name) if file == self.journal]

    def unwise(self, name):
        return ""

    def place(self, job):
        os.makedirs(os.path.join(self.work, job), exist_ok=True)
        return ["-o", os.path.join(job, "d0.pdf")]


def one(bench, number, when, call):
    name = f"k{number}{when[0]}"
    what = f"killed {when} call {number} ({' '.join(call)[:120]})"
    if when == "interrupted":
        got = bench.run(name, interrupt=number)
        again(bench, name, f"{when} at call {number}", got, (0, 130))
    else:
        got = bench.run(name, kill=number, when=when)
        again(bench, name, what, got, (0, -signal.SIGKILL))


def failing(bench, kind, number):
    """The number-th call of this kind fails: 10, or 0 when what failed can be done without."""
    name = f"{kind}{number}"
    bench.env["PARAPHE_SHIM_FAIL"] = f"{kind}:{number}"
    got = bench.run(name)
    del bench.env["PARAPHE_SHIM_FAIL"]
    again(bench, name, f"{kind} {number} fails", got, (0, 10))


def again(bench, name, what, got, statuses):
    status, said = got
    if status not in statuses:
        resume.fault(f"{what}: status {status}: {said[-600:]}")
    lost = bench.in_flight(name) if status != 0 else 0
    if lost > 1:
        resume.fault(f"{what}: {lost} values were lost")
    if status != 0: # one that came to its end has no journal: its outputs would be refused
        status, said = bench.run(name, preload=False)
    if status != 0:
        resume.fault(f"{what}: then status {status}: {said[-600:]}")
    elif bench.signs(name) > bench.documents + lost:
        resume.fault(f"{what}: {bench.signs(name)} C_Sign for {bench.documents} documents, {lost} without an answer")
    elif bench.left(name):
        resume.fault(f"{what}: left: {bench.left(name)}")
    elif bench.unsound(name) or bench.unwise(name):
        resume.fault(f"{what}: {bench.unsound(name)} {bench.unwise(name)}")
    shutil.rmtree(os.path.join(bench.work, name), ignore_errors=True)


def trial(kind, step):
    """How many runs were tried."""
    work = tempfile.mkdtemp(prefix="resume")
    bench = kind(work)
    before = len(resume.FAULTS)
    status, said = bench.run("reference")
    if status != 0:
        sys.exit(f"the run that nobody kills gives {status}: {said}")
    calls = bench.calls("reference")
    print(f"{kind.__name__}: {len(calls)} boundaries, {bench.signs('reference')} C_Sign")
    if bench.signs("reference") != bench.documents or bench.left("reference") or bench.unsound("reference"):
        resume.fault(f"the run that nobody kills: {bench.signs('reference')} C_Sign, {bench.artefacts('reference')}")
    wanted = [int(n) for n in sys.argv[1:] if int(n) <= len(calls)] if sys.argv[1:] else range(1, len(calls) + 1, step)
    tried = 0
    for number in wanted:
        for when in ("before", "after", "interrupted"):
            one(bench, number, when, calls[number - 1])
            tried += 1
    for what in ("write", "sync", "rename"):
        for number in () if sys.argv[1:] else range(1, 16, step):
            failing(bench, what, number)
            tried += 1
    if len(resume.FAULTS) > before:
        print("kept:", work)
    else:
        shutil.rmtree(work)
    return tried


def main():
    step = int(os.environ.get("PARAPHE_RESUME_STEP", "0"))
    tried = trial(Signing, step or 5) + trial(SigningOne, step or 3)
    print(f"{tried} runs, {len(resume.FAULTS)} faults")
    return 1 if resume.FAULTS or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
