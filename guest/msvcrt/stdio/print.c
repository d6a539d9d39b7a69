// printf's family. The formatting is MinGW's (libmingwex, linked in), with Microsoft's meaning of formats put
// into its words; msvcrt's own results are kept: -1 and no ending zero when _snprintf's buffer is too small.
#define Unit char
#define kFormatter __mingw_vsnprintf
#include "guest/msvcrt/stdio/format_words.h"

static unsigned output_format;

unsigned _get_output_format(void) { return output_format; }

unsigned _set_output_format(unsigned format) {
  unsigned before = output_format;
  if (format & ~(unsigned)_TWO_DIGIT_EXPONENT) {
    crt_fail(EINVAL);
    return before;
  }
  output_format = format;
  return before;
}

int crt_format(char* to, size_t room, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = __mingw_vsnprintf(to, room, format, arguments);
  va_end(arguments);
  return length;
}

// Into memory, and from there to the stream at once.
int vfprintf(FILE* stream, const char* format, va_list arguments) {
  char own[512];
  int length;
  char* text = format_all(own, sizeof own, format, arguments, &length);
  if (!text) return -1;
  size_t written = fwrite(text, 1, (size_t)length, stream);
  if (text != own) free(text);
  return written == (size_t)length ? length : -1;
}

int vprintf(const char* format, va_list arguments) { return vfprintf(stdout, format, arguments); }

int vsprintf(char* to, const char* format, va_list arguments) {
  return format_into(to, INT_MAX, format, arguments);
}

int _vscprintf(const char* format, va_list arguments) { return format_into(NULL, 0, format, arguments); }

// The formatter always writes an ending zero; msvcrt fills the whole buffer first.
int _vsnprintf(char* to, size_t room, const char* format, va_list arguments) {
  int length;
  char* text = format_all(to, room, format, arguments, &length);
  if (!text) return -1;
  if (text == to) return length;
  memcpy(to, text, room);
  free(text);
  return (size_t)length == room ? length : -1;
}

#define FORWARD(call)          \
  va_list arguments;           \
  va_start(arguments, format); \
  int result = call;           \
  va_end(arguments);           \
  return result

int fprintf(FILE* stream, const char* format, ...) { FORWARD(vfprintf(stream, format, arguments)); }
int printf(const char* format, ...) { FORWARD(vfprintf(stdout, format, arguments)); }
int sprintf(char* to, const char* format, ...) { FORWARD(vsprintf(to, format, arguments)); }
int _snprintf(char* to, size_t room, const char* format, ...) {
  FORWARD(_vsnprintf(to, room, format, arguments));
}
int _scprintf(const char* format, ...) { FORWARD(_vscprintf(format, arguments)); }

// The _s forms end the text always and empty it when it does not fit.
static int print_checked(char* to, size_t room, const char* format, va_list arguments) {
  int length = to && room ? format_into(to, room, format, arguments) : -1;
  if (length >= 0 && (size_t)length < room) return length;
  if (to && room) *to = 0;
  return crt_fail(length < 0 ? EINVAL : ERANGE);
}

int vsprintf_s(char* to, size_t room, const char* format, va_list arguments) {
  return print_checked(to, room, format, arguments);
}
int sprintf_s(char* to, size_t room, const char* format, ...) {
  FORWARD(print_checked(to, room, format, arguments));
}

int _vsnprintf_s(char* to, size_t room, size_t count, const char* format, va_list arguments) {
  int length = format_into(to, room, format, arguments);
  if (length < 0 || ((size_t)length < room && (count == (size_t)-1 || (size_t)length <= count)))
    return length;
  if (count != (size_t)-1 && count < room) {
    to[count] = 0;
  } else if (count != (size_t)-1) {
    *to = 0;
  }
  return -1;
}
int _snprintf_s(char* to, size_t room, size_t count, const char* format, ...) {
  FORWARD(_vsnprintf_s(to, room, count, format, arguments));
}
