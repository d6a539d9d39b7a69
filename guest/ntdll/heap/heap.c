// The heap's services ("Heap functions", Microsoft): what callers see of heap.h's machinery.
#include "guest/ntdll/heap/heap.h"

#include "guest/runtime/memory.h"

static Heap* all_heaps;  // in the order of their making

static Heap* open_heap(HANDLE handle, ULONG flags) {
  Heap* heap = handle;
  if (!heap || heap->signature != kHeapSignature) return NULL;
  if (!((heap->flags | flags) & HEAP_NO_SERIALIZE)) RtlEnterCriticalSection(&heap->lock);
  return heap;
}

static void close_heap(Heap* heap, ULONG flags) {
  if (!((heap->flags | flags) & HEAP_NO_SERIALIZE)) RtlLeaveCriticalSection(&heap->lock);
}

HANDLE NTAPI RtlCreateHeap(ULONG flags, void* base, SIZE_T reserve, SIZE_T commit, void* lock, void* tuning) {
  (void)base, (void)commit, (void)lock, (void)tuning;
  Heap* heap = heap_create_first_segment(reserve, flags & HEAP_GROWABLE ? TRUE : FALSE);
  if (!heap) return NULL;
  heap->flags = flags;
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
static void* refuse(ULONG flags) {
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

static void* allocate_chunk(Heap* heap, SIZE_T size) {
  ULONG bytes = chunk_bytes(size);
  Chunk* chunk = heap_take_free(heap, bytes);
  if (!chunk) chunk = heap_grow(heap, bytes);
  if (!chunk) return NULL;
  heap_set_chunk(chunk, chunk_size(chunk), CHUNK_USED);
  heap_trim_chunk(heap, chunk, bytes);
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

void* NTAPI RtlAllocateHeap(HANDLE handle, ULONG flags, SIZE_T size) {
  Heap* heap = open_heap(handle, flags);
  if (!heap) return NULL;
  flags |= heap->flags;
  void* block = allocate(heap, flags, size);
  close_heap(heap, flags);
  return block ? block : refuse(flags);
}

// Nothing is trusted about a pointer until the heap's own structures lead to it.
static Chunk* find_chunk(Heap* heap, const void* block) {
  if (!block || (ULONG)block & (kChunkAlignment - 1)) return NULL;
  Chunk* chunk = block_chunk(block);
  if (heap_segment_of(heap, chunk)) return chunk_is_used(chunk) && chunk_size(chunk) ? chunk : NULL;
  for (LargeBlock* large = heap->large; large; large = large->next) {
    if (&large->chunk == chunk) return chunk;
  }
  return NULL;
}

BOOLEAN NTAPI RtlFreeHeap(HANDLE handle, ULONG flags, void* block) {
  if (!block) return TRUE;
  Heap* heap = open_heap(handle, flags);
  if (!heap) return FALSE;
  Chunk* chunk = find_chunk(heap, block);
  BOOLEAN freed = chunk != NULL;
  if (chunk && chunk_is_large(chunk)) {
    freed = heap_free_large(heap, chunk_large(chunk));
  } else if (chunk) {
    heap_shrink_segment(heap, heap_free_chunk(heap, chunk));
  }
  close_heap(heap, flags);
  if (!freed) RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_INVALID_PARAMETER);
  return freed;
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
