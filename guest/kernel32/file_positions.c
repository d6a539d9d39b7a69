// Sizes and positions ("SetFilePointerEx", "GetFileSizeEx", "SetEndOfFile", Microsoft).
#include "guest/kernel32/files.h"

// A character device and a pipe have no size and no position.
static BOOL standard_information(HANDLE file, FileStandardInformation* standard) {
  IoStatusBlock io;
  DWORD type = GetFileType(file);
  if (type == FILE_TYPE_UNKNOWN) return FALSE;
  if (type != FILE_TYPE_DISK) return k32_fail(ERROR_INVALID_FUNCTION);
  return k32_succeeded(NtQueryInformationFile(file, &io, standard, sizeof *standard, FileClass_Standard));
}

BOOL WINAPI GetFileSizeEx(HANDLE file, PLARGE_INTEGER size) {
  FileStandardInformation standard;
  if (!standard_information(file, &standard)) return FALSE;
  size->QuadPart = (LONGLONG)standard.EndOfFile;
  return TRUE;
}

DWORD WINAPI GetFileSize(HANDLE file, LPDWORD high) {
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file, &size)) return INVALID_FILE_SIZE;
  if (high) *high = (DWORD)size.HighPart;
  if (size.LowPart == INVALID_FILE_SIZE) k32_fail(ERROR_SUCCESS);  // a size that looks like a failure
  return size.LowPart;
}

static BOOL start_of(HANDLE file, DWORD method, LONGLONG* start) {
  FilePositionInformation position;
  FileStandardInformation standard;
  IoStatusBlock io;
  if (!standard_information(file, &standard)) return FALSE;
  switch (method) {
    case FILE_BEGIN: *start = 0; return TRUE;
    case FILE_END: *start = (LONGLONG)standard.EndOfFile; return TRUE;
    case FILE_CURRENT: break;
    default: return k32_fail(ERROR_INVALID_PARAMETER);
  }
  NTSTATUS status = NtQueryInformationFile(file, &io, &position, sizeof position, FileClass_Position);
  *start = (LONGLONG)position.CurrentByteOffset;
  return k32_succeeded(status);
}

BOOL WINAPI SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER position, DWORD method) {
  LONGLONG start;
  IoStatusBlock io;
  if (!start_of(file, method, &start)) return FALSE;
  FilePositionInformation wanted = {(uint64_t)start + (uint64_t)distance.QuadPart};
  if ((LONGLONG)wanted.CurrentByteOffset < 0) return k32_fail(ERROR_NEGATIVE_SEEK);
  NTSTATUS status = NtSetInformationFile(file, &io, &wanted, sizeof wanted, FileClass_Position);
  if (!k32_succeeded(status)) return FALSE;
  if (position) position->QuadPart = (LONGLONG)wanted.CurrentByteOffset;
  return TRUE;
}

// Without `high` the distance is 32 bits with a sign, and so must be the position.
DWORD WINAPI SetFilePointer(HANDLE file, LONG distance, PLONG high, DWORD method) {
  LARGE_INTEGER by = {.QuadPart = distance}, position;
  if (high) {
    by.LowPart = (DWORD)distance;
    by.HighPart = *high;
  }
  LONGLONG start;
  if (!high && start_of(file, method, &start) && start + distance > (LONGLONG)MAXDWORD) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return INVALID_SET_FILE_POINTER;
  }
  if (!SetFilePointerEx(file, by, &position, method)) return INVALID_SET_FILE_POINTER;
  if (high) *high = position.HighPart;
  if (position.LowPart == INVALID_SET_FILE_POINTER) k32_fail(ERROR_SUCCESS);
  return position.LowPart;
}

BOOL WINAPI SetEndOfFile(HANDLE file) {
  FilePositionInformation position;
  IoStatusBlock io;
  NTSTATUS status = NtQueryInformationFile(file, &io, &position, sizeof position, FileClass_Position);
  if (!k32_succeeded(status)) return FALSE;
  FileEndOfFileInformation end = {position.CurrentByteOffset};
  return k32_succeeded(NtSetInformationFile(file, &io, &end, sizeof end, FileClass_EndOfFile));
}
