// An introsort (Musser, "Introspective Sorting and Selection Algorithms", 1997): quicksort by the middle of
// three, insertion sort for what is short, heap sort where partitions stay uneven.
#include "../library.h"

typedef int (*Compare)(const void*, const void*);

typedef struct Kind {
  size_t size;
  Compare compare;
} Kind;

enum { kShort = 12 };

static void swap(char* a, char* b, size_t size) {
  for (; size >= sizeof(int); size -= sizeof(int), a += sizeof(int), b += sizeof(int)) {
    int kept;
    memcpy(&kept, a, sizeof kept);
    memcpy(a, b, sizeof kept);
    memcpy(b, &kept, sizeof kept);
  }
  for (; size; --size, ++a, ++b) {
    char kept = *a;
    *a = *b;
    *b = kept;
  }
}

static void insertion_sort(char* base, size_t count, const Kind* kind) {
  char* end = base + count * kind->size;
  for (char* next = base + kind->size; next < end; next += kind->size)
    for (char* at = next; at > base && kind->compare(at - kind->size, at) > 0; at -= kind->size)
      swap(at - kind->size, at, kind->size);
}

static void sink(char* base, size_t root, size_t count, const Kind* kind) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    char* greater = base + child * kind->size;
    if (child + 1 < count && kind->compare(greater, greater + kind->size) < 0) {
      greater += kind->size;
      ++child;
    }
    if (kind->compare(base + root * kind->size, greater) >= 0) return;
    swap(base + root * kind->size, greater, kind->size);
  }
}

static void heap_sort(char* base, size_t count, const Kind* kind) {
  for (size_t root = count / 2; root-- > 0;) sink(base, root, count, kind);
  for (size_t last = count; last-- > 1;) {
    swap(base, base + last * kind->size, kind->size);
    sink(base, 0, last, kind);
  }
}

// Puts the middle one of first, middle and last at the front, and what is less than it before it.
static size_t partition(char* base, size_t count, const Kind* kind) {
  size_t size = kind->size;
  char *middle = base + count / 2 * size, *last = base + (count - 1) * size;
  if (kind->compare(middle, last) > 0) swap(middle, last, size);
  if (kind->compare(base, last) > 0) swap(base, last, size);
  if (kind->compare(middle, base) > 0) swap(middle, base, size);
  char *left = base, *right = base + count * size;
  for (;;) {
    do left += size;
    while (left <= last && kind->compare(left, base) < 0);
    do right -= size;
    while (kind->compare(right, base) > 0);
    if (left >= right) break;
    swap(left, right, size);
  }
  swap(base, right, size);
  return (size_t)(right - base) / size;
}

static void sort(char* base, size_t count, int depth, const Kind* kind) {
  while (count > kShort) {
    if (depth-- == 0) {
      heap_sort(base, count, kind);
      return;
    }
    size_t pivot = partition(base, count, kind);
    sort(base, pivot, depth, kind);
    base += (pivot + 1) * kind->size;
    count -= pivot + 1;
  }
  insertion_sort(base, count, kind);
}

void same_qsort(void* base, size_t count, size_t size, Compare compare) {
  int depth = 0;
  for (size_t left = count; left; left >>= 1) depth += 2;
  sort(base, count, depth, &(Kind){size, compare});
}
