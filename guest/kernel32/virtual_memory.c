// VirtualAlloc and its family ("Memory Management Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

enum { kAllocationGranularity = 0x10000 };

LPVOID WINAPI VirtualAllocEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type, DWORD protection) {
  if (address && (ULONG)address < kAllocationGranularity) {
    k32_succeeded(STATUS_INVALID_PARAMETER);
    return NULL;
  }
  NTSTATUS status = NtAllocateVirtualMemory(process, &address, 0, &size, type, protection);
  return k32_succeeded(status) ? address : NULL;
}

LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protection) {
  return VirtualAllocEx(NT_CURRENT_PROCESS, address, size, type, protection);
}

BOOL WINAPI VirtualFreeEx(HANDLE process, LPVOID address, SIZE_T size, DWORD type) {
  if (type & MEM_RELEASE && size) return k32_succeeded(STATUS_INVALID_PARAMETER);
  return k32_succeeded(NtFreeVirtualMemory(process, &address, &size, type));
}

BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type) {
  return VirtualFreeEx(NT_CURRENT_PROCESS, address, size, type);
}

BOOL WINAPI VirtualProtectEx(HANDLE process, LPVOID address, SIZE_T size, DWORD protection, PDWORD old) {
  return k32_succeeded(NtProtectVirtualMemory(process, &address, &size, protection, old));
}

BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T size, DWORD protection, PDWORD old) {
  return VirtualProtectEx(NT_CURRENT_PROCESS, address, size, protection, old);
}

SIZE_T WINAPI VirtualQueryEx(HANDLE process, LPCVOID address, PMEMORY_BASIC_INFORMATION information,
                             SIZE_T length) {
  SIZE_T returned = 0;
  NTSTATUS status = NtQueryVirtualMemory(process, address, 0, information, length, &returned);
  return k32_succeeded(status) ? returned : 0;
}

SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION information, SIZE_T length) {
  return VirtualQueryEx(NT_CURRENT_PROCESS, address, information, length);
}

BOOL WINAPI FlushInstructionCache(HANDLE process, LPCVOID address, SIZE_T size) {
  (void)process, (void)address, (void)size;  // x86 keeps instruction fetches coherent by itself
  return TRUE;
}
