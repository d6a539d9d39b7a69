// File names: taking them apart and together; and what needs a file by its name, which fails for want of a
// file system.
#include <direct.h>
#include <io.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/utime.h>

#include "guest/msvcrt/msvcrt.h"

static void copy_part(char* to, const char* from, const char* end, size_t room) {
  if (!to) return;
  size_t length = (size_t)(end - from);
  if (length >= room) length = room - 1;
  memcpy(to, from, length);
  to[length] = 0;
}

static const char* last_of(const char* from, const char* end, const char* set) {
  while (end > from && !strchr(set, end[-1])) --end;
  return end;  // just behind the separator, or the start
}

void _splitpath(const char* path, char* drive, char* directory, char* name, char* extension) {
  const char* end = path + strlen(path);
  const char* start = *path && path[1] == ':' ? path + 2 : path;
  const char* file = last_of(start, end, "\\/");
  const char* dot = last_of(file, end, ".");
  dot = dot > file ? dot - 1 : end;
  copy_part(drive, path, start, _MAX_DRIVE);
  copy_part(directory, start, file, _MAX_DIR);
  copy_part(name, file, dot, _MAX_FNAME);
  copy_part(extension, dot, end, _MAX_EXT);
}

void _makepath(char* to, const char* drive, const char* directory, const char* name, const char* extension) {
  *to = 0;
  if (drive && *drive) {
    strncat(to, drive, 1);
    strcat(to, ":");
  }
  if (directory && *directory) {
    strcat(to, directory);
    if (!strchr("\\/", directory[strlen(directory) - 1])) strcat(to, "\\");
  }
  if (name) strcat(to, name);
  if (extension && *extension) {
    if (*extension != '.') strcat(to, ".");
    strcat(to, extension);
  }
}

char* _getcwd(char* to, int room) {
  char text[MAX_PATH];
  DWORD length = GetCurrentDirectoryA(sizeof text, text);
  if (to && length >= (DWORD)room) {
    *_errno() = ERANGE;
    return NULL;
  }
  if (!to) to = malloc(length + 1 > (DWORD)room ? length + 1 : (size_t)room);
  return to ? strcpy(to, text) : NULL;
}

#define NO_SUCH_NAME(name, type) \
  int name(const type* path) {   \
    (void)path;                  \
    return crt_fail(ENOENT);     \
  }
#define NO_SUCH_NAME_FOR(name, type, more) \
  int name(const type* path, more value) { \
    (void)path, (void)value;               \
    return crt_fail(ENOENT);               \
  }

NO_SUCH_NAME(_mkdir, char)
NO_SUCH_NAME(_rmdir, char)
NO_SUCH_NAME(_chdir, char)
NO_SUCH_NAME(_wmkdir, wchar_t)
NO_SUCH_NAME(_wrmdir, wchar_t)
NO_SUCH_NAME(_wchdir, wchar_t)
NO_SUCH_NAME(_wunlink, wchar_t)
NO_SUCH_NAME(_wremove, wchar_t)
NO_SUCH_NAME_FOR(_chmod, char, int)
NO_SUCH_NAME_FOR(_wchmod, wchar_t, int)
NO_SUCH_NAME_FOR(_creat, char, int)
NO_SUCH_NAME_FOR(_wcreat, wchar_t, int)
NO_SUCH_NAME_FOR(_waccess, wchar_t, int)
NO_SUCH_NAME_FOR(_wrename, wchar_t, const wchar_t*)
NO_SUCH_NAME_FOR(_wstat64, wchar_t, struct _stat64*)

static intptr_t none_found(void) { return crt_fail(ENOENT); }
intptr_t crt_find_first(const void* pattern, void* found);
intptr_t crt_find_first(const void* pattern, void* found) {
  (void)pattern, (void)found;
  return none_found();
}
int crt_find_next(intptr_t search, void* found);
int crt_find_next(intptr_t search, void* found) {
  (void)search, (void)found;
  return crt_fail(ENOENT);
}
int _findclose(intptr_t search) {
  (void)search;
  return crt_fail(ENOENT);
}

int _umask(int mode) {
  static int current;
  int old = current;
  current = mode;
  return old;
}
