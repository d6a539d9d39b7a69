// Names: full paths, the current directory, temporary files ("GetFullPathNameW", "GetTempFileNameW",
// Microsoft).
#include "guest/kernel32/files.h"

DWORD WINAPI GetFullPathNameW(LPCWSTR name, DWORD room, LPWSTR buffer, LPWSTR* file_part) {
  ULONG bytes = RtlGetFullPathName_U(name, room * sizeof *buffer, buffer, file_part);
  if (!bytes) k32_fail(ERROR_INVALID_NAME);
  return bytes / sizeof *buffer;
}

// The full path in the heap; null and the last error on failure.
static WCHAR* full_path(const char* name) {
  WCHAR* wide = k32_to_wide(name);
  if (!wide) return NULL;
  DWORD room = GetFullPathNameW(wide, 0, NULL, NULL);
  WCHAR* full = room ? RtlAllocateHeap(k32_heap(), 0, room * sizeof *full) : NULL;
  if (full) GetFullPathNameW(wide, room, full, NULL);
  k32_free(wide);
  return full;
}

DWORD WINAPI GetFullPathNameA(LPCSTR name, DWORD room, LPSTR buffer, LPSTR* file_part) {
  if (file_part) *file_part = NULL;
  WCHAR* full = full_path(name);
  if (!full) return 0;
  DWORD length = k32_return_ansi(full, k32_wide_length(full), buffer, room);
  k32_free(full);
  if (!file_part || length >= room) return length;
  char* last = strrchr(buffer, '\\');
  if (last && last[1]) *file_part = last + 1;
  return length;
}

DWORD WINAPI GetCurrentDirectoryW(DWORD room, LPWSTR buffer) {
  return RtlGetCurrentDirectory_U(room * sizeof *buffer, buffer) / sizeof *buffer;
}

DWORD WINAPI GetCurrentDirectoryA(DWORD room, LPSTR buffer) {
  WCHAR text[MAX_PATH];
  DWORD length = GetCurrentDirectoryW(MAX_PATH, text);
  return k32_return_ansi(text, length, buffer, room);
}

BOOL WINAPI SetCurrentDirectoryW(LPCWSTR name) {
  NtUnicodeString path;
  RtlInitUnicodeString(&path, name);
  return k32_succeeded(RtlSetCurrentDirectory_U(&path));
}
BOOL WINAPI SetCurrentDirectoryA(LPCSTR name) {
  K32_WITH_WIDE(BOOL, FALSE, name, SetCurrentDirectoryW(wide));
}

// TMP, TEMP, USERPROFILE or the Windows directory, with a backslash at the end.
DWORD WINAPI GetTempPathW(DWORD room, LPWSTR buffer) {
  static const WCHAR* const kVariables[] = {L"TMP", L"TEMP", L"USERPROFILE"};
  WCHAR text[MAX_PATH + 1];
  DWORD length = 0;
  for (int i = 0; i < 3 && !length; ++i) length = GetEnvironmentVariableW(kVariables[i], text, MAX_PATH);
  if (!length || length >= MAX_PATH) length = GetWindowsDirectoryW(text, MAX_PATH);
  if (text[length - 1] != '\\') text[length++] = '\\';
  return k32_return_text(text, length, buffer, room);
}

DWORD WINAPI GetTempPathA(DWORD room, LPSTR buffer) {
  WCHAR text[MAX_PATH + 1];
  DWORD length = GetTempPathW(MAX_PATH + 1, text);
  return k32_return_ansi(text, length, buffer, room);
}

// <path>\<pre><unique in hexadecimal>.TMP
static BOOL make_temp_name(WCHAR* to, const WCHAR* path, const WCHAR* prefix, UINT unique) {
  static const WCHAR kDigits[] = L"0123456789ABCDEF";
  SIZE_T length = k32_wide_length(path);
  if (length > MAX_PATH - 14) return k32_fail(ERROR_BUFFER_OVERFLOW);
  memcpy(to, path, length * sizeof *to);
  if (length && to[length - 1] != '\\' && to[length - 1] != '/') to[length++] = '\\';
  for (int i = 0; i < 3 && prefix && prefix[i]; ++i) to[length++] = prefix[i];
  BOOL started = FALSE;
  for (int shift = 12; shift >= 0; shift -= 4) {
    UINT digit = unique >> shift & 0xf;
    started = started || digit || shift == 0;
    if (started) to[length++] = kDigits[digit];
  }
  lstrcpyW(to + length, L".TMP");
  return TRUE;
}

static BOOL create_empty(const WCHAR* name) {
  HANDLE file = CreateFileW(name, GENERIC_READ, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return FALSE;
  NtClose(file);
  return TRUE;
}

// Numbers start at the guest's time, as on Windows: the same every time when that is virtual.
UINT WINAPI GetTempFileNameW(LPCWSTR path, LPCWSTR prefix, UINT unique, LPWSTR name) {
  if (unique & 0xffff) return make_temp_name(name, path, prefix, unique & 0xffff) ? unique & 0xffff : 0;
  DWORD attributes = GetFileAttributesW(path);
  if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
    return (UINT)k32_fail(ERROR_DIRECTORY);
  UINT first = GetTickCount() & 0xffff;
  for (UINT tried = 0; tried < 0xffff; ++tried) {
    UINT number = (first + tried) & 0xffff;
    if (!number) continue;
    if (!make_temp_name(name, path, prefix, number)) return 0;
    if (create_empty(name)) return number;
    if (RtlGetLastWin32Error() != ERROR_FILE_EXISTS) return 0;
  }
  return (UINT)k32_fail(ERROR_FILE_EXISTS);
}

UINT WINAPI GetTempFileNameA(LPCSTR path, LPCSTR prefix, UINT unique, LPSTR name) {
  WCHAR made[MAX_PATH];
  WCHAR *wide_path = k32_to_wide(path), *wide_prefix = prefix ? k32_to_wide(prefix) : NULL;
  UINT number = wide_path ? GetTempFileNameW(wide_path, wide_prefix, unique, made) : 0;
  if (wide_path) k32_free(wide_path);
  if (wide_prefix) k32_free(wide_prefix);
  if (number) k32_return_ansi(made, k32_wide_length(made), name, MAX_PATH);
  return number;
}
