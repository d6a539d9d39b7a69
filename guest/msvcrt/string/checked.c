// The _s functions: a destination that is too small becomes empty and the error is returned (C11 annex K as
// Microsoft has it).
#include "guest/msvcrt/msvcrt.h"

static errno_t refuse(char* to, size_t room, errno_t error) {
  if (to && room) *to = 0;
  return *_errno() = error;
}

static errno_t refuse_wide(wchar_t* to, size_t room, errno_t error) {
  if (to && room) *to = 0;
  return *_errno() = error;
}

errno_t strncpy_s(char* to, size_t room, const char* from, size_t most) {
  if (!to || !room || !from) return refuse(to, room, EINVAL);
  size_t length = strnlen(from, most);
  if (length >= room && most != _TRUNCATE) return refuse(to, room, ERANGE);
  int cut = length >= room;
  if (cut) length = room - 1;
  memcpy(to, from, length);
  to[length] = 0;
  return cut ? STRUNCATE : 0;
}

errno_t strcpy_s(char* to, size_t room, const char* from) { return strncpy_s(to, room, from, (size_t)-2); }

errno_t strncat_s(char* to, size_t room, const char* from, size_t most) {
  size_t used = to ? strnlen(to, room) : 0;
  if (!to || used == room) return refuse(to, room, EINVAL);
  errno_t error = strncpy_s(to + used, room - used, from, most);
  if (error && error != STRUNCATE) *to = 0;
  return error;
}

errno_t strcat_s(char* to, size_t room, const char* from) { return strncat_s(to, room, from, (size_t)-2); }

errno_t wcsncpy_s(wchar_t* to, size_t room, const wchar_t* from, size_t most) {
  if (!to || !room || !from) return refuse_wide(to, room, EINVAL);
  size_t length = wcsnlen(from, most);
  if (length >= room && most != _TRUNCATE) return refuse_wide(to, room, ERANGE);
  int cut = length >= room;
  if (cut) length = room - 1;
  memcpy(to, from, length * sizeof *to);
  to[length] = 0;
  return cut ? STRUNCATE : 0;
}

errno_t wcscpy_s(wchar_t* to, size_t room, const wchar_t* from) {
  return wcsncpy_s(to, room, from, (size_t)-2);
}

errno_t wcsncat_s(wchar_t* to, size_t room, const wchar_t* from, size_t most) {
  size_t used = to ? wcsnlen(to, room) : 0;
  if (!to || used == room) return refuse_wide(to, room, EINVAL);
  errno_t error = wcsncpy_s(to + used, room - used, from, most);
  if (error && error != STRUNCATE) *to = 0;
  return error;
}

errno_t wcscat_s(wchar_t* to, size_t room, const wchar_t* from) {
  return wcsncat_s(to, room, from, (size_t)-2);
}

errno_t memcpy_s(void* to, size_t room, const void* from, size_t size) {
  if (size == 0) return 0;
  if (!to || !from || size > room) {
    if (to) memset(to, 0, room);
    return *_errno() = to && from ? ERANGE : EINVAL;
  }
  memcpy(to, from, size);
  return 0;
}

errno_t memmove_s(void* to, size_t room, const void* from, size_t size) {
  if (size == 0) return 0;
  if (!to || !from || size > room) return *_errno() = to && from ? ERANGE : EINVAL;
  memmove(to, from, size);
  return 0;
}
