"""dt and dv, against gdb's view of the same debugging data, and against what the compiler says in the program itself."""
import re
import subprocess
import tempfile
from pathlib import Path

from driven import TARGET, output_of

PROGRAM = "types_tour"
SOURCE = Path(__file__).parents[3] / "guest/programs/types_tour.cpp"
STRUCTURES = ("Point", "Number", "Node", "Everything")
AT_STOP = [f"bp {PROGRAM}!stop", "g", ".frame 1"]


def gdb(path, *expressions):
    """What gdb answers to each line, without running anything."""
    lines = [word for e in expressions for word in ("-ex", e, "-ex", r"echo \n@@\n")]
    answers = subprocess.run(["gdb", "-nx", "-batch", *lines, str(path)], capture_output=True, text=True, timeout=120).stdout
    return [a.strip() for a in answers.split("@@\n")][:len(expressions)]


def numbers_of_gdb(path, *expressions):
    return [int(re.search(r"= .*?(-?\d+)(?: |$)", a)[1]) for a in gdb(path, *(f"print/d {e}" for e in expressions))]


def bits_by_gdb(path, structure):
    """Name -> first bit and number of bits."""
    found = {}
    for line in gdb(path, f"ptype /o struct {structure}")[0].splitlines():
        if match := re.match(r"/\*\s*(\d+): ?(\d+)\s*\|.*\s(\w+) : (\d+);", line):
            found[match[3]] = (int(match[1]) * 8 + int(match[2]), int(match[4]))
    return found


def fields(done, command):
    return {f["name"]: f for f in done.data(command)["fields"]}


def check_layout_of(pagewalk, check, what, path, reference=None):
    """Offsets, bits and sizes of one build of the program. gdb reads the reference, when it cannot read that build."""
    lines = [f"dt {PROGRAM}!{s}" for s in (*STRUCTURES, "Flags", "Square")]
    done = pagewalk.debug(path.resolve().with_suffix(""), [*lines, "q"])
    path = reference or path
    compared = 0
    for structure in STRUCTURES:
        ours = fields(done, f"dt {PROGRAM}!{structure}")
        names = list(ours)
        theirs = numbers_of_gdb(path, *(f"(unsigned)&(('{structure}'*)0)->{n}" for n in names), f"sizeof('{structure}')")
        check.same(f"{what}: dt {structure}: offsets", [ours[n]["offset"] for n in names], theirs[:-1])
        check.same(f"{what}: dt {structure}: size", done.data(f"dt {PROGRAM}!{structure}")["size"], theirs[-1])
        text = gdb(path, f"ptype struct {structure}" if structure != "Number" else "ptype union Number")[0]
        check.same(f"{what}: dt {structure}: no field is missing", len([n for n in names if re.search(rf"\b{n}\b", text)]), len(names))
        compared += len(names)
    check.same(f"{what}: fields compared", compared, 2 + 3 + 4 + 35)
    flags = {n: (f["offset"] * 8 + f["bit"], f["bits"]) for n, f in fields(done, f"dt {PROGRAM}!Flags").items() if "bit" in f}
    check.same(f"{what}: bit-fields", flags, bits_by_gdb(path, "Flags"))
    check.true(f"{what}: enough bit-fields", len(flags) >= 6)  # clang does not say that a whole byte is one
    square = fields(done, f"dt {PROGRAM}!Square")
    theirs = numbers_of_gdb(path, *(f"(unsigned)&(('Square'*)0)->{n}" for n in ("id_", "label", "side_")), "&Shape::made")
    check.same(f"{what}: bases", [square[n]["offset"] for n in ("id_", "label", "side_")], theirs[:3])
    check.same(f"{what}: a static member", int(square["made"]["address"], 0) if isinstance(square["made"]["address"], str)
               else square["made"]["address"], theirs[3])


