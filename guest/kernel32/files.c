// Handles that carry bytes: the standard ones, reading and writing, the console ("File Management Functions",
// "Console Functions", Microsoft).
#include "guest/kernel32/files.h"

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

// Where an OVERLAPPED wants a transfer, and where its outcome goes.
static LARGE_INTEGER* offset_of(const OVERLAPPED* overlapped, LARGE_INTEGER* offset) {
  if (!overlapped) return NULL;
  offset->LowPart = overlapped->Offset;
  offset->HighPart = (LONG)overlapped->OffsetHigh;
  return offset;
}

static IoStatusBlock* outcome_of(OVERLAPPED* overlapped, IoStatusBlock* own) {
  if (!overlapped) return own;
  overlapped->Internal = (ULONG_PTR)STATUS_PENDING;
  overlapped->InternalHigh = 0;
  return (IoStatusBlock*)overlapped;
}

static HANDLE event_of(const OVERLAPPED* overlapped) {
  return overlapped ? (HANDLE)((ULONG_PTR)overlapped->hEvent & ~(ULONG_PTR)1) : NULL;
}

BOOL WINAPI WriteFile(HANDLE file, LPCVOID bytes, DWORD size, LPDWORD written, LPOVERLAPPED overlapped) {
  IoStatusBlock own = {0, 0}, *io = outcome_of(overlapped, &own);
  LARGE_INTEGER offset;
  if (written) *written = 0;
  NTSTATUS status = NtWriteFile(file, event_of(overlapped), NULL, NULL, io, bytes, size,
                                offset_of(overlapped, &offset), NULL);
  if (!k32_succeeded(status)) return FALSE;
  if (written) *written = io->Information;
  return TRUE;
}

// At the end of a file a read without OVERLAPPED succeeds with no bytes; with it, it fails.
BOOL WINAPI ReadFile(HANDLE file, LPVOID bytes, DWORD size, LPDWORD read, LPOVERLAPPED overlapped) {
  IoStatusBlock own = {0, 0}, *io = outcome_of(overlapped, &own);
  LARGE_INTEGER offset;
  if (read) *read = 0;
  NTSTATUS status = NtReadFile(file, event_of(overlapped), NULL, NULL, io, bytes, size,
                               offset_of(overlapped, &offset), NULL);
  if (status == STATUS_END_OF_FILE && !overlapped) return TRUE;
  if (!k32_succeeded(status)) return FALSE;
  if (read) *read = io->Information;
  return TRUE;
}

// Every transfer is over when ReadFile and WriteFile return.
BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes, BOOL wait) {
  (void)file, (void)wait;
  *bytes = (DWORD)overlapped->InternalHigh;
  return k32_succeeded((NTSTATUS)overlapped->Internal);
}

BOOL WINAPI CloseHandle(HANDLE handle) {
  if (handle == NT_CURRENT_PROCESS || handle == NT_CURRENT_THREAD) return TRUE;
  return k32_succeeded(NtClose(handle));
}

static DWORD device_type(HANDLE file) {
  FileFsDeviceInformation device = {0, 0};
  IoStatusBlock io;
  NTSTATUS status = NtQueryVolumeInformationFile(file, &io, &device, sizeof device, VolumeClass_Device);
  return k32_succeeded(status) ? device.DeviceType : 0;
}

DWORD WINAPI GetFileType(HANDLE file) {
  enum { kDisk = 0x07, kNamedPipe = 0x11, kNull = 0x15, kConsole = 0x50 };
  DWORD device = device_type(file);
  if (device) k32_fail(ERROR_SUCCESS);
  switch (device) {
    case kDisk: return FILE_TYPE_DISK;
    case kNamedPipe: return FILE_TYPE_PIPE;
    case kNull:
    case kConsole: return FILE_TYPE_CHAR;
    default: return FILE_TYPE_UNKNOWN;
  }
}

BOOL WINAPI FlushFileBuffers(HANDLE file) {
  IoStatusBlock io;
  return k32_succeeded(NtFlushBuffersFile(file, &io));
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
