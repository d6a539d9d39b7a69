// 20 M calls through a table of functions.
#include <stdio.h>

typedef unsigned (*Function)(unsigned);

static __attribute__((noinline)) unsigned add(unsigned x) { return x + 1; }
static __attribute__((noinline)) unsigned flip(unsigned x) { return x ^ 3; }
static __attribute__((noinline)) unsigned multiply(unsigned x) { return x * 5; }
static __attribute__((noinline)) unsigned subtract(unsigned x) { return x - 7; }

static Function volatile table[4] = {add, flip, multiply, subtract};

int main(void) {
  unsigned x = 1;
  for (unsigned i = 0; i < 20000000; ++i) x = table[i & 3](x);
  printf("%u\n", x);
  return 0;
}
