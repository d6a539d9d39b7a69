// Critical sections ("Critical Section Objects", Microsoft).
//
//   LockCount       as since Windows Server 2003 SP1 ("Displaying a Critical Section", Microsoft's debugger
//                   pages): bit 0 is clear while the section is owned, bit 1 while a woken thread has not run
//                   yet, and the other bits are the ones-complement of the number of threads that wait.
//                   -1 is free, -2 is owned, -6 is owned and waited for by one
//   RecursionCount  how often its owner has entered it
//   LockSemaphore   an auto-reset event, made when two threads first meet here
//
// Who leaves hands the section to the thread that has waited longest: the event wakes that one alone, and the
// section never looks free in between, so bit 1 is never clear. With one processor spinning would only waste
// time, so the spin count is kept but means nothing (as "InitializeCriticalSectionAndSpinCount" documents).
#include "guest/ntdll/sync/section.h"

enum { kFree = kSectionFree, kOwned = kSectionOwned, kUnownedBit = kSectionUnownedBit, kWaiter = 4 };

// DebugInfo of a section that has none. Programs and other runtimes tell by NULL that a section is not
// initialized, or was deleted.
#define NO_DEBUG_INFO ((RTL_CRITICAL_SECTION_DEBUG*)-1)

NTSTATUS NTAPI RtlInitializeCriticalSectionEx(RTL_CRITICAL_SECTION* section, ULONG spins, ULONG flags) {
  (void)flags;
  section->DebugInfo = NO_DEBUG_INFO;
  section->LockCount = kFree;
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
  RtlInitializeCriticalSectionEx(section, 0, 0);
  section->DebugInfo = NULL;
  return STATUS_SUCCESS;
}

static void own(RTL_CRITICAL_SECTION* section) {
  section->OwningThread = section_thread();
  section->RecursionCount = 1;
}

static BOOLEAN is_owner(const RTL_CRITICAL_SECTION* section) {
  return section->OwningThread == section_thread();
}

static BOOLEAN enter_again(RTL_CRITICAL_SECTION* section) {
  if (!is_owner(section)) return FALSE;
  ++section->RecursionCount;
  return TRUE;
}

static BOOLEAN change(RTL_CRITICAL_SECTION* section, LONG from, LONG to) {
  return __sync_bool_compare_and_swap(&section->LockCount, from, to);
}

BOOLEAN NTAPI RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (enter_again(section)) return TRUE;
  if (!change(section, kFree, kOwned)) return FALSE;
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

// True when the section was free; else the caller is counted among those that wait.
static BOOLEAN take_or_queue(RTL_CRITICAL_SECTION* section) {
  for (;;) {
    LONG seen = *(volatile LONG*)&section->LockCount;
    BOOLEAN is_free = seen & kUnownedBit;
    if (change(section, seen, is_free ? seen & ~kUnownedBit : seen - kWaiter)) return is_free;
  }
}

NTSTATUS NTAPI RtlEnterCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (SECTION_TRY_ENTER(*section) || enter_again(section)) return STATUS_SUCCESS;
  if (!take_or_queue(section)) wait_for_turn(section);
  own(section);
  return STATUS_SUCCESS;
}

// True when nobody waited; else one that waits is no longer counted, and owns the section from now on.
static BOOLEAN free_or_hand_over(RTL_CRITICAL_SECTION* section) {
  for (;;) {
    LONG seen = *(volatile LONG*)&section->LockCount;
    BOOLEAN alone = seen == kOwned;
    if (change(section, seen, alone ? kFree : seen + kWaiter)) return alone;
  }
}

void section_hand_over(RTL_CRITICAL_SECTION* section) {
  HANDLE event;
  if (free_or_hand_over(section)) return;
  while (!(event = event_of(section))) NtYieldExecution();
  NtSetEvent(event, NULL);
}

// Who is not the owner changes nothing: Microsoft's page leaves it open, and Windows answers success.
NTSTATUS NTAPI RtlLeaveCriticalSection(RTL_CRITICAL_SECTION* section) {
  if (!is_owner(section) || --section->RecursionCount != 0) return STATUS_SUCCESS;
  if (!SECTION_TRY_LEAVE(*section)) section_hand_over(section);
  return STATUS_SUCCESS;
}

void NTAPI RtlAcquirePebLock(void) { RtlEnterCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
void NTAPI RtlReleasePebLock(void) { RtlLeaveCriticalSection(nt_pointer(nt_peb()->FastPebLock)); }
