// Modules and what they export ("Dynamic-Link Library Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

static HMODULE image_base(void) { return nt_pointer(nt_peb()->ImageBaseAddress); }

HMODULE WINAPI GetModuleHandleW(LPCWSTR name) {
  if (!name) return image_base();
  NtUnicodeString string;
  void* base;
  RtlInitUnicodeString(&string, name);
  if (string.Length == 0) {
    k32_fail(ERROR_MOD_NOT_FOUND);
    return NULL;
  }
  return k32_succeeded(LdrGetDllHandle(NULL, NULL, &string, &base)) ? base : NULL;
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name) {
  if (!name) return image_base();
  WCHAR* wide = k32_to_wide(name);
  if (!wide) return NULL;
  HMODULE module = GetModuleHandleW(wide);
  k32_free(wide);
  return module;
}

static BOOL take_reference(DWORD flags, HMODULE module) {
  if (flags & GET_MODULE_HANDLE_EX_FLAG_PIN) return k32_succeeded(LdrAddRefDll(1, module));
  if (flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT) return TRUE;
  return k32_succeeded(LdrAddRefDll(0, module));
}

static HMODULE module_at(const void* address) {
  LdrDataTableEntry* entry;
  if (NT_SUCCESS(LdrFindEntryForAddress(address, &entry))) return nt_pointer(entry->DllBase);
  k32_fail(ERROR_MOD_NOT_FOUND);
  return NULL;
}

BOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE* module) {
  BOOL by_address = flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  *module = by_address ? module_at(name) : GetModuleHandleW(name);
  return *module && take_reference(flags, *module);
}

BOOL WINAPI GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE* module) {
  BOOL by_address = flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  *module = by_address ? module_at(name) : GetModuleHandleA(name);
  return *module && take_reference(flags, *module);
}

static const UnicodeString* full_name(HMODULE module) {
  LdrDataTableEntry* entry;
  void* base = module ? (void*)module : (void*)image_base();
  if (NT_SUCCESS(LdrFindEntryForAddress(base, &entry)) && entry->DllBase == nt_address(base)) {
    return &entry->FullDllName;
  }
  k32_fail(ERROR_MOD_NOT_FOUND);
  return NULL;
}

// Both forms cut a name that does not fit, end it, and say so.
DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD room) {
  const UnicodeString* name = full_name(module);
  if (!name) return 0;
  DWORD length = name->Length / sizeof(WCHAR);
  k32_fail(length < room ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
  if (room == 0) return 0;
  DWORD copied = length < room ? length : room - 1;
  memcpy(buffer, nt_pointer(name->Buffer), copied * sizeof *buffer);
  buffer[copied] = 0;
  return length < room ? length : room;
}

DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR buffer, DWORD room) {
  const UnicodeString* name = full_name(module);
  if (!name) return 0;
  DWORD length = name->Length / sizeof(WCHAR);
  k32_fail(length < room ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
  if (room == 0) return 0;
  DWORD copied = length < room ? length : room - 1;
  RtlUnicodeToMultiByteN(buffer, copied, NULL, nt_pointer(name->Buffer), copied * sizeof(WCHAR));
  buffer[copied] = 0;
  return length < room ? length : room;
}

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name) {
  AnsiString string;
  void* procedure;
  BOOL by_ordinal = (ULONG)name < 0x10000;
  if (!by_ordinal) RtlInitAnsiString(&string, name);
  NTSTATUS status =
      LdrGetProcedureAddress(module ? (void*)module : (void*)image_base(), by_ordinal ? NULL : &string,
                             by_ordinal ? (ULONG)name : 0, &procedure);
  return k32_succeeded(status) ? (FARPROC)procedure : NULL;
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags) {
  NtUnicodeString string;
  void* base;
  if (!name || file || flags & (LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE)) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return NULL;
  }
  RtlInitUnicodeString(&string, name);
  return k32_succeeded(LdrLoadDll(NULL, NULL, &string, &base)) ? base : NULL;
}

HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags) {
  WCHAR* wide = k32_to_wide(name);
  HMODULE module = LoadLibraryExW(wide, file, flags);
  if (wide) k32_free(wide);
  return module;
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name) { return LoadLibraryExW(name, NULL, 0); }
HMODULE WINAPI LoadLibraryA(LPCSTR name) { return LoadLibraryExA(name, NULL, 0); }

BOOL WINAPI FreeLibrary(HMODULE module) { return k32_succeeded(LdrUnloadDll(module)); }

BOOL WINAPI DisableThreadLibraryCalls(HMODULE module) {
  return k32_succeeded(LdrDisableThreadCalloutsForDll(module));
}
