#!/usr/bin/env python3
"""What a signal to `pagewalk test` leaves behind, SIGKILL included: no process, and nothing in the temporary folder.

Usage: interrupted_runs.py PAGEWALK
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 60  # seconds; it takes milliseconds
ENDLESS = bytes([0xEB, 0xFE])  # jmp to itself


def wait_until(condition):
    """Whether `condition` comes to hold."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def guests_below(temporary):
    """The processes that run a guest whose temporary folder this is."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            environment = (entry / "environ").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if b"run" in words and b"TMPDIR=" + os.fsencode(temporary) in environment:
            found.append(int(entry.name))
    return found


def write_endless(scenarios):
    """Two scenarios that run until they are ended."""
    (scenarios / "endless.bin").write_bytes(ENDLESS)
    for name in ("one", "two"):
        (scenarios / f"{name}.toml").write_text('program = "endless.bin"\nfiles."a/b" = "content"\n')


def write_repeated(scenarios):
    """Two scenarios that go on and on, from warm machines: each is a process, and a run of it mostly another."""
    for name in ("one", "two"):
        (scenarios / f"{name}.toml").write_text('program = "${guest}/hello.exe"\nrepeat = 100000\n')


def interrupt(pagewalk, folder, number, write):
    """What is wrong after the signal `number`, or None."""
    folder = Path(folder).resolve()
    scenarios, temporary = folder / "scenarios", folder / "temporary"
    scenarios.mkdir()
    temporary.mkdir()
    write(scenarios)
    test = subprocess.Popen([pagewalk, "test", "--jobs=2", scenarios], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env={**os.environ, "TMPDIR": str(temporary)})
    wanted = 2 if write is write_endless else 4  # two that stand, and a run of each
    try:
        if not wait_until(lambda: len(guests_below(temporary)) >= wanted):
            return "the guests do not run"
        if not list(temporary.iterdir()):
            return "the guests have no scratch folder: this test would see nothing"
        test.send_signal(number)
        test.communicate(timeout=PATIENCE)  # to the end of its output, which nobody else may hold open
        if test.returncode != -number:
            return f"pagewalk test ended with {test.returncode}"
        if not wait_until(lambda: not guests_below(temporary)):
            return "a guest runs on"
        if not wait_until(lambda: not list(temporary.iterdir())):
            return f"left: {[str(path) for path in temporary.rglob('*')]}"
        return None
    finally:
        test.kill()
        for process in guests_below(temporary):
            os.kill(process, signal.SIGKILL)


def main():
    failures = 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGKILL):
        for write in (write_endless, write_repeated):
            with tempfile.TemporaryDirectory() as folder:
                why = interrupt(sys.argv[1], folder, number, write)
            if why:
                failures += 1
                print(f"{number.name}, {write.__name__}: {why}")
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
