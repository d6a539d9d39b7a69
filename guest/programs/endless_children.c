// A child that starts children without end: the machine's limit (--max-processes) refuses one with
// ERROR_NOT_ENOUGH_QUOTA, and nobody else is harmed.
#include <stdio.h>
#include <windows.h>

int main(void) {
  char image[MAX_PATH];
  GetModuleFileNameA(NULL, image, sizeof image);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  if (!CreateProcessA(image, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) {
    printf("refused: error %lu\n", GetLastError());
    return 0;
  }
  DWORD code = STILL_ACTIVE;
  while (GetExitCodeProcess(made.hProcess, &code) && code == STILL_ACTIVE) Sleep(1);
  return (int)code;
}
