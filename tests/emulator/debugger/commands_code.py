"""Commands that show code, names, frames and numbers, against objdump, nm, addr2line and Python."""
import re
import struct
import tempfile
import time
from pathlib import Path

from driven import HEX, TARGET, Code, output_of

AT_MAIN = ["bp /1 virtual_alloc!main", "g"]


def code_of(pagewalk, name="virtual_alloc"):
    return Code(pagewalk.program(name))


def shown(answer):
    """Address and bytes of every instruction of u, ub, uf."""
    return [(int(m[1], 16), m[2]) for m in re.finditer(rf"^({HEX}) ((?:[0-9a-f]{{2}})+) ", answer["text"], re.MULTILINE)]


def check_disassembly(pagewalk, check):
    code = code_of(pagewalk)
    lines = ["u main L20", "ub main+7 L2", "uf show", "u @eip L1", "u main", "u", "u L3", "ub", "uf", "u . L1", "u 30000000 L2"]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + lines + ["q"])
    main = code.address("main")

    def wanted(addresses):
        return [(a, code.instructions[a][0]) for a in addresses]
    check.same("u main L20", shown(done.of("u main L20")), wanted(code.from_address(main, 32)))
    check.same("ub main+7", shown(done.of("ub main+7 L2")), wanted(code.from_address(main, 2)))
    shows = shown(done.of("uf show"))
    check.same("uf show", shows, wanted(code.function("show"))[:len(shows)])
    rest = [code.instructions[a][1] for a in code.function("show")[len(shows):]]
    check.true("uf show: to its end, but for padding", all(re.match(r"nop|xchg +%ax,%ax|lea +0x0\(%esi", text) for text in rest))
    check.same("u, usual length", shown(done.of("u main")), wanted(code.from_address(main, 8)))
    check.same("u L3 goes on from there", shown(done.of("u L3")), wanted(code.from_address(main, 19)[16:]))
    check.same("ub: what u has shown last", shown(done.of("ub")), wanted(code.from_address(main, 19)[11:]))
    check.same("u . L1", shown(done.of("u . L1")), wanted([main]))
    check.same("u goes on", shown(done.of("u")), wanted(code.from_address(main, 16)[8:]))
    check.same("u of free memory", "???" in done.text("u 30000000 L2"), True)


def check_symbols(pagewalk, check):
    code = code_of(pagewalk)
    names = ["main", "show", "check", "state_name", "mainCRTStartup"]
    names = [n for n in names if n in code.functions]
    check.true("enough names", len(names) >= 3)
    lines = [f"ln {code.address(n) + 3:x}" for n in names] + [f"x virtual_alloc!{n}" for n in names]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + lines + ["x virtual_alloc!*tat*", "ln", "x nosuch*", "q"])
    for name in names:
        address = code.address(name)
        near = done.data(f"ln {address + 3:x}")
        check.same(f"ln {name}+3", (near["symbol"].split("+")[0], near["displacement"]), (f"virtual_alloc!{name}", 3))
        where = output_of(TARGET + "addr2line", "-e", code.path, f"{address + 3:x}").split(" (")[0].strip()
        if not where.startswith("?"):
            check.same(f"ln {name}+3: line", (Path(near["file"]).name, near["line"]),
                       (Path(where.rpartition(":")[0]).name, int(where.rpartition(":")[2])))
        check.true(f"x {name}", f"{address:08x}" in done.text(f"x virtual_alloc!{name}"))
    wanted = {n for n in code.functions if "tat" in n}
    check.true("x with a pattern", wanted and all(re.search(rf"!{re.escape(n)}\b", done.text("x virtual_alloc!*tat*"))
                                                 for n in wanted if n.startswith("state")))


