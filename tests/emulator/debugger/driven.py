"""Driving `pagewalk debug --json` from a test, and reading what it left: answers, halts, the guest's own output."""
import json
import re
import struct
import subprocess
import tempfile
from pathlib import Path

TARGET = "i686-w64-mingw32-"
HEX = r"[0-9a-f]+"


def output_of(*command):
    return subprocess.run([str(c) for c in command], capture_output=True, check=True, text=True, timeout=120).stdout


ADDRESSES = set("address base end eip instruction return_address child_ebp teb peb exception_list stack_base stack_limit "
                "deallocation_stack self tls_storage image_base ldr process_parameters process_heap "
                "eax ebx ecx edx esi edi esp ebp".split())


def with_numbers(record):
    """Addresses stand there as strings: JSON has no hexadecimal."""
    for key, value in record.items():
        if key in ADDRESSES and isinstance(value, str) and re.fullmatch(r"0x[0-9a-f]{8}", value):
            record[key] = int(value, 16)
    return record


class Transcript:
    """Of one session. Every line is one JSON object: a halt, an answer, or something that the guest wrote."""

    def __init__(self, done):
        self.exit_code, self.errors = done.returncode, done.stderr
        self.records = [json.loads(line, object_hook=with_numbers) for line in done.stdout.split("\n") if line]
        self.guest = "".join(r.get("output", "") for r in self.records).splitlines()
        self.guest_errors = "".join(r.get("error_output", "") for r in self.records)
        self.debug_output = [r for r in self.records if "debug_output" in r]
        self.answers = [r for r in self.records if "command" in r]
        self.halts = [r for r in self.records if "halt" in r]

    def every(self, command):
        return [a for a in self.answers if a["command"] == command]

    def of(self, command):
        found = self.every(command)
        return found[0] if found else {"ok": False, "text": "", "error": "never executed", "data": None}

    def data(self, command):
        return self.of(command).get("data")

    def text(self, command):
        return self.of(command).get("text", "")

    def halts_at(self, command):
        """The halt that follows each execution of `command`."""
        found = []
        for at, record in enumerate(self.records):
            if record.get("command") == command:
                found.append(next((r for r in self.records[at + 1:] if "halt" in r), {}))
        return found


class Pagewalk:
    def __init__(self, command, guest):
        self.command, self.guest = str(command), Path(guest)
        self.used = set()  # every command that was executed, as typed

    def program(self, name):
        return self.guest / f"{name}.exe"

    def run(self, name, *arguments, options=()):
        return subprocess.run([self.command, "run", *options, self.program(name), *arguments], capture_output=True,
                              text=True, timeout=1200)

    def debug_text(self, name, lines, *arguments, options=()):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "script.dbg"
            script.write_text("\n".join(lines) + "\n")
            return subprocess.run([self.command, "debug", "-x", script, *options, self.program(name), *arguments],
                                  capture_output=True, text=True, errors="replace", timeout=1200)

    def debug(self, name, lines, *arguments, options=()):
        transcript = Transcript(self.debug_text(name, lines, *arguments, options=("--json", *options)))
        self.used |= {a["command"] for a in transcript.answers}
        return transcript


class Ram:
    """What .dump wrote, walked as the Intel SDM says (32-bit paging)."""

    def __init__(self, path):
        self.bytes = Path(path).read_bytes()

    def word(self, at):
        return struct.unpack_from("<I", self.bytes, at)[0]

    def walk(self, directory, address):
        """Where PDE and PTE lie, what they are, and the physical address; None for what there is not."""
        pde_at = (directory << 12) + (address >> 22) * 4
        pde = self.word(pde_at)
        if not pde & 1:
            return pde_at, pde, None, None, None
        pte_at = (pde & ~0xFFF) + (address >> 12 & 0x3FF) * 4
        pte = self.word(pte_at)
        return pde_at, pde, pte_at, pte, (pte & ~0xFFF) + (address & 0xFFF) if pte & 1 else None

    def valid_pages(self, directory):
        """Address and PTE of every page that is mapped."""
        for i in range(1024):
            pde = self.word((directory << 12) + i * 4)
            for j in range(1024) if pde & 1 else ():
                pte = self.word((pde & ~0xFFF) + j * 4)
                if pte & 1:
                    yield i << 22 | j << 12, pte

    def read(self, directory, address, size):
        data = b""
        while len(data) < size:
            part = min(size - len(data), 0x1000 - (address + len(data)) % 0x1000)
            physical = self.walk(directory, address + len(data))[4]
            if physical is None:
                return data
            data += self.bytes[physical:physical + part]
        return data


class Code:
    """What objdump and nm say of an image."""

    def __init__(self, path):
        self.path, self.instructions, self.functions = str(path), {}, {}
        for line in output_of(TARGET + "objdump", "-d", "-j", ".text", "--insn-width=16", path).splitlines():
            match = re.match(rf"\s*({HEX}):\t((?:[0-9a-f]{{2}} )+)\s*(.*)", line)
            if match:
                self.instructions[int(match[1], 16)] = (match[2].replace(" ", ""), match[3].strip())
        for line in output_of(TARGET + "nm", path).splitlines():
            match = re.match(rf"({HEX}) ([TtDdBbRr]) _?([^.].*)$", line)
            if match:
                self.functions.setdefault(match[3], int(match[1], 16))
        self.order = sorted(self.instructions)

    def address(self, name):
        return self.functions[name]

    def from_address(self, at, count):
        start = self.order.index(at)
        return self.order[start:start + count]

    def after(self, at):
        return self.from_address(at, 2)[1]

    def function(self, name):
        """Its instructions, up to where the next symbol begins."""
        begin = self.address(name)
        end = min(a for n, a in self.functions.items() if a > begin and a in self.instructions)
        return [a for a in self.order if begin <= a < end]

    def calls_in(self, name):
        return [a for a in self.function(name) if self.instructions[a][1].startswith("call")]

    def name_at(self, address):
        return next(n for n, a in self.functions.items() if a == address)

    def header(self, field):
        return int(re.search(rf"^{field}\s+({HEX})", output_of(TARGET + "objdump", "-p", self.path), re.MULTILINE)[1],
                   16)
