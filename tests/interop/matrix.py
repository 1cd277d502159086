"""What is signed and who judges it: kinds of PDF x algorithms x levels, and the table of it in docs/judges.md.

    matrix.py DOC [--write]      whether the table says what is here, or puts it there
"""
import collections
import itertools
import sys

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
PASSWORD = "secret"
# file, what it is, password, what veraPDF is to find in it
Kind = collections.namedtuple("Kind", "file text password flavours", defaults=("", ""))
KINDS = (
    Kind("classic", "cross-reference table"),
    Kind("xref-stream", "cross-reference stream"),
    Kind("hybrid", "hybrid"),
    Kind("object-streams", "object streams"),
    Kind("linearized", "linearised"),
    Kind("linearized-streams", "linearised, object streams"),
    Kind("version-2.0", "PDF 2.0"),
    Kind("form", "form with an empty signature field"),
    Kind("rc4-128-empty", "RC4-128, empty user password"),
    Kind("rc4-128", "RC4-128, user password given", PASSWORD),
    Kind("aes-128-empty", "AES-128, empty user password"),
    Kind("aes-128", "AES-128, user password given", PASSWORD),
    Kind("aes-256-empty", "AES-256, empty user password"),
    Kind("aes-256", "AES-256, user password given", PASSWORD),
    Kind("report", "our report (PDF/A-3a, PDF/UA-1)", "", "3a,ua1"),
    Kind("a1", "PDF/A-1b", "", "1b"),
    Kind("a2", "PDF/A-2b", "", "2b"),
)
ALGORITHMS = tuple(itertools.chain(
    ((("rsa2048", "rsa3072"), "pkcs1", digest) for digest in ("SHA-256", "SHA-384", "SHA-512")),
    ((("rsa2048", "rsa3072"), "pss", digest) for digest in ("SHA-256", "SHA-384", "SHA-512")),
    (((curve,), "ecdsa", digest) for curve in ("p256", "p384", "p521") for digest in ("SHA-256", "SHA-384", "SHA-512"))))
PARTS = len(LEVELS)  # each part holds every pair of kind, algorithm and level; all of them every triple
# Larger than 4 GiB: by hand only (--large), since each judge reads all of it.
LARGE = Kind("large", "larger than 4 GiB (by hand: `--large`)")
LARGE_BYTES = 4_400_000_000
JUDGES = {"Q": "qpdf", "P": "pdfsig", "H": "pyHanko", "D": "EU DSS", "V": "veraPDF"}
# (letter, file of the kind): that judge can say nothing of it; docs/judges.md says why
CANNOT = {("D", "large")}
FIRST, LAST = "<!-- cells -->", "<!-- end of cells -->"


def judges_of(kind):
    return [letter for letter in JUDGES if (letter, kind.file) not in CANNOT and (letter != "V" or kind.flavours)]


def cells(part):
    """(kind, signer, scheme, digest, level)"""
    for (k, kind), (a, (signers, scheme, digest)) in itertools.product(enumerate(KINDS), enumerate(ALGORITHMS)):
        yield kind, signers[k % len(signers)], scheme, digest, LEVELS[(k + a + part) % len(LEVELS)]


def table():
    lines = ["| kind of PDF | " + " | ".join(LEVELS) + " |", "|---|" + "---|" * len(LEVELS)]
    for kind in (*KINDS, LARGE):
        lines.append(f"| {kind.text} |" + f" {' '.join(judges_of(kind))} |" * len(LEVELS))
    return "\n".join(lines)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(FIRST)
    told, after = rest.split(LAST)
    if "--write" in sys.argv:
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            file.write(before + FIRST + "\n" + table() + "\n" + LAST + after)
        return 0
    if told.strip() != table():
        print("docs/judges.md does not say who judges what; tests/interop/matrix.py docs/judges.md --write mends it")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
