#!/usr/bin/env python3
"""No file may grow past a limit: a guest that fills one is refused with ERROR_DISK_FULL, and loses nothing.

usage: disk_full.py PAGEWALK GUEST_FOLDER
"""
import os
import resource
import subprocess
import sys
import tempfile

LIMIT = 1_000_000  # bytes: between two of the blocks that the program writes


def main():
    pagewalk, guests = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory() as root:
        done = subprocess.run(
            [pagewalk, "run", "--pagefile", "0", "--root", root, os.path.join(guests, "disk_full.exe")],
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)),
            capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert done.stdout.endswith("\n0 failures\n"), done.stdout
        assert os.listdir(root) == ["small"], os.listdir(root)


main()
