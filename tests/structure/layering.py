#!/usr/bin/env python3
"""Checks which folder includes which: downward only, as DESIGN.md section 1 ("The house") has it.

Usage: layering.py [ROOT]      prints each violation as FILE:LINE: why; exit code 1 if there is one
       layering.py --self-test shows that violations are caught
"""
import re
import sys
import tempfile
from pathlib import Path

# Each folder (or single header) and what it may include besides itself. mm's order is
# memory_manager -> services | fault | balance -> process -> section, vad -> commit, pagefile, pfn -> x86 -> base.
# Plain counters and names, which know nothing but mm/base and which every folder above it may fill in.
COUNTERS = {"mm/inspect/statistics.h", "mm/inspect/fault_kind.h"}
BASE = {"mm/base"} | COUNTERS
X86 = BASE | {"mm/x86"}
RESOURCES = X86 | {"mm/commit", "mm/pagefile", "mm/pfn"}
MAPS = RESOURCES | {"mm/section", "mm/vad"}
PROCESS = MAPS | {"mm/process"}
WORK = PROCESS | {"mm/machine_state.h"}
EVERY_MM = {"mm"}

# What the emulator may know of mm: its door, what that exposes, and the plain parts below it.
DOOR = {"mm/memory_manager.h", "mm/inspect", "mm/verify", "mm/x86", "mm/base", "mm/services/virtual_memory.h",
        "mm/pagefile/storage.h", "mm/commit/pool.h"}
MACHINE = DOOR | {"emulator/mmu", "emulator/cpu"}
SYSTEM = MACHINE | {"emulator/kernel", "emulator/loader", "guest/abi"}
TOOLS = SYSTEM | {"emulator/debugger", "emulator/trace"}

ALLOWED = {
    "mm/base": set(),
    "mm/x86": BASE,
    "mm/commit": X86,
    "mm/pagefile": X86,
    "mm/pfn": X86,
    "mm/vad": RESOURCES,
    "mm/section": RESOURCES,
    "mm/process": MAPS,
    "mm/services": WORK,
    "mm/fault": WORK,
    "mm/balance": WORK,
    "mm/inspect": EVERY_MM,
    "mm/inspect/statistics.h": {"mm/base"},
    "mm/inspect/fault_kind.h": {"mm/base", "mm/inspect/statistics.h"},
    "mm/verify": EVERY_MM,
    "mm/machine_state.h": EVERY_MM,
    "mm": EVERY_MM,  # files that lie in mm/ itself: memory_manager
    "emulator/cpu": DOOR,
    "emulator/mmu": DOOR | {"emulator/cpu"},
    "emulator/loader": MACHINE | {"guest/abi"},
    "emulator/kernel": MACHINE | {"emulator/loader", "guest/abi"},
    "emulator/debugger": SYSTEM,
    "emulator/trace": SYSTEM,
    "emulator/regression": TOOLS,
    "emulator/cli": TOOLS | {"emulator/regression"},
}
# Folders at the same height that see each other's headers.
PEERS = [{"mm/section", "mm/vad"}, {"mm/commit", "mm/pagefile", "mm/pfn"}, {"emulator/kernel", "emulator/loader"},
         {"emulator/mmu", "emulator/cpu"}]

UNICORN_HOME = "emulator/cpu"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def place_of(path):
    """The entry of ALLOWED that a file belongs to: the file itself, or the folder below mm/ or emulator/."""
    if path in ALLOWED:
        return path
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0]


def covers(allowed, target):
    return any(target == entry or target.startswith(entry + "/") for entry in allowed)


def allowed_from(place):
    allowed = ALLOWED[place] | {place}
    for peers in PEERS:
        if place in peers:
            allowed |= peers
    return allowed


