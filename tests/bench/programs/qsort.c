// Sorts 1 M ints by qsort.
#include "library.h"
#include "numbers.h"

enum { kCount = 1000000 };

static int values[kCount];

static int compare(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  return x < y ? -1 : x > y;
}

int main(void) {
  unsigned state = 1;
  for (int i = 0; i < kCount; ++i) values[i] = (int)(next_number(&state) >> 1);
  qsort(values, kCount, sizeof *values, compare);
  for (int i = 1; i < kCount; ++i)
    if (values[i - 1] > values[i]) return 2;
  printf("%d %d %d\n", values[0], values[kCount / 2], values[kCount - 1]);
  return 0;
}
