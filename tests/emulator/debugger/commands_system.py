"""Commands that show processes, threads, handles, their blocks and the machine's memory: against each other, the
guest's structures in memory, and the statistics of the same run."""
import json
import tempfile
from pathlib import Path

IN_THE_MIDDLE = ["bp /1 fault_tour!hard_fault", "g"]


def check_counts(pagewalk, check):
    """!vm, !memusage, !process and | at one moment."""
    done = pagewalk.debug("fault_tour", IN_THE_MIDDLE + ["!vm", "!memusage", "!process", "|", "!wsle", "q"], options=("--ram", "4M"))
    machine, use = done.data("!vm"), done.data("!memusage")
    lists = use["lists"]
    check.same("!memusage: all frames", sum(lists[k] for k in (
        "zeroed_pages", "free_pages", "standby_pages", "modified_pages", "modified_no_write_pages", "bad_pages", "active_pages",
        "transition_pages")), 1024)
    check.same("!memusage: available", lists["available_pages"],
               lists["zeroed_pages"] + lists["free_pages"] + lists["standby_pages"])
    check.same("!vm and !memusage", flat(machine).get("physical.available_pages", flat(machine).get("available_pages")),
               lists["available_pages"])
    process = done.data("!process")[0]
    check.same("!process and !wsle", process["working_set_pages"], done.data("!wsle")["pages"])
    system = 3
    check.same("!memusage: active frames", lists["active_pages"],
               process["working_set_pages"] + process["page_table_pages"] + system)
    check.same("| and !process", done.data("|")[0]["directory"], process["directory"])


def flat(tree, prefix=""):
    found = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def check_end(pagewalk, check):
    """At the process's end: what --stats=json tells of the same run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "stats.json"
        done = pagewalk.debug("fault_tour", ["sxd av", "sxd gp", "g", "!vm", "!process", "g"],
                              options=("--ram", "4M", "--stats=json", "--stats-file", str(file)))
        stats = json.loads(file.read_text())
    process, counted = done.data("!process")[0], stats["processes"][0]
    check.same("!process: faults", process["faults"], {k: counted["faults"][k] for k in ("total", "soft", "hard")})
    check.same("!process: pages", (process["working_set_peak_pages"], process["private_commit_pages"]),
               (counted["working_set_peak_pages"], counted["private_pages"]))
    said = flat(done.data("!vm"))
    compared = 0
    for key, value in flat(stats["memory"]).items():
        if key in said and not key.startswith("faults"):
            compared += 1
            check.same(f"!vm: {key}", said[key], value)
    check.true(f"!vm: {compared} values are compared", compared >= 8)


def check_blocks(pagewalk, check):
    lines = ["bp /1 virtual_alloc!main", "g", "!teb", "!peb", "!gle", "dd @$teb L10", "dd @$peb L7", "dd @$teb+34 L1", "dd fs:[18] L1",
             "~", "lm", "? @$tid", "? @$tpid", "!teb 30000000", "!peb @$peb", "r", "q"]
    done = pagewalk.debug("virtual_alloc", lines)
    teb, words = done.data("!teb"), done.data("dd @$teb L10")["values"]
    wanted = {"exception_list": words[0], "stack_base": words[1], "stack_limit": words[2], "self": words[6], "process": words[8],
              "thread": words[9], "peb": words[12], "last_error": words[13], "tls_storage": words[11], "address": words[6]}
    check.same("!teb", {k: teb[k] for k in wanted}, wanted)
    check.true("!teb: ESP is on the stack", teb["stack_limit"] <= done.data("r")["esp"] < teb["stack_base"])
    check.same("!gle", done.data("!gle")["last_error"], words[13])
    peb, words = done.data("!peb"), done.data("dd @$peb L7")["values"]
    check.same("!peb", [peb[k] for k in ("image_base", "ldr", "process_parameters", "process_heap")], [words[i] for i in (2, 3, 4, 6)])
    check.same("!peb: image and modules", peb["image_base"], next(m["base"] for m in done.data("lm") if "virtual" in m["name"]))
    check.same("!peb: Windows 10", (peb["os_major_version"], peb["os_build_number"]), (10, 19045))
    check.same("!peb ADDRESS", done.data("!peb @$peb"), peb)
    check.same("!teb of free memory", done.of("!teb 30000000")["ok"], False)
    check.same("$tid, $tpid", (done.data("? @$tid")["value"], done.data("? @$tpid")["value"]), (teb["thread"], teb["process"]))
    check.same("~", (done.data("~")[0]["teb"], done.data("~")[0]["thread"]), (teb["address"], teb["thread"]))


def check_handles(pagewalk, check):
    """two_worlds holds two events more than its console, then its child and the child's thread."""
    lines = ["bp /1 two_worlds!main", "g", "!handle", "bp /1 kernel32!CreateProcessA", "g", "!handle", "bp /1 two_worlds!show",
             "g", "!handle", "!handle 4", "!handle 7777", "|", "q"]
    done = pagewalk.debug("two_worlds", lines)
    before, events, child = [[h["type"] for h in a["data"]] for a in done.every("!handle")]
    check.same("!handle: files only", set(before), {"File"})
    check.same("!handle: events", sorted(events[len(before):]) if len(events) == len(before) + 2 else events, ["Event", "Event"])
    check.same("!handle: a child and its thread", (child.count("Process"), child.count("Thread")), (1, 1))
    check.same("!handle 4", [h["handle"] for h in done.data("!handle 4")], [4])
    check.same("!handle of nothing", done.of("!handle 7777")["ok"], False)
    check.same("|: its handles", done.data("|")[0]["handles"], len(child))


