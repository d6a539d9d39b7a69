// qsort and bsearch (C11 7.22.5): quicksort by median of three on the smaller part first, insertion sort for
// what is short, heap sort where partitions are so uneven that 2 log n of them did not suffice (Musser,
// "Introspective Sorting and Selection Algorithms", 1997).
#include "guest/msvcrt/msvcrt.h"

enum { kShort = 8 };

typedef int(__cdecl* Compare)(const void*, const void*);

static void swap(char* a, char* b, size_t size) {
  if (a == b) return;
  for (; size >= sizeof(int); size -= sizeof(int), a += sizeof(int), b += sizeof(int)) {
    int kept = *(int*)a;
    *(int*)a = *(int*)b;
    *(int*)b = kept;
  }
  for (; size; --size, ++a, ++b) {
    char kept = *a;
    *a = *b;
    *b = kept;
  }
}

static void insertion_sort(char* base, size_t count, size_t size, Compare compare) {
  for (size_t i = 1; i < count; ++i) {
    for (size_t j = i; j > 0 && compare(base + (j - 1) * size, base + j * size) > 0; --j) {
      swap(base + (j - 1) * size, base + j * size, size);
    }
  }
}

// Puts the median of first, middle and last at the front.
static void choose_pivot(char* base, size_t count, size_t size, Compare compare) {
  char *middle = base + count / 2 * size, *last = base + (count - 1) * size;
  if (compare(middle, last) > 0) swap(middle, last, size);
  if (compare(base, last) > 0) swap(base, last, size);
  if (compare(middle, base) > 0) swap(middle, base, size);
}

// After it: everything before the returned index is not greater than the pivot there, everything behind not
// less.
static size_t partition(char* base, size_t count, size_t size, Compare compare) {
  size_t left = 0, right = count;
  for (;;) {
    do {
      ++left;
    } while (left < count && compare(base + left * size, base) < 0);
    do {
      --right;
    } while (compare(base + right * size, base) > 0);
    if (left >= right) break;
    swap(base + left * size, base + right * size, size);
  }
  swap(base, base + right * size, size);
  return right;
}

// Lets the element at `root` sink to where no child is greater.
static void sink(char* base, size_t root, size_t count, size_t size, Compare compare) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0) ++child;
    if (compare(base + root * size, base + child * size) >= 0) return;
    swap(base + root * size, base + child * size, size);
  }
}

static void heap_sort(char* base, size_t count, size_t size, Compare compare) {
  for (size_t root = count / 2; root--;) sink(base, root, count, size, compare);
  while (count-- > 1) {
    swap(base, base + count * size, size);
    sink(base, 0, count, size, compare);
  }
}

static void sort(char* base, size_t count, size_t size, Compare compare, int partitions) {
  while (count > kShort) {
    if (partitions-- == 0) return heap_sort(base, count, size, compare);
    choose_pivot(base, count, size, compare);
    size_t pivot = partition(base, count, size, compare), behind = count - pivot - 1;
    if (pivot < behind) {
      sort(base, pivot, size, compare, partitions);
      base += (pivot + 1) * size;
      count = behind;
    } else {
      sort(base + (pivot + 1) * size, behind, size, compare, partitions);
      count = pivot;
    }
  }
  insertion_sort(base, count, size, compare);
}

void qsort(void* array, size_t count, size_t size, Compare compare) {
  if (count < 2) return;
  int log2 = 31 - __builtin_clz(count);
  sort(array, count, size, compare, 2 * log2);
}

void* bsearch(const void* key, const void* array, size_t count, size_t size, Compare compare) {
  const char* base = array;
  while (count) {
    const char* middle = base + count / 2 * size;
    int order = compare(key, middle);
    if (order == 0) return (void*)middle;
    if (order > 0) {
      base = middle + size;
      count -= count / 2 + 1;
    } else {
      count /= 2;
    }
  }
  return NULL;
}

void* _lfind(const void* key, const void* array, unsigned* count, unsigned size, Compare compare);
void* _lfind(const void* key, const void* array, unsigned* count, unsigned size, Compare compare) {
  for (unsigned i = 0; i < *count; ++i) {
    if (compare(key, (const char*)array + i * size) == 0) return (char*)array + i * size;
  }
  return NULL;
}

// The generator of Microsoft's C library.
int rand(void) {
  unsigned* seed = &crt_thread()->random;
  *seed = *seed * 214013 + 2531011;
  return (int)(*seed >> 16 & 0x7fff);
}

void srand(unsigned seed) { crt_thread()->random = seed; }
