"""Commands that run the guest and stop it, against objdump's addresses and the statistics of plain runs."""
import json
import re

from driven import HEX, Code, output_of

AT_MAIN = ["bp /1 virtual_alloc!main", "g"]


def eips(halts):
    return [h.get("eip") for h in halts]


def check_code_breakpoints(pagewalk, check):
    code = Code(pagewalk.program("virtual_alloc"))
    show, main = code.address("show"), code.address("main")
    lines = ["bp virtual_alloc!show", "bu3 virtual_alloc!putchar 2", "bl", "g", "g", "bl", "bd 0", "g", "be *", "g", "bc 3", "g",
             "bc *", "bl", "bp /1 nosuch", "bc 77", "bd", "g", "g"]
    done = pagewalk.debug("virtual_alloc", lines)
    check.same("bl: what was set", [(b["breakpoint"], b["address"], b["passes"]) for b in done.data("bl")],
               [(0, show, 1), (3, code.address("putchar"), 2)])
    # show calls putchar once: its second call halts.
    halts = [h["breakpoint"] for h in done.halts if h["halt"] == "breakpoint"]
    check.same("bp, passes, bd, be, bc: which halt", halts, [0, 0, 3, 0, 0])
    check.same("bc *", done.every("bl")[-1]["data"], [])
    check.same("hits", [b["hits"] for b in done.every("bl")[1]["data"]], [2, 1])
    check.same("what is wrong", [done.of(c)["ok"] for c in ("bp /1 nosuch", "bc 77", "bd")], [False] * 3)
    check.same("the guest's output", "\n".join(done.guest), pagewalk.run("virtual_alloc").stdout.rstrip("\n"))
    done = pagewalk.debug("virtual_alloc", ['bp virtual_alloc!main ".echo at main; g"', "bp /t 77 virtual_alloc!show", "g", "g"])
    once = pagewalk.debug("virtual_alloc", ['bp /1 virtual_alloc!show ".echo once"', "g", "bl", "q"])
    check.same("commands of one that halts once", (len(once.every(".echo once")), once.data("bl")), (1, []))
    check.same("commands of a breakpoint", [a["text"] for a in done.every(".echo at main")], ["at main\n"])
    check.same("/t of another thread never halts", [h["halt"] for h in done.halts][2:], ["process_end", "guest_end"])
    check.same("/1 main", main, pagewalk.debug("virtual_alloc", AT_MAIN + ["q"]).halts[1]["eip"])


def check_breakpoint_lists(pagewalk, check):
    """Ranges and lists; when one number is wrong nothing is done."""
    def numbers(answer):
        return [b["breakpoint"] for b in answer["data"]]
    code = Code(pagewalk.program("virtual_alloc"))
    main, after = code.from_address(code.address("main"), 2)
    places = [f"bp {main + 16 * i:x}" for i in range(6)]
    lists = ["bc 1 77", "bc 0,1x", "bl", "bd 0-2", "bl", "be 1,2", "bl", "bc 1 - 2", "bl", "bc 0,3 4", "bl", "bc 0-9", "bl"]
    done = pagewalk.debug("virtual_alloc", AT_MAIN + places + lists + ["q"])
    listed = done.every("bl")
    check.same("a wrong number: nothing is done", numbers(listed[0]), list(range(6)))
    check.same("bd of a range", [b["enabled"] for b in listed[1]["data"]], [False] * 3 + [True] * 3)
    check.same("be of a list", [b["enabled"] for b in listed[2]["data"]], [False] + [True] * 5)
    check.same("bc: ranges and lists", [numbers(a) for a in listed[3:]], [[0, 3, 4, 5], [5], []])
    # A blank makes it an address, though it begins as a number does.
    done = pagewalk.debug("virtual_alloc", ["bp 4081f0", "bl", "q"])
    check.same("bp 4081f0", [(b["breakpoint"], b["address"]) for b in done.data("bl")], [(0, 0x4081F0)])
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["bp", "t", 'bp ".echo here"', "bl", f'bp {main:x} 3 "k"', "bl", f"bp5 {main:x}", "bl", "q"])
    first, second, third = [a["data"] for a in done.every("bl")]
    check.same("bp without an address", [b["address"] for b in first], [main, after])
    check.same("and with commands", first[1]["commands"], ".echo here")
    check.same("bp at the same place", (done.text(f'bp {main:x} 3 "k"'), numbers({"data": second})), ("breakpoint 0 redefined\n", [0, 1]))
    check.same("it is as it was said last", (second[0]["passes"], second[0]["commands"]), (3, "k"))
    check.same("bp with a number of its own", numbers({"data": third}), [0, 1, 5])


