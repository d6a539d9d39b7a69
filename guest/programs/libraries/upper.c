// A DLL for libraries.exe that needs lower.dll, prefers the same address, and refuses to start a second time.
#include <windows.h>

__declspec(dllimport) int lower_value(void);
__declspec(dllimport) const char* lower_log(void);

static char log_at_start[16];

// lower.dll is started before upper.dll, which needs it.
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID from_start) {
  (void)instance, (void)from_start;
  if (reason == DLL_PROCESS_ATTACH) lstrcpynA(log_at_start, lower_log(), sizeof log_at_start);
  return TRUE;
}

int upper_value(void) { return 2 * lower_value(); }
const char* upper_log(void) { return log_at_start; }
