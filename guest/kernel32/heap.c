// Heaps ("Heap Functions", Microsoft). HeapAlloc, HeapReAlloc, HeapFree and HeapSize are forwarded to ntdll.
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
