"""Commands that show and change memory and its tables, against the guest's RAM as .dump wrote it."""
import random
import re
import struct
import tempfile
from pathlib import Path

from driven import Ram, output_of

USER_END = 0x80000000
HEX8 = "[0-9a-f]{8}"
EARLY = ["bp /1 fault_tour!main", "g"]
LATE = EARLY + ["bp /1 fault_tour!hard_fault", "g"]  # most of the image is in the paging file


class Moment:
    """A halt in a full memory: what RAM holds, and what the debugger says of it."""

    def __init__(self, pagewalk, lines, program="fault_tour", reach=LATE, options=("--ram", "4M")):
        self.folder = tempfile.TemporaryDirectory()
        image = Path(self.folder.name) / "ram.img"
        lines = reach + [f".dump {image}", "|"] + list(lines) + ["q"]
        self.transcript = pagewalk.debug(program, lines, options=options)
        self.image, self.ram = image, Ram(image)
        self.directory = self.transcript.data("|")[0]["directory"]
        self.process = self.transcript.data("|")[0]["process"]


def some(values, count, seed=4):
    values = list(values)
    return sorted(random.Random(seed).sample(values, min(count, len(values))))


def addresses_of_interest(pagewalk):
    """User addresses, valid and not, and some of the system's."""
    moment = Moment(pagewalk, [])
    valid = [page for page, _ in moment.ram.valid_pages(moment.directory)]
    user = [page for page in valid if page < USER_END]
    odd = [0, 0x1000, 0x10000, 0x440000, 0x451000, 0x452000, 0x500000, 0x7FFFFFFF, 0x80000000, 0xC0000000, 0xC0300C00,
           0xFFFFFFFF, 0x30000000, 0x3FDFF0]
    return [page + 0x123 for page in some(user, 12)] + some([p for p in valid if p >= USER_END], 6) + odd


# --- Walks.

def check_translations(pagewalk, check):
    addresses = addresses_of_interest(pagewalk)
    lines = [f"{c} {a:x}" for a in addresses for c in ("!vtop", "!pte")]
    moment = Moment(pagewalk, lines)
    for address in addresses:
        pde_at, pde, pte_at, pte, physical = moment.ram.walk(moment.directory, address)
        said = moment.transcript.data(f"!vtop {address:x}")
        ours = [said.get(k) for k in ("pde_at", "pde", "pte_at", "pte", "physical")]
        theirs = [None if v is None else f"{v:#010x}" for v in (pde_at, pde, pte_at, pte, physical)]
        check.same(f"!vtop {address:x}", ours, theirs)
        said = moment.transcript.data(f"!pte {address:x}")
        check.same(f"!pte {address:x}", [said["pde"], said["pte"]], [theirs[1], theirs[3]])
        check.same(f"!pte {address:x}: where the PDE appears", said["pde_address"],
                   f"{0xC0300000 + (address >> 22) * 4:#010x}")
        command = [pagewalk.command, "translate", "--cr3", f"{moment.directory:#x}", "--image", moment.image,
                   f"{address:#x}"]
        if physical is not None:
            check.same(f"translate {address:x}", output_of(*command), moment.transcript.text(f"!vtop {address:x}"))


def check_frames(pagewalk, check):
    first = Moment(pagewalk, [])
    where = {}
    for page, pte in first.ram.valid_pages(first.directory):
        where.setdefault(pte >> 12, []).append(page)
    frames = some(where, 24) + [first.directory]
    moment = Moment(pagewalk, [f"{c} {f:x}" for f in frames for c in ("!ptov", "!pfn")])
    for frame in frames:
        said = {m["address"] for m in moment.transcript.data(f"!ptov {frame:x}")["mappings"]}
        check.same(f"!ptov {frame:x}", said, set(where.get(frame, [])))
        entry = moment.transcript.data(f"!pfn {frame:x}")
        check.same(f"!pfn {frame:x}: state", entry["state"], "active")
        if entry["pte_at"] is not None and entry["pte"] is not None:
            check.same(f"!pfn {frame:x}: its entry", int(entry["pte"], 0), moment.ram.word(int(entry["pte_at"], 0)))


