// Asks for DLLs by names that are links, prepared from outside: some lead out of the folder that is its disk,
// some stay inside. What CreateFile refuses is no DLL either.
#include <stdio.h>
#include <windows.h>

static void try_open(const char* name) {
  SetLastError(0);
  HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) {
    printf("%s: CreateFile error %lu", name, GetLastError());
  } else {
    printf("%s: CreateFile opens it", name);
    CloseHandle(file);
  }
}

static void try_load(const char* name) {
  SetLastError(0);
  HMODULE module = LoadLibraryA(name);
  if (module) {
    printf(", LoadLibrary loads it\n");
    FreeLibrary(module);
  } else {
    printf(", LoadLibrary error %lu\n", GetLastError());
  }
}

int main(void) {
  static const char* const kNames[] = {"out.dll",  "nothing.dll", "folder.dll", "up.dll",
                                       "text.dll", "in.dll",      "no.dll"};
  for (unsigned i = 0; i < sizeof kNames / sizeof *kNames; ++i) {
    try_open(kNames[i]);
    try_load(kNames[i]);
  }
  return 0;
}
