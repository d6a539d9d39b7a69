#!/usr/bin/env python3
"""Checks what the pages (README.md, and those beside the code) refer to: links, their headings, and files that are named as
code. A name may be that of a file at the root, beside the page or below it, or end a longer path there. In all other texts
of the tree, comments among them, files that are named by their path from the root must exist.

Usage: page_links.py [ROOT]     prints each that leads nowhere; exit code 1 if there is one
       page_links.py --self-test
"""
import functools
import re
import sys
import tempfile
from pathlib import Path

SOURCES = (".h", ".c", ".cpp", ".py", ".md", ".toml", ".cmake", ".asm", ".def")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
FOLDERS = ("mm", "emulator", "guest", "tests", "scripts", "third_party")
TEXTS = (*SOURCES, ".txt", ".patch", ".dict")
PATH = re.compile(r"(?<![\w/.-])((?:%s)/[\w/.-]+(?:%s))\b" % ("|".join(FOLDERS), "|".join(re.escape(end) for end in SOURCES)))
FILE = re.compile(r"`([\w./-]+(?:%s))`" % "|".join(re.escape(end) for end in SOURCES))


def pages_of(root):
    for page in sorted(root.rglob("README.md")):
        if page.relative_to(root).parts[0] != "build":
            yield page


def headings_of(page):
    """The anchors that GitHub gives them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def without_blocks(text):
    """Lines in fenced blocks are programs and what they print; they stay as empty ones."""
    return re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)


def broken_link(page, target, anchor):
    if "://" in target:
        return False
    file = (page.parent / target) if target else page
    return not file.exists() or (anchor and anchor not in headings_of(file))


@functools.cache
def endings_below(folder):
    """ "a/b/c.h", "b/c.h" and "c.h" of each file. """
    endings = set()
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        if file.suffix in SOURCES and parts[0] != "build":
            endings.update("/".join(parts[start:]) for start in range(len(parts)))
    return endings


def unknown_file(root, page, name):
    return not ((root / name).is_file() or (page.parent / name).is_file() or name in endings_below(page.parent))


def texts_of(root):
    """What is written by hand, but for the checks of this folder, whose examples do not exist."""
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.is_file() and file.parent != root / "tests/structure" and (file.suffix in TEXTS or not file.suffix):
                yield file


def stale_paths(root):
    for file in texts_of(root):
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            for path in PATH.findall(line):
                if not (root / path).exists() and not (file.parent / path).exists():
                    yield f"{file.relative_to(root).as_posix()}:{number}: there is no file {path}"


def violations(root):
    yield from page_violations(root)
    yield from stale_paths(root)


def page_violations(root):
    for page in pages_of(root):
        shown = page.relative_to(root).as_posix()
        for number, line in enumerate(without_blocks(page.read_text()).splitlines(), 1):
            for target, anchor in LINK.findall(line):
                if broken_link(page, target, anchor):
                    yield f"{shown}:{number}: the link {target}{'#' + anchor if anchor else ''} leads nowhere"
            for name in FILE.findall(line):
                if "*" not in name and unknown_file(root, page, name):
                    yield f"{shown}:{number}: there is no file {name}"


def self_test():
    cases = [  # (a line of mm/README.md, is it wrong)
        ("[page](pfn/list.h)", False),
        ("[page](pfn/lost.h)", True),
        ("[there](../README.md#two-words-more)", False),
        ("[there](../README.md#other)", True),
        ("[here](#page)", False),
        ("[outside](https://example.org/x)", False),
        ("`list.h`, `pfn/list.h`, `mm/pfn/list.h`", False),
        ("`lost.h`", True),
        ("`vad/list.h`", True),
        ("`size_t`", False),
        ("```sh\n`lost.h`\n```", False),
    ]
    comments = [  # (a line of mm/vad.h, is it wrong)
        ("// See mm/pfn/list.h.", False),
        ("// See mm/pfn/lost.h.", True),
        ('#include "mm/pfn/lost.h"', True),
        ("// In build/mm/pfn/lost.h and lost.h.", False),
    ]
    wrong = 0
    for name, line, is_wrong in [("README.md", *case) for case in cases] + [("vad.h", *case) for case in comments]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "mm/pfn").mkdir(parents=True)
            (root / "mm/pfn/list.h").touch()
            (root / "README.md").write_text("# Two words, more\n")
            (root / "mm" / name).write_text(f"# Page\n\n{line}\n")
            if bool(list(violations(root))) != is_wrong:
                wrong += 1
                print(f"self-test: expected {'a' if is_wrong else 'no'} violation of {line}")
    return wrong


def main():
    if "--self-test" in sys.argv:
        return 1 if self_test() else 0
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = list(violations(root))
    print("\n".join(found) or "pages: everything that they refer to is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
