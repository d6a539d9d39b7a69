// RtlValidateHeap: walks every segment and checks heap.h's invariants.
#include "guest/ntdll/heap/lists.h"

// Adds to `listed` the units of chunks that must be in the lists.
static BOOLEAN row_is_sound(const Segment* segment, Chunk* chunk, ULONG* listed) {
  const Chunk* end = (const Chunk*)(segment->committed_end - sizeof *end);
  ULONG previous = 0;
  BOOLEAN previous_used = TRUE;
  for (; chunk < end; chunk = chunk_next(chunk)) {
    if (chunk_size(chunk) > (SIZE_T)((const char*)end - (const char*)chunk)) return FALSE;
    if (chunk_size(chunk) < kMinimumChunk || chunk->previous_size * kChunkAlignment != previous) return FALSE;
    if (!chunk_is_used(chunk) && !previous_used && previous + chunk_size(chunk) <= kBiggestChunk)
      return FALSE;
    if (chunk_is_listed(chunk)) *listed += chunk_units(chunk);
    previous = chunk_size(chunk);
    previous_used = chunk_is_used(chunk);
  }
  return chunk == end && chunk_size(end) == 0 && end->previous_size * kChunkAlignment == previous;
}

BOOLEAN NTAPI RtlValidateHeap(HANDLE handle, ULONG flags, const void* block) {
  Heap* heap = handle;
  if (!heap || heap->signature != kHeapSignature) return FALSE;
  if (block) return RtlSizeHeap(handle, flags, block) != (SIZE_T)-1;
  ULONG listed = 0;
  for (Segment* segment = heap->segments; segment; segment = segment->next) {
    if (!row_is_sound(segment, (Chunk*)(segment + 1), &listed)) return FALSE;
  }
  return heap_lists_are_sound(heap, listed);
}
