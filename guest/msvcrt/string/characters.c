// Character classes: _pctype's bits for single bytes in the "C" locale, and the same for wide characters
// (Microsoft, "Character classification"; C11 7.4, 7.30).
#include "guest/msvcrt/msvcrt.h"

#undef _pctype
#undef _pwctype
#undef _ctype
unsigned short _ctype[257];  // EOF first
unsigned short* _pctype = _ctype + 1;
unsigned short* _pwctype = _ctype + 1;

static unsigned short class_of(int c) {
  if (c == '\t') return _SPACE | _CONTROL | _BLANK;
  if (c >= '\n' && c <= '\r') return _SPACE | _CONTROL;
  if (c < ' ' || c == 0x7f) return _CONTROL;
  if (c == ' ') return _SPACE | _BLANK;
  if (c >= '0' && c <= '9') return _DIGIT | _HEX;
  if (c >= 'A' && c <= 'Z') return (unsigned short)(_UPPER | (c <= 'F' ? _HEX : 0));
  if (c >= 'a' && c <= 'z') return (unsigned short)(_LOWER | (c <= 'f' ? _HEX : 0));
  return _PUNCT;
}

void crt_initialize_characters(void) {
  for (int c = 0; c < 0x80; ++c) _pctype[c] = class_of(c);
}

#undef iswalpha
#undef iswupper
#undef iswlower
#undef iswdigit
#undef iswxdigit
#undef iswspace
#undef iswpunct
#undef iswalnum
#undef iswprint
#undef iswgraph
#undef iswcntrl
#undef iswascii
#undef __pctype_func
#undef __pwctype_func
#undef __iscsym
#undef __iscsymf
#undef __isascii
#undef __toascii
#undef _toupper
#undef _tolower
unsigned short** __p__pctype(void);
unsigned short** __p__pwctype(void);
const unsigned short* __pctype_func(void);
const unsigned short* __pwctype_func(void);
unsigned short** __p__pctype(void) { return &_pctype; }
unsigned short** __p__pwctype(void) { return &_pwctype; }
const unsigned short* __pctype_func(void) { return _pctype; }
const unsigned short* __pwctype_func(void) { return _pwctype; }

enum { kAlpha = 0x0100 | _UPPER | _LOWER };

int _isctype(int c, int mask) { return c >= -1 && c <= 0xff ? _pctype[c] & mask : 0; }
int isalpha(int c) { return _isctype(c, kAlpha); }
int isupper(int c) { return _isctype(c, _UPPER); }
int islower(int c) { return _isctype(c, _LOWER); }
int isdigit(int c) { return _isctype(c, _DIGIT); }
int isxdigit(int c) { return _isctype(c, _HEX); }
int isspace(int c) { return _isctype(c, _SPACE); }
int ispunct(int c) { return _isctype(c, _PUNCT); }
int isalnum(int c) { return _isctype(c, kAlpha | _DIGIT); }
int isprint(int c) { return c == '\t' ? 0 : _isctype(c, _BLANK | _PUNCT | kAlpha | _DIGIT); }
int isgraph(int c) { return _isctype(c, _PUNCT | kAlpha | _DIGIT); }
int iscntrl(int c) { return _isctype(c, _CONTROL); }
int tolower(int c) { return c >= 'A' && c <= 'Z' ? c + 0x20 : c; }
int toupper(int c) { return c >= 'a' && c <= 'z' ? c - 0x20 : c; }
int _tolower(int c) { return c + 0x20; }
int _toupper(int c) { return c - 0x20; }
int __isascii(int c) { return (unsigned)c < 0x80; }
int __toascii(int c) { return c & 0x7f; }
int __iscsym(int c) { return isalnum(c) || c == '_'; }
int __iscsymf(int c) { return isalpha(c) || c == '_'; }

// Above ASCII, case tells letters from the rest.
static int wide_class(wint_t c) {
  if (c < 0x80) return _pctype[c];
  if (c == WEOF) return 0;
  if (RtlUpcaseUnicodeChar(c) != c) return _LOWER | 0x100;
  if (RtlDowncaseUnicodeChar(c) != c) return _UPPER | 0x100;
  if (c < 0xa0) return _CONTROL;
  if (c == 0xa0) return _SPACE | _BLANK;
  return c < 0xc0 || c == 0xd7 || c == 0xf7 ? _PUNCT : 0x100;
}

int iswctype(wint_t c, wctype_t mask) { return wide_class(c) & mask; }
int iswalpha(wint_t c) { return iswctype(c, kAlpha); }
int iswupper(wint_t c) { return iswctype(c, _UPPER); }
int iswlower(wint_t c) { return iswctype(c, _LOWER); }
int iswdigit(wint_t c) { return iswctype(c, _DIGIT); }
int iswxdigit(wint_t c) { return iswctype(c, _HEX); }
int iswspace(wint_t c) { return iswctype(c, _SPACE); }
int iswpunct(wint_t c) { return iswctype(c, _PUNCT); }
int iswalnum(wint_t c) { return iswctype(c, kAlpha | _DIGIT); }
int iswprint(wint_t c) { return c == '\t' ? 0 : iswctype(c, _BLANK | _PUNCT | kAlpha | _DIGIT); }
int iswgraph(wint_t c) { return iswctype(c, _PUNCT | kAlpha | _DIGIT); }
int iswcntrl(wint_t c) { return iswctype(c, _CONTROL); }
int iswascii(wint_t c) { return c < 0x80; }
wint_t towlower(wint_t c) { return c < 0x80 ? (wint_t)tolower(c) : RtlDowncaseUnicodeChar(c); }
wint_t towupper(wint_t c) { return c < 0x80 ? (wint_t)toupper(c) : RtlUpcaseUnicodeChar(c); }