def check_breakpoints_of_processes(pagewalk, check):
    """Both images begin at the same address: each breakpoint has the names of its own process."""
    lines = ["|1s", "bp hello!main", "|0s", "bp virtual_alloc!main", "bl", "|1s", "bl", "q"]
    done = pagewalk.debug("virtual_alloc", lines, "--and", pagewalk.program("hello"))
    for answer in done.every("bl"):
        check.same("bl: names", re.findall(r"\w+!main", answer["text"]), ["hello!main", "virtual_alloc!main"])


def check_deferred_breakpoints(pagewalk, check):
    """At the start no DLL but ntdll is there. msvcrt's first code is its entry point."""
    where = Code(pagewalk.guest / "msvcrt.dll")
    entry = where.header("ImageBase") + where.header("AddressOfEntryPoint")
    lines = ["bu msvcrt!puts", "bp msvcrt!malloc 2", "bu later!x+4", "bl", "bd 1", "sxe ld:MSVCRT", "g", "bl", "g", "q"]
    done = pagewalk.debug("hello", lines)
    before, after = [a["data"] for a in done.every("bl")]
    check.same("bu: waits", [(b["address"], b["text"]) for b in before],
               [(None, "msvcrt!puts"), (None, "msvcrt!malloc"), (None, "later!x+4")])
    check.true("bl: u and the text", re.search(r"^ 2 eu .*\(later!x\+4\)", done.text("bl"), re.MULTILINE))
    check.true("bp of what is not there becomes bu", "deferred" in done.text("bp msvcrt!malloc 2"))
    check.same("sxe ld:NAME: that module alone", [re.search(r"(\S+)\n", h["text"])[1] for h in done.halts if h["halt"] == "image_load"],
               ["msvcrt.dll"])
    check.same("bu: resolved", [b["address"] for b in after], [where.address("puts"), where.address("malloc"), None])
    halted = [h["eip"] for h in done.halts if h["halt"] == "breakpoint"]
    check.same("bu halts", halted, [where.address("puts")])
    done = pagewalk.debug("hello", [f"bu msvcrt!{where.name_at(entry)}", "g", "k 1", "q"])
    check.same("bu halts before any code of the module", done.halts[1].get("eip"), entry)
    # libraries loads later.dll, which has to go elsewhere than it wants, and unloads it.
    done = pagewalk.debug("libraries", ["bu later!DllMain", "sxe ud:later", "g", "lm m later", "bl", "g", "g", "bl", "g", "g", "q"])
    loaded, unloaded = [a["data"][0] for a in done.every("bl")]
    image = Code(pagewalk.guest / "later.dll")
    offset = image.address("DllMain@12") - image.header("ImageBase")
    check.same("bu where the module really is", loaded["address"], done.data("lm m later")[0]["base"] + offset)
    check.true("and that is not where it wants to be", done.data("lm m later")[0]["base"] != image.header("ImageBase"))
    check.same("start and end of the module", [h["halt"] for h in done.halts[1:4]], ["breakpoint", "breakpoint", "image_unload"])
    check.same("bu waits again when it has gone", (loaded["text"], unloaded["address"], unloaded["hits"]), ("later!DllMain", None, 2))
    lines = ["sxe ld:msvcrt", "sxd ld:kern*", "sxe e0000001", "sxn fdz", "sxe *", "sx", "sxd e0000001", "sx", "q"]
    done = pagewalk.debug("hello", lines)
    first, second = [a["data"] for a in done.every("sx")]
    check.same("sx: what was set", [first.get(k) for k in ("ld:msvcrt", "ld:kern*", "e0000001", "fdz", "*", "ld", "eh")],
               ["break", "second-chance break", "break", "ignore", "break", "ignore", "second-chance break"])
    check.same("sx: what was set last", second["e0000001"], "second-chance break")


