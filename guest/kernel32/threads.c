// Threads ("Process and Thread Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

// Classes of Nt{Query,Set}InformationThread.
enum { kBasic = 0, kBasePriority = 3, kAffinityMask = 4 };

static BOOL query_basic(HANDLE thread, ThreadBasicInformation* information) {
  return k32_succeeded(NtQueryInformationThread(thread, kBasic, information, sizeof *information, NULL));
}

HANDLE WINAPI CreateRemoteThreadEx(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                   LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags,
                                   LPPROC_THREAD_ATTRIBUTE_LIST attributes, LPDWORD id) {
  (void)attributes;
  ObjectAttributes object = {.Length = sizeof object,
                             .Attributes = security && security->bInheritHandle ? 2 : 0};  // OBJ_INHERIT
  BOOL reservation = (flags & STACK_SIZE_PARAM_IS_A_RESERVATION) != 0;
  HANDLE thread;
  NTSTATUS status = NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, &object, process, start, argument,
                                     flags & CREATE_SUSPENDED ? 1 : 0, 0, reservation ? 0 : stack,
                                     reservation ? stack : 0, NULL);
  if (!k32_succeeded(status)) return NULL;
  if (id) *id = GetThreadId(thread);
  return thread;
}

HANDLE WINAPI CreateRemoteThread(HANDLE process, LPSECURITY_ATTRIBUTES security, SIZE_T stack,
                                 LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD flags, LPDWORD id) {
  return CreateRemoteThreadEx(process, security, stack, start, argument, flags, NULL, id);
}

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE start,
                           LPVOID argument, DWORD flags, LPDWORD id) {
  return CreateRemoteThreadEx(NT_CURRENT_PROCESS, security, stack, start, argument, flags, NULL, id);
}

void WINAPI ExitThread(DWORD code) {
  RtlExitUserThread((NTSTATUS)code);
  __builtin_unreachable();
}

void WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code) {
  FreeLibrary(module);
  ExitThread(code);
}

BOOL WINAPI TerminateThread(HANDLE thread, DWORD code) {
  if (!thread) return k32_fail(ERROR_INVALID_HANDLE);
  return k32_succeeded(NtTerminateThread(thread, (NTSTATUS)code));
}

DWORD WINAPI SuspendThread(HANDLE thread) {
  ULONG before;
  return k32_succeeded(NtSuspendThread(thread, &before)) ? before : (DWORD)-1;
}

DWORD WINAPI ResumeThread(HANDLE thread) {
  ULONG before;
  return k32_succeeded(NtResumeThread(thread, &before)) ? before : (DWORD)-1;
}

BOOL WINAPI GetExitCodeThread(HANDLE thread, LPDWORD code) {
  ThreadBasicInformation information;
  if (!query_basic(thread, &information)) return FALSE;
  *code = information.ExitStatus;
  return TRUE;
}

DWORD WINAPI GetThreadId(HANDLE thread) {
  ThreadBasicInformation information;
  return query_basic(thread, &information) ? information.ClientId.UniqueThread : 0;
}

DWORD WINAPI GetProcessIdOfThread(HANDLE thread) {
  ThreadBasicInformation information;
  return query_basic(thread, &information) ? information.ClientId.UniqueProcess : 0;
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id) {
  ObjectAttributes object = {.Length = sizeof object, .Attributes = inherit ? 2 : 0};  // OBJ_INHERIT
  ClientId client = {0, id};
  HANDLE thread;
  NTSTATUS status = NtOpenThread(&thread, access, &object, &client);
  if (status == STATUS_INVALID_CID) status = STATUS_INVALID_PARAMETER;
  return k32_succeeded(status) ? thread : NULL;
}

// Relative to the process's class: -2 to 2, and the two ends.
BOOL WINAPI SetThreadPriority(HANDLE thread, int priority) {
  LONG increment = priority;
  return k32_succeeded(NtSetInformationThread(thread, kBasePriority, &increment, sizeof increment));
}

int WINAPI GetThreadPriority(HANDLE thread) {
  ThreadBasicInformation information;
  return query_basic(thread, &information) ? information.BasePriority : THREAD_PRIORITY_ERROR_RETURN;
}

// There is one processor.
DWORD_PTR WINAPI SetThreadAffinityMask(HANDLE thread, DWORD_PTR mask) {
  return k32_succeeded(NtSetInformationThread(thread, kAffinityMask, &mask, sizeof mask)) ? 1 : 0;
}

DWORD WINAPI SetThreadIdealProcessor(HANDLE thread, DWORD processor) {
  (void)thread;
  if (processor <= MAXIMUM_PROCESSORS) return 0;
  k32_fail(ERROR_INVALID_PARAMETER);
  return (DWORD)-1;
}

DWORD WINAPI GetCurrentProcessorNumber(void) { return 0; }

static void NTAPI dispatch_apc(void* routine, void* data, void* unused) {
  (void)unused;
  ((PAPCFUNC)routine)((ULONG_PTR)data);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC routine, HANDLE thread, ULONG_PTR data) {
  NTSTATUS status = NtQueueApcThread(thread, (void*)dispatch_apc, (void*)routine, (void*)data, NULL);
  if (status == STATUS_UNSUCCESSFUL) return k32_fail(ERROR_GEN_FAILURE);
  return k32_succeeded(status);
}

void WINAPI GetCurrentThreadStackLimits(PULONG_PTR low, PULONG_PTR high) {
  *low = nt_teb()->DeallocationStack;
  *high = nt_teb()->StackBase;
}

BOOL WINAPI SwitchToThread(void) { return NtYieldExecution() == STATUS_SUCCESS; }
