#!/usr/bin/env python3
"""Checks which shared libraries the command needs: each one takes a tenth of a millisecond of every start.

Usage: shared_libraries.py PAGEWALK
"""
import re
import subprocess
import sys

# libdwarf: of libelf, behind it, Debian's packages that we build with have no archive.
ALLOWED = {"libc.so.6", "libm.so.6", "libdwarf.so.1", "ld-linux-x86-64.so.2"}


def main():
    dynamic = subprocess.run(["readelf", "--dynamic", sys.argv[1]], check=True, capture_output=True, text=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    for library in sorted(needed - ALLOWED):
        print(f"{sys.argv[1]} needs {library} (third_party/dependencies.cmake)")
    if not needed:
        print(f"{sys.argv[1]} needs no library at all: this test would see nothing")
    return 0 if needed and needed <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