def check_modules(pagewalk, check):
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["lm", "!dlls", "lm m kern*", "!peb", "q"])
    modules = {m["name"]: m for m in done.data("!dlls")}
    check.same("!dlls", set(modules), {"virtual_alloc.exe", "ntdll.dll", "kernel32.dll", "msvcrt.dll"})
    for name, module in modules.items():
        header = Code.header
        file = Image(pagewalk.guest / name)
        check.same(f"!dlls {name}", (module["base"], module["size"]),
                   (header(file, "ImageBase"), -(-header(file, "SizeOfImage") // 0x1000) * 0x1000))
    listed = {m["name"]: (m["base"], m["end"] - m["base"]) for m in done.data("lm")}
    check.same("lm", listed, {n: (m["base"], m["size"]) for n, m in modules.items()})
    check.same("lm m kern*", [m["name"] for m in done.data("lm m kern*")], ["kernel32.dll"])


class Image:
    def __init__(self, path):
        self.path = str(path)


def check_stack(pagewalk, check):
    """At show: called by main, called by the C library's start; every return address stands behind a call."""
    code = code_of(pagewalk)
    lines = ["bp /1 virtual_alloc!show", "g", "k", "kb", "k 2", ".frame 1", "r eip", "? @eip", "dv", ".frame 0", ".frame",
             ".frame 99", "dd @esp L2", "t 3", "k", "dv"]
    done = pagewalk.debug("virtual_alloc", lines + ["q"])
    frames = done.data("k")
    check.same("k: functions", [f["symbol"].partition("+")[0] for f in frames[:3]],
               ["virtual_alloc!show", "virtual_alloc!main", "virtual_alloc!__tmainCRTStartup"])
    first_call = next(a for a in code.calls_in("main") if "_show" in code.instructions[a][1])
    check.same("k: return into main", frames[0]["return_address"], code.after(first_call))
    check.same("k: what lies on the stack", frames[0]["return_address"], done.data("dd @esp L2")["values"][0])
    check.true("k: return into the start", code.order[code.order.index(frames[1]["return_address"]) - 1] in
               code.calls_in("__tmainCRTStartup"))
    check.same("k after some steps", [f["symbol"].partition("+")[0] for f in done.every("k")[1]["data"][:2]],
               ["virtual_alloc!show", "virtual_alloc!main"])
    check.same("k 2", len(done.data("k 2")), 2)
    check.true("kb: the argument", f"{done.data('dd @esp L2')['values'][1]:08x}" in done.text("kb").splitlines()[1])
    check.same(".frame 99", done.of(".frame 99")["ok"], False)
    check.same(".frame 1: eip", done.data("? @eip")["value"], frames[0]["return_address"])
    check.true("dv in main", "old" in done.data("dv"))


def check_system_dlls(pagewalk, check):
    """Inside msvcrt, whose write function realigns the stack: names, lines and callers up to the thread's start."""
    done = pagewalk.debug("hello", ["bp /1 msvcrt!_write", "g", "t 8", "k", "gu", "u . L1", "q"])
    frames = done.data("k")
    functions = [f["symbol"].partition("+")[0] for f in frames]
    check.same("k: from the innermost", functions[0], "msvcrt!_write")
    check.true("k: puts, called by main", "hello!main" in functions and functions[functions.index("hello!main") - 1] == "msvcrt!puts")
    check.same("k: to the thread's start", functions[-3:], ["ntdll!ldr_call_entry", "ntdll!nt_call_outermost", "ntdll!nt_run_thread"])
    check.true("k: nothing is guessed", not any(f["guessed"] for f in frames) and "WARNING" not in done.text("k"))
    for line, name in zip(done.text("k").splitlines()[1:], functions):
        if name.startswith("msvcrt!"):
            check.true(f"k: the line of {name}", re.search(r"\[guest/msvcrt/\S+\.c @ \d+\]", line))
    check.same("gu: to the caller", done.halts[-1]["eip"], frames[0]["return_address"])


def check_step_out_at_return(pagewalk, check):
    """gu at a RET, where EBP is the caller's again."""
    lines = ["bp /1 msvcrt!puts", "g", "k 1", "pt", "r eip", "u . L1", "gu", "q"]
    done = pagewalk.debug("hello", lines)
    check.true("pt: at the return", re.search(r" ret\b", done.text("u . L1")))
    check.same("gu at a return", done.halts[-1]["eip"], done.data("k 1")[0]["return_address"])
    code = Code(pagewalk.program("fault_tour"))
    done = pagewalk.debug("fault_tour", ["bp /1 fault_tour!stack_growth", "g", "k 1", "pt", "gu", "q"])
    check.same("gu at a return of the program", done.halts[-1]["eip"], done.data("k 1")[0]["return_address"])
    check.true("gu: behind a call", done.halts[-1]["eip"] in {code.after(a) for a in code.calls_in("main")})


def check_before_inside_of_instruction(pagewalk, check):
    code = code_of(pagewalk)
    instructions = code.function("main")
    long = next(i for i, a in enumerate(instructions[:-1]) if i >= 3 and instructions[i + 1] - a >= 3)
    inside = instructions[long] + 2
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f"ub {inside:x} L3", "q"])
    check.same("ub inside an instruction: up to that one", [a for a, _ in shown(done.of(f"ub {inside:x} L3"))], instructions[long - 2:long + 1])


def check_variables(pagewalk, check):
    """pressure's own numbers, at the entry of its functions."""
    done = pagewalk.debug("pressure", ["bp /1 pressure!quicksort", "g", "dv", "dv c*", "q"], "1")
    check.same("dv: the count of words of 1 MB", done.data("dv")["count"], f"{(1 << 20) // 4:#x}")
    check.same("dv c*", list(done.data("dv c*")), ["count"])
    done = pagewalk.debug("pressure", ["bp /1 pressure!main", "g", "dv", "dd @esp+4 L1", "dv arg*", "q"], "1")
    check.true("dv: argc", re.search(r"argc = (0n2|0x2|2|0x00000002)\b", done.text("dv")))
    check.same("dv arg*", "argv" in done.text("dv arg*"), True)


def check_numbers(pagewalk, check):
    numbers = [0, 1, 0x41424344, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x3F800000, 0x5F5E100]
    expressions = {"0n10*3": 30, "1+2*3": 7, "(1+2)*3": 9, "ff & f0": 0xF0, "1<<4": 16, "0y101": 5, "0t17": 15, "-1": 0xFFFFFFFF,
                   "0n17 mod 5": 2, "by(main)": 0x8D, "hi(12345678)": 0x1234, "low(12345678)": 0x5678, "10h": 16, "2==2": 1,
                   "ffffffff+1": 1 << 32, "12345678`9abcdef0": 0x123456789ABCDEF0, "'A'": 0x41, "ffffffff*ffffffff": 0xFFFFFFFF ** 2,
                   "@eip == .": 1, "@$ip == @eip": 1, "@$retreg == @eax": 1, "@$proc == @$peb": 1, "@$thread == @$teb": 1, "@$ptrsize": 4,
                   "@$frame": 0, "(qwo(@esp) & 0`ffffffff) == poi(@esp)": 1}
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f".formats {n:x}" for n in numbers] +
                          [f"? {e}" for e in expressions] + ["? @eip", "?", ".formats", "? 1/0", "q"])
    for number in numbers:
        said, text = done.data(f".formats {number:x}"), done.text(f".formats {number:x}")
        signed = struct.unpack("<i", struct.pack("<I", number))[0]
        digits = f"{number:032b}"
        check.same(f".formats {number:x}", [said[k] for k in ("hex", "decimal", "octal", "binary")],
                   [f"{number:08x}", signed, f"{number:011o}", " ".join(digits[i:i + 8] for i in range(0, 32, 8))])
        check.true(f".formats {number:x}: time", time.asctime(time.gmtime(number)) in text)
        check.true(f".formats {number:x}: float", f"{struct.unpack('<f', struct.pack('<I', number))[0]:g}" in text)
    for expression, value in expressions.items():
        check.same(f"? {expression}", (done.data(f"? {expression}") or {}).get("value"), value)
    check.same("? @eip", done.data("? @eip")["value"], code_of(pagewalk).address("main"))
    check.same("? without, of nothing, by zero", [done.of(c)["ok"] for c in ("?", ".formats", "? 1/0")], [False] * 3)


