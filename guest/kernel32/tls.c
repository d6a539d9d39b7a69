// Thread-local slots ("Thread Local Storage", Microsoft): 64 in the TEB, 1,024 more in a block of their own.
#include "guest/kernel32/kernel32.h"

enum { kOwnSlots = 64, kMoreSlots = 1024 };
enum { kZeroTlsCell = 10 };  // the class of NtSetInformationThread that empties a slot in every thread

static ULONG more_bits[kMoreSlots / 32];
static NtBitmap more = {kMoreSlots, more_bits};

// The slot of this thread; null when there is none, or no block for it yet and none can be made.
static uint32_t* slot_of(DWORD index) {
  Teb* teb = nt_teb();
  if (index < kOwnSlots) return &teb->TlsSlots[index];
  if (index >= kOwnSlots + kMoreSlots) return NULL;
  if (!teb->TlsExpansionSlots) {
    void* slots = RtlAllocateHeap(k32_heap(), HEAP_ZERO_MEMORY, kMoreSlots * sizeof(uint32_t));
    teb->TlsExpansionSlots = nt_address(slots);
  }
  uint32_t* slots = nt_pointer(teb->TlsExpansionSlots);
  return slots ? &slots[index - kOwnSlots] : NULL;
}

static DWORD allocate(void) {
  DWORD index = RtlFindClearBitsAndSet(nt_pointer(nt_peb()->TlsBitmap), 1, 0);
  if (index != MAXDWORD) return index;
  index = RtlFindClearBitsAndSet(&more, 1, 0);
  return index == MAXDWORD ? TLS_OUT_OF_INDEXES : index + kOwnSlots;
}

DWORD WINAPI TlsAlloc(void) {
  RtlAcquirePebLock();
  DWORD index = allocate();
  RtlReleasePebLock();
  uint32_t* slot = index == TLS_OUT_OF_INDEXES ? NULL : slot_of(index);
  if (!slot) {
    k32_fail(ERROR_NO_MORE_ITEMS);
    return TLS_OUT_OF_INDEXES;
  }
  *slot = 0;
  return index;
}

BOOL WINAPI TlsFree(DWORD index) {
  if (index >= kOwnSlots + kMoreSlots) return k32_fail(ERROR_INVALID_PARAMETER);
  ULONG* words = index < kOwnSlots ? (ULONG*)nt_peb()->TlsBitmapBits : more_bits;
  ULONG bit = index < kOwnSlots ? index : index - kOwnSlots;
  if (!(words[bit / 32] >> (bit % 32) & 1)) return k32_fail(ERROR_INVALID_PARAMETER);
  RtlAcquirePebLock();
  NtSetInformationThread(NT_CURRENT_THREAD, kZeroTlsCell, &index, sizeof index);
  words[bit / 32] &= ~(1u << (bit % 32));
  RtlReleasePebLock();
  return TRUE;
}

LPVOID WINAPI TlsGetValue(DWORD index) {
  uint32_t* slot = slot_of(index);
  k32_fail(slot ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER);  // success too sets the last error
  return slot ? nt_pointer(*slot) : NULL;
}

BOOL WINAPI TlsSetValue(DWORD index, LPVOID value) {
  uint32_t* slot = slot_of(index);
  if (!slot) return k32_fail(ERROR_INVALID_PARAMETER);
  *slot = nt_address(value);
  return TRUE;
}

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback) {
  ULONG index;
  return k32_succeeded(RtlFlsAlloc((void*)callback, &index)) ? index : FLS_OUT_OF_INDEXES;
}

BOOL WINAPI FlsFree(DWORD index) { return k32_succeeded(RtlFlsFree(index)); }

PVOID WINAPI FlsGetValue(DWORD index) {
  void* value = NULL;
  if (k32_succeeded(RtlFlsGetValue(index, &value))) k32_fail(ERROR_SUCCESS);
  return value;
}

BOOL WINAPI FlsSetValue(DWORD index, PVOID value) { return k32_succeeded(RtlFlsSetValue(index, value)); }
