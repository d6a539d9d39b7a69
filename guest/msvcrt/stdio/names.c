// File names: taking them apart and together.
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
