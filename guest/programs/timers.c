// Waitable timers: once and again, waited for and called back, cancelled, shared by name.
#define _WIN32_WINNT 0x0A00
#include <windows.h>

#include "check.h"

static LARGE_INTEGER in_milliseconds(int milliseconds) {
  return (LARGE_INTEGER){.QuadPart = -10000ll * milliseconds};
}

// Milliseconds since the last call.
static unsigned elapsed(void) {
  static LARGE_INTEGER before;
  LARGE_INTEGER now, frequency;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&now);
  unsigned passed = (unsigned)((now.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart);
  before = now;
  return passed;
}

static int about(unsigned milliseconds, unsigned wanted) {
  return milliseconds + 1 >= wanted && milliseconds <= wanted + 2;
}

static int signalled(HANDLE object) { return WaitForSingleObject(object, 0) == WAIT_OBJECT_0; }

static void once(void) {
  HANDLE automatic = CreateWaitableTimerA(NULL, FALSE, NULL), manual = CreateWaitableTimerW(NULL, TRUE, NULL);
  LARGE_INTEGER due = in_milliseconds(30);
  check(automatic && manual && !signalled(automatic) && !signalled(manual), "new timers are not signalled");
  elapsed();
  check(SetWaitableTimer(automatic, &due, 0, NULL, NULL, FALSE) && GetLastError() == 0, "set");
  SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
  check(WaitForSingleObject(automatic, 10) == WAIT_TIMEOUT && about(elapsed(), 10), "not due after 10 ms");
  check(WaitForSingleObject(automatic, INFINITE) == WAIT_OBJECT_0 && about(elapsed(), 20), "after 30");
  check(!signalled(automatic), "an auto-reset timer lets one wait end");
  check(signalled(manual) && signalled(manual), "a manual-reset timer all");
  check(SetWaitableTimer(manual, &due, 0, NULL, NULL, TRUE) && GetLastError() == ERROR_NOT_SUPPORTED,
        "there is no machine to wake");
  check(!signalled(manual), "setting it resets it");
  check(CancelWaitableTimer(manual) && WaitForSingleObject(manual, 100) == WAIT_TIMEOUT, "cancelled in time");
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  due.LowPart = now.dwLowDateTime;
  due.HighPart = (LONG)now.dwHighDateTime;
  due.QuadPart += 50 * 10000;
  elapsed();
  SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
  check(WaitForSingleObject(manual, INFINITE) == WAIT_OBJECT_0 && about(elapsed(), 50), "at a system time");
  CancelWaitableTimer(manual);
  check(signalled(manual), "cancelling does not reset");
  due.QuadPart = 1;
  check(SetWaitableTimer(automatic, &due, 0, NULL, NULL, FALSE) && signalled(automatic),
        "at once, in the past");
  check(
      !SetWaitableTimer(automatic, &due, -1, NULL, NULL, FALSE) && GetLastError() == ERROR_INVALID_PARAMETER,
      "a negative period");
  CloseHandle(automatic);
  CloseHandle(manual);
}

static void periodic(void) {
  HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
  LARGE_INTEGER due = in_milliseconds(5);
  SetWaitableTimer(timer, &due, 20, NULL, NULL, FALSE);
  elapsed();
  int good = 1;
  for (int i = 0; i < 5; ++i)
    good = good && WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0 && about(elapsed(), i ? 20 : 5);
  check(good, "again and again");
  Sleep(70);
  check(signalled(timer) && !signalled(timer), "what is missed counts once");
  elapsed();
  WaitForSingleObject(timer, INFINITE);
  check(about(elapsed(), 10), "and the beat is kept");
  CloseHandle(timer);
}

static int calls;
static unsigned long long call_time;

static VOID CALLBACK on_timer(LPVOID context, DWORD low, DWORD high) {
  calls += (int)(DWORD_PTR)context;
  call_time = (unsigned long long)high << 32 | low;
}

static DWORD WINAPI set_and_end(void* timer) {
  LARGE_INTEGER due = in_milliseconds(10);
  return (DWORD)SetWaitableTimer(timer, &due, 0, on_timer, (void*)100, FALSE);
}

static void called_back(void) {
  HANDLE timer = CreateWaitableTimerA(NULL, FALSE, NULL);
  LARGE_INTEGER due = in_milliseconds(10);
  FILETIME now;
  SetWaitableTimer(timer, &due, 10, on_timer, (void*)1, FALSE);
  elapsed();
  check(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && calls == 1 && about(elapsed(), 10), "a call");
  GetSystemTimeAsFileTime(&now);
  unsigned long long after = (unsigned long long)now.dwHighDateTime << 32 | now.dwLowDateTime;
  check(call_time <= after && after - call_time < 10000, "with the time");
  Sleep(35);
  check(calls == 1, "only in an alertable wait");
  check(SleepEx(0, TRUE) == WAIT_IO_COMPLETION && calls == 2, "once for all that it missed");
  Sleep(15);
  CancelWaitableTimer(timer);
  check(SleepEx(0, TRUE) == 0 && calls == 2, "a timer that is cancelled takes its call back");
  HANDLE thread = CreateThread(NULL, 0, set_and_end, timer, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  check(WaitForSingleObjectEx(timer, 50, TRUE) == WAIT_TIMEOUT && calls == 2,
        "a timer ends with the thread that it would call");
  CloseHandle(thread);
  CloseHandle(timer);
}

static void together(void) {
  HANDLE first = CreateWaitableTimerA(NULL, FALSE, NULL), second = CreateWaitableTimerA(NULL, FALSE, "beat");
  HANDLE again = OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, "Local\\beat"), both[] = {first, second};
  LARGE_INTEGER early = in_milliseconds(10), late = in_milliseconds(20);
  check(
      again && !OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, "none") && GetLastError() == ERROR_FILE_NOT_FOUND,
      "by its name");
  check(!CreateEventA(NULL, FALSE, FALSE, "beat") && GetLastError() == ERROR_INVALID_HANDLE,
        "which is no event's");
  SetWaitableTimer(first, &late, 0, NULL, NULL, FALSE);
  SetWaitableTimer(again, &early, 0, NULL, NULL, FALSE);
  check(WaitForMultipleObjects(2, both, FALSE, INFINITE) == WAIT_OBJECT_0 + 1, "the earlier one first");
  SetWaitableTimer(again, &early, 0, NULL, NULL, FALSE);
  check(WaitForMultipleObjects(2, both, TRUE, 10) == WAIT_OBJECT_0, "a timer comes before a time-out");
  HANDLE reader = OpenWaitableTimerA(SYNCHRONIZE, FALSE, "beat");
  check(!SetWaitableTimer(reader, &early, 0, NULL, NULL, FALSE) && GetLastError() == ERROR_ACCESS_DENIED,
        "a handle that may only wait");
  check(!CancelWaitableTimer(NULL) && GetLastError() == ERROR_INVALID_HANDLE, "no handle");
}

int main(void) {
  once();
  periodic();
  called_back();
  together();
  return failures;
}
