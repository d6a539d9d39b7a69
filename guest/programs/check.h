// How programs that check themselves say what they found: a line per check, and their number as exit code.
#pragma once

#include <stdio.h>

static int failures;

static inline void check(int good, const char* what) {
  printf("%s: %s\n", good ? "ok" : "FAILED", what);
  failures += !good;
}
