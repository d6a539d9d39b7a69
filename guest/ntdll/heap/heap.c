// The heap's services ("Heap functions", Microsoft): what callers see of heap.h's machinery.
#include "guest/ntdll/heap/heap.h"

#include "guest/ntdll/heap/lists.h"
#include "guest/ntdll/sync/section.h"
#include "guest/runtime/memory.h"

// Keeps what is rare from making the short ways of RtlAllocateHeap and RtlFreeHeap longer.
#define NOT_INLINE __attribute__((noinline))
#define LIKELY(condition) __builtin_expect(condition, 1)

static Heap* all_heaps;  // in the order of their making

static inline Heap* open_heap(HANDLE handle, ULONG flags) {
  Heap* heap = handle;
  if (!heap || heap->signature != kHeapSignature) return NULL;
  if (__builtin_expect(!((heap->flags | flags) & HEAP_NO_SERIALIZE), 1)) section_enter(&heap->lock);
  return heap;
}

static inline void close_heap(Heap* heap, ULONG flags) {
  if (__builtin_expect(!((heap->flags | flags) & HEAP_NO_SERIALIZE), 1)) section_leave(&heap->lock);
}

HANDLE NTAPI RtlCreateHeap(ULONG flags, void* base, SIZE_T reserve, SIZE_T commit, void* lock, void* tuning) {
  (void)base, (void)commit, (void)lock, (void)tuning;
  Heap* heap = heap_create_first_segment(reserve, flags & HEAP_GROWABLE ? TRUE : FALSE);
  if (!heap) return NULL;
  heap->flags = flags;
  heap->plain = flags & (HEAP_NO_SERIALIZE | HEAP_ZERO_MEMORY) ? 0 : kHeapSignature;
  RtlInitializeCriticalSection(&heap->lock);
  RtlAcquirePebLock();
  Heap** last = &all_heaps;
  while (*last) last = &(*last)->next;
  *last = heap;
  ++nt_peb()->NumberOfHeaps;
  RtlReleasePebLock();
  return heap;
}

// What a caller gets for a block that could not be had.
static NOT_INLINE void* refuse(ULONG flags) {
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_NO_MEMORY);
  if (flags & HEAP_GENERATE_EXCEPTIONS) RtlRaiseStatus(STATUS_NO_MEMORY);
  return NULL;
}

static void release(void* base) {
  SIZE_T size = 0;
  NtFreeVirtualMemory(NT_CURRENT_PROCESS, &base, &size, MEM_RELEASE);
}

HANDLE NTAPI RtlDestroyHeap(HANDLE handle) {
  Heap* heap = handle;
  if (!heap || heap->signature != kHeapSignature || nt_address(heap) == nt_peb()->ProcessHeap) return handle;
  RtlAcquirePebLock();
  Heap** link = &all_heaps;
  while (*link != heap) link = &(*link)->next;
  *link = heap->next;
  --nt_peb()->NumberOfHeaps;
  RtlReleasePebLock();
  RtlDeleteCriticalSection(&heap->lock);
  while (heap->large) heap_free_large(heap, heap->large);
  for (Segment *segment = heap->segments, *next; segment; segment = next) {
    next = segment->next;
    if (((ULONG)segment & (kGranularity - 1)) == 0) release(segment);
  }
  release(heap);
  return NULL;
}

// Bytes that a chunk for `size` takes.
static ULONG chunk_bytes(SIZE_T size) {
  SIZE_T bytes = round_up(size + sizeof(Chunk), kChunkAlignment);
  return bytes < kMinimumChunk ? kMinimumChunk : bytes;
}

static Chunk* take_from_lists(Heap* heap, ULONG bytes) {
  heap_empty_lists(heap);
  return heap_take_free(heap, bytes);
}

// From the bins. What is listed goes back there before the heap grows, when it is as much as growing brings;
// whatever it is when the heap cannot grow.
static Chunk* take_chunk(Heap* heap, ULONG bytes) {
  Chunk* chunk = heap_take_free(heap, bytes);
  if (!chunk && heap_listed(heap) >= kCommitStep / kChunkAlignment) chunk = take_from_lists(heap, bytes);
  if (!chunk) chunk = heap_grow(heap, bytes);
  if (!chunk) chunk = take_from_lists(heap, bytes);
  if (!chunk) return NULL;
  heap_set_chunk(chunk, chunk_size(chunk), CHUNK_USED);
  heap_trim_chunk(heap, chunk, bytes);
  return chunk;
}

// A chunk may have 8 bytes over what was asked for, since a rest that small cannot be split off: the next
// list will do as well.
static Chunk* take_listed(Heap* heap, ULONG bytes) {
  if (bytes > kBiggestListed) return NULL;
  Chunk* chunk = heap_take_listed(heap, bytes / kChunkAlignment);
  return chunk ? chunk : heap_take_listed(heap, bytes / kChunkAlignment + 1);
}

