"""The form of the benchmarks' tables: rows of Markdown, times in the unit that fits, speeds as ratios."""


def human(nanoseconds):
    for limit, factor, unit in ((1e3, 1, "ns"), (1e6, 1e3, "us"), (1e9, 1e6, "ms")):
        if nanoseconds < limit:
            return f"{nanoseconds / factor:.3g} {unit}"
    return f"{nanoseconds / 1e9:.3g} s"


def ratio(speed):
    return f"{speed:.2f}x"


def row(*cells):
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def print_header(*titles):
    print(row(*titles))
    print("|" + "---|" * len(titles))


def print_row(*cells):
    print(row(*cells), flush=True)
