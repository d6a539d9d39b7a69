// scanf's family, by MinGW's scanner (libmingwex), with Microsoft's meaning of formats put into its words.
#define Unit char
#include "guest/msvcrt/stdio/scan_words.h"

int __mingw_vfscanf(FILE* stream, const char* format, va_list arguments);
int __mingw_vsscanf(const char* text, const char* format, va_list arguments);

int fscanf(FILE* stream, const char* format, ...) { SCAN(__mingw_vfscanf(stream, words, arguments)); }
int scanf(const char* format, ...) { SCAN(__mingw_vfscanf(stdin, words, arguments)); }
int sscanf(const char* text, const char* format, ...) { SCAN(__mingw_vsscanf(text, words, arguments)); }
