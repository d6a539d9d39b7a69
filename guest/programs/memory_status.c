// Reserves as many regions as asked for (1 by default), then asks GlobalMemoryStatusEx as often as asked for
// (once by default): its figures are what was reserved and committed, and what an answer costs is no more
// with many regions than with few.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static MEMORYSTATUSEX status_now(void) {
  MEMORYSTATUSEX status = {.dwLength = sizeof status};
  if (!GlobalMemoryStatusEx(&status)) exit(2);
  return status;
}

// The same by asking for every region in turn.
static ULONGLONG free_by_regions(void) {
  ULONGLONG free = 0;
  MEMORY_BASIC_INFORMATION region;
  for (char* at = (char*)0x10000; VirtualQuery(at, &region, sizeof region) != 0;
       at = (char*)region.BaseAddress + region.RegionSize) {
    if (region.State == MEM_FREE) free += region.RegionSize;
  }
  return free;
}

static int agrees(const char* what, ULONGLONG is, ULONGLONG expected) {
  printf("%-20s %s\n", what, is == expected ? "as expected" : "wrong");
  return is == expected;
}

int main(int argc, char** argv) {
  const unsigned long calls = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
  const unsigned long regions = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
  const MEMORYSTATUSEX before = status_now();
  for (unsigned long i = 0; i < regions; ++i)
    if (VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE) == NULL) return 3;
  for (unsigned long i = 1; i < calls; ++i) status_now();
  const MEMORYSTATUSEX reserved = status_now();
  int good = agrees("reserved", before.ullAvailVirtual - reserved.ullAvailVirtual, regions * 0x2000ull);
  good &= agrees("free by regions", reserved.ullAvailVirtual, free_by_regions());

  char* committed = VirtualAlloc(NULL, 0x100000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (committed == NULL) return 3;
  VirtualFree(committed + 0x40000, 0x10000, MEM_DECOMMIT);
  const MEMORYSTATUSEX after = status_now();
  good &= agrees("decommitted is held", reserved.ullAvailVirtual - after.ullAvailVirtual, 0x100000);
  VirtualFree(committed, 0, MEM_RELEASE);
  good &= agrees("released", status_now().ullAvailVirtual, reserved.ullAvailVirtual);
  return good ? 0 : 1;
}
