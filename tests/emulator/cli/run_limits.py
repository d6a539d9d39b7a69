#!/usr/bin/env python3
"""--timeout and --max-output: whatever a guest does, it is stopped, with exit code 124 and a line that says why.

Usage: run_limits.py PAGEWALK GUEST_FOLDER
"""
import json
import os
import pty
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 124
SECONDS = 120  # a limit that does not work
LINE = b"pagewalk: stopped after 1 second\n"
ENDLESS = bytes([0xEB, 0xFE])  # jmp to itself
# mov eax, [0x401000]; jmp to it: accesses to memory, whose pages have been seen
READING = bytes([0xA1, 0x00, 0x10, 0x40, 0x00, 0xEB, 0xF9])


class Cases:
    def __init__(self, pagewalk, guests):
        self.pagewalk, self.guests = pagewalk, Path(guests)
        self.count = self.failures = 0

    def run(self, *arguments, command="run", **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.run([self.pagewalk, command, *map(str, arguments)], timeout=SECONDS, check=False, **streams)

    def check(self, name, right, what):
        self.count += 1
        if not right:
            self.failures += 1
            print(f"{name}: {what}")

    def stopped(self, name, done, line=LINE):
        self.check(name, done.returncode == LIMIT and done.stderr.endswith(line),
                   f"exit code {done.returncode}, said {done.stderr[-300:]!r}")


def check_time(cases, folder):
    for name, code in (("jumps", ENDLESS), ("reads", READING)):
        program = folder / f"{name}.bin"
        program.write_bytes(code)
        cases.stopped(name, cases.run("--timeout=1", program))
        cases.stopped(f"{name}, counted", cases.run("--timeout=1", "--max-instructions=1000000000000", program))
        statistics = folder / "statistics"
        cases.stopped(f"{name}, statistics", cases.run("--timeout=1", "--stats=json", f"--stats-file={statistics}", program))
        cases.check(f"{name}, statistics", json.loads(statistics.read_text())["processes"][0]["exit_code"] is None, "none")
        for commands in ("g", "bp 1; g"):
            done = cases.run("--timeout=1", "-c", commands, program, command="debug")
            cases.stopped(f"{name}, debugged", done)
    two = cases.run("--timeout=1", folder / "jumps.bin", "--and", folder / "reads.bin")
    cases.stopped("two programs", two)


def check_waits(cases, folder):
    """What the host keeps waiting."""
    echo = cases.guests / "stdio_echo.exe"
    reading, writing = os.pipe()
    cases.stopped("waits for input", cases.run("--timeout=1", echo, stdin=reading))
    cases.stopped("waits for a command", cases.run("--timeout=1", echo, command="debug", stdin=reading))
    cases.stopped("waits for a client", cases.run("--timeout=1", "--gdb=0", echo, command="debug"))
    os.close(reading)
    os.close(writing)
    master, terminal = pty.openpty()  # where a line is being edited
    cases.stopped("waits at a prompt", cases.run("--timeout=1", echo, command="debug", stdin=terminal))
    cases.check("the terminal is as it was", wait_for_cooked(terminal), "it is not")
    os.close(master)
    os.close(terminal)
    full, unread = os.pipe()
    text = folder / "text"
    text.write_bytes(b"x" * 10_000_000)
    with open(text, "rb") as source:
        cases.stopped("nobody takes what it writes", cases.run("--timeout=1", echo, stdin=source, stdout=unread))
    os.close(full)
    os.close(unread)


def wait_for_cooked(terminal):
    import termios
    return bool(termios.tcgetattr(terminal)[3] & termios.ICANON)


def check_not_needed(cases):
    hello = cases.guests / "hello.exe"
    plain = cases.run(hello)
    for options in (["--timeout=100"], ["--timeout=0"], ["--max-output=1M"], [f"--max-output={len(plain.stdout)}"]):
        done = cases.run("--stats=json", *options, hello)
        same = cases.run("--stats=json", hello)
        cases.check(f"{options} that is not reached", (done.returncode, done.stdout, done.stderr) ==
                    (same.returncode, same.stdout, same.stderr), done)


def check_output(cases):
    hello = cases.guests / "hello.exe"
    plain = cases.run(hello).stdout
    for most in (0, 1, len(plain) - 1):
        done = cases.run(f"--max-output={most}", hello)
        cases.stopped(f"at most {most}", done, f"pagewalk: stopped after {most} bytes of output\n".encode())
        cases.check(f"at most {most}", done.stdout == plain[:most], done.stdout)
    echo = cases.guests / "stdio_echo.exe"
    with tempfile.TemporaryFile() as source:
        source.write(b"line\n" * 1_000_000)
        seen = set()
        for _ in range(2):
            source.seek(0)
            done = cases.run("--max-output=64K", "--stats=json", echo, stdin=source)
            cases.stopped("much", done, b"pagewalk: stopped after 65536 bytes of output\n")
            cases.check("much", len(done.stdout) + done.stderr.count(b"line\n") * 5 <= 65536, len(done.stdout))
            seen.add((done.stdout, done.stderr))
        cases.check("the same twice", len(seen) == 1, "it differs")


def check_scenarios(cases, folder):
    (folder / "stopped.toml").write_text(
        'program = "jumps.bin"\noptions.timeout = 1\nexpected.exit_code = 124\n'
        'expected.stderr = "pagewalk: stopped after 1 second\\n"\n')
    (folder / "silenced.toml").write_text(
        'program = "${guest}/hello.exe"\noptions.max_output = "3"\nexpected.exit_code = 124\n'
        'expected.stderr = "pagewalk: stopped after 3 bytes of output\\n"\nrepeat = 2\n')
    for name in ("stopped", "silenced"):
        scenario = folder / f"{name}.toml"
        text = scenario.read_text().replace("${guest}", str(cases.guests.resolve()))
        scenario.write_text(text)
        done = cases.run("--trust", scenario, command="test")
        cases.check(f"scenario {name}", done.returncode == 0, done.stdout.decode() + done.stderr.decode())


def check_wrong(cases):
    hello = cases.guests / "hello.exe"
    for option in ("timeout", "max-output"):
        for value in ("", "-1", "some", "1.5", "99999999999999999999"):
            done = cases.run(f"--{option}={value}", hello)
            cases.check(f"--{option}={value}", done.returncode == 125 and option.encode() in done.stderr, done)


def main():
    cases = Cases(*sys.argv[1:3])
    before = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        check_time(cases, Path(folder))
        check_waits(cases, Path(folder))
        check_not_needed(cases)
        check_output(cases)
        check_scenarios(cases, Path(folder))
        check_wrong(cases)
    print(f"{cases.count} cases, {cases.failures} failed, {time.monotonic() - before:.0f} s")
    return 1 if cases.failures else 0


if __name__ == "__main__":
    sys.exit(main())
