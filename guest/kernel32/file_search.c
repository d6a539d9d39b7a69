// Listing directories ("FindFirstFileW", Microsoft).
#include "guest/kernel32/files.h"

enum { kSearchSignature = 0x646e6946, kEntriesSize = 4096 };

typedef struct Search {
  ULONG signature;
  HANDLE directory;
  ULONG next;  // offset of the entry to give next; valid while `more`
  BOOL more;
  _Alignas(8) unsigned char entries[kEntriesSize];
} Search;

static void copy_entry(const FileDirectoryInformation* entry, const WCHAR* name, WIN32_FIND_DATAW* found) {
  ULONG length = entry->FileNameLength / sizeof *name;
  memset(found, 0, sizeof *found);
  found->dwFileAttributes = entry->FileAttributes;
  found->ftCreationTime = k32_file_time(entry->CreationTime);
  found->ftLastAccessTime = k32_file_time(entry->LastAccessTime);
  found->ftLastWriteTime = k32_file_time(entry->LastWriteTime);
  found->nFileSizeHigh = (DWORD)(entry->EndOfFile >> 32);
  found->nFileSizeLow = (DWORD)entry->EndOfFile;
  if (length >= MAX_PATH) length = MAX_PATH - 1;
  memcpy(found->cFileName, name, length * sizeof *name);
}

static NTSTATUS fill(Search* search, NtUnicodeString* pattern) {
  IoStatusBlock io;
  NTSTATUS status = NtQueryDirectoryFile(search->directory, NULL, NULL, NULL, &io, search->entries,
                                         kEntriesSize, FileClass_BothDirectory, FALSE, pattern, FALSE);
  search->more = NT_SUCCESS(status);
  search->next = 0;
  return status;
}

static void give(Search* search, WIN32_FIND_DATAW* found) {
  const FileDirectoryInformation* entry = nt_add(search->entries, search->next);
  copy_entry(entry, nt_add(entry, FileBothDirectory_NameOffset), found);
  search->more = entry->NextEntryOffset != 0;
  search->next += entry->NextEntryOffset;
}

// DOS wildcards as the file system wants them: *.* is everything, and at the end of a name or an extension a
// '?' may stand for nothing.
static void translate_wildcards(WCHAR* pattern) {
  if (lstrcmpW(pattern, L"*.*") == 0) {
    pattern[1] = 0;
    return;
  }
  for (WCHAR* at = pattern; *at; ++at) {
    BOOL wild_next = at[1] == '?' || at[1] == '*';
    if (*at == '?') *at = '>';
    if (*at == '.' && wild_next) *at = '"';
    if (*at == '*' && at[1] == '.') *at = at[2] ? '*' : '<';
  }
  SIZE_T length = k32_wide_length(pattern);
  if (length > 1 && pattern[length - 1] == '.' && pattern[length - 2] == '<') pattern[length - 1] = '"';
}

static BOOL has_wildcard(const WCHAR* text) {
  for (; *text; ++text) {
    if (*text == '*' || *text == '?') return TRUE;
  }
  return FALSE;
}

// "C:\dir\*.c" apart: the folder, and what to look for in it. Null without memory.
static WCHAR* split_pattern(const WCHAR* name, WCHAR* pattern) {
  SIZE_T length = k32_wide_length(name), start = length;
  while (start && name[start - 1] != '\\' && name[start - 1] != '/' && name[start - 1] != ':') --start;
  if (length - start >= MAX_PATH) return NULL;
  lstrcpyW(pattern, name + start);
  WCHAR* folder = RtlAllocateHeap(k32_heap(), 0, (start + 2) * sizeof *folder);
  if (!folder) return NULL;
  memcpy(folder, name, start * sizeof *name);
  if (start == 0) folder[start++] = '.';
  folder[start] = 0;
  return folder;
}

static HANDLE refuse(DWORD error) {
  k32_fail(error);
  return INVALID_HANDLE_VALUE;
}

static HANDLE start_search(HANDLE directory, WCHAR* pattern, WIN32_FIND_DATAW* found) {
  NtUnicodeString expression;
  Search* search = RtlAllocateHeap(k32_heap(), 0, sizeof *search);
  if (!search) {
    NtClose(directory);
    return refuse(ERROR_NOT_ENOUGH_MEMORY);
  }
  search->signature = kSearchSignature;
  search->directory = directory;
  RtlInitUnicodeString(&expression, pattern);
  NTSTATUS status = fill(search, &expression);
  if (!k32_succeeded(status)) {
    FindClose(search);
    return refuse(RtlNtStatusToDosError(status));
  }
  give(search, found);
  return search;
}

HANDLE WINAPI FindFirstFileW(LPCWSTR name, LPWIN32_FIND_DATAW found) {
  WCHAR pattern[MAX_PATH];
  if (!name || !*name) return refuse(ERROR_PATH_NOT_FOUND);
  WCHAR* folder = split_pattern(name, pattern);
  if (!folder) return refuse(ERROR_INVALID_NAME);
  if (!*pattern) {
    k32_free(folder);
    return refuse(ERROR_FILE_NOT_FOUND);  // a trailing backslash names no file
  }
  HANDLE directory = k32_open_existing(folder, FILE_LIST_DIRECTORY, kDirectoryFile | kOpenForBackupIntent);
  k32_free(folder);
  if (!directory) {
    DWORD error = RtlGetLastWin32Error();
    return refuse(error == ERROR_FILE_NOT_FOUND ? ERROR_PATH_NOT_FOUND : error);
  }
  if (has_wildcard(pattern)) translate_wildcards(pattern);
  return start_search(directory, pattern, found);
}

static Search* search_of(HANDLE handle) {
  Search* search = handle;
  if (handle && handle != INVALID_HANDLE_VALUE && search->signature == kSearchSignature) return search;
  k32_fail(ERROR_INVALID_HANDLE);
  return NULL;
}

BOOL WINAPI FindNextFileW(HANDLE handle, LPWIN32_FIND_DATAW found) {
  Search* search = search_of(handle);
  if (!search || (!search->more && !k32_succeeded(fill(search, NULL)))) return FALSE;
  give(search, found);
  return TRUE;
}

BOOL WINAPI FindClose(HANDLE handle) {
  Search* search = search_of(handle);
  if (!search) return FALSE;
  search->signature = 0;
  NtClose(search->directory);
  k32_free(search);
  return TRUE;
}

static void to_ansi_data(const WIN32_FIND_DATAW* wide, WIN32_FIND_DATAA* narrow) {
  memset(narrow, 0, sizeof *narrow);
  memcpy(narrow, wide, offsetof(WIN32_FIND_DATAW, cFileName));  // alike up to the name
  RtlUnicodeToMultiByteN(narrow->cFileName, MAX_PATH - 1, NULL, wide->cFileName,
                         k32_wide_length(wide->cFileName) * sizeof(WCHAR));
}

HANDLE WINAPI FindFirstFileA(LPCSTR name, LPWIN32_FIND_DATAA found) {
  WIN32_FIND_DATAW data;
  WCHAR* wide = k32_to_wide(name);
  if (!wide) return refuse(ERROR_PATH_NOT_FOUND);
  HANDLE search = FindFirstFileW(wide, &data);
  k32_free(wide);
  if (search != INVALID_HANDLE_VALUE) to_ansi_data(&data, found);
  return search;
}

BOOL WINAPI FindNextFileA(HANDLE search, LPWIN32_FIND_DATAA found) {
  WIN32_FIND_DATAW data;
  if (!FindNextFileW(search, &data)) return FALSE;
  to_ansi_data(&data, found);
  return TRUE;
}
