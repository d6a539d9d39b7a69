// Shows that qsort needs no more comparisons than n log n allows, even of an order that is made up while it
// sorts so as to be the worst for it (McIlroy, "A Killer Adversary for Quicksort", 1999).
#include <stdio.h>
#include <stdlib.h>

enum { kCount = 4096, kUndecided = kCount };  // log2 of it is 12

static int values[kCount], places[kCount], decided, candidate;
static long comparisons;

static int compare(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  ++comparisons;
  if (values[x] == kUndecided && values[y] == kUndecided) values[x == candidate ? x : y] = decided++;
  if (values[x] == kUndecided) candidate = x;
  if (values[y] == kUndecided) candidate = y;
  return values[x] - values[y];
}

int main(void) {
  for (int i = 0; i < kCount; ++i) places[i] = i, values[i] = kUndecided;
  qsort(places, kCount, sizeof *places, compare);
  int ordered = 1;
  for (int i = 1; i < kCount; ++i) ordered &= values[places[i - 1]] <= values[places[i]];
  printf("ordered %d, at most 4 n log n comparisons %d\n", ordered, comparisons <= 4L * kCount * 12);
  return 0;
}
