// What SetUnhandledExceptionFilter's filter may answer. Run with one of: none, search, execute, continue,
// crash.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static const char* answer;

static void write_wildly(void) {
  __asm__ volatile("movl $0x1000, %%eax\n movl $1, (%%eax)" : : : "eax", "memory");
}

static LONG CALLBACK filter(EXCEPTION_POINTERS* exception) {
  printf("the filter is asked: %#lx\n", exception->ExceptionRecord->ExceptionCode);
  fflush(stdout);
  if (!strcmp(answer, "execute")) return EXCEPTION_EXECUTE_HANDLER;
  if (!strcmp(answer, "crash")) write_wildly();
  if (strcmp(answer, "continue") != 0) return EXCEPTION_CONTINUE_SEARCH;
  exception->ContextRecord->Eip += 6;  // the length of that MOV
  return EXCEPTION_CONTINUE_EXECUTION;
}

int main(int argc, char** argv) {
  answer = argc > 1 ? argv[1] : "continue";
  SetUnhandledExceptionFilter(strcmp(answer, "none") != 0 ? filter : NULL);
  write_wildly();
  printf("and on it goes\n");
  return 7;
}