def check_working_set(pagewalk, check):
    moment = Moment(pagewalk, ["!wsle", "!wsle main", "!wsle 30000000", "!process", "!vm"])
    user = {page: pte for page, pte in moment.ram.valid_pages(moment.directory) if page < USER_END}
    said = {e["address"]: e for e in moment.transcript.data("!wsle")["entries"]}
    owned = {page: pte for page, pte in user.items() if page in said or page != 0x7FFE0000}
    check.same("!wsle: its pages", sorted(said), sorted(owned))
    for page, entry in said.items():
        check.same(f"!wsle: PTE of {page:x}", int(entry["pte"], 0), user[page])
        check.same(f"!wsle: A and D of {page:x}", (entry["accessed"], entry["dirty"]),
                   (bool(user[page] & 0x20), bool(user[page] & 0x40)))
    check.same("!process: working set", moment.transcript.data("!process")[0]["working_set_pages"], len(said))
    check.true("!wsle of one page", moment.transcript.data("!wsle main")["pages"] == 1)
    check.same("!wsle of no page", moment.transcript.of("!wsle 30000000")["ok"], False)


# --- Bytes.

FORMATS = {"b": ("B", 1), "w": ("H", 2), "d": ("I", 4), "q": ("Q", 8)}


def check_dumps(pagewalk, check):
    places = ["main", "fault_tour!place", "@esp", "400000", "77f00ffc", "@$teb"]
    lines = [f"d{f} {p} L8" for p in places for f in FORMATS]
    moment = Moment(pagewalk, lines + ["da 40004e L40", "s -a 400000 L1000 \"DOS mode\"", "s -b 400000 L1000 4d 5a",
                                       "s -d 400000 L1000 4550", "db 30000000 L4", "du 40004e L2", "d 400000 L10"], reach=EARLY)
    for place in places:
        for letter, (code, size) in FORMATS.items():
            said = moment.transcript.data(f"d{letter} {place} L8")
            data = moment.ram.read(moment.directory, said["address"], 8 * size)
            check.same(f"d{letter} {place}", said["values"], list(struct.unpack(f"<8{code}", data)))
    page = moment.ram.read(moment.directory, 0x400000, 0x1000)
    wanted = "".join(chr(c) if 0x20 <= c < 0x7F else "." for c in page[0x4E:0x4E + 0x40].split(b"\0")[0])
    check.same("da", moment.transcript.data("da 40004e L40")["text"], wanted)
    for command, wanted in (('s -a 400000 L1000 "DOS mode"', b"DOS mode"), ("s -b 400000 L1000 4d 5a", b"MZ"),
                            ("s -d 400000 L1000 4550", b"PE\0\0")):
        found = [0x400000 + m.start() for m in re.finditer(re.escape(wanted), page)]
        if command.startswith("s -d"):
            found = [a for a in found if a % 4 == 0]
        check.same(command, [int(a, 0) for a in moment.transcript.data(command)["matches"]], found)
    early, late = (Moment(pagewalk, ["db 400000 L1000", "!pte 400000"], reach=reach) for reach in (EARLY, LATE))
    check.same("a page that is not resident is shown all the same", late.transcript.data("db 400000 L1000"),
               early.transcript.data("db 400000 L1000"))
    check.same("and not brought in", late.ram.walk(late.directory, 0x400000)[4], None)
    check.true("db of free memory shows question marks", "?? ?? ?? ??" in moment.transcript.text("db 30000000 L4"))


def check_changes(pagewalk, check):
    lines = ["ed fault_tour!place 12345678", "dd fault_tour!place L1", "eb fault_tour!place+1 ff", "dd fault_tour!place L1",
             "ew fault_tour!place 1 2", "dw fault_tour!place L2", 'ea @esp-100 "hello"', "da @esp-100 L5",
             "eq @esp-100 1122334455667788", "dq @esp-100 L1", "eb 30000000 1", "ed main 90909090", "u main L1"]
    moment = Moment(pagewalk, lines, reach=EARLY)
    dwords = [a["data"]["values"][0] for a in moment.transcript.every("dd fault_tour!place L1")]
    check.same("ed, eb", dwords, [0x12345678, 0x1234FF78])
    check.same("ew", moment.transcript.data("dw fault_tour!place L2")["values"], [1, 2])
    check.same("ea", moment.transcript.data("da @esp-100 L5")["text"], "hello")
    check.same("eq", moment.transcript.data("dq @esp-100 L1")["values"], [0x1122334455667788])
    check.same("eb of free memory", moment.transcript.of("eb 30000000 1")["ok"], False)
    check.true("ed of code", "nop" in moment.transcript.text("u main L1"))


