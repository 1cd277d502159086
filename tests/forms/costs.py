#!/usr/bin/python3
"""What reading a form costs: the memory of the largest process, which is held to what is promised; the processor time of all of them, beyond
that of refusing an empty file, and beside libxml2 with handlers that do nothing. How busy a machine is changes the time of a processor
too, so the best of several runs counts, with three times what is promised: it shows what grows with the square of a form, or reads it twice;
tests/bench/forms measures.

    costs.py PARAPHE BENCH_PEAK BENCH_NOOP BOMB
"""
import pathlib
import random
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from invented import DEPOSIT, table  # noqa: E402
from workbook import Workbook  # noqa: E402

LOOSE, RUNS = 3, 5
FORMS = (  # points, characters of a comment, bytes of pictures, promised MB, promised ms
    ("300 KB", 60, 4000, 0, 16, 10), ("5 MB", 300, 8000, 3700000, 48, 120))
BOMB_MS, RATIO = 50, 1.5


class Costs:
    def __init__(self, program, peak, noop):
        self.program, self.peak, self.noop, self.faults, self.looks = program, peak, noop, [], 0

    def once(self, path, status):
        """(seconds of processor time, KiB of the largest process), workers included."""
        done = subprocess.run([self.peak, self.program, "check", "--json", "--deposit-date", DEPOSIT, str(path)], capture_output=True, text=True, check=False)
        figures = done.stdout.split()
        if len(figures) != 4 or int(figures[3]) != status:
            self.faults.append(f"{path.name}: {done.stdout[:80]} {done.stderr[:80]}")
            return 0.0, 0
        return float(figures[1]), int(figures[2])

    def best(self, path, status):
        runs = [self.once(path, status) for _ in range(RUNS)]
        return min(cpu for cpu, _ in runs), max(kib for _, kib in runs)

    def nothing(self, path):
        """Of libxml2 alone."""
        return min(float(subprocess.run([self.noop, path], capture_output=True, text=True, check=True).stdout) for _ in range(RUNS))

    def expect(self, name, good, got):
        self.looks += 1
        print(f"{name}: {got}")
        if not good:
            self.faults.append(f"{name}: {got}")


def form(path, rows, length, noise):
    rng, book = random.Random(1), Workbook()
    table(book.sheet("Base commune"), [{"id": f"C-{n:02d}", "wording": f"Point {n}", "severity": "Moyenne", "answer": "Non",
                                        "comment": "".join(rng.choice("abcdefgh éà’ ") for _ in range(length))} for n in range(rows)], 1)
    book.save(path)
    if noise:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
            archive.writestr("xl/media/image1.png", rng.randbytes(noise))


def big(path):
    book = Workbook()
    sheet = book.sheet("Données")
    for row in range(1, 20001):
        for column in range(1, 9):
            sheet.put(row, column, f"v{row}-{column}" if column % 2 else row * column)
    book.save(path)


def main():
    costs = Costs(*sys.argv[1:4])
    if "asan" in costs.program:
        print("skipped: a sanitizer has a shadow of its own")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "nothing.xlsx"
        path.write_bytes(b"no form")
        start = costs.best(path, 3)[0]
        path = pathlib.Path(folder) / "large.xlsx"
        for name, rows, length, noise, megabytes, promised in FORMS:
            form(path, rows, length, noise)
            cpu, kib = costs.best(path, 3)
            costs.expect(f"memory of {name}", 1000 < kib <= megabytes * 1024, f"{kib} KiB, at most {megabytes} MB")
            costs.expect(f"time of {name}", cpu - start <= LOOSE * promised / 1000, f"{(cpu - start) * 1000:.1f} ms, at most {LOOSE} x {promised} ms")
        cpu = costs.best(pathlib.Path(sys.argv[4]), 3)[0]
        costs.expect("refusal of a bomb", cpu - start <= LOOSE * BOMB_MS / 1000, f"{(cpu - start) * 1000:.1f} ms, at most {LOOSE} x {BOMB_MS} ms")
        big(path)
        cpu, floor = costs.best(path, 3)[0] - start, costs.nothing(path)
        costs.expect("a large sheet", cpu <= LOOSE * RATIO * floor, f"{cpu / floor:.2f} times libxml2 alone, at most {LOOSE} x {RATIO}")
    print("\n".join(costs.faults))
    print(f"{costs.looks} looks, {len(costs.faults)} faults")
    return 1 if costs.faults else 0


if __name__ == "__main__":
    sys.exit(main())