def check_layouts(pagewalk, check):
    check_layout_of(pagewalk, check, "as built", pagewalk.program(PROGRAM))
    gcc, clang = ["i686-w64-mingw32-g++"], ["clang++", "--target=i686-w64-mingw32", "-w"]
    builds = {
        "gcc, DWARF 4": [*gcc, "-gdwarf-4", "-gstrict-dwarf"],
        "gcc, DWARF 3": [*gcc, "-gdwarf-3"],
        "clang, DWARF 4": [*clang, "-gdwarf-4"],
        "clang, DWARF 5": [*clang, "-gdwarf-5"],
    }
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for what, compiler in builds.items():
            path = paths[what] = Path(folder) / what.replace(", ", "_").replace(" ", "_") / f"{PROGRAM}.exe"
            path.parent.mkdir()
            output_of(*compiler, "-O1", "-std=gnu++20", "-c", SOURCE, "-o", path.with_suffix(".o"))
            output_of(TARGET + "g++", "-static", path.with_suffix(".o"), "-o", path)
            # Debian's gdb looks in vain for .debug_line_str, whose name is too long for it in a PE file.
            reference = paths["clang, DWARF 4"] if what == "clang, DWARF 5" else None
            check_layout_of(pagewalk, check, what, path, reference)


def check_what_the_program_says(pagewalk, check):
    """offsetof and sizeof, as the program prints them."""
    said = [line.split() for line in pagewalk.run(PROGRAM).stdout.splitlines()[:-1]]
    structures = sorted({line[0] for line in said})
    done = pagewalk.debug(PROGRAM, [f"dt {PROGRAM}!{s}" for s in structures] + ["q"])
    check.true("enough is said", len(said) > 20)
    for structure, field, offset, size in said:
        answer = done.data(f"dt {PROGRAM}!{structure}")
        if field == "-":
            check.same(f"sizeof({structure})", answer["size"], int(size))
        else:
            check.same(f"offsetof({structure}, {field})", fields(done, f"dt {PROGRAM}!{structure}")[field]["offset"], int(offset))


NUMBERS = ("letter", "minus", "byte", "yes", "wide", "little", "unsigned_little", "number", "mask", "huge", "vast", "first_way",
           "color", "unknown", "level")
BITS = ("ready", "kind", "count", "balance", "small", "level", "wide")


