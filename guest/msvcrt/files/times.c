// When files were used and changed ("_utime, _utime32, _utime64", "_futime", Microsoft).
#include <sys/utime.h>

#include "guest/msvcrt/files/files.h"

typedef struct Times {  // seconds since 1970
  long long accessed, modified;
} Times;

static BOOL to_file_time(long long seconds, FILETIME* time) {
  const long long latest = 32535215999ll;  // 23:59:59 UTC on 31 December 3000
  if (seconds < 0 || seconds > latest) return FALSE;
  unsigned long long ticks = ((unsigned long long)seconds + 11644473600ull) * 10000000;
  *time = (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)};
  return TRUE;
}

// Null: now.
static int set_times(int number, const Times* times) {
  FILETIME accessed, modified;
  File* file = file_of(number);
  if (!file) return -1;
  if (!times) {
    GetSystemTimeAsFileTime(&accessed);
    modified = accessed;
  } else if (!to_file_time(times->accessed, &accessed) || !to_file_time(times->modified, &modified)) {
    return crt_fail(EINVAL);
  }
  return SetFileTime(file->handle, NULL, &accessed, &modified) ? 0 : crt_fail_from_system();
}

// A folder and a read-only file are EACCES, since neither can be opened for writing.
static int set_times_by_name(const wchar_t* name, const Times* times) {
  int number = _wopen(name, _O_RDWR | _O_BINARY);
  if (number < 0) return -1;
  int result = set_times(number, times);
  int error = errno;
  _close(number);
  if (result != 0) crt_fail(error);
  return result;
}

#undef _futime
#undef _utime
#undef _wutime
#define DEFINE_TIMES(type, by_number, by_name, by_wide_name)   \
  int by_number(int number, struct type* to) {                 \
    Times times = {to ? to->actime : 0, to ? to->modtime : 0}; \
    return set_times(number, to ? &times : NULL);              \
  }                                                            \
  int by_wide_name(const wchar_t* name, struct type* to) {     \
    Times times = {to ? to->actime : 0, to ? to->modtime : 0}; \
    return set_times_by_name(name, to ? &times : NULL);        \
  }                                                            \
  int by_name(const char* name, struct type* to) { CRT_WITH_WIDE(int, -1, name, by_wide_name(wide, to)); }

DEFINE_TIMES(__utimbuf32, _futime32, _utime32, _wutime32)
DEFINE_TIMES(__utimbuf64, _futime64, _utime64, _wutime64)
