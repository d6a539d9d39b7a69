// Case and character classes; the locale is English (United States), ordered by code value.
#include "guest/kernel32/kernel32.h"

LCID WINAPI GetUserDefaultLCID(void) { return 0x409; }
LCID WINAPI GetSystemDefaultLCID(void) { return 0x409; }
LCID WINAPI GetThreadLocale(void) { return 0x409; }
LANGID WINAPI GetUserDefaultLangID(void) { return 0x409; }
LANGID WINAPI GetSystemDefaultLangID(void) { return 0x409; }
BOOL WINAPI IsValidLocale(LCID locale, DWORD flags) {
  (void)flags;
  return locale == 0x409 || locale == LOCALE_USER_DEFAULT || locale == LOCALE_SYSTEM_DEFAULT;
}

static WORD class_of(WCHAR c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
    WORD space = c >= 9 && c <= 13 ? C1_SPACE : 0;
    return C1_DEFINED | C1_CNTRL | space | (c == 9 ? C1_BLANK : 0);
  }
  if (c == ' ' || c == 0xa0) return C1_DEFINED | C1_SPACE | C1_BLANK;
  WORD hexadecimal = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ? C1_XDIGIT : 0;
  if (c >= '0' && c <= '9') return C1_DEFINED | C1_DIGIT | C1_XDIGIT;
  if (RtlUpcaseUnicodeChar(c) != c || c == 0xdf) return C1_DEFINED | C1_ALPHA | C1_LOWER | hexadecimal;
  if (RtlDowncaseUnicodeChar(c) != c) return C1_DEFINED | C1_ALPHA | C1_UPPER | hexadecimal;
  return c < 0x100 ? C1_DEFINED | C1_PUNCT : C1_DEFINED | C1_ALPHA;
}

BOOL WINAPI GetStringTypeW(DWORD kind, LPCWCH text, int length, LPWORD types) {
  if (kind != CT_CTYPE1 || !text || !types) return k32_fail(ERROR_INVALID_PARAMETER);
  if (length < 0) length = (int)k32_wide_length(text) + 1;
  for (int i = 0; i < length; ++i) types[i] = class_of(text[i]);
  return TRUE;
}

static int compare(const WCHAR* a, int a_length, const WCHAR* b, int b_length, BOOL ignore_case) {
  for (int i = 0; i < a_length && i < b_length; ++i) {
    WCHAR x = ignore_case ? RtlUpcaseUnicodeChar(a[i]) : a[i];
    WCHAR y = ignore_case ? RtlUpcaseUnicodeChar(b[i]) : b[i];
    if (x != y) return x < y ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
  }
  if (a_length == b_length) return CSTR_EQUAL;
  return a_length < b_length ? CSTR_LESS_THAN : CSTR_GREATER_THAN;
}

int WINAPI CompareStringW(LCID locale, DWORD flags, LPCWCH a, int a_length, LPCWCH b, int b_length) {
  (void)locale;
  if (!a || !b) return k32_fail(ERROR_INVALID_PARAMETER);
  if (a_length < 0) a_length = (int)k32_wide_length(a);
  if (b_length < 0) b_length = (int)k32_wide_length(b);
  return compare(a, a_length, b, b_length, (flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE)) != 0);
}

static WCHAR map(DWORD flags, WCHAR c) {
  if (flags & LCMAP_UPPERCASE) return RtlUpcaseUnicodeChar(c);
  if (flags & LCMAP_LOWERCASE) return RtlDowncaseUnicodeChar(c);
  return c;
}

int WINAPI LCMapStringW(LCID locale, DWORD flags, LPCWSTR from, int length, LPWSTR to, int room) {
  (void)locale;
  if (!from || length == 0 || flags & LCMAP_SORTKEY) return k32_fail(ERROR_INVALID_PARAMETER);
  if (length < 0) length = (int)k32_wide_length(from) + 1;
  if (room == 0) return length;
  if (room < length) return k32_fail(ERROR_INSUFFICIENT_BUFFER);
  for (int i = 0; i < length; ++i) to[i] = map(flags, from[i]);
  return length;
}
