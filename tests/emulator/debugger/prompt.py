#!/usr/bin/env python3
"""At a terminal: Ctrl-C drops the line that is being typed, an empty line is the last one again, Ctrl-D ends.

Usage: prompt.py PAGEWALK GUEST_FOLDER
"""
import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

from check import Check

SECONDS = 60
CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT = "0:000> "


class Terminal:
    def __init__(self, *command):
        self.shown = ""
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.execv(command[0], [str(word) for word in command])

    def read_until(self, text):
        """What is shown from now on, up to `text`, or to the end."""
        before, end = len(self.shown), time.monotonic() + SECONDS
        while text not in self.shown[before:] and time.monotonic() < end:
            if not select.select([self.file], [], [], 1)[0]:
                continue
            try:
                more = os.read(self.file, 4096)
            except OSError:
                break
            if not more:
                break
            self.shown += more.decode(errors="replace")
        return self.shown[before:]

    def type(self, keys, until=PROMPT):
        self.await_editor()
        os.write(self.file, keys.encode())
        return self.read_until(until)

    def await_editor(self):
        """What is typed before the line editor has the terminal is the terminal's own: it would be lost."""
        end = time.monotonic() + SECONDS
        while termios.tcgetattr(self.file)[3] & termios.ICANON and time.monotonic() < end:
            time.sleep(0.005)

    def exit_code_after(self, keys):
        self.await_editor()
        os.write(self.file, keys.encode())
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if select.select([self.file], [], [], 0.1)[0]:
                with contextlib.suppress(OSError):  # it has gone
                    os.read(self.file, 4096)
            ended, status = os.waitpid(self.process, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        return "killed"


def main():
    check, command = Check(), sys.argv[1]
    program = Path(sys.argv[2]) / "virtual_alloc.exe"

    terminal = Terminal(command, "debug", program)
    terminal.read_until(PROMPT)
    terminal.type("? 1", until="? 1")
    terminal.type(CTRL_C)
    answer = terminal.type("? 2\r")
    check.true("Ctrl-C: the line is dropped, and the next one executed", "= 00000002\r\n" in answer and "^" not in answer)
    for _ in range(3):
        terminal.type(CTRL_C)
    check.true("Ctrl-C without a line: a prompt again", "= 00000003\r\n" in terminal.type("? 3\r"))
    check.true("an empty line repeats", "= 00000003\r\n" in terminal.type("\r"))
    check.true("and again", "= 00000003\r\n" in terminal.type("  \r"))
    terminal.type("? 4", until="? 4")
    terminal.type(CTRL_C)
    check.true("a dropped line is not repeated", "= 00000003\r\n" in terminal.type("\r"))
    check.true("it goes on", "Breakpoint 0 hit" in terminal.type("bp /1 virtual_alloc!main; g\r"))
    here = terminal.type("? @eip\r").split("= ")[1][:8]
    terminal.type("t\r")
    terminal.type("\r")
    there = terminal.type("? @eip\r").split("= ")[1][:8]
    check.true("t and an empty line: two instructions", int(there, 16) > int(here, 16))
    check.same("Ctrl-D ends", terminal.exit_code_after(CTRL_D), 0)

    piped = subprocess.run([command, "debug", program], input="? 5\n\n\nq\n", capture_output=True, text=True, timeout=SECONDS)
    check.same("an empty line that nobody types is nothing", piped.stdout.count("= 00000005"), 1)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
