// WaitOnAddress and its wakers ("WaitOnAddress function", Microsoft): a table of who waits where, and the
// kernel's alert by thread id to wake one.
//
// A thread is in the table from before it looks at the value a last time until it is woken or gives up, so no
// wake between is lost. Who wakes takes the waiter out of the table first; an alert that comes late only
// makes a later wait look again.
#include "guest/ntdll/ntdll.h"
#include "guest/runtime/memory.h"

enum { kBuckets = 64 };

typedef struct Waiter {
  struct Waiter* next;
  struct Waiter* previous;
  const volatile void* address;
  ULONG thread;
  ULONG ticket;  // grows with each that comes to the bucket
  volatile LONG woken;
} Waiter;

static struct {
  volatile LONG locked;
  Waiter* first;
  Waiter* last;
  ULONG tickets;
} buckets[kBuckets];

static ULONG bucket_of(const volatile void* address) {
  return ((ULONG)address >> 2 ^ (ULONG)address >> 8) % kBuckets;
}

static void lock(ULONG bucket) {
  while (__sync_lock_test_and_set(&buckets[bucket].locked, 1)) NtYieldExecution();
}
static void unlock(ULONG bucket) { __sync_lock_release(&buckets[bucket].locked); }

static void append(ULONG bucket, Waiter* waiter) {
  waiter->ticket = ++buckets[bucket].tickets;
  waiter->next = NULL;
  waiter->previous = buckets[bucket].last;
  *(waiter->previous ? &waiter->previous->next : &buckets[bucket].first) = waiter;
  buckets[bucket].last = waiter;
}

static void remove(ULONG bucket, Waiter* waiter) {
  *(waiter->previous ? &waiter->previous->next : &buckets[bucket].first) = waiter->next;
  *(waiter->next ? &waiter->next->previous : &buckets[bucket].last) = waiter->previous;
}

static BOOLEAN differs(const volatile void* address, const void* compare, SIZE_T size) {
  switch (size) {
    case 1: return *(const volatile UCHAR*)address != *(const UCHAR*)compare;
    case 2: return *(const volatile USHORT*)address != *(const USHORT*)compare;
    case 4: return *(const volatile ULONG*)address != *(const ULONG*)compare;
    default:
      return __atomic_load_n((const volatile ULONGLONG*)address, __ATOMIC_SEQ_CST) !=
             *(const ULONGLONG*)compare;
  }
}

// True when the waiter was still there.
static BOOLEAN give_up(ULONG bucket, Waiter* waiter) {
  lock(bucket);
  BOOLEAN there = !waiter->woken;
  if (there) remove(bucket, waiter);
  unlock(bucket);
  return there;
}

NTSTATUS NTAPI RtlWaitOnAddress(const volatile void* address, const void* compare, SIZE_T size,
                                LARGE_INTEGER* timeout) {
  if (size != 1 && size != 2 && size != 4 && size != 8) return STATUS_INVALID_PARAMETER;
  if (differs(address, compare, size)) return STATUS_SUCCESS;  // a bad address faults here, outside the lock
  Waiter waiter = {.address = address, .thread = nt_teb()->ThreadId};
  ULONG bucket = bucket_of(address);
  lock(bucket);
  append(bucket, &waiter);
  unlock(bucket);
  NTSTATUS status = STATUS_SUCCESS;
  if (differs(address, compare, size)) {
    give_up(bucket, &waiter);
    return STATUS_SUCCESS;
  }
  while (!waiter.woken && status != STATUS_TIMEOUT)
    status = NtWaitForAlertByThreadId((void*)(ULONG)address, timeout);
  return !waiter.woken && give_up(bucket, &waiter) ? STATUS_TIMEOUT : STATUS_SUCCESS;
}

// The thread to alert; 0 when nobody waits there (any more) who came with `ticket` or before.
static ULONG take_waiter(const void* address, ULONG ticket) {
  ULONG bucket = bucket_of(address), thread = 0;
  lock(bucket);
  Waiter* waiter = buckets[bucket].first;
  while (waiter && waiter->address != address) waiter = waiter->next;
  if (waiter && (LONG)(waiter->ticket - ticket) <= 0) {
    remove(bucket, waiter);
    thread = waiter->thread;
    waiter->woken = 1;
  }
  unlock(bucket);
  return thread;
}

static ULONG last_ticket(const void* address) {
  return *(volatile ULONG*)&buckets[bucket_of(address)].tickets;
}

void NTAPI RtlWakeAddressSingle(const void* address) {
  ULONG thread = take_waiter(address, last_ticket(address));
  if (thread) NtAlertThreadByThreadId((HANDLE)thread);
}

// Not those who come back while others are still being woken.
void NTAPI RtlWakeAddressAll(const void* address) {
  ULONG ticket = last_ticket(address), thread;
  while ((thread = take_waiter(address, ticket))) NtAlertThreadByThreadId((HANDLE)thread);
}
