// Attributes, times and identities ("GetFileAttributesW", "GetFileTime", "GetFileInformationByHandle",
// Microsoft).
#include "guest/kernel32/files.h"

static BOOL query_name(const WCHAR* name, FileNetworkOpenInformation* full) {
  NtUnicodeString path;
  if (!RtlDosPathNameToNtPathName_U(name, &path, NULL, NULL)) return k32_fail(ERROR_PATH_NOT_FOUND);
  NtObjectAttributes attributes = {sizeof attributes, NULL, &path, kCaseInsensitive, NULL, NULL};
  NTSTATUS status = NtQueryFullAttributesFile(&attributes, full);
  RtlFreeUnicodeString(&path);
  if (!NT_SUCCESS(status) && RtlIsDosDeviceName_U(name)) {  // NUL and the like pass for files
    *full = (FileNetworkOpenInformation){.FileAttributes = FILE_ATTRIBUTE_ARCHIVE};
    return TRUE;
  }
  return k32_succeeded(status);
}

DWORD WINAPI GetFileAttributesW(LPCWSTR name) {
  FileNetworkOpenInformation full;
  return query_name(name, &full) ? full.FileAttributes : INVALID_FILE_ATTRIBUTES;
}
DWORD WINAPI GetFileAttributesA(LPCSTR name) {
  K32_WITH_WIDE(DWORD, INVALID_FILE_ATTRIBUTES, name, GetFileAttributesW(wide));
}

BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information) {
  FileNetworkOpenInformation full;
  WIN32_FILE_ATTRIBUTE_DATA* data = information;
  if (level != GetFileExInfoStandard) return k32_fail(ERROR_INVALID_PARAMETER);
  if (!query_name(name, &full)) return FALSE;
  data->dwFileAttributes = full.FileAttributes;
  data->ftCreationTime = k32_file_time(full.CreationTime);
  data->ftLastAccessTime = k32_file_time(full.LastAccessTime);
  data->ftLastWriteTime = k32_file_time(full.LastWriteTime);
  data->nFileSizeHigh = (DWORD)(full.EndOfFile >> 32);
  data->nFileSizeLow = (DWORD)full.EndOfFile;
  return TRUE;
}
BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information) {
  K32_WITH_WIDE(BOOL, FALSE, name, GetFileAttributesExW(wide, level, information));
}

BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes) {
  FileBasicInformation basic = {.FileAttributes = attributes ? attributes : FILE_ATTRIBUTE_NORMAL};
  IoStatusBlock io;
  HANDLE file = k32_open_existing(name, FILE_WRITE_ATTRIBUTES, kOpenForBackupIntent);
  if (!file) return FALSE;
  basic.FileAttributes &= ~FILE_ATTRIBUTE_DIRECTORY;
  if (!basic.FileAttributes) basic.FileAttributes = FILE_ATTRIBUTE_NORMAL;
  NTSTATUS status = NtSetInformationFile(file, &io, &basic, sizeof basic, FileClass_Basic);
  NtClose(file);
  return k32_succeeded(status);
}
BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes) {
  K32_WITH_WIDE(BOOL, FALSE, name, SetFileAttributesW(wide, attributes));
}

static BOOL query(HANDLE file, void* information, ULONG size, ULONG information_class) {
  IoStatusBlock io;
  return k32_succeeded(NtQueryInformationFile(file, &io, information, size, information_class));
}

BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME created, LPFILETIME accessed, LPFILETIME written) {
  FileBasicInformation basic;
  if (!query(file, &basic, sizeof basic, FileClass_Basic)) return FALSE;
  if (created) *created = k32_file_time(basic.CreationTime);
  if (accessed) *accessed = k32_file_time(basic.LastAccessTime);
  if (written) *written = k32_file_time(basic.LastWriteTime);
  return TRUE;
}

BOOL WINAPI SetFileTime(HANDLE file, const FILETIME* created, const FILETIME* accessed,
                        const FILETIME* written) {
  FileBasicInformation basic = {.CreationTime = created ? k32_ticks(created) : 0,
                                .LastAccessTime = accessed ? k32_ticks(accessed) : 0,
                                .LastWriteTime = written ? k32_ticks(written) : 0};
  IoStatusBlock io;
  return k32_succeeded(NtSetInformationFile(file, &io, &basic, sizeof basic, FileClass_Basic));
}

static BOOL serial_number(HANDLE file, DWORD* serial) {
  struct {
    uint64_t created;
    DWORD serial, label_length, rest[2];
  } volume;
  IoStatusBlock io;
  NTSTATUS status = NtQueryVolumeInformationFile(file, &io, &volume, sizeof volume, VolumeClass_Volume);
  *serial = volume.serial;
  return k32_succeeded(status);
}

BOOL WINAPI GetFileInformationByHandle(HANDLE file, LPBY_HANDLE_FILE_INFORMATION information) {
  FileBasicInformation basic;
  FileStandardInformation standard;
  FileInternalInformation internal;
  if (!query(file, &basic, sizeof basic, FileClass_Basic) ||
      !query(file, &standard, sizeof standard, FileClass_Standard) ||
      !query(file, &internal, sizeof internal, FileClass_Internal) ||
      !serial_number(file, &information->dwVolumeSerialNumber))
    return FALSE;
  information->dwFileAttributes = basic.FileAttributes;
  information->ftCreationTime = k32_file_time(basic.CreationTime);
  information->ftLastAccessTime = k32_file_time(basic.LastAccessTime);
  information->ftLastWriteTime = k32_file_time(basic.LastWriteTime);
  information->nFileSizeHigh = (DWORD)(standard.EndOfFile >> 32);
  information->nFileSizeLow = (DWORD)standard.EndOfFile;
  information->nNumberOfLinks = standard.NumberOfLinks;
  information->nFileIndexHigh = (DWORD)(internal.IndexNumber >> 32);
  information->nFileIndexLow = (DWORD)internal.IndexNumber;
  return TRUE;
}
