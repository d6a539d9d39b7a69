// wprintf's family. The formatting is MinGW's, into memory; Microsoft's meaning of %s and %c is put into its
// words first: in a wide format they take wide text, %S and %C narrow text ("Format specification syntax").
#include "guest/msvcrt/stdio/stream.h"

int __mingw_vsnwprintf(wchar_t* to, size_t room, const wchar_t* format, va_list arguments);

// Copies one conversion, from behind its '%' to its letter, with the length that the letter means; returns
// its end.
static const wchar_t* put_conversion(const wchar_t* at, wchar_t** to) {
  int sized = 0;
  while (*at && wcschr(L"-+ #0123456789.*", *at)) *(*to)++ = *at++;
  while (*at && wcschr(L"hlwLIqjzt", *at)) {
    sized = 1;
    if (*at == 'I' && (at[1] == '6' || at[1] == '3')) {  // I64, I32
      *(*to)++ = *at++;
      *(*to)++ = *at++;
    }
    *(*to)++ = *at == 'w' ? 'l' : *at;
    ++at;
  }
  if (!*at) return at;
  if (!sized && (*at == 's' || *at == 'c')) *(*to)++ = 'l';
  if (!sized && (*at == 'S' || *at == 'C')) *(*to)++ = 'h';
  *(*to)++ = *at == 'S' ? 's' : *at == 'C' ? 'c' : *at;
  return at + 1;
}

// A heap copy; at worst every second character ("%s%s...") becomes three.
static wchar_t* translate(const wchar_t* format) {
  wchar_t* copy = malloc((2 * wcslen(format) + 1) * sizeof *copy);
  wchar_t* to = copy;
  if (!copy) return NULL;
  while (*format) {
    wchar_t c = *format++;
    *to++ = c;
    if (c == '%') format = put_conversion(format, &to);
  }
  *to = 0;
  return copy;
}

// As C99's vsnprintf: the length that the whole text has, however much room there is.
static int format_into(wchar_t* to, size_t room, const wchar_t* format, va_list arguments) {
  wchar_t* words = translate(format);
  if (!words) return -1;
  int length = __mingw_vsnwprintf(to, room, words, arguments);
  free(words);
  return length;
}

int _vscwprintf(const wchar_t* format, va_list arguments) { return format_into(NULL, 0, format, arguments); }

// The whole text on the heap.
static wchar_t* format_all(const wchar_t* format, va_list arguments, int* length) {
  va_list again;
  va_copy(again, arguments);
  *length = _vscwprintf(format, again);
  va_end(again);
  wchar_t* text = *length < 0 ? NULL : malloc(((size_t)*length + 1) * sizeof *text);
  if (text) format_into(text, (size_t)*length + 1, format, arguments);
  return text;
}

int vfwprintf(FILE* stream, const wchar_t* format, va_list arguments) {
  int length;
  wchar_t* text = format_all(format, arguments, &length);
  if (!text) return -1;
  int result = fputws(text, stream);
  free(text);
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
  wchar_t* text = format_all(format, arguments, &length);
  if (!text) return -1;
  size_t copied = (size_t)length < room ? (size_t)length + 1 : room;
  memcpy(to, text, copied * sizeof *to);
  free(text);
  return (size_t)length <= room ? length : -1;
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
