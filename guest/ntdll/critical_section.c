// Critical sections ("Critical Section Objects", Microsoft): owner, recursion, and a count that is -1 when
// free. A thread that finds one owned by another yields until it is free.
#include "guest/ntdll/ntdll.h"

static HANDLE current_thread_id(void) { return (HANDLE)(ULONG_PTR)nt_teb()->ThreadId; }

NTSTATUS NTAPI RtlInitializeCriticalSectionEx(RTL_CRITICAL_SECTION* section, ULONG spins, ULONG flags) {
  (void)flags;
  section->DebugInfo = NULL;
  section->LockCount = -1;
  section->RecursionCount = 0;
  section->OwningThread = NULL;
  section->LockSemaphore = NULL;
  section->SpinCount = spins;
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInitializeCriticalSection(RTL_CRITICAL_SECTION* section) {
  return RtlInitializeCriticalSectionEx(section, 0, 0);
}

NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION* section, ULONG spins) {
  return RtlInitializeCriticalSectionEx(section, spins, 0);
}

ULONG NTAPI RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION* section, ULONG spins) {
  ULONG old = section->SpinCount;
  section->SpinCount = spins;
  return old;
}

NTSTATUS NTAPI RtlDeleteCriticalSection(RTL_CRITICAL_SECTION* section) {
  return RtlInitializeCriticalSectionEx(section, 0, 0);
}

BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  HANDLE self = current_thread_id();
  if (section->OwningThread == self && section->RecursionCount) {
    ++section->LockCount;
    ++section->RecursionCount;
    return TRUE;
  }
  if (__sync_val_compare_and_swap(&section->LockCount, -1, 0) != -1) return FALSE;
  section->OwningThread = self;
  section->RecursionCount = 1;
  return TRUE;
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  while (!RtlTryEnterCriticalSection(section)) NtYieldExecution();
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (--section->RecursionCount == 0) section->OwningThread = NULL;
  __sync_fetch_and_sub(&section->LockCount, 1);
  return STATUS_SUCCESS;
}

void NTAPI RtlAcquirePebLock(void) { RtlEnterCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
void NTAPI RtlReleasePebLock(void) { RtlLeaveCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
