// Handles that carry bytes: the standard ones. No file system is mounted yet, so every name is unknown ("File
// Management Functions", "Console Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

static uint32_t* standard_slot(DWORD which) {
  ProcessParameters* parameters = k32_parameters();
  switch (which) {
    case STD_INPUT_HANDLE: return &parameters->StandardInput;
    case STD_OUTPUT_HANDLE: return &parameters->StandardOutput;
    case STD_ERROR_HANDLE: return &parameters->StandardError;
    default: return NULL;
  }
}

HANDLE WINAPI GetStdHandle(DWORD which) {
  uint32_t* slot = standard_slot(which);
  if (slot) return (HANDLE)*slot;
  k32_fail(ERROR_INVALID_HANDLE);
  return INVALID_HANDLE_VALUE;
}

BOOL WINAPI SetStdHandle(DWORD which, HANDLE handle) {
  uint32_t* slot = standard_slot(which);
  if (!slot) return k32_fail(ERROR_INVALID_HANDLE);
  *slot = (uint32_t)handle;
  return TRUE;
}

static BOOL is_standard(HANDLE handle) {
  const ProcessParameters* parameters = k32_parameters();
  uint32_t value = (uint32_t)handle;
  return value && (value == parameters->StandardInput || value == parameters->StandardOutput ||
                   value == parameters->StandardError);
}

BOOL WINAPI WriteFile(HANDLE file, LPCVOID bytes, DWORD size, LPDWORD written, LPOVERLAPPED overlapped) {
  IoStatusBlock io = {0, 0};
  if (written) *written = 0;
  if (overlapped) return k32_fail(ERROR_INVALID_PARAMETER);
  NTSTATUS status = NtWriteFile(file, NULL, NULL, NULL, &io, bytes, size, NULL, NULL);
  if (!k32_succeeded(status)) return FALSE;
  if (written) *written = io.Information;
  return TRUE;
}

BOOL WINAPI ReadFile(HANDLE file, LPVOID bytes, DWORD size, LPDWORD read, LPOVERLAPPED overlapped) {
  IoStatusBlock io = {0, 0};
  if (read) *read = 0;
  if (overlapped) return k32_fail(ERROR_INVALID_PARAMETER);
  NTSTATUS status = NtReadFile(file, NULL, NULL, NULL, &io, bytes, size, NULL, NULL);
  if (status == STATUS_END_OF_FILE) return TRUE;
  if (!k32_succeeded(status)) return FALSE;
  if (read) *read = io.Information;
  return TRUE;
}

BOOL WINAPI CloseHandle(HANDLE handle) {
  if (handle == NT_CURRENT_PROCESS || handle == NT_CURRENT_THREAD) return TRUE;
  return k32_close_object(handle) || k32_succeeded(NtClose(handle));
}

DWORD WINAPI GetFileType(HANDLE file) {
  if (is_standard(file)) {
    k32_fail(ERROR_SUCCESS);
    return FILE_TYPE_CHAR;
  }
  k32_fail(ERROR_INVALID_HANDLE);
  return FILE_TYPE_UNKNOWN;
}

BOOL WINAPI FlushFileBuffers(HANDLE file) {
  return is_standard(file) ? TRUE : k32_fail(ERROR_INVALID_HANDLE);
}