def inlined_places(path):
    """Function -> where objdump finds its inlined copies to begin, by name (C++: the innermost), and its own code. Of
    some nothing is left but a place (DW_AT_high_pc is 0); gdb makes nothing of those either."""
    entries, own, names, origins, inlined, coded = {}, {}, {}, {}, [], set()
    for line in output_of("i686-w64-mingw32-objdump", "--dwarf=info", path).splitlines():
        if match := re.match(rf"\s*<\d+><({HEX})>: .*\((DW_TAG_\w+)\)", line):
            die, tag, low = match[1], match[2], None
            if tag == "DW_TAG_inlined_subroutine":
                inlined.append(die)
        elif match := re.match(r"\s*<\w+>\s+DW_AT_name\s*:\s*(?:\(.*?\): )?(\S+)", line):
            names[die] = match[1]
        elif match := re.match(rf"\s*<\w+>\s+DW_AT_(?:abstract_origin|specification)\s*: <0x({HEX})>", line):
            origins[die] = match[1]
        elif re.match(r"\s*<\w+>\s+DW_AT_(ranges|high_pc\s*: 0x)", line):
            coded.add(die)
        elif match := re.match(rf"\s*<\w+>\s+DW_AT_(entry_pc|low_pc)\s*: 0x({HEX})", line):
            if match[1] == "entry_pc" or die not in entries:
                entries[die] = int(match[2], 16)
                if tag == "DW_TAG_subprogram":
                    own[die] = entries[die]

    def name_of(die):
        while die not in names and die in origins:
            die = origins[die]
        return names.get(die)

    places = {}
    for die in inlined:
        if die in coded and die in entries:  # others lie in abstract functions
            places.setdefault(name_of(die), set()).add(entries[die])
    return places, {name_of(die): address for die, address in own.items()}


def check_inlined_functions(pagewalk, check):
    """bp on what was inlined halts wherever objdump says it was, as often as the guest counts calls."""
    places, own = inlined_places(pagewalk.program("inlined"))
    names = {"only_inlined": "only_inlined", "both_ways": "both_ways", "nested": "nested",
             "area": "shapes::Square::area"}
    commands = {name: f"bp inlined!{full}" for name, full in names.items()}
    lines = [*commands.values(), "bp inlined!left_nowhere", "? inlined!only_inlined", "bl", "x inlined!only_inlined"]
    done = pagewalk.debug("inlined", lines + ["g"] * 14 + ["bl"])
    wanted = {}
    for name, command in commands.items():
        code = [own[name]] if name in own else []
        wanted[name] = code + sorted(places[name])
        said = done.data(command)
        check.same(command, [int(p, 16) for p in said.get("places", [])] or None, wanted[name] if wanted[name][1:] else None)
        check.true(f"{command} lists them", all(f"{place:08x}" in done.text(command) for place in wanted[name]))
        check.true(f"{command} says why", f"since inlined!{names[name]} was inlined" in done.text(command))
    check.same("both has code of its own, and copies", ("both_ways" in own, "only_inlined" in own), (True, False))
    before, after = (answer["data"] for answer in done.every("bl"))
    check.same("bl", [[int(p, 16) for p in b.get("places", [])] or [b["address"]] for b in before], list(wanted.values()))
    counted = {line.split()[0]: int(line.split()[1]) for line in done.guest}
    check.same("hits are calls", [b["hits"] for b in after],
               [counted[name] for name in ("only_inlined", "both_ways", "nested", "area")])
    check.same("x", sorted(m["address"] for m in done.data("x inlined!only_inlined")), sorted(wanted["only_inlined"]))
    check.same("of what is left nowhere", done.of("bp inlined!left_nowhere")["error"],
               "inlined!left_nowhere is a function that is only inlined, and no code of it is left anywhere")
    check.true("no address of its own", "was inlined" in done.of("? inlined!only_inlined")["error"])


def check_deferred_inlined_function(pagewalk, check):
    """As soon as its module is there."""
    places, own = inlined_places(pagewalk.guest / "kernel32.debug")
    name = next(n for n in sorted(places) if n not in own and len(places[n]) > 1)
    done = pagewalk.debug("hello", [f"bu kernel32!{name}", "bl", "sxe ld:kernel32", "g", "bl", "q"])
    waiting, there = (answer["data"][0] for answer in done.every("bl"))
    check.same(f"bu kernel32!{name}: before", (waiting["address"], waiting.get("places")), (None, None))
    check.same(f"bu kernel32!{name}: then", [int(p, 16) for p in there["places"]], sorted(places[name]))


