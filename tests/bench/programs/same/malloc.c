// A heap with boundary tags and a free list for each size (Knuth, "The Art of Computer Programming", volume
// 1, section 2.5): a block is split where it is too large, and merged with its free neighbours when it is
// freed. It has one arena, and no lock.
#include <stddef.h>
#include <stdint.h>

#include "../library.h"

enum {
  kArena = 1 << 20,
  kUnit = 16,  // sizes are multiples of it
  kBins = 64,  // bin i has the chunks of i units; the last all that are larger
  kUsed = 1,   // in a size
};

typedef struct Chunk {
  uint32_t before;                // the size of the chunk before
  uint32_t size;                  // the size of this, header included, and kUsed
  struct Chunk *next, *previous;  // while it is free
} Chunk;

enum { kHeader = offsetof(Chunk, next) };

static _Alignas(kUnit) Chunk arena[kArena / sizeof(Chunk)];
static Chunk* bins[kBins];
static uint64_t filled;  // bit i: bin i has a chunk
static int ready;

static int bin_of(uint32_t size) { return size / kUnit < kBins ? (int)(size / kUnit) : kBins - 1; }
static Chunk* after(Chunk* chunk) { return (Chunk*)((char*)chunk + (chunk->size & ~(uint32_t)kUsed)); }

static void insert(Chunk* chunk, uint32_t size) {
  int bin = bin_of(size);
  chunk->size = size;
  after(chunk)->before = size;
  chunk->next = bins[bin];
  chunk->previous = NULL;
  if (bins[bin]) bins[bin]->previous = chunk;
  bins[bin] = chunk;
  filled |= 1ull << bin;
}

static void take_out(Chunk* chunk) {
  int bin = bin_of(chunk->size);
  if (chunk->next) chunk->next->previous = chunk->previous;
  if (chunk->previous) {
    chunk->previous->next = chunk->next;
  } else if (!(bins[bin] = chunk->next)) {
    filled &= ~(1ull << bin);
  }
}

// One free chunk of the whole arena but for a used one at its end, which nothing merges with.
static void prepare(void) {
  ready = 1;
  Chunk *first = arena, *last = (Chunk*)((char*)arena + kArena - kUnit);
  first->before = kUsed;
  last->size = kUnit | kUsed;
  insert(first, kArena - kUnit);
}

static Chunk* find(uint32_t size) {
  uint64_t candidates = filled >> bin_of(size) << bin_of(size);
  if (!candidates) return NULL;
  Chunk* chunk = bins[__builtin_ctzll(candidates)];
  while (chunk && chunk->size < size) chunk = chunk->next;
  return chunk;
}

void* same_malloc(size_t wanted) {
  if (!ready) prepare();
  if (wanted > kArena) return NULL;
  uint32_t size = ((uint32_t)wanted + kHeader + kUnit - 1) & ~(uint32_t)(kUnit - 1);
  if (size < sizeof(Chunk)) size = (sizeof(Chunk) + kUnit - 1) & ~(uint32_t)(kUnit - 1);
  Chunk* chunk = find(size);
  if (!chunk) return NULL;
  take_out(chunk);
  uint32_t rest = chunk->size - size;
  if (rest >= 2 * kUnit) {
    chunk->size = size;
    after(chunk)->before = size;
    insert(after(chunk), rest);
  }
  chunk->size |= kUsed;
  return (char*)chunk + kHeader;
}

void same_free(void* block) {
  if (!block) return;
  Chunk* chunk = (Chunk*)((char*)block - kHeader);
  uint32_t size = chunk->size & ~(uint32_t)kUsed;
  Chunk* next = after(chunk);
  if (!(next->size & kUsed)) {
    take_out(next);
    size += next->size;
  }
  if (chunk != arena) {
    Chunk* previous = (Chunk*)((char*)chunk - chunk->before);
    if (!(previous->size & kUsed)) {
      take_out(previous);
      size += previous->size;
      chunk = previous;
    }
  }
  insert(chunk, size);
}
