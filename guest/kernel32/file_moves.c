// Moving, linking and copying ("MoveFileExW", "CreateHardLinkW", "CopyFileW", Microsoft).
#include "guest/kernel32/files.h"

// Gives an open file a name: FileClass_Rename for the one it has, FileClass_Link for another one.
static NTSTATUS set_name(HANDLE file, const WCHAR* to, BOOL replace, ULONG information_class) {
  NtUnicodeString path;
  IoStatusBlock io;
  if (!RtlDosPathNameToNtPathName_U(to, &path, NULL, NULL)) return STATUS_OBJECT_PATH_NOT_FOUND;
  ULONG size = offsetof(FileRenameInformation, FileName) + path.Length;
  FileRenameInformation* rename = RtlAllocateHeap(k32_heap(), HEAP_ZERO_MEMORY, size + sizeof *rename);
  NTSTATUS status = STATUS_NO_MEMORY;
  if (rename) {
    rename->ReplaceIfExists = (uint8_t)replace;
    rename->FileNameLength = path.Length;
    memcpy(rename->FileName, path.Buffer, path.Length);
    status = NtSetInformationFile(file, &io, rename, size, information_class);
    RtlFreeHeap(k32_heap(), 0, rename);
  }
  RtlFreeUnicodeString(&path);
  return status;
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags) {
  if (flags & (MOVEFILE_DELAY_UNTIL_REBOOT | MOVEFILE_CREATE_HARDLINK)) return k32_fail(ERROR_NOT_SUPPORTED);
  if (!to) return k32_fail(ERROR_INVALID_PARAMETER);
  HANDLE file = k32_open_existing(from, DELETE, kOpenForBackupIntent);
  if (!file) return FALSE;
  NTSTATUS status = set_name(file, to, (flags & MOVEFILE_REPLACE_EXISTING) != 0, FileClass_Rename);
  NtClose(file);
  return k32_succeeded(status);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to) { return MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED); }

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags) {
  WCHAR *wide_from = k32_to_wide(from), *wide_to = to ? k32_to_wide(to) : NULL;
  BOOL moved = wide_from ? MoveFileExW(wide_from, wide_to, flags) : k32_fail(ERROR_PATH_NOT_FOUND);
  if (wide_from) k32_free(wide_from);
  if (wide_to) k32_free(wide_to);
  return moved;
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to) { return MoveFileExA(from, to, MOVEFILE_COPY_ALLOWED); }

BOOL WINAPI CreateHardLinkW(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security) {
  if (security) return k32_fail(ERROR_INVALID_PARAMETER);
  HANDLE file = k32_open_existing(existing, FILE_WRITE_ATTRIBUTES, kOpenForBackupIntent);
  if (!file) return FALSE;
  NTSTATUS status = set_name(file, name, FALSE, FileClass_Link);
  NtClose(file);
  return k32_succeeded(status);
}

BOOL WINAPI CreateHardLinkA(LPCSTR name, LPCSTR existing, LPSECURITY_ATTRIBUTES security) {
  WCHAR *wide_name = k32_to_wide(name), *wide_existing = k32_to_wide(existing);
  BOOL made = wide_name && wide_existing ? CreateHardLinkW(wide_name, wide_existing, security)
                                         : k32_fail(ERROR_PATH_NOT_FOUND);
  if (wide_name) k32_free(wide_name);
  if (wide_existing) k32_free(wide_existing);
  return made;
}

static BOOL copy_content(HANDLE from, HANDLE to) {
  char bytes[4096];
  DWORD read, written;
  for (;;) {
    if (!ReadFile(from, bytes, sizeof bytes, &read, NULL)) return FALSE;
    if (!read) return TRUE;
    if (!WriteFile(to, bytes, read, &written, NULL)) return FALSE;
  }
}

// Attributes and the time of the last change go with the content.
static BOOL copy_all(HANDLE from, HANDLE to) {
  FileBasicInformation basic;
  IoStatusBlock io;
  if (!k32_succeeded(NtQueryInformationFile(from, &io, &basic, sizeof basic, FileClass_Basic))) return FALSE;
  if (!copy_content(from, to)) return FALSE;
  basic.CreationTime = basic.LastAccessTime = basic.ChangeTime = 0;
  return k32_succeeded(NtSetInformationFile(to, &io, &basic, sizeof basic, FileClass_Basic));
}

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fail_if_exists) {
  HANDLE source =
      CreateFileW(from, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
  if (source == INVALID_HANDLE_VALUE) return FALSE;
  HANDLE target = CreateFileW(to, GENERIC_WRITE | DELETE, 0, NULL,
                              fail_if_exists ? CREATE_NEW : CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
  BOOL copied = target != INVALID_HANDLE_VALUE && copy_all(source, target);
  DWORD error = RtlGetLastWin32Error();
  if (target != INVALID_HANDLE_VALUE) NtClose(target);
  NtClose(source);
  return copied ? TRUE : k32_fail(error);
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists) {
  WCHAR *wide_from = k32_to_wide(from), *wide_to = k32_to_wide(to);
  BOOL copied =
      wide_from && wide_to ? CopyFileW(wide_from, wide_to, fail_if_exists) : k32_fail(ERROR_PATH_NOT_FOUND);
  if (wide_from) k32_free(wide_from);
  if (wide_to) k32_free(wide_to);
  return copied;
}
