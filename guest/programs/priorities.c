// Priority classes and the times that threads and processes have used: what a class makes of the threads in
// it, what a child gets of its parent's, who runs first, and that only who computes has used the processor.
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "check.h"

typedef struct {  // THREAD_BASIC_INFORMATION
  LONG ExitStatus;
  void* Teb;
  DWORD Process, Thread, AffinityMask;
  LONG Priority, BasePriority;
} BasicInformation;

static LONG(NTAPI* query_thread)(HANDLE, ULONG, void*, ULONG, ULONG*);

// As the scheduler has it: the class and the thread's place in it.
static LONG priority_of(HANDLE thread) {
  BasicInformation information = {0};
  query_thread(thread, 0, &information, sizeof information, NULL);
  return information.Priority;
}

static void test_classes(void) {
  // "Scheduling Priorities": the class with THREAD_PRIORITY_NORMAL, HIGHEST, IDLE and TIME_CRITICAL.
  static const struct {
    DWORD class;
    LONG normal, highest, idle, critical;
  } kTable[] = {{IDLE_PRIORITY_CLASS, 4, 6, 1, 15},
                {BELOW_NORMAL_PRIORITY_CLASS, 6, 8, 1, 15},
                {NORMAL_PRIORITY_CLASS, 8, 10, 1, 15},
                {ABOVE_NORMAL_PRIORITY_CLASS, 10, 12, 1, 15},
                {HIGH_PRIORITY_CLASS, 13, 15, 1, 15}};
  HANDLE process = GetCurrentProcess(), thread = GetCurrentThread();
  check(GetPriorityClass(process) == NORMAL_PRIORITY_CLASS, "a process begins in the normal class");
  int right = 0;
  for (int i = 0; i < 5; ++i) {
    const int kPlaces[] = {THREAD_PRIORITY_NORMAL, THREAD_PRIORITY_HIGHEST, THREAD_PRIORITY_IDLE,
                           THREAD_PRIORITY_TIME_CRITICAL};
    const LONG kExpected[] = {kTable[i].normal, kTable[i].highest, kTable[i].idle, kTable[i].critical};
    for (int place = 0; place < 4; ++place) {
      SetPriorityClass(process, NORMAL_PRIORITY_CLASS);
      SetThreadPriority(thread, kPlaces[place]);
      right += SetPriorityClass(process, kTable[i].class) && GetPriorityClass(process) == kTable[i].class &&
               priority_of(thread) == kExpected[place] && GetThreadPriority(thread) == kPlaces[place];
    }
  }
  check(right == 20, "the table of base priorities");
  SetThreadPriority(thread, THREAD_PRIORITY_NORMAL);
  check(
      SetPriorityClass(process, REALTIME_PRIORITY_CLASS) && GetPriorityClass(process) == HIGH_PRIORITY_CLASS,
      "without the privilege the real-time class becomes the high one");
  SetPriorityClass(process, NORMAL_PRIORITY_CLASS);
  check(!SetPriorityClass(process, 3) && GetLastError() == ERROR_INVALID_PARAMETER, "3 is no class");
  check(!GetPriorityClass((HANDLE)0x5555) && GetLastError() == ERROR_INVALID_HANDLE, "of no process");
}

static PROCESS_INFORMATION start(const char* role, DWORD flags) {
  char line[64];
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION child = {0};
  snprintf(line, sizeof line, "priorities.exe %s", role);
  if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &child)) exit(99);
  return child;
}

static DWORD join(PROCESS_INFORMATION child) {
  DWORD code = MAXDWORD;
  WaitForSingleObject(child.hProcess, INFINITE);
  GetExitCodeProcess(child.hProcess, &code);
  CloseHandle(child.hThread);
  CloseHandle(child.hProcess);
  return code;
}

static void test_children(void) {
  HANDLE self = GetCurrentProcess();
  check(join(start("class", 0)) == NORMAL_PRIORITY_CLASS, "a child is normal");
  check(join(start("class", HIGH_PRIORITY_CLASS)) == HIGH_PRIORITY_CLASS, "unless CreateProcess is told");
  SetPriorityClass(self, IDLE_PRIORITY_CLASS);
  check(join(start("class", 0)) == IDLE_PRIORITY_CLASS, "or the parent is idle");
  SetPriorityClass(self, HIGH_PRIORITY_CLASS);
  check(join(start("class", 0)) == NORMAL_PRIORITY_CLASS, "a high parent has a normal child");
  PROCESS_INFORMATION low = start("mark", BELOW_NORMAL_PRIORITY_CLASS | CREATE_SUSPENDED);
  PROCESS_INFORMATION high = start("mark", ABOVE_NORMAL_PRIORITY_CLASS | CREATE_SUSPENDED);
  ResumeThread(low.hThread);
  ResumeThread(high.hThread);
  SetPriorityClass(self, IDLE_PRIORITY_CLASS);
  FILETIME created, low_end, high_end, kernel, user;
  WaitForSingleObject(low.hProcess, INFINITE);
  WaitForSingleObject(high.hProcess, INFINITE);
  check(GetProcessTimes(low.hProcess, &created, &low_end, &kernel, &user) &&
            GetProcessTimes(high.hProcess, &created, &high_end, &kernel, &user) &&
            CompareFileTime(&high_end, &low_end) < 0,
        "the higher process ends first");
  join(low);
  join(high);
  SetPriorityClass(self, NORMAL_PRIORITY_CLASS);
}

