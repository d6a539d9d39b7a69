// Text to integers and back (C11 7.22.1; Microsoft's _itoa family).
#include "guest/msvcrt/msvcrt.h"

enum { kNoDigit = 99 };

static unsigned digit_of(wchar_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10u;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10u;
  return kNoDigit;
}

// What was read, whatever the type that is wanted; `used` is how many characters, 0 when there was no number.
typedef struct Number {
  unsigned long long magnitude;
  int negative;
  int overflow;
  size_t used;
} Number;

// Characters of either width by index.
typedef struct Text {
  const char* narrow;
  const wchar_t* wide;
} Text;

static wchar_t at(const Text* text, size_t i) {
  return text->narrow ? (unsigned char)text->narrow[i] : text->wide[i];
}

static size_t skip_prefix(const Text* text, size_t i, int* base) {
  int hexadecimal = at(text, i) == '0' && (at(text, i + 1) | 0x20) == 'x' && digit_of(at(text, i + 2)) < 16;
  if ((*base == 0 || *base == 16) && hexadecimal) {
    *base = 16;
    return i + 2;
  }
  if (*base == 0) *base = at(text, i) == '0' ? 8 : 10;
  return i;
}

// Nothing is read, and errno says so, in a base that there is not (Microsoft, "strtol": 0, or 2 to 36).
static Number read(Text text, int base) {
  Number number = {0, 0, 0, 0};
  if (base < 0 || base == 1 || base > 36) {
    *_errno() = EINVAL;
    return number;
  }
  size_t i = 0;
  while (iswspace(at(&text, i))) ++i;
  if (at(&text, i) == '-' || at(&text, i) == '+') number.negative = at(&text, i++) == '-';
  i = skip_prefix(&text, i, &base);
  for (unsigned digit; (digit = digit_of(at(&text, i))) < (unsigned)base; ++i) {
    number.overflow |= __builtin_mul_overflow(number.magnitude, (unsigned)base, &number.magnitude);
    number.overflow |= __builtin_add_overflow(number.magnitude, digit, &number.magnitude);
    number.used = i + 1;
  }
  return number;
}

static long long as_signed(const Number* number, long long least, long long most) {
  unsigned long long limit = number->negative ? (unsigned long long)most + 1 : (unsigned long long)most;
  if (number->overflow || number->magnitude > limit) {
    *_errno() = ERANGE;
    return number->negative ? least : most;
  }
  return (long long)(number->negative ? -number->magnitude : number->magnitude);
}

static unsigned long long as_unsigned(const Number* number, unsigned long long most) {
  if (number->overflow || number->magnitude > most) {
    *_errno() = ERANGE;
    return most;
  }
  return number->negative ? -number->magnitude : number->magnitude;
}

static Number read_narrow(const char* text, char** end, int base) {
  Number number = read((Text){text, NULL}, base);
  if (end) *end = (char*)text + number.used;
  return number;
}

static Number read_wide(const wchar_t* text, wchar_t** end, int base) {
  Number number = read((Text){NULL, text}, base);
  if (end) *end = (wchar_t*)text + number.used;
  return number;
}

#define DEFINE_NARROW(type, name, convert, ...)       \
  type name(const char* text, char** end, int base) { \
    Number number = read_narrow(text, end, base);     \
    return (type)convert(&number, __VA_ARGS__);       \
  }
#define DEFINE_WIDE(type, name, convert, ...)               \
  type name(const wchar_t* text, wchar_t** end, int base) { \
    Number number = read_wide(text, end, base);             \
    return (type)convert(&number, __VA_ARGS__);             \
  }

DEFINE_NARROW(long, strtol, as_signed, LONG_MIN, LONG_MAX)
DEFINE_NARROW(unsigned long, strtoul, as_unsigned, ULONG_MAX)
DEFINE_NARROW(long long, _strtoi64, as_signed, LLONG_MIN, LLONG_MAX)
DEFINE_NARROW(unsigned long long, _strtoui64, as_unsigned, ULLONG_MAX)
DEFINE_WIDE(long, wcstol, as_signed, LONG_MIN, LONG_MAX)
DEFINE_WIDE(unsigned long, wcstoul, as_unsigned, ULONG_MAX)
DEFINE_WIDE(long long, _wcstoi64, as_signed, LLONG_MIN, LLONG_MAX)
DEFINE_WIDE(unsigned long long, _wcstoui64, as_unsigned, ULLONG_MAX)

int atoi(const char* text) { return (int)strtol(text, NULL, 10); }
long atol(const char* text) { return strtol(text, NULL, 10); }
long long _atoi64(const char* text) { return _strtoi64(text, NULL, 10); }
int _wtoi(const wchar_t* text) { return (int)wcstol(text, NULL, 10); }
long _wtol(const wchar_t* text) { return wcstol(text, NULL, 10); }
long long _wtoi64(const wchar_t* text) { return _wcstoi64(text, NULL, 10); }

// A sign is shown in base 10 only, as _itoa documents.
static char* to_text(unsigned long long magnitude, int negative, char* to, unsigned base) {
  char digits[65], *first = digits + sizeof digits - 1;
  *first = 0;
  do {
    unsigned digit = (unsigned)(magnitude % base);
    *--first = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
    magnitude /= base;
  } while (magnitude);
  if (negative) *--first = '-';
  return memcpy(to, first, (size_t)(digits + sizeof digits - first));
}

char* _i64toa(long long value, char* to, int base) {
  int negative = base == 10 && value < 0;
  return to_text(negative ? -(unsigned long long)value : (unsigned long long)value, negative, to,
                 (unsigned)base);
}
char* _ui64toa(unsigned long long value, char* to, int base) { return to_text(value, 0, to, (unsigned)base); }
char* _ltoa(long value, char* to, int base) {
  return base == 10 ? _i64toa(value, to, base) : _ui64toa((unsigned long)value, to, base);
}
char* _ultoa(unsigned long value, char* to, int base) { return _ui64toa(value, to, base); }
char* _itoa(int value, char* to, int base) { return _ltoa(value, to, base); }

static wchar_t* widen(const char* text, wchar_t* to) {
  wchar_t* at = to;
  do {
    *at++ = (unsigned char)*text;
  } while (*text++);
  return to;
}

wchar_t* _i64tow(long long value, wchar_t* to, int base) {
  char text[66];
  return widen(_i64toa(value, text, base), to);
}
wchar_t* _ui64tow(unsigned long long value, wchar_t* to, int base) {
  char text[66];
  return widen(_ui64toa(value, text, base), to);
}
wchar_t* _ltow(long value, wchar_t* to, int base) {
  char text[66];
  return widen(_ltoa(value, text, base), to);
}
wchar_t* _ultow(unsigned long value, wchar_t* to, int base) { return _ui64tow(value, to, base); }
wchar_t* _itow(int value, wchar_t* to, int base) { return _ltow(value, to, base); }

int abs(int value) { return value < 0 ? -value : value; }
long labs(long value) { return value < 0 ? -value : value; }
div_t div(int value, int by) { return (div_t){value / by, value % by}; }
ldiv_t ldiv(long value, long by) { return (ldiv_t){value / by, value % by}; }

#undef _rotl
#undef _rotr
#undef _lrotl
#undef _lrotr
unsigned _rotl(unsigned value, int by) { return value << (by & 31) | value >> (-by & 31); }
unsigned _rotr(unsigned value, int by) { return value >> (by & 31) | value << (-by & 31); }
unsigned long _lrotl(unsigned long value, int by) { return _rotl(value, by); }
unsigned long _lrotr(unsigned long value, int by) { return _rotr(value, by); }
