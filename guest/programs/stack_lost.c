// A stack pointer into nowhere when an exception is due: no handler can be asked, and the process ends. Run
// with one of: null, reserved, kernel, read-only.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static LONG CALLBACK not_to_be_called(EXCEPTION_POINTERS* exception) {
  (void)exception;
  ExitProcess(1);
}

int main(int argc, char** argv) {
  const char* where = argc > 1 ? argv[1] : "null";
  DWORD stack = 0x10;
  AddVectoredExceptionHandler(1, not_to_be_called);
  SetUnhandledExceptionFilter(not_to_be_called);
  if (!strcmp(where, "reserved"))
    stack = (DWORD)VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE) + 0x8000;
  if (!strcmp(where, "kernel")) stack = 0x80010000;
  if (!strcmp(where, "read-only")) {
    stack = (DWORD)VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY) + 0x8000;
  }
  printf("the stack pointer goes into nowhere: %s\n", where);
  fflush(stdout);
  __asm__ volatile("movl %0, %%esp\n ud2" : : "r"(stack));
  return 1;
}
