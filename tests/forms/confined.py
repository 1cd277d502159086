#!/usr/bin/python3
"""Every process that reads the parts of a workbook, stopped at its first byte and looked at: it is no process of the program's own but one
that may do nothing else: a filter of calls, no new rights, no process, no file, limits of time and memory.

    confined.py PARAPHE HELD_SO SPECIMENS
"""
import mmap
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

DEPOSIT, PLACES, PATIENCE = "2026-11-23", 64, 120


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def limits_of(pid):
    text = pathlib.Path(f"/proc/{pid}/limits").read_text(encoding="utf-8")
    return {name.strip(): (soft, hard) for name, soft, hard in re.findall(r"^(Max [a-z ]+?) {2,}(\S+) +(\S+)", text, re.M)}


def descriptors_of(pid):
    folder = f"/proc/{pid}/fd"
    return {int(name): os.readlink(f"{folder}/{name}") for name in os.listdir(folder)}


def faults_of(pid, program):
    """What is wrong with a process that reads a form."""
    status, limits, own = status_of(pid), limits_of(pid), status_of(os.getpid())
    if pid == program:
        yield "the program itself reads the form"
    parent = int(status["PPid"])
    if parent == program or int(status_of(parent)["PPid"]) != program:
        yield f"made by {parent}, not by the spawner"
    if status["NoNewPrivs"] != "1":
        yield "may get new rights"
    if status["Seccomp"] != "2" or int(status.get("Seccomp_filters", "1")) <= int(own.get("Seccomp_filters", "0")):
        yield f"no filter of calls: Seccomp {status['Seccomp']}, filters {status.get('Seccomp_filters')}"
    for name, most in (("Max processes", 0), ("Max core file size", 0), ("Max open files", 64), ("Max cpu time", 61), ("Max data size", 1 << 30), ("Max file size", 1 << 30)):
        soft, hard = limits[name]
        if "unlimited" in (soft, hard) or int(soft) > most or int(hard) > most:
            yield f"{name}: {soft} {hard}, at most {most}"
    unix = {line.split()[6] for line in pathlib.Path(f"/proc/{pid}/net/unix").read_text(encoding="utf-8").splitlines()[1:]}
    links = {number: link for number, link in descriptors_of(pid).items() if number > 2}
    for number, link in links.items():
        if not link.startswith("/memfd:") and re.sub(r"socket:\[(\d+)\]", r"\1", link) not in unix:
            yield f"descriptor {number} is {link}"
    if sum(link.startswith("socket:") for link in links.values()) != 1:
        yield f"not the one socket to the program: {links}"


class Held:
    def __init__(self, program, library, folder):
        self.program, self.library, self.path, self.faults, self.looks = program, library, pathlib.Path(folder) / "held", [], 0

    def plain(self, arguments):
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, stdin=subprocess.DEVNULL, check=False)

    def __call__(self, name, least, *arguments):
        """At least so many processes read a form; the answer is what it is when nobody looks."""
        self.path.write_bytes(bytes(8 * PLACES))
        env = dict(os.environ, LD_PRELOAD=self.library, PARAPHE_HELD=str(self.path))
        wanted, seen, started = self.plain(arguments), 0, time.monotonic()
        for made in [argument for argument in arguments if isinstance(argument, pathlib.Path) and argument.name.startswith("made")]:
            made.unlink()
        with open(self.path, "r+b") as opened, mmap.mmap(opened.fileno(), 8 * PLACES) as page, tempfile.TemporaryFile() as said:
            done = subprocess.Popen([self.program, *map(str, arguments)], env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL)
            while done.poll() is None and time.monotonic() - started < PATIENCE:
                pid = struct.unpack_from("i", page, 8 * seen)[0]
                if pid == 0:
                    time.sleep(0.005)
                    continue
                self.looks += 1
                self.faults += [f"{name}: {fault}" for fault in faults_of(pid, done.pid)]
                struct.pack_into("i", page, 8 * seen + 4, 1)
                seen += 1
            if done.poll() is None:
                done.kill()
                self.faults.append(f"{name}: no end in {PATIENCE} s")
            said.seek(0)
            if (done.wait(), said.read()) != (wanted.returncode, wanted.stdout):
                self.faults.append(f"{name}: status {done.returncode}, or another answer than {wanted.returncode} and {wanted.stdout[:80]}")
        if seen < least:
            self.faults.append(f"{name}: {seen} processes read a form, at least {least}")


def main():
    forms = pathlib.Path(sys.argv[3])
    form, again, proxy = forms / "lps-web-haute.xlsx", forms / "lps-web-reevaluation.xlsx", forms / "proxy-conforme.xlsx"
    with tempfile.TemporaryDirectory() as folder:
        held, made = Held(sys.argv[1], sys.argv[2], folder), pathlib.Path(folder)
        held("check", 1, "check", "--deposit-date", DEPOSIT, form)
        held("check, JSON", 1, "check", "--json", "--deposit-date", DEPOSIT, form)
        held("check of several", 2, "check", "--json", "--deposit-date", DEPOSIT, form, proxy)
        held("check of a re-evaluation", 1, "check", "--json", "--deposit-date", DEPOSIT, "--initial", form, again)
        held("check, a list of findings", 1, "check", "--json", "--deposit-date", DEPOSIT, "--findings", made / "made.html", form)
        held("check of a broken form", 1, "check", "--json", "--deposit-date", DEPOSIT, forms / "bad/xml-invalide.xlsx")
        held("form explain", 1, "form", "explain", "--json", form)
        held("form cells", 1, "form", "cells", form)
        held("form learn", 1, "form", "learn", forms / "lps-vierge.xlsx", "-o", made / "made.json")
        held("report", 1, "report", "--deposit-date", DEPOSIT, form, "-o", made / "made.pdf")
    print("\n".join(held.faults))
    print(f"{held.looks} processes looked at, {len(held.faults)} faults")
    return 1 if held.faults else 0


if __name__ == "__main__":
    sys.exit(main())
