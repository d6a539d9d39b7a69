// Breakpoint exceptions as handlers see them: INT3, INT 3, the debug service INT 2D, and STATUS_BREAKPOINT as
// a program raises it itself. On 32-bit Windows there are three parameters, and the context's EIP is one
// behind what raised it.
#include <windows.h>

#include "check.h"

static EXCEPTION_RECORD record;
static CONTEXT context;
static int count;
static DWORD skip;  // bytes that the handler goes on behind

static LONG CALLBACK see(EXCEPTION_POINTERS* exception) {
  record = *exception->ExceptionRecord;
  context = *exception->ContextRecord;
  ++count;
  exception->ContextRecord->Eip += skip;
  return EXCEPTION_CONTINUE_EXECUTION;
}

// The code, and where it begins. EAX, ECX and EDX are 0x111, 0x222 and 0x333 then.
#define TRIGGER(name, code)                                       \
  extern const char name##_at[] __asm__("_" #name "_at");         \
  static void name(void) {                                        \
    count = 0;                                                    \
    __asm__ volatile(".globl _" #name "_at\n_" #name "_at: " code \
                     :                                            \
                     : "a"(0x111), "c"(0x222), "d"(0x333)         \
                     : "memory", "cc");                           \
  }
TRIGGER(int3, "int3")
TRIGGER(long_int3, ".byte 0xcd, 0x03")
TRIGGER(debug_service, "int $0x2d\n nop")

static int has_parameters(ULONG_PTR first) {
  return record.NumberParameters == 3 && record.ExceptionInformation[0] == first &&
         record.ExceptionInformation[1] == 0x222 && record.ExceptionInformation[2] == 0x333;
}

static int is_at(const char* address, const char* eip) {
  return record.ExceptionCode == (DWORD)EXCEPTION_BREAKPOINT && record.ExceptionAddress == (void*)address &&
         context.Eip == (DWORD)(ULONG_PTR)eip;
}

static void test_int3(void) {
  skip = 1;
  int3();
  check(count == 1 && is_at(int3_at, int3_at), "INT3: address and EIP are its own");
  check(has_parameters(0), "INT3: 0, ECX, EDX");
  long_int3();
  check(count == 1 && is_at(long_int3_at + 1, long_int3_at + 1), "INT 3 of two bytes: its last byte");
  check(has_parameters(0), "INT 3: 0, ECX, EDX");
}

static void test_debug_service(void) {
  skip = 0;
  debug_service();
  check(count == 1, "INT 2D: continuing goes on behind it");
  check(is_at(debug_service_at + 2, debug_service_at + 2), "INT 2D: address and EIP are behind it");
  check(has_parameters(0x111), "INT 2D: EAX, ECX, EDX");
}

static void test_raised(void) {
  ULONG_PTR own = 77;
  skip = 1;
  count = 0;
  RaiseException((DWORD)EXCEPTION_BREAKPOINT, 0, 1, &own);
  check(count == 1 && context.Eip == (DWORD)(ULONG_PTR)record.ExceptionAddress - 1,
        "raised by the program: EIP is one back");
  check(record.NumberParameters == 1 && record.ExceptionInformation[0] == 77,
        "and the parameters are its own");
  skip = 0;
  RaiseException(0xe0000001, 0, 0, NULL);
  check(count == 2 && context.Eip == (DWORD)(ULONG_PTR)record.ExceptionAddress,
        "of other exceptions it is not");
}

int main(void) {
  AddVectoredExceptionHandler(1, see);
  test_int3();
  test_debug_service();
  test_raised();
  return failures;
}
