#!/usr/bin/env python3
"""`pagewalk debug --gdb` under real clients.

Usage: batch.py PAGEWALK GUEST [gdb|lldb]
What must appear comes from the guest's source (guest/programs/debuggee.c), from objdump and nm, and from the
same program run without a debugger.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent / "protocol"))
from clients import GDB_COMMAND, mismatch  # noqa: E402
from debuggee import GUEST, PAGEWALK, PROGRAM, SECONDS, check, crashing_instruction, serving, symbol, tool  # noqa: E402


# ---- Sessions of gdb.

def told(commands):
    """What gdb prints of these commands, read as from a terminal: a script of its own ends at an error."""
    with tempfile.TemporaryFile("w+") as script:
        script.write("\n".join(commands) + "\n")
        script.seek(0)
        return subprocess.run([*GDB_COMMAND, PROGRAM], stdin=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=SECONDS, check=False).stdout


def gdb_session(name, steps, *arguments, code=None, options=()):
    """One session of gdb's, and the code that pagewalk ends with."""
    with serving(*arguments, options=options) as (process, place):
        output = told([f"target remote {place}", *(command for command, _ in steps)])
        why = mismatch(output, steps)
        process.stdin.close()
        if not why and code is not None and process.wait(SECONDS) != code:
            why = f"pagewalk ended with {process.returncode}, not {code}"
        return check(f"gdb, {name}", why, output)


def variables():
    return [
        ("break main", r"Breakpoint 1 at"),
        ("continue", r"Breakpoint 1, .*?main \(argc=1"),
        ("print counter", r"= 7\n"),
        ("print add(20, 3)", r"= 23\n"),  # a call that gdb makes
        ("set var counter = 5", r""),
        ("print counter", r"= 5\n"),
        ("set var counter = 7", r""),
        ("info sharedlibrary", r"ntdll\.dll.*?kernel32\.dll.*?msvcrt\.dll"),
        ("watch counter", r"Hardware watchpoint 2: counter"),
        ("continue", r"Hardware watchpoint 2: counter.*?Old value = 7.*?New value = 8"),
        ("delete 2", r""),
        ("break add", r"Breakpoint 3"),
        ("continue", r"Breakpoint 3(?:\.\d)?, add \(first=8, second=(second@entry=)?34\)"),
        ("backtrace", r"#0 +add \(first=8, second=(second@entry=)?34\).*?#1 +0x[0-9a-f]+ in main \(argc=1"),
        ("finish", r"Run till exit from #0.*?Value returned is \$\d+ = 42"),
        ("rwatch counter", r"Hardware read watchpoint 4: counter"),
        ("continue", r"Hardware read watchpoint 4: counter.*?Value = 42"),
        ("delete 4", r""),
        ("x/i $pc", r"=> .*?<(hold_values\+\d+|values_held)>:\s+fstp +%st\(0\)"),
        ("print $st0", r"= 3\.141592653589793238"),
        ("print $xmm3.v4_float", r"= \{1\.5, -2\.5, 3\.5, 1024\}"),
        ("info registers float", r"st0 +3\.14159265.*?fctrl +0x37f"),
        ("info registers vector", r"xmm3 +\{v4_float = \{0x3fc00000, 0xc0200000,.*?mxcsr +0x1f80"),
        ("tbreak touch", r"Temporary breakpoint 5"),
        ("continue", r"counter is 42.*?Temporary breakpoint 5, touch"),  # the guest's console, at the client
        ("detach", r"\[Inferior 1 \(process \d+\) detached\]"),
    ]