def check_wide_numbers(pagewalk, check):
    lines = ["? ffffffff+1", "? -1", "r $t0 = 12345678`9abcdef0, $t19=@esp", "r $t0", "? @$t0 >> 20", "? @$t19 - @esp", "eq @esp-40 11112222`33334444",
             "dq @esp-40 L1", "? qwo(@esp-40)", "? dwo(@esp-3c)", ".formats 1`00000000", "db 1`00000000", "r eax=1`00000000", "q"]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + lines)
    check.same("?: 64 bits", done.text("? ffffffff+1"), "Evaluate expression: 4294967296 = 00000001`00000000\n")
    check.same("?: 32 bits with a sign", done.text("? -1"), "Evaluate expression: -1 = ffffffff\n")
    check.same("r $t0", done.text("r $t0"), "$t0=12345678`9abcdef0\n")
    check.same("@$t0, @$t19", [done.data(c)["value"] for c in ("? @$t0 >> 20", "? @$t19 - @esp")], [0x12345678, 0])
    check.same("eq", (done.data("dq @esp-40 L1")["values"], done.data("? qwo(@esp-40)")["value"], done.data("? dwo(@esp-3c)")["value"]),
               ([0x1111222233334444], 0x1111222233334444, 0x11112222))
    check.true(".formats of 64 bits", "00000001`00000000" in done.text(".formats 1`00000000"))
    for wrong in ("db 1`00000000", "r eax=1`00000000"):
        check.true(wrong, "32 bits" in done.of(wrong).get("error", ""))