def check_more_dumps(pagewalk, check):
    lines = ["dd @esp L8", "dc @esp L8", "dp @esp L8", "dps @esp L8", "dds @esp L2", "dc 400000 L14", 'eza @esp-80 "hello"', "db @esp-80 L6",
             'ezu @esp-40 "hi"', 'eu @esp-46 "abc"', "dw @esp-46 L6", "s -d 400000 L1000 00004550", "s -w 400000 L1000 5a4d"]
    done = Moment(pagewalk, lines, reach=EARLY).transcript
    words = done.data("dd @esp L8")["values"]
    check.same("dc, dp: the values of dd", [done.data(c)["values"] for c in ("dc @esp L8", "dp @esp L8")], [words] * 2)
    check.same("dps: the values of dd", [d["value"] for d in done.data("dps @esp L8")], words)
    check.same("dds: two of them", [d["value"] for d in done.data("dds @esp L2")], words[:2])
    named = [d for d in done.data("dps @esp L8") if d["symbol"]]
    check.true("dps: a return address has a name", any(d["symbol"].startswith("fault_tour!") for d in named))
    check.true("dps: in its text", all(f"{d['value']:08x} {d['symbol']}\n" in done.text("dps @esp L8") for d in named))
    check.true("dc: characters", done.text("dc 400000 L14").startswith("00400000  00905a4d 00000003 00000004 0000ffff  MZ..............\n"))
    check.same("eza", done.data("db @esp-80 L6")["values"], [*b"hello", 0])
    check.same("eu, ezu", done.data("dw @esp-46 L6")["values"], [ord(c) for c in "abchi"] + [0])
    check.same("s -d shows dwords", done.text("s -d 400000 L1000 00004550").split()[1], "00004550")
    check.same("s -w shows words", done.text("s -w 400000 L1000 5a4d").split()[:2], ["00400000", "5a4d"])


def check_changed_program(pagewalk, check):
    """What e and r change, the guest sees."""
    done = pagewalk.debug("virtual_alloc", ["bp /1 virtual_alloc!main", "g", "s -a 400000 L3b000 \"all zeros\"", "q"])
    at = int(done.data('s -a 400000 L3b000 "all zeros"')["matches"][0], 0)
    done = pagewalk.debug("virtual_alloc", ["bp /1 virtual_alloc!main", "g", f'ea {at:x} "ALL ZEROS"', "g", "g"])
    check.true("the guest prints what ea wrote", any("ALL ZEROS" in line for line in done.guest))
    plain = pagewalk.run("virtual_alloc")
    check.same("and nothing else is different", "\n".join(done.guest).replace("ALL ZEROS", "all zeros"),
               plain.stdout.rstrip("\n"))


def check_page_in(pagewalk, check):
    page = "fault_tour!place"
    moment = Moment(pagewalk, [f"!pte poi({page})", f".pagein poi({page})", f"!pte poi({page})",
                               f"db poi({page}) L1", ".pagein 30000000"])
    before, after = [a["data"] for a in moment.transcript.every(f"!pte poi({page})")]
    check.same(".pagein: the page before", before["kind"], "paging file")
    check.same(".pagein: the page after", after["kind"], "valid")
    check.same(".pagein: the frame", moment.transcript.data(f".pagein poi({page})")["frame"], int(after["pte"], 0) >> 12)
    check.same(".pagein: the content", moment.transcript.data(f"db poi({page}) L1")["values"], [ord("h")])
    check.same(".pagein of free memory", moment.transcript.of(".pagein 30000000")["ok"], False)


# --- Regions.

NAMES = {"free": "MEM_FREE", "reserved": "MEM_RESERVE", "committed": "MEM_COMMIT"}


