// Gives up the processor as often as asked for (100,000 times by default), for another that does the same: a
// second thread of this process, or with `process` another process. What a switch costs.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static unsigned long count = 100000;

static DWORD WINAPI yield(void* unused) {
  (void)unused;
  for (unsigned long i = 0; i < count; ++i) SwitchToThread();
  return 0;
}

int main(int argc, char** argv) {
  if (argc > 1) count = strtoul(argv[1], NULL, 0);
  if (argc > 2 && strcmp(argv[2], "process") == 0) return (int)yield(NULL);
  HANDLE other = CreateThread(NULL, 0, yield, NULL, 0, NULL);
  yield(NULL);
  WaitForSingleObject(other, INFINITE);
  printf("%lu switches by each of two threads\n", count);
  return 0;
}
