#!/usr/bin/env python3
"""Crashes programs a few calls deep, built in every way that leaves another kind of frame, and compares the stack
that the debugger shows with the calls that the source makes.

Usage: stacks.py STACK_PROBE GUEST_FOLDER
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("crashing.c")
NO_TABLES = ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
VARIANTS = {
    "plain": ["-g", "-O0"],
    "optimized": ["-g", "-O2"],
    "debug_frame": ["-g", "-O2", *NO_TABLES],
    "dwarf4": ["-g", "-gdwarf-4", "-O1"],
    "moved": ["-g", "-O2", "-Wl,--dynamicbase", "-Wl,--image-base,0x77f00000"],  # where ntdll is already
    "chain": ["-O1", "-fno-omit-frame-pointer", *NO_TABLES],
    "entry": ["-O1", "-fno-omit-frame-pointer", "-DNAKED", *NO_TABLES],
    "guessed": ["-O1", "-fomit-frame-pointer", *NO_TABLES],  # nothing tells: a scan, which is right here
    "missing": ["-g", "-O1", "-DMISSING"],
    "missing_chain": ["-O1", "-fno-omit-frame-pointer", "-DMISSING", *NO_TABLES],
}
CALLS = ["crash", "middle"] + ["recursive"] * 4 + ["main", "__tmainCRTStartup"]
MARKS = ["in crash", "in middle", "at the bottom", "in recursive", "in recursive", "in recursive", "in main"]


def line_of(mark, program_flags):
    """The last line with the mark in the part of the source that is compiled."""
    lines = [n for n, text in enumerate(SOURCE.read_text().splitlines(), 1) if f"/* {mark} */" in text]
    return lines[0 if "-DMISSING" in program_flags else -1]


def build(folder, name, flags):
    path = Path(folder) / f"{name}.exe"
    command = ["i686-w64-mingw32-gcc", "-Wall", "-static-libgcc", "-fno-ipa-cp", "-fno-optimize-sibling-calls",
               "-fno-optimize-strlen", *flags, str(SOURCE), "-o", str(path)]
    subprocess.run(command, check=True, timeout=300)
    return path


def complaints(name, flags, output):
    frames = re.findall(r"^([0-9a-f]{8}) ([0-9a-f]{8}) (.*)$", output, re.MULTILINE)
    names = [re.sub(r"\+0x.*| \[.*", "", text) for _, _, text in frames]
    wanted = [f"{name}!{call}" for call in CALLS]
    if "-DMISSING" in flags:
        wanted.insert(0, "0x10")
    if names[:len(wanted)] != wanted:
        yield f"the frames are {names}, and should begin with {wanted}"
    stack = [int(ebp, 16) for ebp, _, _ in frames]
    if stack != sorted(set(stack)):
        yield f"the frames do not rise: {stack}"
    warned = "WARNING: Stack unwind information not available. Following frames may be wrong." in output
    if warned != (name == "guessed"):
        yield f"a guess is {'said' if warned else 'not said'} to be one"
    if "-g" in flags:
        own = frames[1:] if "-DMISSING" in flags else frames
        lines = [int(m[1]) if (m := re.search(r"crashing\.c @ (\d+)\]", text)) else None for _, _, text in own]
        expected = [line_of(mark, flags) for mark in MARKS]
        if lines[:len(expected)] != expected:
            yield f"the lines are {lines}, and should begin with {expected}"
    if "-O0" in flags:
        values = dict(re.findall(r"^(\d+ \w+) = (-?\d+)$", output, re.MULTILINE))
        known = {"0 value": "7", "0 local": "14", "1 first": "3", "1 second": "4", "2 depth": "0", "3 depth": "1",
                 "4 depth": "2", "5 depth": "3", "6 argc": "1"}
        if not known.items() <= values.items():
            yield f"the variables are {values}, and should contain {known}"


def main():
    probe, guest = sys.argv[1:3]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, flags in VARIANTS.items():
            program = build(folder, name, flags)
            done = subprocess.run([probe, guest, str(program)], capture_output=True, text=True, timeout=300)
            found = [f"ended with {done.returncode}"] if done.returncode else list(complaints(name, flags, done.stdout))
            for complaint in found:
                failures += 1
                print(f"{name}: {complaint}\n{done.stdout}{done.stderr}")
    print(f"{len(VARIANTS)} programs, {failures} complaints")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
