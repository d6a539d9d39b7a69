// Files and directories by name: making, removing, moving, the current one, paths ("Directory control", "File
// handling", Microsoft).
#include <direct.h>

#include "guest/msvcrt/files/files.h"

static int outcome(BOOL done) { return done ? 0 : crt_fail_from_system(); }

int _wmkdir(const wchar_t* path) { return outcome(CreateDirectoryW(path, NULL)); }
int _wrmdir(const wchar_t* path) { return outcome(RemoveDirectoryW(path)); }
int _wchdir(const wchar_t* path) { return outcome(SetCurrentDirectoryW(path)); }
int _wunlink(const wchar_t* path) { return outcome(DeleteFileW(path)); }
int _wremove(const wchar_t* path) { return _wunlink(path); }
int _wrename(const wchar_t* from, const wchar_t* to) { return outcome(MoveFileExW(from, to, 0)); }

int _mkdir(const char* path) { CRT_WITH_WIDE(int, -1, path, _wmkdir(wide)); }
int _rmdir(const char* path) { CRT_WITH_WIDE(int, -1, path, _wrmdir(wide)); }
int _chdir(const char* path) { CRT_WITH_WIDE(int, -1, path, _wchdir(wide)); }
int _unlink(const char* path) { CRT_WITH_WIDE(int, -1, path, _wunlink(wide)); }
int remove(const char* path) { return _unlink(path); }

int rename(const char* from, const char* to) {
  wchar_t *wide_from = crt_to_wide(from), *wide_to = crt_to_wide(to);
  int result = wide_from && wide_to ? _wrename(wide_from, wide_to) : -1;
  free(wide_from);
  free(wide_to);
  return result;
}

static void* too_small(void) {
  *_errno() = ERANGE;
  return NULL;
}

char* _getcwd(char* to, int room) {
  char text[MAX_PATH];
  DWORD length = GetCurrentDirectoryA(sizeof text, text);
  if (to && length >= (DWORD)room) return too_small();
  if (!to) to = malloc(length + 1 > (DWORD)room ? length + 1 : (size_t)room);
  return to ? strcpy(to, text) : NULL;
}

wchar_t* _wgetcwd(wchar_t* to, int room) {
  wchar_t text[MAX_PATH];
  DWORD length = GetCurrentDirectoryW(MAX_PATH, text);
  if (to && length >= (DWORD)room) return too_small();
  if (!to) to = malloc((length + 1 > (DWORD)room ? length + 1 : (size_t)room) * sizeof *to);
  return to ? wcscpy(to, text) : NULL;
}

// The one drive is C:.
int _getdrive(void) { return 3; }
int _chdrive(int drive) { return drive == 3 ? 0 : crt_fail(EACCES); }
char* _getdcwd(int drive, char* to, int room) {
  if (drive == 0 || drive == 3) return _getcwd(to, room);
  *_errno() = EACCES;
  return NULL;
}

char* _fullpath(char* to, const char* path, size_t room) {
  char text[MAX_PATH];
  if (!path || !*path) return _getcwd(to, (int)room);
  DWORD length = GetFullPathNameA(path, sizeof text, text, NULL);
  if (!length || length >= sizeof text || (to && length >= room)) return too_small();
  if (!to) to = malloc(MAX_PATH);
  return to ? strcpy(to, text) : NULL;
}

wchar_t* _wfullpath(wchar_t* to, const wchar_t* path, size_t room) {
  wchar_t text[MAX_PATH];
  if (!path || !*path) return _wgetcwd(to, (int)room);
  DWORD length = GetFullPathNameW(path, MAX_PATH, text, NULL);
  if (!length || length >= MAX_PATH || (to && length >= room)) return too_small();
  if (!to) to = malloc(MAX_PATH * sizeof *to);
  return to ? wcscpy(to, text) : NULL;
}
