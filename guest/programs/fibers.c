// Fibers: switched between, deep stacks, exceptions and fiber-local values of their own, deleted.
#define _WIN32_WINNT 0x0A00
#include <string.h>
#include <windows.h>

#include "exception_frames.h"

#pragma GCC diagnostic ignored \
    "-Warray-bounds"  // GetCurrentFiber reads FS:[0x10], which GCC takes for a null pointer

static void* main_fiber;
static char order[64];

static void note(char letter) { order[strlen(order)] = letter; }

typedef struct Player {
  char letter;
  void* next;
} Player;

static VOID CALLBACK ping(LPVOID player) {
  for (;;) {
    note(((Player*)GetFiberData())->letter);
    SwitchToFiber(((Player*)player)->next);
  }
}

static void switching(void) {
  Player a = {'a', NULL}, b = {'b', NULL};
  void* first = CreateFiber(0, ping, &a);
  void* second = CreateFiberEx(0x2000, 0x40000, FIBER_FLAG_FLOAT_SWITCH, ping, &b);
  a.next = second;
  b.next = main_fiber;
  for (int i = 0; i < 3; ++i) {
    note('m');
    SwitchToFiber(first);
  }
  expect("the order of turns", (DWORD)strcmp(order, "mabmabmab"), 0);
  expect("the fiber of this thread", GetCurrentFiber() == main_fiber, 1);
  DeleteFiber(first);
  DeleteFiber(second);
}

static DWORD stack_limit(void) {
  DWORD limit;
  __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
  return limit;
}

static __attribute__((noinline)) int descend(int depth) {
  volatile char block[1000];
  block[0] = (char)depth;
  return depth ? descend(depth - 1) + (block[0] == (char)depth) : 0;
}

static VOID CALLBACK dig(LPVOID result) {
  DWORD before = stack_limit();
  int intact = descend(100);
  ((DWORD*)result)[0] = (DWORD)intact;
  ((DWORD*)result)[1] = stack_limit() < before;
  SwitchToFiber(main_fiber);
}

static EXCEPTION_DISPOSITION __cdecl on_exception(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                  void* dispatcher) {
  (void)context, (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  longjmp(frame->way_out, (int)(record->ExceptionCode & 0xff));
}

static __attribute__((noinline)) int recurse(int n) {
  volatile char block[512];
  block[0] = (char)n;
  return n < 0 ? 0 : recurse(n + 1) + block[0];
}

static VOID CALLBACK overflow(LPVOID result) {
  Frame frame;
  push_frame(&frame, on_exception, "on_exception");
  int code = setjmp(frame.way_out);
  if (!code) recurse(0);
  pop_frame(&frame);
  *(DWORD*)result = (DWORD)code;
  SwitchToFiber(main_fiber);
}

static void stacks(void) {
  DWORD deep[2] = {0}, code = 0, limit = stack_limit();
  void* fiber = CreateFiberEx(0x1000, 0x40000, 0, dig, deep);
  SwitchToFiber(fiber);
  expect("frames of a fiber's stack", deep[0], 100);
  expect("which has grown", deep[1], 1);
  expect("the thread's stack again", stack_limit(), limit);
  DeleteFiber(fiber);
  fiber = CreateFiberEx(0x1000, 0x10000, 0, overflow, &code);
  SwitchToFiber(fiber);
  expect("a stack overflow, handled in the fiber", code, (BYTE)STATUS_STACK_OVERFLOW);
  DeleteFiber(fiber);
}

static DWORD slot;
static int freed;

static VOID CALLBACK on_free(PVOID value) { freed += (int)(DWORD_PTR)value; }

static VOID CALLBACK keep(LPVOID unused) {
  (void)unused;
  expect("no value yet", (DWORD)(DWORD_PTR)FlsGetValue(slot), 0);
  FlsSetValue(slot, (void*)20);
  SwitchToFiber(main_fiber);
  expect("the fiber's value", (DWORD)(DWORD_PTR)FlsGetValue(slot), 20);
  SwitchToFiber(main_fiber);
}

static void values(void) {
  slot = FlsAlloc(on_free);
  FlsSetValue(slot, (void*)1);
  void* fiber = CreateFiber(0, keep, NULL);
  SwitchToFiber(fiber);
  expect("the thread's value", (DWORD)(DWORD_PTR)FlsGetValue(slot), 1);
  SwitchToFiber(fiber);
  expect("nothing is freed yet", (DWORD)freed, 0);
  DeleteFiber(fiber);
  expect("a fiber's value goes with it", (DWORD)freed, 20);
  FlsFree(slot);
  expect("and the thread's with the index", (DWORD)freed, 21);
}

static VOID CALLBACK set_floats(LPVOID unused) {
  (void)unused;
  for (;;) {
    unsigned control = 0x1f80 | 0x6000;  // towards zero
    __asm__ volatile("ldmxcsr %0" : : "m"(control));
    SwitchToFiber(main_fiber);
  }
}

static unsigned mxcsr(void) {
  unsigned value;
  __asm__ volatile("stmxcsr %0" : "=m"(value));
  return value & 0x6000;
}

static VOID CALLBACK end_thread(LPVOID unused) { (void)unused; }

static DWORD WINAPI run_to_the_end(void* unused) {
  (void)unused;
  expect("a thread is no fiber", IsThreadAFiber(), 0);
  ConvertThreadToFiber(NULL);
  SwitchToFiber(CreateFiber(0, end_thread, NULL));
  return 55;  // never
}

static DWORD WINAPI delete_itself(void* unused) {
  (void)unused;
  DeleteFiber(ConvertThreadToFiber(NULL));
  return 55;  // never
}

static void ends(void) {
  static const LPTHREAD_START_ROUTINE kThreads[] = {run_to_the_end, delete_itself};
  for (int i = 0; i < 2; ++i) {
    DWORD code = 55;
    HANDLE thread = CreateThread(NULL, 0, kThreads[i], NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    expect("a thread ends with its fiber", code != 55, 1);
    CloseHandle(thread);
  }
}

int main(void) {
  expect("to a fiber",
         (DWORD)((main_fiber = ConvertThreadToFiberEx((void*)3, FIBER_FLAG_FLOAT_SWITCH)) != NULL), 1);
  expect("IsThreadAFiber", (DWORD)IsThreadAFiber(), 1);
  expect("its datum", (DWORD)(DWORD_PTR)GetFiberData(), 3);
  expect("twice", ConvertThreadToFiber(NULL) == NULL && GetLastError() == ERROR_ALREADY_FIBER, 1);
  expect("flags that are none",
         CreateFiberEx(0, 0, 2, ping, NULL) == NULL && GetLastError() == ERROR_INVALID_PARAMETER, 1);
  switching();
  stacks();
  values();
  void* fiber = CreateFiberEx(0, 0, FIBER_FLAG_FLOAT_SWITCH, set_floats, NULL);
  SwitchToFiber(fiber);
  expect("rounding of the thread's own", mxcsr(), 0);
  DeleteFiber(fiber);
  ends();
  expect("back to a thread", (DWORD)ConvertFiberToThread(), 1);
  expect("twice", !ConvertFiberToThread() && GetLastError() == ERROR_ALREADY_THREAD, 1);
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
