// Shows both limits of a process's memory: reserves until the address space is used up, gives it all back,
// then commits until the system's commit limit; touches none of it.
#include <stdio.h>
#include <windows.h>

enum { kLargest = 64 << 20, kSmallest = 64 << 10 };

// Bytes that VirtualAlloc gave out before it refused the smallest piece; each piece is linked to the one
// before through `pieces`, which is outside of what is measured.
static struct {
  void* base[1 << 15];
  int count;
} pieces;

static unsigned long long take_all(DWORD type, DWORD* error) {
  unsigned long long total = 0;
  SIZE_T size = kLargest;
  while (size >= kSmallest && pieces.count < (int)(sizeof pieces.base / sizeof *pieces.base)) {
    void* base = VirtualAlloc(NULL, size, type, PAGE_READWRITE);
    if (base) {
      pieces.base[pieces.count++] = base;
      total += size;
    } else {
      *error = GetLastError();
      size /= 2;
    }
  }
  return total;
}

static void give_back(void) {
  while (pieces.count) VirtualFree(pieces.base[--pieces.count], 0, MEM_RELEASE);
}

int main(void) {
  DWORD error = 0;
  unsigned long long reserved = take_all(MEM_RESERVE, &error);
  printf("reserved %llu KB, then error %lu\n", reserved >> 10, error);
  give_back();
  unsigned long long committed = take_all(MEM_RESERVE | MEM_COMMIT, &error);
  printf("committed %llu KB, then error %lu\n", committed >> 10, error);
  give_back();
  return 0;
}
