// What single functions answer in their corners, where programs and runtimes rely on Windows' answer: each
// check names the function.
#include <windows.h>

#include "check.h"

typedef NTSTATUS(WINAPI* QueueApc)(HANDLE thread, void* routine, void* a, void* b, void* c);
typedef NTSTATUS(WINAPI* LockLoader)(ULONG flags, ULONG* state, ULONG_PTR* cookie);
typedef NTSTATUS(WINAPI* UnlockLoader)(ULONG flags, ULONG_PTR cookie);

static FARPROC of_ntdll(const char* name) { return GetProcAddress(GetModuleHandleA("ntdll"), name); }

static int fails_with(BOOL done, DWORD error) { return !done && GetLastError() == error; }

// --- One-time initialization.
static void* context_seen;
static BOOL CALLBACK initialize(PINIT_ONCE once, void* parameter, void** context) {
  (void)once;
  context_seen = (void*)context;
  if (context) *context = parameter;
  return parameter != NULL;
}

static BOOL CALLBACK refuse(PINIT_ONCE once, void* parameter, void** context) {
  (void)once, (void)parameter, (void)context;
  SetLastError(4711);
  return FALSE;
}

static void test_execute_once(void) {
  INIT_ONCE once = INIT_ONCE_STATIC_INIT, without = INIT_ONCE_STATIC_INIT, refused = INIT_ONCE_STATIC_INIT;
  void* context = NULL;
  check(InitOnceExecuteOnce(&once, initialize, (void*)0x1230, &context) && context == (void*)0x1230 &&
            context_seen == (void*)&context,
        "InitOnceExecuteOnce: the initializer gets the caller's pointer");
  check(InitOnceExecuteOnce(&without, initialize, (void*)0x1230, NULL) && context_seen == NULL,
        "InitOnceExecuteOnce: or null, when the caller has none");
  check(fails_with(InitOnceExecuteOnce(&refused, refuse, NULL, NULL), 4711),
        "InitOnceExecuteOnce: the initializer's error is kept");
}

static void test_begin_and_complete(void) {
  INIT_ONCE once = INIT_ONCE_STATIC_INIT, loose = INIT_ONCE_STATIC_INIT;
  BOOL pending = FALSE;
  void* context = NULL;
  check(fails_with(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, NULL), ERROR_GEN_FAILURE) &&
            pending,
        "InitOnceBeginInitialize: only looking before it is done fails, pending");
  check(fails_with(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC, &pending, NULL),
                   ERROR_INVALID_PARAMETER),
        "InitOnceBeginInitialize: not both flags");
  check(fails_with(InitOnceBeginInitialize(&once, 8, &pending, NULL), ERROR_INVALID_PARAMETER),
        "InitOnceBeginInitialize: nor unknown ones");
  check(fails_with(InitOnceComplete(&once, 0, NULL), ERROR_GEN_FAILURE),
        "InitOnceComplete: nobody has begun");
  check(InitOnceBeginInitialize(&once, 0, &pending, NULL) && pending, "InitOnceBeginInitialize: begun");
  check(fails_with(InitOnceComplete(&once, INIT_ONCE_ASYNC, NULL), ERROR_INVALID_PARAMETER),
        "InitOnceComplete: in the other mode");
  check(fails_with(InitOnceComplete(&once, INIT_ONCE_ASYNC | INIT_ONCE_INIT_FAILED, NULL),
                   ERROR_INVALID_PARAMETER),
        "InitOnceComplete: not both flags");
  check(fails_with(InitOnceComplete(&once, 0, (void*)0x1231), ERROR_INVALID_PARAMETER),
        "InitOnceComplete: the context's lowest bits are reserved");
  check(InitOnceComplete(&once, 0, (void*)0x1230), "InitOnceComplete: done");
  check(InitOnceBeginInitialize(&once, INIT_ONCE_CHECK_ONLY, &pending, &context) && !pending &&
            context == (void*)0x1230,
        "InitOnceBeginInitialize: now looking succeeds");
  InitOnceBeginInitialize(&loose, INIT_ONCE_ASYNC, &pending, NULL);
  check(fails_with(InitOnceBeginInitialize(&loose, 0, &pending, NULL), ERROR_INVALID_PARAMETER),
        "InitOnceBeginInitialize: once asynchronous, always asynchronous");
  check(InitOnceComplete(&loose, INIT_ONCE_ASYNC, NULL) &&
            fails_with(InitOnceComplete(&loose, INIT_ONCE_ASYNC, NULL), ERROR_GEN_FAILURE),
        "InitOnceComplete: another one was quicker");
}

// --- Handles.
static void test_open_without_name(void) {
  check(fails_with(OpenMutexA(SYNCHRONIZE, FALSE, NULL) != NULL, ERROR_INVALID_PARAMETER),
        "OpenMutex: no name");
  check(fails_with(OpenEventA(SYNCHRONIZE, FALSE, NULL) != NULL, ERROR_INVALID_PARAMETER),
        "OpenEvent: no name");
  check(fails_with(OpenSemaphoreW(SYNCHRONIZE, FALSE, NULL) != NULL, ERROR_INVALID_PARAMETER),
        "OpenSemaphore: no name");
  check(fails_with(OpenWaitableTimerW(SYNCHRONIZE, FALSE, NULL) != NULL, ERROR_INVALID_PARAMETER),
        "OpenWaitableTimer: no name");
}

