// Segments: reservations whose committed part grows and shrinks at its end.
#include "guest/ntdll/heap/heap.h"

static void* reserve(SIZE_T size) {
  void* base = NULL;
  NTSTATUS status = NtAllocateVirtualMemory(NT_CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE);
  return NT_SUCCESS(status) ? base : NULL;
}

static BOOLEAN commit(void* address, SIZE_T size) {
  return NT_SUCCESS(
      NtAllocateVirtualMemory(NT_CURRENT_PROCESS, &address, 0, &size, MEM_COMMIT, PAGE_READWRITE));
}

static void release(void* base) {
  SIZE_T size = 0;
  NtFreeVirtualMemory(NT_CURRENT_PROCESS, &base, &size, MEM_RELEASE);
}

static Chunk* ending_chunk(const Segment* segment) {
  return (Chunk*)(segment->committed_end - sizeof(Chunk));
}

static Chunk* first_chunk(Segment* segment) { return (Chunk*)(segment + 1); }

// A heap's first segment lies behind the heap itself; every other one starts its reservation.
static BOOLEAN starts_reservation(const Segment* segment) {
  return ((ULONG)segment & (kGranularity - 1)) == 0;
}

Segment* heap_segment_of(Heap* heap, const void* address) {
  if (segment_holds(heap->recent, address)) return heap->recent;
  for (Segment* segment = heap->segments; segment; segment = segment->next) {
    if (segment_holds(segment, address)) return heap->recent = segment;
  }
  return NULL;
}

// Commits at least `size` bytes more and adds them to the free chunk at the end, or makes one.
BOOLEAN heap_grow_segment(Heap* heap, Segment* segment, ULONG size) {
  SIZE_T room = (SIZE_T)(segment->end - segment->committed_end);
  if (size > room) return FALSE;
  SIZE_T step = round_up(size, kCommitStep);
  if (step > room) step = room;
  if (!commit(segment->committed_end, step)) {
    step = round_up(size, kPage);
    if (!commit(segment->committed_end, step)) return FALSE;
  }
  Chunk* chunk = ending_chunk(segment);
  segment->committed_end += step;
  ending_chunk(segment)->size_and_flags = CHUNK_USED;
  heap_set_chunk(chunk, step, CHUNK_USED);
  heap_free_chunk(heap, chunk);
  return TRUE;
}

static void release_segment(Heap* heap, Segment* segment) {
  Segment** link = &heap->segments;
  while (*link != segment) link = &(*link)->next;
  *link = segment->next;
  heap->recent = heap->segments;
  release(segment);
}

void heap_shrink_segment(Heap* heap, Chunk* freed) {
  if (chunk_size(freed) < kDecommitThreshold || chunk_size(chunk_next(freed)) != 0) return;
  Segment* segment = heap_segment_of(heap, freed);
  heap_remove_free(heap, freed);
  if (freed == first_chunk(segment) && starts_reservation(segment)) {
    release_segment(heap, segment);
    return;
  }
  char* end = (char*)round_up((SIZE_T)freed + kCommitStep, kPage);
  SIZE_T size = (SIZE_T)(segment->committed_end - end);
  void* base = end;
  NtFreeVirtualMemory(NT_CURRENT_PROCESS, &base, &size, MEM_DECOMMIT);
  segment->committed_end = end;
  ending_chunk(segment)->size_and_flags = CHUNK_USED;
  heap_set_chunk(freed, (ULONG)((char*)ending_chunk(segment) - (char*)freed), CHUNK_FREE);
  heap_put_free(heap, freed);
}

// Makes the committed bytes behind `segment` its first free chunk.
static void start_segment(Heap* heap, Segment* segment, char* committed_end, char* end) {
  *segment = (Segment){heap->segments, heap, end, committed_end};
  heap->segments = heap->recent = segment;
  Chunk* chunk = first_chunk(segment);
  chunk->previous_size = 0;
  ending_chunk(segment)->size_and_flags = CHUNK_USED;
  heap_set_chunk(chunk, (ULONG)((char*)ending_chunk(segment) - (char*)chunk), CHUNK_USED);
  heap_free_chunk(heap, chunk);
}

