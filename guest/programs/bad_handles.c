// Handles that are wrong: none at all, of another kind, closed, pseudo, kernel-looking, without the right
// that is asked for, protected from close. Every service that takes a handle says so, and nothing is harmed.
#include <string.h>
#include <windows.h>

#include "check.h"

typedef LONG NTSTATUS;
#define NT(value) ((NTSTATUS)(value))
enum { kServices = 25 };

// The services that take a handle, called with nothing else that is wrong.
static DWORD buffer[256];
static LONGLONG no_time;

#define SERVICES(X)                                                            \
  X(NtClose, 1, (handle))                                                      \
  X(NtQueryObject, 5, (handle, 0, buffer, sizeof buffer, NULL))                \
  X(NtWaitForSingleObject, 3, (handle, 0, &no_time))                           \
  X(NtSetEvent, 2, (handle, NULL))                                             \
  X(NtResetEvent, 2, (handle, NULL))                                           \
  X(NtPulseEvent, 2, (handle, NULL))                                           \
  X(NtClearEvent, 1, (handle))                                                 \
  X(NtQueryEvent, 5, (handle, 0, buffer, 8, NULL))                             \
  X(NtReleaseMutant, 2, (handle, NULL))                                        \
  X(NtQueryMutant, 5, (handle, 0, buffer, 8, NULL))                            \
  X(NtReleaseSemaphore, 3, (handle, 1, NULL))                                  \
  X(NtQuerySemaphore, 5, (handle, 0, buffer, 8, NULL))                         \
  X(NtSuspendThread, 2, (handle, NULL))                                        \
  X(NtResumeThread, 2, (handle, NULL))                                         \
  X(NtQueryInformationThread, 5, (handle, 0, buffer, 28, NULL))                \
  X(NtQueueApcThread, 5, (handle, NULL, NULL, NULL, NULL))                     \
  X(NtAlertThread, 1, (handle))                                                \
  X(NtGetContextThread, 2, (handle, buffer))                                   \
  X(NtQueryInformationProcess, 5, (handle, 0, buffer, 24, NULL))               \
  X(NtSetInformationProcess, 4, (handle, 18, buffer, 2))                       \
  X(NtReadVirtualMemory, 5, (handle, buffer, buffer, 4, NULL))                 \
  X(NtReadFile, 9, (handle, NULL, NULL, NULL, buffer, buffer, 0, NULL, NULL))  \
  X(NtWriteFile, 9, (handle, NULL, NULL, NULL, buffer, buffer, 0, NULL, NULL)) \
  X(NtFlushBuffersFile, 2, (handle, buffer))                                   \
  X(NtQueryInformationFile, 5, (handle, buffer, buffer, 24, 5))

#define DECLARE(name, words, arguments) static NTSTATUS(NTAPI* name)();
SERVICES(DECLARE)

#pragma GCC diagnostic ignored "-Wcast-function-type"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"

