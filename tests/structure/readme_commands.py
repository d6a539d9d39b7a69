#!/usr/bin/env python3
"""Runs every command of the `sh` and `console` blocks of README.md, and of the pages of that name beside the code, in the
order of each page, as a reader would.

Usage: readme_commands.py BUILD [PAGE...]   BUILD stands in for build/release
       readme_commands.py --self-test

In a `console` block a command follows "$ " and what it prints follows below, both streams; a line "..." stands for
any number of lines, and "..." within a line for any text. In an `sh` block every line is a command. Commands end
with exit code 0; those that do not are written with "; echo $?".
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Commands that are not run here: the first three are what runs this test, or the same at greater length.
SKIPPED = ("scripts/test", "scripts/demo", "scripts/bench", "git clone")
SECONDS = 600


def blocks_of(text):
    """(language, first line number, lines) of each fenced block."""
    language, start, lines = None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif language is None:
            language, start, lines = line[3:].strip(), number + 1, []
        else:
            yield language, start, lines
            language = None


def commands_of(text):
    """(line number, command, expected lines or None) of each command."""
    for language, start, lines in blocks_of(text):
        if language == "sh":
            for number, line in enumerate(lines, start):
                if line.strip() and not line.startswith("#"):
                    yield number, line, None
        elif language == "console":
            found = []
            for number, line in enumerate(lines, start):
                if line.startswith("$ "):
                    found.append((number, line[2:], []))
                elif found:
                    found[-1][2].append(line)
            yield from found


def matches(expected, actual):
    """Whether the printed text is the expected lines, in which "..." stands for anything."""
    pattern = ""
    for line in expected:
        if line.strip() == "...":
            pattern += r"(?:.*\n)*"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n"
    return re.fullmatch(pattern, actual if actual.endswith("\n") or not actual else actual + "\n") is not None


def complaint(command, expected, root):
    try:
        done = subprocess.run(["bash", "-c", command], cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s"
    printed = done.stdout.decode(errors="replace").replace("\r\n", "\n")
    if done.returncode != 0:
        return f"exit code {done.returncode}\n{printed}"
    if expected is not None and not matches(expected, printed):
        return f"the page promises other output; it printed\n{printed}"
    return None


def check(page, text, root, build):
    """How many commands were run, and how many of them failed."""
    failures = ran = 0
    for number, command, expected in commands_of(text):
        if any(skipped in command for skipped in SKIPPED):
            continue
        ran += 1
        why = complaint(command.replace("build/release/", f"{build}/"), expected, root)
        if why:
            failures += 1
            print(f"{page}:{number}: $ {command}\n{why}")
    return ran, failures


def pages_of(root):
    """README.md first, which shows how to build."""
    beside_code = (page for folder in ("mm", "emulator", "guest", "tests") for page in (root / folder).rglob("README.md"))
    return [root / "README.md", *sorted(beside_code)]


def check_pages(pages, root, build):
    ran = failures = 0
    for page in pages:
        ran_here, failures_here = check(page.relative_to(root), page.read_text(), root, build)
        ran, failures = ran + ran_here, failures + failures_here
    print(f"{len(pages)} pages, {ran} commands, {failures} failed")
    return ran > 0 and failures == 0


def self_test():
    fence = "```"
    cases = [  # (page, does it pass)
        (f"{fence}console\n$ printf 'a\\nb\\n'\na\nb\n{fence}\n", True),
        (f"{fence}console\n$ printf 'a\\nb\\n'\na\n{fence}\n", False),
        (f"{fence}console\n$ printf 'a\\nb\\nc\\n'\na\n...\nc\n{fence}\n", True),
        (f"{fence}console\n$ echo at 0x1234 end\nat 0x... end\n{fence}\n", True),
        (f"{fence}console\n$ echo at 0x1234 end\nat 0x... fin\n{fence}\n", False),
        (f"{fence}sh\n# says nothing\nfalse\n{fence}\n", False),
        (f"{fence}sh\ntrue\n{fence}\n{fence}c\nint x;\n{fence}\n", True),
        (f"{fence}sh\nscripts/demo\n{fence}\n", False),  # nothing was run: no pass
    ]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "emulator/cli").mkdir(parents=True)
        for where in ("README.md", "emulator/cli/README.md"):
            (root / "README.md").write_text(f"{fence}sh\ntrue\n{fence}\n")
            for text, passes in cases:
                (root / where).write_text(text)
                passes_here = passes or (where != "README.md" and "scripts/demo" in text)  # the first page ran something
                if check_pages(pages_of(root), root, "build") != passes_here:
                    failures += 1
                    print(f"self-test: expected {'a pass' if passes_here else 'a failure'} of {where}:\n{text}")
            (root / where).unlink()
    return failures


def main():
    if "--self-test" in sys.argv:
        return 1 if self_test() else 0
    root = Path(__file__).resolve().parents[2]
    pages = [Path(page).resolve() for page in sys.argv[2:]] or pages_of(root)
    return 0 if check_pages(pages, root, Path(sys.argv[1]).resolve()) else 1


if __name__ == "__main__":
    sys.exit(main())
