// Directories: made, listed in order whatever the host's order is, made current, removed; names found without
// regard to case; full paths.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void say(const char* what, BOOL done) {
  if (done) {
    printf("%s: ok\n", what);
  } else {
    printf("%s: error %lu\n", what, GetLastError());
  }
}

static void make_file(const char* name) {
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) printf("make %s: error %lu\n", name, GetLastError());
  CloseHandle(file);
}

static void list(const char* pattern) {
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA(pattern, &found);
  printf("%s:", pattern);
  if (search == INVALID_HANDLE_VALUE) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  do {
    printf(" %s%s", found.cFileName, found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? "\\" : "");
  } while (FindNextFileA(search, &found));
  printf(" (%lu)\n", GetLastError());
  FindClose(search);
}

static void show_current(void) {
  char text[MAX_PATH];
  DWORD length = GetCurrentDirectoryA(sizeof text, text);
  printf("  in %s (%lu)\n", text, length);
}

static void full(const char* path) {
  char text[MAX_PATH], *last;
  DWORD length = GetFullPathNameA(path, sizeof text, text, &last);
  printf("  %s -> %s, last part %s\n", path, length ? text : "(none)", last ? last : "(none)");
}

static void making_and_removing(void) {
  puts("-- make and remove");
  say("make dir", CreateDirectoryA("dir", NULL));
  say("make it again", CreateDirectoryA("DIR", NULL));
  say("make it below nothing", CreateDirectoryA("none\\dir", NULL));
  say("make sub", CreateDirectoryA("dir\\sub", NULL));
  say("remove what is not empty", RemoveDirectoryA("dir"));
  make_file("dir\\file.txt");
  say("remove a file as a directory", RemoveDirectoryA("dir\\file.txt"));
  say("delete a directory as a file", DeleteFileA("dir\\sub"));
  say("make a directory below a file", CreateDirectoryA("dir\\file.txt\\sub", NULL));
  printf("attributes: dir %#lx, file %#lx, none %#lx\n", GetFileAttributesA("dir"),
         GetFileAttributesA("dir/file.txt"), GetFileAttributesA("none"));
}

static void listing(void) {
  puts("-- list");
  static const char* const kNames[] = {"dir\\b.TXT", "dir\\A.c",   "dir\\_x",
                                       "dir\\a1.c",  "dir\\noext", "dir\\c.tar.gz"};
  for (int i = 0; i < 6; ++i) make_file(kNames[i]);
  list("dir\\*");
  list("dir\\*.*");
  list("DIR\\*.c");
  list("dir\\?.c");
  list("dir\\??.c");
  list("dir\\*.");
  list("dir\\*.gz");
  list("dir\\b.txt");
  list("dir\\none*");
  list("none\\*");
  list("dir\\");
  list("dir");
}

static void current(void) {
  puts("-- current directory");
  show_current();
  say("go to dir\\SUB", SetCurrentDirectoryA("dir\\SUB"));
  show_current();
  make_file("here.txt");
  say("found from above", GetFileAttributesA("\\dir\\sub\\here.txt") != INVALID_FILE_ATTRIBUTES);
  say("found with ..", GetFileAttributesA("..\\file.txt") != INVALID_FILE_ATTRIBUTES);
  say("found with C:", GetFileAttributesA("C:here.txt") != INVALID_FILE_ATTRIBUTES);
  say("remove the current one", RemoveDirectoryA("\\dir\\sub"));
  say("go to a file", SetCurrentDirectoryA("here.txt"));
  say("go to nothing", SetCurrentDirectoryA("none"));
  full("here.txt");
  full("..\\..\\..\\..\\x");
  full("\\a/b//c\\.\\d\\");
  full("C:sub");
  full("D:sub");
  full("name. . ");
  full("\\\\server\\share\\a\\..\\..\\b");
  full("\\\\.\\C:\\x");
  full("aux.txt");
  full("");
  DeleteFileA("here.txt");
  say("back up", SetCurrentDirectoryA("..\\.."));
  show_current();
}

static void moving(void) {
  puts("-- move");
  HANDLE file = CreateFileA("dir\\file.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, 0, NULL);
  say("move a directory with an open file below it", MoveFileA("dir", "moved"));
  CloseHandle(file);
  say("move it", MoveFileA("dir", "moved"));
  say("move it into itself", MoveFileA("moved", "moved\\sub\\inner"));
  say("remove sub", RemoveDirectoryA("moved\\sub"));
  list("moved\\*");
}

static void temporary(void) {
  char path[MAX_PATH], name[MAX_PATH];
  puts("-- temporary files");
  GetTempPathA(sizeof path, path);
  printf("  %s\n", path);
  UINT number = GetTempFileNameA(path, "pre", 0, name);
  printf("  there is no such folder: %u, error %lu\n", number, GetLastError());
  CreateDirectoryA(path, NULL);
  say("a name", GetTempFileNameA(path, "prefix", 0, name) != 0);
  printf("  begins with %.11s, ends with %s, exists: %s\n", name, strrchr(name, '.'),
         GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES ? "yes" : "no");
  number = GetTempFileNameA(".", "ab", 0x1f, name);
  printf("  %u: %s\n", number, name);
  printf("  drive types: C %u, D %u\n", GetDriveTypeA("C:\\"), GetDriveTypeA("D:\\"));
}

int main(void) {
  making_and_removing();
  listing();
  current();
  moving();
  temporary();
  return 0;
}