def check_values(pagewalk, check):
    """Of a global that nothing has changed: gdb reads the same bytes in the file."""
    everything = f"dt {PROGRAM}!everything"
    done = pagewalk.debug(PROGRAM, [everything, f"{everything} flags.", f"dt {PROGRAM}!everything -a grid corners", f"dt {PROGRAM}!favourite",
                                    f"dt -a {PROGRAM}!row", f"dt {PROGRAM}!everything corners[1] flags.kind value.whole", "dt Color",
                                    f"dt {PROGRAM}!everything nothing*", f"dt {PROGRAM}!everything unnamed.", "q"])
    path, ours = pagewalk.program(PROGRAM), fields(done, everything)
    for name, value in zip(NUMBERS, numbers_of_gdb(path, *(f"(long long)everything.{n}" for n in NUMBERS))):
        shown = ours[name]["value"]
        check.same(f"dt: {name}", (shown["value"] if isinstance(shown, dict) else int(shown)) % (1 << 64), value % (1 << 64))
    bits = {f["name"]: f for f in fields(done, f"{everything} flags.")["flags"]["fields"]}
    for name, value in zip(BITS, numbers_of_gdb(path, *(f"everything.flags.{n}" for n in BITS))):
        check.same(f"dt: bit-field {name}", bits[name]["value"], value % (1 << bits[name]["bits"]))
        check.true(f"dt: bit-field {name}: its digits", f" : 0y{value % (1 << bits[name]['bits']):0{bits[name]['bits']}b}" in
                   done.text(f"{everything} flags."))
    # As WinDbg writes it (Microsoft, "dt"; WinDbg's own transcripts); addresses are the linker's.
    node, function, number, text, other = (re.search(r"0x([0-9a-f]+)", a)[1] for a in gdb(
        path, "print &first", "print by_weight", "print &everything.number", "print everything.words", "print everything.wide_words"))
    for line in ("   +0x000 letter           : 0n98 'b'", "   +0x002 byte             : 0xc8 '.'", "   +0x003 yes              : 1",
                 "   +0x00c number           : 0n-123456789", "   +0x020 vast             : 0xffffe86d`079b8000",
                 "   +0x028 single           : 1.5", "   +0x030 twice            : -2.25", "   +0x038 extended         : 3.5",
                 "   +0x044 color            : 5 ( Green )", "   +0x048 unknown          : 0x4d (No matching name)",
                 '   +0x04d text             : [16]  "sixteen bytes"', '   +0x05e wide_text        : [8]  "wide"',
                 f'   +0x070 words            : 0x{int(text, 16):08x}  "pointed to"',
                 f'   +0x074 wide_words       : 0x{int(other, 16):08x}  "wide, too"', "   +0x078 nothing          : (null)",
                 f"   +0x07c to_number        : 0x{int(number, 16):08x}  -> 0n-123456789",
                 f"   +0x084 list             : 0x{int(node, 16):08x} Node",
                 f"   +0x08c compare          : 0x{int(function, 16):08x}     int  {PROGRAM}!by_weight+0",
                 "   +0x090 corners          : [3] Point", "   +0x0a8 grid             : [2][3] 0n1",
                 "   +0x0d4 unnamed          : <unnamed-tag>"):
        check.true(f"dt: {line}", line + "\n" in done.text(everything))
    grid = fields(done, f"dt {PROGRAM}!everything -a grid corners")
    check.same("dt -a: numbers", grid["grid"]["elements"], [1, 2, 3, 4, 5, 6])
    check.same("dt -a: structures", [[f["value"] for f in e["fields"]] for e in grid["corners"]["elements"]], [[1, 2], [3, 4], [5, 6]])
    check.same("dt of a variable", done.text(f"dt {PROGRAM}!favourite"), "5 ( Green )\n")
    check.same("dt -a of an array", done.data(f"dt -a {PROGRAM}!row")["elements"], list(range(1, 13)))
    parts = fields(done, f"dt {PROGRAM}!everything corners[1] flags.kind value.whole")
    check.same("dt with fields", [parts[n]["fields"] for n in ("flags", "value")][0][0]["value"], 5)
    check.same("dt with an element", (parts["corners[1]"]["offset"], parts["value"]["fields"][0]["value"]), (0x90, 0x3FC00000))
    check.same("dt of an enumeration", done.text("dt Color"), f"{PROGRAM}!Color\n   Red = 0n0\n   Green = 0n5\n   Blue = 0n-1\n")
    check.same("dt FIELD*", list(fields(done, f"dt {PROGRAM}!everything nothing*")), ["nothing"])
    inner = fields(done, f"dt {PROGRAM}!everything unnamed.")["unnamed"]["fields"]
    check.same("members without names", [(f["name"], f["offset"], f["value"]) for f in inner],
               [("inner", 0, 7), ("as_unsigned", 4, 0x40200000), ("as_float", 4, 2.5)])


