// 64 threads hammer a shared counter with each kind of lock: what each counts must come out right. The
// counters are kept in ways that lose counts when two threads are in at one time; threads give up the
// processor inside the locks, so that they do meet. The argument, a multiple of 4, is how often each thread
// enters each lock; 40 unless given.
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "check.h"

enum { kThreads = 64 };
static int rounds = 40;

static volatile LONG counter, other;  // equal whenever nobody is inside
static volatile LONG mistakes;

// Not atomic: a thread that is let in meanwhile makes a mistake that shows.
static void count(int round) {
  LONG seen = counter;
  if (counter != other) InterlockedIncrement(&mistakes);
  counter = seen + 1;
  if (round % 8 == 0) SwitchToThread();
  other = seen + 1;
}

// --- The locks.
static CRITICAL_SECTION section;
static SRWLOCK srw = SRWLOCK_INIT;
static HANDLE mutex, semaphore, event;
static volatile LONG word;
static CONDITION_VARIABLE not_empty = CONDITION_VARIABLE_INIT, not_full = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static void interlocked(int round) {
  InterlockedIncrement(&other);
  LONG seen;
  do {
    seen = counter;
    if (round % 8 == 0) SwitchToThread();
  } while (InterlockedCompareExchange(&counter, seen + 1, seen) != seen);
}

static void with_section(int round) {
  EnterCriticalSection(&section);
  if (round % 2) EnterCriticalSection(&section);
  count(round);
  if (round % 2) LeaveCriticalSection(&section);
  LeaveCriticalSection(&section);
}

static void with_section_tried(int round) {
  while (!TryEnterCriticalSection(&section)) SwitchToThread();
  count(round);
  LeaveCriticalSection(&section);
}

static void with_srw(int round) {
  AcquireSRWLockExclusive(&srw);
  count(round);
  ReleaseSRWLockExclusive(&srw);
}

// Readers look, between writers.
static volatile LONG readers, most_readers;
static void with_srw_shared(int round) {
  if (round % 4 == 0) {
    with_srw(round);
    return;
  }
  AcquireSRWLockShared(&srw);
  LONG now = InterlockedIncrement(&readers);
  if (now > most_readers) most_readers = now;
  LONG seen = counter;
  SwitchToThread();
  if (counter != seen || other != seen) InterlockedIncrement(&mistakes);
  InterlockedDecrement(&readers);
  ReleaseSRWLockShared(&srw);
}

static void with_mutex(int round) {
  WaitForSingleObject(mutex, INFINITE);
  if (round % 2) WaitForSingleObject(mutex, INFINITE);
  count(round);
  if (round % 2) ReleaseMutex(mutex);
  ReleaseMutex(mutex);
}

static void with_semaphore(int round) {
  WaitForSingleObject(semaphore, INFINITE);
  count(round);
  ReleaseSemaphore(semaphore, 1, NULL);
}

static void with_event(int round) {
  WaitForSingleObject(event, INFINITE);
  count(round);
  SetEvent(event);
}

static void with_all_three(int round) {
  HANDLE all[] = {mutex, semaphore, event};
  WaitForMultipleObjects(3, all, TRUE, INFINITE);
  count(round);
  ReleaseMutex(mutex);
  ReleaseSemaphore(semaphore, 1, NULL);
  SetEvent(event);
}

// 0 free, 1 taken, 2 taken and somebody waits.
static void with_address(int round) {
  LONG seen = InterlockedCompareExchange(&word, 1, 0), taken = 2;
  while (seen != 0) {
    if (seen == 2 || InterlockedCompareExchange(&word, 2, 1) != 0)
      WaitOnAddress(&word, &taken, sizeof word, INFINITE);
    seen = InterlockedCompareExchange(&word, 2, 0);
  }
  count(round);
  if (InterlockedExchange(&word, 0) == 2) WakeByAddressSingle((PVOID)&word);
}

static void with_spinning(int round) {
  while (InterlockedExchange(&word, 1)) SwitchToThread();
  count(round);
  InterlockedExchange(&word, 0);
}

// A queue of four: half of the threads put in what the others take out and count.
static LONG queue[4];
static unsigned queued, taken;
static volatile LONG next_worker;

