// The DLL's own start and end.
#include "guest/msvcrt/msvcrt.h"

static BOOL attach(void) {
  crt_initialize_heap();
  crt_initialize_clock();
  if (!crt_initialize_threads()) return FALSE;
  crt_initialize_locks();
  crt_initialize_characters();
  crt_initialize_streams();
  return crt_initialize_arguments();
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);
BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  (void)instance, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) return attach();
  if (reason == DLL_THREAD_DETACH) crt_forget_thread();
  if (reason == DLL_PROCESS_DETACH) crt_close_streams();
  return TRUE;
}
