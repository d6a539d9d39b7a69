// Critical sections ("Critical Section Objects", Microsoft).
//
//   LockCount       -1 when free, else how often it is owned and waited for, less one
//   RecursionCount  how often its owner has entered it
//   LockSemaphore   an auto-reset event, made when two threads first meet here
//
// Who leaves hands the section to the thread that has waited longest: the event wakes that one alone, and the
// section never looks free in between. With one processor spinning would only waste time, so the spin count
// is kept but means nothing (as "InitializeCriticalSectionAndSpinCount" documents).
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
  if (section->LockSemaphore) NtClose(section->LockSemaphore);
  return RtlInitializeCriticalSectionEx(section, 0, 0);
}

static void own(RTL_CRITICAL_SECTION* section) {
  section->OwningThread = current_thread_id();
  section->RecursionCount = 1;
}

static BOOLEAN enter_again(RTL_CRITICAL_SECTION* section) {
  if (section->OwningThread != current_thread_id()) return FALSE;
  __sync_fetch_and_add(&section->LockCount, 1);
  ++section->RecursionCount;
  return TRUE;
}

BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (enter_again(section)) return TRUE;
  if (!__sync_bool_compare_and_swap(&section->LockCount, -1, 0)) return FALSE;
  own(section);
  return TRUE;
}

// Both who waits and who leaves may be the first to need it. Null when no handle can be had.
static HANDLE event_of(RTL_CRITICAL_SECTION* section) {
  HANDLE made;
  if (section->LockSemaphore) return section->LockSemaphore;
  if (!NT_SUCCESS(NtCreateEvent(&made, EVENT_ALL_ACCESS, NULL, 1, FALSE))) return NULL;
  if (!__sync_bool_compare_and_swap(&section->LockSemaphore, NULL, made)) NtClose(made);
  return section->LockSemaphore;
}

// The other threads are gone when a process ends, and what they owned stays owned: the process ends then and
// there, as on Windows.
static void end_if_nobody_leaves(void) {
  const PebLdrData* data = nt_pointer(nt_peb()->Ldr);
  if (data && data->ShutdownInProgress && data->ShutdownThreadId == nt_teb()->ThreadId)
    NtTerminateProcess(NT_CURRENT_PROCESS, 0);
}

static void wait_for_turn(RTL_CRITICAL_SECTION* section) {
  HANDLE event;
  end_if_nobody_leaves();
  while (!(event = event_of(section))) NtYieldExecution();
  NtWaitForSingleObject(event, FALSE, NULL);
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (enter_again(section)) return STATUS_SUCCESS;
  if (__sync_add_and_fetch(&section->LockCount, 1) != 0) wait_for_turn(section);
  own(section);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (--section->RecursionCount != 0) {
    __sync_fetch_and_sub(&section->LockCount, 1);
    return STATUS_SUCCESS;
  }
  HANDLE event;
  section->OwningThread = NULL;
  if (__sync_sub_and_fetch(&section->LockCount, 1) < 0) return STATUS_SUCCESS;
  while (!(event = event_of(section))) NtYieldExecution();
  NtSetEvent(event, NULL);
  return STATUS_SUCCESS;
}

void NTAPI RtlAcquirePebLock(void) { RtlEnterCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
void NTAPI RtlReleasePebLock(void) { RtlLeaveCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
