// Environment variables: one UTF-16 block that the process parameters name ("Environment Variables",
// Microsoft).
#include "guest/kernel32/kernel32.h"

static WCHAR* block(void) { return nt_pointer(k32_parameters()->Environment); }

// Characters of the whole block, its last zero included.
static SIZE_T block_length(const WCHAR* start) {
  const WCHAR* end = start;
  while (end && *end) end += k32_wide_length(end) + 1;
  return end ? (SIZE_T)(end - start) + 1 : 0;
}

// The entry `name=...`; null when there is none. A leading '=' belongs to the name ("=C:=C:\dir").
static WCHAR* find(const WCHAR* name, SIZE_T length) {
  for (WCHAR* entry = block(); entry && *entry; entry += k32_wide_length(entry) + 1) {
    SIZE_T i = 0;
    while (i < length && RtlUpcaseUnicodeChar(entry[i]) == RtlUpcaseUnicodeChar(name[i])) ++i;
    if (i == length && entry[i] == '=') return entry;
  }
  return NULL;
}

static const WCHAR* value_of(const WCHAR* name) {
  SIZE_T length = k32_wide_length(name);
  const WCHAR* entry = length ? find(name, length) : NULL;
  if (entry) return entry + length + 1;
  k32_fail(ERROR_ENVVAR_NOT_FOUND);
  return NULL;
}

DWORD WINAPI GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD room) {
  const WCHAR* value = value_of(name);
  if (!value) return 0;
  k32_fail(ERROR_SUCCESS);
  return k32_return_text(value, k32_wide_length(value), buffer, room);
}

DWORD WINAPI GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD room) {
  WCHAR* wide = k32_to_wide(name);
  const WCHAR* value = wide ? value_of(wide) : NULL;
  if (wide) k32_free(wide);
  if (!value) return 0;
  k32_fail(ERROR_SUCCESS);
  return k32_return_ansi(value, k32_wide_length(value), buffer, room);
}

// A new block: the old one without `old`, and `name=value` at its end when there is a value.
static WCHAR* rebuild(const WCHAR* old, const WCHAR* name, const WCHAR* value) {
  SIZE_T kept = block_length(block()), added = 0;
  if (value) added = k32_wide_length(name) + k32_wide_length(value) + 2;
  WCHAR* made = RtlAllocateHeap(k32_heap(), 0, (kept + added + 1) * sizeof *made);
  if (!made) return NULL;
  WCHAR* to = made;
  for (WCHAR* entry = block(); entry && *entry; entry += k32_wide_length(entry) + 1) {
    if (entry == old) continue;
    lstrcpyW(to, entry);
    to += k32_wide_length(to) + 1;
  }
  if (value) {
    lstrcpyW(to, name);
    lstrcatW(to, L"=");
    lstrcatW(to, value);
    to += k32_wide_length(to) + 1;
  }
  *to = 0;
  return made;
}

BOOL WINAPI SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value) {
  static WCHAR* own;  // a block that was made here; the first one is the host's
  if (!name || !*name) return k32_fail(ERROR_INVALID_PARAMETER);
  WCHAR* old = find(name, k32_wide_length(name));
  if (!old && !value) return k32_fail(ERROR_ENVVAR_NOT_FOUND);
  WCHAR* made = rebuild(old, name, value);
  if (!made) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
  k32_parameters()->Environment = nt_address(made);
  if (own) k32_free(own);
  own = made;
  return TRUE;
}

BOOL WINAPI SetEnvironmentVariableA(LPCSTR name, LPCSTR value) {
  WCHAR *wide_name = k32_to_wide(name), *wide_value = k32_to_wide(value);
  BOOL set = SetEnvironmentVariableW(wide_name, wide_value);
  if (wide_name) k32_free(wide_name);
  if (wide_value) k32_free(wide_value);
  return set;
}

LPWCH WINAPI GetEnvironmentStringsW(void) {
  SIZE_T length = block_length(block());
  WCHAR* copy = RtlAllocateHeap(k32_heap(), 0, (length + 1) * sizeof *copy);
  if (!copy) return NULL;
  memcpy(copy, block(), length * sizeof *copy);
  if (length == 0) *copy = 0;
  return copy;
}

LPCH WINAPI GetEnvironmentStrings(void) {
  SIZE_T length = block_length(block());
  char* copy = RtlAllocateHeap(k32_heap(), 0, length + 1);
  if (!copy) return NULL;
  RtlUnicodeToMultiByteN(copy, length, NULL, block(), length * sizeof(WCHAR));
  if (length == 0) *copy = 0;
  return copy;
}

BOOL WINAPI FreeEnvironmentStringsW(LPWCH strings) { return RtlFreeHeap(k32_heap(), 0, strings); }
BOOL WINAPI FreeEnvironmentStringsA(LPCH strings) { return RtlFreeHeap(k32_heap(), 0, strings); }
