#!/usr/bin/env python3
"""Runs real programs natively, under qemu-i386 and in Pagewalk, and prints what each took and the ratios.

Usage: real_programs.py PAGEWALK FOLDER SOURCES [--programs ROW,...] [--repetitions N]
       real_programs.py --self-test

FOLDER has the programs built for Linux and for Windows (tests/bench/programs), SOURCES the sources that were fetched.
Times are user and system seconds of whole runs. The sides take turns, and both a time and a ratio are the median over the
turns, the ratio that of times from the same turn. The sides' outputs must be the same, byte for byte.
"""
import argparse
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from table import human, print_header, print_row, ratio

HERE = Path(__file__).resolve().parent / "programs"
SIDES = ("native", "qemu-i386", "Pagewalk")
SECONDS = 300  # of processor time; a run that takes more is stuck


@dataclass(frozen=True)
class Row:
    name: str  # of the program too
    what: str
    source: str = ""  # which fetched source it is built from
    arguments: tuple = ()
    script: str = ""  # what it reads from standard input


ROWS = (
    Row("register_loop", "100 M steps of a register loop"),
    Row("indirect_calls", "20 M indirect calls"),
    Row("floating_point", "20 M FP multiply, divide"),
    Row("quicksort", "quicksort of 1 M ints, its own"),
    Row("qsort", "qsort of 1 M ints, each C library's"),
    Row("qsort_same", "qsort of 1 M ints, the same code"),
    Row("sprintf", '200,000 sprintf("%d:%g"), each C library\'s'),
    Row("sprintf_same", '200,000 sprintf("%d:%g"), the same code'),
    Row("malloc", "3 M malloc and free of 16-271 bytes, each C library's"),
    Row("malloc_same", "3 M malloc and free of 16-271 bytes, the same code"),
    Row("memcpy", "500 memcpy of 1 MB, each C library's"),
    Row("iostreams", "C++ with iostreams and 10,000 exceptions"),
    Row("lua", "a Lua script", source="lua", arguments=("-",), script="script.lua"),
    Row("sqlite", "an SQLite database in memory", source="sqlite3"),
    Row("bzip2", "bzip2, 2 MB there and back", source="bzip2"),
)


class Failure(Exception):
    pass


def limit_time():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def run(command, script=""):
    """(output, user and system seconds) of one run, which must end well."""
    with tempfile.TemporaryFile() as output, open(HERE / script if script else os.devnull, "rb") as words:
        process = subprocess.Popen(command, stdin=words, stdout=output, preexec_fn=limit_time)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise Failure(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        return output.read(), used.ru_utime + used.ru_stime


def commands_of(row, pagewalk, folder):
    native = [str(folder / "linux" / row.name), *row.arguments]
    return {"native": native, "qemu-i386": ["qemu-i386", *native],
            "Pagewalk": [pagewalk, "run", str(folder / "windows" / f"{row.name}.exe"), *row.arguments]}


def compare_outputs(name, outputs):
    for side, output in outputs.items():
        if output != outputs[SIDES[0]]:
            raise Failure(f"{name} prints other text on {side} than on {SIDES[0]}:\n{output.decode(errors='replace')[:400]}"
                          f"---\n{outputs[SIDES[0]].decode(errors='replace')[:400]}")


def measure(row, commands, repetitions):
    """Seconds of each side in each turn. A first turn, which is not counted, warms the host's caches up."""
    times = {side: [] for side in SIDES}
    for turn in range(repetitions + 1):
        outputs = {}
        for side in SIDES:
            outputs[side], seconds = run(commands[side], row.script)
            if turn:
                times[side].append(seconds)
        compare_outputs(row.name, outputs)
    return times


def speed_against(times, side):
    """How many times as fast as `side` Pagewalk is: the median over the turns. A run shorter than the host's clock can
    tell counts as 1 ms."""
    return statistics.median(max(theirs, 1e-3) / max(ours, 1e-3) for theirs, ours in zip(times[side], times[SIDES[-1]]))


def print_programs(rows, arguments):
    print_header("Program", *SIDES, "Speed against native", "Speed against qemu-i386")
    speeds = []
    for row in rows:
        if row.source and not (arguments.sources / row.source).is_dir():
            print_row(row.what, f"the source of {row.source} is not to be had here", "", "", "", "")
            continue
        times = measure(row, commands_of(row, arguments.pagewalk, arguments.folder), arguments.repetitions)
        medians = [human(statistics.median(times[side]) * 1e9) for side in SIDES]
        speeds.append(speed_against(times, "qemu-i386"))
        print_row(row.what, *medians, ratio(speed_against(times, "native")), ratio(speeds[-1]))
    if len(speeds) > 1:
        print_row("geometric mean", "", "", "", "", ratio(statistics.geometric_mean(speeds)))


def chosen_rows(names):
    if names == "all":
        return ROWS
    by_name = {row.name: row for row in ROWS}
    unknown = [name for name in names.split(",") if name not in by_name]
    if unknown:
        raise Failure(f"there is no program {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names.split(",")]


def self_test():
    """What would make a table lie: a paired ratio that is not one, and outputs or exit codes that nobody looks at."""
    times = {"native": [1, 2, 9], "qemu-i386": [4, 8, 6], "Pagewalk": [2, 4, 6]}
    assert math.isclose(speed_against(times, "qemu-i386"), 2), speed_against(times, "qemu-i386")
    assert math.isclose(speed_against(times, "native"), 0.5), speed_against(times, "native")
    same = {side: ["printf", "7"] for side in SIDES}
    for commands, complaint in ((same, None),
                                ({**same, "Pagewalk": ["printf", "8"]}, "prints other text on Pagewalk"),
                                ({**same, "qemu-i386": ["printf", ""]}, "prints other text on qemu-i386"),
                                ({**same, "native": ["false"]}, "ended with 1")):
        try:
            times = measure(ROWS[0], commands, 2)
            assert complaint is None, f"{commands} passed"
            assert all(len(times[side]) == 2 for side in SIDES), times
        except Failure as failure:
            assert complaint and complaint in str(failure), failure
    seconds = run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"])[1]
    assert 0.25 < seconds < 3, seconds
    assert [row.name for row in chosen_rows("lua,memcpy")] == ["lua", "memcpy"]
    try:
        chosen_rows("lua,basic")
    except Failure as failure:
        assert "no program basic" in str(failure), failure
    else:
        raise AssertionError("an unknown program was taken")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", nargs="?", default="all", const="all", metavar="ROW,...", help="all unless given")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("pagewalk", nargs="?")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("sources", nargs="?", type=Path)
    arguments = parser.parse_args()
    try:
        if arguments.self_test:
            self_test()
        else:
            if arguments.repetitions < 1 or not arguments.sources:
                parser.error("PAGEWALK, FOLDER and SOURCES are needed, and a repetition")
            print_programs(chosen_rows(arguments.programs), arguments)
    except Failure as failure:
        sys.exit(f"real_programs: {failure}")


if __name__ == "__main__":
    main()
