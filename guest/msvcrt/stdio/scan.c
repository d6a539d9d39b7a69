// scanf's family, by MinGW's scanners (libmingwex).
#include "guest/msvcrt/stdio/stream.h"

int __mingw_vfscanf(FILE* stream, const char* format, va_list arguments);
int __mingw_vsscanf(const char* text, const char* format, va_list arguments);
int __mingw_vfwscanf(FILE* stream, const wchar_t* format, va_list arguments);
int __mingw_vswscanf(const wchar_t* text, const wchar_t* format, va_list arguments);

#define FORWARD(call)          \
  va_list arguments;           \
  va_start(arguments, format); \
  int result = call;           \
  va_end(arguments);           \
  return result

int fscanf(FILE* stream, const char* format, ...) { FORWARD(__mingw_vfscanf(stream, format, arguments)); }
int scanf(const char* format, ...) { FORWARD(__mingw_vfscanf(stdin, format, arguments)); }
int sscanf(const char* text, const char* format, ...) { FORWARD(__mingw_vsscanf(text, format, arguments)); }
int fwscanf(FILE* stream, const wchar_t* format, ...) {
  FORWARD(__mingw_vfwscanf(stream, format, arguments));
}
int wscanf(const wchar_t* format, ...) { FORWARD(__mingw_vfwscanf(stdin, format, arguments)); }
int swscanf(const wchar_t* text, const wchar_t* format, ...) {
  FORWARD(__mingw_vswscanf(text, format, arguments));
}
