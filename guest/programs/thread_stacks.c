// The stacks of several threads: each grows by itself, ends in STATUS_STACK_OVERFLOW at its own end, can be
// used again after _resetstkoflw, and keeps what SetThreadStackGuarantee asks for.
#include <malloc.h>
#include <setjmp.h>
#include <windows.h>

#include "check.h"

enum { kThreads = 8, kStack = 0x40000, kGuarantee = 0x4000 };

static DWORD handler_failures;
static __thread jmp_buf recovered;
static __thread DWORD overflows;
static __thread char* landing;  // where the handler goes on
static __thread ULONG guaranteed;

enum { kStackBase = 4, kStackLimit = 8 };
static DWORD teb_word(DWORD offset) {
  DWORD value;
  __asm__ volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(offset));
  return value;
}

// The bytes of stack that are left to the handler.
static DWORD bytes_left(void) { return (DWORD)(ULONG_PTR)__builtin_frame_address(0) - teb_word(kStackLimit); }

static __attribute__((noreturn)) void recover(void) { longjmp(recovered, 1); }

static LONG CALLBACK handler(EXCEPTION_POINTERS* exception) {
  if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_STACK_OVERFLOW) return EXCEPTION_CONTINUE_SEARCH;
  ++overflows;
  if (guaranteed && bytes_left() < guaranteed) ++handler_failures;
  DWORD low = teb_word(kStackLimit), high = teb_word(kStackBase), esp = exception->ContextRecord->Esp;
  if (esp < low - 0x3000 || esp >= high) ++handler_failures;
  exception->ContextRecord->Eip = (DWORD)(ULONG_PTR)recover;
  exception->ContextRecord->Esp = (DWORD)(ULONG_PTR)landing & ~15u;
  return EXCEPTION_CONTINUE_EXECUTION;
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static __attribute__((noinline)) int dive(volatile int* depth) {
  volatile char block[1000];
  block[0] = block[999] = (char)*depth;
  ++*depth;
  return dive(depth) + block[0];
}

// How deep it got. The frame of the caller lies above what the handler jumps back to.
static int overflow(void) {
  static __thread volatile int depth;
  depth = 0;
  if (setjmp(recovered) == 0) dive(&depth);
  _resetstkoflw();
  return depth;
}

typedef struct Result {
  int first, second;
  DWORD overflows;
} Result;

static DWORD WINAPI run(void* parameter) {
  Result* result = parameter;
  char* room = _alloca(0x2000);  // what follows lies below it
  landing = room + 0x1000;
  room[0] = 1;
  result->first = overflow();
  SwitchToThread();
  result->second = overflow();
  result->overflows = overflows;
  return (DWORD)room[0];
}

static DWORD WINAPI run_guaranteed(void* parameter) {
  ULONG wanted = kGuarantee;
  if (!SetThreadStackGuarantee(&wanted)) return 0;
  wanted = 0;
  SetThreadStackGuarantee(&wanted);  // asks
  guaranteed = wanted;
  return run(parameter) && wanted == kGuarantee;
}

static void test(LPTHREAD_START_ROUTINE routine, int least, const char* what) {
  HANDLE threads[kThreads];
  Result results[kThreads] = {{0, 0, 0}};
  int right = 0;
  for (int i = 0; i < kThreads; ++i)
    threads[i] = CreateThread(NULL, kStack, routine, &results[i], STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
  WaitForMultipleObjects(kThreads, threads, TRUE, INFINITE);
  for (int i = 0; i < kThreads; ++i) {
    DWORD code = 0;
    GetExitCodeThread(threads[i], &code);
    const Result* r = &results[i];
    right += code == 1 && r->overflows == 2 && r->first >= least && r->first <= kStack / 1000 &&
             r->first == r->second;
    CloseHandle(threads[i]);
  }
  check(right == kThreads, what);
}

int main(void) {
  AddVectoredExceptionHandler(1, handler);
  test(run, 230, "eight threads overflow their stacks, recover, and do it again");
  test(run_guaranteed, 210, "with some of it guaranteed to the handler");
  check(handler_failures == 0, "it is there");
  return failures;
}
