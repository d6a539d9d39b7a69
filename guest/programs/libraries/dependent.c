// For library_order.exe: needs starter.dll, and notes how far that was when its own DllMain was called.
#include <windows.h>

__declspec(dllimport) int starter_state(void);

static int state_at_start = -1;

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
  (void)module, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) state_at_start = starter_state();
  return TRUE;
}

int dependent_state_at_start(void) { return state_at_start; }