def check_floating_registers(pagewalk, check):
    """Numbers as Python's struct has them: 1.5 is 3fff:c000000000000000 (Intel SDM volume 1, 4.2.2)."""
    lines = ["rF", "rF st0=1.5, st1=-1.234e+10", "r st0", "r st1", "rF", "rX", "r xmm0", "r xmm0:16ub, xmm1:d", "r eax,ebx", "r eax=5, ebx=6",
             "r eax,ebx", "q"]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + lines)
    check.same("st0", done.text("r st0"), "st0= 1.500000000000000000000e+0000 (0:3fff:c000000000000000)\n")
    check.same("st1", done.text("r st1"), "st1=-1.234000000000000000000e+0010 (1:4020:b7e15d4000000000)\n")
    before, after = [a["text"] for a in done.every("rF")]
    check.true("rF: empty, then two registers", "fptw=ffff" in before and "fptw=fff0" in after.replace("fptw=fff5", "fptw=fff0"))
    check.true("rF: values", "st0= 1.500000000000000000000e+0000  st1=-1.234000000000000000000e+0010\n" in after)
    check.same("rX", list(done.data("rX")), [f"xmm{i}" for i in range(8)])
    check.same("xmm0:16ub, xmm1:d", done.text("r xmm0:16ub, xmm1:d"), "xmm0=" + " ".join("0" * 16) + " xmm1=0 0\n")
    check.same("r eax,ebx", done.every("r eax,ebx")[1]["text"], "eax=00000005 ebx=00000006\n")
    # What the program loads: FLDPI's constant (Intel SDM volume 2), four floats, and the same bits as others read them.
    numbers = struct.pack("<4f", 1.5, -2.5, 3.5, 1024)
    lines = ["bp debuggee!values_held", "g", "r st0", "r xmm3", "r xmm3:d", "r xmm3:4ud", "r xmm3:2iw, st0", "rF", "rX", "x /t debuggee!counter", "q"]
    done = pagewalk.debug("debuggee", lines)
    check.true("st0: pi", done.text("r st0").startswith("st0= 3.14159265358979323") and "(0:4000:c90fdaa22168c235)" in done.text("r st0"))
    check.same("xmm3", done.text("r xmm3"), "xmm3=1024 3.5 -2.5 1.5\n")
    check.same("xmm3:d", done.text("r xmm3:d"), "xmm3=" + " ".join(f"{d:g}" for d in reversed(struct.unpack("<2d", numbers))) + "\n")
    check.same("xmm3:4ud", done.text("r xmm3:4ud"), "xmm3=" + " ".join(str(u) for u in reversed(struct.unpack("<4I", numbers))) + "\n")
    check.same("xmm3:2iw", done.data("r xmm3:2iw, st0")["xmm3"], " ".join(str(w) for w in reversed(struct.unpack("<2h", numbers[:4]))))
    check.true("rF and rX of them", "st0= 3.14159265358979323" in done.text("rF") and "xmm3=1024 3.5 -2.5 1.5\n" in done.text("rX"))
    check.true("x /t: a type", "volatile int debuggee!counter\n" in done.text("x /t debuggee!counter"))


