"""The PIN prompt under a pseudo-terminal: prompt.py PROBE MODULE PIN CASE...  One line a case, status 1 when one fails."""
import os
import pty
import select
import signal
import sys
import termios
import time

PROBE, MODULE, PIN = sys.argv[1:4]
FAILED = []


def read_until(fd, wanted, seconds=10.0):
    text, end = b"", time.time() + seconds
    while wanted not in text and time.time() < end:
        ready, _, _ = select.select([fd], [], [], 0.1)
        if not ready:
            continue
        try:
            piece = os.read(fd, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
    return text


def echo_is_on(fd):
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def start(*options):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execv(PROBE, [PROBE, "--module", MODULE, "--only", "RSA-PKCS1/SHA-256", *options])
    return pid, fd


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as opened:
        return [int(word) for word in opened.read().split()]


def gone(pid, seconds=5.0):
    end = time.time() + seconds
    while time.time() < end:
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as opened:
                if opened.read().split(") ")[1][0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def ended(pid, fd):
    rest = read_until(fd, b"\0never", 15)
    _, status = os.waitpid(pid, 0)
    return rest, status


def check(what, holds, detail=b""):
    print(("ok " if holds else "FAILED ") + what, flush=True)
    if not holds:
        FAILED.append(what)
        print("   ", detail)


def case_typed():
    pid, fd = start("--pin-source", "prompt")
    first = read_until(fd, b": ")
    check("the prompt names the token", "PIN of “Fake card”: ".encode() in first, first)
    check("no echo", not echo_is_on(fd))
    os.write(fd, PIN[:2].encode() + b"x\x7f" + PIN[2:].encode() + b"\n")
    rest, status = ended(pid, fd)
    check("signed", os.waitstatus_to_exitcode(status) == 0 and b"ok RSA" in rest, rest)
    check("the PIN is not shown", PIN.encode() not in first + rest, rest)


def case_verbose():
    pid, fd = start("--pin-source", "prompt", "--verbose")
    first = read_until(fd, b"card\xe2\x80\x9d: ")
    os.write(fd, PIN.encode() + b"\n")
    rest, status = ended(pid, fd)
    check("--verbose shows calls", b"C_Login -> CKR_OK" in rest and b"C_Sign -> CKR_OK" in rest, first + rest)
    check("--verbose shows no PIN", PIN.encode() not in first + rest, rest)
    del status


def case_interrupt():
    pid, fd = start("--pin-source", "prompt")
    read_until(fd, b": ")
    child = children(pid)
    os.write(fd, b"12\x03")
    deadline = time.time() + 5
    while not echo_is_on(fd) and time.time() < deadline:
        time.sleep(0.02)
    check("Ctrl-C puts the echo back", echo_is_on(fd))
    rest, status = ended(pid, fd)
    check("Ctrl-C ends it", status != 0, rest)
    check("nothing is left running", all(gone(one) for one in child))


def case_killed():
    pid, fd = start("--pin-source", "prompt")
    read_until(fd, b": ")
    child = children(pid)
    os.kill(pid, signal.SIGKILL)
    check("the prompt ends with its parent", len(child) == 1 and all(gone(one) for one in child))
    check("and puts the echo back", echo_is_on(fd))
    os.waitpid(pid, 0)


def case_ended():
    """Somebody ends the child at the prompt: the parent says that nothing was tried."""
    pid, fd = start("--pin-source", "prompt")
    read_until(fd, b": ")
    os.kill(children(pid)[0], signal.SIGTERM)
    rest, status = ended(pid, fd)
    check("the end of the child is a cancelling", os.waitstatus_to_exitcode(status) == 130 and b"Cancelled at the PIN" in rest, rest)


def case_empty():
    for keys in (b"\n", b"\x04"):
        pid, fd = start("--pin-source", "prompt")
        read_until(fd, b": ")
        os.write(fd, keys)
        rest, status = ended(pid, fd)
        check("an empty PIN cancels", os.waitstatus_to_exitcode(status) == 130 and b"no try was used" in rest, rest)


def case_pinentry():
    pid, fd = start("--pin-source", "pinentry", "--pinentry", "pinentry-curses")
    first = read_until(fd, b"PIN")
    time.sleep(0.4)
    first += read_until(fd, b"\0never", 0.5)
    check("pinentry-curses shows itself", b"Fake card" in first, first)
    os.write(fd, PIN.encode() + b"\r")
    rest, status = ended(pid, fd)
    check("signed with pinentry-curses", os.waitstatus_to_exitcode(status) == 0, rest)
    check("no PIN on the screen", PIN.encode() not in first + rest, rest)


def case_memory():
    """While the driver hangs after the login, the parent's memory does not hold the PIN."""
    pid, fd = start("--pin-source", "prompt", "--timeout", "30")
    read_until(fd, b": ")
    os.write(fd, PIN.encode() + b"\n")
    log = os.environ["PARAPHE_FAKE_LOG"]
    deadline = time.time() + 10
    while time.time() < deadline and "C_Sign" not in open(log, encoding="ascii").read():
        time.sleep(0.05)
    child = children(pid)
    check("one child, another program", [os.path.basename(os.readlink(f"/proc/{one}/exe")) for one in child] == ["paraphe-token"])
    limits = open(f"/proc/{child[0]}/limits", encoding="ascii").read()
    check("it leaves no core file", "Max core file size        0                    0" in limits, limits)
    found = False
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw") or "[vvar]" in line:
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(first)
                found = found or PIN.encode() in memory.read(last - first)
            except OSError:
                pass
    check("the parent's memory holds no PIN", not found)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def case_sign():
    """Ctrl-C at the PIN of `paraphe sign`: cancelled, the echo is back, nothing is left."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", PARAPHE_LANG="en")
        os.execv(os.environ["PARAPHE"], ["paraphe", "sign", "in.pdf", "-o", "out.pdf", "--module", MODULE, "--yes", "--level", "B-B"])
    first = read_until(fd, b"card\xe2\x80\x9d: ")
    time.sleep(0.2)
    child = children(pid)
    os.write(fd, b"12\x03")
    rest, status = ended(pid, fd)
    check("paraphe sign is cancelled", os.waitstatus_to_exitcode(status) == 130, first + rest)
    check("no child is left", all(gone(one) for one in child))
    check("nothing half made is left", not [name for name in os.listdir(".") if name.startswith("out.pdf") or ".part" in name], str(os.listdir(".")).encode())


def case_password():
    """Ctrl-C at the password of a document: cancelled, the echo is back; the password itself is not shown."""
    for keys, wanted in ((b"12\x03", 130), (b"secret\n", 6)):
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm", PARAPHE_LANG="en")
            os.execv(os.environ["PARAPHE"], ["paraphe", "verify", "locked.pdf", "--offline", "--password-source", "prompt"])
        first = read_until(fd, b": ")
        check("no echo of a password", not echo_is_on(fd), first)
        os.write(fd, keys)
        if wanted == 130:
            deadline = time.time() + 5
            while not echo_is_on(fd) and time.time() < deadline:
                time.sleep(0.02)
            check("Ctrl-C at a password puts the echo back", echo_is_on(fd))
        rest, status = ended(pid, fd)
        check("the password is not shown", b"secret" not in first + rest, first + rest)
        check("status after a password", os.waitstatus_to_exitcode(status) == wanted, rest)


def signing(*documents, **environment):
    """`paraphe sign` of these into out/, the PIN from a file."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", PARAPHE_LANG="en", **environment)
        os.execv(os.environ["PARAPHE"], ["paraphe", "sign", *documents, "--out-dir", "out", "--module", MODULE, "--yes", "--level", "B-B",
                                         "--pin-source", environment.get("PIN_SOURCE", "file:pin")])
    return pid, fd


def calls_are(wanted, number, seconds=15.0):
    end = time.time() + seconds
    while time.time() < end:
        with open(os.environ["PARAPHE_FAKE_LOG"], encoding="ascii") as opened:
            if opened.read().count(wanted) >= number:
                return True
        time.sleep(0.02)
    return False


def stopped(what, pid, fd):
    """It ends by itself, soon; one that does not is killed."""
    rest, soon = b"", gone(pid, 8)
    if not soon:
        os.kill(pid, signal.SIGKILL)
    rest, status = ended(pid, fd)
    check(what, soon and os.waitstatus_to_exitcode(status) == 130 and b"Interrupted" in rest, rest)
    return rest


def case_signing():
    """A driver that does not answer: the first Ctrl-C says that it is waited for, the second one stops."""
    pid, fd = signing("in.pdf")
    check("the token is asked", calls_are("C_Sign", 1))
    child = [one for one in children(pid) if os.path.basename(os.readlink(f"/proc/{one}/exe")) == "paraphe-token"]
    os.write(fd, b"\x03")
    said = read_until(fd, b"Ctrl-C once more stops at once")
    check("the first Ctrl-C is answered", b"The token is signing" in said, said)
    check("and waits", not gone(pid, 0.3) and not gone(child[0], 0))
    os.write(fd, b"\x03")
    stopped("the second Ctrl-C stops", pid, fd)
    check("nothing is left running after it", all(gone(one) for one in child))
    check("nothing is left after it, not even the folder", not os.path.exists("out"))


def case_nothing():
    """At the PIN nothing is signed yet, and nothing is said to be."""
    pid, fd = signing("in.pdf", "in2.pdf", PIN_SOURCE="prompt")
    read_until(fd, b"PIN of")
    os.write(fd, b"\x03")
    rest = stopped("Ctrl-C at the PIN of a folder", pid, fd)
    check("what is signed is not spoken of", b"nothing is left half made" in rest and b"is signed" not in rest, rest)
    check("nothing is left, not even the folder", not os.path.exists("out"))


def case_keypad():
    """A PIN on the reader's keypad for the second document: nothing can be lost, Ctrl-C stops at once."""
    pid, fd = signing("in.pdf", "in2.pdf", PIN_SOURCE="pad")
    check("the second context login", calls_are("C_Login context", 2))
    os.write(fd, b"\x03")
    rest = stopped("Ctrl-C at the keypad stops at once", pid, fd)
    check("without a word about a signature", b"is signing" not in rest, rest)


def case_away():
    """A card that was pulled out and is waited for: Ctrl-C stops at once."""
    pid, fd = signing("in.pdf", PARAPHE_TOKEN_WAIT_CARD="60")
    said = read_until(fd, b"was removed")
    check("the card is waited for", b"was removed" in said, said)
    time.sleep(0.2)
    os.write(fd, b"\x03")
    stopped("Ctrl-C stops the waiting for a card", pid, fd)


def case_pulled():
    """Ctrl-C while the token signs, and then the card is pulled out: nobody is asked to insert it for a signature that is not wanted."""
    pid, fd = signing("in.pdf", PARAPHE_TOKEN_WAIT_CARD="60")
    check("the slow token is asked", calls_are("C_Sign", 1))
    os.write(fd, b"\x03")
    said = read_until(fd, b"Ctrl-C once more")
    check("the first Ctrl-C waits", b"The token is signing" in said, said)
    with open("gone", "wb"):
        pass
    rest = stopped("a pulled card after Ctrl-C ends it", pid, fd)
    check("it is not waited for", b"was removed" not in rest, rest)


for case in sys.argv[4:]:
    globals()["case_" + case]()
sys.exit(1 if FAILED else 0)
