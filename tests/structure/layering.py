#!/usr/bin/env python3
"""Checks which folder includes which, directly and through headers, against the table in layers.py.

Usage: layering.py [ROOT]      prints each violation as FILE:LINE: why; exit code 1 if there is one
       layering.py --self-test shows that violations are caught
"""
import functools
import re
import sys
import tempfile
from pathlib import Path

import layers

OURS = ("mm", "emulator", "guest")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


@functools.cache
def place_of(path):
    """The entry of ALLOWED that a file belongs to: itself, the header of the same name, or the nearest folder."""
    for candidate in (path, re.sub(r"\.cpp$", ".h", path)):
        if candidate in layers.ALLOWED:
            return candidate
    folder = path
    while "/" in folder:
        folder = folder.rsplit("/", 1)[0]
        if folder in layers.ALLOWED:
            return folder
    return None


def lies_in(path, place):
    return path == place or path.startswith(place + "/")


@functools.cache
def may_include(place, target):
    return any(lies_in(target, allowed) for allowed in (*layers.ALLOWED[place], place))


@functools.cache
def may_reach(place, target):
    """As may_include, or it is behind a door that the place may include."""
    return may_include(place, target) or any(
        lies_in(target, behind) for door, exposed in layers.DOORS.items() if may_include(place, door) for behind in exposed)


@functools.cache
def library_of(header):
    """The name in LIBRARIES that a header in angle brackets belongs to; "" is C++'s own, None is unknown."""
    if re.fullmatch(r"[a-z_0-9]+", header):
        return ""
    return next((name for name, library in layers.LIBRARIES.items() if any(header.startswith(prefix) for prefix in library.headers)),
                None)


def may_use(source, library):
    return library == "" or any(lies_in(source, place) for place in layers.LIBRARIES[library].places)


def may_come_by(source, library):
    """Whether it may reach `source` through another header."""
    return may_use(source, library) or any(lies_in(source, place) for place in layers.LIBRARIES[library].exposed_to)


class Tree:
    """The includes of every file below mm/ and emulator/, and of the headers that these share with the guest."""

    def __init__(self, root):
        self.root = root
        self.files = {file.relative_to(root).as_posix(): self.includes_of(file)
                      for file in sources_below(root, "mm", "emulator", "guest/abi")}
        self.closures = {}

    @staticmethod
    def includes_of(file):
        text = file.read_text(errors="replace")
        return [(text.count("\n", 0, match.start(1)) + 1, match[1], match[2]) for match in INCLUDE.finditer(text)]

    def reached_from(self, header):
        """{what comes in with a header: the header that includes it}, for paths of ours and (with a "<" before) others."""
        if header not in self.closures:
            reached, waiting = {}, [header]
            while waiting:
                source = waiting.pop(0)
                for _, bracket, target in self.files.get(source, []):
                    key = target if is_ours(target) else bracket + target
                    if key not in reached and key != header:
                        reached[key] = source
                        waiting.append(key)
            self.closures[header] = reached
        return self.closures[header]

    def way(self, header, key):
        """ "a.h, b.h": the headers from `header` to the one that includes `key`. """
        reached, steps = self.reached_from(header), []
        while key != header:
            key = reached[key]
            steps.append(key)
        return ", ".join(reversed(steps))


def is_ours(target):
    return target.split("/")[0] in OURS


def sources_below(root, *folders):
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                yield file


def direct_complaint(source, bracket, target):
    """Why `source` may not include `target`, or None."""
    if is_ours(target):
        if bracket == "<":
            return f"<{target}> is ours: in quotes"
        return None if may_include(place_of(source), target) else f"{place_of(source)} may not include {target}"
    if bracket == '"':
        return f'"{target}" is not a path from the repository root'
    library = library_of(target)
    if library is None:
        return f"<{target}> is of no library that the layering knows"
    return None if may_use(source, library) else f"{source} may not include <{target}>: {library} is not for here"


def indirect_complaints(tree, source, header):
    """What comes into `source` with a header of another place, and may not. What a header of the same place brings in is
    reported there."""
    place = place_of(source)
    if place_of(header) == place:
        return
    for key in tree.reached_from(header):
        if key.startswith("<"):
            library = library_of(key[1:])
            if library and not may_come_by(source, library):
                yield f"{library} comes in: <{key[1:]}>, by way of {tree.way(header, key)}"
        elif is_ours(key) and not may_reach(place, key):
            yield f"{place} may not reach {key}, by way of {tree.way(header, key)}"