// How far above the lowest room for it a heap is put: to one of 32 places 64 KB apart (Windows Internals, 7th
// edition, part 1, chapter 5, "Heap randomization"), or nowhere else where addresses are not randomized.
static SIZE_T draw_shift(void) {
  static LONG heaps;
  ULONG cookie = 0;
  NtQueryInformationProcess(NT_CURRENT_PROCESS, PAGEWALK_PROCESS_COOKIE, &cookie, sizeof cookie, NULL);
  if (!cookie) return 0;
  ULONG value = cookie + (ULONG)InterlockedExchangeAdd(&heaps, (LONG)0x9e3779b9);
  for (int i = 0; i < 2; ++i) value = (value ^ value >> 16) * 0x45d9f3b;
  return (value >> 27) * kGranularity;
}

// What lies below a heap that was moved up is given back, so that a sweep from there faults (same chapter).
static void* reserve_heap(SIZE_T size) {
  SIZE_T shift = draw_shift();
  if (!shift || size + shift < size) return reserve(size);
  void* base = reserve(size + shift);
  if (!base) return reserve(size);
  void* moved = nt_add(base, shift);
  return NT_SUCCESS(NtFreeVirtualMemory(NT_CURRENT_PROCESS, &base, &shift, MEM_RELEASE)) ? moved : base;
}

// Commits the first page of what was reserved; without it nothing stays.
static void* commit_first_page(void* base) {
  if (base && !commit(base, kPage)) {
    release(base);
    return NULL;
  }
  return base;
}

static Segment* add_segment(Heap* heap, ULONG size) {
  SIZE_T needed = round_up(size + sizeof(Segment) + 2 * sizeof(Chunk), kGranularity);
  SIZE_T wanted = heap->next_segment > needed ? heap->next_segment : needed;
  Segment* segment;
  while (!(segment = commit_first_page(reserve(wanted))) && wanted > needed) {
    wanted = wanted / 2 > needed ? round_up(wanted / 2, kGranularity) : needed;
  }
  if (!segment) return NULL;
  if (heap->next_segment < kBiggestSegment) heap->next_segment *= 2;
  start_segment(heap, segment, nt_add(segment, kPage), nt_add(segment, wanted));
  return segment;
}

static ULONG free_at_end(const Segment* segment) {
  const Chunk* last = ending_chunk(segment);
  if (!last->previous_size || chunk_is_used(chunk_previous(last))) return 0;
  return chunk_size(chunk_previous(last));
}

// Callers have looked in the bins: no free chunk, at a segment's end or elsewhere, is big enough.
static BOOLEAN make_room(Heap* heap, Segment* segment, ULONG size) {
  ULONG have = free_at_end(segment);
  return have >= size || heap_grow_segment(heap, segment, size - have);
}

Chunk* heap_grow(Heap* heap, ULONG size) {
  Segment* segment = heap->segments;
  while (segment && !make_room(heap, segment, size)) segment = segment->next;
  if (!segment && heap->next_segment) {
    segment = add_segment(heap, size);
    if (segment && !make_room(heap, segment, size)) segment = NULL;
  }
  return segment ? heap_take_free(heap, size) : NULL;
}

// A heap of a fixed size has the pages that were asked for, this side's own data among them; one that grows
// has all that is reserved for it.
Heap* heap_create_first_segment(SIZE_T size, BOOLEAN growable) {
  size = growable ? round_up(size ? size : kFirstSegment, kGranularity) : round_up(size, kPage);
  Heap* heap = commit_first_page(reserve_heap(size));
  if (!heap) return NULL;
  heap->signature = kHeapSignature;
  heap->room = kListUnits;
  heap->next_segment = growable ? kFirstSegment * 2 : 0;
  Segment* segment = nt_add(heap, round_up(sizeof *heap, kChunkAlignment));
  start_segment(heap, segment, nt_add(heap, kPage), nt_add(heap, size));
  return heap;
}