def check_two_processes(pagewalk, check):
    """One address in two processes: what the program itself prints of both walks, and what is there."""
    lines = ["bp two_worlds!show", "g", "|", "~", "da 20000000", "!vtop 20000000", "|1s", "da 20000000", "!vtop 20000000", "k 3", "lm",
             "!process", "|0s", "da 20000000", "|9s", "bc *", "g", "g"]
    done = pagewalk.debug("two_worlds", lines)
    processes = done.data("|")
    check.same("|", [p["name"] for p in processes], ["two_worlds.exe"] * 2)
    check.same("|: the parent", processes[1]["parent"], processes[0]["process"])
    check.same("da in both", [a["data"]["text"] for a in done.every("da 20000000")],
               ["the parent's world", "the child's world", "the parent's world"])
    walks = [a["data"] for a in done.every("!vtop 20000000")]
    for who, walk, process in zip(("parent", "child"), walks, processes):
        line = next((g for g in done.guest if g.startswith(who) and "CR3" in g), "").split()
        check.same(f"!vtop in the {who}", (f"{process['directory'] << 12:08x}", int(walk["pde"], 0) & ~0x60, int(walk["pte"], 0) & ~0x60,
                                           walk["physical"][2:]),
                   (line[2], int(line[4], 16) & ~0x60, int(line[6], 16) & ~0x60, line[9]))
    check.same("|9s", done.of("|9s")["ok"], False)
    ids = [f"{p['process']:x}" for p in processes]
    done = pagewalk.debug("two_worlds", ["bp two_worlds!show", "g", f".process {ids[1]}", ".process", "~", "da 20000000", ".process 7777",
                                         f".process {ids[0]}", ".process", "q"])
    check.same(".process", [a["data"]["process"] for a in done.every(".process")], [int(i, 16) for i in reversed(ids)])
    check.same(".process: another world", done.data("da 20000000")["text"], "the child's world")
    check.same(".process of nobody", done.of(".process 7777")["ok"], False)


def check_threads(pagewalk, check):
    lines = ["sxe ct", "g", "g", "~", "~1s", ".thread", "r", "k 2", "~0s", ".thread", "~7777s", "q"]
    done = pagewalk.debug("threads", lines)
    threads = done.data("~")
    check.true("~: several", threads is not None and len(threads) >= 2)
    check.same("~: states", {t["process"] for t in threads}, {4})
    check.same("~: each its own TEB", len({t["teb"] for t in threads}), len(threads))
    check.same("~Ns, .thread", [a["data"]["thread"] for a in done.every(".thread")], [threads[1]["thread"], threads[0]["thread"]])
    check.same("r after ~1s", done.data("r")["eip"], threads[1]["eip"])
    check.same("~7777s", done.of("~7777s")["ok"], False)
    tid = f"{threads[1]['thread']:x}"
    done = pagewalk.debug("threads", ["sxe ct", "g", "g", f".thread {tid}", ".thread", "? @$tid", "!teb", ".thread 7777", "q"])
    check.same(".thread ID", (done.data(".thread")["thread"], done.data("? @$tid")["value"], done.data("!teb")["thread"]),
               (int(tid, 16),) * 3)
    check.same(".thread of nobody", done.of(".thread 7777")["ok"], False)
    check_standing_threads(pagewalk, check)