def include_violations(tree):
    for source, includes in tree.files.items():
        if source.startswith("guest/"):
            continue
        if place_of(source) is None:
            yield f"{source}:1: lies in no place that the layering knows"
            continue
        for line, bracket, target in includes:
            why = direct_complaint(source, bracket, target)
            complaints = [why] if why else indirect_complaints(tree, source, target) if is_ours(target) else []
            for complaint in complaints:
                yield f"{source}:{line}: {complaint}"


def mirror_violations(root):
    """A test lies at the same path under tests/ as what it tests."""
    for file in sources_below(root, "tests/mm", "tests/emulator"):
        source = file.relative_to(root)
        mirrored = Path(*source.parts[1:-1])
        if not (root / mirrored).is_dir():
            yield f"{source.as_posix()}:1: there is no folder {mirrored.as_posix()} that it could test"


def missing_places(root):
    """Whatever the table names exists."""
    named = {*layers.ALLOWED, *layers.DOORS}
    named.update(*layers.ALLOWED.values(), *layers.DOORS.values())
    for library in layers.LIBRARIES.values():
        named.update(library.places, library.exposed_to)
    for place in sorted(named):
        if not (root / place).exists():
            yield f"tests/structure/layers.py:1: names {place}, which does not exist"


def violations(root):
    return [*include_violations(Tree(root)), *mirror_violations(root)]


