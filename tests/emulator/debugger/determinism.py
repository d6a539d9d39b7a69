#!/usr/bin/env python3
"""However a guest is driven, it does the same: output, statistics and the state at its end are those of a session
that halts at the end only.

Usage: determinism.py PAGEWALK GUEST_FOLDER
"""
import json
import sys
import tempfile
from pathlib import Path

from check import Check
from driven import Pagewalk

LOOKING = ["k", "kb", "r", "dv", "u @eip L4", "ub @eip L2", "db @esp L40", "s -b @esp L100 0", "~", "|", "!process", "!handle", "!teb",
           "!peb", "!gle", "!vm", "!memusage", "!vad", "!address", "!wsle", "!vtop @esp", "!pte @esp", "!pfn 5", "!ptov 5", "why @esp",
           "why", "faults", "lm", "!dlls", "x ntdll!Nt*", "ln @eip", "bl", "sx", ".lastevent", ".exr -1", ".digest"]
LOOK = "; ".join(c for c in LOOKING if c not in ("dv", ".exr -1", "why", "kb"))
ERRORS = ["nosuch", "db 30000000 L10", "? nosuch", "bp nosuch", "!vtop", "why zzz", ".frame 999"]
STEPS = ["t", "t 20", "p 2", "t 100"]  # none that could run to the end
# Quiet: what halts often, and goes on by itself.
OFTEN = ['bf demand-zero "g"', 'bf table "g"', 'bf transition 440000 L100000 "g"', 'bf pagefile 440000 L40000 "g"', 'bf guard "gu; g"',
         'bv * "g"']
ENDS = ["sxn av", "sxn gp", "sxn dz", "sxn iov", "sxn ab", "sxn pi", "sxn ii", "sxn bpe", "sxn sse", "sxn fdz", "sxn fio", "sxn fst",
        "sxn fov", "sxn fun", "sxn fie", "sxn fde", "sxn dm", "sxn *"]

# Program, its arguments, options, a function that is called often, a variable or address that is written.
GUESTS = (
    ("virtual_alloc", (), ("--ram", "8M"), "show", "@esp-40"),
    ("pressure", ("8",), ("--ram", "4M"), "quicksort", "@$teb+e00"),
    ("threads", (), ("--ram", "8M"), "check", "@esp-40"),
    ("exception_kinds", (), ("--ram", "8M"), "check", "@esp-40"),
    ("fault_tour", (), ("--ram", "4M"), "hard_fault", "fault_tour!place"),
    ("spinning", ("200",), ("--ram", "8M"), "check", "spinning!turn"),
    ("clocks", ("InterruptTime", "1"), ("--ram", "8M"), "spin", "@esp-40"),
    ("hardware_breakpoints", (), ("--ram", "8M"), "on_exception", "hardware_breakpoints!watched"),
)
# Past the end of a child, too.
TO_THE_END = "g; .digest; g; .digest; g"


def busy_session(program, function, written):
    """Stops, steps, looks and mistakes; then to the end, through breakpoints that go on by themselves."""
    lines = ENDS + [LOOK] + STEPS[:3] + ERRORS + [f"bp /1 {program}!main", "g"] + LOOKING + STEPS
    lines += [f"bp /1 {program}!{function}", "g", "k", "t 3", "gu", "t"]
    lines += [f'bp {program}!{function} 3 "{LOOK}; g"', f"ba /1 w 4 {written}", "g", "bc *", "bf /1 soft", "g", "t", "t", LOOK, "p", "t 5"]
    lines += ["bv /1 *", "g", "k", "gu", "t", "bl"] + OFTEN + [f'ba /1 r 1000 {written} "g"', "sxe ct", "sxe et", "sxe ld", "g"]
    return lines + ["g"] * 40


class Outcome:
    def __init__(self, pagewalk, program, lines, arguments, options):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "stats.json"
            done = pagewalk.debug(program, lines, *arguments, options=(*options, "--stats=json", "--stats-file", str(file)))
            self.stats = json.loads(file.read_text()) if file.exists() else None
        digests = []
        for at, record in enumerate(done.records):
            # Taken at the process's end by the commands of its halt.
            if record.get("command") == ".digest" and record.get("ok"):
                last = next((r for r in reversed(done.records[:at]) if "halt" in r), {})
                if last.get("halt") == "process_end":
                    digests.append(record["data"]["digest"])
        self.guest, self.exit_code, self.digest = done.guest, done.exit_code, digests[-1] if digests else None
        self.transcript = done


def compare(check, what, ours, theirs):
    check.same(f"{what}: output", ours.guest, theirs.guest)
    check.same(f"{what}: statistics", ours.stats, theirs.stats)
    check.true(f"{what}: reached the end", ours.digest)
    check.same(f"{what}: digest", ours.digest, theirs.digest)
    check.same(f"{what}: exit code", ours.exit_code, theirs.exit_code)


def at_the_end(lines):
    """Every later halt prints a digest; the last one is at the process's end."""
    return [line + "; .digest" if line == "g" else line for line in lines]


def main():
    pagewalk, check = Pagewalk(sys.argv[1], sys.argv[2]), Check()
    for program, arguments, options, function, written in GUESTS:
        quiet = Outcome(pagewalk, program, ENDS + [TO_THE_END], arguments, options)
        plain = pagewalk.run(program, *arguments, options=options)
        check.same(f"{program}: output under the debugger", "\n".join(quiet.guest), plain.stdout.rstrip("\n"))
        busy = Outcome(pagewalk, program, at_the_end(busy_session(program, function, written)), arguments, options)
        compare(check, program, busy, quiet)
        check.true(f"{program}: {len(busy.transcript.halts)} halts", len(busy.transcript.halts) > 12)
        for step, count in (("t", 300), ("t 100", 20)):
            stepped = Outcome(pagewalk, program, ENDS + [f"bp /1 {program}!main", "g"] + [step] * count + [TO_THE_END], arguments,
                              options)
            compare(check, f"{program}, {step}", stepped, quiet)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