static void* allocate_chunk(Heap* heap, SIZE_T size) {
  ULONG bytes = chunk_bytes(size);
  Chunk* chunk = take_listed(heap, bytes);
  if (!chunk) chunk = take_chunk(heap, bytes);
  if (!chunk) return NULL;
  chunk->unused = (UCHAR)(chunk_size(chunk) - size);
  return chunk_block(chunk);
}

static void* allocate(Heap* heap, ULONG flags, SIZE_T size) {
  if (size >= kLargeBlock) {
    return heap->flags & HEAP_GROWABLE ? heap_allocate_large(heap, size) : NULL;
  }
  void* block = allocate_chunk(heap, size);
  if (block && flags & HEAP_ZERO_MEMORY) memset(block, 0, size);
  return block;
}

// Their last steps where other threads wait for the heap. As they all it takes three words, so that it is
// jumped to.
static NOT_INLINE void* NTAPI hand_over(Heap* heap, ULONG unused, void* result) {
  (void)unused;
  section_hand_over(&heap->lock);
  return result;
}

// With the heap opened, which it closes.
static NOT_INLINE void* NTAPI allocate_and_close(Heap* heap, ULONG flags, SIZE_T size) {
  void* block = allocate(heap, flags | heap->flags, size);
  close_heap(heap, flags);
  return block ? block : refuse(flags | heap->flags);
}

// A list's chunk becomes a block of `size` bytes.
static inline void* give(Chunk* chunk, ULONG list, SIZE_T size) {
  chunk->unused = (UCHAR)(list * kChunkAlignment - size);
  return chunk_block(chunk);
}

static inline BOOLEAN is_listable_request(SIZE_T size) { return size - 1 < kBiggestListed - sizeof(Chunk); }

// All that is asked for is to do without the lock.
static inline BOOLEAN is_unserialized(const Heap* heap, ULONG flags) {
  return ((heap->flags | flags) & (HEAP_NO_SERIALIZE | HEAP_ZERO_MEMORY)) == HEAP_NO_SERIALIZE;
}

static NOT_INLINE void* NTAPI allocate_any(HANDLE handle, ULONG flags, SIZE_T size) {
  Heap* heap = open_heap(handle, flags);
  if (!heap) return NULL;
  if (is_unserialized(heap, flags) && is_listable_request(size)) {
    ULONG list = list_of_request(size);
    Chunk* chunk = heap_take_listed(heap, list);
    if (chunk) return give(chunk, list, size);
  }
  return allocate_and_close(heap, flags, size);
}

// Itself only the short way: out of the list of its size, without flags.
void* NTAPI RtlAllocateHeap(HANDLE handle, ULONG flags, SIZE_T size) {
  Heap* heap = handle;
  if (!heap || heap->plain != kHeapSignature || flags || !is_listable_request(size) ||
      !SECTION_TRY_ENTER(heap->lock))
    return allocate_any(handle, flags, size);
  ULONG list = list_of_request(size);
  Chunk* chunk = heap_take_listed(heap, list);
  if (!chunk) return allocate_and_close(heap, 0, size);
  void* given = give(chunk, list, size);
  return LIKELY(SECTION_TRY_LEAVE(heap->lock)) ? given : hand_over(heap, 0, given);
}

// A header that was overrun is no block's: its size must lead to the next chunk, which knows it too.
static BOOLEAN is_given(const Segment* segment, const Chunk* chunk) {
  const ULONG units = chunk->size_and_flags;  // without flags
  ULONG room = (ULONG)(segment->committed_end - (const char*)chunk) / kChunkAlignment;
  return units && units < room && chunk_next(chunk)->previous_size == units;
}

// Nothing is trusted about a pointer until the heap's own structures lead to it.
static Chunk* find_chunk(Heap* heap, const void* block) {
  if (!block || (ULONG)block & (kChunkAlignment - 1)) return NULL;
  Chunk* chunk = block_chunk(block);
  const Segment* segment = heap_segment_of(heap, chunk);
  if (segment) return is_given(segment, chunk) ? chunk : NULL;
  for (LargeBlock* large = heap->large; large; large = large->next) {
    if (&large->chunk == chunk) return chunk;
  }
  return NULL;
}

static BOOLEAN free_block(Heap* heap, void* block) {
  if (!block) return TRUE;
  Chunk* chunk = find_chunk(heap, block);  // which makes its segment the recent one
  if (!chunk) return FALSE;
  if (chunk_is_large(chunk)) return heap_free_large(heap, chunk_large(chunk));
  if (!heap_listable_chunk(heap, block)) {
    heap_shrink_segment(heap, heap_free_chunk(heap, chunk));
  } else if (heap_list_chunk(heap, chunk)) {
    heap_empty_lists(heap);
  }
  return TRUE;
}

// With the heap opened, which it closes.
static NOT_INLINE BOOLEAN NTAPI free_and_close(Heap* heap, ULONG flags, void* block) {
  BOOLEAN freed = free_block(heap, block);
  close_heap(heap, flags);
  if (!freed) RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_PARAMETER);
  return freed;
}

