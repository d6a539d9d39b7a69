// The front end: a list of chunks of one size each, as the low-fragmentation heap has its buckets ("Low-
// fragmentation Heap", Microsoft). What is freed goes to the list of its size, and the next allocation of
// that size takes it from there: no neighbours are merged and none is split. To the rest of the heap a listed
// chunk is in use.
#include "guest/ntdll/heap/lists.h"

void heap_empty_lists(Heap* heap) {
  for (ULONG list = 0; list < kLists; ++list) {
    for (ListedChunk *entry = heap->lists[list], *next; entry; entry = next) {
      next = entry->next;
      heap_shrink_segment(heap, heap_free_chunk(heap, &entry->chunk));
    }
    heap->lists[list] = NULL;
  }
  heap->room = kListUnits;
}

// Whether the lists hold `expected` units, every chunk in the list of its size. A list that overrun memory
// leads round in a circle ends where it holds more than that.
BOOLEAN heap_lists_are_sound(Heap* heap, ULONG expected) {
  ULONG found = 0;
  for (ULONG list = 0; list < kLists; ++list) {
    for (ListedChunk* entry = heap->lists[list]; entry; entry = entry->next) {
      if (!heap_segment_of(heap, entry) || !chunk_is_listed(&entry->chunk)) return FALSE;
      if (chunk_units(&entry->chunk) != list) return FALSE;
      found += list;
      if (found > expected) return FALSE;
    }
  }
  return found == expected && heap_listed(heap) == expected;
}
