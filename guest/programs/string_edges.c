// The memory and string functions where memory ends: every length and alignment, up to the last byte of a
// page that PAGE_NOACCESS follows, against the same done byte by byte.
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include "check.h"

enum { kPage = 0x1000, kLongest = 40 };

static char *left_end, *right_end;  // of the pages

static char* page_before_nothing(void) {
  char* pages = VirtualAlloc(NULL, 2 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  DWORD old;
  VirtualProtect(pages + kPage, kPage, PAGE_NOACCESS, &old);
  return pages + kPage;
}

static int sign(int value) { return (value > 0) - (value < 0); }

static int compare_bytes(const char* a, const char* b, size_t most, int stops_at_zero) {
  for (; most; --most, ++a, ++b) {
    if (*a != *b) return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    if (stops_at_zero && !*a) return 0;
  }
  return 0;
}

// A text of `length` and its zero, `gap` bytes before the page's end. Bytes above 7Fh are among them.
static char* text_at(char* end, int length, int gap) {
  char* text = end - gap - length - 1;
  memset(end - 2 * kLongest - 16, 'z', 2 * kLongest + 16);
  for (int i = 0; i < length; ++i) text[i] = (char)('A' + i * 37 % 150);
  for (int i = 0; i < length; ++i)
    if (!text[i] || text[i] == '#') text[i] = 'a';
  text[length] = 0;
  return text;
}

static int lengths_are_right(void) {
  int wrong = 0;
  for (int length = 0; length < kLongest; ++length) {
    for (int gap = 0; gap < 8; ++gap) {
      char* text = text_at(left_end, length, gap);
      wrong += strlen(text) != (size_t)length;
      for (int most = 0; most <= length + 1; ++most)
        wrong += strnlen(text, (size_t)most) != (size_t)(most < length ? most : length);
    }
  }
  return !wrong;
}

static int wide_lengths_are_right(void) {
  int wrong = 0;
  for (int length = 0; length < kLongest; ++length) {
    for (int gap = 0; gap < 5; ++gap) {
      wchar_t* text = (wchar_t*)(left_end - gap) - length - 1;
      for (int i = 0; i < length; ++i) text[i] = (wchar_t)(i % 2 ? 0x100 : 0x8041);
      text[length] = 0;
      wrong += wcslen(text) != (size_t)length;
    }
  }
  return !wrong;
}

static int searches_are_right(void) {
  int wrong = 0;
  for (int length = 0; length < kLongest; ++length) {
    for (int gap = 0; gap < 5; ++gap) {
      char* text = text_at(left_end, length, gap);
      size_t room = (size_t)(length + 1 + gap);
      wrong += strchr(text, '#') != NULL || strchr(text, 0) != text + length;
      wrong += memchr(text, '#', room) != NULL || memchr(text, 0, (size_t)length) != NULL;
      for (int at = 0; at < length; ++at) {
        char before = text[at];
        text[at] = '#';
        wrong += strchr(text, '#') != text + at || memchr(text, '#', room) != text + at;
        wrong += memchr(text, '#', (size_t)at) != NULL || memchr(text, '#', (size_t)at + 1) != text + at;
        text[at] = before;
      }
    }
  }
  return !wrong;
}

static int comparison_is_right(const char* a, const char* b, int length) {
  size_t size = (size_t)length + 1;
  int right = sign(strcmp(a, b)) == compare_bytes(a, b, size, 1) &&
              sign(strncmp(a, b, 1000)) == compare_bytes(a, b, size, 1) &&
              sign(memcmp(a, b, size)) == compare_bytes(a, b, size, 0);
  for (size_t most = 0; most <= size; ++most)
    right &= sign(strncmp(a, b, most)) == compare_bytes(a, b, most, 1) &&
             sign(memcmp(a, b, most)) == compare_bytes(a, b, most, 0);
  return right;
}

static int comparisons_are_right(void) {
  int wrong = 0;
  for (int length = 0; length < kLongest; length += 1 + length / 8) {
    for (int gaps = 0; gaps < 25; ++gaps) {
      char *a = text_at(left_end, length, gaps % 5), *b = text_at(right_end, length, gaps / 5);
      wrong += !comparison_is_right(a, b, length);
      for (int at = 0; at < length; ++at) {
        char before = b[at];
        b[at] = (char)(before ^ 0x81);
        wrong += !comparison_is_right(a, b, length) || !comparison_is_right(b, a, length);
        b[at] = 0;
        wrong += !comparison_is_right(a, b, length) || !comparison_is_right(b, a, length);
        b[at] = before;
      }
    }
  }
  return !wrong;
}

static int copies_are_right(void) {
  int wrong = 0;
  for (int size = 0; size < 200; size += 1 + size / 16) {
    for (int gaps = 0; gaps < 16; ++gaps) {
      char *from = left_end - gaps % 4 - size, *to = right_end - gaps / 4 - size;
      for (int i = 0; i < size; ++i) from[i] = (char)(i * 7 + gaps);
      memset(right_end - kPage, 0x55, kPage);
      memcpy(to, from, (size_t)size);
      wrong += compare_bytes(to, from, (size_t)size, 0) || to[-1] != 0x55;
      memmove(to - 3, to, (size_t)size);
      wrong += compare_bytes(to - 3, from, (size_t)size, 0);
      memmove(to, to - 3, (size_t)size);
      wrong += compare_bytes(to, from, (size_t)size, 0);
      memset(to, gaps, (size_t)size);
      for (int i = 0; i < size; ++i) wrong += to[i] != gaps;
    }
  }
  return !wrong;
}

int main(void) {
  left_end = page_before_nothing();
  right_end = page_before_nothing();
  check(lengths_are_right(), "strlen and strnlen");
  check(wide_lengths_are_right(), "wcslen");
  check(searches_are_right(), "strchr and memchr");
  check(comparisons_are_right(), "strcmp, strncmp and memcmp");
  check(copies_are_right(), "memcpy, memmove and memset");
  return failures;
}
