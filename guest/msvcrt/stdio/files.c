// Low-level files: small numbers for handles. The three standard ones are open; there is no file system to
// open others from. Standard output ends its lines as the host does, with LF alone; text input drops the CR
// of a CR LF and ends at Ctrl-Z.
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include "guest/msvcrt/msvcrt.h"

enum { kFiles = 32, kCtrlZ = 0x1a, kNothing = -1 };

typedef struct File {
  HANDLE handle;  // null: free
  int mode;       // _O_TEXT or _O_BINARY
  int held;       // a byte read ahead after a CR; kNothing
  int ended;      // Ctrl-Z was read
} File;

static File files[kFiles];

static void open_standard_once(void) {
  static const DWORD kNames[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  static int opened;
  if (opened) return;
  opened = 1;
  for (int i = 0; i < 3; ++i) files[i] = (File){GetStdHandle(kNames[i]), _O_TEXT, kNothing, 0};
}

static File* file_of(int number) {
  open_standard_once();
  if (number >= 0 && number < kFiles && files[number].handle) return &files[number];
  *__doserrno() = 0;
  *_errno() = EBADF;
  return NULL;
}

intptr_t _get_osfhandle(int number) {
  File* file = file_of(number);
  return file ? (intptr_t)file->handle : -1;
}

int _open_osfhandle(intptr_t handle, int flags) {
  open_standard_once();
  for (int i = 0; i < kFiles; ++i) {
    if (files[i].handle) continue;
    files[i] = (File){(HANDLE)handle, flags & _O_TEXT ? _O_TEXT : _O_BINARY, kNothing, 0};
    return i;
  }
  return crt_fail(EMFILE);
}

int _close(int number) {
  File* file = file_of(number);
  if (!file) return -1;
  HANDLE handle = file->handle;
  file->handle = NULL;
  return CloseHandle(handle) ? 0 : crt_fail_from_system();
}

int _isatty(int number) {
  File* file = file_of(number);
  return file && GetFileType(file->handle) == FILE_TYPE_CHAR ? 0x40 : 0;
}

int _setmode(int number, int mode) {
  File* file = file_of(number);
  if (!file) return -1;
  if (mode != _O_TEXT && mode != _O_BINARY) return crt_fail(EINVAL);
  int old = file->mode;
  file->mode = mode;
  return old;
}

int _write(int number, const void* bytes, unsigned size) {
  File* file = file_of(number);
  DWORD written;
  if (!file) return -1;
  if (size == 0) return 0;
  return WriteFile(file->handle, bytes, size, &written, NULL) ? (int)written : crt_fail_from_system();
}

// Bytes as they are; 0 at the end (a closed pipe is one), -1 on failure.
static int read_raw(File* file, char* to, unsigned size) {
  DWORD got = 0;
  if (ReadFile(file->handle, to, size, &got, NULL)) return (int)got;
  return GetLastError() == ERROR_BROKEN_PIPE ? 0 : crt_fail_from_system();
}

// Whether a CR that ends what was read belongs to a CR LF; the byte after it is held when it is something
// else.
static int line_feed_follows(File* file) {
  char next;
  if (read_raw(file, &next, 1) != 1) return 0;
  if (next == '\n') return 1;
  file->held = (unsigned char)next;
  return 0;
}

static int translate(File* file, char* text, int size) {
  int kept = 0;
  for (int i = 0; i < size; ++i) {
    if (text[i] == kCtrlZ) {
      file->ended = 1;
      break;
    }
    if (text[i] == '\r' && (i + 1 < size ? text[i + 1] == '\n' : line_feed_follows(file))) {
      if (i + 1 == size) text[kept++] = '\n';
      continue;
    }
    text[kept++] = text[i];
  }
  return kept;
}

int _read(int number, void* to, unsigned size) {
  File* file = file_of(number);
  char* text = to;
  int held = 0;
  if (!file) return -1;
  if (size == 0 || file->ended) return 0;
  if (file->held != kNothing) {
    *text = (char)file->held;
    file->held = kNothing;
    held = 1;
  }
  int got = size > (unsigned)held && !held ? read_raw(file, text, size) : 0;
  if (got < 0) return -1;
  got += held;
  return file->mode == _O_TEXT ? translate(file, text, got) : got;
}

long long _lseeki64(int number, long long offset, int origin) {
  File* file = file_of(number);
  LARGE_INTEGER distance = {.QuadPart = offset}, position;
  if (!file) return -1;
  if (!SetFilePointerEx(file->handle, distance, &position, (DWORD)origin)) return crt_fail_from_system();
  return position.QuadPart;
}

long _lseek(int number, long offset, int origin) { return (long)_lseeki64(number, offset, origin); }
long _tell(int number) { return _lseek(number, 0, SEEK_CUR); }
long long _telli64(int number) { return _lseeki64(number, 0, SEEK_CUR); }

long long _filelengthi64(int number) {
  File* file = file_of(number);
  LARGE_INTEGER size;
  if (!file) return -1;
  return GetFileSizeEx(file->handle, &size) ? size.QuadPart : crt_fail_from_system();
}

long _filelength(int number) { return (long)_filelengthi64(number); }

int _commit(int number) {
  File* file = file_of(number);
  if (!file) return -1;
  return FlushFileBuffers(file->handle) ? 0 : crt_fail_from_system();
}

int _dup(int number) {
  File* file = file_of(number);
  return file ? _open_osfhandle((intptr_t)file->handle, file->mode) : -1;
}

int _open(const char* name, int flags, ...) {
  (void)name, (void)flags;
  return crt_fail(ENOENT);
}

int _wopen(const wchar_t* name, int flags, ...) {
  (void)name, (void)flags;
  return crt_fail(ENOENT);
}

int _sopen(const char* name, int flags, int share, ...) {
  (void)name, (void)flags, (void)share;
  return crt_fail(ENOENT);
}

int _access(const char* name, int mode) {
  (void)name, (void)mode;
  return crt_fail(ENOENT);
}

int _unlink(const char* name) {
  (void)name;
  return crt_fail(ENOENT);
}

int remove(const char* name) { return _unlink(name); }

int rename(const char* from, const char* to) {
  (void)from, (void)to;
  return crt_fail(ENOENT);
}

// A character device says no more than that it is one.
#define DEFINE_STATUS(type, by_number, by_name)        \
  int by_number(int number, struct type* status) {     \
    if (!file_of(number)) return -1;                   \
    memset(status, 0, sizeof *status);                 \
    status->st_mode = _S_IFCHR;                        \
    status->st_dev = status->st_rdev = (_dev_t)number; \
    status->st_nlink = 1;                              \
    return 0;                                          \
  }                                                    \
  int by_name(const char* name, struct type* status) { \
    (void)name, (void)status;                          \
    return crt_fail(ENOENT);                           \
  }

#undef _fstat
#undef _stat
#undef _fstati64
#undef _stati64
int _fstat64(int number, struct _stat64* status);
int _stat64(const char* name, struct _stat64* status);
int _fstat32(int number, struct _stat32* status);
int _stat32(const char* name, struct _stat32* status);
int _fstat32i64(int number, struct _stat32i64* status);
int _stat32i64(const char* name, struct _stat32i64* status);
DEFINE_STATUS(_stat64, _fstat64, _stat64)
DEFINE_STATUS(_stat32, _fstat32, _stat32)
DEFINE_STATUS(_stat32i64, _fstat32i64, _stat32i64)
