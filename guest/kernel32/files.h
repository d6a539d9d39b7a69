// What kernel32's file functions share.
#ifndef PAGEWALK_GUEST_KERNEL32_FILES_H
#define PAGEWALK_GUEST_KERNEL32_FILES_H

#include "guest/kernel32/kernel32.h"
#include "guest/ntdll/files.h"

// How a name is opened by the functions that do one thing with it.
typedef struct Opening {
  ULONG access;  // SYNCHRONIZE and FILE_READ_ATTRIBUTES come on top
  ULONG share;
  ULONG disposition;
  ULONG options;  // kSynchronousNonAlert comes on top unless kOverlapped
  ULONG attributes;
  BOOL inherit;
  BOOL overlapped;
} Opening;

// STATUS_OBJECT_PATH_NOT_FOUND for a name that is none. `*result`: what IoStatusBlock.Information said.
NTSTATUS k32_open(const WCHAR* name, const Opening* opening, HANDLE* file, ULONG* result);
// For existing files and directories, shared with everybody; null and the last error on failure.
HANDLE k32_open_existing(const WCHAR* name, ULONG access, ULONG options);

// Runs `wide`(name) for a name in the ANSI code page; `failed` without memory.
#define K32_WITH_WIDE(type, failed, name, call)               \
  do {                                                        \
    WCHAR* wide = k32_to_wide(name);                          \
    if (!wide) return k32_fail(ERROR_PATH_NOT_FOUND), failed; \
    type result = call;                                       \
    k32_free(wide);                                           \
    return result;                                            \
  } while (0)

// Rounded as FILETIME and LARGE_INTEGER carry them.
static inline FILETIME k32_file_time(uint64_t time) { return (FILETIME){(DWORD)time, (DWORD)(time >> 32)}; }
static inline uint64_t k32_ticks(const FILETIME* time) {
  return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

#endif
