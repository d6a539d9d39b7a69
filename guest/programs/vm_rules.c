// Shows the rules of VirtualAlloc, VirtualFree, VirtualProtect and VirtualQuery, each with the result and the
// error code that Microsoft documents for it; the last line counts what differs.
#include <stdio.h>
#include <windows.h>

enum { kPage = 0x1000, kGranularity = 0x10000, kAny = -1 };

static char* const kPlace = (char*)0x20000000;  // free in a new process; 64 MB from here are used
static int rules, failures;

// One line per rule: what was called, whether it succeeded as expected, and the error when it should not.
static void rule(const char* text, BOOL good) {
  ++rules;
  failures += !good;
  printf("%s %s\n", good ? "ok    " : "FAILED", text);
}

static void refuses(const char* text, BOOL succeeded, DWORD expected) {
  DWORD error = GetLastError();
  ++rules;
  if (!succeeded && error == expected) {
    printf("ok     %s: error %lu\n", text, error);
    return;
  }
  ++failures;
  printf("FAILED %s: %s, error %lu, not %lu\n", text, succeeded ? "succeeded" : "refused", error, expected);
}

static char* allocate(char* at, SIZE_T size, DWORD type, DWORD protection) {
  SetLastError(0);
  return VirtualAlloc(at, size, type, protection);
}

static BOOL release(char* at, SIZE_T size, DWORD type) {
  SetLastError(0);
  return VirtualFree(at, size, type);
}

static BOOL protect(char* at, SIZE_T size, DWORD protection, DWORD* old) {
  SetLastError(0);
  return VirtualProtect(at, size, protection, old);
}

// Whether the region that holds `at` starts there (rounded to its page) and is as described; kAny matches
// all.
static BOOL region(char* at, long size, DWORD state, long protection) {
  MEMORY_BASIC_INFORMATION found;
  if (VirtualQuery(at, &found, sizeof found) != sizeof found) return FALSE;
  if (found.BaseAddress != (void*)((DWORD)at & ~(kPage - 1u)) || found.State != state) return FALSE;
  if (size != kAny && found.RegionSize != (SIZE_T)size) return FALSE;
  return protection == kAny || found.Protect == (DWORD)protection;
}

static BOOL zeros(const char* at, SIZE_T size) {
  for (SIZE_T i = 0; i < size; ++i) {
    if (at[i]) return FALSE;
  }
  return TRUE;
}

