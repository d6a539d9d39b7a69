#!/usr/bin/env python3
"""The debugger over accesses that wait for a page on a disk (--device): a step is an instruction all the same, and a hard
fault is met once.

Usage: waiting.py PAGEWALK GUEST_FOLDER
"""
import re
import subprocess
import sys
from pathlib import Path

from check import Check

STEPS, FAULTS = 60, 12
# From the first read of page_waits.c on, whose pages are in the paging file.
AT_THE_READS = "bp /1 kernel32!CreateThread; g; gu"


def session(command, program, device, commands):
    asked = [command, "debug", "--ram", "4M", "--pagefile", "64M", "--device", device, "-c", commands, program]
    return subprocess.run(asked, capture_output=True, text=True, timeout=120, check=True).stdout


def places(shown):
    return re.findall(r"Evaluate expression: \d+ = ([0-9a-f]{8})", shown)


def main():
    check, command, program = Check(), sys.argv[1], Path(sys.argv[2]) / "page_waits.exe"
    steps = f"{AT_THE_READS}; " + "t; ? @eip; " * STEPS
    faults = f"{AT_THE_READS}; bf hard; " + "g; " * FAULTS
    without = places(session(command, program, "none", steps))
    check.same("as many places as steps", len(without), STEPS)
    for device in ("ssd", "hdd"):
        check.same(f"{device}: the same instructions", places(session(command, program, device, steps)), without)
        shown = session(command, program, device, faults)
        met = re.findall(r"^Page fault: \w+(?: \w+)? at ([0-9a-f]{8})", shown, flags=re.MULTILINE)
        check.same(f"{device}: halts", len(met), FAULTS)
        check.same(f"{device}: each at another page", len({int(address, 16) >> 12 for address in met}), FAULTS)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
