// Critical sections as a program sees them from outside: the fields that debuggers, other runtimes and
// programs read ("Displaying a Critical Section", Microsoft's debugger pages), and leaving what one does not
// own.
#include <windows.h>

#include "check.h"

static CRITICAL_SECTION section;
static HANDLE entered;

static int is_free(void) {
  return section.LockCount == -1 && section.RecursionCount == 0 && section.OwningThread == NULL;
}

static int is_owned_by(DWORD thread, LONG lock_count, LONG recursion) {
  return section.LockCount == lock_count && section.RecursionCount == recursion &&
         section.OwningThread == (HANDLE)(ULONG_PTR)thread;
}

static void test_fields(void) {
  const void* const none = (void*)-1;
  InitializeCriticalSection(&section);
  check(section.DebugInfo == none && is_free(),
        "a new section is free and has no debugging data, which is -1");
  EnterCriticalSection(&section);
  check(is_owned_by(GetCurrentThreadId(), -2, 1), "owned: LockCount is -2");
  EnterCriticalSection(&section);
  check(TryEnterCriticalSection(&section) && is_owned_by(GetCurrentThreadId(), -2, 3),
        "entered again: only RecursionCount says so");
  LeaveCriticalSection(&section);
  LeaveCriticalSection(&section);
  check(is_owned_by(GetCurrentThreadId(), -2, 1), "left as often");
  LeaveCriticalSection(&section);
  check(is_free(), "free again");
  DeleteCriticalSection(&section);
  check(section.DebugInfo == NULL, "deleted: NULL");
  check(InitializeCriticalSectionAndSpinCount(&section, 4000) && section.DebugInfo == none,
        "also with a spin count");
  DeleteCriticalSection(&section);
  check(InitializeCriticalSectionEx(&section, 0, 0x01000000) && section.DebugInfo == none,
        "and with CRITICAL_SECTION_NO_DEBUG_INFO");
}

static DWORD WINAPI enter_and_leave(void* unused) {
  (void)unused;
  EnterCriticalSection(&section);
  SetEvent(entered);
  LeaveCriticalSection(&section);
  return 0;
}

static DWORD WINAPI leave(void* unused) {
  (void)unused;
  LeaveCriticalSection(&section);
  return 0;
}

static HANDLE start(LPTHREAD_START_ROUTINE routine) { return CreateThread(NULL, 0, routine, NULL, 0, NULL); }

static void join(HANDLE thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

static void test_waiters(void) {
  HANDLE threads[2];
  DWORD me = GetCurrentThreadId();
  EnterCriticalSection(&section);
  threads[0] = start(enter_and_leave);
  Sleep(10);
  check(is_owned_by(me, -6, 1), "one waits: -6");
  threads[1] = start(enter_and_leave);
  Sleep(10);
  check(is_owned_by(me, -10, 1), "two: -10");
  LeaveCriticalSection(&section);
  join(threads[0]);
  join(threads[1]);
  check(is_free(), "both were in");
}

static void test_not_owned(void) {
  LeaveCriticalSection(&section);
  LeaveCriticalSection(&section);
  check(is_free(), "leaving a free section changes nothing");
  EnterCriticalSection(&section);
  join(start(leave));
  check(is_owned_by(GetCurrentThreadId(), -2, 1), "nor does leaving another thread's");
  HANDLE thread = start(enter_and_leave);
  ResetEvent(entered);
  join(start(leave));
  check(WaitForSingleObject(entered, 10) == WAIT_TIMEOUT, "nor does that let others in");
  LeaveCriticalSection(&section);
  check(WaitForSingleObject(entered, 1000) == WAIT_OBJECT_0, "and nobody hangs");
  join(thread);
  check(is_free(), "in the end it is free");
}

int main(void) {
  entered = CreateEventA(NULL, TRUE, FALSE, NULL);
  test_fields();
  test_waiters();
  test_not_owned();
  return failures;
}
