// Critical sections and slim locks are ntdll's; singly linked lists and interlocked operations
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