def check_steps(pagewalk, check):
    """Steps from main on: straight-line code up to a call, over it, into it, and out again."""
    code = Code(pagewalk.program("virtual_alloc"))
    function = code.function("main")
    call = code.calls_in("main")[0]
    steps = function.index(call)
    target = int(re.search(r"call\s+([0-9a-f]+)", code.instructions[call][1])[1], 16)
    lines = AT_MAIN + ["t"] * steps + ["t", "gu", f"g {call:x}", "bp /1 virtual_alloc!show", "g", "pt", "t", "p 2", "q"]
    done = pagewalk.debug("virtual_alloc", lines)
    halts = eips(done.halts)[1:]
    check.same("t", halts[:steps + 1], function[:steps + 1])
    check.same("t into the call", halts[steps + 1], target)
    check.same("gu", halts[steps + 2], code.after(call))
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f"p {steps:x}", "p", "q"])
    check.same("p COUNT shows each, p over the call", eips(done.halts)[2:], function[1:steps + 1] + [code.after(call)])
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f"t {steps:x}", "t", "q"])
    check.same("t COUNT shows each", eips(done.halts)[2:], function[1:steps + 1] + [target])
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f"bp {function[2]:x}", "t 5", "? @eip", "t", "q"])
    check.same("t COUNT ends at a breakpoint", ([h["halt"] for h in done.halts[2:]], done.data("? @eip")["value"]),
               (["step", "breakpoint", "step"], function[2]))
    done = pagewalk.debug("virtual_alloc", ["bp /1 virtual_alloc!show", "g", "pt", "t", "q", "t 0"])
    back = eips(done.halts)
    check.true("pt: on a return of show", code.instructions[back[2]][1].startswith("ret") and back[2] in code.function("show"))
    caller = next(a for a in code.calls_in("main") if "_show" in code.instructions[a][1])
    check.same("t over the return", back[3], code.after(caller))
    done = pagewalk.debug("virtual_alloc", AT_MAIN + [f"g {code.address('show'):x}", "t 0", "q"])
    check.same("g ADDRESS", eips(done.halts)[-1], code.address("show"))
    check.same("t 0", done.of("t 0")["ok"], False)


def writers_of(code, symbol):
    """Instructions that write the variable, and those that read it, by objdump."""
    address = code.address(symbol)
    writes, reads = [], []
    for at, (_, text) in code.instructions.items():
        if re.search(rf",0x{address:x}$", text):
            writes.append(at)
        elif re.search(rf"mov\s+0x{address:x},", text):
            reads.append(at)
    return writes, reads


def check_data_breakpoints(pagewalk, check):
    code = Code(pagewalk.program("fault_tour"))
    writes, reads = writers_of(code, "place")
    behind = {code.after(a): a for a in writes + reads}
    place = code.address("place")
    done = pagewalk.debug("fault_tour", ["ba w 4 fault_tour!place", "g", "dd fault_tour!place L1", "g", "g", "q"])
    halts = [h for h in done.halts if h["halt"] == "data_access"]
    check.same("ba w: EIP is behind a write that objdump shows", [behind.get(h["eip"]) in writes for h in halts], [True] * 3)
    check.same("ba w: address", {h["address"] for h in halts}, {place})
    done = pagewalk.debug("fault_tour", ["ba r 4 fault_tour!place", "g", "g", "g", "q"])
    halts = [h for h in done.halts if h["halt"] == "data_access"]
    check.same("ba r: behind a read or a write", [h["eip"] in behind for h in halts], [True] * 3)
    check.true("ba r: the first read", any(behind[h["eip"]] in reads for h in halts))
    done = pagewalk.debug("fault_tour", ["ba e 1 fault_tour!stack_growth", "g", "q"])
    check.same("ba e: before it", eips(done.halts)[-1], code.address("stack_growth"))
    done = pagewalk.debug("fault_tour", ["ba e 2 fault_tour!stack_growth", "g", "q"])
    check.same("ba e of a range: before it", eips(done.halts)[-1], code.address("stack_growth"))
    first = code.function("stack_growth")[:4]
    lines = ["bp fault_tour!main", "g", f"!vtop {first[1]:x}", f"ba e 1000 {first[1]:x}", "g", "g", "g", "bc *", "q"]
    done = pagewalk.debug("fault_tour", lines)
    check.same("ba e of a page: before each", len(set(eips(done.halts)[-3:])), 3)
    check.same("ba e: a halt at a breakpoint", [h["halt"] for h in done.halts[-3:]], ["breakpoint"] * 3)
    # The loader reads the image's header, and nobody writes there.
    done = pagewalk.debug("fault_tour", ["ba w 1000 400000", "ba w 1000 20000000", "bl", "g", "q"])
    check.same("ba w of a page: the first write there", done.halts[-1].get("address"), 0x20000000)
    check.same("ba: what is wrong", [pagewalk.debug("fault_tour", [c, "q"]).of(c)["ok"] for c in
                                     ("ba w 0 main", "ba w 4 ffffffff", "ba z 4 main", "ba w 4")], [False] * 4)


def check_physical_breakpoint(pagewalk, check):
    """The frame behind a page, watched instead of its address. main aligns the stack, and pushes below."""
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["!vtop @esp-10", "q"])
    physical = int(done.data("!vtop @esp-10")["physical"], 0)
    virtual = pagewalk.debug("virtual_alloc", AT_MAIN + ["ba w 4 @esp-10", "g", "q"]).halts[-1]
    watched = pagewalk.debug("virtual_alloc", AT_MAIN + [f"ba w 4 /p {physical:x}", "g", "q"]).halts[-1]
    check.same("ba w", virtual["halt"], "data_access")
    check.same("ba /p: the same instruction", (watched["halt"], watched["eip"]), ("data_access", virtual["eip"]))


