"""The layers: which place may include which, and which libraries. layering.py checks it.

A place is a folder, or a header with the source file beside it where that is lower or higher than its folder. Everything
may include what lies in its own place; naming a folder allows all that is in it.
"""
from typing import NamedTuple

# ---- mm: memory_manager -> services | fault | balance -> process -> vad -> commit, pagefile, pfn -> x86 -> base.

# Plain counters and names, which know nothing but mm/base and which every folder above it may fill in.
COUNTERS = {"mm/inspect/statistics.h"}
BASE = {"mm/base"} | COUNTERS
X86 = BASE | {"mm/x86"}
RESOURCES = X86 | {"mm/commit", "mm/pagefile", "mm/pfn"}
PROCESS = RESOURCES | {"mm/vad"}
WORK = PROCESS | {"mm/process"}
EVERY_MM = {"mm"}

ALLOWED = {
    "mm/base": set(),
    "mm/x86": BASE,
    "mm/commit": X86,
    "mm/pagefile": X86,
    "mm/pfn": X86,
    "mm/vad": RESOURCES,
    "mm/process": PROCESS,
    "mm/services": WORK,
    "mm/fault": WORK,
    "mm/balance": WORK,
    "mm/inspect": EVERY_MM,
    "mm/inspect/statistics.h": {"mm/base"},
    "mm/verify": EVERY_MM,
    "mm": EVERY_MM,  # files that lie in mm/ itself: memory_manager
}

# What the emulator may know of mm: the door, and plain parts below it.
DOOR = {"mm/memory_manager.h", "mm/services/virtual_memory.h", "mm/pagefile/storage.h", "mm/commit/pool.h", "mm/x86"} | BASE
INSPECTION = DOOR | {"mm/inspect"}
BOARD = "emulator/board"
HARDWARE = DOOR | {"emulator/cpu", "emulator/mmu", BOARD}

# ---- emulator/kernel: machine -> kernel -> services -> files -> processes, waits, time -> exceptions, objects -> registers.

KERNEL = "emulator/kernel"
REGISTERS = f"{KERNEL}/registers"
EXCEPTIONS = f"{KERNEL}/exceptions"
OBJECTS = f"{KERNEL}/objects"
# User memory through page tables; nothing else of the kernel's is needed for that.
GUEST_MEMORY = f"{KERNEL}/memory/guest_memory.h"
CLOCK = f"{BOARD}/clock.h"
WAIT_QUEUE = f"{KERNEL}/waits/wait_queue.h"
# Threads wait, waits end by time, and what threads use takes time: each of the three needs the others.
THREADS = {f"{KERNEL}/processes", f"{KERNEL}/waits", f"{KERNEL}/time"}
# Who steers a machine, and who looks at it: ports, which everything in the kernel may speak to.
CONTROLLER = f"{KERNEL}/controller.h"
LISTENERS = f"{KERNEL}/listeners.h"
CORE = HARDWARE | INSPECTION | THREADS | {REGISTERS, EXCEPTIONS, OBJECTS, GUEST_MEMORY, CONTROLLER, LISTENERS, "guest/abi"}
WHOLE_KERNEL = HARDWARE | INSPECTION | {KERNEL, "guest/abi"}

