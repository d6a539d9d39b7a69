#!/usr/bin/env python3
"""Damages a right program at random, headers above all, and runs what comes out: whatever the file says, Pagewalk
ends by itself with one of its exit codes, and never by a signal.

Usage: images.py PAGEWALK PROGRAM.exe [COUNT [SEED]]
"""
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)
RUN = ["run", "--ram=8M", "--pagefile=16M", "--max-instructions=20000000", "--verify"]


def damaged(original, randomness):
    """A copy with some bytes overwritten, most of them in the headers, sometimes cut short."""
    data = bytearray(original)
    headers = int.from_bytes(data[0x3C:0x40], "little") + 0x200
    for _ in range(randomness.choice((1, 1, 2, 4, 16))):
        at = randomness.randrange(0x3C, headers) if randomness.random() < 0.7 else randomness.randrange(len(data))
        data[at] = randomness.choice((*INTERESTING, randomness.randrange(256)))
    if randomness.random() < 0.1:
        del data[randomness.randrange(len(data)):]
    return bytes(data)


def complaint(pagewalk, path):
    try:
        done = subprocess.run([pagewalk, *RUN, path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s"
    # The guest may exit with any code; a signal, or a sanitizer's report, is ours.
    if done.returncode < 0 or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
        return f"ended with {done.returncode}\n{done.stderr.decode(errors='replace')}"
    return None


def main():
    pagewalk, program = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    original = Path(program).read_bytes()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.exe"
        for i in range(count):
            path.write_bytes(damaged(original, random.Random(f"{seed}/{i}")))
            why = complaint(pagewalk, str(path))
            if why:
                failures += 1
                kept = Path(tempfile.gettempdir()) / f"pagewalk-damaged-{seed}-{i}.exe"
                kept.write_bytes(path.read_bytes())
                print(f"case {i} of seed {seed} ({kept}): {why}")
    print(f"{count} damaged images, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
