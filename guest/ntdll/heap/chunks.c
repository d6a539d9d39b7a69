// Splitting and merging: the only writer of chunk headers inside a segment.
#include "guest/ntdll/heap/heap.h"

void heap_set_chunk(Chunk* chunk, ULONG size, ULONG flags) {
  chunk->size_and_flags = size / kChunkAlignment | flags;
  chunk_next(chunk)->previous_size = size / kChunkAlignment;
}

// Whether a free chunk of `size` bytes and its neighbour become one.
static BOOLEAN merges_with(const Chunk* neighbour, ULONG size) {
  return !chunk_is_used(neighbour) && size + chunk_size(neighbour) <= kBiggestChunk;
}

Chunk* heap_free_chunk(Heap* heap, Chunk* chunk) {
  ULONG size = chunk_size(chunk);
  Chunk* next = chunk_next(chunk);
  if (merges_with(next, size)) {
    heap_remove_free(heap, next);
    size += chunk_size(next);
  }
  if (chunk->previous_size && merges_with(chunk_previous(chunk), size)) {
    chunk = chunk_previous(chunk);
    heap_remove_free(heap, chunk);
    size += chunk_size(chunk);
  }
  heap_set_chunk(chunk, size, CHUNK_FREE);
  heap_put_free(heap, chunk);
  return chunk;
}

void heap_trim_chunk(Heap* heap, Chunk* chunk, ULONG size) {
  ULONG rest = chunk_size(chunk) - size;
  if (rest < kMinimumChunk) return;
  heap_set_chunk(chunk, size, CHUNK_USED);
  Chunk* tail = chunk_next(chunk);
  heap_set_chunk(tail, rest, CHUNK_USED);
  heap_free_chunk(heap, tail);
}

BOOLEAN heap_extend_chunk(Heap* heap, Chunk* chunk, ULONG size) {
  Chunk* next = chunk_next(chunk);
  if (chunk_is_used(next) || chunk_size(chunk) + chunk_size(next) < size) {
    ULONG have = chunk_size(chunk) + (chunk_is_used(next) ? 0 : chunk_size(next));
    Chunk* last = chunk_is_used(next) ? next : chunk_next(next);
    if (chunk_size(last) != 0) return FALSE;
    if (!heap_grow_segment(heap, heap_segment_of(heap, chunk), size - have)) return FALSE;
    next = chunk_next(chunk);
  }
  heap_remove_free(heap, next);
  heap_set_chunk(chunk, chunk_size(chunk) + chunk_size(next), CHUNK_USED);
  heap_trim_chunk(heap, chunk, size);
  return TRUE;
}
