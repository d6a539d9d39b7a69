// Events, mutexes, semaphores and timers, and waiting for objects ("Synchronization Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

enum { kLongestName = MAX_PATH };

// A name on its way to the kernel: \BaseNamedObjects\name. Global\ in front of a name means that directory,
// Local\ or nothing the session's own (Microsoft, "Kernel object namespaces"). There is session 0 alone,
// whose own is \BaseNamedObjects, so both are dropped; they are keywords in exactly this case.
typedef struct ObjectName {
  ObjectAttributes attributes;
  UnicodeString string;
  WCHAR path[kLongestName + 20];
} ObjectName;

static const WCHAR* without_session(const WCHAR* name) {
  static const WCHAR* const kPrefixes[] = {L"Local\\", L"Global\\"};
  for (int i = 0; i < 2; ++i) {
    SIZE_T length = k32_wide_length(kPrefixes[i]), at = 0;
    while (at < length && name[at] == kPrefixes[i][at]) ++at;
    if (at == length) return name + length;
  }
  return name;
}

static BOOL set_name(ObjectName* object, const WCHAR* name) {
  static const WCHAR kDirectory[] = L"\\BaseNamedObjects\\";
  const SIZE_T before = sizeof kDirectory / sizeof *kDirectory - 1;
  if (k32_wide_length(name) > kLongestName) return k32_fail(ERROR_FILENAME_EXCED_RANGE);
  name = without_session(name);
  SIZE_T length = k32_wide_length(name);
  memcpy(object->path, kDirectory, sizeof kDirectory);
  memcpy(object->path + before, name, (length + 1) * sizeof *name);
  object->string.Length = (uint16_t)((before + length) * sizeof *name);
  object->string.MaximumLength = (uint16_t)(object->string.Length + sizeof *name);
  object->string.Buffer = nt_address(object->path);
  object->attributes.ObjectName = nt_address(&object->string);
  return TRUE;
}

enum { kInherit = 0x2, kOpenIf = 0x80 };

static BOOL describe(ObjectName* object, BOOL inherit, const WCHAR* name, ULONG flags) {
  object->attributes =
      (ObjectAttributes){.Length = sizeof object->attributes, .Attributes = (inherit ? kInherit : 0) | flags};
  return !name || !*name || set_name(object, name);
}

static BOOL inherits(const SECURITY_ATTRIBUTES* security) { return security && security->bInheritHandle; }

// The handle of what was created or opened; null with the last error. ERROR_ALREADY_EXISTS is no failure.
static HANDLE finish(const HANDLE* handle, NTSTATUS status) {
  if (!k32_succeeded(status)) return NULL;
  k32_fail(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return *handle;
}

typedef NTSTATUS(NTAPI* OpenNamed)(HANDLE* handle, ULONG access, ObjectAttributes* attributes);

static HANDLE open_named(OpenNamed service, DWORD access, BOOL inherit, LPCWSTR name) {
  ObjectName object;
  HANDLE handle = NULL;
  if (!name) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  if (!describe(&object, inherit, name, 0)) return NULL;
  return finish(&handle, service(&handle, access, &object.attributes));
}

// Callers pass ANSI names too: the wide form of `function`, with the converted name.
#define WITH_WIDE_NAME(name, call)               \
  WCHAR* wide = name ? k32_to_wide(name) : NULL; \
  if (name && !wide) return NULL;                \
  HANDLE handle = call;                          \
  DWORD error = nt_teb()->LastErrorValue;        \
  k32_free(wide);                                \
  k32_fail(error);                               \
  return handle

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access) {
  ObjectName object;
  HANDLE handle = NULL;
  if (!describe(&object, inherits(security), name, kOpenIf)) return NULL;
  return finish(&handle,
                NtCreateEvent(&handle, access, &object.attributes, !(flags & CREATE_EVENT_MANUAL_RESET),
                              (flags & CREATE_EVENT_INITIAL_SET) != 0));
}
HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access) {
  WITH_WIDE_NAME(name, CreateEventExW(security, wide, flags, access));
}
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCWSTR name) {
  DWORD flags = (manual ? CREATE_EVENT_MANUAL_RESET : 0) | (set ? CREATE_EVENT_INITIAL_SET : 0);
  return CreateEventExW(security, name, flags, EVENT_ALL_ACCESS);
}
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCSTR name) {
  WITH_WIDE_NAME(name, CreateEventW(security, manual, set, wide));
}
HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name) {
  return open_named(NtOpenEvent, access, inherit, name);
}
HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name) {
  WITH_WIDE_NAME(name, OpenEventW(access, inherit, wide));
}

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags, DWORD access) {
  ObjectName object;
  HANDLE handle = NULL;
  if (!describe(&object, inherits(security), name, kOpenIf)) return NULL;
  return finish(&handle, NtCreateMutant(&handle, access, &object.attributes,
                                        (flags & CREATE_MUTEX_INITIAL_OWNER) != 0));
}
HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access) {
  WITH_WIDE_NAME(name, CreateMutexExW(security, wide, flags, access));
}
HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name) {
  return CreateMutexExW(security, name, owned ? CREATE_MUTEX_INITIAL_OWNER : 0, MUTEX_ALL_ACCESS);
}
HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCSTR name) {
  WITH_WIDE_NAME(name, CreateMutexW(security, owned, wide));
}
HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name) {
  return open_named(NtOpenMutant, access, inherit, name);
}
HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name) {
  WITH_WIDE_NAME(name, OpenMutexW(access, inherit, wide));
}

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCWSTR name,
                                 DWORD flags, DWORD access) {
  ObjectName object;
  HANDLE handle = NULL;
  (void)flags;
  if (!describe(&object, inherits(security), name, kOpenIf)) return NULL;
  return finish(&handle, NtCreateSemaphore(&handle, access, &object.attributes, count, limit));
}
HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCSTR name,
                                 DWORD flags, DWORD access) {
  WITH_WIDE_NAME(name, CreateSemaphoreExW(security, count, limit, wide, flags, access));
}
HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCWSTR name) {
  return CreateSemaphoreExW(security, count, limit, name, 0, SEMAPHORE_ALL_ACCESS);
}
HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCSTR name) {
  WITH_WIDE_NAME(name, CreateSemaphoreW(security, count, limit, wide));
}
HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name) {
  return open_named(NtOpenSemaphore, access, inherit, name);
}
HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name) {
  WITH_WIDE_NAME(name, OpenSemaphoreW(access, inherit, wide));
}

