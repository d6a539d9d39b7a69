// Waiting: any and all of several objects, time-outs, abandoned mutexes, PulseEvent, SignalObjectAndWait,
// alertable waits with APCs, and what cannot be waited for.
#include <string.h>
#include <windows.h>

#include "check.h"

static HANDLE make_event(BOOL manual, BOOL set) { return CreateEvent(NULL, manual, set, NULL); }
static HANDLE start(LPTHREAD_START_ROUTINE routine, void* argument) {
  return CreateThread(NULL, 0, routine, argument, 0, NULL);
}
static void join(HANDLE thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}
static int fails_with(DWORD result, DWORD error) { return result == WAIT_FAILED && GetLastError() == error; }

static void test_events(void) {
  HANDLE automatic = make_event(FALSE, TRUE), manual = make_event(TRUE, TRUE);
  check(WaitForSingleObject(automatic, 0) == WAIT_OBJECT_0, "a set event ends a wait");
  check(WaitForSingleObject(automatic, 0) == WAIT_TIMEOUT, "one alone, when it resets itself");
  check(WaitForSingleObject(manual, 0) == WAIT_OBJECT_0 && WaitForSingleObject(manual, 0) == WAIT_OBJECT_0,
        "all, when it does not");
  ResetEvent(manual);
  check(WaitForSingleObject(manual, 0) == WAIT_TIMEOUT, "until it is reset");
  CloseHandle(automatic);
  CloseHandle(manual);
}

static void test_timeouts(void) {
  enum { kTick = 16 };  // what GetTickCount may be behind (Microsoft)
  HANDLE never = make_event(FALSE, FALSE);
  DWORD before = GetTickCount();
  check(WaitForSingleObject(never, 50) == WAIT_TIMEOUT, "a wait times out");
  DWORD passed = GetTickCount() - before;
  check(passed >= 50 - kTick && passed <= 60 + kTick, "after as long as it was to");
  before = GetTickCount();
  Sleep(100);
  passed = GetTickCount() - before;
  check(passed >= 100 - kTick && passed <= 110 + kTick, "Sleep sleeps");
  CloseHandle(never);
}

static void test_several(void) {
  HANDLE events[MAXIMUM_WAIT_OBJECTS + 1];
  for (int i = 0; i <= MAXIMUM_WAIT_OBJECTS; ++i) events[i] = make_event(FALSE, FALSE);
  check(WaitForMultipleObjects(64, events, FALSE, 0) == WAIT_TIMEOUT, "none of 64 is set");
  SetEvent(events[63]);
  SetEvent(events[7]);
  check(WaitForMultipleObjects(64, events, FALSE, 0) == WAIT_OBJECT_0 + 7, "of two the first in the array");
  check(WaitForMultipleObjects(64, events, FALSE, 0) == WAIT_OBJECT_0 + 63, "then the other");
  SetEvent(events[0]);
  check(WaitForMultipleObjects(2, events, TRUE, 0) == WAIT_TIMEOUT, "all of two: one is not enough");
  check(WaitForSingleObject(events[0], 0) == WAIT_OBJECT_0, "and was not taken");
  for (int i = 0; i < 64; ++i) SetEvent(events[i]);
  check(WaitForMultipleObjects(64, events, TRUE, 0) == WAIT_OBJECT_0, "all of 64");
  check(WaitForMultipleObjects(64, events, FALSE, 0) == WAIT_TIMEOUT, "were taken");
  check(fails_with(WaitForMultipleObjects(65, events, FALSE, 0), ERROR_INVALID_PARAMETER), "65 are too many");
  check(fails_with(WaitForMultipleObjects(0, events, FALSE, 0), ERROR_INVALID_PARAMETER), "0 too few");
  HANDLE twice[] = {events[0], events[0]};
  check(fails_with(WaitForMultipleObjects(2, twice, TRUE, 0), ERROR_INVALID_PARAMETER), "all of one twice");
  SetEvent(events[0]);
  check(WaitForMultipleObjects(2, twice, FALSE, 0) == WAIT_OBJECT_0, "any of one twice");
  for (int i = 0; i <= MAXIMUM_WAIT_OBJECTS; ++i) CloseHandle(events[i]);
}

static HANDLE shared;
static volatile LONG seen;

static DWORD WINAPI own_and_end(void* mutex) {
  WaitForSingleObject(mutex, INFINITE);
  return 0;
}

static void test_mutexes(void) {
  HANDLE mutex = CreateMutex(NULL, TRUE, NULL), event = make_event(TRUE, TRUE);
  check(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0, "its owner may wait for a mutex");
  check(ReleaseMutex(mutex) && ReleaseMutex(mutex), "and releases it as often");
  check(!ReleaseMutex(mutex) && GetLastError() == ERROR_NOT_OWNER, "no more than that");
  join(start(own_and_end, mutex));
  check(WaitForSingleObject(mutex, 0) == WAIT_ABANDONED, "its owner ended: abandoned");
  ReleaseMutex(mutex);
  check(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0, "the next one is not told");
  ReleaseMutex(mutex);
  HANDLE any[] = {make_event(FALSE, FALSE), mutex}, all[] = {event, mutex};
  join(start(own_and_end, mutex));
  check(WaitForMultipleObjects(2, any, FALSE, 0) == WAIT_ABANDONED_0 + 1, "any: which one was abandoned");
  ReleaseMutex(mutex);
  join(start(own_and_end, mutex));
  check(WaitForMultipleObjects(2, all, TRUE, 0) == WAIT_ABANDONED_0, "all: that one was");
  CloseHandle(any[0]);
  CloseHandle(event);
  CloseHandle(mutex);
}

