#!/usr/bin/python3
"""`paraphe run` on a bad day: the n-th write, sync, rename or allocation fails, the disk is full, the folder is not writable, Ctrl-C at
each rename, sync and network call. Each time: a documented status, one sentence, no half-made file; and the next run ends well.

    fault.py [write|sync|rename|alloc|interrupt|full|folder]...      PARAPHE_FAULT_STEP=1 takes each call, not each fourth
"""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "resume"))
import resume  # noqa: E402  (the bench that both tests share)

ALLOC_POINTS = 30
STEP = int(os.environ.get("PARAPHE_FAULT_STEP", "4"))


class Bad(resume.Bench):
    def once(self, name, env=None, limits=None):
        full = dict(self.env, PARAPHE_SHIM_LOG=os.path.join(self.work, name + ".calls"), **(env or {}))
        if env is not None:
            full["LD_PRELOAD"] = os.path.join(self.fakes, "boundary.so")
        target = self.env["PARAPHE_TEST_UPLOAD"].rstrip("/") + "/fault-" + os.path.basename(self.work) + "-" + name + "/"
        done = subprocess.run(self.command(name, target), cwd=self.work, env=full, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, start_new_session=True, timeout=120, check=False, preexec_fn=limits)
        return done.returncode, done.stdout, done.stderr

    def halves(self, name):
        return [file for file in self.artefacts(name) if ".part" in file]


def judge(bench, name, what, got, reference, statuses):
    """The run that met the fault, then the run after it."""
    status, _, err = got
    if status == 0 and 0 in statuses:
        pass
    elif status not in statuses:
        resume.fault(f"{what}: status {status}: {err[-300:]}")
    elif not err.strip():
        resume.fault(f"{what}: status {status} without a word")
    if bench.halves(name):
        resume.fault(f"{what}: left {bench.halves(name)}")
    status, _, err = bench.once(name)
    if status != reference["status"]:
        resume.fault(f"{what}: the next run gives {status}: {err[-400:]}")
    elif resume.names_alike(bench.artefacts(name)) != resume.names_alike(reference["artefacts"]):
        resume.fault(f"{what}: other artefacts afterwards")
    if bench.signs(name) > len(bench.forms):
        resume.fault(f"{what}: {bench.signs(name)} C_Sign")
    for bad in bench.valid(name):
        resume.fault(f"{what}: {bad}")
    shutil.rmtree(os.path.join(bench.work, name), ignore_errors=True)


def calls_fail(bench, kind, reference):
    """The n-th call fails, for each n until a run meets no fault."""
    tried = 0
    for number in range(1, 400, STEP):
        name = f"{kind}{number}"
        got = bench.once(name, {"PARAPHE_SHIM_FAIL": f"{kind}:{number}", "PARAPHE_SHIM_RECORD": os.path.join(bench.work, "r")})
        clean = got[0] == reference["status"] and "cannot be" not in got[2]
        judge(bench, name, f"{kind} {number} fails", got, reference, {0, 1, 10, 5, 7, 9, reference["status"]})
        tried += 1
        if clean and number > 3:
            break
    return tried


def allocations_fail(bench, reference):
    """Too many to try each: points that lie denser at the beginning, one allocation and all from there on."""
    points, step = [], 1.0
    while len(points) < ALLOC_POINTS and step < 200000:
        points.append(int(step))
        step = max(step + 1, step * 1.5)
    for number in points:
        for more in ("", "+"):
            name = f"alloc{number}{'m' if more else ''}"
            got = bench.once(name, {"PARAPHE_SHIM_FAIL": f"alloc:{number}{more}"})
            if got[0] < 0:
                resume.fault(f"allocation {number}{more}: killed by signal {-got[0]}")
            judge(bench, name, f"allocation {number}{more} fails", got, reference, set(range(0, 12)))
    return 2 * len(points)


def interrupts(bench, reference):
    calls = bench.calls("reference")
    tried = 0
    for number in range(1, len(calls) + 1, 2 * STEP):
        name = f"int{number}"
        got = bench.once(name, {"PARAPHE_SHIM_INT": str(number), "PARAPHE_SHIM_RECORD": os.path.join(bench.work, name + ".record")})
        what = f"Ctrl-C at call {number} ({' '.join(calls[number - 1])[:100]})"
        if got[0] == 130 and f"--job {name}" not in got[2]:
            resume.fault(f"{what}: does not say how to go on: {got[2][-200:]}")
        judge(bench, name, what, got, reference, {130, 0})
        tried += 1
    return tried


def full_disk(bench, reference):
    """No file may grow beyond so many bytes: as a disk that fills up."""
    sizes = (0, 200, 1000, 5000, 20000, 50000, 100000)
    for size in sizes:
        name = f"full{size}"

        def limits(size=size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        got = bench.once(name, None, limits)
        judge(bench, name, f"files end at {size} bytes", got, reference, {10, 4, 0, 1})
    return len(sizes)


def unwritable_folder(bench, reference):
    """As another user, because root may write everywhere."""
    name = "closed"
    place = os.path.join(bench.work, "readonly")
    os.mkdir(place, 0o555)
    done = subprocess.run([os.environ["PARAPHE"], "run", os.path.join(bench.work, bench.forms[0]), "--job", place + "/" + name],
                          cwd="/", env=bench.env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          preexec_fn=(lambda: (os.setgroups([]), os.setgid(65534), os.setuid(65534))) if os.geteuid() == 0 else None)
    if done.returncode not in (10, 4) or not done.stderr.strip() or os.listdir(place):
        resume.fault(f"unwritable folder: {done.returncode} {done.stderr}")
    return 1 if reference else 0


def main():
    work = tempfile.mkdtemp(prefix="fault")
    os.chmod(work, 0o755)
    bench = Bad(work)
    for form in bench.forms:
        os.chmod(os.path.join(work, form), 0o644)
    status, said = bench.run("reference")
    reference = {"status": status, "artefacts": bench.artefacts("reference")}
    if status != 0:
        print(said)
        sys.exit(f"the run without a fault gives {status}")
    parts = {"write": lambda: calls_fail(bench, "write", reference), "sync": lambda: calls_fail(bench, "sync", reference),
             "rename": lambda: calls_fail(bench, "rename", reference), "alloc": lambda: allocations_fail(bench, reference),
             "interrupt": lambda: interrupts(bench, reference), "full": lambda: full_disk(bench, reference),
             "folder": lambda: unwritable_folder(bench, reference)}
    for part in sys.argv[1:] or parts:
        print(f"{part}: {parts[part]()} tries, {len(resume.FAULTS)} faults so far", flush=True)
    if resume.FAULTS:
        print("kept:", work)
    else:
        shutil.rmtree(work)
    return 1 if resume.FAULTS else 0


if __name__ == "__main__":
    sys.exit(main())
