"""Comparing what we say with what others say, and counting."""

MOST_SHOWN = 30


class Check:
    def __init__(self):
        self.failures, self.checks = 0, 0

    def same(self, what, ours, theirs):
        self.checks += 1
        if ours == theirs:
            return
        self.failures += 1
        if self.failures <= MOST_SHOWN:
            print(f"{what}: {ours!r}, and should be {theirs!r}")

    def true(self, what, condition):
        self.same(what, bool(condition), True)

    def verdict(self):
        print(f"{self.checks} comparisons, {self.failures} failed")
        return 1 if self.failures or not self.checks else 0
