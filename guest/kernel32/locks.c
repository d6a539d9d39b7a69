// Critical sections are ntdll's; one-time initialization, slim locks, singly linked lists, interlocked
// operations
// ("Synchronization Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

BOOL WINAPI InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spins) {
  return k32_succeeded(RtlInitializeCriticalSectionAndSpinCount(section, spins));
}

BOOL WINAPI InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spins, DWORD flags) {
  return k32_succeeded(RtlInitializeCriticalSectionEx(section, spins, flags));
}

BOOL WINAPI TryEnterCriticalSection(LPCRITICAL_SECTION section) {
  return RtlTryEnterCriticalSection(section);
}

enum { kOnceRunning = 1, kOnceDone = 2 };

BOOL WINAPI InitOnceExecuteOnce(PINIT_ONCE once, PINIT_ONCE_FN initialize, PVOID parameter, LPVOID* context) {
  volatile LONG* state = (volatile LONG*)&once->Ptr;
  for (;;) {
    LONG seen = __sync_val_compare_and_swap(state, 0, kOnceRunning);
    if ((seen & 3) == kOnceDone) break;
    if (seen == kOnceRunning) {
      NtYieldExecution();
      continue;
    }
    PVOID value = NULL;
    if (!initialize(once, parameter, &value)) {
      *state = 0;
      return FALSE;
    }
    *state = (LONG)value | kOnceDone;
  }
  if (context) *context = (LPVOID)(*state & ~3);
  return TRUE;
}

void WINAPI InitializeSRWLock(PSRWLOCK lock) { lock->Ptr = NULL; }

// -1: held exclusively; otherwise the number of readers.
BOOLEAN WINAPI TryAcquireSRWLockExclusive(PSRWLOCK lock) {
  return __sync_bool_compare_and_swap((LONG*)&lock->Ptr, 0, -1);
}

void WINAPI AcquireSRWLockExclusive(PSRWLOCK lock) {
  while (!TryAcquireSRWLockExclusive(lock)) NtYieldExecution();
}

void WINAPI ReleaseSRWLockExclusive(PSRWLOCK lock) { *(volatile LONG*)&lock->Ptr = 0; }

BOOLEAN WINAPI TryAcquireSRWLockShared(PSRWLOCK lock) {
  LONG readers = *(volatile LONG*)&lock->Ptr;
  return readers >= 0 && __sync_bool_compare_and_swap((LONG*)&lock->Ptr, readers, readers + 1);
}

void WINAPI AcquireSRWLockShared(PSRWLOCK lock) {
  while (!TryAcquireSRWLockShared(lock)) NtYieldExecution();
}

void WINAPI ReleaseSRWLockShared(PSRWLOCK lock) { __sync_fetch_and_sub((LONG*)&lock->Ptr, 1); }

void WINAPI InitializeSListHead(PSLIST_HEADER list) { list->Alignment = 0; }

USHORT WINAPI QueryDepthSList(PSLIST_HEADER list) { return list->Depth; }

PSLIST_ENTRY WINAPI InterlockedPushEntrySList(PSLIST_HEADER list, PSLIST_ENTRY entry) {
  SLIST_HEADER old, changed;
  do {
    old.Alignment = *(volatile ULONGLONG*)&list->Alignment;
    entry->Next = old.Next.Next;
    changed.Next.Next = entry;
    changed.Depth = (WORD)(old.Depth + 1);
    changed.Sequence = (WORD)(old.Sequence + 1);
  } while (!__sync_bool_compare_and_swap(&list->Alignment, old.Alignment, changed.Alignment));
  return old.Next.Next;
}

PSLIST_ENTRY WINAPI InterlockedPopEntrySList(PSLIST_HEADER list) {
  SLIST_HEADER old, changed;
  do {
    old.Alignment = *(volatile ULONGLONG*)&list->Alignment;
    if (!old.Next.Next) return NULL;
    changed.Next.Next = old.Next.Next->Next;
    changed.Depth = (WORD)(old.Depth - 1);
    changed.Sequence = (WORD)(old.Sequence + 1);
  } while (!__sync_bool_compare_and_swap(&list->Alignment, old.Alignment, changed.Alignment));
  return old.Next.Next;
}

PSLIST_ENTRY WINAPI InterlockedFlushSList(PSLIST_HEADER list) {
  SLIST_HEADER old, changed;
  do {
    old.Alignment = changed.Alignment = *(volatile ULONGLONG*)&list->Alignment;
    changed.Next.Next = NULL;
    changed.Depth = 0;
  } while (!__sync_bool_compare_and_swap(&list->Alignment, old.Alignment, changed.Alignment));
  return old.Next.Next;
}

// Programs compiled by MinGW inline these; older compilers import them.
#undef InterlockedIncrement
#undef InterlockedDecrement
#undef InterlockedExchange
#undef InterlockedExchangeAdd
#undef InterlockedCompareExchange
#undef InterlockedCompareExchange64

LONG WINAPI InterlockedIncrement(LONG volatile* target) { return __sync_add_and_fetch(target, 1); }
LONG WINAPI InterlockedDecrement(LONG volatile* target) { return __sync_sub_and_fetch(target, 1); }
LONG WINAPI InterlockedExchange(LONG volatile* target, LONG value) {
  return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}
LONG WINAPI InterlockedExchangeAdd(LONG volatile* target, LONG value) {
  return __sync_fetch_and_add(target, value);
}
LONG WINAPI InterlockedCompareExchange(LONG volatile* target, LONG value, LONG expected) {
  return __sync_val_compare_and_swap(target, expected, value);
}
LONG64 WINAPI InterlockedCompareExchange64(LONG64 volatile* target, LONG64 value, LONG64 expected) {
  return __sync_val_compare_and_swap(target, expected, value);
}