def fault():
    return [
        ("break touch", r"Breakpoint 1"),
        ("continue", r"Breakpoint 1, touch \(where=0x[0-9a-f]+, what=(what@entry=)?77\)"),
        ("monitor !pte poi(esp+4)", r"PTE"),
        ("monitor bf /1 demand-zero", r""),
        ("continue", r"received signal SIGTRAP"),
        ("monitor why", r"made a write at .*? The fault is still being served"),
        ("monitor t", r"fault +write at [0-9a-f]{8}\n"),  # stage by stage; the registers stay what they are
        ("monitor t 3; r eip", r"walk +[^\n]+\nVAD +[^\n]+\nPTE +all zero: the VAD decides\n.*?eip=(?!00000000)"),
        ("print counter", r"= 42"),
        ("print *(int *)&counter = 1", r"Cannot access memory"),  # in the middle of a fault nothing is changed
        ("print $eax = 1", r"Could not write register"),
        ("monitor p", r"is resolved: the access is made again"),
        ("stepi", r""),
        ("x/i $pc", r"=> 0x[0-9a-f]+ <touch\+\d+>:\s+mov +%e[a-d]x,\(%e[a-d]x\)"),
        ("print *fresh", r"= 0\n"),  # the page is there; the store has not been made
        ("stepi", r""),
        ("print *fresh", r"= 77\n"),
        ("monitor why", r"\(demand-zero\).*?PAGE_READWRITE lets a write through.*?A soft fault"),
        ("monitor nonsense", r"there is no command"),
        ("print counter", r"= 42"),
        ("kill", r"\[Inferior 1 \(process \d+\) killed\]"),
    ]


def crash():
    return [
        ("continue", r"received signal SIGSEGV.*?crash \(where=(where@entry=)?0x0\)"),
        ("print/x $pc", rf"= {crashing_instruction():#x}\n"),
        ("x/i $pc", r"=> .*?<crash\+\d+>:\s+movl +\$0x1234abcd,\(%eax\)"),
        ("continue", r"received signal SIGSEGV"),  # nobody handled it: the second chance
        ("continue", r"Program terminated with signal SIGSEGV"),
    ]


def swallowed():
    return [
        ("continue", r"received signal SIGSEGV"),
        ("set $eax = &counter", r""),  # the store is made again, elsewhere
        ("signal 0", rf"Continuing with no signal.*?counter is {0x1234abcd + 1 + 34}"),
    ]


# The child's end is a stop of its own.
TO_THE_END = [
    ("continue", r"\[Inferior 2 \(process \d+\) exited with code 05\]"),
    ("inferior 1", r""),
    ("continue", r"the child ended with 5.*?done.*?\[Inferior 1 \(process \d+\) exited normally\]"),
]


def hard_coded():
    return [
        ("continue", r"received signal SIGTRAP"),
        *TO_THE_END,
    ]


def threads():
    return [
        ("break have_threads", r"Breakpoint 1"),
        ("continue", r"Breakpoint 1, have_threads"),
        ("info threads", r"\* 1 +Thread \d+\.\d+ .*?have_threads.*?2 +Thread \d+\.\d+ .*?waits.*?3 +Thread \d+\.\d+ .*?waits"),
        ("thread 2", r"Switching to thread 2"),
        ("backtrace", r"#0 .*?(Nt|Zw)WaitForSingleObject"),
        ("break have_child", r"Breakpoint 2"),
        ("continue", r"Breakpoint 2(\.1)?, have_child"),
        ("info inferiors", r"\* 1 +process \d+.*?2 +process \d+"),
        ("info threads", r"1\.1 +Thread .*?2\.1 +Thread "),
        ("monitor |", r"debuggee"),
        ("delete", r""),
        ("stepi", r""),
        ("next", r""),
        ("continue", r"\[Inferior 2 \(process \d+\) exited with code 05\]"),
        *TO_THE_END[1:],
    ]


