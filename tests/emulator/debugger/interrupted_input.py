#!/usr/bin/env python3
"""Ctrl-C while the guest waits for input: it halts at once, and the input that comes later is read as if nothing had been.

Usage: interrupted_input.py PAGEWALK GUEST
"""
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from check import Check

sys.path[:0] = [str(pathlib.Path(__file__).parent / folder) for folder in ("gdb", "gdb/protocol")]
from clients import GDB_COMMAND  # noqa: E402
from debuggee import PAGEWALK, PROGRAM, SECONDS, serving  # noqa: E402

INPUT = "x\n"
WAITS = 1  # seconds until the guest surely waits


def read_until(stream, text):
    """What came, up to the line that holds `text`."""
    output = ""
    while text not in output:
        line = stream.readline()
        if not line:
            break
        output += line
    return output


def statistics(folder):
    """Of a run that nobody holds."""
    path = pathlib.Path(folder) / "free"
    subprocess.run([PAGEWALK, "run", "--stats=json", f"--stats-file={path}", PROGRAM, "read"], input=INPUT, text=True,
                   check=True, timeout=SECONDS)
    return path.read_text()


def at_console(check, interrupts):
    commands = "g; " + "k; g; " * interrupts + "g"
    with tempfile.TemporaryDirectory() as folder:
        held = pathlib.Path(folder) / "held"
        process = subprocess.Popen([PAGEWALK, "debug", "-c", commands, "--stats=json", f"--stats-file={held}", PROGRAM, "read"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        time.sleep(WAITS)
        output = ""
        for _ in range(interrupts):
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            output = read_until(process.stdout, "debuggee!main")  # of k
            check.true("console: at once", time.monotonic() - began < 2)
            check.true("console: halted", "Break\n" in output)
            check.true("console: in the read", "NtReadFile" in output)
            time.sleep(0.2)
        output = process.communicate(INPUT, timeout=SECONDS)[0]
        check.true("console: the process ends", "exit code 0x0" in output)
        check.same("console: exit code", process.returncode, 0)
        check.same("console: statistics", held.read_text(), statistics(folder))


def quit_at_console(check):
    process = subprocess.Popen([PAGEWALK, "debug", "-c", "g; q", PROGRAM, "read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    time.sleep(WAITS)
    process.send_signal(signal.SIGINT)
    check.same("console: q, without input", process.wait(SECONDS), 0)
    process.stdin.close()


def under_gdb(check):
    commands = ["continue", "backtrace", "print counter", "continue", "quit"]
    with serving("read") as (process, place):
        client = subprocess.Popen([*GDB_COMMAND, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        client.stdin.write("\n".join([f"target remote {place}", *commands]) + "\n")
        client.stdin.flush()
        output = read_until(client.stdout, "Continuing.")
        time.sleep(WAITS)
        began = time.monotonic()
        client.send_signal(signal.SIGINT)
        output = read_until(client.stdout, "received signal SIGINT")
        check.true("gdb: at once", "received signal SIGINT" in output and time.monotonic() - began < 2)
        output += read_until(client.stdout, "Continuing.")
        check.true("gdb: in the read", "ReadFile" in output)
        check.true("gdb: memory can be read", "= 7\n" in output)
        process.stdin.write(INPUT)
        process.stdin.flush()
        output = client.communicate(timeout=SECONDS)[0]
        check.true("gdb: the process ends", "exited normally]" in output)
        check.same("gdb: exit code", process.wait(SECONDS), 0)


def main():
    check = Check()
    at_console(check, 1)
    at_console(check, 3)
    quit_at_console(check)
    under_gdb(check)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
