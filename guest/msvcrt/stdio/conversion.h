// Where the parts of a conversion in a format of printf's or scanf's family are, and whether its text is wide
// (Microsoft, "Format specification syntax: printf and wprintf functions"): %s and %c are of the format's own
// width, %S and %C of the other; h makes them narrow, l and w wide.
//
// To be included with Unit defined as char or wchar_t.
#ifndef PAGEWALK_GUEST_MSVCRT_STDIO_CONVERSION_H
#define PAGEWALK_GUEST_MSVCRT_STDIO_CONVERSION_H

#include "guest/msvcrt/stdio/stream.h"

enum { kOwnIsWide = sizeof(Unit) > 1 };

// One conversion, from behind its '%'.
typedef struct Conversion {
  const Unit* begin;   // flags, width and precision
  const Unit* length;  // the prefixes
  const Unit* letter;
} Conversion;

// In C, an ending zero is in no set.
static int is_one_of(Unit c, const char* set) { return c > 0 && c < 0x7f && strchr(set, (int)c) != NULL; }

static Conversion conversion_at(const Unit* at) {
  Conversion conversion = {at, at, at};
  while (is_one_of(*at, "-+ #0123456789.*")) ++at;
  conversion.length = at;
  while (is_one_of(*at, "hlwLIqjzt")) {
    int sized = *at == 'I' && ((at[1] == '6' && at[2] == '4') || (at[1] == '3' && at[2] == '2'));
    at += sized ? 3 : 1;
  }
  conversion.letter = at;
  return conversion;
}

static int has_length(const Conversion* conversion, char prefix) {
  for (const Unit* at = conversion->length; at < conversion->letter; ++at)
    if (*at == (Unit)prefix) return 1;
  return 0;
}

static int is_wide_text(const Conversion* conversion) {
  if (has_length(conversion, 'h')) return 0;
  if (has_length(conversion, 'l') || has_length(conversion, 'w')) return 1;
  return is_one_of(*conversion->letter, "SC") ? !kOwnIsWide : kOwnIsWide;
}

#endif
