// Functions that the compiler puts into their callers, for a debugger to halt in. Each counts its calls, and
// the counts are printed at the end.
#include <cstdio>

#define INLINED inline __attribute__((always_inline))
#define APART __attribute__((noinline))

static volatile int only_calls, both_calls, nested_calls, area_calls, seed = 3;

static INLINED int only_inlined(int value) {
  only_calls = only_calls + 1;
  return value * 5 + seed;
}

// With an address of its own as well.
static INLINED int both_ways(int value) {
  both_calls = both_calls + 1;
  return value * 7 + seed;
}

static INLINED int nested(int value) {
  nested_calls = nested_calls + 1;
  return only_inlined(value) + both_ways(value + 1);
}

// Nothing of it is left.
static INLINED int left_nowhere(int value) { return value + 1; }

namespace shapes {
struct Square {
  int side;
  INLINED int area() const {
    area_calls = area_calls + 1;
    return side * side;
  }
};
}  // namespace shapes

static int (*volatile through_pointer)(int) = both_ways;

APART static int first(int value) {
  int sum = 0;
  for (int i = 0; i < 3; ++i) sum += only_inlined(value + i);
  return sum + left_nowhere(1);
}

APART static int second(int value) {
  if (value > 100) return both_ways(value);
  return nested(value) + shapes::Square{value}.area();
}

int main() {
  const int sum = first(seed) + second(seed) + second(seed + 1) + through_pointer(seed) + only_inlined(seed);
  std::printf("sum %d\n", sum);
  std::printf("only_inlined %d\nboth_ways %d\nnested %d\narea %d\n", only_calls, both_calls, nested_calls,
              area_calls);
  return 0;
}