def check_operands(pagewalk, check):
    """The first instructions of main that objdump shows with an operand in memory, against dd and the registers."""
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["t", "r", "t", "r", "? poi(@ecx-4)", "? @ecx-4", "q"])
    shown = [h["text"].splitlines()[-1] for h in done.halts[1:]]
    push = next(line for line in shown if "push    dword ptr [ecx-4]" in line)
    place, value = done.data("? @ecx-4")["value"], done.data("? poi(@ecx-4)")["value"]
    check.true("the operand behind the instruction", push.endswith(f" ds:0023:{place:08x}={value:08x}"))
    lines = done.text("r").splitlines()
    check.true("r: the name above the instruction", lines[3].startswith("virtual_alloc!main") and lines[3].endswith(":"))


def check_registers(pagewalk, check):
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["r", "r eax=0n10", "r eax", "r al=ff", "? @eax", "r eip", "r nosuch", "r",
                                                      "r zf=1", "? @zf", "q"])
    before, after = [a["data"] for a in done.every("r")]
    check.same("r: eip", before["eip"], code_of(pagewalk).address("main"))
    check.same("r: selectors of ring 3", [before[s] for s in ("cs", "ss", "ds", "es", "fs")], [0x1B, 0x23, 0x23, 0x23, 0x3B])
    check.same("r: what was set", {k: v for k, v in after.items() if before[k] != v}, {"eax": 0xFF})
    check.same("r zf=1", done.data("? @zf")["value"], 1)
    check.same("r nosuch", done.of("r nosuch")["ok"], False)


def check_scripts(pagewalk, check):
    """$<, -x, -c, .echo and the log: what is shown goes there, too."""
    with tempfile.TemporaryDirectory() as folder:
        inner, log = Path(folder) / "inner.dbg", Path(folder) / "log.txt"
        inner.write_text("$$ a remark\n* another\n.echo inner; ? 2+2\nr eip\n")
        lines = [".logclose", f".logopen {log}", ".echo here; .echo there", f"$<{inner}", "$<nosuch", ".logclose", ".echo not there", "q"]
        done = pagewalk.debug_text("hello", lines)
        written = log.read_text()
        answers = "".join(line for line in written.splitlines(keepends=True) if not re.match(r"\d+:\d+> ", line))
        check.true(".logopen: the log holds what was shown", answers and answers in done.stdout)
        check.true("and what was typed", "0:000> .echo here; .echo there\nhere\nthere\n" in written)
        check.true("and what a script does", "inner\nEvaluate expression: 4 = 00000004\n" in written)
        check.true("and ends", "not there" in done.stdout and "not there" not in log.read_text())
        check.same("errors", [l for l in done.stdout.splitlines() if l.startswith("^ ")],
                   ["^ no log is open", "^ nosuch cannot be opened: No such file or directory"])
        done = pagewalk.debug("hello", lines)
        check.same("--json: which are right", [a["ok"] for a in done.answers],
                   [False, True, True, True, True, True, True, True, False, True, True, True])
    inline = output_of(pagewalk.command, "debug", "-c", ".echo one; .echo two; q", pagewalk.program("hello"))
    check.true("-c", inline.endswith("one\ntwo\n"))


