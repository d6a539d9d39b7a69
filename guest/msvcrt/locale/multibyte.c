// Multibyte characters. Both locales use single bytes: "C" takes them as they are, the user's is code page
// 1252.
#include "guest/msvcrt/msvcrt.h"

unsigned ___lc_codepage_func(void);

static wchar_t to_wide(unsigned char byte) {
  wchar_t wide = byte;
  if (___lc_codepage_func()) RtlMultiByteToUnicodeN(&wide, sizeof wide, NULL, (const char*)&byte, 1);
  return wide;
}

static int to_byte(wchar_t wide, char* byte) {
  if (!___lc_codepage_func()) {
    *byte = (char)wide;
    return wide <= 0xff;
  }
  RtlUnicodeToMultiByteN(byte, 1, NULL, &wide, sizeof wide);
  return *byte != '?' || wide == '?';
}

int mblen(const char* text, size_t size) {
  if (!text || size == 0) return text ? -1 : 0;
  return *text != 0;
}

int mbtowc(wchar_t* to, const char* text, size_t size) {
  if (!text || size == 0) return text ? -1 : 0;
  if (to) *to = to_wide((unsigned char)*text);
  return *text != 0;
}

int wctomb(char* to, wchar_t wide) {
  if (!to) return 0;
  return to_byte(wide, to) ? 1 : crt_fail(EILSEQ);
}

size_t mbstowcs(wchar_t* to, const char* from, size_t room) {
  size_t length = 0;
  if (!to) return strlen(from);
  for (; length < room; ++length) {
    to[length] = to_wide((unsigned char)from[length]);
    if (!from[length]) break;
  }
  return length;
}

size_t wcstombs(char* to, const wchar_t* from, size_t room) {
  size_t length = 0;
  for (; !to || length < room; ++length) {
    char byte;
    if (!to_byte(from[length], &byte)) return (size_t)crt_fail(EILSEQ);
    if (to) to[length] = byte;
    if (!from[length]) break;
  }
  return length;
}

// The restartable forms: no state is ever needed.
size_t mbrtowc(wchar_t* to, const char* text, size_t size, mbstate_t* state) {
  (void)state;
  if (!text) return 0;
  if (size == 0) return (size_t)-2;
  if (to) *to = to_wide((unsigned char)*text);
  return *text != 0;
}

size_t mbrlen(const char* text, size_t size, mbstate_t* state) { return mbrtowc(NULL, text, size, state); }

size_t wcrtomb(char* to, wchar_t wide, mbstate_t* state) {
  char byte;
  (void)state;
  if (!to) return 1;
  if (!to_byte(wide, &byte)) return (size_t)crt_fail(EILSEQ);
  *to = byte;
  return 1;
}

int _ismbblead(unsigned int byte);
int _ismbblead(unsigned int byte) {
  (void)byte;
  return 0;
}

int _getmbcp(void);
int _getmbcp(void) { return 0; }

int isleadbyte(int byte) {
  (void)byte;
  return 0;
}
