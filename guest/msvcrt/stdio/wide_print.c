// wprintf's family. The formatting is MinGW's, into memory, with Microsoft's meaning of formats put into its
// words.
#define Unit wchar_t
#define kFormatter __mingw_vsnwprintf
#include "guest/msvcrt/stdio/format_words.h"

int _vscwprintf(const wchar_t* format, va_list arguments) { return format_into(NULL, 0, format, arguments); }

int vfwprintf(FILE* stream, const wchar_t* format, va_list arguments) {
  wchar_t own[512];
  int length;
  wchar_t* text = format_all(own, sizeof own / sizeof *own, format, arguments, &length);
  if (!text) return -1;
  int result = fputws(text, stream);
  if (text != own) free(text);
  return result ? -1 : length;
}

int vwprintf(const wchar_t* format, va_list arguments) { return vfwprintf(stdout, format, arguments); }

int crt_vswprintf(wchar_t* to, const wchar_t* format, va_list arguments);
int crt_vswprintf(wchar_t* to, const wchar_t* format, va_list arguments) {
  return format_into(to, INT_MAX / sizeof *to, format, arguments);
}

// Fills the buffer and leaves out the ending zero before it says -1.
int _vsnwprintf(wchar_t* to, size_t room, const wchar_t* format, va_list arguments) {
  int length;
  wchar_t* text = format_all(to, room, format, arguments, &length);
  if (!text) return -1;
  if (text == to) return length;
  memcpy(to, text, room * sizeof *to);
  free(text);
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

// The name by which libmingwex's formatter knows msvcrt's function.
int __ms_fwprintf(FILE* stream, const wchar_t* format, ...) { FORWARD(vfwprintf(stream, format, arguments)); }
