// A stack that overflows: STATUS_STACK_OVERFLOW reaches a handler, which finds as much stack as
// SetThreadStackGuarantee asked for; unwinding gives the stack back, _resetstkoflw the guard page; then all
// of it happens again.
#include <malloc.h>

#include "exception_frames.h"

static DWORD code, parameters, depth;

static DWORD stack_base(void) {
  DWORD base;
  __asm__ volatile("movl %%fs:4, %0" : "=r"(base));
  return base;
}

static DWORD stack_limit(void) {
  DWORD limit;
  __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
  return limit;
}

// Stack in the handler itself.
static __attribute__((noinline)) int use_stack(int bytes) {
  volatile char* block = __builtin_alloca((size_t)bytes);
  int sum = 0;
  for (int i = bytes - 1; i >= 0; i -= 256) block[i] = (char)i, sum += block[i];
  return sum;
}

static int room;

static EXCEPTION_DISPOSITION __cdecl on_overflow(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                 void* dispatcher) {
  (void)context, (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  code = record->ExceptionCode;
  parameters = record->NumberParameters;
  if (room) use_stack(room);
  longjmp(frame->way_out, 1);
}

static __attribute__((noinline)) int recurse(int n) {
  volatile char block[512];
  block[0] = (char)n;
  ++depth;
  if (n < 0) return 0;  // never
  return recurse(n + 1) + block[0];
}

static __attribute__((noinline)) void overflow(void) {
  Frame frame;
  depth = code = 0;
  push_frame(&frame, on_overflow, "on_overflow");
  if (!setjmp(frame.way_out)) recurse(0);
  pop_frame(&frame);
}

static void once(const char* title) {
  overflow();
  DWORD first = depth;
  int reset = _resetstkoflw();
  printf("%s: %#lx with %lu parameters; the stack was used: %s; guard page back: %s\n", title, code,
         parameters, first > 1000 ? "yes" : "no", reset ? "yes" : "no");
  expect("the code", code, STATUS_STACK_OVERFLOW);
  expect("the parameters", parameters, 2);
  expect("_resetstkoflw", (DWORD)reset, 1);
}

// As a C library that is linked into the program does it: the guard page, and nothing else.
static void by_hand(void) {
  MEMORY_BASIC_INFORMATION here, lowest;
  DWORD old;
  overflow();
  VirtualQuery(&here, &here, sizeof here);
  VirtualQuery(here.AllocationBase, &lowest, sizeof lowest);
  char* committed = (char*)lowest.BaseAddress + (lowest.State == MEM_RESERVE ? lowest.RegionSize : 0);
  expect("the guard page",
         (DWORD)VirtualProtect(committed + 0x1000, 0x1000, PAGE_READWRITE | PAGE_GUARD, &old), 1);
}

int main(void) {
  ULONG bytes = 0;
  printf("the stack begins small: %s\n", stack_base() - stack_limit() <= 0x4000 ? "yes" : "no");
  once("first");
  once("second");
  by_hand();
  once("after a repair by hand");
  bytes = 0x8000;
  expect("SetThreadStackGuarantee", (DWORD)SetThreadStackGuarantee(&bytes), 1);
  expect("the guarantee before", bytes, 0);
  bytes = 0;
  SetThreadStackGuarantee(&bytes);
  expect("the guarantee now", bytes, 0x8000);
  room = 0x7000;
  once("with 32 KB for the handler");
  once("again");
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
