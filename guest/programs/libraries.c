// Shows the loader: DLLs that need each other and prefer the same address, relocation, forwarders, ordinals,
// static TLS in DLLs, DllMain's order, and loading, sharing and unloading at run time.
#include <stdio.h>
#include <string.h>
#include <windows.h>

__declspec(dllimport) int upper_value(void);
__declspec(dllimport) const char* upper_log(void);

typedef int (*Number)(void);
typedef const char* (*Text)(void);

static int failures;

static void check(const char* what, int good) {
  printf("%s %s\n", good ? "ok    " : "FAILED", what);
  failures += !good;
}

static FARPROC procedure(const char* module, const char* name) {
  return GetProcAddress(GetModuleHandleA(module), name);
}

static void test_static(void) {
  HMODULE lower = GetModuleHandleA("lower"), upper = GetModuleHandleA("UPPER.DLL");
  check("both DLLs came with the program, at different addresses", lower && upper && lower != upper);
  check("imports, relocated pointers and static TLS", upper_value() == 84);
  check("a DLL starts after those it needs", strcmp(upper_log(), "S") == 0);
  Number by_ordinal = (Number)(void*)GetProcAddress(lower, (const char*)7);
  check("an export by ordinal", by_ordinal && by_ordinal() == 1007);
  Number forwarded = (Number)(void*)procedure("upper", "upper_forwarded");
  check("a forwarder by name", forwarded && forwarded == (Number)(void*)procedure("lower", "lower_value"));
  forwarded = (Number)(void*)procedure("upper", "upper_forwarded_by_ordinal");
  check("a forwarder by ordinal", forwarded && forwarded == by_ordinal);
  SetLastError(0);
  check("no such export: error 127",
        !procedure("upper", "no_such_name") && GetLastError() == ERROR_PROC_NOT_FOUND);
}

static void test_dynamic(void) {
  SetLastError(0);
  check("no such DLL: error 126", !LoadLibraryA("no_such.dll") && GetLastError() == ERROR_MOD_NOT_FOUND);
  check("not loaded yet", !GetModuleHandleA("later.dll"));
  HMODULE later = LoadLibraryA("later");
  Text log = later ? (Text)(void*)GetProcAddress(later, "lower_log") : NULL;
  Number value = later ? (Number)(void*)GetProcAddress(later, "lower_value") : NULL;
  check("loaded, and told that the process had started", log && strcmp(log(), "L") == 0);
  check("with its own data and static TLS", value && value() == 42);
  check("loaded again it is the same", LoadLibraryA("later.dll") == later);
  check("and stays for the first release", FreeLibrary(later) && GetModuleHandleA("later.dll") == later);
  MEMORY_BASIC_INFORMATION region;
  check("the second one unloads it", FreeLibrary(later) && !GetModuleHandleA("later.dll"));
  check("and frees its memory", VirtualQuery(later, &region, sizeof region) && region.State == MEM_FREE);
  check("a handle that is none: refused", !FreeLibrary((HMODULE)0x12340000));
  check("what came with the program stays",
        FreeLibrary(GetModuleHandleA("lower")) && GetModuleHandleA("lower") != NULL);
}

static void test_names(void) {
  char path[MAX_PATH];
  DWORD length = GetModuleFileNameA(NULL, path, sizeof path);
  check("the program's file name", length > 14 && strcmp(path + length - 13, "libraries.exe") == 0);
  length = GetModuleFileNameA(GetModuleHandleA("kernel32"), path, sizeof path);
  check("kernel32's file name", length && _stricmp(path, "C:\\Windows\\System32\\kernel32.dll") == 0);
  HMODULE own = NULL;
  check("a module by an address in it",
        GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (const char*)test_names, &own) &&
            own == GetModuleHandleA(NULL));
}

int main(void) {
  test_static();
  test_dynamic();
  test_names();
  return failures;
}