def check_regions(pagewalk, check):
    """What the guest prints of its range with VirtualQuery, and what !address and !vad say at that moment."""
    lines = ["bp virtual_alloc!show"]
    for _ in range(6):
        lines += ["g", "!address 80000", "!vad 80000", "gu"]
    done = pagewalk.debug("virtual_alloc", lines + ["q"])
    regions, trees = done.every("!address 80000"), done.every("!vad 80000")
    printed = [line.split() for line in done.guest if re.match(r"(before|reserve|commit|protect|decommit|release) ", line)]
    check.same("!address: states that the guest prints", len(printed), 6)
    for words, region, vad in zip(printed, regions, trees):
        check.same(f"!address: {words[0]}", region["data"]["state"], NAMES[words[1]])
        check.same(f"!vad: {words[0]}", vad["ok"], words[1] != "free")
        if words[1] == "free":
            continue
        begin, end = (int(a, 16) for a in words[2].split("-"))
        check.same(f"!address: range, {words[0]}", (region["data"]["base"], region["data"]["end"] + 1),
                   (begin, end))
        check.same(f"!vad: range, {words[0]}", (int(vad["data"]["start"], 0), vad["data"]["end"] + 1), (begin, end))
        if words[3] != "-":
            check.same(f"!address: protection, {words[0]}", region["data"]["protect"], words[3])


def check_whole_address_space(pagewalk, check):
    moment = Moment(pagewalk, ["!address", "!vad", "!process", "lm", "!address 90000000"])
    regions = moment.transcript.data("!address")
    regions = regions if isinstance(regions, list) else regions["regions"]
    at = regions[0]["base"]
    for region in regions:
        check.same("!address: no gap", region["base"], at)
        at = region["end"] + 1
    check.same("!address: to the end of user space", at, 0x7FFF0000 if at == 0x7FFF0000 else USER_END)
    vads = moment.transcript.data("!vad")["vads"]
    charge = sum(v["commit_charge"] for v in vads)
    check.same("!vad: commit is the process's", charge <= moment.transcript.data("!process")[0]["private_commit_pages"], True)
    starts = {int(v["start"], 0) for v in vads if v["type"] == "image"}
    check.same("!vad: images", starts, {m["base"] for m in moment.transcript.data("lm")})
    allocations = {int(r["allocation_base"], 0) for r in regions if r["state"] != "MEM_FREE"}
    check.same("!address and !vad", allocations - {0x7FFE0000}, {int(v["start"], 0) for v in vads} - {0x7FFE0000})


def usage_words(kind, which, threads, process):
    """What !address has to say of a line of memory_usages."""
    if kind in ("stack", "teb"):
        return {"stack": "Stack", "teb": "TEB"}[kind], f"[~{threads.index(which)}; {process:x}.{which:x}]"
    if kind in ("segment", "large"):
        return "Heap", f"Handle: {which:08x}; Type: {'Segment' if kind == 'segment' else 'Large block'}]"
    if kind == "image":
        return "Image", ('[memory_usages; "memory_usages.exe"]', '[kernel32; "kernel32.dll"]')[which]
    return {"peb": ("PEB", f"[{which:x}]"), "parameters": ("Other", "[Process parameters]"),
            "other": ("<unknown>", None)}[kind]


def check_usages(pagewalk, check):
    """Every allocation that the guest tells of, and the same of one address in it."""
    printed = [line.split() for line in pagewalk.debug("memory_usages", ["g", "q"]).guest if line.startswith("usage ")]
    said = [(kind, int(which, 16), int(base, 16)) for _, kind, which, base in printed]
    pages = [base for kind, _, base in said if kind in ("teb", "peb")]  # parts of one allocation
    lines = ["g", "!address", "!address 7ffe0123", "!address 10", "~"] + [f"!address {base + 8:x}" for *_, base in said]
    done = pagewalk.debug("memory_usages", lines + ["q"])
    regions = done.data("!address")["regions"]
    process = done.data("~")[0]["process"]
    threads = [thread["thread"] for thread in done.data("~")]
    kinds = {kind for kind, *_ in said}
    check.same("what the guest tells of", kinds,
               {"stack", "teb", "peb", "parameters", "segment", "large", "image", "other"})
    check.same("threads", sorted({which for kind, which, _ in said if kind == "teb"}), threads)
    segments = {(which, base) for kind, which, base in said if kind == "segment"}
    check.true("more than one segment in each heap", len(segments) >= 4)
    for kind, which, base in said:
        usage, detail = usage_words(kind, which, threads, process)
        parts = [r for r in regions if r["state"] != "MEM_FREE" and (int(r["allocation_base"], 0), r["base"])[base in pages] == base]
        check.true(f"{base:08x} is there", parts)
        for part in [*parts, done.data(f"!address {base + 8:x}")]:
            check.same(f"{base:08x}, {kind} {which:x}: usage", part["usage"], usage)
            check.true(f"{base:08x}, {kind} {which:x}: {part['detail']} is {detail}",
                       part["detail"] == detail or usage == "Heap" and part["detail"].endswith(detail))
    heaps = {which for kind, which, _ in said if kind == "segment"}
    named = {r["detail"] for r in regions if r["usage"] == "Heap"}
    check.same("the heap that holds nothing is named too", len({re.search("Handle: (\w+)", d)[1] for d in named}),
               len(heaps) + 1)
    check.same("no allocation is a heap's but those", {int(r["allocation_base"], 0) for r in regions
                                                       if r["usage"] == "Heap" and "ID: 2" not in r["detail"]},
               {base for kind, _, base in said if kind in ("segment", "large")})
    check.same("nothing is left unread", done.data("!address")["unread"], [])
    check.same("a page each for PEB and TEBs", [r["size"] for r in regions if r["usage"] in ("PEB", "TEB")],
               [0x1000] * len(pages))
    check.same("KUSER_SHARED_DATA", done.data("!address 7ffe0123")["detail"], "[KUSER_SHARED_DATA]")
    check.same("free", done.data("!address 10")["usage"], "Free")