static NOT_INLINE BOOLEAN NTAPI empty_and_close(Heap* heap, ULONG flags, void* unused) {
  (void)unused;
  heap_empty_lists(heap);
  close_heap(heap, flags);
  return TRUE;
}

static NOT_INLINE BOOLEAN NTAPI free_any(HANDLE handle, ULONG flags, void* block) {
  Heap* heap = open_heap(handle, flags);
  if (!heap) return FALSE;
  Chunk* chunk = is_unserialized(heap, flags) ? heap_listable_chunk(heap, block) : NULL;
  if (!chunk) return free_and_close(heap, flags, block);
  return heap_list_chunk(heap, chunk) ? empty_and_close(heap, flags, block) : TRUE;
}

static NOT_INLINE BOOLEAN NTAPI hand_over_freed(Heap* heap, ULONG unused, void* block) {
  return hand_over(heap, unused, block) != NULL;
}

// Itself only the short way: into the list of its size, without flags.
BOOLEAN NTAPI RtlFreeHeap(HANDLE handle, ULONG flags, void* block) {
  Heap* heap = handle;
  if (!heap || heap->plain != kHeapSignature || flags || !SECTION_TRY_ENTER(heap->lock))
    return free_any(handle, flags, block);
  Chunk* chunk = heap_listable_chunk(heap, block);
  if (!chunk) return free_and_close(heap, 0, block);
  if (heap_list_chunk(heap, chunk)) return empty_and_close(heap, 0, block);
  return LIKELY(SECTION_TRY_LEAVE(heap->lock)) ? TRUE : hand_over_freed(heap, 0, block);
}

static SIZE_T requested_size(Chunk* chunk) {
  return chunk_is_large(chunk) ? chunk_large(chunk)->requested : chunk_size(chunk) - chunk->unused;
}

SIZE_T NTAPI RtlSizeHeap(HANDLE handle, ULONG flags, const void* block) {
  Heap* heap = open_heap(handle, flags);
  if (!heap) return (SIZE_T)-1;
  Chunk* chunk = find_chunk(heap, block);
  SIZE_T size = chunk ? requested_size(chunk) : (SIZE_T)-1;
  close_heap(heap, flags);
  return size;
}

static BOOLEAN resize_in_place(Heap* heap, Chunk* chunk, SIZE_T size) {
  if (chunk_is_large(chunk)) return heap_resize_large(chunk_large(chunk), size);
  if (size >= kLargeBlock) return FALSE;
  ULONG bytes = chunk_bytes(size);
  if (bytes > chunk_size(chunk) && !heap_extend_chunk(heap, chunk, bytes)) return FALSE;
  heap_trim_chunk(heap, chunk, bytes);
  chunk->unused = (UCHAR)(chunk_size(chunk) - size);
  return TRUE;
}

static void* reallocate(Heap* heap, ULONG flags, void* block, SIZE_T size) {
  Chunk* chunk = find_chunk(heap, block);
  if (!chunk) return NULL;
  SIZE_T old = requested_size(chunk);
  void* moved = block;
  if (!resize_in_place(heap, chunk, size)) {
    moved = flags & HEAP_REALLOC_IN_PLACE_ONLY ? NULL : allocate(heap, 0, size);
    if (!moved) return NULL;
    memcpy(moved, block, old < size ? old : size);
    RtlFreeHeap(heap, flags, block);
  }
  if (flags & HEAP_ZERO_MEMORY && size > old) memset((char*)moved + old, 0, size - old);
  return moved;
}

void* NTAPI RtlReAllocateHeap(HANDLE handle, ULONG flags, void* block, SIZE_T size) {
  if (!block) return NULL;
  Heap* heap = open_heap(handle, flags);
  if (!heap) return NULL;
  flags |= heap->flags;
  void* moved = reallocate(heap, flags, block, size);
  close_heap(heap, flags);
  return moved ? moved : refuse(flags);
}

BOOLEAN NTAPI RtlLockHeap(HANDLE handle) { return open_heap(handle, 0) != NULL; }

BOOLEAN NTAPI RtlUnlockHeap(HANDLE handle) {
  close_heap(handle, 0);
  return TRUE;
}

SIZE_T NTAPI RtlCompactHeap(HANDLE handle, ULONG flags) {
  Heap* heap = open_heap(handle, flags);
  if (!heap) return 0;
  heap_empty_lists(heap);
  SIZE_T biggest = 0;
  for (ULONG bin = kBins; bin-- && !biggest;) {
    for (FreeChunk* entry = heap->bins[bin]; entry; entry = entry->next) {
      if (chunk_size(&entry->chunk) > biggest) biggest = chunk_size(&entry->chunk);
    }
  }
  close_heap(heap, flags);
  return biggest ? biggest - sizeof(Chunk) : 0;
}

ULONG NTAPI RtlGetProcessHeaps(ULONG count, HANDLE* heaps) {
  ULONG total = 0;
  RtlAcquirePebLock();
  for (Heap* heap = all_heaps; heap; heap = heap->next, ++total) {
    if (total < count) heaps[total] = heap;
  }
  RtlReleasePebLock();
  return total;
}
