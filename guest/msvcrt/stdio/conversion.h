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

// What a character can be in a conversion.
enum CharacterKinds {
  kLayout = 1,  // flags, width, precision
  kPrefix = 2,  // a size
  kText = 4,    // the letters, from here on
  kInteger = 8,
  kFloat = 16,
  kExponent = 32,  // a float that may be printed with one
  kPointer = 64,
};

static int kinds_of(Unit c) {
  static const unsigned char kKinds[128] = {
      ['-'] = kLayout,
      ['+'] = kLayout,
      [' '] = kLayout,
      ['#'] = kLayout,
      ['.'] = kLayout,
      ['*'] = kLayout,
      ['0'] = kLayout,
      ['1'] = kLayout,
      ['2'] = kLayout,
      ['3'] = kLayout,
      ['4'] = kLayout,
      ['5'] = kLayout,
      ['6'] = kLayout,
      ['7'] = kLayout,
      ['8'] = kLayout,
      ['9'] = kLayout,
      ['h'] = kPrefix,
      ['l'] = kPrefix,
      ['w'] = kPrefix,
      ['L'] = kPrefix,
      ['I'] = kPrefix,
      ['q'] = kPrefix,
      ['j'] = kPrefix,
      ['z'] = kPrefix,
      ['t'] = kPrefix,
      ['s'] = kText,
      ['S'] = kText,
      ['c'] = kText,
      ['C'] = kText,
      ['d'] = kInteger,
      ['i'] = kInteger,
      ['o'] = kInteger,
      ['u'] = kInteger,
      ['x'] = kInteger,
      ['X'] = kInteger,
      ['a'] = kFloat,
      ['A'] = kFloat,
      ['f'] = kFloat,
      ['F'] = kFloat,
      ['e'] = kFloat | kExponent,
      ['E'] = kFloat | kExponent,
      ['g'] = kFloat | kExponent,
      ['G'] = kFloat | kExponent,
      ['p'] = kPointer,
      ['n'] = kPointer,
  };
  return (unsigned)c < sizeof kKinds ? kKinds[(unsigned)c] : 0;
}

static Conversion conversion_at(const Unit* at) {
  Conversion conversion = {at, at, at};
  while (kinds_of(*at) & kLayout) ++at;
  conversion.length = at;
  while (kinds_of(*at) & kPrefix) {
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
  return *conversion->letter == 'S' || *conversion->letter == 'C' ? !kOwnIsWide : kOwnIsWide;
}

#endif
