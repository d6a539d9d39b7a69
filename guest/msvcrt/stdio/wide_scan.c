// wscanf's family, by MinGW's scanner (libmingwex), with Microsoft's meaning of formats put into its words.
#define Unit wchar_t
#include "guest/msvcrt/stdio/scan_words.h"

int __mingw_vfwscanf(FILE* stream, const wchar_t* format, va_list arguments);
int __mingw_vswscanf(const wchar_t* text, const wchar_t* format, va_list arguments);

int fwscanf(FILE* stream, const wchar_t* format, ...) { SCAN(__mingw_vfwscanf(stream, words, arguments)); }
int wscanf(const wchar_t* format, ...) { SCAN(__mingw_vfwscanf(stdin, words, arguments)); }
int swscanf(const wchar_t* text, const wchar_t* format, ...) {
  SCAN(__mingw_vswscanf(text, words, arguments));
}