static void test_duplicate(void) {
  HANDLE self = GetCurrentProcess(), event = CreateEventA(NULL, TRUE, TRUE, NULL), copy = NULL;
  check(DuplicateHandle(self, event, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE) &&
            copy == event && WaitForSingleObject(copy, 0) == WAIT_OBJECT_0,
        "DuplicateHandle: onto itself it gets the same value");
  check(!DuplicateHandle(self, copy, (HANDLE)0x1234, &event, 0, FALSE,
                         DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE) &&
            WaitForSingleObject(copy, 0) == WAIT_FAILED,
        "DuplicateHandle: the source is closed when the target is none");
}

static void test_query_rights(void) {
  DWORD code = 0;
  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
  check(process && GetExitCodeProcess(process, &code) && code == STILL_ACTIVE,
        "OpenProcess: PROCESS_QUERY_INFORMATION implies the limited right");
  CloseHandle(process);
  HANDLE thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, GetCurrentThreadId());
  check(thread && GetExitCodeThread(thread, &code) && code == STILL_ACTIVE,
        "OpenThread: THREAD_QUERY_INFORMATION implies the limited right");
  CloseHandle(thread);
}

static void test_create_process(void) {
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made = {(HANDLE)1, (HANDLE)2, 3, 4};
  char line[] = "no_such_program.exe";
  BOOL done = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made);
  check(!done && !made.hProcess && !made.hThread && !made.dwProcessId && !made.dwThreadId,
        "CreateProcess: what fails leaves zeros");
}

// --- Threads.
static void test_null_apc(void) {
  QueueApc queue = (QueueApc)(void*)of_ntdll("NtQueueApcThread");
  check(queue(GetCurrentThread(), NULL, NULL, NULL, NULL) == 0 && SleepEx(1, TRUE) == 0,
        "NtQueueApcThread: without a routine nothing is queued");
}

static void test_tls_index(void) {
  DWORD index = TlsAlloc();
  check(index != 0 && index != TLS_OUT_OF_INDEXES, "TlsAlloc: never index 0");
  TlsFree(index);
}

static void test_stack_guarantee(void) {
  ULONG size = 0x7fffffff;
  check(fails_with(SetThreadStackGuarantee(&size), ERROR_INVALID_PARAMETER) && size == 0,
        "SetThreadStackGuarantee: what fails zeroes the size");
}

// --- Text.
static void test_lengths(void) {
  char* page = VirtualAlloc(NULL, 0x2000, MEM_RESERVE, PAGE_READWRITE);
  VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE);
  FillMemory(page, 0x1000, 'x');
  check(lstrlenA(NULL) == 0 && lstrlenW(NULL) == 0, "lstrlen: 0 of null");
  check(lstrlenA((char*)0x10) == 0 && lstrlenW((WCHAR*)0x10) == 0, "lstrlen: 0 of a bad pointer");
  check(lstrlenA(page) == 0 && lstrlenW((WCHAR*)page) == 0, "lstrlen: 0 of what ends in a bad page");
  page[0xfff] = page[0xffe] = 0;
  check(lstrlenA(page) == 0xffe && lstrlenW((WCHAR*)page) == 0x7ff, "lstrlen: up to the end of a page");
}

// --- The loader lock.
static void test_loader_lock(void) {
  LockLoader lock = (LockLoader)(void*)of_ntdll("LdrLockLoaderLock");
  UnlockLoader unlock = (UnlockLoader)(void*)of_ntdll("LdrUnlockLoaderLock");
  ULONG state = 9;
  ULONG_PTR cookie = 9;
  check((ULONG)lock(4, &state, &cookie) == 0xc00000ef && state == 0 && cookie == 0,
        "LdrLockLoaderLock: unknown flags");
  check((ULONG)lock(2, NULL, &cookie) == 0xc00000f0, "LdrLockLoaderLock: to try needs a state");
  check((ULONG)lock(0, &state, NULL) == 0xc00000f1, "LdrLockLoaderLock: and always a cookie");
  check(lock(2, &state, &cookie) == 0 && state == 1 && cookie != 0, "LdrLockLoaderLock: entered");
  check((ULONG)unlock(2, cookie) == 0xc00000ef, "LdrUnlockLoaderLock: unknown flags");
  check((ULONG)unlock(0, cookie ^ 4) == 0xc00000f0, "LdrUnlockLoaderLock: another's cookie");
  check(unlock(0, 0) == 0 && unlock(0, cookie) == 0, "LdrUnlockLoaderLock: left");
}

int main(void) {
  test_execute_once();
  test_begin_and_complete();
  test_open_without_name();
  test_duplicate();
  test_query_rights();
  test_create_process();
  test_null_apc();
  test_tls_index();
  test_stack_guarantee();
  test_lengths();
  test_loader_lock();
  return failures;
}
