// What files are ("_stat, _fstat", "_access", "_chmod", Microsoft), in each of msvcrt's three structures.
#include <sys/stat.h>
#include <sys/types.h>

#include "guest/msvcrt/files/files.h"

// All of it, before it is cut to fit.
typedef struct Status {
  unsigned short mode;
  short links;
  int drive;
  long long size, accessed, written, created;
} Status;

static long long seconds_of(FILETIME time) {
  unsigned long long ticks = (unsigned long long)time.dwHighDateTime << 32 | time.dwLowDateTime;
  return (long long)(ticks / 10000000) - 11644473600ll;
}

static int executable(const wchar_t* name) {
  static const wchar_t* const kEndings[] = {L".exe", L".com", L".cmd", L".bat"};
  const wchar_t* dot = wcsrchr(name, '.');
  for (int i = 0; dot && i < 4; ++i) {
    if (_wcsicmp(dot, kEndings[i]) == 0) return 1;
  }
  return 0;
}

// The owner's permissions, for everybody.
static unsigned short mode_of(DWORD attributes, int runs) {
  unsigned mode = _S_IREAD;
  if (!(attributes & FILE_ATTRIBUTE_READONLY)) mode |= _S_IWRITE;
  if (attributes & FILE_ATTRIBUTE_DIRECTORY) runs = 1;
  if (runs) mode |= _S_IEXEC;
  mode |= (mode & 0700) >> 3 | (mode & 0700) >> 6;
  return (unsigned short)(mode | (attributes & FILE_ATTRIBUTE_DIRECTORY ? _S_IFDIR : _S_IFREG));
}

static int status_of_name(const wchar_t* name, Status* status) {
  WIN32_FILE_ATTRIBUTE_DATA data;
  if (!name || wcspbrk(name, L"?*")) return crt_fail(ENOENT);
  if (!GetFileAttributesExW(name, GetFileExInfoStandard, &data)) {
    crt_fail_from_system();
    return crt_fail(ENOENT);
  }
  status->mode = mode_of(data.dwFileAttributes, executable(name));
  status->links = 1;
  status->drive = 2;  // C:
  status->size = (long long)data.nFileSizeHigh << 32 | data.nFileSizeLow;
  status->accessed = seconds_of(data.ftLastAccessTime);
  status->written = seconds_of(data.ftLastWriteTime);
  status->created = seconds_of(data.ftCreationTime);
  return 0;
}

static int status_of_disk_file(const File* file, Status* status) {
  BY_HANDLE_FILE_INFORMATION data;
  if (!GetFileInformationByHandle(file->handle, &data)) return crt_fail_from_system();
  status->mode = mode_of(data.dwFileAttributes, 0);
  status->links = (short)data.nNumberOfLinks;
  status->size = (long long)data.nFileSizeHigh << 32 | data.nFileSizeLow;
  status->accessed = seconds_of(data.ftLastAccessTime);
  status->written = seconds_of(data.ftLastWriteTime);
  status->created = seconds_of(data.ftCreationTime);
  return 0;
}

// A device says no more than that it is one, a pipe how much it holds.
static int status_of_number(int number, Status* status) {
  File* file = file_of(number);
  DWORD held = 0;
  if (!file) return -1;
  if (file->type == FILE_TYPE_DISK) return status_of_disk_file(file, status);
  status->mode = file->type == FILE_TYPE_PIPE ? _S_IFIFO : _S_IFCHR;
  status->links = 1;
  status->drive = number;
  if (file->type == FILE_TYPE_PIPE && PeekNamedPipe(file->handle, NULL, 0, NULL, &held, NULL))
    status->size = held;
  return 0;
}

#define FILL(type, to, status)                                      \
  do {                                                              \
    memset(to, 0, sizeof *(to));                                    \
    (to)->st_mode = (status).mode;                                  \
    (to)->st_nlink = (status).links;                                \
    (to)->st_dev = (to)->st_rdev = (_dev_t)(status).drive;          \
    (to)->st_size = (__typeof__((to)->st_size))(status).size;       \
    (to)->st_atime = (__typeof__((to)->st_atime))(status).accessed; \
    (to)->st_mtime = (__typeof__((to)->st_mtime))(status).written;  \
    (to)->st_ctime = (__typeof__((to)->st_ctime))(status).created;  \
  } while (0)

#define DEFINE_STATUS(type, by_number, by_name, by_wide_name) \
  int by_number(int number, struct type* to);                 \
  int by_name(const char* name, struct type* to);             \
  int by_wide_name(const wchar_t* name, struct type* to);     \
  int by_number(int number, struct type* to) {                \
    Status status = {0};                                      \
    int result = status_of_number(number, &status);           \
    if (result == 0) FILL(type, to, status);                  \
    return result;                                            \
  }                                                           \
  int by_wide_name(const wchar_t* name, struct type* to) {    \
    Status status = {0};                                      \
    int result = status_of_name(name, &status);               \
    if (result == 0) FILL(type, to, status);                  \
    return result;                                            \
  }                                                           \
  int by_name(const char* name, struct type* to) { CRT_WITH_WIDE(int, -1, name, by_wide_name(wide, to)); }

#undef _fstat
#undef _stat
#undef _wstat
#undef _fstati64
#undef _stati64
#undef _wstati64
DEFINE_STATUS(_stat64, _fstat64, _stat64, _wstat64)
DEFINE_STATUS(_stat32, _fstat32, _stat32, _wstat32)
DEFINE_STATUS(_stat32i64, _fstat32i64, _stat32i64, _wstat32i64)

// 0: there, 2: may be written, 4: may be read (what is there can be).
int _waccess(const wchar_t* name, int mode) {
  enum { kWrite = 2 };
  DWORD attributes = GetFileAttributesW(name);
  if (attributes == INVALID_FILE_ATTRIBUTES) return crt_fail_from_system();
  int refused =
      attributes & FILE_ATTRIBUTE_READONLY && !(attributes & FILE_ATTRIBUTE_DIRECTORY) && mode & kWrite;
  return refused ? crt_fail(EACCES) : 0;
}
int _access(const char* name, int mode) { CRT_WITH_WIDE(int, -1, name, _waccess(wide, mode)); }

int _wchmod(const wchar_t* name, int mode) {
  DWORD attributes = GetFileAttributesW(name);
  if (attributes == INVALID_FILE_ATTRIBUTES) return crt_fail_from_system();
  attributes =
      mode & _S_IWRITE ? attributes & ~FILE_ATTRIBUTE_READONLY : attributes | FILE_ATTRIBUTE_READONLY;
  return SetFileAttributesW(name, attributes) ? 0 : crt_fail_from_system();
}
int _chmod(const char* name, int mode) { CRT_WITH_WIDE(int, -1, name, _wchmod(wide, mode)); }
