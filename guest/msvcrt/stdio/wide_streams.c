// Wide characters on streams: converted one by one to and from the locale's single bytes.
#include "guest/msvcrt/stdio/stream.h"

#undef putwc
#undef getwc
#undef putwchar
#undef getwchar

wint_t fputwc(wchar_t character, FILE* stream) {
  char byte;
  if (wctomb(&byte, character) != 1) {
    *_errno() = EILSEQ;
    return WEOF;
  }
  return stream_put(byte, stream) == EOF ? WEOF : character;
}

wint_t fgetwc(FILE* stream) {
  int byte = stream_get(stream);
  wchar_t character;
  char narrow = (char)byte;
  if (byte == EOF) return WEOF;
  return mbtowc(&character, &narrow, 1) < 0 ? WEOF : character;
}

wint_t putwc(wchar_t character, FILE* stream) { return fputwc(character, stream); }
wint_t getwc(FILE* stream) { return fgetwc(stream); }
wint_t putwchar(wchar_t character) { return fputwc(character, stdout); }
wint_t getwchar(void) { return fgetwc(stdin); }

wint_t ungetwc(wint_t character, FILE* stream) {
  char byte;
  if (character == WEOF || wctomb(&byte, (wchar_t)character) != 1) return WEOF;
  return ungetc((unsigned char)byte, stream) == EOF ? WEOF : character;
}

int fputws(const wchar_t* text, FILE* stream) {
  int result = 0;
  _lock_file(stream);
  for (; *text && !result; ++text) result = fputwc(*text, stream) == WEOF ? EOF : 0;
  _unlock_file(stream);
  return result;
}

int _putws(const wchar_t* text) {
  int result = fputws(text, stdout);
  return result == 0 && fputwc('\n', stdout) != WEOF ? 0 : EOF;
}

wchar_t* fgetws(wchar_t* to, int room, FILE* stream) {
  wchar_t* at = to;
  if (room <= 0) return NULL;
  while (--room) {
    wint_t character = fgetwc(stream);
    if (character == WEOF) {
      if (at == to) return NULL;
      break;
    }
    *at++ = character;
    if (character == '\n') break;
  }
  *at = 0;
  return to;
}