# --- Faults and services.

def statistics_of(pagewalk, program, *arguments, options=()):
    done = pagewalk.run(program, *arguments, options=(*options, "--stats=json"))
    return json.loads(done.stderr.splitlines()[-1])["memory"]["faults"]


KINDS = {"demand-zero": "demand_zero", "transition": "transition", "pagefile": "pagefile", "hard": "hard", "soft": "soft"}


def check_fault_breakpoints(pagewalk, check):
    """Each kind halts as often as the plain run's statistics count it, less what came before the first halt."""
    options = ("--ram", "4M")
    plain = statistics_of(pagewalk, "fault_tour", options=options)
    for kind in [*KINDS, "guard", "av"]:
        lines_of_one = ["!process", f'bf {kind} "g"', "sxd av", "sxd gp", "g", "bl", "!process", "g"]
        done = pagewalk.debug("fault_tour", lines_of_one, options=options)
        hits = done.data("bl")[0]["hits"]
        before = done.data("!process")[0]["faults"]
        if kind in ("guard", "av"):
            check.same(f"bf {kind}", hits, plain[{"guard": "guard", "av": "access_violation"}[kind]])
        elif kind in ("pagefile", "hard", "transition"):
            check.same(f"bf {kind}", hits, plain[KINDS[kind]])
        elif kind == "soft":
            check.same(f"bf {kind}", hits, plain["soft"] - before["soft"])
        check.true(f"bf {kind}: some", hits > 0)
    done = pagewalk.debug("fault_tour", ["bf table 20000000 L1000", "g", "!pte 20000000", "t", "t 4", "gu", "!pte 20000000", "q"])
    check.same("bf table: where", done.halts[1]["address"], 0x20000000)
    before, after = [a["data"]["pde"] for a in done.every("!pte 20000000")]
    check.same("bf table: before and after", (int(before, 0) & 1, int(after, 0) & 1), (0, 1))
    stages = [h["stage"].split("  ")[0] for h in done.halts[2:-1]]
    check.same("t COUNT shows each stage", stages, ["fault", "walk", "VAD", "PTE", "access check passed: PAGE_READWRITE"])
    check.same("t, t COUNT, gu in a fault", [h["halt"] for h in done.halts[2:]], ["fault_stage"] * 5 + ["fault_end"])
    done = pagewalk.debug("fault_tour", ["bf /1 demand-zero 20000000 L1000", "g", "t 100", "q"])
    check.same("t COUNT ends with the fault", [h["halt"] for h in done.halts[-2:]], ["fault_stage", "fault_end"])
    check.true("t COUNT shows its last stage", done.halts[-2]["stage"].startswith("resolved"))
    done = pagewalk.debug("virtual_alloc", AT_MAIN + ["bv NtFreeVirtualMemory", "bf av vad @esp", "bf vad 30000000", "g", "q"])
    check.same("bf vad of nothing", done.of("bf vad 30000000")["ok"], False)


def check_explanations(pagewalk, check):
    options = ("--ram", "4M")
    lines = ["why", "bp /1 fault_tour!hard_fault", "g", "bf /1 pagefile poi(fault_tour!place) L1", "g", "!vtop poi(fault_tour!place)",
             "gu", "why", "!vtop poi(fault_tour!place)", "faults 1", "faults", "why 30000000", "!process", "q"]
    done = pagewalk.debug("fault_tour", lines, options=options)
    before, after = [a["data"] for a in done.every("!vtop poi(fault_tour!place)")]
    text = done.every("why")[-1]["text"]
    slot, frame = int(before["pte"], 0) >> 12, int(after["pte"], 0) >> 12
    check.true("why: the slot of the PTE", f"slot {slot:#07x} of paging file 0" in text)
    check.true("why: the frame that the PTE got", f"into frame {frame:#07x}" in text)
    check.true("why: PTE before", before["pte"] in text and after["pte"] in text)
    last = done.data("faults 1")
    check.same("faults 1", len(last), 1)
    check.same("faults: as many as the process had", last[0]["sequence"] >= done.data("!process")[0]["faults"]["total"], True)
    check.same("faults: 16 of them, in order", [f["sequence"] for f in done.data("faults")],
               list(range(last[0]["sequence"] - 15, last[0]["sequence"] + 1)))
    check.true("why ADDRESS: nothing there", "No VAD holds" in done.text("why 30000000"))


