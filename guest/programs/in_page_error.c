// A page that cannot be read back from the paging file: STATUS_IN_PAGE_ERROR, with the status beneath it.
// Fills memory, waits for a line on standard input (meanwhile something happens to the paging file), and
// reads it all back; a handler gives up pages that are lost. Run with `die`, nobody handles it.
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kPage = 0x1000, kPages = 2048 };

static unsigned char* memory;
static DWORD errors, wrong;

static LONG CALLBACK give_up(EXCEPTION_POINTERS* exception) {
  const EXCEPTION_RECORD* record = exception->ExceptionRecord;
  if (record->ExceptionCode != EXCEPTION_IN_PAGE_ERROR) return EXCEPTION_CONTINUE_SEARCH;
  unsigned char* page = (unsigned char*)(record->ExceptionInformation[1] & ~(ULONG_PTR)(kPage - 1));
  if (record->NumberParameters != 3 || record->ExceptionInformation[0] != 0 ||
      record->ExceptionInformation[1] % kPage != 17 || record->ExceptionInformation[2] < 0xc0000000) {
    ++wrong;
  }
  if (errors++ == 0) printf("first error: status %#lx\n", record->ExceptionInformation[2]);
  VirtualFree(page, kPage, MEM_DECOMMIT);
  VirtualAlloc(page, kPage, MEM_COMMIT, PAGE_READWRITE);
  return EXCEPTION_CONTINUE_EXECUTION;
}

int main(int argc, char** argv) {
  DWORD intact = 0, zero = 0;
  memory = VirtualAlloc(NULL, kPages * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!memory) return 2;
  for (DWORD i = 0; i < kPages; ++i) memory[i * kPage + 17] = (unsigned char)(1 + i % 255);
  printf("filled\n");
  fflush(stdout);
  (void)getchar();
  if (argc < 2 || strcmp(argv[1], "die") != 0) AddVectoredExceptionHandler(1, give_up);
  for (DWORD i = 0; i < kPages; ++i) {
    unsigned char is = ((volatile unsigned char*)memory)[i * kPage + 17];
    if (is == 1 + i % 255) ++intact;
    if (is == 0) ++zero;
  }
  printf("%s pages were lost, %lu records were wrong, %s\n", errors ? "some" : "no", wrong,
         intact + zero == kPages && zero == errors ? "the rest is intact" : "AND OTHERS ARE NOT INTACT");
  return wrong || intact + zero != kPages || zero != errors;
}
