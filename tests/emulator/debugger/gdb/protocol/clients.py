#!/usr/bin/env python3
"""Real clients against the test server: what gdb and lldb print must be what the fake target holds and does.

Usage: clients.py SERVER [gdb|lldb]
"""
import contextlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SECONDS = 60

# What the client is told to do, and what must then appear, in this order.
GDB = [
    ("info registers eax eip mxcsr", r"eax +0x12345678 .*eip +0x401000 .*mxcsr +0x1f80 "),
    ("p $ftag", r"= 65535"),
    ("x/4xb 0x403000", r"0x403000:\s+0x00\s+0x01\s+0x02\s+0x03"),
    ("x/i $pc", r"0x401000:\s+nop"),
    ("x/xb 0x500000", r"Cannot access memory at address 0x500000"),
    ("info threads", r'Thread 4\.8 "main" \(ready\).*Thread 4\.12 \(waits <for 1 & 2>\)'),
    ("break *0x401010", r"Breakpoint 1 at 0x401010"),
    ("continue", r"hit Breakpoint 1, 0x00401010"),
    ("stepi", r"0x00401011"),
    ("hbreak *0x401018", r"Hardware assisted breakpoint 2"),
    ("continue", r"hit Breakpoint 2, 0x00401018"),
    ("delete", r""),
    ("watch *(unsigned char *)0x403010", r"Hardware watchpoint 3"),
    ("continue", r"hello from the guest.*hit Hardware watchpoint 3.*Old value = 16.*New value = 90"),
    ("delete", r""),
    ("set var $eax = 7", r""),
    ("set var $st0 = 1.5", r""),
    ("set var $xmm1.v4_float[2] = 2.5", r""),
    ("set var *(int *)0x403020 = 0x11223344", r""),
    ("p $eax", r"= 7"),
    ("p $st0", r"= 1\.5"),
    ("p $xmm1.v4_float", r"= \{0, 0, 2\.5, 0\}"),
    ("x/xw 0x403020", r"0x403020:\s+0x11223344"),
    ("continue", r"received signal SIGSEGV.*0x00401060"),
    ("monitor hello", r"hello from the monitor"),
    ("signal 0", r"received signal SIGINT.*0x004010a0"),  # it waits until we interrupt it
    ("info sharedlibrary", r"C:\\helper\.dll"),
    ("thread 2", r"Switching to thread 2 \(Thread 4\.12\)"),
    ("info registers eip", r"eip +0x401000"),
    ("detach", r"Inferior 1 \(process 4\) detached"),
]
GDB_CRASH = [
    ("continue", r"received signal SIGSEGV"),
    ("continue", r"Program terminated with signal SIGSEGV"),
]
GDB_EXIT = [
    ("set var $eip = 0x4010b0", r""),
    ("continue", r"Inferior 1 \(process 4\) exited with code 07"),
]
GDB_TWO_PROCESSES = [
    ("info threads", r"1\.1 +Thread 4\.8 .*1\.2 +Thread 4\.12 .*2\.1 +Thread 16\.20"),
    ("inferior 2", r"Switching to inferior 2 \[process 16\]"),
    ("set var *(char *)0x403000 = 0x77", r""),
    ("x/xb 0x403000", r"0x403000:\s+0x77"),
    ("inferior 1", r"Switching to inferior 1 \[process 4\]"),
    ("x/xb 0x403000", r"0x403000:\s+0x00"),
    ("set var $eip = 0x4010b0", r""),
    ("continue", r"Inferior 1 \(process 4\) exited with code 07"),
    ("info inferiors", r"\* 1 +<null>.*2 +process 16"),
    ("kill inferiors 2", r""),
]
# lldb's batch mode ends at the first signal.
LLDB = [
    ("thread list", r"thread #1: tid = 0x0008, 0x00401000.*thread #2: tid = 0x000c"),
    ("register read eax eip mxcsr", r"eax = 0x12345678.*eip = 0x00401000.*mxcsr = 0x00001f80"),
    ("memory read --size 1 --format x --count 4 0x403000", r"0x00403000: 0x00 0x01 0x02 0x03"),
    ("memory region 0x401000", r"\[0x0*401000-0x0*402000\) r-x"),
    ("breakpoint set --address 0x401010", r"Breakpoint 1: address = 0x00401010"),
    ("continue", r"stop reason = breakpoint 1\.1.*frame #0: 0x00401010"),
    ("thread step-inst", r"stop reason = instruction step into.*frame #0: 0x00401011"),
    ("breakpoint delete 1", r""),
    ("watchpoint set expression -w write -s 1 -- 0x403010", r"Watchpoint created"),
    ("continue", r"stop reason = watchpoint 1"),
    ("watchpoint delete 1", r""),
    ("register write eax 5", r""),
    ("register read eax", r"eax = 0x00000005"),
    ("memory write 0x403020 0xaa 0xbb", r""),
    ("memory read --size 1 --format x --count 2 0x403020", r"0x00403020: 0xaa 0xbb"),
    ("process plugin packet monitor hello", r"hello from the monitor"),
    ("detach", r"Process 4 detached"),
]
LLDB_CRASH = [("continue", r"stop reason = (signal SIGSEGV: )?access violation: read of 0x00000000")]
LLDB_EXIT = [
    ("register write eip 0x4010b0", r""),
    ("continue", r"Process 4 exited with status = 7"),
]


