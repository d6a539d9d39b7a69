// The Global and the Local functions ("Global and Local Functions", Microsoft). They differ in the bits that
// say "discardable", and in what unlocking fixed memory answers: to GlobalUnlock it is still locked, to
// LocalUnlock it never was.
#include "guest/kernel32/movable_memory.h"

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T bytes) {
  if (flags & ~(UINT)GMEM_VALID_FLAGS) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  return k32_allocate_memory(flags, bytes);
}
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T bytes, UINT flags) {
  return k32_reallocate_memory(memory, bytes, flags);
}
HGLOBAL WINAPI GlobalFree(HGLOBAL memory) { return k32_free_memory(memory); }
LPVOID WINAPI GlobalLock(HGLOBAL memory) { return k32_lock_memory(memory); }
BOOL WINAPI GlobalUnlock(HGLOBAL memory) { return k32_is_fixed_memory(memory) || k32_unlock_memory(memory); }
SIZE_T WINAPI GlobalSize(HGLOBAL memory) { return k32_memory_size(memory); }
UINT WINAPI GlobalFlags(HGLOBAL memory) { return k32_memory_flags(memory); }
HGLOBAL WINAPI GlobalHandle(LPCVOID block) { return k32_memory_handle(block); }

static UINT global_flags(UINT local) {
  UINT others = local & ~(UINT)LMEM_DISCARDABLE;
  return local & LMEM_DISCARDABLE ? others | GMEM_DISCARDABLE : others;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes) {
  if (flags & ~(UINT)LMEM_VALID_FLAGS) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  return k32_allocate_memory(global_flags(flags), bytes);
}
HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T bytes, UINT flags) {
  return k32_reallocate_memory(memory, bytes, global_flags(flags));
}
HLOCAL WINAPI LocalFree(HLOCAL memory) { return k32_free_memory(memory); }
LPVOID WINAPI LocalLock(HLOCAL memory) { return k32_lock_memory(memory); }
BOOL WINAPI LocalUnlock(HLOCAL memory) {
  return k32_is_fixed_memory(memory) ? k32_fail(ERROR_NOT_LOCKED) : k32_unlock_memory(memory);
}
SIZE_T WINAPI LocalSize(HLOCAL memory) { return k32_memory_size(memory); }
UINT WINAPI LocalFlags(HLOCAL memory) {
  UINT flags = k32_memory_flags(memory);
  return flags & GMEM_DISCARDABLE ? flags | LMEM_DISCARDABLE : flags;
}
HLOCAL WINAPI LocalHandle(LPCVOID block) { return k32_memory_handle(block); }
