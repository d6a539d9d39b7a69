// Free chunks by size. Any chunk of a bin above the one that a size falls into is big enough; within that bin
// the first that fits is taken.
#include "guest/ntdll/heap/heap.h"

static ULONG bin_of(ULONG size) {
  if (size < kSmallBins * kChunkAlignment) return size / kChunkAlignment;
  ULONG power = 31u - (ULONG)__builtin_clz(size);
  ULONG step = (size >> (power - 3)) & (kStepsPerPower - 1);
  ULONG bin = kSmallBins + (power - 8) * kStepsPerPower + step;
  return bin < kBins ? bin : kBins - 1;
}

void heap_put_free(Heap* heap, Chunk* chunk) {
  ULONG bin = bin_of(chunk_size(chunk));
  FreeChunk* entry = (FreeChunk*)chunk;
  entry->previous = NULL;
  entry->next = heap->bins[bin];
  if (entry->next) entry->next->previous = entry;
  heap->bins[bin] = entry;
  heap->occupied[bin / 32] |= 1u << (bin % 32);
}

void heap_remove_free(Heap* heap, Chunk* chunk) {
  ULONG bin = bin_of(chunk_size(chunk));
  FreeChunk* entry = (FreeChunk*)chunk;
  if (entry->next) entry->next->previous = entry->previous;
  if (entry->previous) {
    entry->previous->next = entry->next;
    return;
  }
  heap->bins[bin] = entry->next;
  if (!entry->next) heap->occupied[bin / 32] &= ~(1u << (bin % 32));
}

// The first bin from `bin` on that is not empty; kBins when there is none.
static ULONG next_occupied(const Heap* heap, ULONG bin) {
  for (ULONG word = bin / 32; word < kBins / 32; ++word) {
    ULONG bits = heap->occupied[word];
    if (word == bin / 32) bits &= ~0u << (bin % 32);
    if (bits) return word * 32 + (ULONG)__builtin_ctz(bits);
  }
  return kBins;
}

Chunk* heap_take_free(Heap* heap, ULONG size) {
  ULONG bin = bin_of(size);
  FreeChunk* entry = heap->bins[bin];
  while (entry && chunk_size(&entry->chunk) < size) entry = entry->next;
  if (!entry) {
    bin = bin + 1 < kBins ? next_occupied(heap, bin + 1) : kBins;
    if (bin == kBins) return NULL;
    entry = heap->bins[bin];
  }
  heap_remove_free(heap, &entry->chunk);
  return &entry->chunk;
}