ALLOWED |= {
    "emulator/cpu": {"mm/base"},
    "emulator/mmu": {"mm/base", "mm/x86", "emulator/cpu"},
    # A computer without an operating system: it knows no Windows.
    BOARD: {"mm/base", "mm/x86", "emulator/cpu", "emulator/mmu"},
    CLOCK: {"mm/base/machine_clock.h"},  # devices of the memory manager go by it
    GUEST_MEMORY: {"mm/base", "mm/x86"},
    WAIT_QUEUE: {"mm/base"},
    REGISTERS: {"mm/base", "emulator/cpu", "guest/abi"},
    OBJECTS: {"mm/base", "mm/commit/pool.h", GUEST_MEMORY, WAIT_QUEUE, "guest/abi"},
    EXCEPTIONS: {"mm/base", "mm/x86", "emulator/cpu", REGISTERS, GUEST_MEMORY, "guest/abi"},
    f"{EXCEPTIONS}/debug_unit.h": CORE,  # it drives a thread
    CONTROLLER: {"emulator/cpu"},
    f"{KERNEL}/configuration.h": DOOR | {BOARD, f"{KERNEL}/verification.h"},
    LISTENERS: CORE,
    f"{KERNEL}/verification.h": DOOR,
    f"{KERNEL}/processes": CORE,
    f"{KERNEL}/waits": CORE,
    f"{KERNEL}/time": CORE,
    f"{KERNEL}/memory": CORE | {f"{KERNEL}/verification.h"},
    f"{KERNEL}/files": CORE,
    # The machine itself: what these make and use are parts of it.
    f"{KERNEL}/memory/memory_start.h": CORE | {f"{KERNEL}/configuration.h", f"{KERNEL}/verification.h"},
    f"{KERNEL}/processes/processes.h": CORE | {f"{KERNEL}/verification.h"},
    f"{KERNEL}/processes/user_thread.h": CORE | {f"{KERNEL}/memory", f"{KERNEL}/verification.h"},
    f"{KERNEL}/services": WHOLE_KERNEL,
    KERNEL: WHOLE_KERNEL | {"emulator/loader"},
    "emulator/loader": WHOLE_KERNEL,
}

# ---- emulator/debugger: console, gdb -> commands -> types -> text -> session -> engine, stack -> disassembly -> expression
# -> symbols.

DEBUGGER = "emulator/debugger"
MEMORY_VIEW = f"{DEBUGGER}/memory/memory_view.h"
# Reading: what understands a guest's bytes and its program's file, but knows no machine.
SYMBOLS = {f"{DEBUGGER}/symbols", MEMORY_VIEW, "mm/base"}
EXPRESSION = SYMBOLS | {f"{DEBUGGER}/expression"}
DISASSEMBLY = EXPRESSION | {f"{DEBUGGER}/disassembly", f"{EXCEPTIONS}/instruction.h", "emulator/cpu"}
# Driving: what holds a machine.
MACHINE = WHOLE_KERNEL | {"emulator/loader"}
ENGINE = MACHINE | DISASSEMBLY | {f"{DEBUGGER}/memory", f"{DEBUGGER}/engine"}
SESSION = ENGINE | {f"{DEBUGGER}/stack", f"{DEBUGGER}/session"}
TEXT = SESSION | {f"{DEBUGGER}/text"}
TYPES = TEXT | {f"{DEBUGGER}/types"}

ALLOWED |= {
    MEMORY_VIEW: {"mm/base"},
    f"{DEBUGGER}/symbols": SYMBOLS | {"emulator/loader"},
    f"{DEBUGGER}/expression": EXPRESSION,
    f"{DEBUGGER}/disassembly": DISASSEMBLY,
    f"{DEBUGGER}/stack": DISASSEMBLY,
    f"{DEBUGGER}/memory": MACHINE,  # reports on a machine's memory, for whoever shows them
    f"{DEBUGGER}/engine": ENGINE,
    f"{DEBUGGER}/session": SESSION,
    f"{DEBUGGER}/text": TEXT,
    f"{DEBUGGER}/types": TYPES,
    f"{DEBUGGER}/commands": TYPES,
    f"{DEBUGGER}/console": TEXT,  # it executes lines, whatever the commands are
    # The protocol alone, without the debugger; the fuzz target compiles it by itself.
    f"{DEBUGGER}/gdb/protocol": {"mm/base", "emulator/cpu", f"{KERNEL}/files/descriptor.h", f"{REGISTERS}/x87_save_area.h", "guest/abi"},
    f"{DEBUGGER}/gdb": TEXT,
}

# ---- The tools.