def check_commands_of_threads(pagewalk, check):
    lines = ["sxe ct", "g", "g", "~", "~*k 1", "~1 r eip", "~0r", "~1 ? @$tid", ".thread", "~1 bp threads!main", "bl", "~. r", "r", "|.", "|*", "|#", "|",
             "~0 g", "q"]
    done = pagewalk.debug("threads", lines)
    threads = done.data("~")
    check.same("~*k", [(d["thread"], len(d["data"])) for d in done.data("~*k 1")], [(t["thread"], 1) for t in threads])
    check.same("~N r, ~N ?", (done.data("~1 r eip")[0]["data"]["eip"], done.data("~1 ? @$tid")[0]["data"]["value"]),
               (threads[1]["eip"], threads[1]["thread"]))
    check.same("~0r", done.data("~0r")[0]["data"]["eip"], threads[0]["eip"])
    check.same("what is looked at stays", (done.data(".thread")["thread"], done.data("~. r")[0]["data"]),
               (next(t["thread"] for t, line in zip(threads, done.text("~").splitlines()) if line.startswith(".")), done.data("r")))
    check.same("~1 bp: of that thread", [b["thread"] for b in done.data("bl")], [threads[1]["thread"]])
    check.same("|. |* |#", [done.data(c) for c in ("|.", "|*", "|#")], [done.data("|")] * 3)
    check.same("~0 g", done.of("~0 g")["ok"], False)


def check_chosen_processes(pagewalk, check):
    lines = ["bp two_worlds!show", "g", "|", "!process", "!process 0 0", "!process -1", "q"]
    done = pagewalk.debug("two_worlds", lines)
    processes = done.data("|")
    child = processes[1]
    check.same("!process 0 0", done.data("!process 0 0"), processes)
    check.true("!process 0 0: in short", "Page faults" not in done.text("!process 0 0"))
    check.same("!process -1", [p["process"] for p in done.data("!process -1")], [processes[0]["process"]])
    frame = child["directory"]
    lines = ["bp two_worlds!show", "g", f"!process {child['process']:x}", f"!process {child['process']:x} 7", "!vtop 20000000", "!vtop 0 20000000",
             f"!vtop {frame:x} 20000000", f"!vtop {frame << 12:x} 20000000", "!handle 4 f", "!handle 0 f Event", "|1s", "!vtop 20000000", "q"]
    done = pagewalk.debug("two_worlds", lines)
    own, others = [a["data"] for a in done.every("!vtop 20000000")]
    check.same("!process ID", [[p["process"] for p in done.data(c)] for c in lines[2:4]], [[child["process"]]] * 2)
    check.same("!vtop 0", done.data("!vtop 0 20000000"), own)
    check.same("!vtop of a directory", [done.data(c) for c in lines[6:8]], [others] * 2)
    check.true("two worlds", own != others)
    check.same("!handle ID f", [h["handle"] for h in done.data("!handle 4 f")], [4])
    check.same("!handle 0 f TYPE", [h["type"] for h in done.data("!handle 0 f Event")], ["Event"] * 2)


def check_standing_threads(pagewalk, check):
    # debuggee's two threads end their waits when the first one sets the event.
    lines = ["bp debuggee!have_threads", "bp debuggee!have_child", "g", "~1 f", "~2n", "~", "g", "~*", "~1u", "g", "~1 m", "g",
             "~#", "~3 f", "~1 y", "~*s", "q"]
    done = pagewalk.debug("debuggee", lines)
    kinds = [h["halt"] for h in done.halts[1:]]
    check.same("~f, ~n: nothing runs on until they are undone", kinds, ["breakpoint", "standstill", "standstill", "breakpoint"])
    before, after = done.data("~"), done.data("~*")
    check.same("~f", [t["frozen"] for t in before], [False, True, False])
    check.same("~n", [t["suspend_count"] for t in before], [0, 0, 1])
    check.same("~f: it was woken, and stands", [t["state"] for t in after], ["waits for all objects", "ready", "waits for an object"])
    check.same("~u, ~m: they have gone, the first one halts", [t["index"] for t in done.data("~#")], [0])
    for bad in ("~3 f", "~1 y", "~*s"):
        check.same(bad, done.of(bad)["ok"], False)


def check_digest(pagewalk, check):
    lines = [".digest", ".digest", "eb @esp-40 55", ".digest", "t", ".digest", "q"]
    one, two = (pagewalk.debug("hello", lines) for _ in range(2))
    digests = [a["data"]["digest"] for a in one.every(".digest")]
    check.same(".digest: of one state", digests[0], digests[1])
    check.same(".digest: a byte, an instruction", len(set(digests)), 3)
    check.same(".digest: in another run", [a["data"]["digest"] for a in two.every(".digest")], digests)


TESTS = (
    ("!vm !memusage !process", check_counts),
    ("!vm !process", check_end),
    ("!teb !peb !gle", check_blocks),
    ("!handle", check_handles),
    ("| .process", check_two_processes),
    ("~ .thread", check_threads),
    ("~ | bp", check_commands_of_threads),
    ("!process !vtop !handle |", check_chosen_processes),
    (".digest", check_digest),
)
