#!/usr/bin/env python3
"""Prints the benchmarks' table: what is measured, both sides, and the ratio of their medians.

Reads Google Benchmark's JSON (aggregates). A benchmark's name is NAME/SIDE; the side "pagewalk" is ours. A time
is for one item (instruction, fault, call) where the benchmark says how many there were, else for one iteration.
"""
import json
import sys

from table import human, print_header, print_row, ratio


def median_times(path):
    with open(path, encoding="utf-8") as file:
        runs = json.load(file)["benchmarks"]
    unit = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
    times = {}
    for run in runs:
        if run.get("aggregate_name") != "median":
            continue
        name, side = run["run_name"].split("/")[:2]
        per_item = 1e9 / run["items_per_second"] if "items_per_second" in run else None
        times.setdefault(name, {})[side] = per_item or run["real_time"] * unit[run["time_unit"]]
    return times


def main():
    print_header("What", "Pagewalk", "Against", "", "Speed, ours over theirs")
    for name, sides in median_times(sys.argv[1]).items():
        ours = sides.pop("pagewalk", None)
        for side, theirs in sides.items():
            if ours is None:
                continue
            print_row(name, human(ours), side, human(theirs), ratio(theirs / ours))


if __name__ == "__main__":
    main()