def interrupted():
    """Ctrl-C: the guest spins for ever."""
    with serving("spin") as (process, place):
        client = subprocess.Popen([*GDB_COMMAND, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        client.stdin.write(f"target remote {place}\ncontinue\nprint spins > 0\nkill\nquit\n")
        client.stdin.flush()
        output = ""
        while "Continuing." not in output and client.poll() is None:
            output += client.stdout.readline()
        time.sleep(0.5)
        client.send_signal(signal.SIGINT)
        output += client.communicate(timeout=SECONDS)[0]
        why = mismatch(output, [("continue", r"received signal SIGINT.*?main"), ("print", r"= 1"), ("kill", r"killed")])
        if not why and process.wait(SECONDS) != 0:
            why = f"pagewalk ended with {process.returncode}"
        return check("gdb, Ctrl-C", why, output)


def two_clients(name, first, second, *arguments):
    """The second one, a gdb, comes when `first` has left the guest standing."""
    with serving(*arguments) as (process, place):
        first(place)
        said = process.stderr.readline()
        output = told([f"target remote {place}", *(command for command, _ in second)])
        why = mismatch(output, second)
        if not why and (said, process.wait(SECONDS)) != (f"the client has gone, the guest stands still: listening on {place}\n", 0):
            why = f"pagewalk said {said!r} and ended with {process.returncode}"
        return check(f"gdb, behind {name}", why, output)


def disconnects(place):
    told([f"target remote {place}", "break add", "continue", "watch counter", "disconnect"])


def dies_while_it_runs(place):
    client = subprocess.Popen([*GDB_COMMAND, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    client.stdin.write(f"target remote {place}\ncontinue\n")
    client.stdin.flush()
    while "Continuing." not in client.stdout.readline() and client.poll() is None:
        pass
    time.sleep(0.5)
    client.kill()
    client.communicate(timeout=SECONDS)


def taken_over():
    good = two_clients("one that disconnects", disconnects, [
        ("x/i $pc", r"=> .*?<add>"),
        ("print counter", r"= 8\n"),
        ("break touch", r"Breakpoint 1"),
        ("continue", r"Breakpoint 1, touch"),  # `counter` has changed on the way, and nobody watches it
        ("delete", r""),
        *TO_THE_END,
    ])
    return good & two_clients("one that dies", dies_while_it_runs, [
        ("backtrace", r"#0 .*?main"),
        ("print spins > 0", r"= 1\n"),
        ("stepi", r""),
        ("kill", r"\[Inferior 1 \(process \d+\) killed\]"),
    ], "spin")


def locked():
    """Only one thread is resumed. It waits for the others, until the user has had enough."""
    commands = ["break have_threads", "continue", "set scheduler-locking on", "continue", "info threads",
                "set scheduler-locking off", "break have_child", "continue", "kill", "quit"]
    with serving() as (process, place):
        client = subprocess.Popen([*GDB_COMMAND, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        client.stdin.write("\n".join([f"target remote {place}", *commands]) + "\n")
        client.stdin.flush()
        output = ""
        while "others stand still" not in output and client.poll() is None:
            output += client.stdout.readline()

        def processor_time():
            return sum(int(word) for word in pathlib.Path(f"/proc/{process.pid}/stat").read_text().split()[13:15])
        began = processor_time()
        time.sleep(1)
        spent = processor_time() - began  # hundredths of a second
        client.send_signal(signal.SIGINT)
        output += client.communicate(timeout=SECONDS)[0]
        why = mismatch(output, [
            ("continue", r"Breakpoint 1, have_threads"),
            ("continue", r"others stand still.*?received signal SIGINT"),
            ("info threads", r"\* 1 +Thread \d+\.\d+ .*?waits.*?2 +Thread \d+\.\d+ .*?ready.*?3 +Thread \d+\.\d+ .*?ready"),
            ("kill", r"Breakpoint 2(\.\d)?, have_child.*?killed"),
        ])
        if not why and spent > 20:
            why = f"waiting took {spent / 100} s of processor time"
        return check("gdb, scheduler-locking", why, output)


def through_pipe():
    steps = [("break main", r""), ("continue", r"Breakpoint 1, .*?main"), ("delete", r""), *TO_THE_END]
    output = told([f"target remote | {PAGEWALK} debug --gdb - {PROGRAM}", *(command for command, _ in steps)])
    return check("gdb, a pipe", mismatch(output, steps), output)


def at_child(*steps):
    return [("break have_child", r""), ("continue", r"Breakpoint 1(\.1)?, .*?have_child"), ("delete", r""), *steps]


def killed_child():
    return at_child(("kill inferiors 2", r""),
                    ("continue", r"the child ended with 1\n.*?\[Inferior 1 \(process \d+\) exited with code 01\]"))


def detached_child():
    return at_child(("detach inferiors 2", r"\[Inferior 2 \(process \d+\) detached\]"),
                    ("continue", r"the child ended with 5\n.*?\[Inferior 1 \(process \d+\) exited normally\]"))


def own_breakpoints():
    """Those of monitor, with commands."""
    return [
        ('monitor bp /1 debuggee!add ".echo it adds"', r""),
        ("monitor sxn epr", r""),  # the client hears of ends nevertheless
        ("continue", r"it adds.*?received signal SIGTRAP.*?add \(first=8"),
        ('monitor bp debuggee!touch ".echo it touches; g"', r""),
        ("continue", r"it touches.*?\[Inferior 2 \(process \d+\) exited with code 05\]"),
        *TO_THE_END[1:],
    ]


def monitor_runs():
    """Commands of monitor that run the guest. What GDB must hear of meanwhile it hears when it runs the guest itself."""
    return [
        ("monitor bp debuggee!add", r""),
        ("monitor bp debuggee!touch", r""),
        ("monitor g; ? 1", r"Breakpoint 0 hit.*?debuggee!add.*?Evaluate expression: 1.*?maintenance flush register-cache"),
        ("maintenance flush register-cache", r"Register cache flushed"),
        ("print $pc", r"<add>"),
        ("print counter", r"= 8\n"),
        ("x/2i $pc", r"=> .*?<add>:.*?\n\s+0x[0-9a-f]+ <add\+\d+>"),
        ("set $next = $_", r""),
        ("monitor t", r"debuggee!add\+0x"),
        ("maintenance flush register-cache", r""),
        ("print $pc == $next", r"= 1\n"),
        ("monitor g; r", r"counter is 42.*?Breakpoint 1 hit.*?debuggee!touch"),  # the guest's console, as it comes
        ("monitor bf /1 demand-zero", r""),
        ("monitor g; why", r"Page fault: write at .*?demand-zero.*?The fault is still being served"),
        ("break have_threads", r"Breakpoint 1"),
        ("continue", r"Breakpoint 1, have_threads"),
        ("info sharedlibrary", r"ntdll\.dll.*?kernel32\.dll.*?msvcrt\.dll"),
        ("delete", r""),
        ("monitor bc *", r""),
        ("monitor sxi epr; g", r"is about to end"),  # an end halts, since the client must hear of it
        ("monitor g", r"the client's own continue tells it so"),
        ("info threads", r"Thread \d+\.\d+"),
        *TO_THE_END,
    ]


# One breakpoint by name is one in every process: GDB sets it in each as it hears of it.
IN_THE_CHILD = [
    ("break main", r"Breakpoint 1"),
    ("continue", r"Breakpoint 1, .*?main \(argc=1"),
    ("continue", r"New inferior 2.*?Thread 2\.1 .*?hit Breakpoint 1(\.\d)?, .*?main \(argc=2"),
    ("info inferiors", r"  1 +process \d+.*?\* 2 +process \d+.*?debuggee\.exe"),
    ("backtrace", r"#0 .*?main \(argc=2"),
    ("print counter", r"= 7\n"),
    ("delete", r""),
    *TO_THE_END,
]


def in_the_child_with_all():
    return [("set schedule-multiple on", r""), *IN_THE_CHILD]


def under_root(root):
    """The child's program is found on the guest's disk."""
    return [*IN_THE_CHILD[:3], ("info inferiors", rf"\* 2 +process \d+.*?{re.escape(root)}/debuggee\.exe"), *IN_THE_CHILD[4:]]


def in_both():
    """Two programs from the beginning; the second one, which runs for ever, is killed."""
    return [
        ("break main", r"Breakpoint 1"),
        ("continue", r"hit Breakpoint 1(\.\d)?, .*?main \(argc=2"),
        ("continue", r"hit Breakpoint 1(\.\d)?, .*?main \(argc=2"),
        ("info threads", r"1\.1 +Thread \d+\.\d+ .*?2\.1 +Thread \d+\.\d+ .*?main \("),
        ("inferior 2", r"main \(argc=2"),
        ("print argv[1]", r'"spin"'),
        ("kill inferiors 2", r""),
        ("inferior 1", r""),
        ("print argv[1]", r'"wait"'),
        ("continue", r"\[Inferior 1 \(process \d+\) exited with code 05\]"),
    ]


def stuck():
    return [
        ("continue", r"Nothing will run again.*?received signal SIGINT"),
        ("backtrace", r"#0 .*?(Nt|Zw)WaitForSingleObject"),
        ("continue", r"Program terminated with signal SIGKILL"),
    ]


def leaves_no_trace():
    """The statistics at the end are those of a run without a debugger."""
    steps = [("monitor bf demand-zero", r""), *[("continue", r""), ("monitor why", r"A|a"), ("x/64xb $esp", r"0x")] * 20,
             ("monitor bc *", r""), ("break add", r""), ("watch counter", r""), ("continue", r"watchpoint"),
             *[("stepi", r"")] * 20, ("delete", r""), *TO_THE_END]
    with tempfile.TemporaryDirectory() as folder:
        free, held = os.path.join(folder, "free"), os.path.join(folder, "held")
        subprocess.run([PAGEWALK, "run", "--stats=json", f"--stats-file={free}", PROGRAM], check=True, timeout=SECONDS,
                       stdout=subprocess.DEVNULL)
        good = gdb_session("many stops", steps, code=0, options=("--stats=json", f"--stats-file={held}"))
        texts = [pathlib.Path(path).read_text() for path in (free, held)]
    return good & check("gdb leaves no trace", None if texts[0] == texts[1] else "\n".join(texts))


def gdb_works():
    good = gdb_session("variables", variables(), code=0)
    good &= gdb_session("a fault", fault(), code=0)
    good &= gdb_session("a crash", crash(), "crash")
    good &= gdb_session("a crash that is forgotten", swallowed(), "crash")
    good &= gdb_session("a breakpoint in the program", hard_coded(), "break", code=0)
    good &= gdb_session("threads and processes", threads(), code=0)
    good &= gdb_session("a breakpoint in a child", IN_THE_CHILD, code=0)
    good &= gdb_session("a breakpoint in a child, all resumed", in_the_child_with_all(), code=0)
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(PROGRAM, root)
        good &= gdb_session("a child of the guest's disk", under_root(root), code=0, options=("--root", root))
    good &= gdb_session("a breakpoint in two programs", in_both(), "wait", "--and", PROGRAM, "spin", code=5)
    good &= gdb_session("a child that is killed", killed_child(), code=1)
    good &= gdb_session("a child that is let go", detached_child(), code=0)
    good &= gdb_session("breakpoints of monitor", own_breakpoints(), code=0)
    good &= gdb_session("monitor runs the guest", monitor_runs(), code=0)
    good &= gdb_session("a guest that waits for ever", stuck(), "stuck", code=124)
    good &= leaves_no_trace()
    return good & interrupted() & taken_over() & locked() & through_pipe()


# ---- lldb.

LLDB = [
    ("register read eip esp", r"eip = 0x[0-9a-f]+.*?esp = 0x[0-9a-f]+"),
    ("breakpoint set --address {add}", r"Breakpoint 1"),
    ("continue", r"stop reason = breakpoint 1\.1"),
    ("register read eip", r"eip = {add}"),
    ("thread step-inst", r"stop reason = instruction step into"),
    ("memory read --size 4 --format d --count 1 {counter}", r"0x[0-9a-f]+: 8"),
    ("thread list", r"thread #1"),
    ("process plugin packet monitor r", r"eax="),
    ("kill", r"exited"),
]


# With the program's file: LLDB knows where it lies, and the libraries as they come.
LLDB_NAMES = [
    ("image list", r"debuggee\.exe.*?ntdll\.dll"),
    ("breakpoint set --name add", r"Breakpoint 1: where = debuggee\.exe`add at \d+:\d+, address = {add}"),
    ("continue", r"stop reason = breakpoint 1\.1\n.*?debuggee\.exe`add\(first=8, second=34\)"),
    ("image list", r"debuggee\.exe.*?ntdll\.dll.*?kernel32\.dll.*?msvcrt\.dll"),
    ("bt", r"#0: .*?debuggee\.exe`add\(.*?#1: .*?debuggee\.exe`main\(argc=1.*?ntdll\.dll`"),
    ("frame variable", r"\(int\) first = 8\s+\(int\) second = 34"),
    ("expr counter", r"int\) \$\d = 8\n"),
    ("expr counter = 5", r"int\) \$\d = 5\n"),
    ("memory read --size 4 --format d --count 1 {counter}", r"0x[0-9a-f]+: 5"),
    ("expr (int)add(20, 3)", r"int\) \$\d = 23\n"),  # a call that LLDB makes
    ("register read eip", r"eip = {add}"),
    ("image lookup --address {sleep}", r"Summary: kernel32\.dll`Sleep"),
    ("kill", r"exited"),
]


def export(library, name):
    """Where an export of a library that is not moved lies."""
    text = tool("i686-w64-mingw32-objdump", "-p", os.path.join(GUEST, library))
    base = int(re.search(r"^ImageBase\s+([0-9a-f]+)", text, re.MULTILINE)[1], 16)
    number = re.search(rf"^\s*\[ *(\d+)\].*? {name}$", text, re.MULTILINE)[1]
    return base + int(re.search(rf"^\s*\[ *{number}\] \+base\[.*?\] +([0-9a-f]+) Export RVA", text, re.MULTILINE)[1], 16)


def lldb_works():
    good = lldb_session("lldb", LLDB)
    return good & lldb_session("lldb, by name", LLDB_NAMES, f"target create {PROGRAM}")


def lldb_session(name, steps, *before):
    places = {"add": f"{symbol('add'):#010x}", "counter": hex(symbol("counter")), "sleep": hex(export("kernel32.dll", "Sleep"))}

    def filled(text):
        return re.sub(r"\{(add|counter|sleep)\}", lambda found: places[found[1]], text)
    steps = [(filled(command), filled(pattern)) for command, pattern in steps]
    with serving() as (process, place):
        commands = [*before, f"gdb-remote {place}", *(command for command, _ in steps)]
        words = [word for command in commands for word in ("-o", command)]
        output = subprocess.run(["lldb", "--no-lldbinit", "--batch", *words], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
                                check=False).stdout
        why = mismatch(output, steps)
        if not why and process.wait(SECONDS) != 0:
            why = f"pagewalk ended with {process.returncode}"
        return check(name, why, output)


def main():
    parts = {"gdb": gdb_works, "lldb": lldb_works}
    wanted = sys.argv[3:] or list(parts)
    missing = [name for name in wanted if not shutil.which(name)]
    if missing:
        print(f"{', '.join(missing)} not found: scripts/setup --tests installs it")
        return 1
    return 0 if all([parts[name]() for name in wanted]) else 1


if __name__ == "__main__":
    sys.exit(main())
