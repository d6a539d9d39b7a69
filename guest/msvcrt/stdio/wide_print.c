// wprintf's family, by MinGW's wide formatter.
#include "guest/msvcrt/stdio/stream.h"

int __mingw_vfwprintf(FILE* stream, const wchar_t* format, va_list arguments);
int __mingw_vsnwprintf(wchar_t* to, size_t room, const wchar_t* format, va_list arguments);

int vfwprintf(FILE* stream, const wchar_t* format, va_list arguments) {
  return __mingw_vfwprintf(stream, format, arguments);
}
int vwprintf(const wchar_t* format, va_list arguments) { return vfwprintf(stdout, format, arguments); }

int crt_vswprintf(wchar_t* to, const wchar_t* format, va_list arguments);
int crt_vswprintf(wchar_t* to, const wchar_t* format, va_list arguments) {
  return __mingw_vsnwprintf(to, INT_MAX / 2, format, arguments);
}

int _vscwprintf(const wchar_t* format, va_list arguments) {
  return __mingw_vsnwprintf(NULL, 0, format, arguments);
}

int _vsnwprintf(wchar_t* to, size_t room, const wchar_t* format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = __mingw_vsnwprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) return -1;
  if ((size_t)length < room) return __mingw_vsnwprintf(to, room, format, arguments);
  wchar_t* whole = malloc(((size_t)length + 1) * sizeof *whole);
  if (!whole) return -1;
  __mingw_vsnwprintf(whole, (size_t)length + 1, format, arguments);
  memcpy(to, whole, room * sizeof *to);
  free(whole);
  return (size_t)length == room ? length : -1;
}

#define FORWARD(call)          \
  va_list arguments;           \
  va_start(arguments, format); \
  int result = call;           \
  va_end(arguments);           \
  return result

int fwprintf(FILE* stream, const wchar_t* format, ...) { FORWARD(vfwprintf(stream, format, arguments)); }
int wprintf(const wchar_t* format, ...) { FORWARD(vfwprintf(stdout, format, arguments)); }
int crt_swprintf(wchar_t* to, const wchar_t* format, ...);
int crt_swprintf(wchar_t* to, const wchar_t* format, ...) { FORWARD(crt_vswprintf(to, format, arguments)); }
int _snwprintf(wchar_t* to, size_t room, const wchar_t* format, ...) {
  FORWARD(_vsnwprintf(to, room, format, arguments));
}
int _scwprintf(const wchar_t* format, ...) { FORWARD(_vscwprintf(format, arguments)); }

// What libmingwex's formatter itself reports errors with.
int __ms_fwprintf(FILE* stream, const wchar_t* format, ...) { FORWARD(vfwprintf(stream, format, arguments)); }
