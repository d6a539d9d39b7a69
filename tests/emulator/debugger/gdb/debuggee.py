"""guest/programs/debuggee.c under `pagewalk debug --gdb`, and what other tools say of it."""
import contextlib
import os
import re
import subprocess
import sys

SECONDS = 60  # for anything to happen
PAGEWALK, GUEST = sys.argv[1:3]
PROGRAM = os.path.join(GUEST, "debuggee.exe")


# ---- What other tools say.

def tool(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=SECONDS).stdout


def symbol(name):
    found = re.search(rf"^([0-9a-f]+) \w _?{name}$", tool("i686-w64-mingw32-nm", PROGRAM), re.MULTILINE)
    return int(found[1], 16)


def crashing_instruction():
    lines = tool("i686-w64-mingw32-objdump", "-d", PROGRAM)
    return int(re.search(r"^ *([0-9a-f]+):.*movl +\$0x1234abcd,", lines, re.MULTILINE)[1], 16)


# ---- The server and its clients.

@contextlib.contextmanager
def serving(*arguments, options=()):
    """Its process, and where it listens."""
    process = subprocess.Popen([PAGEWALK, "debug", "--gdb", "0", *options, PROGRAM, *arguments],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        yield process, line.strip().removeprefix("listening on ")
    finally:
        process.kill()
        process.wait()


def check(name, why, output=""):
    print(f"{name}: {'ok' if not why else why}", flush=True)
    if why:
        print(output)
    return not why
