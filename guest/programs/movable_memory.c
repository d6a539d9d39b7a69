// Global and local memory: handles of movable blocks, their locks, discarding, reallocation's rules, how many
// there may be; and heaps: their order, fixed sizes, growing in place.
#include <string.h>
#include <windows.h>

#include "check.h"

static int is_error(DWORD error) { return GetLastError() == error; }

static void test_locks(void) {
  HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 100);
  char* block = GlobalLock(memory);
  check(block && (void*)block != memory && ((ULONG_PTR)memory & 7) && !((ULONG_PTR)block & 7),
        "a movable block's handle is not its address");
  check(block && block[0] == 0 && block[99] == 0 && GlobalSize(memory) == 100,
        "it is zeroed, and 100 bytes long");
  check(GlobalFlags(memory) == 1 && GlobalLock(memory) == block && GlobalFlags(memory) == 2,
        "locks are counted");
  check(GlobalHandle(block) == memory, "its handle is found");
  check(GlobalUnlock(memory), "still locked");
  SetLastError(1);
  check(!GlobalUnlock(memory) && is_error(NO_ERROR), "unlocked: no error");
  check(!GlobalUnlock(memory) && is_error(ERROR_NOT_LOCKED), "unlocked more often: an error");
  check(GlobalFlags(memory) == 0 && GlobalFree(memory) == NULL, "freed");
  check(GlobalFlags(memory) == GMEM_INVALID_HANDLE && is_error(ERROR_INVALID_HANDLE), "freed: no flags");
  check(!GlobalLock(memory) && is_error(ERROR_INVALID_HANDLE), "freed: not locked");
  check(GlobalFree(memory) == memory && is_error(ERROR_INVALID_HANDLE), "freed: not twice");
}

static void test_many_locks(void) {
  HLOCAL memory = LocalAlloc(LMEM_MOVEABLE, 10);
  for (int i = 0; i < 300; ++i) LocalLock(memory);
  check(LocalFlags(memory) == 255, "255 locks at most");
  LocalFree(memory);
}

static void test_fixed(void) {
  char* block = GlobalAlloc(GMEM_FIXED, 100);
  check(block && GlobalLock(block) == block && GlobalFlags(block) == 0, "a fixed block is its own handle");
  check(GlobalUnlock(block), "GlobalUnlock says that it is still locked");
  check(!LocalUnlock(block) && is_error(ERROR_NOT_LOCKED), "LocalUnlock that it was not");
  check(GlobalHandle(block) == block, "its handle is found");
  memset(block, 7, 100);
  check(GlobalReAlloc(block, 50, GMEM_FIXED) == block && GlobalSize(block) == 50, "it shrinks in place");
  HGLOBAL moved = GlobalReAlloc(block, 0, GMEM_MODIFY | GMEM_MOVEABLE);
  char* now = GlobalLock(moved);
  check(moved && now && (void*)now != moved && now[49] == 7 && GlobalSize(moved) == 50, "it becomes movable");
  GlobalFree(moved);
  check(!GlobalHandle((void*)0x10) && is_error(ERROR_INVALID_HANDLE), "a bad address has no handle");
  check(!GlobalHandle(&block) && is_error(ERROR_INVALID_HANDLE), "nor has one that is no block's");
  check(!GlobalAlloc(0x8000, 10) && is_error(ERROR_INVALID_PARAMETER), "unknown flags");
}

// A million bytes are more than a segment of a heap gives: such a block has memory of its own, and always
// moves there ("HeapCreate", Microsoft: 512 KB).
static void test_reallocation(void) {
  HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE, 16);
  char* block = GlobalLock(memory);
  memset(block, 7, 16);
  check(!GlobalReAlloc(memory, 1000000, 0) && is_error(ERROR_NOT_ENOUGH_MEMORY) && GlobalSize(memory) == 16,
        "a locked block does not move");
  check(GlobalReAlloc(memory, 1000000, GMEM_MOVEABLE | GMEM_ZEROINIT) == memory &&
            GlobalSize(memory) == 1000000,
        "unless it is let to");
  block = GlobalLock(memory);
  check(block[15] == 7 && block[16] == 0 && block[999999] == 0, "with its bytes, and zeros behind");
  check(GlobalHandle(block) == memory, "its handle is the same");
  GlobalUnlock(memory);
  GlobalUnlock(memory);
  check(GlobalReAlloc(memory, 2000000, 0) == memory && GlobalSize(memory) == 2000000, "unlocked it may move");
  GlobalFree(memory);
}

