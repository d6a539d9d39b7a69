// Shows a working set bigger than memory: fills an array (64 MB, or argv[1] MB) with pseudo-random words,
// sorts it in place with the quicksort below, and checks the order and the sum. Exits with 1 when the commit
// is refused.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { kShort = 16, kDeepest = 64 };

static unsigned next_random(unsigned* state) {  // xorshift32 (Marsaglia, 2003)
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void swap(unsigned* a, unsigned* b) {
  unsigned kept = *a;
  *a = *b;
  *b = kept;
}

static void insertion_sort(unsigned* first, unsigned* last) {
  for (unsigned* at = first + 1; at <= last; ++at) {
    unsigned value = *at, *to = at;
    for (; to > first && to[-1] > value; --to) *to = to[-1];
    *to = value;
  }
}

static unsigned median_of_three(unsigned* first, unsigned* last) {
  unsigned* middle = first + (last - first) / 2;
  if (*middle < *first) swap(middle, first);
  if (*last < *first) swap(last, first);
  if (*last < *middle) swap(last, middle);
  return *middle;
}

// Afterwards first..*right are not greater than any of *left..last.
static void partition(unsigned* first, unsigned* last, unsigned** left, unsigned** right) {
  unsigned pivot = median_of_three(first, last), *i = first, *j = last;
  while (i <= j) {
    while (*i < pivot) ++i;
    while (*j > pivot) --j;
    if (i <= j) swap(i++, j--);
  }
  *left = i;
  *right = j;
}

// The smaller part first, the other one noted: so no more than log2(count) parts wait at a time.
static void quicksort(unsigned* array, size_t count) {
  struct {
    unsigned *first, *last;
  } waiting[kDeepest];
  size_t parts = 0;
  unsigned *first = array, *last = array + count - 1;
  for (;;) {
    while (last - first >= kShort) {
      unsigned *left, *right;
      partition(first, last, &left, &right);
      if (right - first < last - left) {
        waiting[parts].first = left, waiting[parts++].last = last;
        last = right;
      } else {
        waiting[parts].first = first, waiting[parts++].last = right;
        first = left;
      }
    }
    if (first < last) insertion_sort(first, last);
    if (parts == 0) return;
    first = waiting[--parts].first, last = waiting[parts].last;
  }
}

static unsigned fill(unsigned* array, size_t count) {
  unsigned state = 2463534242u, sum = 0;
  for (size_t i = 0; i < count; ++i) sum += array[i] = next_random(&state);
  return sum;
}

static int check(const unsigned* array, size_t count, unsigned expected) {
  unsigned sum = array[0];
  size_t descents = 0;
  for (size_t i = 1; i < count; ++i) {
    descents += array[i] < array[i - 1];
    sum += array[i];
  }
  printf("order: %s\n", descents ? "WRONG" : "ascending");
  printf("checksum: 0x%08x %s\n", sum, sum == expected ? "matches" : "DOES NOT MATCH");
  return descents == 0 && sum == expected;
}

int main(int argc, char** argv) {
  unsigned megabytes = argc > 1 ? (unsigned)atoi(argv[1]) : 64;
  size_t size = (size_t)megabytes << 20;
  if (megabytes == 0 || megabytes > 2048) {
    puts("usage: pressure [MB]");
    return 2;
  }
  unsigned* array = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!array) {
    printf("commit of %u MB refused: error %lu\n", megabytes, GetLastError());
    return 1;
  }
  size_t count = size / sizeof *array;
  printf("sorting %u words (%u MB)\n", (unsigned)count, megabytes);
  unsigned sum = fill(array, count);
  quicksort(array, count);
  return check(array, count, sum) ? 0 : 1;
}
