#!/usr/bin/env python3
"""Compares the reference pages with the built command: its options, the debugger's commands, the keys of the statistics. What
the one has and the other lacks is told.

Usage: reference_pages.py [--self-test] PAGEWALK GUEST
       --self-test shows that what is missing is caught
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USAGE = "usage: reference_pages.py [--self-test] PAGEWALK GUEST"
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def output_of(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr


def section(page, title):
    """What stands under a heading of the second level."""
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)[1]


def first_cells(text):
    """The first cell of each row of the tables."""
    return [re.split(r"(?<!\\)\|", line)[1] for line in text.splitlines() if line.startswith("| ")]


def code_words(text):
    """The words of what is set as code: of "`bl bc`" bl and bc."""
    return {word.replace("\\|", "|") for code in re.findall(r"`([^`]*)`", text) for word in code.split()}


def options_of_help(text):
    """Of CLI11's list: a line for each option, which begins with its names."""
    rows = re.findall(r"^  (-\S+)", text, re.MULTILINE)
    return {name for row in rows for name in OPTION.findall(row)} - {"-h", "--help"}


def options_of_page(text):
    """Of its table; without one, of the line that says how the command is used."""
    return set(OPTION.findall(" ".join(first_cells(text)) or text.strip().splitlines()[0]))


def commands_of_help(text):
    """The names that `help *` begins its lines with, and those that may be told besides: of "r[F|X]" rF and rX, and r."""
    names, besides = set(), set()
    for line in text.splitlines():
        # A summary, which ends the line, is what tells a command from other lines.
        usage = re.match(r"(\S+?)(\[[^\] ]+\])?(?= |$)", line)
        if not usage or not line.endswith("."):
            continue
        name, ends = usage[1], usage[2]
        if ends is None:
            names.add(name.split("FILE")[0])
        else:
            names |= {name + end for end in ends[1:-1].split("|")}
            besides.add(name)
    return names, besides


def keys_of(value, prefix=""):
    """The paths of the numbers and texts in JSON: "processes[].id"."""
    if isinstance(value, dict):
        return set().union(*(keys_of(inner, f"{prefix}.{key}" if prefix else key) for key, inner in value.items()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return set().union(*(keys_of(inner, f"{prefix}[]") for inner in value))
    return {prefix}


def keys_of_page(text):
    """The first key of a cell is a whole path, the others share all of it but their last part."""
    keys = set()
    for cell in first_cells(text):
        before = ""
        for key in re.findall(r"`([^`]*)`", cell):
            path = key if "." in key else before + key
            keys.add(path)
            before = path[:path.rfind(".") + 1]
    return keys


def differences(what, real, told):
    yield from (f"{what}: {name} is not on the page" for name in sorted(real - told))
    yield from (f"{what}: {name} is on the page only" for name in sorted(told - real))


def complaints(pagewalk, guest, pages):
    cli, debugger, regression = pages
    for page, command in ((cli, "run"), (cli, "translate"), (regression, "test")):
        yield from differences(command, options_of_help(output_of(pagewalk, command, "--help")[0]),
                               options_of_page(section(page, f"pagewalk {command}")))
    shared = options_of_help(output_of(pagewalk, "run", "--help")[0])
    yield from differences("debug", options_of_help(output_of(pagewalk, "debug", "--help")[0]) - shared,
                           options_of_page(section(debugger, "pagewalk debug")))

    hello = guest / "hello.exe"
    everything = output_of(pagewalk, "debug", "-c", "help *; q", hello)[0]
    listed, besides = commands_of_help(everything[everything.index("g [ADDRESS]"):everything.index("help COMMAND shows")])
    told = code_words(" ".join(first_cells(section(debugger, "Commands"))))
    yield from (f"debugger: {name} is not on the page" for name in sorted(listed - told))
    arguments = {"[ADDRESS]"}
    yield from (f"debugger: {name} is on the page only" for name in sorted(told - listed - besides - arguments))

    statistics = json.loads(output_of(pagewalk, "run", "--stats=json", hello)[1])
    real = {key.replace("processes[].faults.", "memory.faults.") for key in keys_of(statistics)}
    yield from differences("statistics", real, keys_of_page(section(cli, "Statistics")) - {"processes[].faults"})


def pages():
    return [(ROOT / "emulator" / folder / "README.md").read_text() for folder in ("cli", "debugger", "regression")]


def self_test(pagewalk, guest):
    """Takes out a row of each table in turn."""
    wrong = []
    for number, row in ((0, "`--verify"), (0, "`--cr3"), (0, "`memory.pagefile.size"), (1, "`--gdb"), (1, "`da db"), (2, "[--jobs N]")):
        damaged = pages()
        lines = damaged[number].splitlines(keepends=True)
        kept = [line for line in lines if not (row in line and (line.startswith("| ") or row.startswith("[")))]
        assert len(kept) < len(lines), row
        damaged[number] = "".join(kept)
        if not list(complaints(pagewalk, guest, damaged)):
            wrong.append(f"self-test: a page without {row} passed")
    wrong += usage_complaints()
    print("\n".join(wrong), end="\n" if wrong else "")
    return len(wrong)


def usage_complaints():
    """Who forgets the arguments is told in one line."""
    for arguments in ([], ["pagewalk"], ["--self-test"], ["pagewalk", "guest", "more"]):
        done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, timeout=60)
        if done.returncode != 2 or done.stdout or done.stderr.splitlines() != [USAGE]:
            yield f"self-test: with the arguments {arguments} it ended with {done.returncode} and said {done.stderr!r}"


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--self-test"]
    if len(arguments) != 2:
        print(USAGE, file=sys.stderr)
        return 2
    pagewalk, guest = Path(arguments[0]), Path(arguments[1])
    if "--self-test" in sys.argv:
        return 1 if self_test(pagewalk, guest) else 0
    found = list(complaints(pagewalk, guest, pages()))
    print("\n".join(found) or "the reference pages tell what there is")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
