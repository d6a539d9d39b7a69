#!/usr/bin/env python3
"""Files that are none (pipes, folders, devices), and output that cannot be written: for every command one line and exit
code 125, at once.

Usage: odd_files.py PAGEWALK PROGRAM.exe
"""
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

CANNOT_RUN = 125
SECONDS = 60  # it takes milliseconds; what hangs or reads without end does not get so far


def odd_files(folder):
    """(what it is, its path) of everything that is no regular file."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    link = folder / "link"
    link.symlink_to(pipe)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    (folder / "folder").mkdir()
    yield from (("pipe", pipe), ("pipe", link), ("folder", folder / "folder"), ("device", "/dev/zero"),
                ("device", "/dev/full"), ("device", "/dev/null"))
    yield "socket", folder / "socket"


def uses(program, odd):
    """(what for, arguments) of everything that opens a file."""
    yield "image", ["run", odd]
    yield "image, debugged", ["debug", odd]
    yield "one image of two", ["run", program, "--and", odd]
    yield "statistics", ["run", f"--stats-file={odd}", program]
    yield "log", ["run", "--log-level=trace", f"--log-file={odd}", program]
    yield "script", ["debug", "-x", odd, program]
    yield "memory image", ["translate", "--cr3", "0", "--image", odd, "0"]


def outputs(program, scenario):
    """Commands that write to standard output themselves."""
    yield ["--help"]
    yield ["--version"]
    yield ["run", "--help"]
    yield ["test", scenario]
    yield ["debug", "-c", "? 1", program]
    yield ["debug", "--json", "-c", "? 1", program]


class Cases:
    def __init__(self, pagewalk):
        self.pagewalk = pagewalk
        self.count = self.failures = 0

    def run(self, arguments, **streams):
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        return subprocess.run([self.pagewalk, *map(str, arguments)], timeout=SECONDS, check=False, **streams)

    def check(self, name, done, *texts, lines=1):
        said = done.stderr.decode(errors="replace") if done.stderr is not None else ""
        self.count += 1
        right = done.returncode == CANNOT_RUN and all(text in said for text in texts)
        if done.stderr is not None:
            right = right and said.startswith("pagewalk: ") and said.count("\n") <= lines
        if not right:
            self.failures += 1
            print(f"{name}: exit code {done.returncode}, said: {said.strip()!r}, expected {texts}")


def check_odd_files(cases, program, folder):
    for kind, odd in odd_files(folder):
        for what, arguments in uses(program, odd):
            is_program = arguments[0] in ("run", "debug") and "image" in what  # looked for by the loader
            cases.check(f"{what}: {odd}", cases.run(arguments), str(odd) if is_program else f"is a {kind}")
        if kind != "folder":  # which may hold scenarios
            cases.check(f"scenario: {odd}", cases.run(["test", odd]), f"is a {kind}")
        scenario = folder / "expects.toml"
        scenario.write_text(f"program = 'a.exe'\nexpected.stdout_file = '{odd}'\n")
        cases.check(f"expected output: {odd}", cases.run(["test", "--trust", scenario]), f"is a {kind}")
        for command in (".dump", ".logopen", "$<"):
            done = cases.run(["debug", "-c", f"{command} {odd}", program])
            cases.count += 1
            if f"is a {kind}" not in done.stdout.decode() or done.returncode != 0:
                cases.failures += 1
                print(f"{command} {odd}: {done.returncode} {done.stdout!r} {done.stderr!r}")


def check_outputs(cases, program, folder):
    scenario = folder / "right.toml"
    scenario.write_text(f"program = '{program}'\n")
    with open("/dev/full", "wb") as full:
        for arguments in outputs(program, scenario):
            arguments = [*arguments[:1], "--trust", *arguments[1:]] if arguments[0] == "test" else arguments
            name = f"full standard output: {' '.join(map(str, arguments))}"
            cases.check(name, cases.run(arguments, stdout=full), "standard output cannot be written", lines=3)
        image = folder / "image"
        image.write_bytes(bytes(4096))
        cases.check("full standard output: translate",
                    cases.run(["translate", "--cr3", "0", "--image", image, "0"], stdout=full), "standard output")
        for option in ("--stats", "--stats=json", "--log-level=trace"):
            cases.check(f"full standard error: {option}",
                        cases.run(["run", option, program], stdout=subprocess.DEVNULL, stderr=full))


def check_nul(cases, folder):
    for text in ('program = "a\\u0000.exe"', 'program = "a.exe"\nargs = ["x", "a\\u0000b"]',
                 'program = "a.exe"\noptions.root = "a\\u0000b"', 'program = "a.exe"\nfiles.a = { link = "\\u0000" }',
                 'program = "a.exe"\nexpected.stdout_file = "a\\u0000"'):
        scenario = folder / "nul.toml"
        scenario.write_text(text)
        cases.check(f"a NUL: {text!r}", cases.run(["test", scenario]), "NUL", f"nul.toml:{text.count(chr(10)) + 1}:")


def main():
    pagewalk, program = sys.argv[1], Path(sys.argv[2]).resolve()
    cases = Cases(pagewalk)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        check_odd_files(cases, program, folder)
        check_outputs(cases, program, folder)
        check_nul(cases, folder)
    print(f"{cases.count} cases, {cases.failures} failed")
    return 1 if cases.failures else 0


if __name__ == "__main__":
    sys.exit(main())