static void test_semaphores(void) {
  LONG before = 9;
  HANDLE semaphore = CreateSemaphore(NULL, 2, 3, NULL);
  check(WaitForSingleObject(semaphore, 0) == 0 && WaitForSingleObject(semaphore, 0) == 0, "two may enter");
  check(WaitForSingleObject(semaphore, 0) == WAIT_TIMEOUT, "a third may not");
  check(ReleaseSemaphore(semaphore, 2, &before) && before == 0, "both leave");
  check(!ReleaseSemaphore(semaphore, 2, NULL) && GetLastError() == ERROR_TOO_MANY_POSTS,
        "not above its limit");
  check(ReleaseSemaphore(semaphore, 1, &before) && before == 2, "nothing was released");
  check(!ReleaseSemaphore(semaphore, 0, NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "not 0");
  check(!CreateSemaphore(NULL, 4, 3, NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "nor 4 of 3");
  CloseHandle(semaphore);
}

static DWORD WINAPI wait_for_shared(void* unused) {
  (void)unused;
  if (WaitForSingleObject(shared, 1000) == WAIT_OBJECT_0) InterlockedIncrement(&seen);
  return 0;
}

static LONG woken_by_pulse(BOOL manual) {
  HANDLE threads[3];
  seen = 0;
  shared = make_event(manual, FALSE);
  for (int i = 0; i < 3; ++i) threads[i] = start(wait_for_shared, NULL);
  Sleep(10);
  PulseEvent(shared);
  Sleep(10);
  LONG woken = seen;
  check(WaitForSingleObject(shared, 0) == WAIT_TIMEOUT, "a pulsed event is not set");
  for (int i = 0; i < 3; ++i) join(threads[i]);
  CloseHandle(shared);
  return woken;
}

static void test_pulse(void) {
  check(woken_by_pulse(TRUE) == 3, "a pulse wakes all that wait");
  check(woken_by_pulse(FALSE) == 1, "or one");
}

static HANDLE there, back;
static DWORD WINAPI answer(void* unused) {
  (void)unused;
  WaitForSingleObject(there, INFINITE);
  for (int i = 0; i < 9; ++i) SignalObjectAndWait(back, there, INFINITE, FALSE);
  SetEvent(back);
  return 0;
}

static void test_signal_and_wait(void) {
  int round = 0;
  there = make_event(FALSE, FALSE), back = make_event(FALSE, FALSE);
  HANDLE thread = start(answer, NULL);
  while (round < 10 && SignalObjectAndWait(there, back, 1000, FALSE) == WAIT_OBJECT_0) ++round;
  check(round == 10, "SignalObjectAndWait, to and fro");
  join(thread);
  HANDLE mutex = CreateMutex(NULL, TRUE, NULL), semaphore = CreateSemaphore(NULL, 0, 1, NULL);
  check(SignalObjectAndWait(mutex, there, 0, FALSE) == WAIT_TIMEOUT, "a mutex can be signalled");
  check(fails_with(SignalObjectAndWait(mutex, there, 0, FALSE), ERROR_NOT_OWNER), "by its owner");
  check(SignalObjectAndWait(semaphore, there, 0, FALSE) == WAIT_TIMEOUT, "a semaphore can");
  check(fails_with(SignalObjectAndWait(semaphore, there, 0, FALSE), ERROR_TOO_MANY_POSTS), "up to its limit");
  check(fails_with(SignalObjectAndWait(GetCurrentThread(), there, 0, FALSE), ERROR_INVALID_HANDLE),
        "a thread cannot");
  CloseHandle(mutex);
  CloseHandle(semaphore);
  CloseHandle(there);
  CloseHandle(back);
}

static char calls[16];
static void CALLBACK note_call(ULONG_PTR name) {
  size_t length = strlen(calls);
  calls[length] = (char)name;
  calls[length + 1] = 0;
}

static void CALLBACK queue_another(ULONG_PTR name) {
  note_call(name);
  QueueUserAPC(note_call, GetCurrentThread(), name + 1);
}

static DWORD WINAPI sleep_alertably(void* unused) {
  (void)unused;
  return SleepEx(INFINITE, TRUE);
}

static void test_apcs(void) {
  HANDLE event = make_event(FALSE, TRUE), self = GetCurrentThread();
  DWORD code = 0;
  QueueUserAPC(note_call, self, 'a');
  QueueUserAPC(note_call, self, 'b');
  Sleep(1);
  check(strcmp(calls, "") == 0, "an APC waits for an alertable wait");
  check(SleepEx(0, TRUE) == WAIT_IO_COMPLETION && strcmp(calls, "ab") == 0,
        "which calls all of them, in order");
  check(SleepEx(0, TRUE) == 0, "once");
  calls[0] = 0;
  QueueUserAPC(queue_another, self, 'c');
  check(SleepEx(1000, TRUE) == WAIT_IO_COMPLETION && strcmp(calls, "cd") == 0, "one may queue another");
  QueueUserAPC(note_call, self, 'e');
  check(WaitForSingleObjectEx(event, 0, TRUE) == WAIT_OBJECT_0 && strcmp(calls, "cd") == 0,
        "a wait that need not wait calls none");
  check(WaitForSingleObjectEx(event, 1000, TRUE) == WAIT_IO_COMPLETION && strcmp(calls, "cde") == 0,
        "one that must, does");
  HANDLE thread = start(sleep_alertably, NULL);
  Sleep(5);
  calls[0] = 0;
  check(QueueUserAPC(note_call, thread, 'f') != 0, "another thread's");
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  check(code == WAIT_IO_COMPLETION && strcmp(calls, "f") == 0, "wakes it");
  check(!QueueUserAPC(note_call, thread, 'g') && GetLastError() == ERROR_GEN_FAILURE,
        "not once it has ended");
  CloseHandle(thread);
  calls[0] = 0;
  thread = CreateThread(NULL, 0, sleep_alertably, NULL, CREATE_SUSPENDED, NULL);
  QueueUserAPC(note_call, thread, 'h');
  ResumeThread(thread);
  check(WaitForSingleObject(thread, 10) == WAIT_TIMEOUT && strcmp(calls, "h") == 0,
        "queued before a thread's first step it is called first");
  QueueUserAPC(note_call, thread, 'i');
  join(thread);
  HANDLE pair[] = {event, make_event(FALSE, FALSE)};
  QueueUserAPC(note_call, self, 'j');
  check(WaitForMultipleObjectsEx(2, pair, TRUE, 1000, TRUE) == WAIT_IO_COMPLETION, "of a wait for several");
  QueueUserAPC(note_call, self, 'k');
  check(SignalObjectAndWait(event, pair[1], 1000, TRUE) == WAIT_IO_COMPLETION, "of SignalObjectAndWait");
  check(strcmp(calls, "hijk") == 0, "all were called");
  CloseHandle(pair[1]);
  CloseHandle(event);
}

// A thread that is suspended while it waits takes nothing.
static void test_suspended(void) {
  seen = 0;
  shared = make_event(FALSE, FALSE);
  HANDLE first = start(wait_for_shared, NULL);
  Sleep(1);
  HANDLE second = start(wait_for_shared, NULL);
  Sleep(1);
  SuspendThread(first);
  SetEvent(shared);
  check(WaitForSingleObject(second, 100) == WAIT_OBJECT_0 && seen == 1, "who is suspended is passed over");
  SetEvent(shared);
  Sleep(1);
  ResumeThread(first);
  check(WaitForSingleObject(first, 100) == WAIT_OBJECT_0 && seen == 2, "and looks again when resumed");
  CloseHandle(first);
  CloseHandle(second);
  CloseHandle(shared);
}

static volatile LONG address_value;
static DWORD WINAPI wait_on_address(void* result) {
  LONG is = 0;
  *(BOOL*)result = WaitOnAddress(&address_value, &is, sizeof is, 1000);
  return 0;
}

static void test_addresses(void) {
  LONG is = 0;
  BOOL result = FALSE;
  check(!WaitOnAddress(&address_value, &is, sizeof is, 10) && GetLastError() == ERROR_TIMEOUT,
        "WaitOnAddress times out");
  is = 1;
  check(WaitOnAddress(&address_value, &is, sizeof is, INFINITE), "another value: no wait");
  check(!WaitOnAddress(&address_value, &is, 3, 0) && GetLastError() == ERROR_INVALID_PARAMETER, "3 bytes");
  HANDLE thread = start(wait_on_address, &result);
  Sleep(1);
  address_value = 1;
  WakeByAddressSingle((PVOID)&address_value);
  join(thread);
  check(result, "WakeByAddressSingle wakes");
  CONDITION_VARIABLE variable = CONDITION_VARIABLE_INIT;
  SRWLOCK lock = SRWLOCK_INIT;
  AcquireSRWLockExclusive(&lock);
  check(!SleepConditionVariableSRW(&variable, &lock, 10, 0) && GetLastError() == ERROR_TIMEOUT,
        "SleepConditionVariableSRW times out");
  check(!TryAcquireSRWLockShared(&lock), "with the lock as it was");
  ReleaseSRWLockExclusive(&lock);
}

static void test_others(void) {
  check(WaitForSingleObject(GetCurrentProcess(), 0) == WAIT_TIMEOUT, "a process can be waited for");
  check(WaitForSingleObject(GetCurrentThread(), 0) == WAIT_TIMEOUT, "a thread can");
}

int main(void) {
  test_events();
  test_timeouts();
  test_several();
  test_mutexes();
  test_semaphores();
  test_pulse();
  test_signal_and_wait();
  test_apcs();
  test_suspended();
  test_addresses();
  test_others();
  return failures;
}