def check_recursion(pagewalk, check):
    lines = ["dt -r Node", f"dt -r1 {PROGRAM}!to_first", f"dt -r {PROGRAM}!to_first", f"dt Node {PROGRAM}!first -l next",
             f"dt {PROGRAM}!Node where.x {PROGRAM}!second", "dt Node @esp+100000", "dt -b Everything", f"dt {PROGRAM}!*ode*", f"dt -v {PROGRAM}!Node",
             "dt nosuch", f"dt {PROGRAM}!Node nosuch", "dt", "dt -q Node", "dt ntdll!_TEB @$teb", f"dt {PROGRAM}!diamond", f"dt {PROGRAM}!entries", "q"]
    done = pagewalk.debug(PROGRAM, AT_STOP + lines)
    check.same("dt -r of a type that leads to itself", [f["name"] for f in done.data("dt -r Node")["fields"]], ["next", "name", "where", "weights"])
    names, at = [], done.data(f"dt -r {PROGRAM}!to_first")["fields"]
    while at:
        values = {f["name"]: f for f in at}
        names.append(re.search(rf'"(\w+)"', done.text(f"dt -r {PROGRAM}!to_first").split(values["name"]["value"])[0] + '"none"') and values["where"]["fields"][0]["value"])
        at = values["next"].get("fields")
    check.same("dt -r goes along a list", names, [1, 3, 5])
    check.true("dt -r1: one level", "third" not in done.text(f"dt -r1 {PROGRAM}!to_first") and "second" in done.text(f"dt -r1 {PROGRAM}!to_first"))
    listed = done.data(f"dt Node {PROGRAM}!first -l next")["list"]
    theirs = numbers_of_gdb(pagewalk.program(PROGRAM), "(unsigned)&first", "(unsigned)first.next", "(unsigned)second.next")
    check.same("dt -l", [e["address"] for e in listed], theirs)
    only = fields(done, f"dt {PROGRAM}!Node where.x {PROGRAM}!second")
    check.same("dt TYPE FIELD.FIELD ADDRESS", (list(only), only["where"]["fields"]), (["where"], [{"name": "x", "offset": 0, "type": "Int4B", "value": 3}]))
    check.true("memory that cannot be read", "next             : ????????" in done.text("dt Node @esp+100000"))
    check.true("dt -b", "      +0x000 x                : Int4B\n" in done.text("dt -b Everything"))
    check.true("dt MODULE!*part*", f"          {PROGRAM}!Node\n" in done.text(f"dt {PROGRAM}!*ode*") and f"{PROGRAM}!Node" in done.data(f"dt {PROGRAM}!*ode*")["types"])
    check.true("dt -v", done.text(f"dt -v {PROGRAM}!Node").startswith("struct Node, 4 elements, 0x18 bytes\n"))
    wrong = ("dt nosuch", f"dt {PROGRAM}!Node nosuch", "dt", "dt -q Node")
    check.same("what is wrong", [done.of(c)["ok"] for c in wrong], [False] * len(wrong))
    # Microsoft's public symbols: StackBase and Self of the TIB that a TEB begins with.
    teb = fields(done, "dt ntdll!_TEB @$teb")
    check.same("dt ntdll!_TEB", (teb["StackBase"]["offset"], teb["Self"]["offset"]), (4, 0x18))
    # The program has stored these.
    diamond = fields(done, f"dt {PROGRAM}!diamond")
    check.same("a virtual base", [diamond[n]["value"] for n in ("x", "y", "left", "right", "bottom")], [11, 12, 13, 14, 15])
    own = numbers_of_gdb(pagewalk.program(PROGRAM), "(unsigned)&entries")[0]
    check.true("LIST_ENTRY", f"   +0x000 Flink            : 0x{own:08x} _LIST_ENTRY\n" in done.text(f"dt {PROGRAM}!entries"))


def check_locals(pagewalk, check):
    """The values are those that the source gives."""
    done = pagewalk.debug(PROGRAM, AT_STOP + ["dv", "dv /t", "dv -t -v", "dt here", "dt list", "dt copy name", "q"])
    shown = done.data("dv")
    check.true("dv: a structure", re.fullmatch("struct Point at [0-9a-f]{8}", shown["here"]))
    check.true("dv: a union", re.fullmatch("union Number at [0-9a-f]{8}", shown["number"]))
    check.true("dv: a text", re.fullmatch(r'char\[8\] at [0-9a-f]{8} "local"', shown["text"]))
    check.true("dv: a pointer to a text", re.fullmatch('0x[0-9a-f]{8} "pointer"', shown["words"]))
    check.same("dv: an enumeration", shown["color"], "Blue (0n-1)")
    check.true("dv: an array", re.fullmatch(r"int\[3\] at [0-9a-f]{8}: 0n4, 0n2, 0n3", shown["several"]))
    check.true("dv /t", re.search(r"^struct Node\* +list = 0x", done.text("dv /t"), re.MULTILINE) and
               re.search(r"^enum Color +color = Blue", done.text("dv /t"), re.MULTILINE))
    place = re.search(r"[0-9a-f]{8}$", shown["here"])[0]
    check.true("dv -t -v", re.search(rf"^{place} struct Point +here = ", done.text("dv -t -v"), re.MULTILINE))
    check.same("dt of a local", done.text("dt here"), f"Local var @ {int(place, 16):#x} Type Point\n   +0x000 x                : 0n4\n"
               "   +0x004 y                : 0n5\n")
    check.true("dt of a local pointer", re.match(r"Local var @ 0x[0-9a-f]+ Type Node\*\n0x[0-9a-f]{8} Node\n   \+0x000 next ", done.text("dt list")))
    check.true("dt of a local's field", '"second"\n' in done.text("dt copy name"))


TESTS = (
    ("dt", check_layouts),
    ("dt", check_what_the_program_says),
    ("dt", check_values),
    ("dt", check_recursion),
    ("dt dv", check_locals),
)
