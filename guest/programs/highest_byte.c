// Shows two access violations whose records are alike, parameters 0 and 0xffffffff: a protection fault, which
// has no address, and then a read of the highest byte. With an argument, the first is not handled.
#include <stdio.h>
#include <windows.h>

static LONG CALLBACK skip_int(EXCEPTION_POINTERS* pointers) {
  const EXCEPTION_RECORD* record = pointers->ExceptionRecord;
  const unsigned char* code = (const unsigned char*)record->ExceptionAddress;
  if (record->ExceptionInformation[1] != 0xFFFFFFFF || code[0] != 0xCD) return EXCEPTION_CONTINUE_SEARCH;
  pointers->ContextRecord->Eip += 2;
  return EXCEPTION_CONTINUE_EXECUTION;
}

int main(int count, char** arguments) {
  (void)arguments;
  if (count == 1) AddVectoredExceptionHandler(1, skip_int);
  __asm__ volatile("int $0x80");
  puts("a protection fault, handled");
  return *(volatile char*)0xFFFFFFFF;
}
