// Movable memory ("GlobalAlloc", "GlobalReAlloc", "GlobalFlags", Microsoft): its handle leads to an entry of
// a table, which knows where the block lies now. Fixed memory has no entry: its handle is its address.
//
// A handle is the address of its entry's `block`, 4 above a multiple of 8; blocks lie at multiples of 8. A
// movable block begins with its handle, so that GlobalHandle finds it. The process heap's lock guards all.
#include "guest/kernel32/movable_memory.h"

enum { kMostHandles = 65536, kMostLocks = 255, kPage = 0x1000 };

typedef struct Entry {
  UCHAR used;
  UCHAR locks;
  USHORT flags;  // GMEM_DISCARDABLE, or not
  void* block;   // the caller's bytes; null when discarded. Of a free entry: the next free one
} Entry;

typedef struct Header {
  HANDLE handle;
  ULONG unused;
} Header;

_Static_assert(sizeof(Entry) == 8 && offsetof(Entry, block) == 4, "the form of handles");
_Static_assert(sizeof(Header) == 8, "blocks are aligned to 8 bytes");

static Entry* table;
static ULONG entries_begun;  // the first so many have been used at some time
static Entry* free_entries;

static void lock(void) { RtlLockHeap(k32_heap()); }
static void unlock(void) { RtlUnlockHeap(k32_heap()); }

static BOOL is_handle(HANDLE memory) { return (ULONG)memory % sizeof(Entry) == offsetof(Entry, block); }

static HANDLE handle_of(Entry* entry) { return &entry->block; }

static Entry* entry_of(HANDLE memory) {
  ULONG index = ((ULONG)memory - (ULONG)table) / sizeof(Entry);
  if (table && index < entries_begun && table[index].used) return &table[index];
  k32_fail(ERROR_INVALID_HANDLE);
  return NULL;
}

// The table is reserved whole, and committed page by page as more handles are wanted.
static BOOL reserve_table(void) {
  SIZE_T size = kMostHandles * sizeof(Entry);
  return table || k32_succeeded(NtAllocateVirtualMemory(NT_CURRENT_PROCESS, (void**)&table, 0, &size,
                                                        MEM_RESERVE, PAGE_READWRITE));
}