def check_damaged_heaps(pagewalk, check):
    """What a guest that overwrites its heaps' lists leaves to tell, and that the rest is told."""
    done = pagewalk.debug("memory_usages", ["g", "!address"] * 5 + ["q"])
    answers = done.every("!address")
    damages = [line.split() for line in done.guest if line.startswith("damage ")]
    check.same("each way of damage was tried", [d[1] for d in damages],
               ["segment_loop", "large_unreadable", "heap_signature", "heap_loop"])
    handles = list(dict.fromkeys(line.split()[2] for line in done.guest if line.startswith("usage segment ")))
    second = int(handles[1], 16)
    segment = f"The list of segments of heap {second:08x} cannot be followed to its end: it comes back to {damages[0][2]}."
    large = f"The list of large blocks of heap {second:08x} cannot be followed to its end: nothing can be read at 00000010."
    unread = [answer["data"]["unread"] for answer in answers]
    check.same("sound lists", unread[0], [])
    check.same("a loop of segments", unread[1], [segment])
    check.same("a large block that cannot be read", unread[2], [segment, large])
    check.same("a heap without a signature", unread[3][:2], [segment, large])
    check.true("a heap without a signature is named", re.fullmatch(
        rf"The list of heaps cannot be followed to its end: there is none at {HEX8}\.", unread[3][2]))
    check.same("a loop of heaps", unread[4],
               [f"The list of heaps cannot be followed to its end: it comes back to {damages[3][2]}."])
    for answer, sentences in zip(answers, unread):
        check.true("the text says so too", answer["text"].endswith("".join(s + "\n" for s in sentences)))
        check.true("the process's heap is told", any(r["usage"] == "Heap" and "ID: 0;" in r["detail"]
                                                     for r in answer["data"]["regions"]))


def check_dump(pagewalk, check):
    with tempfile.TemporaryDirectory() as folder:
        one, two = Path(folder) / "one", Path(folder) / "two"
        done = pagewalk.debug("hello", [f".dump {one}", f".dump {two}", ".dump", f".dump {folder}", "q"],
                              options=("--ram", "8M"))
        check.same(".dump: its size", one.stat().st_size, 8 << 20)
        check.true(".dump: sparse", one.stat().st_blocks * 512 < 4 << 20)
        check.same(".dump: twice the same", one.read_bytes(), two.read_bytes())
        check.same(".dump without a name, and of a folder", [done.of(c)["ok"] for c in (".dump", f".dump {folder}")],
                   [False, False])


TESTS = (
    ("!vtop !pte", check_translations),
    ("!ptov !pfn", check_frames),
    ("!wsle", check_working_set),
    ("d s", check_dumps),
    ("d e s", check_more_dumps),
    ("e", check_changes),
    ("e", check_changed_program),
    (".pagein", check_page_in),
    ("!address !vad", check_regions),
    ("!address !vad", check_whole_address_space),
    ("!address", check_usages),
    ("!address", check_damaged_heaps),
    (".dump", check_dump),
)
