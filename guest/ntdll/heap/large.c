// Blocks with a reservation of their own. They come zeroed and give everything back when freed.
#include "guest/ntdll/heap/heap.h"

void* heap_allocate_large(Heap* heap, SIZE_T size) {
  SIZE_T total = size + sizeof(LargeBlock);
  if (total < size) return NULL;
  LargeBlock* block = NULL;
  NTSTATUS status = NtAllocateVirtualMemory(NT_CURRENT_PROCESS, (void**)&block, 0, &total,
                                            MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!NT_SUCCESS(status)) return NULL;
  block->committed = total;
  block->reserved = round_up(total, kGranularity);
  block->requested = size;
  block->chunk.size_and_flags = CHUNK_USED | CHUNK_LARGE;
  block->next = heap->large;
  if (block->next) block->next->previous = block;
  heap->large = block;
  return chunk_block(&block->chunk);
}

BOOLEAN heap_resize_large(LargeBlock* block, SIZE_T size) {
  SIZE_T total = round_up(size + sizeof *block, kPage);
  if (size < kLargeBlock || total < size || total > block->reserved) return FALSE;
  void* from = (char*)block + (total < block->committed ? total : block->committed);
  SIZE_T change = total < block->committed ? block->committed - total : total - block->committed;
  NTSTATUS status = STATUS_SUCCESS;
  if (total < block->committed)
    status = NtFreeVirtualMemory(NT_CURRENT_PROCESS, &from, &change, MEM_DECOMMIT);
  if (total > block->committed) {
    status = NtAllocateVirtualMemory(NT_CURRENT_PROCESS, &from, 0, &change, MEM_COMMIT, PAGE_READWRITE);
  }
  if (!NT_SUCCESS(status)) return FALSE;
  block->committed = total;
  block->requested = size;
  return TRUE;
}

BOOLEAN heap_free_large(Heap* heap, LargeBlock* block) {
  if (block->next) block->next->previous = block->previous;
  if (block->previous) {
    block->previous->next = block->next;
  } else {
    heap->large = block->next;
  }
  void* base = block;
  SIZE_T size = 0;
  return NT_SUCCESS(NtFreeVirtualMemory(NT_CURRENT_PROCESS, &base, &size, MEM_RELEASE));
}
