#!/usr/bin/env python3
"""Compares what the debugger knows about images with what nm, addr2line and objdump say of them.

Usage: symbols.py SYMBOL_PROBE GUEST_FOLDER
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from check import Check  # noqa: E402

TARGET = "i686-w64-mingw32-"
SAMPLE = Path(__file__).with_name("sample.c")
VARIANTS = {
    "plain": ["-g", "-O0"],
    "optimized": ["-g", "-O2"],
    "older": ["-g", "-gdwarf-4", "-O2"],
    "names": ["-O1"],
    "stripped": ["-O2", "-s"],
    "library": ["-O1", "-s", "-shared", "-DLIBRARY"],
}
DAMAGED_COPIES = 150
HEX = r"[0-9a-f]+"


def run(*command, text=None):
    return subprocess.run(command, input=text, capture_output=True, check=True, text=True, timeout=300).stdout


class Image:
    def __init__(self, probe, path):
        self.probe, self.path = probe, str(path)

    def ask(self, commands):
        """The answer to each command: a list of lines."""
        commands = list(commands)
        output = run(self.probe, self.path, text="".join(c + "\n" for c in commands))
        answers, lines = [], []
        for line in output.splitlines():
            if line == ".":
                answers.append(lines)
                lines = []
            else:
                lines.append(line)
        assert len(answers) == len(commands), f"{self.path}: {len(answers)} answers to {len(commands)} questions"
        return answers

    def objdump(self, *options):
        return run(TARGET + "objdump", *options, self.path)

    def instructions(self):
        """Of .text: address -> bytes, in order."""
        found = {}
        for line in self.objdump("-d", "-j", ".text", "--insn-width=16").splitlines():
            match = re.match(rf"\s*({HEX}):\t((?:[0-9a-f]{{2}} )+)\s*(.*)", line)
            if match:
                found[int(match[1], 16)] = (match[2].replace(" ", ""), match[3])
        return found


# --- Names.

def nm_symbols(image):
    """Address, kind and name of every symbol in a section that nm lists, but sections and what the linker made up."""
    for line in run(TARGET + "nm", image.path).splitlines():
        match = re.match(rf"({HEX}) ([TtDdBbRr]) ([^.].*)$", line)
        if match:
            yield int(match[1], 16), match[2], match[3]


def display_name(name):
    name = re.sub(r"(?<=.)@\d+$", "", name) if not name.startswith("@") else re.sub(r"^@(.*)@\d+$", r"\1", name)
    return name[1:] if name.startswith("_") else name


def check_names(image, check):
    ours = set()
    for line in image.ask(["names"])[0]:
        address, decorated, name = line.split(" ")
        ours.add((int(address, 16), decorated))
        check.same(f"{image.path}: display of {decorated}", name, display_name(decorated))
    theirs = list(nm_symbols(image))
    for address, _, name in theirs:
        # Section-less marks that lie past the last section are nobody's.
        check.same(f"{image.path}: {name} at {address:08x}", (address, name) in ours, True)
    addresses = {}
    for address, _, name in theirs:
        addresses.setdefault(name.lower(), set()).add(address)
        addresses.setdefault(display_name(name).lower(), set()).add(address)
    unique = [(name, min(where)) for name, where in addresses.items() if len(where) == 1]
    for (name, address), answer in zip(unique, image.ask(f"find {n}" for n, _ in unique)):
        check.same(f"{image.path}: find {name}", answer, [f"{address:08x}"])


def check_cpp_names(image, check):
    """Display names are c++filt's without parameters."""
    names = [line.split(" ", 2) for line in image.ask(["names"])[0]]
    mangled = [(int(address, 16), decorated, name) for address, decorated, name in names if decorated.startswith("__Z")]
    check.same(f"{image.path}: C++ names", len(mangled) > 100, True)
    theirs = run(TARGET + "c++filt", "-p", "-i", text="".join(d + "\n" for _, d, _ in mangled)).splitlines()
    for (_, decorated, name), wanted in zip(mangled, theirs):
        # c++filt does not tell clones apart.
        check.same(f"{image.path}: display of {decorated}", re.sub(r"( \[clone \S+\])+$", "", name), wanted)
    addresses = {}
    for address, _, name in mangled:
        addresses.setdefault(name.lower(), set()).add(address)
    plain = [(n, min(w)) for n, w in addresses.items() if len(w) == 1 and re.fullmatch(r"[\w:~]+", n)]
    check.same(f"{image.path}: C++ names to find", len(plain) > 20, True)
    for (name, address), answer in zip(plain, image.ask(f"find {n}" for n, _ in plain)):
        check.same(f"{image.path}: find {name}", answer, [f"{address:08x}"])
    for (address, decorated, _), answer in zip(mangled[::9], image.ask(f"find {d[1:]}" for _, d, _ in mangled[::9])):
        check.same(f"{image.path}: find {decorated}", answer, [f"{address:08x}"])


