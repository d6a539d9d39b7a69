#!/usr/bin/env python3
"""What a guest can make Pagewalk take of the host's memory: --ram, three quarters of it for what the kernel keeps, and
128 MB (README, "Limits"). Each kind of object is made until the guest is refused, under a limit on address space that
is as large; and with too little memory Pagewalk ends in one line and exit code 125, whoever asked for it.

Usage: host_memory.py PAGEWALK GUEST    GUEST: the folder of the guest's programs
"""
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

MB = 1 << 20
RAM = 64 * MB
BOUND = RAM + RAM * 3 // 4 + 128 * MB
QUOTA, RESOURCES, MEMORY, COMMITMENT = 1816, 1450, 8, 1455
NO_MORE = (QUOTA, RESOURCES)

# Kind of object: how many there are at least before one is refused, and the errors that may refuse it.
KINDS = {
    "events": (10_000, NO_MORE),
    "named": (5_000, NO_MORE),
    "pipes": (20, NO_MORE),
    "handles": (100_000, NO_MORE),
    "searches": (20, NO_MORE),
    "apcs": (100_000, NO_MORE + (MEMORY,)),
    "threads": (500, NO_MORE + (MEMORY, COMMITMENT)),
    "children": (1000, (0,)),
    "regions": (10_000, NO_MORE),
}


def run(pagewalk, arguments, limit):
    """Returns the finished process and its largest resident set in bytes."""
    def confine():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    process = subprocess.Popen([pagewalk, "run", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, preexec_fn=confine)
    output, errors = process.communicate(timeout=600)
    return process.returncode, output, errors


def check_kind(pagewalk, guest, root, kind):
    least, errors = KINDS[kind]
    code, output, problem = run(pagewalk, [f"--ram={RAM // MB}M", "--pagefile=256M", f"--root={root}",
                                           str(guest / "quotas.exe"), kind, str(least)], BOUND)
    good = any(output.startswith(f"{kind}: error {error} after enough\n") for error in errors)
    good = good and code == 0 and (kind == "regions" or output.endswith("again: yes\n"))
    return good or f"{kind}: exit code {code}\n{output}{problem}"


def check_too_little(pagewalk, guest):
    """From nothing to enough: the guest runs, or one line says that there is no memory."""
    ran = refused = 0
    for limit in range(16, 200, 3):
        code, output, problem = run(pagewalk, ["--ram=16M", str(guest / "heap_stress.exe")], limit * MB)
        if code == 127 and "shared librar" in problem:
            continue  # the dynamic linker's
        lines = problem.splitlines()
        if code == 125 and len(lines) == 1 and lines[0].startswith("pagewalk: ") and ("memory" in problem or "RAM" in problem):
            refused += 1
        elif code == 0:
            ran += 1
        else:
            return f"{limit} MB: exit code {code}\n{output}{problem}"
    return (ran > 5 and refused > 2) or f"ran {ran} times, refused {refused} times"


def main():
    pagewalk, guest = sys.argv[1], Path(sys.argv[2])
    failures = []
    with tempfile.TemporaryDirectory() as root:
        for i in range(1000):
            (Path(root) / f"file-{i:04}-{'x' * 200}").touch()
        for kind in KINDS:
            result = check_kind(pagewalk, guest, root, kind)
            print(f"{'ok    ' if result is True else 'FAILED'} {kind}")
            if result is not True:
                failures.append(result)
    result = check_too_little(pagewalk, guest)
    print(f"{'ok    ' if result is True else 'FAILED'} too little memory")
    if result is not True:
        failures.append(result)
    print("".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
