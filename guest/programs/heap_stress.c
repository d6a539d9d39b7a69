// Shows the heap under random load: blocks of all sizes are allocated, grown, shrunk and freed, and each
// keeps its contents; in the end nothing is left over.
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kBlocks = 1500, kSteps = 60000 };

static struct {
  unsigned char* bytes;
  SIZE_T size;
  unsigned char mark;
} blocks[kBlocks];

static unsigned random_state = 12345;

static unsigned next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

// Mostly small, sometimes big, rarely beyond what the heap takes from its segments.
static SIZE_T random_size(void) {
  unsigned kind = next_random() % 1000;
  if (kind == 0) return 512 * 1024 + next_random() % 100000;
  if (kind < 20) return next_random() % 60000;
  return next_random() % 400;
}

static int intact(int i) {
  for (SIZE_T at = 0; at < blocks[i].size; ++at) {
    if (blocks[i].bytes[at] != blocks[i].mark) return 0;
  }
  return HeapSize(GetProcessHeap(), 0, blocks[i].bytes) == blocks[i].size;
}

static int allocate(int i) {
  DWORD flags = next_random() % 4 ? 0 : HEAP_ZERO_MEMORY;
  SIZE_T size = random_size();
  unsigned char* bytes = HeapAlloc(GetProcessHeap(), flags, size);
  if (!bytes || (ULONG_PTR)bytes % 8) return 0;
  for (SIZE_T at = 0; flags && at < size; ++at) {
    if (bytes[at]) return 0;
  }
  blocks[i].bytes = bytes, blocks[i].size = size, blocks[i].mark = (unsigned char)next_random();
  memset(bytes, blocks[i].mark, size);
  return 1;
}

static int resize(int i) {
  SIZE_T size = random_size(), kept = size < blocks[i].size ? size : blocks[i].size;
  unsigned char* bytes = HeapReAlloc(GetProcessHeap(), 0, blocks[i].bytes, size);
  if (!bytes) return 0;
  for (SIZE_T at = 0; at < kept; ++at) {
    if (bytes[at] != blocks[i].mark) return 0;
  }
  blocks[i].bytes = bytes, blocks[i].size = size;
  memset(bytes, blocks[i].mark, size);
  return 1;
}

static int release(int i) {
  int good = intact(i) && HeapFree(GetProcessHeap(), 0, blocks[i].bytes);
  blocks[i].bytes = NULL;
  return good;
}

static int step(void) {
  int i = (int)(next_random() % kBlocks);
  if (!blocks[i].bytes) return allocate(i);
  return next_random() % 3 ? release(i) : resize(i);
}

int main(void) {
  int wrong = 0, invalid = 0;
  for (int i = 0; i < kSteps; ++i) {
    wrong += !step();
    if (i % 5000 == 0) invalid += !HeapValidate(GetProcessHeap(), 0, NULL);
  }
  for (int i = 0; i < kBlocks; ++i) {
    if (blocks[i].bytes) wrong += !release(i);
  }
  invalid += !HeapValidate(GetProcessHeap(), 0, NULL);
  printf("%d steps, %d wrong, heap %s\n", kSteps, wrong, invalid ? "INVALID" : "valid");
  return wrong || invalid;
}
