// Starts many processes (20 unless told otherwise) that all want more memory than the machine has between
// them, lets them compete, and checks what each comes back with: its sorted numbers' checksum as its exit
// code.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { kWords = 128 * 1024, kMost = 64 };  // half a megabyte each

static unsigned next(unsigned* seed) { return *seed = *seed * 1664525u + 1013904223u; }

static int compare(const void* a, const void* b) {
  unsigned x = *(const unsigned*)a, y = *(const unsigned*)b;
  return (x > y) - (x < y);
}

// Ends with 0 when its numbers stayed what they were, in whatever order the processes ran.
static int child(unsigned seed) {
  unsigned* numbers = VirtualAlloc(NULL, kWords * sizeof *numbers, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!numbers) return 1;
  unsigned sum = 0, after = 0, state = seed;
  for (int i = 0; i < kWords; ++i) sum += numbers[i] = next(&state);
  SwitchToThread();
  qsort(numbers, kWords, sizeof *numbers, compare);
  SwitchToThread();
  for (int i = 0; i < kWords; ++i) {
    after += numbers[i];
    if (i > 0 && numbers[i - 1] > numbers[i]) return 2;
  }
  return sum == after ? 0 : 3;
}

int main(int argc, char** argv) {
  if (argc > 2 && strcmp(argv[1], "child") == 0) return child((unsigned)atoi(argv[2]));
  int count = argc > 1 ? atoi(argv[1]) : 20;
  if (count < 1 || count > kMost) return 2;
  char image[MAX_PATH];
  GetModuleFileNameA(NULL, image, sizeof image);
  HANDLE children[kMost];
  int started = 0, right = 0;
  for (; started < count; ++started) {
    char line[64];
    sprintf(line, "family child %d", started + 1);
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION made;
    if (!CreateProcessA(image, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) break;
    CloseHandle(made.hThread);
    children[started] = made.hProcess;
  }
  if (started < count) printf("child %d refused: error %lu\n", started + 1, GetLastError());
  for (int i = 0; i < started; ++i) {
    DWORD code = 99;
    WaitForSingleObject(children[i], INFINITE);
    GetExitCodeProcess(children[i], &code);
    right += code == 0;
    CloseHandle(children[i]);
  }
  printf("%d children started, %d ended right\n", started, right);
  return started == count && right == count ? 0 : 1;
}
