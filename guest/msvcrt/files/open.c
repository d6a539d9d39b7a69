// Opening files by name ("_open, _wopen", "_sopen", Microsoft).
#include <share.h>
#include <sys/stat.h>

#include "guest/msvcrt/files/files.h"

static int mask;  // of _umask

int _umask(int mode) {
  int old = mask;
  mask = mode & (_S_IREAD | _S_IWRITE);
  return old;
}

wchar_t* crt_to_wide(const char* text) {
  if (!text) {
    *_errno() = EINVAL;
    return NULL;
  }
  int length = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
  wchar_t* wide = malloc((size_t)length * sizeof *wide);
  if (wide) MultiByteToWideChar(CP_ACP, 0, text, -1, wide, length);
  return wide;
}

static DWORD access_of(int flags) {
  switch (flags & (_O_RDONLY | _O_WRONLY | _O_RDWR)) {
    case _O_RDONLY: return GENERIC_READ;
    case _O_WRONLY: return GENERIC_WRITE;
    default: return GENERIC_READ | GENERIC_WRITE;
  }
}

static int share_of(int share, DWORD access, DWORD* allowed) {
  enum { kShareBoth = FILE_SHARE_READ | FILE_SHARE_WRITE };
  switch (share) {
    case _SH_DENYRW: *allowed = 0; return 1;
    case _SH_DENYWR: *allowed = FILE_SHARE_READ; return 1;
    case _SH_DENYRD: *allowed = FILE_SHARE_WRITE; return 1;
    case _SH_DENYNO: *allowed = kShareBoth; return 1;
    case _SH_COMPAT: *allowed = access == GENERIC_READ ? FILE_SHARE_READ : 0; return 1;
    default: return 0;
  }
}

static DWORD creation_of(int flags) {
  switch (flags & (_O_CREAT | _O_EXCL | _O_TRUNC)) {
    case _O_CREAT: return OPEN_ALWAYS;
    case _O_CREAT | _O_EXCL:
    case _O_CREAT | _O_EXCL | _O_TRUNC: return CREATE_NEW;
    case _O_CREAT | _O_TRUNC: return CREATE_ALWAYS;
    case _O_TRUNC:
    case _O_TRUNC | _O_EXCL: return TRUNCATE_EXISTING;
    default: return OPEN_EXISTING;
  }
}

static DWORD attributes_of(int flags, int permission) {
  DWORD attributes = FILE_ATTRIBUTE_NORMAL;
  if (flags & _O_CREAT && !(permission & ~mask & _S_IWRITE)) attributes = FILE_ATTRIBUTE_READONLY;
  if (flags & _O_TEMPORARY) attributes |= FILE_FLAG_DELETE_ON_CLOSE;
  if (flags & _O_SHORT_LIVED) attributes |= FILE_ATTRIBUTE_TEMPORARY;
  if (flags & _O_SEQUENTIAL) attributes |= FILE_FLAG_SEQUENTIAL_SCAN;
  if (flags & _O_RANDOM) attributes |= FILE_FLAG_RANDOM_ACCESS;
  return attributes;
}

// A text file that is to be written loses a Ctrl-Z at its end, so that what is added can be read.
static void drop_end_mark(int number) {
  char last = 0;
  long long size = _filelengthi64(number);
  if (size <= 0) return;
  file_of(number)->mode = _O_BINARY;
  _lseeki64(number, size - 1, SEEK_SET);
  if (_read(number, &last, 1) == 1 && last == kCtrlZ) _chsize(number, (long)(size - 1));
  _lseeki64(number, 0, SEEK_SET);
  file_of(number)->mode = _O_TEXT;
}

static int open_file(const wchar_t* name, int flags, int share, int permission) {
  SECURITY_ATTRIBUTES security = {sizeof security, NULL, !(flags & _O_NOINHERIT)};
  DWORD access = access_of(flags), allowed;
  if (!name || !share_of(share, access, &allowed)) return crt_fail(EINVAL);
  if (flags & _O_TEMPORARY) access |= DELETE, allowed |= FILE_SHARE_DELETE;
  if (!(flags & (_O_TEXT | _O_BINARY))) flags |= *__p__fmode() == _O_BINARY ? _O_BINARY : _O_TEXT;
  HANDLE handle = CreateFileW(name, access, allowed, &security, creation_of(flags),
                              attributes_of(flags, permission), NULL);
  if (handle == INVALID_HANDLE_VALUE) return crt_fail_from_system();
  int number = file_adopt(handle, flags);
  if (number < 0) {
    CloseHandle(handle);
    return -1;
  }
  if (flags & _O_TEXT && flags & _O_RDWR && file_of(number)->type == FILE_TYPE_DISK) drop_end_mark(number);
  return number;
}

static int permission_of(int flags, va_list* arguments) {
  return flags & _O_CREAT ? va_arg(*arguments, int) : 0;
}

int _wopen(const wchar_t* name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  int permission = permission_of(flags, &arguments);
  va_end(arguments);
  return open_file(name, flags, _SH_DENYNO, permission);
}

int _open(const char* name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  int permission = permission_of(flags, &arguments);
  va_end(arguments);
  CRT_WITH_WIDE(int, -1, name, open_file(wide, flags, _SH_DENYNO, permission));
}

int _wsopen(const wchar_t* name, int flags, int share, ...) {
  va_list arguments;
  va_start(arguments, share);
  int permission = permission_of(flags, &arguments);
  va_end(arguments);
  return open_file(name, flags, share, permission);
}

int _sopen(const char* name, int flags, int share, ...) {
  va_list arguments;
  va_start(arguments, share);
  int permission = permission_of(flags, &arguments);
  va_end(arguments);
  CRT_WITH_WIDE(int, -1, name, open_file(wide, flags, share, permission));
}

int _creat(const char* name, int permission) {
  return _open(name, _O_CREAT | _O_TRUNC | _O_RDWR, permission);
}
int _wcreat(const wchar_t* name, int permission) {
  return _wopen(name, _O_CREAT | _O_TRUNC | _O_RDWR, permission);
}
