// Conversions that the A functions are made of, and lstr....
#include "guest/kernel32/kernel32.h"

char* k32_to_ansi(const WCHAR* text) {
  if (!text) return NULL;
  ULONG length = k32_wide_length(text);
  char* copy = RtlAllocateHeap(k32_heap(), 0, length + 1);
  if (!copy) return NULL;
  RtlUnicodeToMultiByteN(copy, length, NULL, text, length * sizeof *text);
  copy[length] = 0;
  return copy;
}

WCHAR* k32_to_wide(const char* text) {
  if (!text) return NULL;
  ULONG length = strlen(text);
  WCHAR* copy = RtlAllocateHeap(k32_heap(), 0, (length + 1) * sizeof *copy);
  if (!copy) return NULL;
  RtlMultiByteToUnicodeN(copy, length * sizeof *copy, NULL, text, length);
  copy[length] = 0;
  return copy;
}

void k32_free(void* text) { RtlFreeHeap(k32_heap(), 0, text); }

DWORD k32_return_text(const WCHAR* text, SIZE_T length, WCHAR* to, DWORD room) {
  if (length >= room) return length + 1;
  memcpy(to, text, length * sizeof *text);
  to[length] = 0;
  return length;
}

DWORD k32_return_ansi(const WCHAR* text, SIZE_T length, char* to, DWORD room) {
  if (length >= room) return length + 1;
  RtlUnicodeToMultiByteN(to, length, NULL, text, length * sizeof *text);
  to[length] = 0;
  return length;
}

// Of a pointer that cannot be read to its end the length is 0 ("lstrlen": null has none; Windows catches the
// exception).
typedef struct Measured {
  const void* text;
  SIZE_T length;
} Measured;

static void __cdecl measure_ansi(volatile void* measured) {
  volatile Measured* it = measured;
  it->length = strlen(it->text);
}

static void __cdecl measure_wide(volatile void* measured) {
  volatile Measured* it = measured;
  it->length = k32_wide_length(it->text);
}

int WINAPI lstrlenA(LPCSTR text) {
  Measured measured = {text, 0};
  return text && k32_guarded(measure_ansi, &measured) ? (int)measured.length : 0;
}

int WINAPI lstrlenW(LPCWSTR text) {
  Measured measured = {text, 0};
  return text && k32_guarded(measure_wide, &measured) ? (int)measured.length : 0;
}

LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from) { return memcpy(to, from, strlen(from) + 1); }

LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from) {
  return memcpy(to, from, (k32_wide_length(from) + 1) * sizeof *from);
}

LPSTR WINAPI lstrcpynA(LPSTR to, LPCSTR from, int room) {
  int i = 0;
  for (; i + 1 < room && from[i]; ++i) to[i] = from[i];
  if (room > 0) to[i] = 0;
  return to;
}

LPWSTR WINAPI lstrcpynW(LPWSTR to, LPCWSTR from, int room) {
  int i = 0;
  for (; i + 1 < room && from[i]; ++i) to[i] = from[i];
  if (room > 0) to[i] = 0;
  return to;
}

LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from) {
  lstrcpyA(to + strlen(to), from);
  return to;
}

LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from) {
  lstrcpyW(to + k32_wide_length(to), from);
  return to;
}

int WINAPI lstrcmpA(LPCSTR a, LPCSTR b) { return strcmp(a, b); }

int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b) {
  while (*a && RtlUpperChar(*a) == RtlUpperChar(*b)) ++a, ++b;
  return (UCHAR)RtlUpperChar(*a) - (UCHAR)RtlUpperChar(*b);
}

int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b) {
  while (*a && *a == *b) ++a, ++b;
  return *a - *b;
}

int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b) {
  while (*a && RtlUpcaseUnicodeChar(*a) == RtlUpcaseUnicodeChar(*b)) ++a, ++b;
  return RtlUpcaseUnicodeChar(*a) - RtlUpcaseUnicodeChar(*b);
}
