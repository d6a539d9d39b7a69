// Sorts 1 M ints by a quicksort of its own.
#include <stdio.h>
#include <stdlib.h>

#include "numbers.h"

enum { kCount = 1000000 };

static __attribute__((noinline)) int compare(const int* a, const int* b) { return *a < *b ? -1 : *a > *b; }

static void sort(int* values, int low, int high) {
  while (high - low > 1) {
    int pivot = values[(low + high) / 2], i = low, j = high - 1;
    for (;;) {
      while (compare(&values[i], &pivot) < 0) ++i;
      while (compare(&pivot, &values[j]) < 0) --j;
      if (i >= j) break;
      int kept = values[i];
      values[i++] = values[j];
      values[j--] = kept;
    }
    sort(values, low, i);
    low = i;
  }
}

int main(void) {
  int* values = malloc(kCount * sizeof *values);
  if (!values) return 1;
  unsigned state = 1;
  for (int i = 0; i < kCount; ++i) values[i] = (int)(next_number(&state) >> 1);
  sort(values, 0, kCount);
  for (int i = 1; i < kCount; ++i)
    if (values[i - 1] > values[i]) return 2;
  printf("%d %d %d\n", values[0], values[kCount / 2], values[kCount - 1]);
  free(values);
  return 0;
}