def check_places_of_faults(pagewalk, check):
    """A decoded instruction tells the byte; that is done for every fault only while a fault may halt."""
    grow = ["bp /1 fault_tour!stack_growth", "g", "gu", "dd fault_tour!place L1", "faults", "q"]
    for known, setup in ((False, []), (True, ["bf av"])):
        done = pagewalk.debug("fault_tour", setup + grow)
        place = done.data("dd fault_tour!place L1")["values"][0]
        guard = [f for f in done.data("faults") if f["kind"] == "guard page"][-1]
        check.same("faults: byte known", guard["byte_known"], known)
        check.same("faults: place", guard["address"], place if known else place & ~0xFFF)
        check.true("faults: words", f"{'at' if known else 'in the page at'} {guard['address']:#010x} in user mode" in done.text("faults"))


def check_actors_of_faults(pagewalk, check):
    """Who made an access: the loader before the first thread, a service, an instruction, the debugger."""
    place = "fault_tour!place"
    done = pagewalk.debug("fault_tour", ["faults /a 1000", "bp /1 fault_tour!stack_growth", "g", "why poi(@$teb+8)-800", f"why poi({place})", "faults /a 1000",
                                         "bp /1 fault_tour!hard_fault", "g", f".pagein poi({place})", "faults 1", "q"], options=("--ram", "4M"))
    early, run = [a["data"] for a in done.every("faults /a 1000")]
    check.same("faults: before the first instruction", {f["actor"] for f in early}, {"system"})
    check.true("faults: the loader", "the loader (no thread ran yet)" in done.every("faults /a 1000")[0]["text"])
    instruction = [f for f in run if f["actor"] == "instruction"]
    services = [f for f in run if f["actor"] == "system" and f["thread"] != 0]
    check.true("faults: instructions and services", instruction and services)
    thread = instruction[0]["thread"]
    check.true("faults: a service", f"the system for thread {thread} (which goes on at" in done.every("faults /a 1000")[1]["text"])
    check.same("why: the guard page of a stack", done.text("why poi(@$teb+8)-800").count(f"By thread {thread}, whose stack it is"), 3)
    last = done.data("faults 1")[0]
    check.same(".pagein: who", (last["actor"], last["cost"]), ("debugger", "hard"))
    check.true(".pagein: in words", "the debugger made a read" in done.text("faults 1"))


def check_selected_faults(pagewalk, check):
    """The loader's are hidden, and a module or a range selects."""
    lines = ["bp fault_tour!soft_fault_modified", "g", "faults /a 400", "faults 400", "faults m fault_tour 400", "? poi(fault_tour!place)",
             "faults poi(fault_tour!place) L1000 400", "faults m", "q"]
    done = pagewalk.debug("fault_tour", lines, options=("--ram", "4M"))
    every, own = done.data("faults /a 400"), done.data("faults 400")
    check.true("faults: fewer without the loader's", 0 < len(own) < len(every))
    check.true("faults: of every one", {f["sequence"] for f in own} < {f["sequence"] for f in every})
    check.true("faults: the loader's are counted", f"{len(every) - len(own)} of the loader are not shown" in done.text("faults 400"))
    check.true("faults: none before the program", all(f["actor"] == "instruction" or f["thread"] != 0 for f in own))
    module = done.data("faults m fault_tour 400")
    check.true("faults m: by its instructions or about its pages",
               module and all(0x400000 <= f["instruction"] < 0x500000 or 0x400000 <= f["address"] < 0x500000 for f in module))
    place = done.data("? poi(fault_tour!place)")["value"]
    ranged = done.data("faults poi(fault_tour!place) L1000 400")
    check.true("faults RANGE", ranged and all(f["address"] & ~0xFFF == place & ~0xFFF for f in ranged))
    check.same("faults m without a module", done.of("faults m")["ok"], False)


