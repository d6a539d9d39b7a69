// Slim reader/writer locks and condition variables ("Slim Reader/Writer (SRW) Locks", Microsoft).
//
// The lock's word: 0 when free; kExclusive; or the number of readers times kReader; with kWaiting when
// somebody waits. Who waits keeps new readers out, so that writers get their turn; whoever makes the lock
// free wakes all that wait.
#include "guest/ntdll/ntdll.h"

enum { kExclusive = 1, kWaiting = 2, kReader = 4 };

static volatile LONG* word_of(RTL_SRWLOCK* lock) { return (volatile LONG*)&lock->Ptr; }

void NTAPI RtlInitializeSRWLock(RTL_SRWLOCK* lock) { lock->Ptr = NULL; }

BOOLEAN NTAPI RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK* lock) {
  return __sync_bool_compare_and_swap(word_of(lock), 0, kExclusive);
}

BOOLEAN NTAPI RtlTryAcquireSRWLockShared(RTL_SRWLOCK* lock) {
  LONG seen = *word_of(lock);
  while (!(seen & (kExclusive | kWaiting))) {
    LONG found = __sync_val_compare_and_swap(word_of(lock), seen, seen + kReader);
    if (found == seen) return TRUE;
    seen = found;
  }
  return FALSE;
}

static void wait_for_change(RTL_SRWLOCK* lock) {
  LONG seen = *word_of(lock), marked = seen | kWaiting;
  if (seen == 0) return;
  if (seen == marked || __sync_bool_compare_and_swap(word_of(lock), seen, marked))
    RtlWaitOnAddress(word_of(lock), &marked, sizeof marked, NULL);
}

void NTAPI RtlAcquireSRWLockExclusive(RTL_SRWLOCK* lock) {
  while (!RtlTryAcquireSRWLockExclusive(lock)) wait_for_change(lock);
}

void NTAPI RtlAcquireSRWLockShared(RTL_SRWLOCK* lock) {
  while (!RtlTryAcquireSRWLockShared(lock)) wait_for_change(lock);
}

void NTAPI RtlReleaseSRWLockExclusive(RTL_SRWLOCK* lock) {
  LONG before = __atomic_exchange_n(word_of(lock), 0, __ATOMIC_SEQ_CST);
  if (!(before & kExclusive)) RtlRaiseStatus(STATUS_RESOURCE_NOT_OWNED);
  if (before & kWaiting) RtlWakeAddressAll(lock);
}

void NTAPI RtlReleaseSRWLockShared(RTL_SRWLOCK* lock) {
  LONG seen = *word_of(lock), left;
  for (;;) {
    if (seen < kReader) RtlRaiseStatus(STATUS_RESOURCE_NOT_OWNED);
    left = seen - kReader;
    if (left == kWaiting) left = 0;
    LONG found = __sync_val_compare_and_swap(word_of(lock), seen, left);
    if (found == seen) break;
    seen = found;
  }
  if (left == 0 && seen & kWaiting) RtlWakeAddressAll(lock);
}

// A condition variable counts how often it was woken.
void NTAPI RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE* variable) { variable->Ptr = NULL; }

static volatile LONG* count_of(RTL_CONDITION_VARIABLE* variable) { return (volatile LONG*)&variable->Ptr; }

NTSTATUS NTAPI RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE* variable, RTL_CRITICAL_SECTION* section,
                                           LARGE_INTEGER* timeout) {
  LONG seen = *count_of(variable);
  RtlLeaveCriticalSection(section);
  NTSTATUS status = RtlWaitOnAddress(count_of(variable), &seen, sizeof seen, timeout);
  RtlEnterCriticalSection(section);
  return status;
}

NTSTATUS NTAPI RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE* variable, RTL_SRWLOCK* lock,
                                            LARGE_INTEGER* timeout, ULONG flags) {
  BOOLEAN shared = (flags & RTL_CONDITION_VARIABLE_LOCKMODE_SHARED) != 0;
  LONG seen = *count_of(variable);
  shared ? RtlReleaseSRWLockShared(lock) : RtlReleaseSRWLockExclusive(lock);
  NTSTATUS status = RtlWaitOnAddress(count_of(variable), &seen, sizeof seen, timeout);
  shared ? RtlAcquireSRWLockShared(lock) : RtlAcquireSRWLockExclusive(lock);
  return status;
}

void NTAPI RtlWakeConditionVariable(RTL_CONDITION_VARIABLE* variable) {
  __sync_fetch_and_add(count_of(variable), 1);
  RtlWakeAddressSingle(variable);
}

void NTAPI RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE* variable) {
  __sync_fetch_and_add(count_of(variable), 1);
  RtlWakeAddressAll(variable);
}