def complaint(source, bracket, target):
    """Why `source` may not include `target`, or None."""
    if target.startswith("unicorn/"):
        return None if source.startswith(UNICORN_HOME + "/") else "only emulator/cpu includes Unicorn"
    if bracket == "<" or target.split("/")[0] not in ("mm", "emulator", "guest"):
        return None if bracket == "<" else f'"{target}" is not a path from the repository root'
    place = place_of(source)
    if place not in ALLOWED:
        return f"{place} is not a place that the layering knows"
    if covers(allowed_from(place), target):
        return None
    return f"{place} may not include {target}"


def includes_of(file):
    for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def sources_below(root, *folders):
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".h", ".cpp") and file.is_file():
                yield file


def include_violations(root):
    for file in sources_below(root, "mm", "emulator"):
        source = file.relative_to(root).as_posix()
        for line, bracket, target in includes_of(file):
            why = complaint(source, bracket, target)
            if why:
                yield f"{source}:{line}: {why}"


def mirror_violations(root):
    """A test lies at the same path under tests/ as what it tests."""
    for file in sources_below(root, "tests/mm", "tests/emulator"):
        source = file.relative_to(root)
        mirrored = Path(*source.parts[1:-1])
        if not (root / mirrored).is_dir():
            yield f"{source.as_posix()}:1: there is no folder {mirrored.as_posix()} that it could test"


def violations(root):
    return [*include_violations(root), *mirror_violations(root)]


def violations_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return violations(root)


def self_test():
    cases = [  # (source, what it includes, is it a violation)
        ("mm/fault/dispatcher.cpp", '"mm/process/working_set.h"', False),
        ("mm/fault/dispatcher.cpp", '"mm/balance/trimmer.h"', True),
        ("mm/services/allocate.cpp", '"mm/fault/dispatcher.h"', True),
        ("mm/process/working_set.cpp", '"mm/fault/dispatcher.h"', True),
        ("mm/base/types.cpp", '"mm/x86/pte.h"', True),
        ("mm/x86/walk.cpp", '"mm/base/types.h"', False),
        ("mm/pfn/pfn_database.cpp", '"mm/vad/vad.h"', True),
        ("mm/pagefile/paging_file.h", '"mm/inspect/statistics.h"', False),
        ("mm/pagefile/paging_file.h", '"mm/inspect/snapshot.h"', True),
        ("mm/inspect/statistics.h", '"mm/process/working_set.h"', True),
        ("mm/memory_manager.cpp", '"mm/balance/trimmer.h"', False),
        ("mm/memory_manager.cpp", '"emulator/cpu/cpu.h"', True),
        ("mm/verify/verify.cpp", '"mm/services/allocate.h"', False),
        ("mm/pfn/pfn_database.cpp", '<unicorn/unicorn.h>', True),
        ("emulator/cpu/cpu.cpp", '<unicorn/unicorn.h>', False),
        ("emulator/kernel/thread.cpp", '"unicorn/x86.h"', True),
        ("emulator/kernel/thread.cpp", '"mm/process/address_space.h"', True),
        ("emulator/kernel/thread.cpp", '"mm/memory_manager.h"', False),
        ("emulator/kernel/thread.cpp", '"emulator/cli/run.h"', True),
        ("emulator/mmu/mmu.cpp", '"emulator/kernel/processes/thread.h"', True),
        ("emulator/cli/run.cpp", '"emulator/regression/command.h"', False),
        ("emulator/regression/command.cpp", '"emulator/cli/run.h"', True),
        ("emulator/loader/image.cpp", '"image.h"', True),
        ("emulator/loader/image.cpp", '<vector>', False),
    ]
    failures = 0
    for source, target, is_violation in cases:
        found = violations_of({source: f"#include {target}\n"})
        if bool(found) != is_violation:
            failures += 1
            print(f"self-test: {source} including {target}: expected {'a' if is_violation else 'no'} violation")
    if not violations_of({"tests/mm/nowhere/thing_test.cpp": ""}):
        failures += 1
        print("self-test: a test of a folder that does not exist passed")
    return failures


def main():
    if "--self-test" in sys.argv:
        return 1 if self_test() else 0
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = violations(root)
    print("\n".join(found) or "layering: every include points downward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