def check_faults_of_late_starts(pagewalk, check):
    """What starts a program is the loader's however many faults there were before: 1,024 are kept."""
    lines = ["sxe cpr"] + ["g", "faults /a 1000", "faults 1000"] * 18 + ["q"]
    done = pagewalk.debug("family", lines, "20", options=("--ram", "4M"))
    everything, begun, halts = {}, {}, 0
    for answer in done.every("faults /a 1000"):  # until more happened between two halts than is told
        told = {f["sequence"]: f for f in answer["data"]}
        if everything and min(told) > max(everything) + 1:
            break
        everything |= told
        halts += 1
    image = range(0x400000, 0x440000)
    for number, fault in sorted(everything.items()):
        if fault["actor"] == "instruction" and fault["instruction"] in image:
            begun.setdefault(fault["process"], number)
    last_all, last_shown = (done.every(c)[halts - 1]["data"] for c in ("faults /a 1000", "faults 1000"))
    check.true("more faults than are kept", max(everything) > 1024)
    check.same("faults that were seen, of all", len(everything), max(everything))
    late = [f for f in last_all if f["sequence"] < begun.get(f["process"], 1 << 40)]
    check.true("some are of a late start", late)
    shown = {f["sequence"] for f in last_shown}
    check.same("none of a start is shown", [f["sequence"] for f in late if f["sequence"] in shown], [])
    own = [f["sequence"] for f in last_all if f["actor"] == "instruction" and f["instruction"] in image]
    check.same("each of a program's own is", [number for number in own if number not in shown], [])


def check_service_breakpoints(pagewalk, check):
    lines = AT_MAIN + ['bv NtAllocateVirtualMemory "dd @edx L6; dd poi(@edx+4) L1; dd poi(@edx+c) L1; g"', "bv /1 NtFreeVirtualMemory",
                       "g", "gu", "bv Nosuch", "q"]
    done = pagewalk.debug("virtual_alloc", lines)
    service, end = [h for h in done.halts if h["halt"] in ("service", "service_end")][-2:]
    check.same("bv", (service["service"], end["service"]), ("NtFreeVirtualMemory",) * 2)
    check.true("bv: the end's status", "ends: 00000000" in end["text"])
    # Process, base*, zero bits, size*, type, protection.
    calls = [(a["data"]["values"], b["data"]["values"], c["data"]["values"]) for a, b, c in zip(
        done.every("dd @edx L6"), done.every("dd poi(@edx+4) L1"), done.every("dd poi(@edx+c) L1"))]
    own = [(words[0], base[0], size[0], words[4], words[5]) for words, base, size in calls if base[0] == 0x80000]
    check.same("bv: the program's reserve and commit", own,
               [(0xFFFFFFFF, 0x80000, 0x1B000, 0x2000, 4), (0xFFFFFFFF, 0x80000, 0x1B000, 0x1000, 4)])
    check.same("bv of nothing", done.of("bv Nosuch")["ok"], False)
    pages = pagewalk.debug("virtual_alloc", AT_MAIN + ['bv NtQueryVirtualMemory "g"', "g", "bl", "g"])
    check.same("bv: as often as the program asks", pages.data("bl")[0]["hits"], 6)


# --- Exceptions and events.

def check_filters(pagewalk, check):
    done = pagewalk.debug("virtual_alloc", ["sxe ld", "sxi epr", "sx", "sxe nosuch"] + ["g"] * 5)
    images = [re.search(r"(\S+)\n", h["text"])[1] for h in done.halts if h["halt"] == "image_load"]
    check.same("sxe ld: the images that the program imports", images, ["kernel32.dll", "msvcrt.dll"])
    check.true("sxi epr", not any(h["halt"] == "process_end" for h in done.halts))
    check.same("sx", (done.data("sx")["ld"], done.data("sx")["epr"], done.data("sx")["av"]), ("break", "ignore", "break"))
    check.same("sxe nosuch", done.of("sxe nosuch")["ok"], False)
    everything = pagewalk.debug("fault_tour", ["g"] * 12, options=("--ram", "4M"))
    codes = [h["code"] for h in everything.halts if h["halt"] == "exception"]
    check.same("exceptions that halt by themselves", codes, [0x80000001] + [0xC0000005] * 6)
    for command, halts in (("sxd av", 1), ("sxn av", 1), ("sxi av", 1)):
        done = pagewalk.debug("fault_tour", [command] + ["g"] * 4, options=("--ram", "4M"))
        check.same(command, len([h for h in done.halts if h["halt"] == "exception"]), halts)
        check.same(f"{command}: the guest goes on", done.guest, everything.guest)


