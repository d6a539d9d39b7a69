#!/usr/bin/env python3
"""What `pagewalk run` does with input that is wrong: a message, exit code 125, and never a crash.

Usage: bad_input.py PAGEWALK PROGRAM.exe    PROGRAM: a right one, from which the wrong ones are made
"""
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

CANNOT_RUN = 125
SECONDS = 120


class Image:
    """A PE32 file whose fields can be overwritten (Microsoft, "PE Format")."""

    def __init__(self, path):
        self.bytes = bytearray(Path(path).read_bytes())
        self.coff = struct.unpack_from("<I", self.bytes, 0x3C)[0] + 4
        self.optional = self.coff + 20
        self.sections = self.optional + struct.unpack_from("<H", self.bytes, self.coff + 16)[0]

    def put(self, offset, pattern, value):
        struct.pack_into(pattern, self.bytes, offset, value)
        return self

    def replace(self, old, new):
        assert old in self.bytes and len(old) == len(new)
        self.bytes = self.bytes.replace(old, new)
        return self

    def section(self, index):
        return self.sections + 40 * index


def images(program):
    """(name, file content, texts that the message must contain)."""
    def image():
        return Image(program)

    whole = bytes(image().bytes)
    yield "empty", b"", []
    yield "text", b"#!/bin/sh\necho no image\n", []
    yield "only-mz", b"MZ", []
    for length in (63, 64, 130, 200, 256, 400, 512, 1000, len(whole) // 2):
        yield f"truncated-to-{length}", whole[:length], []
    yield "elf", Path(sys.executable).resolve().read_bytes()[:4096], []

    at = image()
    yield "no-pe-signature", bytes(image().put(at.coff - 4, "<I", 0x00004C45).bytes), []
    yield "header-far-away", bytes(image().put(0x3C, "<I", 0x7FFFFFF0).bytes), []
    yield "header-before-file", bytes(image().put(0x3C, "<I", 0xFFFFFFFC).bytes), []
    yield "64-bit", bytes(image().put(at.coff, "<H", 0x8664).put(at.optional, "<H", 0x20B).bytes), ["64-bit"]
    yield "other-machine", bytes(image().put(at.coff, "<H", 0x01C0).bytes), []
    yield "no-sections", bytes(image().put(at.coff + 2, "<H", 0).bytes), []
    yield "many-sections", bytes(image().put(at.coff + 2, "<H", 0xFFFF).bytes), []
    yield "no-optional-header", bytes(image().put(at.coff + 16, "<H", 0).bytes), []
    yield "entry-outside", bytes(image().put(at.optional + 16, "<I", 0x7FFFFFFF).bytes), []
    yield "unaligned-base", bytes(image().put(at.optional + 28, "<I", 0x00401234).bytes), []
    yield "image-of-4-gb", bytes(image().put(at.optional + 56, "<I", 0xFFFFFFFF).bytes), []
    yield "image-of-no-size", bytes(image().put(at.optional + 56, "<I", 0).bytes), []
    yield "headers-larger-than-file", bytes(image().put(at.optional + 60, "<I", 0x7FFFF000).bytes), []
    yield "imports-outside", bytes(image().put(at.optional + 104, "<I", 0x7FFF0000).bytes), []
    yield "section-outside-image", bytes(image().put(at.section(1) + 12, "<I", 0x7FFF0000).bytes), []
    yield "section-past-file", bytes(image().put(at.section(0) + 20, "<I", 0x7FFFFE00).bytes), []
    yield "huge-section", bytes(image().put(at.section(0) + 8, "<I", 0xFFFFF000).bytes), []
    first = struct.unpack_from("<I", whole, at.section(0) + 12)[0]
    yield "overlapping-sections", bytes(image().put(at.section(1) + 12, "<I", first).bytes), []
    yield "missing-dll", bytes(image().replace(b"msvcrt.dll\0", b"nowher.dll\0").bytes), ["nowher.dll"]
    yield "missing-import", bytes(image().replace(b"__getmainargs\0", b"__getmainorgs\0").bytes), [
        "__getmainorgs", "msvcrt.dll"]


def options(program, absent):
    """(name, arguments of `pagewalk run`, texts that the message must contain)."""
    for ram in ("1023K", "1048575", "banana", "-1", "0", "", "16X", "1K", "99999999999999999999", "1e3M", "0x10"):
        yield f"ram-{ram}", [f"--ram={ram}", program], ["ram"]
    for size in ("lots", "1M:", ":1M", "2M:1M", "64G", "-5M"):
        yield f"pagefile-{size}", [f"--pagefile={size}", program], ["pagefile", f"'{size}'"]
    yield "clock", ["--clock=cuckoo", program], ["clock"]
    yield "log-level", ["--log-level=shout", program], ["log-level"]
    yield "log-file", ["--log-level=trace", f"--log-file={program}/log", program], ["log"]
    yield "log-folder", ["--log-level=trace", f"--log-file={absent}/log", program], [absent]
    yield "statistics", ["--stats=xml", program], ["stats"]
    for form in (["--stats=json"], []):
        yield "statistics-file", [*form, f"--stats-file={absent}/s", program], [absent]
    for count in ("some", "-1", "-5", "", "0x10", "1.5", "99999999999999999999999"):
        yield f"instructions-{count}", [f"--max-instructions={count}", program], ["max-instructions"]
    for number in ("some", "-1", "0", "4294967297", "99999999999999999999"):
        yield f"processes-{number}", [f"--max-processes={number}", program], ["max-processes", number]
    for seed in ("-1", "seed", "", "18446744073709551616"):
        yield f"aslr-{seed}", [f"--aslr={seed}", program], ["aslr"]
    yield "too-many-programs", ["--max-processes=1", program, "--and", program], ["max-processes", "2 programs"]
    yield "root-empty", ["--root", "", program], ["root", "empty"]
    yield "disk-empty", ["--root=.", "--disk", "", program], ["disk"]
    for size in ("lots", "-1", "17000G", "1.5G"):
        yield f"disk-{size}", ["--root=.", f"--disk={size}", program], ["disk"]
    yield "root-absent", ["--root", absent, program], ["root", absent]
    yield "unknown-option", ["--colour", program], ["colour"]
    yield "no-program", [], []
    yield "absent-program", [f"{absent}/program.exe"], [f"{absent}/program.exe"]
    yield "folder", ["/"], []


def run(pagewalk, arguments, command="run", **more):
    return subprocess.run([pagewalk, command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=SECONDS, check=False, **more)


def complaint(done, texts):
    """Why this is not how Pagewalk refuses, or None."""
    said = done.stderr.decode(errors="replace")
    if done.returncode != CANNOT_RUN:
        return f"expected exit code {CANNOT_RUN}, got {done.returncode}"
    if not said.startswith("pagewalk: "):
        return "the message does not begin with \"pagewalk: \""
    if said.count("\n") > 4 or max(map(len, said.split("\n"))) > 400:
        return "the message is too long"
    if done.stdout:
        return "the guest ran"
    missing = [text for text in texts if text.lower() not in said.lower()]
    return f"the message does not say {missing}" if missing else None


def no_room(pagewalk, program, pagefile):
    """A host that has no room for the paging file: larger files than 1 MB are refused."""
    return run(pagewalk, [f"--pagefile={pagefile}", program],
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))


def outcomes(pagewalk, program, folder):
    """(name, what Pagewalk did, texts) of every case."""
    for name, content, texts in images(program):
        path = Path(folder) / f"{name}.exe"
        path.write_bytes(content)
        yield name, run(pagewalk, [str(path)]), [path.name, *texts]
        if not name.startswith("missing"):  # there the process begins, and halts
            yield f"{name}-debugged", run(pagewalk, [str(path)], "debug"), [path.name, *texts]
    absent = Path(folder) / "absent"
    for name, arguments, texts in options(program, str(absent)):
        yield name, run(pagewalk, arguments), texts
    assert not absent.exists()
    yield "no-room", no_room(pagewalk, program, "256M"), ["paging file of up to 256 MB"]
    # A guest could tell, from how far it grows, how full the host's disk is.
    yield "no-room-to-grow", no_room(pagewalk, program, "512K:32M"), ["paging file of up to 32 MB"]


def main():
    pagewalk, program = sys.argv[1:3]
    count = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, done, texts in outcomes(pagewalk, program, folder):
            count += 1
            why = complaint(done, texts)
            if why:
                failures += 1
                print(f"{name}: {why}\n  said: {done.stderr.decode(errors='replace').strip()}")
    print(f"{count} cases, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
