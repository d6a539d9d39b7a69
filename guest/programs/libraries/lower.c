// A DLL for libraries.exe: absolute addresses in its data and code, static TLS, an export by ordinal alone,
// and a DllMain that notes what it was called for.
#include <windows.h>

static int value = 5;
static int* const pointer = &value;  // wrong until relocated
static __thread int thread_value = 37;

char lower_calls[16];

static void note(char c) {
  int at = 0;
  while (lower_calls[at]) ++at;
  if (at < 15) lower_calls[at] = c;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID from_start) {
  (void)instance;
  if (reason == DLL_PROCESS_ATTACH) note(from_start ? 'S' : 'L');
  if (reason == DLL_PROCESS_DETACH) note('D');
  return TRUE;
}

int lower_value(void) { return *pointer + thread_value; }
int lower_by_ordinal(void) { return 1007; }
const char* lower_log(void) { return lower_calls; }