GDB_COMMAND = ["gdb", "-nx", "-q", "-ex", "set sysroot /", "-ex", "set confirm off"]


@contextlib.contextmanager
def listening(server, *options):
    """The server's process and where it listens."""
    process = subprocess.Popen([server, "0", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip().removeprefix("listening on ")
    finally:
        process.kill()
        process.wait()


def lldb_commands(place, steps):
    commands = [f"gdb-remote {place}", *(command for command, _ in steps)]
    return ["lldb", "--no-lldbinit", "--batch"] + [word for command in commands for word in ("-o", command)]


def mismatch(output, steps):
    """The first step whose text does not come in what is left of the output."""
    at = 0
    for command, pattern in steps:
        found = re.compile(pattern, re.DOTALL).search(output, at)
        if not found:
            return f"after \"{command}\": no /{pattern}/"
        at = found.end()
    return None


def talk_to_gdb(place, steps, interrupt_when=None):
    """What gdb printed. Interrupted once `interrupt_when` (the server) says that the guest waits."""
    with tempfile.TemporaryFile("w+") as script:
        # As standard input: a script of gdb's own ends at the first error, and some steps are about errors.
        script.write("\n".join([f"target remote {place}", *(command for command, _ in steps)]) + "\n")
        script.seek(0)
        client = subprocess.Popen(GDB_COMMAND, stdin=script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True)
    try:
        if interrupt_when:
            while interrupt_when.stderr.readline() not in ("waiting\n", ""):
                pass
            client.send_signal(signal.SIGINT)
        return client.communicate(timeout=SECONDS)[0]
    finally:
        client.kill()


def talk_to_lldb(place, steps):
    commands = [f"gdb-remote {place}", *(command for command, _ in steps)]
    words = [word for command in commands for word in ("-o", command)]
    return subprocess.run(["lldb", "--no-lldbinit", "--batch", *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS,
                          check=False).stdout


def check(name, output, steps, server=None, end=None):
    why = mismatch(output, steps)
    if not why and server:
        said = server.communicate(timeout=SECONDS)[1]
        why = None if f"end: {end}" in said else f"the server says: {said}"
    print(f"{name}: {'ok' if not why else why}")
    if why:
        print(output)
    return not why


def gdb_works(server):
    with listening(server) as (process, place):
        good = check("gdb", talk_to_gdb(place, GDB, process), GDB, process, "detached")
    with listening(server) as (process, place):
        good &= check("gdb, a crash", talk_to_gdb(place, GDB_CRASH), GDB_CRASH, process, "disconnected")
    with listening(server, "two") as (process, place):
        good &= check("gdb, two processes", talk_to_gdb(place, GDB_TWO_PROCESSES), GDB_TWO_PROCESSES, process,
                      "killed")
    # The server that gdb starts itself.
    return good & check("gdb, an exit", talk_to_gdb(f"| {server} -", GDB_EXIT), GDB_EXIT)


def lldb_works(server):
    good = True
    for name, steps, end in (("lldb", LLDB, "detached"), ("lldb, a crash", LLDB_CRASH, "killed"),
                             ("lldb, an exit", LLDB_EXIT, "disconnected")):
        with listening(server) as (process, place):
            good &= check(name, talk_to_lldb(place, steps), steps, process, end)
    return good


def main():
    clients = {"gdb": gdb_works, "lldb": lldb_works}
    wanted = sys.argv[2:] or list(clients)
    missing = [name for name in wanted if not shutil.which(name)]
    if missing:
        print(f"{', '.join(missing)} not found: scripts/setup --tests installs it")
        return 1
    return 0 if all([clients[name](sys.argv[1]) for name in wanted]) else 1


if __name__ == "__main__":
    sys.exit(main())
