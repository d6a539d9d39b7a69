// Memory with handles, behind the Global and the Local functions; they share objects and flags (GMEM_...).
#ifndef PAGEWALK_GUEST_KERNEL32_MOVABLE_MEMORY_H
#define PAGEWALK_GUEST_KERNEL32_MOVABLE_MEMORY_H

#include "guest/kernel32/kernel32.h"

// Each answers null, 0 or GMEM_INVALID_HANDLE with the last error when there is no such object.
HANDLE k32_allocate_memory(UINT flags, SIZE_T bytes);
HANDLE k32_reallocate_memory(HANDLE memory, SIZE_T bytes, UINT flags);
HANDLE k32_free_memory(HANDLE memory);  // null when it is free now, else `memory`
void* k32_lock_memory(HANDLE memory);
SIZE_T k32_memory_size(HANDLE memory);
UINT k32_memory_flags(HANDLE memory);  // GMEM_DISCARDABLE, GMEM_DISCARDED; the lowest byte counts locks
HANDLE k32_memory_handle(const void* block);

// Whether it is still locked. When the last lock went the last error is ERROR_SUCCESS; ERROR_NOT_LOCKED when
// there was none.
BOOL k32_unlock_memory(HANDLE memory);

BOOL k32_is_fixed_memory(HANDLE memory);  // its handle is its address

#endif