def check_help(pagewalk, check):
    listed = pagewalk.debug("hello", ["help", "q"]).data("help")
    done = pagewalk.debug("hello", [f"help {name}" for name in listed] + ["help nosuch", "q"])
    for name in listed:
        said = done.data(f"help {name}")
        check.true(f"help {name}: usage and example", said["usage"].startswith(name) and said["example"].startswith(name))
    glued = {"da": "d", "dps": "d", "eb": "e", "eza": "e", "rX": "r", "bp3": "bp"}  # as they are typed
    done = pagewalk.debug("hello", [f"help {name}" for name in glued] + ["help nosuch", "help dz", "q"])
    check.same("help of a command with its letters", {name: (done.data(f"help {name}") or {}).get("name") for name in glued}, glued)
    check.same("help nosuch", [done.of(f"help {name}")["ok"] for name in ("nosuch", "dz")], [False] * 2)
    check.same("q ends the guest", done.guest, [])


def cpp_symbols(path):
    """Address and name without parameters of every C++ symbol, as nm and c++filt say."""
    symbols = re.findall(rf"^({HEX}) \w (__Z\S+)$", output_of(TARGET + "nm", path), re.MULTILINE)
    names = output_of(TARGET + "c++filt", "-p", "-i", *(mangled for _, mangled in symbols)).splitlines()
    return [(int(address, 16), name, mangled) for (address, mangled), name in zip(symbols, names)]


def check_cpp_names(pagewalk, check):
    module = "cpp_exceptions"
    symbols = cpp_symbols(pagewalk.program(module))

    def address(mangled):
        return next(a for a, _, m in symbols if m == mangled)
    what = address("__ZNKSt13runtime_error4whatEv")
    hidden = next(a for a, name, m in symbols if name == "(anonymous namespace)::innermost" and "." not in m)
    quoted = f'@!"{module}!(anonymous namespace)::innermost"'
    lines = [f"x {module}!std::bad_exception::*", f"bp {quoted}", f"bp {module}!std::runtime_error::what", "g", "ln", "g", "k", "ln",
             "u @eip L1", "? _ZNKSt13runtime_error4whatEv", f"? {module}!std::bad_exception::~bad_exception", "bl", "q"]
    done = pagewalk.debug(module, lines)
    check.same("x of C++", {(m["address"], m["symbol"]) for m in done.data(lines[0])},
               {(a, f"{module}!{name}") for a, name, _ in symbols if name.startswith("std::bad_exception::")})
    check.true("x of C++ tells parameters", "std::bad_exception::what() const\n" in done.text(lines[0]))
    halts = [h["eip"] for h in done.halts[1:]]
    check.same("bp of C++", halts, [hidden, what])
    alike = {name for a, name, _ in symbols if a == what}  # the linker may have made one of several
    first, second = (a["data"]["symbol"].removeprefix(module + "!") for a in done.every("ln"))
    check.same("ln of C++", (first, second in alike), ("(anonymous namespace)::innermost", True))
    shown_name = f"{module}!{second}"
    check.true("u of C++", done.text("u @eip L1").startswith(shown_name + ":\n"))
    frames = done.text("k").splitlines()
    check.true("k of C++: the function", any(shown_name in line for line in frames))
    check.true("k of C++: its caller", any(f"{module}!(anonymous namespace)::" in line for line in frames))
    check.true("bl of C++", shown_name in done.text("bl"))
    check.same("a mangled name", done.data("? _ZNKSt13runtime_error4whatEv")["value"], what)
    destructor = done.of(f"? {module}!std::bad_exception::~bad_exception")
    places = {a for a, name, _ in symbols if name == "std::bad_exception::~bad_exception"}
    check.true("a destructor", destructor["data"]["value"] in places if destructor["ok"] else "ambiguous" in destructor["error"])


