// wchar_t strings (C11 7.29.4).
#include "guest/msvcrt/msvcrt.h"
#include "guest/runtime/memory.h"

size_t wcslen(const wchar_t* text) { return wide_length(text); }

size_t wcsnlen(const wchar_t* text, size_t most) {
  size_t length = 0;
  while (length < most && text[length]) ++length;
  return length;
}

wchar_t* wcscpy(wchar_t* to, const wchar_t* from) {
  return memcpy(to, from, (wcslen(from) + 1) * sizeof *to);
}

wchar_t* wcsncpy(wchar_t* to, const wchar_t* from, size_t room) {
  size_t length = wcsnlen(from, room);
  memcpy(to, from, length * sizeof *to);
  memset(to + length, 0, (room - length) * sizeof *to);
  return to;
}

wchar_t* wcscat(wchar_t* to, const wchar_t* from) {
  wcscpy(to + wcslen(to), from);
  return to;
}

wchar_t* wcsncat(wchar_t* to, const wchar_t* from, size_t most) {
  size_t length = wcsnlen(from, most);
  wchar_t* end = to + wcslen(to);
  memcpy(end, from, length * sizeof *to);
  end[length] = 0;
  return to;
}

int wcscmp(const wchar_t* a, const wchar_t* b) {
  while (*a && *a == *b) ++a, ++b;
  return (*a > *b) - (*a < *b);
}

int wcsncmp(const wchar_t* a, const wchar_t* b, size_t most) {
  for (; most && *a && *a == *b; --most) ++a, ++b;
  return most ? (*a > *b) - (*a < *b) : 0;
}

wchar_t* wcschr(const wchar_t* text, wchar_t character) {
  for (;; ++text) {
    if (*text == character) return (wchar_t*)text;
    if (!*text) return NULL;
  }
}

wchar_t* wcsrchr(const wchar_t* text, wchar_t character) {
  const wchar_t* found = NULL;
  for (;; ++text) {
    if (*text == character) found = text;
    if (!*text) return (wchar_t*)found;
  }
}

size_t wcsspn(const wchar_t* text, const wchar_t* set) {
  size_t length = 0;
  while (text[length] && wcschr(set, text[length])) ++length;
  return length;
}

size_t wcscspn(const wchar_t* text, const wchar_t* set) {
  size_t length = 0;
  while (text[length] && !wcschr(set, text[length])) ++length;
  return length;
}

wchar_t* wcspbrk(const wchar_t* text, const wchar_t* set) {
  text += wcscspn(text, set);
  return *text ? (wchar_t*)text : NULL;
}

wchar_t* wcsstr(const wchar_t* text, const wchar_t* wanted) {
  size_t length = wcslen(wanted);
  if (length == 0) return (wchar_t*)text;
  for (; (text = wcschr(text, *wanted)); ++text) {
    if (wcsncmp(text, wanted, length) == 0) return (wchar_t*)text;
  }
  return NULL;
}

wchar_t* wcstok_s(wchar_t* text, const wchar_t* separators, wchar_t** place) {
  if (!text) text = *place;
  if (!text) return NULL;
  text += wcsspn(text, separators);
  if (!*text) {
    *place = NULL;
    return NULL;
  }
  wchar_t* end = text + wcscspn(text, separators);
  *place = *end ? end + 1 : NULL;
  *end = 0;
  return text;
}

wchar_t* wcstok(wchar_t* text, const wchar_t* separators) {
  return wcstok_s(text, separators, &crt_thread()->wide_token);
}

int _wcsicmp(const wchar_t* a, const wchar_t* b) { return _wcsnicmp(a, b, (size_t)-1); }

int _wcsnicmp(const wchar_t* a, const wchar_t* b, size_t most) {
  for (; most; --most, ++a, ++b) {
    int difference = towlower(*a) - towlower(*b);
    if (difference || !*a) return difference;
  }
  return 0;
}

int wcscoll(const wchar_t* a, const wchar_t* b) { return wcscmp(a, b); }

size_t wcsxfrm(wchar_t* to, const wchar_t* from, size_t room) {
  if (room) wcsncpy(to, from, room);
  return wcslen(from);
}

wchar_t* _wcsdup(const wchar_t* text) {
  size_t size = (wcslen(text) + 1) * sizeof *text;
  wchar_t* copy = malloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

wchar_t* _wcslwr(wchar_t* text) {
  for (wchar_t* at = text; *at; ++at) *at = towlower(*at);
  return text;
}

wchar_t* _wcsupr(wchar_t* text) {
  for (wchar_t* at = text; *at; ++at) *at = towupper(*at);
  return text;
}

wchar_t* _wcsrev(wchar_t* text) {
  for (wchar_t *left = text, *right = text + wcslen(text); left + 1 < right; ++left) {
    wchar_t swapped = *left;
    *left = *--right;
    *right = swapped;
  }
  return text;
}

wchar_t* _wcsset(wchar_t* text, wchar_t value) {
  for (wchar_t* at = text; *at; ++at) *at = value;
  return text;
}
