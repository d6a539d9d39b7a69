// Threads: how they begin and end, their exit codes, suspending, priorities, contexts, and that one that
// never waits does not keep the others from running. With an argument, the ways a process can end: `main`
// (the first thread ends before another), `return` (it returns while another runs), `terminate`.
#include <process.h>
#include <string.h>
#include <windows.h>

#include "check.h"

static DWORD exit_code(HANDLE thread) {
  DWORD code = 0;
  return GetExitCodeThread(thread, &code) ? code : MAXDWORD;
}

// The exit code of a thread once it has ended; closes its handle.
static DWORD join(HANDLE thread) {
  DWORD waited = WaitForSingleObject(thread, 10000), code = exit_code(thread);
  CloseHandle(thread);
  return waited == WAIT_OBJECT_0 ? code : MAXDWORD;
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, void* argument, DWORD flags) {
  return CreateThread(NULL, 0, routine, argument, flags, NULL);
}

static DWORD WINAPI add_one(void* number) { return (DWORD)(ULONG_PTR)number + 1; }

static DWORD WINAPI exit_thread(void* code) {
  ExitThread((DWORD)(ULONG_PTR)code);
  return 0;
}

static void test_beginning_and_ending(void) {
  DWORD id = 0;
  HANDLE thread = CreateThread(NULL, 0, add_one, (void*)41, CREATE_SUSPENDED, &id);
  check(thread && id && id != GetCurrentThreadId() && GetThreadId(thread) == id, "a thread has an id");
  check(GetProcessIdOfThread(thread) == GetCurrentProcessId(), "and a process");
  check(exit_code(thread) == STILL_ACTIVE, "no exit code yet");
  check(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT, "not signalled yet");
  ResumeThread(thread);
  check(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0, "signalled when it has ended");
  check(WaitForSingleObject(thread, 0) == WAIT_OBJECT_0, "and for good");
  check(exit_code(thread) == 42, "it returned 42");
  check(OpenThread(THREAD_QUERY_INFORMATION, FALSE, id) == NULL && GetLastError() == ERROR_INVALID_PARAMETER,
        "no other handle to it can be had");
  CloseHandle(thread);
  check(join(start(exit_thread, (void*)7, 0)) == 7, "ExitThread(7)");
}

static unsigned __stdcall runtime_routine(void* number) {
  errno = 5;
  if ((ULONG_PTR)number == 8) _endthreadex(88);
  return (unsigned)(ULONG_PTR)number;
}

static volatile LONG plain_done;
static void __cdecl plain_routine(void* event) {
  plain_done = 1;
  SetEvent(event);
  _endthread();
  plain_done = 2;
}

static void test_runtime(void) {
  unsigned id = 0;
  errno = 1;
  HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, runtime_routine, (void*)9, 0, &id);
  check(thread && id == GetThreadId(thread), "_beginthreadex gives handle and id");
  check(join(thread) == 9, "its routine returned 9");
  check(errno == 1, "each thread has its own errno");
  check(join((HANDLE)_beginthreadex(NULL, 0, runtime_routine, (void*)8, 0, NULL)) == 88, "_endthreadex(88)");
  check(_beginthreadex(NULL, 0, NULL, NULL, 0, NULL) == 0 && errno == EINVAL, "no routine, no thread");
  HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
  check(_beginthread(plain_routine, 0, event) != (uintptr_t)-1, "_beginthread");
  check(WaitForSingleObject(event, 10000) == WAIT_OBJECT_0, "its routine ran");
  Sleep(1);
  check(plain_done == 1, "up to _endthread");
  CloseHandle(event);
}

static volatile LONG counter;
static volatile LONG stop;
static DWORD WINAPI count_up(void* unused) {
  (void)unused;
  while (!stop) ++counter;
  return 0;
}

static void test_suspending(void) {
  HANDLE thread = start(count_up, NULL, CREATE_SUSPENDED);
  Sleep(5);
  check(counter == 0, "a thread that begins suspended does nothing");
  check(SuspendThread(thread) == 1 && ResumeThread(thread) == 2 && ResumeThread(thread) == 1, "counted");
  check(ResumeThread(thread) == 0, "not below 0");
  Sleep(5);
  LONG before = counter;
  check(before > 0, "resumed, it runs");
  check(SuspendThread(thread) == 0, "suspended where it is");
  before = counter;
  Sleep(5);
  check(counter == before, "and stays there");
  for (int i = 1; i < MAXIMUM_SUSPEND_COUNT; ++i) SuspendThread(thread);
  check(SuspendThread(thread) == (DWORD)-1 && GetLastError() == ERROR_SIGNAL_REFUSED, "127 times at most");
  while (ResumeThread(thread) > 1) {
  }
  stop = 1;
  check(join(thread) == 0, "resumed, it ends");
}

// Two threads that are ready at one time: the order in which they run.
static char order[8];
static volatile LONG placed;
static DWORD WINAPI note_order(void* name) {
  order[InterlockedIncrement(&placed) - 1] = (char)(ULONG_PTR)name;
  return 0;
}

static void run_both(int first, int second) {
  HANDLE threads[2] = {start(note_order, (void*)'a', CREATE_SUSPENDED),
                       start(note_order, (void*)'b', CREATE_SUSPENDED)};
  memset(order, 0, sizeof order);
  placed = 0;
  SetThreadPriority(threads[0], first);
  SetThreadPriority(threads[1], second);
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
  ResumeThread(threads[0]);
  ResumeThread(threads[1]);
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_IDLE);
  for (int i = 0; i < 2; ++i) join(threads[i]);
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
}

