// What each of many threads has for itself: static TLS of the program and of a DLL that is loaded while they
// live, dynamic slots, fiber-local slots; and what DLLs and TLS callbacks hear of threads.
#include <windows.h>

#include "check.h"

enum { kThreads = 16 };

static __thread int own = 100;
static __thread char zeroed[256];

static volatile LONG attached, detached;
static void NTAPI on_thread(void* module, DWORD reason, void* reserved) {
  (void)module, (void)reserved;
  if (reason == DLL_THREAD_ATTACH) InterlockedIncrement(&attached);
  if (reason == DLL_THREAD_DETACH) InterlockedIncrement(&detached);
}
__attribute__((section(".CRT$XLM"), used)) static const PIMAGE_TLS_CALLBACK kOnThread = on_thread;

static HANDLE threads[kThreads];
static volatile LONG wrong;

static void start_all(LPTHREAD_START_ROUTINE routine) {
  for (int i = 0; i < kThreads; ++i)
    threads[i] = CreateThread(NULL, 0x10000, routine, (void*)(ULONG_PTR)(i + 1), 0, NULL);
}

static void join_all(void) {
  WaitForMultipleObjects(kThreads, threads, TRUE, INFINITE);
  for (int i = 0; i < kThreads; ++i) CloseHandle(threads[i]);
}

static DWORD WINAPI use_static(void* number) {
  int sum = 0;
  for (unsigned i = 0; i < sizeof zeroed; ++i) sum += zeroed[i];
  if (own != 100 || sum != 0) InterlockedIncrement(&wrong);
  own += (int)(ULONG_PTR)number;
  zeroed[255] = 1;
  SwitchToThread();
  if (own != 100 + (int)(ULONG_PTR)number) InterlockedIncrement(&wrong);
  return 0;
}

static void test_static(void) {
  wrong = attached = detached = 0;
  own = 5;
  start_all(use_static);
  join_all();
  check(wrong == 0 && own == 5, "static TLS, a copy for each");
  check(attached == kThreads && detached == kThreads, "a TLS callback hears of each thread twice");
}

// The first slot lies in the TEB, the other elsewhere.
static DWORD slots[2], fiber_slot;
static volatile LONG called_back;
static HANDLE both_ready, freed;

static void WINAPI count_value(void* value) { InterlockedExchangeAdd(&called_back, (LONG)(LONG_PTR)value); }

static DWORD WINAPI use_slots(void* number) {
  for (int i = 0; i < 2; ++i)
    if (TlsGetValue(slots[i]) || GetLastError() != ERROR_SUCCESS) InterlockedIncrement(&wrong);
  if (FlsGetValue(fiber_slot)) InterlockedIncrement(&wrong);
  for (int i = 0; i < 2; ++i) TlsSetValue(slots[i], number);
  FlsSetValue(fiber_slot, number);
  SwitchToThread();
  for (int i = 0; i < 2; ++i)
    if (TlsGetValue(slots[i]) != number) InterlockedIncrement(&wrong);
  if (FlsGetValue(fiber_slot) != number) InterlockedIncrement(&wrong);
  return 0;
}

static void test_slots(void) {
  DWORD more[80];
  wrong = 0;
  slots[0] = TlsAlloc();
  for (int i = 0; i < 80; ++i) more[i] = TlsAlloc();
  slots[1] = more[79];
  fiber_slot = FlsAlloc(count_value);
  start_all(use_slots);
  join_all();
  check(wrong == 0, "dynamic slots, a value for each");
  check(called_back == kThreads * (kThreads + 1) / 2,
        "a fiber-local value is called back for at its thread's end");
  for (int i = 0; i < 80; ++i) TlsFree(more[i]);
  TlsFree(slots[0]);
  FlsFree(fiber_slot);
}