def check_nearest(image, check):
    module = Path(image.path).stem
    names = {}
    for address, kind, name in nm_symbols(image):
        if kind in "Tt":
            names.setdefault(address, set()).add(f"{module}!{display_name(name)}")
    code = image.instructions()
    starts = sorted(names)
    questions = [a for a in starts if a in code]
    for address, answer in zip(questions, image.ask(f"near {a:x}" for a in questions)):
        check.same(f"{image.path}: near {address:08x}", answer[0] in names[address], True)
    inside = [(a, max(s for s in starts if s <= a)) for a in list(code)[::7] if starts and a >= starts[0]]
    for (address, start), answer in zip(inside, image.ask(f"near {a:x}" for a, _ in inside)):
        name, _, displacement = answer[0].partition("+")
        check.same(f"{image.path}: near {address:08x}", int(displacement or "0", 16), address - start)
        check.same(f"{image.path}: near {address:08x}", name in names[start], True)


def check_exports(image, check):
    table = image.objdump("-p").split("[Ordinal/Name Pointer] Table", 1)[1]
    addresses = image.objdump("-p").split("Export Address Table", 1)[1].split("[Ordinal", 1)[0]
    base = int(re.search(rf"ImageBase\s+({HEX})", image.objdump("-p"))[1], 16)
    by_index = {int(i): base + int(a, 16) for i, a in
                re.findall(rf"\[\s*(\d+)\] \+base\[\s*\d+\] ({HEX}) Export RVA", addresses)}
    names = re.findall(r"^\s*\[\s*(\d+)\] (?:\+base\[\s*\d+\]\s+[0-9a-f]+ )?(\S+)$", table, re.MULTILINE)
    check.same(f"{image.path}: exports found", len(names) >= 4, True)
    names = [(i, n) for i, n in names if int(i) in by_index]  # without forwarders
    for (index, name), answer in zip(names, image.ask(f"find {n}" for _, n in names)):
        check.same(f"{image.path}: export {name}", answer, [f"{by_index[int(index)]:08x}"])


# --- Source lines.

def plain_line(text):
    """addr2line's answer as "file:line" with the file's last part."""
    path, _, line = re.sub(r" \(discriminator \d+\)$", "", text).rpartition(":")
    return f"{Path(path).name}:{line}" if line.isdigit() and line != "0" else "?"


def check_lines(image, check):
    addresses = [f"{a:x}" for a in image.instructions()]
    theirs = run(TARGET + "addr2line", "-e", image.path, *addresses).splitlines()
    for address, answer, wanted in zip(addresses, image.ask(f"line {a}" for a in addresses), theirs):
        ours = answer[0] if answer[0] == "?" else plain_line(answer[0])
        check.same(f"{image.path}: line at {address}", ours, plain_line(wanted))


def check_addresses_of_lines(image, check):
    rows = re.findall(rf"^sample\.c\s+(\d+)\s+0x({HEX})", image.objdump("--dwarf=decodedline"), re.MULTILINE)
    lowest = {}
    for line, address in rows:
        lowest[int(line)] = min(lowest.get(int(line), 1 << 32), int(address, 16))
    check.same(f"{image.path}: lines with code", len(lowest) > 20, True)
    answers = zip(lowest, image.ask(f"find sample.c:{line}" for line in lowest))
    overruled = 0
    for line, answer in answers:
        overruled += answer != [f"{lowest[line]:08x}"]
    # Rows without length are overruled by the next one, so a few lines begin later; without optimization none does.
    most = 0 if Path(image.path).stem == "plain" else len(lowest) // 4
    check.same(f"{image.path}: few lines begin elsewhere", overruled <= most, True)


# --- Frames and variables.

def check_unwind_rows(image, check):
    columns, rows = [], []
    for line in image.objdump("--dwarf=frames-interp").splitlines():
        words = line.split()
        if words[:2] == ["LOC", "CFA"]:
            columns = words[2:]
        elif columns and len(words) == len(columns) + 2 and re.fullmatch(rf"{HEX} [a-z]\S* [a-z].*", " ".join(words)):
            if int(words[0], 16) != 0 and "cie=" not in line:  # 0: of a CIE
                rows.append((words[0], words[1], dict(zip(columns, words[2:]))))
    check.same(f"{image.path}: frame rows", len(rows) > 10, True)
    for (address, cfa, rules), answer in zip(rows, image.ask(f"unwind {a}" for a, _, _ in rows)):
        wanted = [rules.get(r, "u") for r in ("ebx", "ebp", "esi", "edi", "ra")]
        # objdump prints u for what was never said, which the ABI takes for "unchanged".
        wanted = " ".join(w if w != "u" else "s" for w in wanted)
        check.same(f"{image.path}: frame row at {address}", answer[0], f"{address} {cfa} {wanted}")


SIZES = {"left": 4, "right": 4, "sum": 4, "first": 4, "second": 4, "copy": 8, "depth": 4, "buffer": 16, "count": 4,
         "total": 4, "i": 4, "wide": 8, "where": 8, "argc": 4, "argv": 4}


