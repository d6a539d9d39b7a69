// Listing directories ("_findfirst, _wfindfirst", Microsoft), in each of msvcrt's three structures.
#include "guest/msvcrt/files/files.h"

static long long seconds_of(FILETIME time) {
  unsigned long long ticks = (unsigned long long)time.dwHighDateTime << 32 | time.dwLowDateTime;
  return ticks ? (long long)(ticks / 10000000) - 11644473600ll : -1;
}

static int search_error(void) {
  DWORD error = GetLastError();
  crt_fail_from_system();
  if (error == ERROR_NOT_ENOUGH_MEMORY) return crt_fail(ENOMEM);
  return crt_fail(error == ERROR_INVALID_NAME ? EINVAL : ENOENT);
}

static unsigned attributes_of(DWORD attributes) {
  return attributes == FILE_ATTRIBUTE_NORMAL ? 0 : attributes;
}

// The structures differ in how wide their times and sizes are, and in the name's characters.
#define STRUCTURE(name, time, size_type, character) \
  typedef struct name {                             \
    unsigned attributes;                            \
    time created, accessed, written;                \
    size_type size;                                 \
    character text[260];                            \
  } name

#define DEFINE_SEARCH(structure, data, find_first, find_next, first, next, character)             \
  static void fill_##structure(structure* to, const data* from) {                                 \
    to->attributes = attributes_of(from->dwFileAttributes);                                       \
    to->created = (__typeof__(to->created))seconds_of(from->ftCreationTime);                      \
    to->accessed = (__typeof__(to->created))seconds_of(from->ftLastAccessTime);                   \
    to->written = (__typeof__(to->created))seconds_of(from->ftLastWriteTime);                     \
    to->size = (__typeof__(to->size))((long long)from->nFileSizeHigh << 32 | from->nFileSizeLow); \
    memcpy(to->text, from->cFileName, sizeof to->text);                                           \
  }                                                                                               \
  intptr_t first(const character* pattern, structure* to);                                        \
  intptr_t first(const character* pattern, structure* to) {                                       \
    data found;                                                                                   \
    HANDLE search = find_first(pattern, &found);                                                  \
    if (search == INVALID_HANDLE_VALUE) return search_error();                                    \
    fill_##structure(to, &found);                                                                 \
    return (intptr_t)search;                                                                      \
  }                                                                                               \
  int next(intptr_t search, structure* to);                                                       \
  int next(intptr_t search, structure* to) {                                                      \
    data found;                                                                                   \
    if (!find_next((HANDLE)search, &found)) return search_error();                                \
    fill_##structure(to, &found);                                                                 \
    return 0;                                                                                     \
  }

STRUCTURE(Found32, long, unsigned long, char);
STRUCTURE(Found32i64, long, long long, char);
STRUCTURE(Found64, long long, long long, char);
STRUCTURE(WideFound32, long, unsigned long, wchar_t);
STRUCTURE(WideFound32i64, long, long long, wchar_t);
STRUCTURE(WideFound64, long long, long long, wchar_t);

DEFINE_SEARCH(Found32, WIN32_FIND_DATAA, FindFirstFileA, FindNextFileA, crt_find_first, crt_find_next, char)
DEFINE_SEARCH(Found32i64, WIN32_FIND_DATAA, FindFirstFileA, FindNextFileA, crt_find_first_i64,
              crt_find_next_i64, char)
DEFINE_SEARCH(Found64, WIN32_FIND_DATAA, FindFirstFileA, FindNextFileA, crt_find_first_64, crt_find_next_64,
              char)
DEFINE_SEARCH(WideFound32, WIN32_FIND_DATAW, FindFirstFileW, FindNextFileW, crt_wide_find_first,
              crt_wide_find_next, wchar_t)
DEFINE_SEARCH(WideFound32i64, WIN32_FIND_DATAW, FindFirstFileW, FindNextFileW, crt_wide_find_first_i64,
              crt_wide_find_next_i64, wchar_t)
DEFINE_SEARCH(WideFound64, WIN32_FIND_DATAW, FindFirstFileW, FindNextFileW, crt_wide_find_first_64,
              crt_wide_find_next_64, wchar_t)

int _findclose(intptr_t search) { return FindClose((HANDLE)search) ? 0 : crt_fail(EINVAL); }
