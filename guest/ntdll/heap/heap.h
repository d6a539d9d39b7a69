// The heap behind RtlAllocateHeap: segments of chunks, free chunks in size classes, big blocks on their own.
//
// A segment is one reservation; its committed part is a row of chunks without gaps, ended by a chunk of size
// 0 that is always in use. Each chunk knows its own size and its predecessor's, so neighbours coalesce at
// once.
//
//   state of a chunk   moved by
//   free -> used       heap_take_free (bins.c), split by heap_trim_chunk (chunks.c)
//   used -> listed     heap_list_chunk (lists.c); listed -> used  heap_take_listed
//   listed -> free     heap_empty_lists, before the heap grows and when the lists are long
//   used -> free       heap_free_chunk (chunks.c), merged with free neighbours
//   uncommitted -> free  heap_grow_segment; free -> uncommitted  heap_shrink_segment (segments.c)
//
// Invariants: no two free chunks are neighbours that would be kBiggestChunk or less together; a free chunk is
// in the bin of its size and nowhere else; a listed chunk is in the list of its size; sizes are multiples of
// 8 bytes, headers included, and at least kMinimumChunk.
#ifndef PAGEWALK_GUEST_NTDLL_HEAP_HEAP_H
#define PAGEWALK_GUEST_NTDLL_HEAP_HEAP_H

#include "guest/abi/heap.h"
#include "guest/ntdll/ntdll.h"

enum {
  kHeapSignature = 0x50414548,  // "HEAP"
  kPage = 0x1000,
  kGranularity = 0x10000,
  kChunkAlignment = 8,
  kLargeBlock = 512 * 1024,     // requests from here on get a reservation of their own
  kFirstSegment = 1024 * 1024,  // bytes reserved; each further segment doubles, up to:
  kBiggestSegment = 16 * 1024 * 1024,
  kCommitStep = 64 * 1024,                        // committed at a time
  kBiggestChunk = ((1 << 24) - 1) * 8,            // bytes: what the next chunk's header can say
  kDecommitThreshold = 256 * 1024,                // a free chunk this big at a segment's end gives pages back
  kBiggestListed = 1024,                          // bytes of a chunk
  kMostListed = 256 * 1024,                       // bytes in all lists: then they go back to the bins
  kListUnits = kMostListed / kChunkAlignment,     // the same in units of kChunkAlignment
  kLists = kBiggestListed / kChunkAlignment + 2,  // by units; the last one stays empty
};

// The flags lie above the size, and none means "in use": one comparison tells that a chunk is in use and
// small.
#define CHUNK_USED 0u
#define CHUNK_LISTED (1u << 29)
#define CHUNK_LARGE (1u << 30)
#define CHUNK_FREE (1u << 31)
#define CHUNK_FLAGS (7u << 29)

// Sizes count in units of kChunkAlignment, headers included.
typedef struct Chunk {
  ULONG size_and_flags;
  ULONG previous_size : 24;  // 0 for a segment's first chunk
  ULONG unused : 8;          // bytes of this chunk that the caller did not ask for, header included
} Chunk;

typedef struct FreeChunk {
  Chunk chunk;
  struct FreeChunk* next;
  struct FreeChunk* previous;
} FreeChunk;

typedef struct ListedChunk {
  Chunk chunk;
  struct ListedChunk* next;
} ListedChunk;

enum { kMinimumChunk = sizeof(FreeChunk) };

typedef struct Segment {
  struct Segment* next;
  struct Heap* heap;
  char* end;            // of the reservation
  char* committed_end;  // the ending chunk lies just below
} Segment;

typedef struct LargeBlock {
  struct LargeBlock* next;
  struct LargeBlock* previous;
  SIZE_T committed;  // bytes, this header included
  SIZE_T reserved;
  SIZE_T requested;
  ULONG reserved_word;
  Chunk chunk;  // just before the caller's bytes, as for every block
} LargeBlock;

// Size classes: every multiple of 8 below 256 bytes, then 8 steps for each power of two.
enum { kSmallBins = 32, kStepsPerPower = 8, kPowers = 16, kBins = kSmallBins + kStepsPerPower * kPowers };

typedef struct Heap {
  ULONG signature;
  ULONG flags;
  struct Heap* next;
  RTL_CRITICAL_SECTION lock;
  Segment* segments;
  SIZE_T next_segment;  // bytes to reserve for the next one; 0 when the heap may not grow
  LargeBlock* large;
  ULONG plain;  // kHeapSignature when the heap's flags ask for nothing special: calls may take the short way
  Segment* recent;  // where an address was found last; never one that is gone
  LONG room;        // units that may still be listed; below 0 for the moment when there are too many
  ListedChunk* lists[kLists];
  ULONG occupied[kBins / 32];  // a bit per bin that is not empty
  FreeChunk* bins[kBins];
} Heap;