HANDLE WINAPI CreateWaitableTimerExW(LPSECURITY_ATTRIBUTES security, LPCWSTR name, DWORD flags,
                                     DWORD access) {
  ObjectName object;
  HANDLE handle = NULL;
  if (!describe(&object, inherits(security), name, kOpenIf)) return NULL;
  return finish(&handle, NtCreateTimer(&handle, access, &object.attributes,
                                       !(flags & CREATE_WAITABLE_TIMER_MANUAL_RESET)));
}
HANDLE WINAPI CreateWaitableTimerExA(LPSECURITY_ATTRIBUTES security, LPCSTR name, DWORD flags, DWORD access) {
  WITH_WIDE_NAME(name, CreateWaitableTimerExW(security, wide, flags, access));
}
HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCWSTR name) {
  DWORD flags = manual ? CREATE_WAITABLE_TIMER_MANUAL_RESET : 0;
  return CreateWaitableTimerExW(security, name, flags, TIMER_ALL_ACCESS);
}
HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES security, BOOL manual, LPCSTR name) {
  WITH_WIDE_NAME(name, CreateWaitableTimerW(security, manual, wide));
}
HANDLE WINAPI OpenWaitableTimerW(DWORD access, BOOL inherit, LPCWSTR name) {
  return open_named(NtOpenTimer, access, inherit, name);
}
HANDLE WINAPI OpenWaitableTimerA(DWORD access, BOOL inherit, LPCSTR name) {
  WITH_WIDE_NAME(name, OpenWaitableTimerW(access, inherit, wide));
}

// This machine is never suspended, so there is nothing to wake it from.
BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER* due, LONG period, PTIMERAPCROUTINE routine,
                             LPVOID context, BOOL resume) {
  if (!k32_succeeded(NtSetTimer(timer, due, (void*)routine, context, (BOOLEAN)resume, period, NULL)))
    return FALSE;
  k32_fail(resume ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS);
  return TRUE;
}
// Timers here are exact, whatever delay is tolerable.
BOOL WINAPI SetWaitableTimerEx(HANDLE timer, const LARGE_INTEGER* due, LONG period, PTIMERAPCROUTINE routine,
                               LPVOID context, PREASON_CONTEXT wake, ULONG tolerable_delay) {
  (void)tolerable_delay;
  return SetWaitableTimer(timer, due, period, routine, context, wake != NULL);
}
BOOL WINAPI CancelWaitableTimer(HANDLE timer) { return k32_succeeded(NtCancelTimer(timer, NULL)); }

BOOL WINAPI SetEvent(HANDLE event) { return k32_succeeded(NtSetEvent(event, NULL)); }
BOOL WINAPI ResetEvent(HANDLE event) { return k32_succeeded(NtResetEvent(event, NULL)); }
BOOL WINAPI PulseEvent(HANDLE event) { return k32_succeeded(NtPulseEvent(event, NULL)); }
BOOL WINAPI ReleaseMutex(HANDLE mutex) { return k32_succeeded(NtReleaseMutant(mutex, NULL)); }
BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous) {
  return k32_succeeded(NtReleaseSemaphore(semaphore, count, previous));
}
