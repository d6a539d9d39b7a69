#!/usr/bin/env python3
"""Where Windows puts things when nobody asks for an address, without and with --aslr.

Usage: address_layout.py PAGEWALK GUEST_FOLDER

The ranges are those of Windows Internals, 7th edition, part 1, chapter 5, "Address space layout randomization".
"""
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

GRANULE = 0x10000
LOWEST = 0xA0000
FIRST_PEB = 0x7FFDF000
PREFERRED = 0x400000
DLLS = ("ntdll", "kernel32", "msvcrt")
SEEDS = range(24)
RELOCATIONS_STRIPPED, DYNAMIC_BASE = 0x0001, 0x0040


def run(pagewalk, program, *options, arguments=()):
    command = [pagewalk, "run", "--stats=json", *options, str(program), *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout, done.stderr


def layouts(output):
    """A dictionary of names and addresses for each process."""
    return [{name: int(address, 16) for name, address in map(str.split, part.strip().splitlines())}
            for part in output.decode().split("child\n")]


def layout(*words, **more):
    return layouts(run(*words, **more)[0])[0]


def program_with(folder, program, flags_set, flags_cleared):
    """A copy with other flags: (offset from the PE header, flag)."""
    image = bytearray(program.read_bytes())
    header = struct.unpack_from("<I", image, 0x3C)[0]
    for flags, change in ((flags_set, lambda old, flag: old | flag), (flags_cleared, lambda old, flag: old & ~flag)):
        for offset, flag in flags:
            old = struct.unpack_from("<H", image, header + offset)[0]
            struct.pack_into("<H", image, header + offset, change(old, flag))
    copy = Path(folder) / "copy.exe"
    copy.write_bytes(image)
    return copy


CHARACTERISTICS, DLL_CHARACTERISTICS = 4 + 18, 24 + 70


def check_off(pagewalk, program):
    at = layout(pagewalk, program)
    assert run(pagewalk, program) == run(pagewalk, program), "two runs differ"
    assert at["program"] == PREFERRED
    assert at["peb"] == FIRST_PEB and at["teb"] == FIRST_PEB - 0x1000 and at["thread_teb"] == FIRST_PEB - 0x2000
    bottom_up = [at[name] for name in ("stack", "heap", "second_heap", "third_heap", "large_block", "allocation", "thread_stack")]
    assert all(LOWEST <= address < 0x02000000 for address in bottom_up), at
    assert LOWEST <= at["stack"] < PREFERRED, at
    assert at["top_down"] == FIRST_PEB // GRANULE * GRANULE - GRANULE, at
    return at


def check_one_seed(pagewalk, program, seed):
    at = layout(pagewalk, program, "--aslr", str(seed))
    shift = at["program"] - PREFERRED
    assert shift % GRANULE == 0 and 1 <= shift // GRANULE <= 254, hex(at["program"])
    assert all(0x50000000 <= at[name] < 0x78000000 and at[name] % GRANULE == 0 for name in DLLS), at
    assert at["ntdll"] > at["kernel32"] > at["msvcrt"], at  # as they are loaded
    assert 0x78000000 - 257 * GRANULE - 0x200000 <= at["ntdll"], at
    assert at["peb"] % 0x1000 == 0 and FIRST_PEB - 255 * GRANULE <= at["peb"] <= FIRST_PEB, at
    assert (FIRST_PEB - at["peb"]) % GRANULE == 0, at
    for name in ("heap", "second_heap", "third_heap", "allocation"):
        assert at[name] % GRANULE == 0 and LOWEST <= at[name] < 0x04000000, at
    return at


def check_seeds(pagewalk, program):
    for seed in (0, 1, 2**64 - 1):
        runs = [run(pagewalk, program, "--aslr", str(seed), arguments=["family"]) for _ in range(2)]
        assert runs[0] == runs[1], f"two runs with seed {seed} differ"
    found = [check_one_seed(pagewalk, program, seed) for seed in SEEDS]
    for name in found[0]:
        different = len({at[name] for at in found})
        assert different > len(SEEDS) // 2, f"{name} has {different} places for {len(SEEDS)} seeds"
    # Beside where searches begin, a heap has a place of its own among 32.
    assert len({at["third_heap"] - at["second_heap"] for at in found}) > len(SEEDS) // 3
    # Stacks begin at any word of half a page.
    assert len({at["stack"] % 0x800 for at in found}) > len(SEEDS) // 2


def check_family(pagewalk, program):
    """An image has one place in every process; what is drawn for each process differs."""
    for seed in (5, 6):
        parent, child = layouts(run(pagewalk, program, "--aslr", str(seed), arguments=["family"])[0])
        assert all(parent[name] == child[name] for name in (*DLLS, "program")), (parent, child)
        assert all(parent[name] != child[name] for name in ("stack", "heap", "peb")), (parent, child)


def check_what_stays(pagewalk, program, off):
    with tempfile.TemporaryDirectory() as folder:
        for kept, cleared in (([], [(DLL_CHARACTERISTICS, DYNAMIC_BASE)]),
                              ([(CHARACTERISTICS, RELOCATIONS_STRIPPED)], [])):
            copy = program_with(folder, program, kept, cleared)
            for seed in (1, 2):
                at = layout(pagewalk, copy, "--aslr", str(seed))
                assert at["program"] == PREFERRED, at
                assert at["ntdll"] != off["ntdll"] and at["heap"] != off["heap"], at


def main():
    pagewalk, program = sys.argv[1], Path(sys.argv[2]) / "layout.exe"
    off = check_off(pagewalk, program)
    check_seeds(pagewalk, program)
    check_family(pagewalk, program)
    check_what_stays(pagewalk, program, off)


if __name__ == "__main__":
    main()