static Entry* begin_entry(void) {
  SIZE_T size = kPage;
  if (!reserve_table()) return NULL;
  if (entries_begun == kMostHandles) {
    k32_fail(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
  }
  void* next = &table[entries_begun];
  if ((ULONG)next % kPage == 0 && !k32_succeeded(NtAllocateVirtualMemory(NT_CURRENT_PROCESS, &next, 0, &size,
                                                                         MEM_COMMIT, PAGE_READWRITE)))
    return NULL;
  return &table[entries_begun++];
}

static Entry* take_entry(void) {
  Entry* entry = free_entries;
  if (entry) {
    free_entries = entry->block;
  } else {
    entry = begin_entry();
  }
  if (entry) *entry = (Entry){.used = TRUE};
  return entry;
}

static void give_entry(Entry* entry) {
  *entry = (Entry){.block = free_entries};
  free_entries = entry;
}

static Header* header_of(const Entry* entry) { return (Header*)entry->block - 1; }

static ULONG heap_flags(UINT flags) { return flags & GMEM_ZEROINIT ? HEAP_ZERO_MEMORY : 0; }

static BOOL takes_header(SIZE_T bytes) {
  return bytes + sizeof(Header) > bytes || k32_fail(ERROR_NOT_ENOUGH_MEMORY);
}

static BOOL fill(Entry* entry, UINT flags, SIZE_T bytes) {
  if (!takes_header(bytes)) return FALSE;
  Header* header = RtlAllocateHeap(k32_heap(), heap_flags(flags), bytes + sizeof(Header));
  if (!header) return FALSE;
  header->handle = handle_of(entry);
  entry->block = header + 1;
  return TRUE;
}

static void discard(Entry* entry) {
  if (entry->block) RtlFreeHeap(k32_heap(), 0, header_of(entry));
  entry->block = NULL;
}

// Nothing of it when there are no bytes: the object is a discarded one.
static HANDLE allocate_movable(UINT flags, SIZE_T bytes) {
  Entry* entry = take_entry();
  if (!entry) return NULL;
  entry->flags = flags & GMEM_DISCARDABLE;
  if (bytes == 0 || fill(entry, flags, bytes)) return handle_of(entry);
  give_entry(entry);
  return NULL;
}

HANDLE k32_allocate_memory(UINT flags, SIZE_T bytes) {
  if (!(flags & GMEM_MOVEABLE)) return RtlAllocateHeap(k32_heap(), heap_flags(flags), bytes);
  lock();
  HANDLE memory = allocate_movable(flags, bytes);
  unlock();
  return memory;
}

HANDLE k32_free_memory(HANDLE memory) {
  if (!memory) return NULL;
  if (!is_handle(memory)) {
    if (RtlFreeHeap(k32_heap(), 0, memory)) return NULL;
    k32_fail(ERROR_INVALID_HANDLE);
    return memory;
  }
  lock();
  Entry* entry = entry_of(memory);
  if (entry) {
    discard(entry);
    give_entry(entry);
  }
  unlock();
  return entry ? NULL : memory;
}

// Fixed memory that is to become movable gets a handle, and its bytes another place.
static HANDLE make_movable(void* block, UINT flags) {
  SIZE_T size = RtlSizeHeap(k32_heap(), 0, block);
  HANDLE memory = size == (SIZE_T)-1 ? NULL : allocate_movable(flags & ~(UINT)GMEM_ZEROINIT, size);
  if (!memory) return NULL;
  if (size) memcpy(entry_of(memory)->block, block, size);
  RtlFreeHeap(k32_heap(), 0, block);
  return memory;
}

static HANDLE reallocate_fixed(void* block, SIZE_T bytes, UINT flags) {
  if (flags & GMEM_MODIFY) return flags & GMEM_MOVEABLE ? make_movable(block, flags) : block;
  ULONG in_place = flags & GMEM_MOVEABLE ? 0 : HEAP_REALLOC_IN_PLACE_ONLY;
  return RtlReAllocateHeap(k32_heap(), heap_flags(flags) | in_place, block, bytes);
}

// A locked block stays where it is, unless the caller lets it move.
static BOOL resize(Entry* entry, SIZE_T bytes, UINT flags) {
  if (!entry->block) return fill(entry, flags, bytes);
  if (!takes_header(bytes)) return FALSE;
  BOOL stays = entry->locks && !(flags & GMEM_MOVEABLE);
  Header* header = RtlReAllocateHeap(k32_heap(), heap_flags(flags) | (stays ? HEAP_REALLOC_IN_PLACE_ONLY : 0),
                                     header_of(entry), bytes + sizeof(Header));
  if (header) entry->block = header + 1;
  return header != NULL;
}

static BOOL reallocate_movable(Entry* entry, SIZE_T bytes, UINT flags) {
  if (flags & GMEM_MODIFY) {
    entry->flags = flags & GMEM_DISCARDABLE;
    return TRUE;
  }
  if (bytes) return resize(entry, bytes, flags);
  if (entry->locks || !(flags & GMEM_MOVEABLE)) return k32_fail(ERROR_INVALID_PARAMETER);
  discard(entry);
  return TRUE;
}

HANDLE k32_reallocate_memory(HANDLE memory, SIZE_T bytes, UINT flags) {
  lock();
  Entry* entry = is_handle(memory) ? entry_of(memory) : NULL;
  if (!is_handle(memory)) {
    memory = reallocate_fixed(memory, bytes, flags);
  } else if (!entry || !reallocate_movable(entry, bytes, flags)) {
    memory = NULL;
  }
  unlock();
  return memory;
}

static void* lock_movable(HANDLE memory) {
  Entry* entry = entry_of(memory);
  if (!entry) return NULL;
  if (!entry->block) {
    k32_fail(ERROR_DISCARDED);
    return NULL;
  }
  if (entry->locks < kMostLocks) ++entry->locks;
  return entry->block;
}

void* k32_lock_memory(HANDLE memory) {
  if (!is_handle(memory)) {
    if (!IsBadReadPtr(memory, 1)) return memory;
    k32_fail(ERROR_INVALID_HANDLE);
    return NULL;
  }
  lock();
  void* block = lock_movable(memory);
  unlock();
  return block;
}

static BOOL unlock_movable(HANDLE memory) {
  Entry* entry = entry_of(memory);
  if (!entry) return FALSE;
  if (!entry->locks) return k32_fail(ERROR_NOT_LOCKED);
  --entry->locks;
  return entry->locks ? TRUE : k32_fail(ERROR_SUCCESS);
}

BOOL k32_unlock_memory(HANDLE memory) {
  lock();
  BOOL still = unlock_movable(memory);
  unlock();
  return still;
}

BOOL k32_is_fixed_memory(HANDLE memory) { return !is_handle(memory); }

static SIZE_T heap_size(const void* block) {
  SIZE_T size = RtlSizeHeap(k32_heap(), 0, block);
  if (size != (SIZE_T)-1) return size;
  k32_fail(ERROR_INVALID_HANDLE);
  return 0;
}

SIZE_T k32_memory_size(HANDLE memory) {
  if (!is_handle(memory)) return heap_size(memory);
  lock();
  Entry* entry = entry_of(memory);
  SIZE_T size = entry && entry->block ? heap_size(header_of(entry)) - sizeof(Header) : 0;
  unlock();
  return size;
}

UINT k32_memory_flags(HANDLE memory) {
  if (!is_handle(memory)) {
    if (RtlSizeHeap(k32_heap(), 0, memory) != (SIZE_T)-1) return 0;
    k32_fail(ERROR_INVALID_HANDLE);
    return GMEM_INVALID_HANDLE;
  }
  lock();
  Entry* entry = entry_of(memory);
  UINT flags = GMEM_INVALID_HANDLE;
  if (entry) flags = entry->locks | entry->flags | (entry->block ? 0 : GMEM_DISCARDED);
  unlock();
  return flags;
}

typedef struct Candidate {
  const Header* header;
  HANDLE handle;
} Candidate;

static void __cdecl read_handle(volatile void* candidate) {
  volatile Candidate* it = candidate;
  it->handle = it->header->handle;
}

// What lies in front of a block says whether it is a movable one's, but is believed only when its entry
// agrees.
HANDLE k32_memory_handle(const void* block) {
  Candidate candidate = {(const Header*)block - 1, NULL};
  if (!block || !k32_guarded(read_handle, &candidate)) {
    k32_fail(ERROR_INVALID_HANDLE);
    return NULL;
  }
  lock();
  Entry* entry = is_handle(candidate.handle) ? entry_of(candidate.handle) : NULL;
  BOOL movable = entry && entry->block == block;
  unlock();
  if (movable) return candidate.handle;
  if (RtlSizeHeap(k32_heap(), 0, block) != (SIZE_T)-1) return (HANDLE)block;
  k32_fail(ERROR_INVALID_HANDLE);
  return NULL;
}
