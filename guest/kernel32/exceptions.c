// Raising exceptions, and what becomes of those that nobody handles ("Structured Exception Handling
// Functions", Microsoft). Vectored handlers are ntdll's (forwarded).
#include "guest/kernel32/kernel32.h"

static LPTOP_LEVEL_EXCEPTION_FILTER top_level_filter;

LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter) {
  LPTOP_LEVEL_EXCEPTION_FILTER old = top_level_filter;
  top_level_filter = filter;
  RtlSetUnhandledExceptionFilter(UnhandledExceptionFilter);
  return old;
}

// An exception inside the program's filter does not go there again. What is not filtered is reported, which
// ends the process: the report is the host's.
LONG WINAPI UnhandledExceptionFilter(EXCEPTION_POINTERS* exception) {
  BOOL in_filter = (exception->ExceptionRecord->ExceptionFlags & EXCEPTION_NESTED_CALL) != 0;
  if (top_level_filter && !in_filter) {
    LONG answer = top_level_filter(exception);
    if (answer != EXCEPTION_CONTINUE_SEARCH) return answer;
  }
  if (nt_peb()->BeingDebugged) return EXCEPTION_CONTINUE_SEARCH;
  NtRaiseException(exception->ExceptionRecord, exception->ContextRecord, FALSE);
  return EXCEPTION_EXECUTE_HANDLER;
}

void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR* arguments) {
  EXCEPTION_RECORD record = {.ExceptionCode = code & ~0x10000000u,
                             .ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE};
  if (arguments) {
    if (count > EXCEPTION_MAXIMUM_PARAMETERS) count = EXCEPTION_MAXIMUM_PARAMETERS;
    record.NumberParameters = count;
    for (DWORD i = 0; i < count; ++i) record.ExceptionInformation[i] = arguments[i];
  }
  RtlRaiseException(&record);
}

BOOL WINAPI GetThreadContext(HANDLE thread, LPCONTEXT context) {
  return k32_succeeded(NtGetContextThread(thread, context));
}

BOOL WINAPI SetThreadContext(HANDLE thread, const CONTEXT* context) {
  return k32_succeeded(NtSetContextThread(thread, context));
}

// How much of the stack a handler finds when it overflows: whole pages; it can only become more.
BOOL WINAPI SetThreadStackGuarantee(PULONG bytes) {
  Teb* teb = nt_teb();
  ULONG old = teb->GuaranteedStackBytes, wanted = *bytes;
  ULONG reserved = teb->StackBase - teb->DeallocationStack;
  if (wanted > reserved - 3 * 0x1000) {
    *bytes = 0;
    return k32_fail(ERROR_INVALID_PARAMETER);
  }
  wanted = (wanted + 0xfff) & ~0xfffu;
  if (wanted > old) teb->GuaranteedStackBytes = wanted;
  *bytes = old;
  return TRUE;
}