ALLOWED |= {
    # Runs the command as a child, and reads host files as carefully as the kernel does.
    "emulator/regression": {"mm/base", f"{KERNEL}/files"},
    "emulator/cli": MACHINE | {DEBUGGER, "emulator/regression"},
}

# Headers (or folders of them) that show some of what they are made of: who may include the one gets the other with it.
DOORS = {
    "mm/commit/pool.h": {"mm/commit/commit_account.h"},  # a charge is paid back to the account
    "mm/services/virtual_memory.h": {"mm/vad/vad_type.h"},  # a query's answer names the kind of region
    "mm/inspect": {"mm/vad", "mm/pfn", "mm/commit", "mm/pagefile", "mm/process"},  # views show what there is
    GUEST_MEMORY: {"mm/x86"},  # it walks page tables
    # An image may lie in the guest's file system.
    "emulator/loader/image_reader.h": {f"{KERNEL}/files/file_place.h", f"{KERNEL}/files/host_files.h"},
    # A module's symbols keep its file's headers.
    f"{DEBUGGER}/symbols": {"emulator/loader/portable_executable.h", "emulator/loader/image_headers.h"},
}


class Library(NamedTuple):
    headers: tuple  # what its headers' names begin with
    places: set     # who may include it
    exposed_to: frozenset = frozenset()  # whom it may reach, besides, through headers of the former


EVERYWHERE = {"mm", "emulator"}
LIBRARIES = {
    "{fmt}": Library(("fmt/",), EVERYWHERE),
    "tl::expected": Library(("tl/",), EVERYWHERE),
    "Unicorn": Library(("unicorn/",), {"emulator/cpu"}),
    "Capstone": Library(("capstone/",), {"emulator/cpu", "emulator/mmu", f"{DEBUGGER}/disassembly"}),
    "spdlog": Library(("spdlog/",), {KERNEL, "emulator/loader", "emulator/cli/logging.cpp"}),
    "libdwarf": Library(("libdwarf/",), {f"{DEBUGGER}/symbols"}),
    "JSON for Modern C++": Library(
        ("nlohmann/",),
        {f"{DEBUGGER}/memory", f"{DEBUGGER}/session", f"{DEBUGGER}/text", "emulator/cli/run_statistics_json.cpp",
         "emulator/regression/comparison.cpp"},
        # A command's answer is data as well as text.
        {f"{DEBUGGER}/types", f"{DEBUGGER}/commands", f"{DEBUGGER}/console", f"{DEBUGGER}/gdb", "emulator/cli"}),
    "pugixml": Library(("pugixml",), {f"{DEBUGGER}/gdb/protocol"}),
    "libedit": Library(("editline/",), {f"{DEBUGGER}/console"}),
    "CLI11": Library(("CLI/",), {"emulator/cli", "emulator/regression/command.cpp"}),
    "toml++": Library(("toml++/",), {"emulator/regression"}),
    "RE2": Library(("re2/",), {"emulator/regression", "emulator/cli/run_statistics_json.cpp"}),
    "dtl": Library(("dtl/",), {"emulator/regression/text_difference.cpp"}),
    # A guest's fate must not depend on the host: who asks it for anything is written down here.
    "the host's system": Library(
        ("unistd.h", "fcntl.h", "poll.h", "dirent.h", "netdb.h", "netinet/", "strings.h", "sys/", "termios.h", "linux/", "cxxabi.h"),
        {"mm/pagefile/file_storage.cpp",
         "mm/process/working_set.cpp",  # reserves address space, which is no memory yet
         "emulator/cpu/unicorn_handle.cpp", f"{KERNEL}/files", f"{BOARD}/guest_ram.cpp",
         "emulator/loader", f"{DEBUGGER}/console", f"{DEBUGGER}/gdb", f"{DEBUGGER}/session", f"{DEBUGGER}/symbols",
         "emulator/regression", "emulator/cli"},
        {"emulator"}),  # by way of kernel/files/descriptor.h
}