def check_listings(pagewalk, check):
    """lm, x, ln and k in their longer forms."""
    code = code_of(pagewalk)
    lines = ["lmv m kern*", "lm v m kern*", "lmvm kern*", "lm a main", "ln main+1", "k", "kn", "kv", "kn 1", "q"]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + lines)
    for form in lines[:3]:
        check.same(form, [m["name"] for m in done.data(form)], ["kernel32.dll"])
        check.true(f"{form}: the file", done.data(form)[0]["path"] == str((pagewalk.guest / "kernel32.dll").resolve()) and
                   "Image name: kernel32.dll" in done.text(form))
    check.same("lm a", [m["name"] for m in done.data("lm a main")], ["virtual_alloc.exe"])
    near = done.data("ln main+1")
    following = min(a for a in code.functions.values() if a > code.address("main"))
    check.same("ln: the next symbol", int(near["next_address"], 16), following)
    check.true("ln: its name", f"({following:08x})   {near['next_symbol']}" in done.text("ln main+1"))
    rows = [line.split(" ", 1) for line in done.text("kn").splitlines()[1:]]
    check.same("kn: k with numbers", (["\n".join(row[1] for row in rows)], [int(row[0], 16) for row in rows]),
               (["\n".join(done.text("k").splitlines()[1:])], list(range(len(rows)))))
    check.same("kn 1", len(done.data("kn 1")), 1)
    check.true("kv", re.search(r"virtual_alloc!main .*\(c(all frame information|ode since the entry)\)", done.text("kv").splitlines()[1]))
    done = pagewalk.debug("pressure", ["bp /1 pressure!quicksort", "g", "dv /t /v", "dv", "q"], "1")
    for name, value in done.data("dv").items():
        check.true(f"dv /t /v: {name}", re.search(rf"^(?:[0-9a-f]{{8}}|@e..|) +[a-z].* {name} = {re.escape(value)}$", done.text("dv /t /v"), re.MULTILINE))


def check_overloads(pagewalk, check):
    """A name that several functions have is refused with all of them; with its parameters it is one."""
    module = "cpp_exceptions"
    path = pagewalk.program(module)
    symbols = [(int(a, 16), m) for a, m in re.findall(rf"^({HEX}) [Tt] (__Z\S+)$", output_of(TARGET + "nm", path), re.MULTILINE)]
    names, signatures = (output_of(TARGET + "c++filt", "-i", *option, *(m for _, m in symbols)).splitlines() for option in (["-p"], []))
    places = {}
    for (address, _), name, signature in zip(symbols, names, signatures):
        if "." not in signature and "[" not in signature and not re.search(r"[<~]|operator", name):
            places.setdefault(name, {})[signature] = address
    name, overloads = next((n, s) for n, s in sorted(places.items()) if 1 < len(set(s.values())) == len(s) < 8)
    lines = [f"bp {module}!{name}"] + [f'? @!"{module}!{signature}"' for signature in overloads]
    done = pagewalk.debug(module, lines + ["bl", "q"])
    error = done.of(lines[0]).get("error", "")
    check.true("bp of several functions", error.startswith("column 1: ambiguous symbol error at") and done.data("bl") == [])
    for signature, address in overloads.items():
        check.true(f"it lists {signature}", f"{address:08x} {module}!{signature}" in error)
        check.same(signature, (done.data(f'? @!"{module}!{signature}"') or {}).get("value"), address)


TESTS = (
    ("x ln k u bp", check_cpp_names),
    ("bp ?", check_overloads),
    ("lm ln kn kv dv", check_listings),
    ("u ub uf", check_disassembly),
    ("ln x", check_symbols),
    ("lm !dlls", check_modules),
    ("k kb .frame", check_stack),
    ("k gu u", check_system_dlls),
    ("gu pt", check_step_out_at_return),
    ("ub", check_before_inside_of_instruction),
    ("dv", check_variables),
    ("? .formats", check_numbers),
    ("r", check_registers),
    ("? r e d .formats", check_wide_numbers),
    ("r x", check_floating_registers),
    ("r t", check_operands),
    ("$< .logopen .logclose .echo", check_scripts),
    ("help q", check_help),
)