// The standard handles are character devices, but no console: its calls refuse them as they refuse a pipe.
BOOL WINAPI GetConsoleMode(HANDLE console, LPDWORD mode) {
  (void)console, (void)mode;
  return k32_fail(ERROR_INVALID_HANDLE);
}
BOOL WINAPI SetConsoleMode(HANDLE console, DWORD mode) {
  (void)console, (void)mode;
  return k32_fail(ERROR_INVALID_HANDLE);
}
UINT WINAPI GetConsoleOutputCP(void) { return 1252; }
UINT WINAPI GetConsoleCP(void) { return 1252; }
BOOL WINAPI SetConsoleOutputCP(UINT code_page) {
  return code_page == 1252 || k32_fail(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI WriteConsoleA(HANDLE console, const void* text, DWORD length, LPDWORD written, LPVOID reserved) {
  (void)reserved;
  return WriteFile(console, text, length, written, NULL);
}

BOOL WINAPI WriteConsoleW(HANDLE console, const void* text, DWORD length, LPDWORD written, LPVOID reserved) {
  (void)reserved;
  if (written) *written = 0;
  if (length == 0) return TRUE;
  int bytes = WideCharToMultiByte(CP_UTF8, 0, text, (int)length, NULL, 0, NULL, NULL);
  char* narrow = RtlAllocateHeap(k32_heap(), 0, (SIZE_T)bytes);
  if (!narrow) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
  WideCharToMultiByte(CP_UTF8, 0, text, (int)length, narrow, bytes, NULL, NULL);
  BOOL done = WriteFile(console, narrow, (DWORD)bytes, NULL, NULL);
  if (done && written) *written = length;
  k32_free(narrow);
  return done;
}

static HANDLE no_such_file(void) {
  k32_fail(ERROR_FILE_NOT_FOUND);
  return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE pattern) {
  (void)name, (void)access, (void)share, (void)security, (void)disposition, (void)flags, (void)pattern;
  return no_such_file();
}

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD disposition, DWORD flags, HANDLE pattern) {
  (void)name, (void)access, (void)share, (void)security, (void)disposition, (void)flags, (void)pattern;
  return no_such_file();
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name) {
  (void)name;
  k32_fail(ERROR_FILE_NOT_FOUND);
  return INVALID_FILE_ATTRIBUTES;
}
DWORD WINAPI GetFileAttributesA(LPCSTR name) {
  (void)name;
  return GetFileAttributesW(NULL);
}
BOOL WINAPI DeleteFileW(LPCWSTR name) {
  (void)name;
  return k32_fail(ERROR_FILE_NOT_FOUND);
}
BOOL WINAPI DeleteFileA(LPCSTR name) {
  (void)name;
  return k32_fail(ERROR_FILE_NOT_FOUND);
}

// A character device has no size and no position.
BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size) {
  (void)size;
  return k32_fail(is_standard(file) ? ERROR_INVALID_FUNCTION : ERROR_INVALID_HANDLE);
}
DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high) {
  (void)high;
  k32_fail(is_standard(file) ? ERROR_INVALID_FUNCTION : ERROR_INVALID_HANDLE);
  return INVALID_FILE_SIZE;
}
BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER position, DWORD method) {
  (void)distance, (void)position, (void)method;
  return k32_fail(is_standard(file) ? ERROR_INVALID_FUNCTION : ERROR_INVALID_HANDLE);
}
DWORD WINAPI SetFilePointer(HANDLE file, LONG distance, PLONG high, DWORD method) {
  (void)distance, (void)high, (void)method;
  k32_fail(is_standard(file) ? ERROR_INVALID_FUNCTION : ERROR_INVALID_HANDLE);
  return INVALID_SET_FILE_POINTER;
}

DWORD WINAPI GetCurrentDirectoryW(DWORD room, LPWSTR buffer) {
  const UnicodeString* directory = &k32_parameters()->CurrentDirectory;
  const WCHAR* text = nt_pointer(directory->Buffer);
  SIZE_T length = directory->Length / sizeof *text;
  if (length > 3 && text[length - 1] == '\\') --length;  // only a root keeps its backslash
  return k32_return_text(text, length, buffer, room);
}

DWORD WINAPI GetCurrentDirectoryA(DWORD room, LPSTR buffer) {
  const UnicodeString* directory = &k32_parameters()->CurrentDirectory;
  const WCHAR* text = nt_pointer(directory->Buffer);
  SIZE_T length = directory->Length / sizeof *text;
  if (length > 3 && text[length - 1] == '\\') --length;
  return k32_return_ansi(text, length, buffer, room);
}
