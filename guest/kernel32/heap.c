// Heaps ("Heap Functions", "Global and Local Functions", Microsoft). HeapAlloc, HeapReAlloc and HeapSize are
// forwarded to ntdll. All global and local memory is fixed: its handle is its address.
#include "guest/kernel32/kernel32.h"

HANDLE WINAPI GetProcessHeap(void) { return k32_heap(); }

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum) {
  ULONG flags = options & (HEAP_NO_SERIALIZE | HEAP_GENERATE_EXCEPTIONS | HEAP_CREATE_ENABLE_EXECUTE);
  if (maximum == 0) flags |= HEAP_GROWABLE;
  SIZE_T reserve = maximum ? maximum : initial;
  HANDLE heap = RtlCreateHeap(flags, NULL, reserve, initial, NULL, NULL);
  if (!heap) k32_succeeded(STATUS_NO_MEMORY);
  return heap;
}

BOOL WINAPI HeapDestroy(HANDLE heap) { return RtlDestroyHeap(heap) ? k32_fail(ERROR_INVALID_HANDLE) : TRUE; }

BOOL WINAPI HeapFree(HANDLE heap, DWORD flags, LPVOID block) { return RtlFreeHeap(heap, flags, block); }
BOOL WINAPI HeapValidate(HANDLE heap, DWORD flags, LPCVOID block) {
  return RtlValidateHeap(heap, flags, block);
}
SIZE_T WINAPI HeapCompact(HANDLE heap, DWORD flags) { return RtlCompactHeap(heap, flags); }
BOOL WINAPI HeapLock(HANDLE heap) { return RtlLockHeap(heap); }
BOOL WINAPI HeapUnlock(HANDLE heap) { return RtlUnlockHeap(heap); }
DWORD WINAPI GetProcessHeaps(DWORD count, PHANDLE heaps) { return RtlGetProcessHeaps(count, heaps); }

BOOL WINAPI HeapSetInformation(HANDLE heap, HEAP_INFORMATION_CLASS kind, PVOID information, SIZE_T length) {
  (void)heap, (void)information, (void)length;
  BOOL known = kind == HeapCompatibilityInformation || kind == HeapEnableTerminationOnCorruption;
  return known ? TRUE : k32_fail(ERROR_INVALID_PARAMETER);
}

static void* allocate(UINT zero, SIZE_T bytes) {
  return RtlAllocateHeap(k32_heap(), zero ? HEAP_ZERO_MEMORY : 0, bytes);
}

static HANDLE release(void* memory) { return RtlFreeHeap(k32_heap(), 0, memory) ? NULL : memory; }

static void* resize(void* memory, SIZE_T bytes, UINT zero) {
  return RtlReAllocateHeap(k32_heap(), zero ? HEAP_ZERO_MEMORY : 0, memory, bytes);
}

static SIZE_T size_of(void* memory) {
  SIZE_T size = RtlSizeHeap(k32_heap(), 0, memory);
  return size == (SIZE_T)-1 ? 0 : size;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes) { return allocate(flags & LMEM_ZEROINIT, bytes); }
HLOCAL WINAPI LocalFree(HLOCAL memory) { return release(memory); }
HLOCAL WINAPI LocalReAlloc(HLOCAL memory, SIZE_T bytes, UINT flags) {
  return flags & LMEM_MODIFY ? memory : resize(memory, bytes, flags & LMEM_ZEROINIT);
}
LPVOID WINAPI LocalLock(HLOCAL memory) { return memory; }
BOOL WINAPI LocalUnlock(HLOCAL memory) {
  (void)memory;
  return k32_fail(ERROR_NOT_LOCKED);
}
SIZE_T WINAPI LocalSize(HLOCAL memory) { return size_of(memory); }

HGLOBAL WINAPI GlobalAlloc(UINT flags, SIZE_T bytes) { return allocate(flags & GMEM_ZEROINIT, bytes); }
HGLOBAL WINAPI GlobalFree(HGLOBAL memory) { return release(memory); }
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL memory, SIZE_T bytes, UINT flags) {
  return flags & GMEM_MODIFY ? memory : resize(memory, bytes, flags & GMEM_ZEROINIT);
}
LPVOID WINAPI GlobalLock(HGLOBAL memory) { return memory; }
BOOL WINAPI GlobalUnlock(HGLOBAL memory) {
  (void)memory;
  return k32_fail(ERROR_NOT_LOCKED);
}
SIZE_T WINAPI GlobalSize(HGLOBAL memory) { return size_of(memory); }
HGLOBAL WINAPI GlobalHandle(LPCVOID memory) { return (HGLOBAL)memory; }
