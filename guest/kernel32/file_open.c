// Opening, creating and deleting by name ("CreateFileW", "DeleteFileW", "Directory Management Functions",
// Microsoft).
#include "guest/kernel32/files.h"

NTSTATUS k32_open(const WCHAR* name, const Opening* opening, HANDLE* file, ULONG* result) {
  NtUnicodeString path;
  if (!RtlDosPathNameToNtPathName_U(name, &path, NULL, NULL)) return STATUS_OBJECT_PATH_NOT_FOUND;
  NtObjectAttributes attributes = {
      sizeof attributes, NULL, &path, kCaseInsensitive | (opening->inherit ? kInherit : 0), NULL, NULL};
  IoStatusBlock io = {0, 0};
  NTSTATUS status =
      NtCreateFile(file, opening->access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &io, NULL,
                   opening->attributes, opening->share, opening->disposition,
                   opening->options | (opening->overlapped ? 0 : kSynchronousNonAlert), NULL, 0);
  RtlFreeUnicodeString(&path);
  if (result) *result = io.Information;
  return status;
}

HANDLE k32_open_existing(const WCHAR* name, ULONG access, ULONG options) {
  enum { kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };
  Opening opening = {.access = access, .share = kShareAll, .disposition = kOpen, .options = options};
  HANDLE file;
  return k32_succeeded(k32_open(name, &opening, &file, NULL)) ? file : NULL;
}

static BOOL disposition_of(DWORD creation, ULONG* disposition) {
  static const ULONG kDispositions[] = {0, kCreate, kOverwriteIf, kOpen, kOpenIf, kOverwrite};
  if (creation < CREATE_NEW || creation > TRUNCATE_EXISTING) return FALSE;
  *disposition = kDispositions[creation];
  return TRUE;
}

static ULONG options_of(DWORD flags) {
  ULONG options = 0;
  options |= flags & FILE_FLAG_BACKUP_SEMANTICS ? kOpenForBackupIntent : kNonDirectoryFile;
  if (flags & FILE_FLAG_DELETE_ON_CLOSE) options |= kDeleteOnClose;
  if (flags & FILE_FLAG_WRITE_THROUGH) options |= kWriteThrough;
  if (flags & FILE_FLAG_NO_BUFFERING) options |= kNoIntermediateBuffering;
  if (flags & FILE_FLAG_RANDOM_ACCESS) options |= kRandomAccess;
  if (flags & FILE_FLAG_SEQUENTIAL_SCAN) options |= kSequentialOnly;
  return options;
}

static BOOL ends_in_separator(const WCHAR* name) {
  SIZE_T length = k32_wide_length(name);
  return length && (name[length - 1] == '\\' || name[length - 1] == '/');
}

static void set_open_error(const WCHAR* name, NTSTATUS status) {
  k32_succeeded(status);
  if (status == STATUS_OBJECT_NAME_COLLISION) k32_fail(ERROR_FILE_EXISTS);
  if (status == STATUS_FILE_IS_A_DIRECTORY && ends_in_separator(name)) k32_fail(ERROR_PATH_NOT_FOUND);
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD creation, DWORD flags, HANDLE pattern) {
  enum { kAttributes = 0x7fb7 };
  Opening opening = {.access = access | (flags & FILE_FLAG_DELETE_ON_CLOSE ? DELETE : 0),
                     .share = share,
                     .options = options_of(flags),
                     .attributes = flags & kAttributes & ~FILE_ATTRIBUTE_DIRECTORY,
                     .inherit = security && security->bInheritHandle,
                     .overlapped = (flags & FILE_FLAG_OVERLAPPED) != 0};
  HANDLE file;
  ULONG result;
  (void)pattern;
  BOOL truncates_unwritten =
      creation == TRUNCATE_EXISTING && !(access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA));
  if (!disposition_of(creation, &opening.disposition) || truncates_unwritten) {
    k32_fail(ERROR_INVALID_PARAMETER);
    return INVALID_HANDLE_VALUE;
  }
  NTSTATUS status = k32_open(name, &opening, &file, &result);
  if (!NT_SUCCESS(status)) {
    set_open_error(name, status);
    return INVALID_HANDLE_VALUE;
  }
  BOOL existed = (creation == CREATE_ALWAYS && result == FileResult_Overwritten) ||
                 (creation == OPEN_ALWAYS && result == FileResult_Opened);
  k32_fail(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return file;
}

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                          DWORD creation, DWORD flags, HANDLE pattern) {
  K32_WITH_WIDE(HANDLE, INVALID_HANDLE_VALUE, name,
                CreateFileW(wide, access, share, security, creation, flags, pattern));
}

static BOOL delete_by_name(const WCHAR* name, ULONG options) {
  uint8_t delete = 1;
  IoStatusBlock io;
  HANDLE file = k32_open_existing(name, DELETE, options);
  if (!file) return FALSE;
  NTSTATUS status = NtSetInformationFile(file, &io, &delete, sizeof delete, FileClass_Disposition);
  NtClose(file);
  return k32_succeeded(status);
}

BOOL WINAPI DeleteFileW(LPCWSTR name) { return delete_by_name(name, kNonDirectoryFile); }
BOOL WINAPI DeleteFileA(LPCSTR name) { K32_WITH_WIDE(BOOL, FALSE, name, DeleteFileW(wide)); }

BOOL WINAPI RemoveDirectoryW(LPCWSTR name) { return delete_by_name(name, kDirectoryFile); }
BOOL WINAPI RemoveDirectoryA(LPCSTR name) { K32_WITH_WIDE(BOOL, FALSE, name, RemoveDirectoryW(wide)); }

BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security) {
  Opening opening = {.access = FILE_LIST_DIRECTORY,
                     .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
                     .disposition = kCreate,
                     .options = kDirectoryFile,
                     .attributes = FILE_ATTRIBUTE_NORMAL};
  HANDLE directory;
  (void)security;
  if (!k32_succeeded(k32_open(name, &opening, &directory, NULL))) return FALSE;
  NtClose(directory);
  return TRUE;
}

BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security) {
  K32_WITH_WIDE(BOOL, FALSE, name, CreateDirectoryW(wide, security));
}