static void find_services(void) {
  HMODULE ntdll = GetModuleHandleA("ntdll.dll");
  int found = 0;
#define FIND(name, words, arguments)                       \
  name = (NTSTATUS(NTAPI*)())GetProcAddress(ntdll, #name); \
  found += name != NULL;
  SERVICES(FIND)
  check(found == kServices, "the services are there");
}

// What each says of `handle`: the name of the first that says something else than `one` or `other`; null.
static const char* first_unlike(HANDLE handle, NTSTATUS one, NTSTATUS other) {
#define CALL(name, words, arguments)        \
  {                                         \
    NTSTATUS status = name arguments;       \
    if (status != one && status != other) { \
      printf("%s: %#lx\n", #name, status);  \
      return #name;                         \
    }                                       \
  }
  SERVICES(CALL)
  return NULL;
}

static const NTSTATUS kInvalidHandle = NT(0xc0000008);
static const NTSTATUS kTypeMismatch = NT(0xc0000024);
static const NTSTATUS kAccessDenied = NT(0xc0000022);
static const NTSTATUS kAccessViolation = NT(0xc0000005);
static const NTSTATUS kNotClosable = NT(0xc0000235);

static void test_no_handles(void) {
  static const DWORD kNone[] = {0,          1,          2,          3,          0x7ffc,
                                0x10000000, 0x7ffffffc, 0x80000000, 0x80000004, 0xfffffff0};
  int wrong = 0;
  for (unsigned i = 0; i < sizeof kNone / sizeof *kNone; ++i)
    wrong += first_unlike((HANDLE)(ULONG_PTR)kNone[i], kInvalidHandle, kInvalidHandle) != NULL;
  check(wrong == 0, "handles that were never given");
  HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
  check(CloseHandle(event) && !CloseHandle(event) && GetLastError() == ERROR_INVALID_HANDLE, "closed twice");
  check(first_unlike(event, kInvalidHandle, kInvalidHandle) == NULL, "closed is no handle for anything");
}

static void test_kinds(void) {
  static const char kName[] = "bad handles";
  HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL), mutex = CreateMutex(NULL, FALSE, NULL);
  check(NtSetEvent(mutex, NULL) == kTypeMismatch && NtReleaseMutant(event, NULL) == kTypeMismatch,
        "another kind");
  check(!SetEvent(mutex) && GetLastError() == ERROR_INVALID_HANDLE, "is an invalid handle to Win32");
  check(!ReleaseSemaphore(event, 1, NULL) && GetLastError() == ERROR_INVALID_HANDLE, "whatever kind");
  check(ResumeThread(event) == (DWORD)-1 && GetLastError() == ERROR_INVALID_HANDLE, "of thread");
  check(!TerminateProcess(event, 1) && GetLastError() == ERROR_INVALID_HANDLE, "or process");
  check(NtReadVirtualMemory(event, buffer, buffer, 4, NULL) == kTypeMismatch, "or memory");
  check(NtFlushBuffersFile(event, buffer) == kTypeMismatch, "or file");
  HANDLE named = CreateEventA(NULL, TRUE, FALSE, kName), weak = OpenEventA(SYNCHRONIZE, FALSE, kName);
  check(NtSetEvent(weak, NULL) == kAccessDenied, "without the right to it");
  check(!SetEvent(weak) && GetLastError() == ERROR_ACCESS_DENIED, "access is denied");
  check(WaitForSingleObject(weak, 0) == WAIT_TIMEOUT, "but waiting is allowed");
  HANDLE stronger = NULL;
  check(!DuplicateHandle(GetCurrentProcess(), (HANDLE)0x7ffc, GetCurrentProcess(), &stronger, 0, FALSE, 2) &&
            GetLastError() == ERROR_INVALID_HANDLE,
        "nothing to duplicate");
  CloseHandle(event);
  CloseHandle(mutex);
  CloseHandle(named);
  CloseHandle(weak);
}

static void test_pseudo_handles(void) {
  HANDLE copy = NULL;
  check(CloseHandle(GetCurrentProcess()) && CloseHandle(GetCurrentThread()),
        "closing a pseudo-handle: nothing");
  check(NtSetEvent(GetCurrentProcess(), NULL) == kTypeMismatch, "it is of its kind");
  check(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &copy, 0, FALSE,
                        DUPLICATE_SAME_ACCESS) &&
            GetThreadId(copy) == GetCurrentThreadId(),
        "its duplicate is a real one");
  check(CloseHandle(copy) && !CloseHandle(copy), "which can be closed");
}

static void test_protected(void) {
  HANDLE event = CreateEvent(NULL, FALSE, TRUE, NULL);
  DWORD flags = 0;
  SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
  check(GetHandleInformation(event, &flags) && flags == HANDLE_FLAG_PROTECT_FROM_CLOSE,
        "protected from close");
  check(NtClose(event) == kNotClosable, "is not closable");
  check(!CloseHandle(event) && WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "and stays open");
  SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
  check(CloseHandle(event), "until that is taken back");
}

static void test_pointers(void) {
  static const DWORD kBad[] = {1, 0x1000, 0x7fff0000, 0x80000000, 0xc0300000, 0xfffffffc};
  NTSTATUS(NTAPI * wait_several)
  () = (NTSTATUS(NTAPI*)())GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtWaitForMultipleObjects");
  NTSTATUS(NTAPI * create)
  () = (NTSTATUS(NTAPI*)())GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtCreateEvent");
  HANDLE event = CreateEvent(NULL, TRUE, TRUE, NULL);
  int right = 0, count = sizeof kBad / sizeof *kBad;
  for (int i = 0; i < count; ++i) {
    void* bad = (void*)(ULONG_PTR)kBad[i];
    right += NtWaitForSingleObject(event, 0, bad) == kAccessViolation;
    right += wait_several(2, bad, 1, 0, NULL) == kAccessViolation;
    right += NtSetEvent(event, bad) == kAccessViolation;
    right += create(bad, EVENT_ALL_ACCESS, NULL, 0, 0) == kAccessViolation;
    right += NtQueryEvent(event, 0, bad, 8, NULL) == kAccessViolation;
  }
  if (right != 5 * count) printf("%d of %d\n", right, 5 * count);
  check(right == 5 * count, "bad pointers are access violations");
  HANDLE some[] = {event, (HANDLE)0x7ffc};
  check(WaitForMultipleObjects(2, some, FALSE, 0) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE,
        "one bad handle among good ones");
  CloseHandle(event);
}

int main(void) {
  find_services();
  test_no_handles();
  test_kinds();
  test_pseudo_handles();
  test_protected();
  test_pointers();
  return failures;
}
