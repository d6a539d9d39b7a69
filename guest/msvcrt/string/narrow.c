// char strings (C11 7.24), without those that compare in some order of their own.
#include "guest/msvcrt/msvcrt.h"

char* strcpy(char* to, const char* from) { return memcpy(to, from, strlen(from) + 1); }

char* strncpy(char* to, const char* from, size_t room) {
  size_t length = strnlen(from, room);
  memcpy(to, from, length);
  memset(to + length, 0, room - length);
  return to;
}

char* strcat(char* to, const char* from) {
  strcpy(to + strlen(to), from);
  return to;
}

char* strncat(char* to, const char* from, size_t most) {
  size_t length = strnlen(from, most);
  char* end = to + strlen(to);
  memcpy(end, from, length);
  end[length] = 0;
  return to;
}

size_t strnlen(const char* text, size_t most) {
  const char* end = memchr(text, 0, most);
  return end ? (size_t)(end - text) : most;
}

size_t strspn(const char* text, const char* set) {
  size_t length = 0;
  while (text[length] && strchr(set, text[length])) ++length;
  return length;
}

size_t strcspn(const char* text, const char* set) {
  size_t length = 0;
  while (text[length] && !strchr(set, text[length])) ++length;
  return length;
}

char* strpbrk(const char* text, const char* set) {
  text += strcspn(text, set);
  return *text ? (char*)text : NULL;
}

char* strstr(const char* text, const char* wanted) {
  size_t length = strlen(wanted);
  if (length == 0) return (char*)text;
  for (; (text = strchr(text, *wanted)); ++text) {
    if (strncmp(text, wanted, length) == 0) return (char*)text;
  }
  return NULL;
}

char* strtok_s(char* text, const char* separators, char** place) {
  if (!text) text = *place;
  if (!text) return NULL;
  text += strspn(text, separators);
  if (!*text) {
    *place = NULL;
    return NULL;
  }
  char* end = text + strcspn(text, separators);
  *place = *end ? end + 1 : NULL;
  *end = 0;
  return text;
}

char* strtok(char* text, const char* separators) { return strtok_s(text, separators, &crt_thread()->token); }

void* _memccpy(void* to, const void* from, int value, size_t size) {
  const char* end = memchr(from, value, size);
  size_t copied = end ? (size_t)(end - (const char*)from) + 1 : size;
  memcpy(to, from, copied);
  return end ? (char*)to + copied : NULL;
}

int _memicmp(const void* a, const void* b, size_t size) {
  const unsigned char *left = a, *right = b;
  for (; size; --size, ++left, ++right) {
    int difference = tolower(*left) - tolower(*right);
    if (difference) return difference;
  }
  return 0;
}

int _stricmp(const char* a, const char* b) { return _strnicmp(a, b, (size_t)-1); }

int _strnicmp(const char* a, const char* b, size_t most) {
  for (; most; --most, ++a, ++b) {
    int difference = tolower((unsigned char)*a) - tolower((unsigned char)*b);
    if (difference || !*a) return difference;
  }
  return 0;
}

int strcoll(const char* a, const char* b) { return strcmp(a, b); }

size_t strxfrm(char* to, const char* from, size_t room) {
  size_t length = strlen(from);
  if (room) strncpy(to, from, room);
  return length;
}

char* _strdup(const char* text) {
  size_t size = strlen(text) + 1;
  char* copy = malloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

char* _strlwr(char* text) {
  for (char* at = text; *at; ++at) *at = (char)tolower((unsigned char)*at);
  return text;
}

char* _strupr(char* text) {
  for (char* at = text; *at; ++at) *at = (char)toupper((unsigned char)*at);
  return text;
}

char* _strrev(char* text) {
  for (char *left = text, *right = text + strlen(text); left + 1 < right; ++left) {
    char swapped = *left;
    *left = *--right;
    *right = swapped;
  }
  return text;
}

char* _strset(char* text, int value) { return memset(text, value, strlen(text)); }
char* _strnset(char* text, int value, size_t most) { return memset(text, value, strnlen(text, most)); }

void _swab(char* from, char* to, int size) {
  for (; size > 1; size -= 2, from += 2, to += 2) {
    char first = from[0];
    to[0] = from[1];
    to[1] = first;
  }
}
