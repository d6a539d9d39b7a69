// Waiting for objects, for time, on addresses ("Wait Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

// Null for INFINITE.
static LARGE_INTEGER* timeout_of(LARGE_INTEGER* timeout, DWORD milliseconds) {
  timeout->QuadPart = -(LONGLONG)milliseconds * 10000;
  return milliseconds == INFINITE ? NULL : timeout;
}

// Statuses that tell how a wait ended are WAIT_...; an alert without an APC does not end one.
static DWORD result_of(NTSTATUS status) { return k32_succeeded(status) ? (DWORD)status : WAIT_FAILED; }

static HANDLE standard_handle(HANDLE handle) {
  switch ((DWORD)handle) {
    case STD_INPUT_HANDLE: return nt_pointer(k32_parameters()->StandardInput);
    case STD_OUTPUT_HANDLE: return nt_pointer(k32_parameters()->StandardOutput);
    case STD_ERROR_HANDLE: return nt_pointer(k32_parameters()->StandardError);
    default: return handle;
  }
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable) {
  LARGE_INTEGER timeout;
  NTSTATUS status;
  handle = standard_handle(handle);
  do status = NtWaitForSingleObject(handle, (BOOLEAN)alertable, timeout_of(&timeout, milliseconds));
  while (status == STATUS_ALERTED && alertable);
  return result_of(status);
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
  return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}

DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE* handles, BOOL all, DWORD milliseconds,
                                      BOOL alertable) {
  LARGE_INTEGER timeout;
  NTSTATUS status;
  do
    status = NtWaitForMultipleObjects(count, handles, !all, (BOOLEAN)alertable,
                                      timeout_of(&timeout, milliseconds));
  while (status == STATUS_ALERTED && alertable);
  return result_of(status);
}

DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL all, DWORD milliseconds) {
  return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE handle, DWORD milliseconds, BOOL alertable) {
  LARGE_INTEGER timeout;
  return result_of(
      NtSignalAndWaitForSingleObject(signal, handle, (BOOLEAN)alertable, timeout_of(&timeout, milliseconds)));
}

DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable) {
  LARGE_INTEGER interval;
  NTSTATUS status;
  if (!timeout_of(&interval, milliseconds)) interval.QuadPart = MINLONGLONG;
  do status = NtDelayExecution((BOOLEAN)alertable, &interval);
  while (status == STATUS_ALERTED && alertable);
  return status == STATUS_USER_APC ? WAIT_IO_COMPLETION : 0;
}

void WINAPI Sleep(DWORD milliseconds) { SleepEx(milliseconds, FALSE); }

BOOL WINAPI WaitOnAddress(volatile VOID* address, PVOID compare, SIZE_T size, DWORD milliseconds) {
  LARGE_INTEGER timeout;
  NTSTATUS status = RtlWaitOnAddress(address, compare, size, timeout_of(&timeout, milliseconds));
  if (status == STATUS_TIMEOUT) return k32_fail(ERROR_TIMEOUT);
  return k32_succeeded(status);
}

BOOL WINAPI SleepConditionVariableCS(PCONDITION_VARIABLE variable, PCRITICAL_SECTION section,
                                     DWORD milliseconds) {
  LARGE_INTEGER timeout;
  NTSTATUS status = RtlSleepConditionVariableCS(variable, section, timeout_of(&timeout, milliseconds));
  if (status == STATUS_TIMEOUT) return k32_fail(ERROR_TIMEOUT);
  return k32_succeeded(status);
}

BOOL WINAPI SleepConditionVariableSRW(PCONDITION_VARIABLE variable, PSRWLOCK lock, DWORD milliseconds,
                                      ULONG flags) {
  LARGE_INTEGER timeout;
  NTSTATUS status = RtlSleepConditionVariableSRW(variable, lock, timeout_of(&timeout, milliseconds), flags);
  if (status == STATUS_TIMEOUT) return k32_fail(ERROR_TIMEOUT);
  return k32_succeeded(status);
}

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN initialize, PVOID parameter, LPVOID* context) {
  NTSTATUS status = RtlRunOnceExecuteOnce(once, (PRTL_RUN_ONCE_INIT_FN)initialize, parameter, context);
  if (status == STATUS_UNSUCCESSFUL) return FALSE;  // the last error is what the initializer made it
  return k32_succeeded(status);
}

BOOL WINAPI InitOnceBeginInitialize(LPINIT_ONCE once, DWORD flags, PBOOL pending, LPVOID* context) {
  NTSTATUS status = RtlRunOnceBeginInitialize(once, flags, context);
  BOOL only_looked = (flags & INIT_ONCE_CHECK_ONLY) != 0 && status == STATUS_UNSUCCESSFUL;
  *pending = status == STATUS_PENDING || only_looked;
  return k32_succeeded(status);
}

BOOL WINAPI InitOnceComplete(LPINIT_ONCE once, DWORD flags, LPVOID context) {
  return k32_succeeded(RtlRunOnceComplete(once, flags, context));
}
