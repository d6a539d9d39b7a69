// A format of scanf's family in the words of MinGW's scanner: the width of texts as Microsoft has it, and a
// long double, which is a double.
//
// To be included with Unit defined as char or wchar_t.
#include "guest/msvcrt/stdio/conversion.h"

// Behind a set's closing bracket; one that comes first is a member.
static const Unit* end_of_set(const Unit* at) {
  at += *at == '^';
  at += *at == ']';
  while (*at && *at != ']') ++at;
  return at + (*at != 0);
}

static Unit* put_scan_length(Unit* to, const Conversion* conversion) {
  int is_float = kinds_of(*conversion->letter) & kFloat;
  if (kinds_of(*conversion->letter) & kText || *conversion->letter == '[') {
    *to++ = is_wide_text(conversion) ? 'l' : 'h';
    return to;
  }
  for (const Unit* at = conversion->length; at < conversion->letter; ++at)
    if (*at != 'w') *to++ = is_float && *at == 'L' ? 'l' : *at;
  return to;
}

// Copies one conversion from behind its '%'; returns its end.
static const Unit* put_scan_conversion(const Unit* at, Unit** to) {
  const Conversion conversion = conversion_at(at);
  const Unit* end = conversion.letter + (*conversion.letter != 0);
  if (*conversion.letter == '[') end = end_of_set(end);
  for (; at < conversion.length; ++at) *(*to)++ = *at;
  *to = put_scan_length(*to, &conversion);
  for (at = conversion.letter; at < end; ++at)
    *(*to)++ = at > conversion.letter ? *at : *at == 'S' ? 's' : *at == 'C' ? 'c' : *at;
  return end;
}

enum { kShortWords = 128 };

// Into `words`, which hold kShortWords, or else onto the heap; at worst every second character ("%s%s...")
// becomes two. Null without memory.
static Unit* scan_words(const Unit* format, Unit* words) {
  size_t length = 0;
  while (format[length]) ++length;
  if (2 * length + 1 > kShortWords) words = malloc((2 * length + 1) * sizeof *words);
  Unit* to = words;
  if (!words) return NULL;
  while (*format) {
    Unit c = *format++;
    *to++ = c;
    if (c == '%') format = put_scan_conversion(format, &to);
  }
  *to = 0;
  return words;
}

// What `call` returns when it is given `words` in the place of `format`.
#define SCAN(call)                               \
  va_list arguments;                             \
  Unit short_words[kShortWords];                 \
  Unit* words = scan_words(format, short_words); \
  if (!words) return EOF;                        \
  va_start(arguments, format);                   \
  int result = call;                             \
  va_end(arguments);                             \
  if (words != short_words) free(words);         \
  return result
