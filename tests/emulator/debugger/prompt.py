#!/usr/bin/env python3
"""At a terminal: Ctrl-C drops the line that is being typed, an empty line is the last one again, Ctrl-D ends; the prompt
tells a fault's stages, lines last over sessions, Tab completes what a command takes, and colour is for terminals.

Usage: prompt.py PAGEWALK GUEST_FOLDER
"""
import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from check import Check

SECONDS = 60
CTRL_C, CTRL_D = "\x03", "\x04"
PROMPT = "0:000> "
A_PROMPT = re.compile(r"(?:^|\n)0:000(?: \([^\n]*\))?> $")  # within a fault it names stages


class Terminal:
    def __init__(self, *command, **variables):
        self.shown = ""
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.execve(command[0], [str(word) for word in command], {**os.environ, **variables})

    def read_until(self, awaited):
        """What is shown from now on, up to `awaited`, a text or a pattern, or to the end. It is read byte by byte, so that
        where it ends does not depend on how much was there at once."""
        before, end = len(self.shown), time.monotonic() + SECONDS
        pattern = re.compile(re.escape(awaited)) if isinstance(awaited, str) else awaited
        while not pattern.search(self.shown[before:]) and time.monotonic() < end:
            if not select.select([self.file], [], [], 1)[0]:
                continue
            try:
                more = os.read(self.file, 1)
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


def check_stages_in_prompt(check, command, program):
    """A fault's prompt names the stage that is done and the next one; behind the fault it is the usual one."""
    terminal = Terminal(command, "debug", program)
    terminal.read_until(PROMPT)
    terminal.type("bf /1 demand-zero 80000 L1b000\r")
    prompts = [terminal.type(keys, until=A_PROMPT).rsplit("\n", 1)[-1] for keys in ("g\r", "t\r", "t\r", "t\r", "gu\r", "t\r")]
    staged = [re.search(r"0:000 \((?:done: ([\w ]+), )?next: ([\w ]+)\)> ", p) for p in prompts[:4]]
    check.true("each prompt in a fault names its stages", all(staged))
    if all(staged):
        for before, after in zip(staged, staged[1:]):
            check.same("what was next is done", after[1], before[2])
    check.true("behind the fault nothing is left of it", prompts[-1].endswith(PROMPT) and "next:" not in prompts[-1])
    check.same("it ends", terminal.exit_code_after(CTRL_D), 0)


def check_history(check, command, program):
    """The arrow upwards brings the lines of the session before."""
    terminal = Terminal(command, "debug", program)
    terminal.read_until(PROMPT)
    terminal.type("? 0n4711\r")
    terminal.exit_code_after(CTRL_D)
    terminal = Terminal(command, "debug", program)
    terminal.read_until(PROMPT)
    check.true("the line of another session", "Evaluate expression: 4711" in terminal.type("\x1b[A\r"))
    terminal.exit_code_after(CTRL_D)
    other = Terminal(command, "debug", program, XDG_STATE_HOME=os.environ["XDG_STATE_HOME"] + "/other")
    other.read_until(PROMPT)
    check.true("kept where XDG_STATE_HOME says", "4711" not in other.type("\x1b[A\r"))
    other.exit_code_after(CTRL_D)


def check_completion(check, command, program):
    """By what the command takes: a command, a service, a symbol, a register."""
    terminal = Terminal(command, "debug", program)
    terminal.read_until(PROMPT)
    for typed, whole in (("help !vt", "help !vtop"), ("bv NtFreeV", "bv NtFreeVirtualMemory"),
                         ("u virtual_alloc!sho", "u virtual_alloc!show"), ("r ef", "r efl")):
        shown = re.sub(r"\x07|\r\x1b\[\d+G", "", terminal.type(typed + "\t\r"))  # a bell, and back to where it was
        check.true(f"{typed}: {whole}", whole in shown and "^" not in shown)
    terminal.exit_code_after(CTRL_D)


def check_colour(check, command, program):
    """On a terminal that takes it, and only there (no-color.org; ECMA-48, 8.3.117)."""
    def has_colour(**variables):
        terminal = Terminal(command, "debug", program, **variables)
        terminal.read_until(PROMPT)
        shown = terminal.type("bp /1 virtual_alloc!main; g\r") + terminal.type("nonsense\r")
        terminal.exit_code_after(CTRL_D)
        return [bool(re.search(r"\x1b\[[0-9;]+m[^\n]*" + words, shown)) for words in ("Breakpoint 0 hit", r"\^")]

    check.same("halts and mistakes", has_colour(TERM="xterm", NO_COLOR=""), [True, True])
    check.same("NO_COLOR", has_colour(TERM="xterm", NO_COLOR="1"), [False, False])
    check.same("a terminal without", has_colour(TERM="dumb", NO_COLOR=""), [False, False])
    piped = subprocess.run([command, "debug", program], input="bp /1 virtual_alloc!main\ng\nnonsense\nq\n", capture_output=True,
                           text=True, timeout=SECONDS, env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
    check.true("a pipe", "Breakpoint 0 hit" in piped.stdout and "\x1b" not in piped.stdout + piped.stderr)


def main():
    check, command = Check(), sys.argv[1]
    program = Path(sys.argv[2]) / "virtual_alloc.exe"
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state  # not the user's own history
        check_keys(check, command, program)
        for part in (check_stages_in_prompt, check_history, check_completion, check_colour):
            part(check, command, program)
    return check.verdict()


def check_keys(check, command, program):
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


if __name__ == "__main__":
    sys.exit(main())
