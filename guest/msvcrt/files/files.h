// Low-level files: small numbers for handles, with the C library's modes. "Low-level I/O", Microsoft.
#ifndef PAGEWALK_GUEST_MSVCRT_FILES_FILES_H
#define PAGEWALK_GUEST_MSVCRT_FILES_FILES_H

#include <fcntl.h>
#include <io.h>

#include "guest/msvcrt/msvcrt.h"
#include "guest/ntdll/files.h"

enum { kNothing = -1, kCtrlZ = 0x1a };

typedef struct File {
  HANDLE handle;        // null: the number is free
  int mode;             // _O_TEXT or _O_BINARY
  int append;           // every write goes to the end
  int held;             // a byte read ahead after a CR, where there is no going back; kNothing
  int ended;            // Ctrl-Z was read
  DWORD type;           // FILE_TYPE_...
  int console;          // the machine's console: it ends its lines with LF alone, as the host does
  long long read_from;  // where the last _read began, of a file on disk
} File;

File* file_of(int number);  // null and EBADF for a number that is none
// A free number for an open handle; -1 and EMFILE, the handle stays open then.
int file_adopt(HANDLE handle, int flags);

// How many bytes of the file the first `characters` of the last _read were, before translation.
long long file_raw_length(File* file, int characters);

// What a system call's name is called by; null and EINVAL without memory or name.
wchar_t* crt_to_wide(const char* text);

// Runs `call` on a file name as `wide`.
#define CRT_WITH_WIDE(type, failed, name, call) \
  do {                                          \
    wchar_t* wide = crt_to_wide(name);          \
    if (!wide) return failed;                   \
    type result = call;                         \
    free(wide);                                 \
    return result;                              \
  } while (0)

#endif