static DWORD WINAPI keep_value(void* unused) {
  (void)unused;
  for (int i = 0; i < 2; ++i) TlsSetValue(slots[i], (void*)1);
  ReleaseSemaphore(both_ready, 1, NULL);
  WaitForSingleObject(freed, INFINITE);
  for (int i = 0; i < 2; ++i)
    if (TlsGetValue(slots[i])) InterlockedIncrement(&wrong);
  return 0;
}

static void test_freed_slots(void) {
  DWORD more[80];
  wrong = 0;
  both_ready = CreateSemaphore(NULL, 0, kThreads, NULL);
  freed = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (int i = 0; i < 80; ++i) more[i] = TlsAlloc();
  slots[0] = more[0], slots[1] = more[79];
  start_all(keep_value);
  for (int i = 0; i < kThreads; ++i) WaitForSingleObject(both_ready, INFINITE);
  for (int i = 0; i < 2; ++i) TlsFree(slots[i]);
  check(TlsAlloc() == slots[0] && TlsAlloc() == slots[1], "slots that were freed are given again");
  SetEvent(freed);
  join_all();
  check(wrong == 0, "empty in every thread");
  for (int i = 0; i < 80; ++i) TlsFree(more[i]);
}

// --- A DLL that comes and goes while threads live.
static LONG (*notices_of)(DWORD);
static int* (*notices_value)(void);
static HANDLE loaded, done;

static DWORD WINAPI use_library(void* number) {
  WaitForSingleObject(loaded, INFINITE);
  if (*notices_value() != 7) InterlockedIncrement(&wrong);
  *notices_value() = (int)(ULONG_PTR)number;
  SwitchToThread();
  if (*notices_value() != (int)(ULONG_PTR)number) InterlockedIncrement(&wrong);
  ReleaseSemaphore(both_ready, 1, NULL);
  WaitForSingleObject(done, INFINITE);
  return 0;
}

static DWORD WINAPI nothing(void* unused) {
  (void)unused;
  return 0;
}

static void test_library(void) {
  wrong = 0;
  loaded = CreateEvent(NULL, TRUE, FALSE, NULL), done = CreateEvent(NULL, TRUE, FALSE, NULL);
  start_all(use_library);
  HANDLE ended = CreateThread(NULL, 0, nothing, NULL, CREATE_SUSPENDED, NULL);
  TerminateThread(ended, 0);  // nobody hears of it, nor is anything of it left
  CloseHandle(ended);
  Sleep(1);
  HMODULE library = LoadLibraryA("notices.dll");
  notices_of = (LONG(*)(DWORD))(void*)GetProcAddress(library, "notices_of");
  notices_value = (int* (*)(void))(void*)GetProcAddress(library, "notices_value");
  check(notices_of && notices_of(DLL_PROCESS_ATTACH) == 1 && notices_of(4 + DLL_PROCESS_ATTACH) == 1,
        "a DLL is told of the process, its TLS callback too");
  check(notices_of(DLL_THREAD_ATTACH) == 0, "but not of threads that are there already");
  SetEvent(loaded);
  for (int i = 0; i < kThreads; ++i) WaitForSingleObject(both_ready, INFINITE);
  check(wrong == 0, "which have its static TLS all the same");
  HANDLE late = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
  WaitForSingleObject(late, INFINITE);
  check(notices_of(DLL_THREAD_ATTACH) == 1 && notices_of(DLL_THREAD_DETACH) == 1, "it hears of a later one");
  SetEvent(done);
  join_all();
  check(notices_of(DLL_THREAD_DETACH) == 1 + kThreads, "and of the end of all");
  check(notices_of(4 + DLL_THREAD_DETACH) == 1 + kThreads, "like its TLS callback");
  DisableThreadLibraryCalls(library);
  late = CreateThread(NULL, 0, nothing, NULL, 0, NULL);
  WaitForSingleObject(late, INFINITE);
  check(notices_of(DLL_THREAD_ATTACH) == 1, "until it wants to hear no more");
  check(FreeLibrary(library) && !GetModuleHandleA("notices.dll"), "it goes");
}

int main(void) {
  test_static();
  test_slots();
  test_freed_slots();
  test_library();
  return failures;
}
