// For thread_tls.exe: writes down what its DllMain and its TLS callback are told, and has a variable per
// thread.
#include <windows.h>

static volatile LONG notices[8];
static __thread int value = 7;

static void NTAPI on_tls(void* module, DWORD reason, void* reserved) {
  (void)module, (void)reserved;
  InterlockedIncrement(&notices[4 + reason]);
}
__attribute__((section(".CRT$XLM"), used)) static const PIMAGE_TLS_CALLBACK kOnTls = on_tls;

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved) {
  (void)module, (void)reserved;
  InterlockedIncrement(&notices[reason]);
  return TRUE;
}

// By DllMain's reasons 0 to 3; 4 to 7 are the TLS callback's.
LONG notices_of(DWORD index) { return notices[index]; }
int* notices_value(void) { return &value; }
