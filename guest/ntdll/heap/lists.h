// What every allocation and every free goes through first (lists.c): short, and inlined. Sizes count in units
// of kChunkAlignment, headers included; a list holds chunks of one size.
#ifndef PAGEWALK_GUEST_NTDLL_HEAP_LISTS_H
#define PAGEWALK_GUEST_NTDLL_HEAP_LISTS_H

#include "guest/ntdll/heap/heap.h"

// Of the smallest chunk for `size` bytes, at least 1.
static inline ULONG list_of_request(SIZE_T size) {
  return (size + sizeof(Chunk) + kChunkAlignment - 1) / kChunkAlignment;
}

static inline ULONG heap_listed(const Heap* heap) { return (ULONG)(kListUnits - heap->room); }

// Null when the list is empty.
static inline Chunk* heap_take_listed(Heap* heap, ULONG list) {
  ListedChunk **first = &heap->lists[list], *entry = *first;
  if (!entry) return NULL;
  *first = entry->next;
  heap->room += (LONG)list;
  entry->chunk.size_and_flags = list | CHUNK_USED;
  return &entry->chunk;
}

// Of a block that may go into a list; null for whatever needs a closer look.
static inline Chunk* heap_listable_chunk(Heap* heap, const void* block) {
  Chunk* chunk = block_chunk(block);
  if ((ULONG)block & (kChunkAlignment - 1) || !segment_holds(heap->recent, chunk)) return NULL;
  enum { kSmallest = kMinimumChunk / kChunkAlignment, kBiggest = kBiggestListed / kChunkAlignment };
  return chunk->size_and_flags - kSmallest <= kBiggest - kSmallest ? chunk : NULL;
}

// True when the lists hold too much now.
static inline BOOLEAN heap_list_chunk(Heap* heap, Chunk* chunk) {
  ULONG list = chunk_units(chunk);
  ListedChunk *entry = (ListedChunk*)chunk, **first = &heap->lists[list];
  chunk->size_and_flags = list + CHUNK_LISTED;
  entry->next = *first;
  *first = entry;
  heap->room -= (LONG)list;
  return heap->room < 0;
}

#endif