static void reserving(void) {
  char* base = allocate(kPlace + 0x1234, kPage, MEM_RESERVE, PAGE_READWRITE);
  rule("reserve rounds the address down to 64 KB", base == kPlace);
  rule("and takes every page from there to the last byte asked for", region(kPlace, 0x3000, MEM_RESERVE, 0));
  refuses("reserve what is reserved", allocate(kPlace, kPage, MEM_RESERVE, PAGE_READWRITE) != NULL, 487);
  refuses("reserve what overlaps its rounded start",
          allocate(kPlace + 0x5000, kPage, MEM_RESERVE, PAGE_READWRITE) != NULL, 487);
  rule("the rest of the 64 KB stays free", region(kPlace + 0x3000, kAny, MEM_FREE, PAGE_NOACCESS));
  rule("release", release(kPlace, 0, MEM_RELEASE));
  rule("leaves it free", region(kPlace, kAny, MEM_FREE, PAGE_NOACCESS));
  char* low = allocate(NULL, kPage, MEM_RESERVE, PAGE_READWRITE);
  char* high = allocate(NULL, kPage, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
  rule("an address of the system's choice is a multiple of 64 KB", low && (DWORD)low % kGranularity == 0);
  rule("MEM_TOP_DOWN chooses a higher one", high > low && (DWORD)high % kGranularity == 0);
  release(low, 0, MEM_RELEASE);
  release(high, 0, MEM_RELEASE);
}

static void bad_arguments(void) {
  refuses("size 0", allocate(NULL, 0, MEM_RESERVE, PAGE_READWRITE) != NULL, 87);
  refuses("no allocation type", allocate(NULL, kPage, 0, PAGE_READWRITE) != NULL, 87);
  refuses("an unknown allocation type", allocate(NULL, kPage, MEM_RELEASE, PAGE_READWRITE) != NULL, 87);
  refuses("MEM_RESET with MEM_COMMIT", allocate(NULL, kPage, MEM_RESET | MEM_COMMIT, PAGE_READWRITE) != NULL,
          87);
  refuses("no protection", allocate(NULL, kPage, MEM_RESERVE, 0) != NULL, 87);
  refuses("two protections", allocate(NULL, kPage, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE) != NULL, 87);
  refuses("PAGE_WRITECOPY on private memory", allocate(NULL, kPage, MEM_RESERVE, PAGE_WRITECOPY) != NULL, 87);
  refuses("PAGE_GUARD alone", allocate(NULL, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_GUARD) != NULL, 87);
  refuses("PAGE_GUARD with PAGE_NOACCESS",
          allocate(NULL, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS | PAGE_GUARD) != NULL, 87);
  refuses("an address in the first 64 KB", allocate((char*)kPage, kPage, MEM_RESERVE, PAGE_READWRITE) != NULL,
          87);
  refuses("an address in system space",
          allocate((char*)0x80000000, kPage, MEM_RESERVE, PAGE_READWRITE) != NULL, 87);
  refuses("more than the address space", allocate(NULL, 0x80000000, MEM_RESERVE, PAGE_READWRITE) != NULL, 87);
  refuses("more than any hole", allocate(NULL, 0x7f000000, MEM_RESERVE, PAGE_READWRITE) != NULL, 8);
}

static void committing(void) {
  refuses("commit what is free", allocate(kPlace, kPage, MEM_COMMIT, PAGE_READWRITE) != NULL, 487);
  char* anywhere = allocate(NULL, kPage, MEM_COMMIT, PAGE_READWRITE);
  rule("commit at no address reserves too", anywhere && region(anywhere, kPage, MEM_COMMIT, PAGE_READWRITE));
  release(anywhere, 0, MEM_RELEASE);

  allocate(kPlace, kGranularity, MEM_RESERVE, PAGE_NOACCESS);
  char* at = allocate(kPlace + 0x1800, kPage, MEM_COMMIT, PAGE_READWRITE);
  rule("commit rounds the address down to its page", at == kPlace + kPage);
  rule("and commits every page that holds a byte of the range",
       region(at, 2 * kPage, MEM_COMMIT, PAGE_READWRITE));
  rule("the pages before stay reserved", region(kPlace, kPage, MEM_RESERVE, 0));
  rule("the pages behind stay reserved", region(at + 2 * kPage, kGranularity - 3 * kPage, MEM_RESERVE, 0));
  rule("committed pages read as zeros", zeros(at, 2 * kPage));
  at[0] = at[2 * kPage - 1] = 1;
  rule("commit what is committed", allocate(at, kPage, MEM_COMMIT, PAGE_READWRITE) == at);
  rule("and keep its contents", at[0] == 1 && at[2 * kPage - 1] == 1);
  refuses("commit past the reservation's end",
          allocate(kPlace + kGranularity - kPage, 2 * kPage, MEM_COMMIT, PAGE_READWRITE) != NULL, 487);
  rule("which commits nothing", region(kPlace + kGranularity - kPage, kPage, MEM_RESERVE, 0));

  allocate(kPlace + kGranularity, kGranularity, MEM_RESERVE, PAGE_READWRITE);
  refuses("commit across two reservations",
          allocate(kPlace + kGranularity - kPage, 2 * kPage, MEM_COMMIT, PAGE_READWRITE) != NULL, 487);
  release(kPlace + kGranularity, 0, MEM_RELEASE);
  release(kPlace, 0, MEM_RELEASE);
}

static void freeing(void) {
  allocate(kPlace, 4 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  kPlace[0] = kPlace[kPage] = 7;
  refuses("release with a size", release(kPlace, 4 * kPage, MEM_RELEASE), 87);
  refuses("release inside an allocation", release(kPlace + kPage, 0, MEM_RELEASE), 487);
  refuses("release and decommit at once", release(kPlace, 0, MEM_RELEASE | MEM_DECOMMIT), 87);
  refuses("free with no type", release(kPlace, 0, 0), 87);
  refuses("decommit past the allocation's end", release(kPlace, 5 * kPage, MEM_DECOMMIT), 87);
  refuses("decommit with size 0 inside an allocation", release(kPlace + kPage, 0, MEM_DECOMMIT), 487);

  rule("decommit one page", release(kPlace + kPage + 5, 1, MEM_DECOMMIT));
  rule("keeps it reserved", region(kPlace + kPage, kPage, MEM_RESERVE, 0));
  rule("and its neighbours committed", region(kPlace, kPage, MEM_COMMIT, PAGE_READWRITE) &&
                                           region(kPlace + 2 * kPage, 2 * kPage, MEM_COMMIT, PAGE_READWRITE));
  rule("decommit it again", release(kPlace + kPage, kPage, MEM_DECOMMIT));
  rule("commit it again", allocate(kPlace + kPage, kPage, MEM_COMMIT, PAGE_READWRITE) == kPlace + kPage);
  rule("and read zeros", zeros(kPlace + kPage, kPage));
  rule("where its neighbour kept its contents", kPlace[0] == 7);
  rule("decommit a byte on each side of a page's end", release(kPlace + 2 * kPage - 1, 2, MEM_DECOMMIT));
  rule("takes both pages", region(kPlace + kPage, 2 * kPage, MEM_RESERVE, 0));
  rule("decommit everything by size 0", release(kPlace, 0, MEM_DECOMMIT));
  rule("keeps all reserved", region(kPlace, 4 * kPage, MEM_RESERVE, 0));
  rule("release", release(kPlace, 0, MEM_RELEASE));
  refuses("release again", release(kPlace, 0, MEM_RELEASE), 487);
  refuses("decommit what is free", release(kPlace, kPage, MEM_DECOMMIT), 487);
  refuses("release at no address", release(NULL, 0, MEM_RELEASE), 487);
}

static void protecting(void) {
  DWORD old = 0;
  allocate(kPlace, 4 * kPage, MEM_RESERVE, PAGE_READWRITE);
  allocate(kPlace, 3 * kPage, MEM_COMMIT, PAGE_READWRITE);
  rule("protect one page", protect(kPlace + kPage, 1, PAGE_READONLY, &old));
  rule("gives the old protection", old == PAGE_READWRITE);
  rule("and splits the region", region(kPlace, kPage, MEM_COMMIT, PAGE_READWRITE) &&
                                    region(kPlace + kPage, kPage, MEM_COMMIT, PAGE_READONLY) &&
                                    region(kPlace + 2 * kPage, kPage, MEM_COMMIT, PAGE_READWRITE));
  rule("protect all three", protect(kPlace, 3 * kPage, PAGE_EXECUTE_READ, &old));
  rule("gives the first page's old protection", old == PAGE_READWRITE);
  rule("and joins the region", region(kPlace, 3 * kPage, MEM_COMMIT, PAGE_EXECUTE_READ));
  refuses("protect over a page that is not committed", protect(kPlace, 4 * kPage, PAGE_READWRITE, &old), 487);
  rule("which changes nothing", region(kPlace, 3 * kPage, MEM_COMMIT, PAGE_EXECUTE_READ));
  refuses("protect what is free", protect(kPlace + kGranularity, kPage, PAGE_READWRITE, &old), 487);
  refuses("protect with an unknown protection", protect(kPlace, kPage, 0x80000000, &old), 87);
  refuses("protect without a place for the old protection", protect(kPlace, kPage, PAGE_READWRITE, NULL),
          998);
  MEMORY_BASIC_INFORMATION found;
  VirtualQuery(kPlace, &found, sizeof found);
  rule("the allocation's own protection stays", found.AllocationProtect == PAGE_READWRITE);

  allocate(kPlace + kGranularity, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  refuses("protect across two allocations", protect(kPlace, kGranularity + kPage, PAGE_READONLY, &old), 487);
  release(kPlace + kGranularity, 0, MEM_RELEASE);

  protect(kPlace, kPage, PAGE_READWRITE, &old);
  kPlace[0] = 9;
  protect(kPlace, kPage, PAGE_NOACCESS, &old);
  rule("PAGE_NOACCESS", region(kPlace, kPage, MEM_COMMIT, PAGE_NOACCESS));
  refuses("refuses a service's write", QueryPerformanceCounter((LARGE_INTEGER*)kPlace), 998);
  protect(kPlace, kPage, PAGE_READONLY, &old);
  rule("and keeps the contents", old == PAGE_NOACCESS && kPlace[0] == 9);
  refuses("PAGE_READONLY refuses a service's write", QueryPerformanceCounter((LARGE_INTEGER*)kPlace), 998);
  release(kPlace, 0, MEM_RELEASE);
}

// The first access to a guard page fails and takes the guard away; a service reports that as its status.
static void guarding(void) {
  DWORD old = 0;
  LARGE_INTEGER* counter = (LARGE_INTEGER*)(kPlace + 8);
  allocate(kPlace, kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  rule("protect with PAGE_GUARD", protect(kPlace, kPage, PAGE_READWRITE | PAGE_GUARD, &old));
  rule("shows in the query", region(kPlace, kPage, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD));
  SetLastError(0);
  refuses("a guard page refuses the first access", QueryPerformanceCounter(counter), 0x80000001);
  rule("which takes the guard away", region(kPlace, kPage, MEM_COMMIT, PAGE_READWRITE));
  rule("so that the second succeeds", QueryPerformanceCounter(counter));
  release(kPlace, 0, MEM_RELEASE);
}

static void querying(void) {
  MEMORY_BASIC_INFORMATION found;
  allocate(kPlace, 4 * kGranularity, MEM_RESERVE, PAGE_READONLY);
  allocate(kPlace + kPage, kPage, MEM_COMMIT, PAGE_READWRITE);
  VirtualQuery(kPlace + kPage + 0x123, &found, sizeof found);
  rule("query rounds the address down to its page", found.BaseAddress == kPlace + kPage);
  rule("tells the allocation's base", found.AllocationBase == kPlace);
  rule("tells the allocation's protection", found.AllocationProtect == PAGE_READONLY);
  rule("tells private memory", found.Type == MEM_PRIVATE);
  VirtualQuery(kPlace + 0x5000, &found, sizeof found);
  rule("a region runs from the page that is asked for",
       found.BaseAddress == kPlace + 0x5000 && found.RegionSize == 4 * kGranularity - 0x5000);
  VirtualQuery((void*)querying, &found, sizeof found);
  rule("code belongs to its image's allocation",
       found.State == MEM_COMMIT && found.AllocationBase == GetModuleHandleA(NULL));
  SetLastError(0);
  refuses("query with a buffer that is too small", VirtualQuery(kPlace, &found, sizeof found - 1) != 0, 24);
  SetLastError(0);
  refuses("query in system space", VirtualQuery((void*)0x80000000, &found, sizeof found) != 0, 87);
  release(kPlace, 0, MEM_RELEASE);
  VirtualQuery(kPlace, &found, sizeof found);
  rule("free memory has no type", found.State == MEM_FREE && found.Type == 0);
}

// What the guest did not allocate itself.
static void images_and_blocks(void) {
  char* image = (char*)GetModuleHandleA(NULL);
  char* dll = (char*)GetModuleHandleA("kernel32");
  char *teb, *peb;
  __asm__ volatile("movl %%fs:0x18, %0\n movl %%fs:0x30, %1" : "=&r"(teb), "=r"(peb));
  refuses("release an image", release(dll, 0, MEM_RELEASE), 87);
  refuses("decommit a page of an image", release(image + kPage, kPage, MEM_DECOMMIT), 87);
  refuses("decommit all of an image", release(dll, 0, MEM_DECOMMIT), 87);
  refuses("decommit the TEB", release(teb, kPage, MEM_DECOMMIT), 87);
  refuses("decommit the PEB", release(peb, kPage, MEM_DECOMMIT), 87);
  MEMORY_BASIC_INFORMATION found;
  VirtualQuery(teb, &found, sizeof found);
  refuses("release their block", release(found.AllocationBase, 0, MEM_RELEASE), 87);
  DWORD old = 0;
  refuses("protect the TEB", protect(teb, kPage, PAGE_READONLY, &old), 87);
  rule("all of which changes nothing", region(image, kAny, MEM_COMMIT, PAGE_READONLY) &&
                                           region(teb, kAny, MEM_COMMIT, PAGE_READWRITE) &&
                                           region(peb, kAny, MEM_COMMIT, PAGE_READWRITE));
  rule("KUSER_SHARED_DATA is one page", region((char*)0x7ffe0000, kPage, MEM_COMMIT, PAGE_READONLY));
  rule("of 64 KB that are reserved", region((char*)0x7ffe1000, 0xf000, MEM_RESERVE, 0));
  refuses("which nobody gets", allocate((char*)0x7ffe1000, kPage, MEM_COMMIT, PAGE_READWRITE) != NULL, 87);
}

static void resetting(void) {
  allocate(kPlace, 4 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  kPlace[kPage] = 5;
  rule("MEM_RESET", allocate(kPlace + kPage + 1, kPage - 1, MEM_RESET, PAGE_NOACCESS) == kPlace + kPage);
  rule("keeps protection and state", region(kPlace, 4 * kPage, MEM_COMMIT, PAGE_READWRITE));
  rule("MEM_RESET_UNDO", allocate(kPlace + kPage, kPage, 0x1000000, PAGE_NOACCESS) == kPlace + kPage);
  rule("brings the contents back", kPlace[kPage] == 5);
  refuses("MEM_RESET with no protection", allocate(kPlace, kPage, MEM_RESET, 0) != NULL, 87);
  refuses("MEM_RESET of what is free",
          allocate(kPlace + kGranularity, kPage, MEM_RESET, PAGE_READWRITE) != NULL, 487);
  refuses("MEM_RESET past the allocation's end",
          allocate(kPlace + 3 * kPage, 2 * kPage, MEM_RESET, PAGE_READWRITE) != NULL, 487);
  refuses("MEM_LARGE_PAGES without the privilege",
          allocate(NULL, 4 << 20, MEM_LARGE_PAGES | MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != NULL, 1314);
  refuses("MEM_LARGE_PAGES without MEM_COMMIT",
          allocate(NULL, 4 << 20, MEM_LARGE_PAGES | MEM_RESERVE, PAGE_READWRITE) != NULL, 87);
  release(kPlace, 0, MEM_RELEASE);
}

static void bad_pointers(void) {
  DWORD old;
  allocate(kPlace, 2 * kGranularity, MEM_RESERVE, PAGE_READWRITE);
  allocate(kPlace, 2 * kPage, MEM_COMMIT, PAGE_READWRITE);
  for (int i = 0; i < 2 * kPage; ++i) kPlace[i] = 'x';
  rule("IsBadReadPtr of committed pages", !IsBadReadPtr(kPlace, 2 * kPage));
  rule("past their end", IsBadReadPtr(kPlace + 2 * kPage - 1, 2) && IsBadReadPtr(kPlace, 2 * kPage + 1));
  rule("of no byte", !IsBadReadPtr(NULL, 0) && IsBadReadPtr(NULL, 1));
  rule("across the end of memory", IsBadReadPtr((void*)0xfffffff0, 0x20));
  rule("IsBadWritePtr changes nothing", !IsBadWritePtr(kPlace, 2 * kPage) && kPlace[0] == 'x');
  protect(kPlace + kPage, kPage, PAGE_READONLY, &old);
  rule("and sees what is read-only", IsBadWritePtr(kPlace, 2 * kPage) && !IsBadWritePtr(kPlace, kPage));
  rule("IsBadCodePtr", !IsBadCodePtr((FARPROC)bad_pointers) && IsBadCodePtr((FARPROC)0x10));
  rule("IsBadStringPtrA of a string without an end", IsBadStringPtrA(kPlace, kAny));
  rule("up to its longest length", !IsBadStringPtrA(kPlace, 2 * kPage));
  kPlace[100] = 0;
  rule("and to its 0",
       !IsBadStringPtrA(kPlace, kAny) && IsBadStringPtrA(NULL, 1) && !IsBadStringPtrA(NULL, 0));
  protect(kPlace, kPage, PAGE_READWRITE | PAGE_GUARD, &old);
  rule("a guard page is bad once", IsBadReadPtr(kPlace, 1) && !IsBadReadPtr(kPlace, 1));
  release(kPlace, 0, MEM_RELEASE);
}

int main(void) {
  reserving();
  bad_arguments();
  committing();
  freeing();
  protecting();
  guarding();
  querying();
  images_and_blocks();
  resetting();
  bad_pointers();
  printf("%d rules, %d failed\n", rules, failures);
  return failures;
}