static ULONGLONG value(FILETIME time) { return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime; }

static DWORD WINAPI compute(void* unused) {
  (void)unused;
  for (volatile int i = 0; i < 3000000; ++i) continue;
  return 0;
}
static DWORD WINAPI sleep(void* unused) {
  (void)unused;
  Sleep(50);
  return 0;
}

typedef struct {
  ULONGLONG created, ended, kernel, user;
} Times;

static Times times_of(BOOL(WINAPI* get)(HANDLE, LPFILETIME, LPFILETIME, LPFILETIME, LPFILETIME),
                      HANDLE object) {
  FILETIME created, ended, kernel, user;
  if (!get(object, &created, &ended, &kernel, &user)) return (Times){0};
  return (Times){value(created), value(ended), value(kernel), value(user)};
}

static void test_times(void) {
  enum { kMillisecond = 10000 };
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  HANDLE threads[2] = {CreateThread(NULL, 0, compute, NULL, 0, NULL),
                       CreateThread(NULL, 0, sleep, NULL, 0, NULL)};
  check(times_of(GetThreadTimes, threads[0]).created >= value(now), "a thread was created now");
  check(times_of(GetThreadTimes, threads[0]).ended == 0, "it has not ended");
  Times before = times_of(GetProcessTimes, GetCurrentProcess());
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  Times busy = times_of(GetThreadTimes, threads[0]), lazy = times_of(GetThreadTimes, threads[1]);
  Times all = times_of(GetProcessTimes, GetCurrentProcess());
  check(busy.user > 5 * kMillisecond, "who computes has used the processor");
  check(lazy.user + lazy.kernel < kMillisecond, "who sleeps has not");
  check(lazy.ended >= lazy.created + 50 * kMillisecond, "but was there as long");
  check(all.user >= before.user + busy.user && all.kernel > before.kernel,
        "the process has used what they have");
  check(all.created > 0 && all.created <= busy.created && all.ended == 0, "it was there before, and is");
  check(!GetProcessTimes((HANDLE)0x5555, &now, &now, &now, &now) && GetLastError() == ERROR_INVALID_HANDLE,
        "no process has no times");
  for (int i = 0; i < 2; ++i) CloseHandle(threads[i]);
}

static DWORD WINAPI set_event(void* event) { return !SetEvent(event); }

// Of the caller, when it has waited for an event.
static LONG priority_after_wait(void) {
  HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_NORMAL);  // whatever raised it before
  HANDLE thread = CreateThread(NULL, 0, set_event, event, 0, NULL);
  WaitForSingleObject(event, INFINITE);
  LONG priority = priority_of(GetCurrentThread());
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(event);
  return priority;
}

static void test_boosts(void) {
  BOOL disabled = TRUE;
  HANDLE self = GetCurrentThread();
  check(GetThreadPriorityBoost(self, &disabled) && !disabled, "priorities are boosted");
  check(priority_after_wait() == 9, "the end of a wait for an event raises by one");
  check(SetThreadPriorityBoost(self, TRUE) && GetThreadPriorityBoost(self, &disabled) && disabled,
        "unless told not to");
  check(priority_after_wait() == 8, "then it raises nothing");
  SetThreadPriorityBoost(self, FALSE);
  check(SetProcessPriorityBoost(GetCurrentProcess(), TRUE) && GetThreadPriorityBoost(self, &disabled) &&
            disabled,
        "a process disables it for all its threads");
  SetProcessPriorityBoost(GetCurrentProcess(), FALSE);
}

int main(int count, char** arguments) {
  query_thread = (LONG(NTAPI*)(HANDLE, ULONG, void*, ULONG, ULONG*))(void*)GetProcAddress(
      GetModuleHandleA("ntdll.dll"), "NtQueryInformationThread");
  if (count > 1 && !strcmp(arguments[1], "class")) return (int)GetPriorityClass(GetCurrentProcess());
  if (count > 1) return (int)compute(NULL);
  test_classes();
  test_children();
  test_times();
  test_boosts();
  return failures;
}