static void test_priorities(void) {
  check(GetThreadPriority(GetCurrentThread()) == THREAD_PRIORITY_NORMAL, "normal priority to begin with");
  static const int kAll[] = {THREAD_PRIORITY_IDLE,         THREAD_PRIORITY_LOWEST,
                             THREAD_PRIORITY_BELOW_NORMAL, THREAD_PRIORITY_NORMAL,
                             THREAD_PRIORITY_ABOVE_NORMAL, THREAD_PRIORITY_HIGHEST,
                             THREAD_PRIORITY_TIME_CRITICAL};
  int right = 0;
  for (int i = 0; i < 7; ++i)
    right +=
        SetThreadPriority(GetCurrentThread(), kAll[i]) && GetThreadPriority(GetCurrentThread()) == kAll[i];
  check(right == 7, "seven priorities can be set and read");
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);
  check(!SetThreadPriority(GetCurrentThread(), 3) && GetLastError() == ERROR_INVALID_PARAMETER, "3 is none");
  run_both(THREAD_PRIORITY_NORMAL, THREAD_PRIORITY_NORMAL);
  check(strcmp(order, "ab") == 0, "equals run in the order in which they became ready");
  run_both(THREAD_PRIORITY_BELOW_NORMAL, THREAD_PRIORITY_ABOVE_NORMAL);
  check(strcmp(order, "ba") == 0, "the higher one runs first");
}

static DWORD WINAPI sleep_for_ever(void* unused) {
  (void)unused;
  Sleep(INFINITE);
  return 1;
}

static void test_terminating(void) {
  HANDLE waiting = start(sleep_for_ever, NULL, 0), running;
  stop = 0;
  running = start(count_up, NULL, 0);
  Sleep(5);
  check(TerminateThread(waiting, 11) && TerminateThread(running, 12), "TerminateThread");
  check(exit_code(waiting) == 11 && exit_code(running) == 12, "its exit codes");
  LONG before = counter;
  Sleep(5);
  check(counter == before, "it runs no more");
  check(TerminateThread(waiting, 13) && exit_code(waiting) == 11, "once is enough");
  check(SuspendThread(waiting) == (DWORD)-1 && GetLastError() == ERROR_ACCESS_DENIED, "nothing to suspend");
  CloseHandle(waiting);
  CloseHandle(running);
}

static DWORD WINAPI go_elsewhere(void* unused) {
  (void)unused;
  ExitThread(77);
}

static void test_contexts(void) {
  stop = counter = 0;
  HANDLE thread = start(count_up, NULL, 0);
  while (counter == 0) Sleep(1);
  SuspendThread(thread);
  CONTEXT context = {.ContextFlags = CONTEXT_FULL};
  check(GetThreadContext(thread, &context), "a suspended thread's context can be had");
  MEMORY_BASIC_INFORMATION here, there;
  VirtualQuery((void*)context.Eip, &there, sizeof there);
  VirtualQuery((void*)count_up, &here, sizeof here);
  check(there.AllocationBase == here.AllocationBase, "it was in its loop");
  check(context.SegCs == 0x1b && context.SegDs == 0x23 && context.SegFs == 0x3b, "user selectors");
  context.Eip = (DWORD)(ULONG_PTR)go_elsewhere;
  check(SetThreadContext(thread, &context), "and changed");
  ResumeThread(thread);
  check(join(thread) == 77, "it goes on elsewhere");

  thread = start(add_one, (void*)1, CREATE_SUSPENDED);
  context.ContextFlags = CONTEXT_INTEGER;
  check(GetThreadContext(thread, &context) && context.Eax == (DWORD)(ULONG_PTR)add_one && context.Ebx == 1,
        "before its first step EAX has a thread's start, EBX its argument");
  context.Ebx = 99;
  SetThreadContext(thread, &context);
  ResumeThread(thread);
  check(join(thread) == 100, "both can be changed");

  thread = start(sleep_for_ever, NULL, 0);
  Sleep(1);
  context.ContextFlags = CONTEXT_CONTROL;
  SuspendThread(thread);
  check(GetThreadContext(thread, &context), "a waiting thread has a context");
  TerminateThread(thread, 0);
  check(!GetThreadContext(thread, &context), "one that has ended has none");
  CloseHandle(thread);
}

static void test_sharing_the_processor(void) {
  stop = counter = 0;
  check(!SwitchToThread(), "alone there is nobody to switch to");
  HANDLE busy = start(count_up, NULL, 0);
  check(SwitchToThread(), "now there is");
  check(counter > 0, "and it ran");
  LONG before = counter;
  for (volatile int i = 0; i < 3000000; ++i) {
  }
  check(counter > before, "two busy loops take turns");
  stop = 1;
  check(join(busy) == 0, "the busy one ends");
}

static DWORD WINAPI end_later(void* code) {
  Sleep(20);
  printf("the other thread ends last\n");
  return (DWORD)(ULONG_PTR)code;
}

static int end_process(const char* how) {
  HANDLE other = start(end_later, (void*)5, 0);
  if (strcmp(how, "main") == 0) ExitThread(3);
  if (strcmp(how, "terminate") == 0) TerminateThread(GetCurrentThread(), 4);
  SwitchToThread();
  CloseHandle(other);
  printf("main returns\n");
  return 6;
}

int main(int argc, char** argv) {
  if (argc > 1) return end_process(argv[1]);
  test_beginning_and_ending();
  test_runtime();
  test_suspending();
  test_priorities();
  test_terminating();
  test_contexts();
  test_sharing_the_processor();
  return failures;
}