def debug_functions(image):
    """Function -> its code's begin and end, and name -> offset of every variable that lies on the frame."""
    functions, entry = {}, {}

    def finish():
        kind, name = entry.get("tag"), entry.get("name")
        if kind == "DW_TAG_subprogram" and name and "low" in entry:
            functions[name] = (entry["low"], entry["low"] + entry["size"], {})
        elif kind in ("DW_TAG_variable", "DW_TAG_formal_parameter") and name and "offset" in entry and functions:
            list(functions.values())[-1][2][name] = entry["offset"]

    for line in image.objdump("--dwarf=info").splitlines():
        if match := re.search(r"Abbrev Number: \d+ \((\w+)\)", line):
            finish()
            entry = {"tag": match[1]}
        elif match := re.search(r"DW_AT_name\s+:.*?([^ :)\t]+)\s*$", line):
            entry["name"] = match[1]
        elif match := re.search(rf"DW_AT_low_pc\s+: 0x({HEX})", line):
            entry["low"] = int(match[1], 16)
        elif match := re.search(rf"DW_AT_high_pc\s+: 0x({HEX})", line):
            entry["size"] = int(match[1], 16)
        elif match := re.search(r"DW_AT_location.*\(DW_OP_fbreg: (-?\d+)\)", line):
            entry["offset"] = int(match[1])
    finish()
    return functions


def check_variables(image, check):
    functions = debug_functions(image)
    compared = 0
    for function in ("add", "standard", "quick", "recursive", "work", "main"):
        begin, end, offsets = functions[function]
        check.same(f"{image.path}: function {function}", image.ask([f"function {begin + 1:x}"]),
                   [[f"{begin:08x} {end:08x}"]])
        seen = {}
        for answer in image.ask(f"variables {at:x}" for at in range(begin, end)):
            for line in answer:
                _, name, size, place = line.split(" ")[:4]
                seen[name] = (int(size), place)
        for name, offset in offsets.items():
            compared += 1
            check.same(f"{image.path}: {function}'s {name}", seen.get(name), (SIZES[name], f"[{0x10000 + offset:08x}]"))
    check.same(f"{image.path}: variables compared", compared >= 18, True)


# --- Code.

def check_code(image, check):
    code = image.instructions()
    addresses = list(code)
    answers = image.ask(f"forward {a:x} 1" for a in addresses)
    for address, answer in zip(addresses, answers):
        line = answer[-1].split()
        data, text = code[address]
        # objdump takes a wait before an x87 instruction for its prefix, and cuts instructions short at symbols.
        if re.match(r"\(bad\)|\.byte|f(stsw|stcw|init|clex|save)", text) or line[2] == "???":
            continue
        check.same(f"{image.path}: bytes at {address:08x}", line[:2], [f"{address:08x}", data])


def check_backwards(image, check, is_stripped):
    code = image.instructions()
    addresses = list(code)
    pairs = [(a, b) for a, b in zip(addresses, addresses[1:]) if "(bad)" not in code[a][1]][: 1500]
    right = 0
    for (before, _), answer in zip(pairs, image.ask(f"backward {b:x} 1" for _, b in pairs)):
        right += bool(answer) and int(answer[-1].split()[0], 16) == before
    # Without names a few starts are guessed wrongly, as in every debugger.
    enough = len(pairs) * (0.95 if is_stripped else 0.999)
    check.same(f"{image.path}: {right} of {len(pairs)} instructions found backwards", right >= enough, True)


# --- All.

def build(folder, name, flags):
    path = Path(folder) / (name + (".dll" if name == "library" else ".exe"))
    run(TARGET + "gcc", "-Wall", *flags, str(SAMPLE), "-o", str(path))
    return path


def check_sample(image, name, check):
    check_code(image, check)
    check_backwards(image, check, "-s" in VARIANTS[name])
    if name == "library":
        check_exports(image, check)
    if "-s" not in VARIANTS[name]:
        check_names(image, check)
        check_nearest(image, check)
    if "-g" in VARIANTS[name]:
        check_lines(image, check)
        check_addresses_of_lines(image, check)
        check_unwind_rows(image, check)
    if name == "plain":
        check_variables(image, check)


def check_damaged(probe, path, check):
    done = subprocess.run([probe, path, "1", str(DAMAGED_COPIES)], capture_output=True, text=True, timeout=1200)
    print(f"{Path(path).name}: {done.stdout.strip()}")
    check.same(f"damaged copies of {path}", (done.returncode, done.stderr), (0, ""))


def main():
    probe, guest = sys.argv[1], Path(sys.argv[2])
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        for name, flags in VARIANTS.items():
            path = build(folder, name, flags)
            check_sample(Image(probe, path), name, check)
            check_damaged(probe, str(path), check)
        check_exports(Image(probe, guest / "kernel32.dll"), check)
        check_cpp_names(Image(probe, guest / "cpp_exceptions.exe"), check)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