static void put(LONG value) {
  EnterCriticalSection(&section);
  while (queued - taken == 4) SleepConditionVariableCS(&not_full, &section, INFINITE);
  queue[queued++ % 4] = value;
  LeaveCriticalSection(&section);
  WakeConditionVariable(&not_empty);
}

static LONG take(void) {
  EnterCriticalSection(&section);
  while (queued == taken) SleepConditionVariableCS(&not_empty, &section, INFINITE);
  LONG value = queue[taken++ % 4];
  LeaveCriticalSection(&section);
  WakeConditionVariable(&not_full);
  return value;
}

static __thread int number;  // of the thread, in one run
static void with_queue(int round) {
  if (number % 2) {
    put(2);
  } else {
    LONG value = take();
    with_srw(round);
    with_srw(round + value - 1);
  }
}

// Who comes first counts; all others wait for that.
static BOOL CALLBACK initialize(PINIT_ONCE once_of, PVOID round, PVOID* context) {
  (void)once_of;
  count(*(int*)round);
  *context = (PVOID)(ULONG_PTR)(counter * 4);
  return TRUE;
}

static volatile LONG arrived, generation;
static void with_init_once(int round) {
  PVOID context;
  InitOnceExecuteOnce(&once, initialize, &round, &context);
  if (context != (PVOID)(ULONG_PTR)(counter * 4)) InterlockedIncrement(&mistakes);
  LONG now = generation;  // a barrier: the last to come begins the next round
  if (InterlockedIncrement(&arrived) == kThreads) {
    arrived = 0;
    InitOnceInitialize(&once);
    InterlockedIncrement(&generation);
    WakeByAddressAll((PVOID)&generation);
  } else {
    while (generation == now) WaitOnAddress(&generation, &now, sizeof now, INFINITE);
  }
}

typedef struct Kind {
  const char* name;
  void (*once)(int round);
  int counted_in_four;  // by one thread in four rounds; 0: once a round by all of them
} Kind;

static const Kind kKinds[] = {
    {"interlocked", interlocked, 4},
    {"critical section", with_section, 4},
    {"critical section, tried", with_section_tried, 4},
    {"SRW lock, exclusive", with_srw, 4},
    {"SRW lock, readers and writers", with_srw_shared, 4 / 4},
    {"mutex", with_mutex, 4},
    {"semaphore", with_semaphore, 4},
    {"auto-reset event", with_event, 4},
    {"all three at once", with_all_three, 4},
    {"WaitOnAddress", with_address, 4},
    {"spinning and giving way", with_spinning, 4},
    {"condition variables", with_queue, 4},
    {"one-time initialization", with_init_once, 0},
};

static LONG expected(const Kind* kind) {
  return kind->counted_in_four ? kThreads * kind->counted_in_four * rounds / 4 : rounds;
}

static DWORD WINAPI run(void* parameter) {
  const Kind* kind = parameter;
  number = (int)InterlockedIncrement(&next_worker);
  for (int round = 0; round < rounds; ++round) kind->once(round);
  return 0;
}

static int test(const Kind* kind) {
  HANDLE threads[kThreads];
  DWORD codes = 0, code;
  counter = other = mistakes = next_worker = 0;
  for (int i = 0; i < kThreads; ++i) threads[i] = CreateThread(NULL, 0x10000, run, (void*)kind, 0, NULL);
  DWORD waited = WaitForMultipleObjects(kThreads, threads, TRUE, INFINITE);
  for (int i = 0; i < kThreads; ++i) {
    codes += GetExitCodeThread(threads[i], &code) ? code : 1;
    CloseHandle(threads[i]);
  }
  int good =
      waited == WAIT_OBJECT_0 && codes == 0 && mistakes == 0 && counter == expected(kind) && other == counter;
  printf("%s: %s counted %ld\n", good ? "ok" : "FAILED", kind->name, counter);
  return !good;
}

int main(int argc, char** argv) {
  if (argc > 1) rounds = atoi(argv[1]);
  InitializeCriticalSection(&section);
  mutex = CreateMutex(NULL, FALSE, NULL);
  semaphore = CreateSemaphore(NULL, 1, 1, NULL);
  event = CreateEvent(NULL, FALSE, TRUE, NULL);
  for (unsigned i = 0; i < sizeof kKinds / sizeof *kKinds; ++i) failures += test(&kKinds[i]);
  check(most_readers > 1, "readers were inside together");
  return failures;
}
