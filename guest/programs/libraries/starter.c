// For library_order.exe: its DllMain loads another DLL before it is done.
#include <windows.h>

static int state;  // 1 while DllMain is at it, then 2

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
  (void)module, (void)reserved;
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  state = 1;
  BOOL loaded = LoadLibraryA("notices.dll") != NULL;
  state = 2;
  return loaded;
}

int starter_state(void) { return state; }