def check_exceptions(pagewalk, check):
    code = Code(pagewalk.program("fault_tour"))
    lines = [".exr -1", "sxd gp", "g", ".exr -1", ".lastevent", "r", "dd fault_tour!place L1", "bp /1 ntdll!KiUserExceptionDispatcher",
             "gn", "dd @esp L2", ".exr poi(@esp)", ".cxr poi(@esp+4)", "r", "k 1", ".cxr", "r", "q"]
    done = pagewalk.debug("fault_tour", lines)
    check.same(".exr before any exception", done.every(".exr -1")[0]["ok"], False)
    record = done.every(".exr -1")[1]["text"]
    place = done.data("dd fault_tour!place L1")["values"][0]
    check.true(".exr -1: code and address", "c0000005" in record and f"{place:08x}" in record)
    halt = next(h for h in done.halts if h["halt"] == "exception")
    check.true(".exr -1: inside read_free", halt["eip"] in code.function("read_free"))
    check.true(".lastevent", "c0000005" in done.text(".lastevent"))
    before, context, dispatcher = [a["data"] for a in done.every("r")]
    check.same(".cxr: the registers of the exception", {k: context[k] for k in ("eax", "ecx", "eip", "esp", "ebp")},
               {k: before[k] for k in ("eax", "ecx", "eip", "esp", "ebp")})
    check.true(".cxr ends", dispatcher["eip"] != context["eip"])
    check.true(".exr ADDRESS: the guest's record", "c0000005" in done.text(".exr poi(@esp)"))
    check.true(".cxr: its frame", "read_free" in done.text("k 1"))
    handled = pagewalk.debug("fault_tour", ["sxd gp", "g", "r eip=@eip+2", "sxd av", "gh", "g"])
    check.true("gh: the guest's handler hears nothing", "FAILED: access violation: the address is free" in handled.guest)
    check.same("gh: nothing else fails", len([g for g in handled.guest if g.startswith("FAILED")]), 1)
    passed = pagewalk.debug("fault_tour", ["sxd gp", "g", "sxd av", "gn", "g"])
    check.same("gn: the guest handles it", [g for g in passed.guest if g.startswith("FAILED")], [])


def check_debug_break(pagewalk, check):
    """kernel32's DebugBreak, called where main would begin: it halts on its instruction, and returns to main's caller."""
    code = Code(pagewalk.guest / "kernel32.dll")
    lines = AT_MAIN + ["r $t0=poi(@esp)", "r eip=kernel32!DebugBreak", "g", "? @$ra == @$t0", "g @$t0", "q"]
    done = pagewalk.debug("virtual_alloc", lines)
    halts = done.halts[2:]
    check.same("DebugBreak", (halts[0]["halt"], halts[0]["code"]), ("exception", 0x80000003))
    check.same("at its instruction", code.instructions[halts[0]["eip"]][1], "int3")
    check.same("inside it", halts[0]["symbol"].split("+")[0], "kernel32!DebugBreak")
    check.same("and it returns", (halts[1]["halt"], halts[1]["symbol"].split("!")[0]), ("step", "virtual_alloc"))


def check_debug_output(pagewalk, check):
    """What a program tells its debugger is shown between the halts, and the program behaves as without one."""
    plain = pagewalk.run("debug_output").stdout.splitlines()
    done = pagewalk.debug("debug_output", ["sxi av", "g", "g"])
    said = [(r["debug_output"], r.get("bytes")) for r in done.debug_output]
    check.same("OutputDebugString", said,
               [("nobody listens\n", None), ("ANSI \ufffd\n", b"ANSI \xe4\n".hex()),
                ("UTF-16 \ufffd\n", "UTF-16 €\n".encode("cp1252").hex()), ("taken by the handler\n", None)])
    check.same("the guest's own output", done.guest, plain)
    text = pagewalk.debug_text("debug_output", ["sxi av", "g", "g"]).stdout
    check.true("as it is written", "\nnobody listens\n" in text)
    halted = pagewalk.debug("debug_output", ["sxe out", "g", ".exr -1", "q"])
    check.same("sxe out", (halted.halts[-1]["halt"], halted.halts[-1]["code"]), ("exception", 0x40010006))
    check.same("shown before it halts", [r["debug_output"] for r in halted.debug_output], ["nobody listens\n"])


TESTS = (
    ("bp bu bl bc bd be", check_code_breakpoints),
    ("bp bc bd be", check_breakpoint_lists),
    ("bl |", check_breakpoints_of_processes),
    ("bu bp bl sxe sxd sxn sx", check_deferred_breakpoints),
    ("bp bl x", check_inlined_functions),
    ("bu bl", check_deferred_inlined_function),
    ("g t p gu pt", check_steps),
    ("ba", check_data_breakpoints),
    ("ba", check_physical_breakpoint),
    ("bf", check_fault_breakpoints),
    ("why faults", check_explanations),
    ("faults why", check_places_of_faults),
    ("faults why", check_actors_of_faults),
    ("faults", check_selected_faults),
    ("faults sxe", check_faults_of_late_starts),
    ("bv", check_service_breakpoints),
    ("sx sxe sxd sxn sxi", check_filters),
    (".exr .cxr .lastevent gh gn", check_exceptions),
    ("g r", check_debug_break),
    ("sxe sxi g", check_debug_output),
)
