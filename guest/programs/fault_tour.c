// Takes one page fault of each kind, in a known order, each in a function of its own, and checks what it
// finds: something to walk through in the debugger, as scripts/fault_tour.dbg does.
//
// Soft and hard faults need a memory that is too small, `--ram 4M --pagefile 4M`; with plenty the program
// says that it left them out.
#include <string.h>
#include <windows.h>

#include "check.h"

enum { kPage = 0x1000, kLargestRam = 16 << 20 };

// What PwTranslateAddress, a service of Pagewalk's own, tells: the processor's walk.
typedef struct AddressTranslation {
  unsigned PageDirectory, DirectoryEntry, TableEntry, PhysicalAddress, Present;
} AddressTranslation;

typedef long(NTAPI* Translate)(HANDLE, const void*, AddressTranslation*);

// Where the next fault is to happen.
static char* volatile place;

// --- Exceptions are handled by going on behind the instruction, which is two bytes long in read_byte and
// write_byte.

static EXCEPTION_RECORD caught;
static unsigned exceptions;

static LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  caught = *exception->ExceptionRecord;
  ++exceptions;
  if (caught.ExceptionCode == STATUS_ACCESS_VIOLATION) exception->ContextRecord->Eip += 2;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static inline char read_byte(void) {
  unsigned value = 0;
  __asm__ volatile("movb (%%ecx), %%al" : "+a"(value) : "c"(place) : "memory");
  return (char)value;
}

static inline void write_byte(char value) {
  __asm__ volatile("movb %%al, (%%ecx)" : : "a"(value), "c"(place) : "memory");
}

static int was_raised(DWORD code, ULONG_PTR access) {
  int good = exceptions == 1 && caught.ExceptionCode == code && caught.ExceptionInformation[0] == access &&
             caught.ExceptionInformation[1] == (ULONG_PTR)place;
  exceptions = 0;
  return good;
}

static char* commit(char* at, DWORD pages, DWORD protection) {
  return VirtualAlloc(at, pages * kPage, MEM_RESERVE | MEM_COMMIT, protection);
}

// --- Faults that the program never notices.

static __attribute__((noinline)) void demand_zero(void) {
  check(read_byte() == 0, "demand-zero: a committed page that nobody has touched reads as zeros");
}

static __attribute__((noinline)) void demand_zero_new_page_table(void) {
  write_byte(7);
  check(*place == 7, "demand-zero, the first page of its 4 MB: a page table is made for it");
}

static inline char* stack_limit(void) {
  char* limit;
  __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
  return limit;
}

static __attribute__((noinline)) void stack_growth(void) {
  place = stack_limit() - 16;  // in the guard page
  write_byte(7);
  check(stack_limit() < place, "guard page of the stack: the stack has grown");
}

static __attribute__((noinline)) void soft_fault_modified(void) {
  check(read_byte() == 'm', "soft fault: the page was on the modified list");
}

static __attribute__((noinline)) void soft_fault_standby(void) {
  check(read_byte() == 's', "soft fault: the page was on the standby list");
}

static __attribute__((noinline)) void hard_fault(void) {
  check(read_byte() == 'h', "hard fault: the page came back from the paging file");
}

// --- Faults that become exceptions.

static __attribute__((noinline)) void guard_page(void) {
  write_byte(7);
  check(was_raised(STATUS_GUARD_PAGE_VIOLATION, 1),
        "guard page: the first access is told, then it is a page like any");
}

static __attribute__((noinline)) void read_free(void) {
  read_byte();
  check(was_raised(STATUS_ACCESS_VIOLATION, 0), "access violation: the address is free");
}

static __attribute__((noinline)) void read_reserved(void) {
  read_byte();
  check(was_raised(STATUS_ACCESS_VIOLATION, 0), "access violation: the page is only reserved");
}

static __attribute__((noinline)) void read_decommitted(void) {
  read_byte();
  check(was_raised(STATUS_ACCESS_VIOLATION, 0), "access violation: the page is decommitted");
}

static __attribute__((noinline)) void read_no_access(void) {
  read_byte();
  check(was_raised(STATUS_ACCESS_VIOLATION, 0), "access violation: the page is PAGE_NOACCESS");
}

