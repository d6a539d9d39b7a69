#!/usr/bin/env python3
"""Compares the debugger's stack at random stops with the calls that were made and have not returned, in programs with
C++, callbacks and exceptions, at least 10,000 times.

Usage: shadow_stacks.py SHADOW_STACK_PROBE GUEST_FOLDER
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("calling.cpp")
VARIANTS = {"optimized": ["-O2"], "plain": ["-O0"], "small": ["-Os", "-fno-omit-frame-pointer"]}
GUEST_PROGRAMS = ["exception_nested", "signals", "try_except", "waits", "msvcrt_formats"]
PERIOD = 250  # instructions between two stops
FEWEST = 10_000


def build(folder, name, flags):
    path = Path(folder) / f"{name}.exe"
    subprocess.run(["i686-w64-mingw32-g++", "-std=gnu++20", "-g", "-Wall", *flags, "-static", str(SOURCE), "-o",
                    str(path)], check=True, timeout=300)
    return path


def main():
    probe, guest = sys.argv[1:3]
    stops = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        programs = [build(folder, name, flags) for name, flags in VARIANTS.items()]
        programs += [Path(guest) / f"{name}.exe" for name in GUEST_PROGRAMS]
        for seed, program in enumerate(programs):
            done = subprocess.run([probe, guest, str(program), str(PERIOD), str(seed)], capture_output=True, text=True,
                                  timeout=900)
            counts = re.search(r"^(\d+) stops, (\d+) differ$", done.stdout, re.MULTILINE)
            stops += int(counts[1]) if counts else 0
            print(f"{program.name}: {counts[0] if counts else done.returncode}", flush=True)
            if done.returncode != 0:
                failures += 1
                print(done.stdout + done.stderr)
    print(f"{stops} stops, {failures} programs with differences")
    return 1 if failures or stops < FEWEST else 0


if __name__ == "__main__":
    sys.exit(main())
