#!/usr/bin/env python3
"""scripts/fault_tour.dbg shows every kind of fault, in order, resolved as the program says.

Usage: fault_tour.py PAGEWALK FAULT_TOUR (in the repository's root)
"""
import re
import subprocess
import sys

from check import Check

# Of each fault that halts: what it is going to be, how it ends, and what `why` says of frames and lists. Access
# violations are told apart by the reason that `why` gives.
FAULTS = (
    ("demand-zero (soft)", "is resolved", [r"taken from the zeroed list for the page", r"Zeroed list: (\d+) -> (\d+)"]),
    ("demand-zero (soft), with a new page table", "is resolved",
     [r"taken from the zeroed list for a page table", r"A page table for 0x20000000-0x203fffff was made", r"Zeroed list: (\d+) -> (\d+)"]),
    ("guard page (the stack grows)", "grows the stack: the access is made again", [r"The guard was taken off"]),
    ("transition (soft)", "is resolved", [r"leaves the modified list", r"Modified list: (\d+) -> (\d+)"]),
    ("transition (soft)", "is resolved", [r"leaves the standby list", r"Standby lists: (\d+) -> (\d+)"]),
    ("paging file (hard)", "is resolved",
     [r"was read from slot 0x[0-9a-f]+ of paging file 0", r"taken from the standby list for the page", r"Standby lists: (\d+) -> (\d+)"]),
    ("guard page (raised)", "is refused: STATUS_GUARD_PAGE_VIOLATION", []),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"the memory is free"]),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"reserved, not committed"]),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"The page was decommitted"]),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"PAGE_NOACCESS, which lets no read through"]),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"PAGE_READONLY, lets no write through"]),
    ("access violation (raised)", "is refused: STATUS_ACCESS_VIOLATION", [r"Addresses from 0x80000000 on are the system's"]),
)
# Stage by stage: what happens between the fault and its end, where a page table is made.
STAGES = ("fault", "walk", "VAD", "PTE", "access check passed", "resolver", "frame", "page table", "frame", "PTE written", "resolved",
          "TLB")


def parts(text):
    """From each "Page fault:" to the next."""
    return re.split(r"(?=^Page fault: )", text, flags=re.MULTILINE)[1:]


def check_fault(check, number, part, wanted):
    kind, end, reasons = wanted
    forecast = re.match(r"Page fault: [\w ]+ at [0-9a-f]+, before the memory manager acts. It is going to be: (.*)", part)[1]
    check.same(f"fault {number}: its kind", forecast, kind)
    ended = re.search(r"^The fault at [0-9a-f]+ (is (?:resolved|refused: \w+)|grows the stack: .*)", part, re.MULTILINE)
    check.same(f"fault {number}: its end", ended and ended[1], end)
    for reason in reasons:
        found = re.search(reason, part)
        check.true(f"fault {number}: {reason}", found)
        if found and found.groups():
            before, after = map(int, found.groups())
            check.same(f"fault {number}: what the list lost", before - after, 2 if "table" in kind else 1)


def main():
    pagewalk, program = sys.argv[1:3]
    check = Check()
    done = subprocess.run([pagewalk, "debug", "--ram", "4M", "-x", "scripts/fault_tour.dbg", program], capture_output=True, text=True,
                          timeout=120)
    plain = subprocess.run([pagewalk, "run", "--ram", "4M", program], capture_output=True, text=True, timeout=120)
    text = done.stdout
    check.same("exit code", (done.returncode, plain.returncode, done.stderr), (0, 0, ""))
    check.same("errors", [line for line in text.splitlines() if line.startswith("^ ")], [])
    lines = text.splitlines()
    check.same("the program's own lines", [line for line in lines if re.match("(ok|FAILED|left out): ", line)],
               plain.stdout.splitlines())
    check.true("nothing is left out", all(line.startswith("ok: ") for line in plain.stdout.splitlines()))
    found = parts(text)
    check.same("faults", len(found), len(FAULTS))
    for number, (part, wanted) in enumerate(zip(found, FAULTS), 1):
        check_fault(check, number, part, wanted)
    names = re.findall(r"^(access check passed|[A-Za-z][A-Za-z ]*?)(?:: |  )", found[1], re.MULTILINE)
    names = [name for name in names if name in STAGES]
    check.same("stages", names, list(STAGES))
    check.true("the end", lines[-1] == "The guest has ended")
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