static __attribute__((noinline)) void write_read_only(void) {
  write_byte(7);
  check(was_raised(STATUS_ACCESS_VIOLATION, 1),
        "access violation: the page is read-only, and was to be written");
}

static __attribute__((noinline)) void read_kernel(void) {
  read_byte();
  check(was_raised(STATUS_ACCESS_VIOLATION, 0), "access violation: the address belongs to the kernel");
}

// --- Crowding the memory.

static Translate translate;

typedef enum Where { kValid, kTransition, kPagingFile, kElsewhere } Where;

// As the page's PTE says (Windows Internals, "Invalid PTEs").
static Where whereabouts(const char* page) {
  AddressTranslation walk;
  if (translate(GetCurrentProcess(), page, &walk) < 0) return kElsewhere;
  if (walk.Present) return kValid;
  if (walk.TableEntry & 0x400) return kElsewhere;
  if (walk.TableEntry & 0x800) return kTransition;
  return walk.TableEntry >> 12 ? kPagingFile : kElsewhere;
}

static char* last_in_transition(char* array, DWORD pages) {
  for (char* page = array + pages * kPage; page > array;) {
    page -= kPage;
    if (whereabouts(page) == kTransition) return page;
  }
  return NULL;
}

// More than fits in memory; 0 when that would be too many.
static DWORD pages_for_a_crowd(void) {
  MEMORYSTATUSEX status = {.dwLength = sizeof status};
  GlobalMemoryStatusEx(&status);
  return status.ullTotalPhys <= kLargestRam ? (DWORD)(status.ullTotalPhys / kPage * 3 / 2) : 0;
}

// What is written first goes out first. The pages that went last are still on the standby list.
static void faults_in_a_small_memory(void) {
  DWORD pages = pages_for_a_crowd();
  translate = (Translate)(void*)GetProcAddress(GetModuleHandleA("ntdll"), "PwTranslateAddress");
  char* array = pages && translate ? commit(NULL, pages, PAGE_READWRITE) : NULL;
  if (!array) {
    puts("left out: faults for which memory has to be small, as with --ram 4M");
    return;
  }
  for (DWORD i = 0; i < pages; ++i) array[i * kPage] = i ? 's' : 'h';
  place = last_in_transition(array, pages);
  soft_fault_standby();
  place = array;
  check(whereabouts(place) == kPagingFile, "the page that was written first is in the paging file");
  hard_fault();
  VirtualFree(array, 0, MEM_RELEASE);
}

// Nobody may touch it, so it leaves the working set; it has been written, so it waits on the modified list.
static void page_on_modified_list(void) {
  DWORD old;
  place = commit(NULL, 1, PAGE_READWRITE);
  *place = 'm';
  VirtualProtect(place, kPage, PAGE_NOACCESS, &old);
  VirtualProtect(place, kPage, PAGE_READWRITE, &old);
}

static void exceptions_raised(void) {
  char* pages = commit(NULL, 4, PAGE_READWRITE);
  DWORD old;
  AddVectoredExceptionHandler(1, on_exception);
  memset(pages, 1, 4 * kPage);
  VirtualProtect(pages, kPage, PAGE_READWRITE | PAGE_GUARD, &old);
  place = pages + 0x123;
  guard_page();
  place = (char*)0x30000000;
  read_free();
  place = VirtualAlloc(NULL, kPage, MEM_RESERVE, PAGE_READWRITE);
  read_reserved();
  VirtualFree(pages + kPage, kPage, MEM_DECOMMIT);
  place = pages + kPage;
  read_decommitted();
  VirtualProtect(pages + 2 * kPage, kPage, PAGE_NOACCESS, &old);
  place = pages + 2 * kPage;
  read_no_access();
  VirtualProtect(pages + 3 * kPage, kPage, PAGE_READONLY, &old);
  place = pages + 3 * kPage;
  write_read_only();
  place = (char*)0x80001234;
  read_kernel();
}

int main(void) {
  place = commit(NULL, 1, PAGE_READWRITE);
  demand_zero();
  place = commit((char*)0x20000000, 1, PAGE_READWRITE);
  demand_zero_new_page_table();
  stack_growth();
  page_on_modified_list();
  soft_fault_modified();
  faults_in_a_small_memory();
  exceptions_raised();
  return failures;
}