_Static_assert(sizeof(Chunk) == 8, "a chunk header");
_Static_assert(sizeof(LargeBlock) == 32, "blocks are aligned to 8 bytes");
_Static_assert(kBins % 32 == 0, "bins fill the bitmap's words");

// What debuggers read (guest/abi/heap.h).
_Static_assert((int)kHeapSignature == (int)PAGEWALK_HEAP_SIGNATURE, "a heap's signature");
_Static_assert(offsetof(Heap, next) == offsetof(HeapHeader, Next), "the list of heaps");
_Static_assert(offsetof(Heap, segments) == offsetof(HeapHeader, Segments), "a heap's segments");
_Static_assert(offsetof(Heap, large) == offsetof(HeapHeader, LargeBlocks), "a heap's large blocks");
_Static_assert(sizeof(Segment) == sizeof(HeapSegment), "a segment");
_Static_assert(offsetof(Segment, heap) == offsetof(HeapSegment, Heap), "a segment's heap");
_Static_assert(sizeof(LargeBlock) == sizeof(HeapLargeBlock), "a large block");
_Static_assert(offsetof(LargeBlock, chunk) == offsetof(HeapLargeBlock, SizeAndFlags),
               "a large block's chunk");
_Static_assert(CHUNK_LARGE == PAGEWALK_LARGE_BLOCK_FLAGS, "a large block's flags");

static inline ULONG chunk_units(const Chunk* chunk) { return chunk->size_and_flags & ~CHUNK_FLAGS; }
static inline ULONG chunk_size(const Chunk* chunk) { return chunk_units(chunk) * kChunkAlignment; }
static inline BOOLEAN chunk_is_used(const Chunk* chunk) { return !(chunk->size_and_flags & CHUNK_FREE); }
static inline BOOLEAN chunk_is_large(const Chunk* chunk) {
  return (chunk->size_and_flags & CHUNK_LARGE) != 0;
}
static inline BOOLEAN chunk_is_listed(const Chunk* chunk) {
  return (chunk->size_and_flags & CHUNK_LISTED) != 0;
}
static inline Chunk* chunk_next(const Chunk* chunk) { return nt_add(chunk, chunk_size(chunk)); }
static inline Chunk* chunk_previous(const Chunk* chunk) {
  return (Chunk*)((char*)chunk - chunk->previous_size * kChunkAlignment);
}
static inline void* chunk_block(Chunk* chunk) { return chunk + 1; }
static inline Chunk* block_chunk(const void* block) { return (Chunk*)block - 1; }
static inline LargeBlock* chunk_large(Chunk* chunk) {
  return (LargeBlock*)((char*)chunk - offsetof(LargeBlock, chunk));
}
static inline BOOLEAN segment_holds(const Segment* segment, const void* address) {
  return (char*)address > (char*)segment && (char*)address < segment->committed_end;
}
static inline SIZE_T round_up(SIZE_T size, SIZE_T unit) { return (size + unit - 1) & ~(unit - 1); }

// bins.c
void heap_put_free(Heap* heap, Chunk* chunk);
void heap_remove_free(Heap* heap, Chunk* chunk);
Chunk* heap_take_free(Heap* heap,
                      ULONG size);  // at least `size` bytes, out of its bin; null when there is none

// lists.c
void heap_empty_lists(Heap* heap);                       // into the bins
BOOLEAN heap_lists_are_sound(Heap* heap, ULONG listed);  // they hold `listed` units, each where it belongs

// chunks.c
void heap_set_chunk(Chunk* chunk, ULONG size, ULONG flags);  // and tells the next one
void heap_trim_chunk(Heap* heap, Chunk* chunk, ULONG size);  // gives back what a used chunk has over `size`
Chunk* heap_free_chunk(Heap* heap, Chunk* chunk);            // returns the merged chunk
BOOLEAN heap_extend_chunk(Heap* heap, Chunk* chunk, ULONG size);  // in place, or not at all

// segments.c
Chunk* heap_grow(Heap* heap,
                 ULONG size);  // a used chunk of at least `size` bytes; null when memory is refused
Segment* heap_segment_of(Heap* heap, const void* address);
BOOLEAN heap_grow_segment(Heap* heap, Segment* segment, ULONG size);
void heap_shrink_segment(Heap* heap, Chunk* freed);
Heap* heap_create_first_segment(SIZE_T reserve, BOOLEAN growable);

// large.c
void* heap_allocate_large(Heap* heap, SIZE_T size);
BOOLEAN heap_resize_large(LargeBlock* block, SIZE_T size);  // in place, or not at all
BOOLEAN heap_free_large(Heap* heap, LargeBlock* block);

#endif
