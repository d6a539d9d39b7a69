// Where ntdll's heap keeps its reservations, for who reads them from outside the process: a debugger. The
// heap itself (guest/ntdll/heap/heap.h) proves that its structures begin like this.
#ifndef PAGEWALK_GUEST_ABI_HEAP_H
#define PAGEWALK_GUEST_ABI_HEAP_H

#include "guest/abi/structures.h"

#ifdef __cplusplus
namespace abi {
#endif

#define PAGEWALK_HEAP_SIGNATURE 0x50414548      // "HEAP"
#define PAGEWALK_LARGE_BLOCK_FLAGS 0x40000000u  // of the chunk in the header of every large block
#define PAGEWALK_HEAP_LOCK_SIZE 24              // of RTL_CRITICAL_SECTION

typedef struct HeapHeader {  // what a heap's handle is the address of
  uint32_t Signature;
  uint32_t Flags;
  GuestPointer Next;  // in the order of their making; the process's heap is the first
  uint8_t Lock[PAGEWALK_HEAP_LOCK_SIZE];
  GuestPointer Segments;  // HeapSegment; the first that was made lies behind the heap itself
  uint32_t NextSegment;
  GuestPointer LargeBlocks;  // HeapLargeBlock
} HeapHeader;

typedef struct HeapSegment {
  GuestPointer Next;
  GuestPointer Heap;
  GuestPointer End;  // of the reservation
  GuestPointer CommittedEnd;
} HeapSegment;

typedef struct HeapLargeBlock {  // begins a reservation
  GuestPointer Next;
  GuestPointer Previous;
  uint32_t Committed;  // bytes, this header included
  uint32_t Reserved;
  uint32_t Requested;
  uint32_t ReservedWord;
  uint32_t SizeAndFlags;
  uint32_t ChunkRest;
} HeapLargeBlock;

#ifdef __cplusplus
}  // namespace abi
#endif

#endif
