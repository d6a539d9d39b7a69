// Shows what the heap costs and what it still finds: pairs of malloc and free (tests count their
// instructions), a second free of the same block, a header that was overrun, and lists that are given back.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

// As many instructions a turn whatever `pairs` is, but for the calls.
static void allocate_and_free(int pairs) {
  for (int i = 0; i < pairs; ++i) {
    void* volatile block = malloc((size_t)(16 + i % 256));  // volatile: the compiler would leave out the pair
    free(block);
  }
}

static void free_twice(HANDLE heap) {
  void* block = HeapAlloc(heap, 0, 40);
  int first = HeapFree(heap, 0, block), second = HeapFree(heap, 0, block);
  printf("free twice: %d %d, size %d, valid %d\n", first, second, (int)HeapSize(heap, 0, block),
         HeapValidate(heap, 0, NULL));
}

// The word behind the block is the next chunk's header.
static void overrun(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  unsigned* block = HeapAlloc(heap, 0, 32);
  void* behind = HeapAlloc(heap, 0, 32);
  HeapFree(heap, 0, behind);
  int before = HeapValidate(heap, 0, NULL);
  block[8] = 0xDEADBEEF;
  printf("overrun: valid %d, then %d\n", before, HeapValidate(heap, 0, NULL));
}

// So is it when that chunk is in use: it is no block any more.
static void overrun_used(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  char* block = HeapAlloc(heap, 0, 32);
  void* behind = HeapAlloc(heap, 0, 32);
  memset(block + 32, 'A', 4);
  int freed = HeapFree(heap, 0, behind);
  printf("overrun in use: valid %d, freed %d\n", HeapValidate(heap, 0, NULL), freed);
}

// A freed block's first word leads to the next block of its list.
static void write_after_free(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  unsigned* block = HeapAlloc(heap, 0, 32);
  HeapFree(heap, 0, block);
  block[0] = 0x12345678;
  printf("write after free: valid %d\n", HeapValidate(heap, 0, NULL));
}

// A heap of a fixed size holds one big block only when all small ones have become one again.
static void give_back(void) {
  HANDLE heap = HeapCreate(HEAP_NO_SERIALIZE, 0, 0x10000);
  void* blocks[400];
  for (int i = 0; i < 400; ++i) blocks[i] = HeapAlloc(heap, 0, 100);
  int all = blocks[399] != NULL;
  for (int i = 0; i < 400; ++i) HeapFree(heap, 0, blocks[i]);
  void* big = HeapAlloc(heap, 0, 50000);
  printf("give back: all %d, big %d, ", all, big != NULL);
  HeapFree(heap, 0, big);
  HeapFree(heap, 0, HeapAlloc(heap, 0, 100));
  printf("compact %d, valid %d\n", HeapCompact(heap, 0) >= 50000, HeapValidate(heap, 0, NULL));
}

int main(int count, char** arguments) {
  if (count > 1) {
    allocate_and_free(512);
    allocate_and_free(atoi(arguments[1]));
    return 0;
  }
  free_twice(GetProcessHeap());
  overrun();
  overrun_used();
  write_after_free();
  give_back();
  return 0;
}
