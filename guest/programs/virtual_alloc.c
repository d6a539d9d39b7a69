// Shows a range on its way from free to reserved, committed, protected, decommitted and free again, as
// VirtualQuery tells it, and that fresh pages read as zeros.
#include <stdio.h>
#include <windows.h>

static char* const kBase = (char*)0x00080000;
enum { kSize = 0x1b000 };

static const char* state_name(DWORD state) {
  switch (state) {
    case MEM_FREE: return "free";
    case MEM_RESERVE: return "reserved";
    case MEM_COMMIT: return "committed";
    default: return "?";
  }
}

static const char* protection_name(DWORD protection) {
  switch (protection) {
    case 0: return "-";
    case PAGE_NOACCESS: return "PAGE_NOACCESS";
    case PAGE_READONLY: return "PAGE_READONLY";
    case PAGE_READWRITE: return "PAGE_READWRITE";
    default: return "?";
  }
}

static void show(const char* when) {
  MEMORY_BASIC_INFORMATION region;
  if (!VirtualQuery(kBase, &region, sizeof region)) {
    printf("VirtualQuery failed: error %lu\n", GetLastError());
    ExitProcess(1);
  }
  printf("%-12s %-9s", when, state_name(region.State));
  if (region.State != MEM_FREE) {
    printf(" 0x%08lx-0x%08lx %s", (DWORD)region.BaseAddress, (DWORD)region.BaseAddress + region.RegionSize,
           protection_name(region.Protect));
  }
  putchar('\n');
}

static void check(BOOL done, const char* what) {
  if (done) return;
  printf("%s failed: error %lu\n", what, GetLastError());
  ExitProcess(1);
}

static int all_zeros(void) {
  for (int i = 0; i < kSize; ++i) {
    if (kBase[i]) return 0;
  }
  return 1;
}

int main(void) {
  DWORD old;
  show("before");
  check(VirtualAlloc(kBase, kSize, MEM_RESERVE, PAGE_READWRITE) == kBase, "reserve");
  show("reserve");
  check(VirtualAlloc(kBase, kSize, MEM_COMMIT, PAGE_READWRITE) == kBase, "commit");
  show("commit");
  printf("base         0x%08lx\n", (DWORD)kBase);
  printf("contents     0x%08lx-0x%08lx %s\n", (DWORD)kBase, (DWORD)kBase + kSize,
         all_zeros() ? "all zeros" : "NOT all zeros");
  check(VirtualProtect(kBase, kSize, PAGE_READONLY, &old), "protect");
  show("protect");
  check(VirtualFree(kBase, kSize, MEM_DECOMMIT), "decommit");
  show("decommit");
  check(VirtualFree(kBase, 0, MEM_RELEASE), "release");
  show("release");
  return 0;
}
