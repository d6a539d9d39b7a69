#!/usr/bin/env python3
"""Every command of the debugger, with values that other tools and other ways of looking give.

Usage: commands.py PAGEWALK GUEST_FOLDER
"""
import sys
import traceback

import commands_code
import commands_memory
import commands_run
import commands_system
import commands_types
from check import Check
from driven import Pagewalk

PARTS = (commands_code, commands_memory, commands_run, commands_system, commands_types)


def check_that_all_are_covered(pagewalk, check):
    """Each command of help was executed by a test that names it."""
    listed = set(pagewalk.debug("virtual_alloc", ["help", "q"]).data("help"))
    named = {name for part in PARTS for names, _ in part.TESTS for name in names.split()}
    check.same("commands without a test", sorted(listed - named), [])
    check.same("tests of commands that are not there", sorted(named - listed), [])
    for name in sorted(listed):
        executed = any(line == name or line.startswith(name) for line in pagewalk.used)
        check.true(f"{name} was executed", executed)


def main():
    pagewalk, check = Pagewalk(sys.argv[1], sys.argv[2]), Check()
    for part in PARTS:
        for names, test in part.TESTS:
            before = check.failures
            try:
                test(pagewalk, check)
            except (KeyError, IndexError, TypeError, ValueError, StopIteration) as error:  # an answer of another shape
                check.same(f"{test.__name__}", traceback.format_exc(), error)
            if check.failures > before:
                print(f"--- in {test.__name__} ({names})")
    check_that_all_are_covered(pagewalk, check)
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
