// The disk of a guest that was given no folder: the program and the system DLLs can be read, nothing else is
// there, and nothing can be written.
#include <stdio.h>
#include <windows.h>

static void list(const char* pattern) {
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA(pattern, &found);
  printf("%s:", pattern);
  if (search == INVALID_HANDLE_VALUE) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  do {
    printf(" %s", found.cFileName);
  } while (FindNextFileA(search, &found));
  puts("");
  FindClose(search);
}

static void read_start(const char* name) {
  char start[2] = "";
  DWORD read = 0;
  HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) {
    printf("%s: error %lu\n", name, GetLastError());
    return;
  }
  ReadFile(file, start, sizeof start, &read, NULL);
  printf("%s: begins with %.*s\n", name, (int)read, start);
  CloseHandle(file);
}

static void refused(const char* what, BOOL done) {
  if (done) {
    printf("%s: ok\n", what);
  } else {
    printf("%s: error %lu\n", what, GetLastError());
  }
}

static BOOL opens(const char* name, DWORD access, DWORD creation) {
  HANDLE file = CreateFileA(name, access, 7, NULL, creation, 0, NULL);
  return file != INVALID_HANDLE_VALUE && CloseHandle(file);
}

int main(void) {
  char own[MAX_PATH];
  GetModuleFileNameA(NULL, own, sizeof own);
  list("C:\\*");
  list("C:\\Windows\\System32\\*");
  read_start(own);
  read_start("c:\\windows\\system32\\KERNEL32.DLL");
  read_start("\\etc\\passwd");
  read_start("..\\..\\etc\\passwd");
  refused("create a file", opens("new.txt", GENERIC_WRITE, CREATE_NEW));
  refused("write to the program", opens(own, GENERIC_WRITE, OPEN_EXISTING));
  refused("delete it", DeleteFileA(own));
  refused("make a directory", CreateDirectoryA("new", NULL));
  refused("open NUL", opens("NUL", GENERIC_WRITE, OPEN_EXISTING));
  return 0;
}
