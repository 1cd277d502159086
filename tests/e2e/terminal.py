"""A command on a terminal of its own, and somebody who types: terminal.py ANSWERS COMMAND...

ANSWERS is "SEEN=TYPED,SEEN=TYPED...": as soon as the first text was seen, its answer is typed, then the second one's turn comes. What was shown
goes to standard output; the status is the command's.
"""
import os
import pty
import signal
import sys

answers, command = [a.split("=") for a in sys.argv[1].split(",")], sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(command[0], command)
signal.alarm(120)  # a prompt that never comes ends both: the terminal closes
seen = b""
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    if answers and answers[0][0].encode() in seen:
        os.write(fd, answers.pop(0)[1].encode() + b"\n")
sys.stdout.write(seen.decode(errors="replace").replace("\r", ""))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