def violations_of(files):
    """Of a tree that has these files: {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return violations(root)


# What a file includes: (the file, what it includes, is that a violation).
DIRECT_CASES = [
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
    ("emulator/mmu/mmu.cpp", '"emulator/kernel/processes/thread.h"', True),
    ("emulator/cli/run.cpp", '"emulator/regression/command.h"', False),
    ("emulator/regression/command.cpp", '"emulator/cli/run.h"', True),
    ("emulator/loader/image.cpp", '"image.h"', True),
    ("emulator/loader/image.cpp", "<vector>", False),
    ("emulator/trace/trace.cpp", '"mm/base/types.h"', True),  # a folder that the table does not know
    # Within the kernel.
    ("emulator/kernel/processes/thread.cpp", '"mm/process/address_space.h"', True),
    ("emulator/kernel/processes/thread.cpp", '"mm/memory_manager.h"', False),
    ("emulator/kernel/processes/thread.cpp", '"emulator/cli/run.h"', True),
    ("emulator/kernel/processes/thread.cpp", '"emulator/kernel/waits/waits.h"', False),
    ("emulator/kernel/processes/thread.cpp", '"emulator/kernel/machine.h"', True),
    ("emulator/kernel/processes/user_thread.cpp", '"emulator/kernel/machine.h"', True),
    ("emulator/kernel/processes/thread.cpp", '"emulator/kernel/memory/fault_path.h"', True),
    ("emulator/kernel/processes/user_thread.cpp", '"emulator/kernel/memory/fault_path.h"', False),  # as its header may
    ("emulator/kernel/registers/context.cpp", '"emulator/kernel/processes/thread.h"', True),
    ("emulator/kernel/exceptions/exception.cpp", '"emulator/kernel/processes/thread.h"', True),
    ("emulator/kernel/exceptions/debug_unit.h", '"emulator/kernel/processes/thread.h"', False),
    ("emulator/kernel/objects/handle_table.cpp", '"emulator/kernel/waits/wait_queue.h"', False),
    ("emulator/kernel/objects/handle_table.cpp", '"emulator/kernel/waits/waits.h"', True),
    ("emulator/kernel/files/pipe.cpp", '"emulator/kernel/services/capture.h"', True),
    ("emulator/kernel/services/services.cpp", '"emulator/kernel/files/pipe.h"', False),
    ("emulator/kernel/machine.cpp", '"emulator/debugger/engine/engine.h"', True),
    # Within the debugger.
    ("emulator/debugger/engine/engine.cpp", '"emulator/debugger/session/session.h"', True),
    ("emulator/debugger/session/session.cpp", '"emulator/debugger/engine/engine.h"', False),
    ("emulator/debugger/session/session.cpp", '"emulator/debugger/commands/handlers.h"', True),
    ("emulator/debugger/symbols/symbol.cpp", '"emulator/kernel/machine.h"', True),
    ("emulator/debugger/stack/unwinder.cpp", '"emulator/kernel/machine.h"', True),
    ("emulator/debugger/memory/peek.cpp", '"emulator/debugger/expression/token.h"', True),
    ("emulator/debugger/commands/more_commands.cpp", '"emulator/debugger/console/colour.h"', True),
    ("emulator/debugger/console/completion.cpp", '"emulator/debugger/commands/handlers.h"', True),
    ("emulator/debugger/gdb/protocol/packet.cpp", '"emulator/debugger/engine/engine.h"', True),
    ("emulator/debugger/gdb/gdb_target.cpp", '"emulator/debugger/engine/engine.h"', False),
    # Angle brackets.
    ("mm/fault/dispatcher.cpp", "<mm/process/working_set.h>", True),  # ours
    ("mm/pfn/pfn_database.cpp", "<unicorn/unicorn.h>", True),
    ("emulator/cpu/cpu.cpp", "<unicorn/unicorn.h>", False),
    ("emulator/kernel/processes/thread.cpp", '"unicorn/x86.h"', True),
    ("emulator/debugger/symbols/symbol.cpp", "<libdwarf/dwarf.h>", False),
    ("emulator/debugger/types/fields.cpp", "<libdwarf/dwarf.h>", True),
    ("emulator/kernel/machine.cpp", "<nlohmann/json.hpp>", True),
    ("mm/base/check.cpp", "<fmt/core.h>", False),
    ("mm/pfn/pfn_database.cpp", "<unistd.h>", True),
    ("emulator/kernel/files/sandbox.cpp", "<unistd.h>", False),
    ("emulator/kernel/machine.cpp", "<boost/any.hpp>", True),  # a library that the table does not know
]

# What comes in through headers: (the files and what each includes, how many violations).
INDIRECT_CASES = [
    ({"emulator/mmu/mmu.cpp": '"emulator/cpu/cpu.h"', "emulator/cpu/cpu.h": '"mm/x86/pte.h"', "mm/x86/pte.h": '"mm/base/types.h"'},
     1),  # what the processor's header may not include, the MMU's may
    ({"emulator/kernel/objects/handle_table.cpp": '"emulator/kernel/waits/wait_queue.h"',
      "emulator/kernel/waits/wait_queue.h": '"mm/base/types.h"'}, 0),
    ({"emulator/kernel/services/call.cpp": '"mm/memory_manager.h"', "mm/memory_manager.h": '"mm/fault/dispatcher.h"'},
     1),  # mm/memory_manager.h may, the kernel may not
    ({"emulator/kernel/services/call.cpp": '"mm/memory_manager.h"', "mm/memory_manager.h": '"mm/verify/verify.h"',
      "mm/verify/verify.h": '"mm/fault/dispatcher.h"'}, 2),  # by way of two headers as well
    ({"emulator/kernel/services/call.cpp": '"emulator/kernel/services/call.h"',
      "emulator/kernel/services/call.h": '"mm/memory_manager.h"', "mm/memory_manager.h": '"mm/fault/dispatcher.h"'},
     1),  # told once, where it comes into the folder
    ({"emulator/kernel/services/call.cpp": '"mm/commit/pool.h"', "mm/commit/pool.h": '"mm/commit/commit_account.h"'},
     0),  # behind a door
    ({"emulator/debugger/types/fields.cpp": '"emulator/debugger/symbols/symbol.h"',
      "emulator/debugger/symbols/symbol.h": "<libdwarf/dwarf.h>"}, 1),  # a library
    ({"emulator/debugger/types/fields.cpp": '"emulator/debugger/session/answer.h"',
      "emulator/debugger/session/answer.h": "<nlohmann/json.hpp>"}, 0),  # one that is shown to it
    ({"mm/x86/pte.h": '"mm/base/types.h"', "mm/base/types.h": '"mm/base/result.h"', "mm/base/result.h": '"mm/base/fault.h"',
      "mm/base/fault.h": '"mm/base/result.h"'}, 0),  # headers that include each other: the search ends
]


def self_test():
    wrong = []
    for source, target, is_violation in DIRECT_CASES:
        if bool(violations_of({source: f"#include {target}\n"})) != is_violation:
            wrong.append(f"{source} including {target}: expected {'a' if is_violation else 'no'} violation")
    for files, count in INDIRECT_CASES:
        found = violations_of({source: f"#include {target}\n" for source, target in files.items()})
        if len(found) != count:
            wrong.append(f"{files}: expected {count} violations, not {found}")
    if not violations_of({"tests/mm/nowhere/thing_test.cpp": ""}):
        wrong.append("a test of a folder that does not exist passed")
    with tempfile.TemporaryDirectory() as empty:
        if "names mm/base, which does not exist" not in "\n".join(missing_places(Path(empty))):
            wrong.append("a table that names a folder that does not exist passed")
    print("\n".join(f"self-test: {what}" for what in wrong), end="\n" if wrong else "")
    return len(wrong)


def main():
    if "--self-test" in sys.argv:
        return 1 if self_test() else 0
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = [*violations(root), *missing_places(root)]
    print("\n".join(found) or "layering: every include points downward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
