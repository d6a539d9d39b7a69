// A heap in which more lies free in a row than a chunk's header can count: 128 MB.
#include <windows.h>

#include "check.h"

enum { kBlock = 500000, kBlocks = 536, kHeap = 256 * 1024 * 1024 };

int main(void) {
  static void* blocks[kBlocks];
  HANDLE heap = HeapCreate(0, 0, kHeap);
  int made = 0;
  while (made < kBlocks && (blocks[made] = HeapAlloc(heap, 0, kBlock))) ++made;
  check(made > kBlocks * 9 / 10, "there is room for nearly all blocks");
  for (int i = 0; i < made - 1; ++i) HeapFree(heap, 0, blocks[i]);
  check(HeapValidate(heap, 0, NULL), "the heap is sound with all but the last free");
  int again = 0;
  while (again < made && (blocks[again] = HeapAlloc(heap, 0, kBlock))) ++again;
  check(again >= made - 2, "there is room for them again");
  for (int i = again; i-- > 0;) HeapFree(heap, 0, blocks[i]);
  check(HeapValidate(heap, 0, NULL), "and it is sound when they are freed from the end");
  check(HeapDestroy(heap), "it goes");
  return failures;
}