static void test_discarding(void) {
  HGLOBAL memory = GlobalAlloc(GMEM_MOVEABLE | GMEM_DISCARDABLE, 16);
  check(GlobalFlags(memory) == GMEM_DISCARDABLE, "discardable");
  check((LocalFlags(memory) & LMEM_DISCARDABLE) == LMEM_DISCARDABLE, "also as LocalFlags says it");
  GlobalLock(memory);
  check(!GlobalDiscard(memory), "not while it is locked");
  GlobalUnlock(memory);
  check(GlobalDiscard(memory) == memory && GlobalFlags(memory) == (GMEM_DISCARDABLE | GMEM_DISCARDED),
        "discarded");
  check(!GlobalLock(memory) && is_error(ERROR_DISCARDED) && GlobalSize(memory) == 0,
        "there are no bytes now");
  check(GlobalReAlloc(memory, 8, 0) == memory && GlobalLock(memory) && GlobalSize(memory) == 8, "and again");
  check(GlobalReAlloc(memory, 0, GMEM_MODIFY) == memory && GlobalFlags(memory) == 1, "no longer discardable");
  GlobalFree(memory);
  memory = GlobalAlloc(GMEM_MOVEABLE, 0);
  check(memory && GlobalFlags(memory) == GMEM_DISCARDED, "of 0 bytes: discarded from the start");
  GlobalFree(memory);
}

static void test_most(void) {
  static HGLOBAL handles[65536];
  int count = 0, wrong = 0;
  while (count < 65536 && (handles[count] = GlobalAlloc(GMEM_MOVEABLE, 1))) ++count;
  check(count == 65536 && !GlobalAlloc(GMEM_MOVEABLE, 1), "64 K handles and no more");
  check(GlobalAlloc(GMEM_FIXED, 1) != NULL, "fixed blocks need none");
  for (int i = 0; i < count; ++i) wrong += GlobalFree(handles[i]) != NULL;
  check(wrong == 0, "all freed");
  HGLOBAL again = GlobalAlloc(GMEM_MOVEABLE, 1);
  check(again != NULL && !GlobalFree(again), "and there are handles again");
}

static void test_heap_order(void) {
  HANDLE heaps[8], first = HeapCreate(0, 0, 0), second = HeapCreate(0, 0, 0);
  DWORD count = GetProcessHeaps(8, heaps);
  check(count >= 3 && count <= 8 && heaps[0] == GetProcessHeap(), "the process's heap is the first");
  check(heaps[count - 2] == first && heaps[count - 1] == second, "a new heap is the last");
  HeapDestroy(first);
  check(GetProcessHeaps(8, heaps) == count - 1 && heaps[count - 2] == second, "also when one goes");
  HeapDestroy(second);
}

static SIZE_T room_of(SIZE_T maximum) {
  HANDLE heap = HeapCreate(0, 0, maximum);
  SIZE_T room = 0;
  while (HeapAlloc(heap, 0, 56)) room += 64;
  HeapDestroy(heap);
  return room;
}

static void test_fixed_heaps(void) {
  static const SIZE_T kSizes[] = {0x4000, 0x10000, 0x12000, 0x80000};
  for (int i = 0; i < 4; ++i) {
    SIZE_T room = room_of(kSizes[i]);
    printf("a heap of 0x%lx\n", (unsigned long)kSizes[i]);
    check(room <= kSizes[i] && room >= kSizes[i] - 0x1000, "has about the room that was asked for");
  }
}

static void test_growing_in_place(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  char* block = HeapAlloc(heap, 0, 1000);
  int grown = 1;
  for (SIZE_T size = 2000; size < 500000; size += 7777)
    grown &= HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, size) == block &&
             HeapSize(heap, 0, block) == size;
  check(grown && HeapValidate(heap, 0, NULL), "a block at a segment's end grows in place");
  HeapDestroy(heap);
  heap = HeapCreate(0, 0, 0x40000);
  block = HeapAlloc(heap, 0, 0x10000);
  check(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 0x3e000) == block,
        "also in a heap of a fixed size");
  check(!HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 0x41000) && HeapSize(heap, 0, block) == 0x3e000,
        "up to its size");
  HeapDestroy(heap);
}

int main(void) {
  test_locks();
  test_many_locks();
  test_fixed();
  test_reallocation();
  test_discarding();
  test_most();
  test_heap_order();
  test_fixed_heaps();
  test_growing_in_place();
  return failures;
}
