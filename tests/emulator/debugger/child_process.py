#!/usr/bin/env python3
"""A child process has the names, lines, variables and stack of its parent, which runs the same program: wherever the
guest found its file.

Usage: child_process.py PAGEWALK GUEST_FOLDER
"""
import re
import shutil
import sys
import tempfile

from check import Check
from driven import Code, Pagewalk

LOOKS = ("k", "lm", "ln @eip", "dv", "x debuggee!add", "u debuggee!add L3")


def plain(text):
    """Without what differs: addresses of the stack, and the arguments' values."""
    return re.sub(r"\b[0-9a-f]{8}\b|= .*", "", text)


def check_child(pagewalk, check, where, options):
    code = Code(pagewalk.program("debuggee"))
    line = re.search(r"@ (\d+)\]", pagewalk.debug("debuggee", ["ln debuggee!main", "q"]).text("ln debuggee!main"))[1]
    lines = ["bp /1 debuggee!main", "g", *LOOKS, "bp /a debuggee!main", "g", *LOOKS, "? debuggee!add",
             "bc *", f"bp debuggee.c:{int(line) + 3}", "g", "r", "k", "q"]
    done = pagewalk.debug("debuggee", lines, options=options)
    for command in LOOKS:
        parent, child = (list(done.every(command)) + [{}, {}])[:2]
        check.true(f"{where}: {command} works in the child", child.get("ok"))
        check.same(f"{where}: {command} in the child", plain(child.get("text", "")), plain(parent.get("text", "")))
    check.true(f"{where}: the stack has names", "debuggee!__tmainCRTStartup" in done.every("k")[1]["text"])
    check.true(f"{where}: it is the child", re.search(r"argc = 0n?2|argc = 2", done.every("dv")[1]["text"]))
    check.same(f"{where}: a name's address", f"{code.address('add'):08x}" in done.text("? debuggee!add"), True)
    process = [halt["process"] for halt in done.halts_at("g")]
    check.true(f"{where}: another process", process[1] != process[0])
    check.same(f"{where}: a breakpoint at a line of its own", process[2], process[1])
    check.true(f"{where}: and there", f"debuggee.c @ {int(line) + 3}]" in done.every("k")[2]["text"].splitlines()[1])


def main():
    pagewalk, check = Pagewalk(sys.argv[1], sys.argv[2]), Check()
    check_child(pagewalk, check, "the program's own file", ())
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(pagewalk.program("debuggee"), root)
        check_child(pagewalk, check, "a file under --root", ("--root", root))
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
