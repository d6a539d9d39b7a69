// DLLs that are named by their paths. The argument is the folder that this program lies in, as the guest sees
// it; below it is the folder shared-win32 when the second argument says so.
#include <string.h>
#include <windows.h>

#include "check.h"

static char folder[MAX_PATH];

static int is_called(HMODULE module, const char* name) {
  char path[MAX_PATH], wanted[MAX_PATH];
  DWORD length = GetModuleFileNameA(module, path, sizeof path);
  strcat(strcpy(wanted, folder), name);
  if (length && _stricmp(path, wanted) == 0) return 1;
  printf("it is called %s, not %s\n", length ? path : "nothing", wanted);
  return 0;
}

static void test_beside(void) {
  char path[MAX_PATH];
  check(is_called(NULL, "library_paths.exe"), "the program's own name");
  strcat(strcpy(path, folder), "notices.dll");
  HMODULE by_path = LoadLibraryA(path);
  check(by_path && is_called(by_path, "notices.dll"), "a DLL beside the program by its full path");
  check(LoadLibraryA("notices") == by_path, "by its name it is the same");
  check(GetModuleHandleA(path) == by_path, "and found by its path");
  check(LoadLibraryA("C:\\Windows\\System32\\kernel32.dll") == GetModuleHandleA("kernel32"),
        "kernel32 by its full path");
  SetLastError(0);
  check(!LoadLibraryA("C:\\no\\such\\notices.dll") && GetLastError() == ERROR_MOD_NOT_FOUND,
        "a folder that is none: error 126");
  check(!GetModuleHandleA("C:\\no\\such\\notices.dll"), "nor is the other one's handle found there");
}

static void test_elsewhere(void) {
  char path[MAX_PATH];
  strcat(strcpy(path, folder), "shared-win32\\libgcc_s_dw2-1.dll");
  check(!LoadLibraryA("libgcc_s_dw2-1.dll"), "a DLL in another folder is not found by its name");
  HMODULE by_path = LoadLibraryA(path);
  check(by_path && is_called(by_path, "shared-win32\\libgcc_s_dw2-1.dll"), "but by its full path");
  check(by_path && GetProcAddress(by_path, "_Unwind_Resume"), "and has its exports");
  check(SetCurrentDirectoryA(folder) && LoadLibraryA("shared-win32\\libgcc_s_dw2-1") == by_path,
        "and by a relative path, without its extension");
  check(LoadLibraryA("shared-win32/../shared-win32/libgcc_s_dw2-1.dll") == by_path,
        "however that is written");
  check(!LoadLibraryA("shared-win32\\nothing.dll") && GetLastError() == ERROR_MOD_NOT_FOUND,
        "what is not there: error 126");
}

int main(int count, char** arguments) {
  if (count < 2) return 1;
  strcpy(folder, arguments[1]);
  test_beside();
  if (count > 2) test_elsewhere();
  return failures;
}
