// Access violations to a vectored handler and back, as many as asked for (100,000 by default): what an
// exception costs.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static unsigned long handled;

static LONG CALLBACK skip(EXCEPTION_POINTERS* exception) {
  ++handled;
  exception->ContextRecord->Eip += 2;  // the length of the MOV below
  return EXCEPTION_CONTINUE_EXECUTION;
}

int main(int argc, char** argv) {
  unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : 100000;
  AddVectoredExceptionHandler(1, skip);
  for (unsigned long i = 0; i < count; ++i) {
    __asm__ volatile("movl %%eax, (%%eax)" : : "a"(0x1000) : "memory");
  }
  printf("%lu exceptions handled\n", handled);
  return handled == count ? 0 : 1;
}
