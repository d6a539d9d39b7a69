// A paging file that takes no more pages: fills memory until STATUS_IN_PAGE_ERROR says so, and reads back all
// that was filled. Then it waits for a line on standard input (meanwhile the paging file may be mended) and
// fills the rest. Run with `die`, nobody handles the error.
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kPage = 0x1000, kPages = 2048 };

static unsigned char* memory;
static jmp_buf refused;
static volatile BOOL filling;  // somebody is there to jump to
static DWORD records_wrong, status;

static LONG CALLBACK stop_filling(EXCEPTION_POINTERS* exception) {
  const EXCEPTION_RECORD* record = exception->ExceptionRecord;
  if (record->ExceptionCode != EXCEPTION_IN_PAGE_ERROR || !filling) return EXCEPTION_CONTINUE_SEARCH;
  if (record->NumberParameters != 3 || record->ExceptionInformation[0] != 1) ++records_wrong;
  status = record->ExceptionInformation[2];
  longjmp(refused, 1);
}

// The pages that were filled, from `first` on.
static DWORD fill(volatile DWORD first) {
  volatile DWORD i = first;
  if (setjmp(refused) == 0) {
    filling = TRUE;
    for (; i < kPages; ++i) *(volatile DWORD*)(memory + i * kPage) = i + 1;
  }
  filling = FALSE;
  return i;
}

static DWORD lost_of(DWORD filled) {
  DWORD lost = 0;
  for (DWORD i = 0; i < filled; ++i) lost += *(volatile DWORD*)(memory + i * kPage) != i + 1;
  return lost;
}

int main(int argc, char** argv) {
  memory = VirtualAlloc(NULL, kPages * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!memory) return 2;
  if (argc < 2 || strcmp(argv[1], "die") != 0) AddVectoredExceptionHandler(1, stop_filling);
  const DWORD filled = fill(0);
  DWORD lost = lost_of(filled);
  lost += lost_of(filled);
  printf("refused after %lu pages: status %#lx; %lu lost, %lu records were wrong\n", filled, status, lost,
         records_wrong);
  fflush(stdout);
  (void)getchar();
  const DWORD now = fill(filled);
  lost = lost_of(now);
  printf("%lu pages, %lu lost\n", now, lost);
  fflush(stdout);
  TerminateProcess(GetCurrentProcess(), lost != 0);  // an orderly end writes pages that nobody may write now
  return 3;
}
