// malloc's family over the process heap.
#include <malloc.h>

#include "guest/msvcrt/msvcrt.h"

static HANDLE heap;  // the process's

void crt_initialize_heap(void) { heap = GetProcessHeap(); }

static __attribute__((noinline)) void* no_memory(void) {
  *_errno() = ENOMEM;
  return NULL;
}

static inline void* checked(void* block) { return block ? block : no_memory(); }

void* malloc(size_t size) { return checked(HeapAlloc(heap, 0, size)); }

void* calloc(size_t count, size_t size) {
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) return checked(NULL);
  return checked(HeapAlloc(heap, HEAP_ZERO_MEMORY, total));
}

void free(void* block) { HeapFree(heap, 0, block); }

void* realloc(void* block, size_t size) {
  if (!block) return malloc(size);
  if (size == 0) {
    free(block);
    return NULL;
  }
  return checked(HeapReAlloc(heap, 0, block, size));
}

size_t _msize(void* block) { return HeapSize(heap, 0, block); }

void* _expand(void* block, size_t size) { return HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, size); }

int _heapchk(void) { return HeapValidate(heap, 0, NULL) ? _HEAPOK : _HEAPBADNODE; }
int _heapmin(void) {
  HeapCompact(heap, 0);
  return 0;
}
intptr_t _get_heap_handle(void) { return (intptr_t)heap; }

// The address that free must get lies in the word before the aligned block.
void* _aligned_offset_malloc(size_t size, size_t alignment, size_t offset) {
  if (alignment < sizeof(void*)) alignment = sizeof(void*);
  if (alignment & (alignment - 1)) {
    *_errno() = EINVAL;
    return NULL;
  }
  char* block = malloc(size + alignment + sizeof(void*));
  if (!block) return NULL;
  uintptr_t at = (uintptr_t)block + sizeof(void*) + offset + alignment - 1;
  at = (at & ~(uintptr_t)(alignment - 1)) - offset;
  ((void**)at)[-1] = block;
  return (void*)at;
}

void* _aligned_malloc(size_t size, size_t alignment) { return _aligned_offset_malloc(size, alignment, 0); }

void _aligned_free(void* block) {
  if (block) free(((void**)block)[-1]);
}

void* _aligned_realloc(void* block, size_t size, size_t alignment) {
  if (!block) return _aligned_malloc(size, alignment);
  char* whole = ((char**)block)[-1];
  size_t old = _msize(whole) - (size_t)((char*)block - whole);
  void* moved = _aligned_malloc(size, alignment);
  if (!moved) return NULL;
  memcpy(moved, block, old < size ? old : size);
  _aligned_free(block);
  return moved;
}
