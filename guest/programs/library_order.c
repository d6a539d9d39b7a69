// What the loader starts when a DllMain loads a DLL, and whose DLL an API set's name means.
#include <windows.h>

#include "check.h"

typedef int (*Number)(void);
typedef LONG (*Notices)(DWORD index);

static Number number(HMODULE module, const char* name) { return (Number)(void*)GetProcAddress(module, name); }

static void test_order(void) {
  HMODULE dependent = LoadLibraryA("dependent.dll"), starter = GetModuleHandleA("starter");
  check(dependent && starter, "a DLL and what it needs");
  check(number(starter, "starter_state")() == 2, "what it needs is done");
  check(number(dependent, "dependent_state_at_start")() == 2,
        "and was before it was told itself, though its DllMain loaded a DLL");
  HMODULE notices = GetModuleHandleA("notices");
  Notices notices_of = (Notices)(void*)GetProcAddress(notices, "notices_of");
  check(notices && notices_of(DLL_PROCESS_ATTACH) == 1, "which was told at once");
  check(FreeLibrary(dependent) && !GetModuleHandleA("dependent") && !GetModuleHandleA("starter"),
        "unloaded with what it needed");
  check(GetModuleHandleA("notices") == notices, "but not with what that has loaded");
}

static void test_api_sets(void) {
  HMODULE own = LoadLibraryA("api-ms-win-core-beside-l1-1-0.dll"), kernel = GetModuleHandleA("kernel32");
  check(own && own != kernel && number(own, "contract_value") && number(own, "contract_value")() == 32,
        "an API set's name: the DLL of that name beside the program");
  check(GetModuleHandleA("api-ms-win-core-beside-l1-1-0") == own, "which is found by that name");
  check(LoadLibraryA("api-ms-win-core-synch-l1-2-0.dll") == kernel, "there is none: kernel32");
  check(GetModuleHandleA("api-ms-win-core-file-l1-1-0.dll") == kernel, "found by any such name");
  check(!LoadLibraryA("api-ms-win-no-such-l1-1-0.dll") && GetLastError() == ERROR_MOD_NOT_FOUND,
        "and of no other family");
}

int main(void) {
  test_order();
  test_api_sets();
  return failures;
}
