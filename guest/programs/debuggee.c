// Something for debuggers to hold: variables, calls, values in every kind of register, a page that nobody has
// touched, an exception that is handled and one that is not, threads, a child process, a loop without an end.
// What it does is the first argument's; nothing said: all that ends well.
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define KEPT __attribute__((noipa))  // called as it is written

volatile int counter = 7;
volatile int spins;
volatile int* fresh;  // a page that is committed, and no more

KEPT int add(int first, int second) { return first + second; }
KEPT void touch(volatile int* where, int what) { *where = what; }
KEPT void crash(volatile int* where) { *where = 0x1234abcd; }
KEPT void have_threads(void) {}
KEPT void have_child(void) {}

// Pi in ST0, four numbers in XMM3, while `counter` is read.
KEPT int hold_values(void) {
  static const float numbers[4] = {1.5f, -2.5f, 3.5f, 1024.0f};
  int value;
  __asm__ volatile(
      "movups %1, %%xmm3\n\tfldpi\n\tmovl %2, %0\n\t.globl _values_held\n_values_held:\n\tfstp %%st(0)"
      : "=r"(value)
      : "m"(numbers), "m"(counter)
      : "st");
  return value;
}

static DWORD WINAPI wait_for(void* event) { return WaitForSingleObject(event, INFINITE); }

static int threads(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), waiting[2];
  for (int i = 0; i < 2; ++i) waiting[i] = CreateThread(NULL, 0, wait_for, event, 0, NULL);
  Sleep(10);
  have_threads();
  SetEvent(event);
  return WaitForMultipleObjects(2, waiting, TRUE, INFINITE) == WAIT_OBJECT_0 ? 0 : 1;
}

static int child(char* image) {
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  char line[] = "debuggee wait";
  DWORD code = 0;
  if (!CreateProcessA(image, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) return 1;
  Sleep(10);
  have_child();
  WaitForSingleObject(made.hProcess, INFINITE);
  GetExitCodeProcess(made.hProcess, &code);
  printf("the child ended with %lu\n", code);
  return code == 5 ? 0 : 1;
}

int main(int argc, char** argv) {
  const char* wanted = argc > 1 ? argv[1] : "all";
  char image[MAX_PATH];
  GetModuleFileNameA(NULL, image, sizeof image);
  if (strcmp(wanted, "wait") == 0) return Sleep(100), 5;
  if (strcmp(wanted, "stuck") == 0) WaitForSingleObject(CreateEventA(NULL, TRUE, FALSE, NULL), INFINITE);
  if (strcmp(wanted, "spin") == 0)
    for (;;) ++spins;
  if (strcmp(wanted, "crash") == 0) crash(NULL);
  if (strcmp(wanted, "break") == 0) __debugbreak();
  if (strcmp(wanted, "read") == 0) return getchar() == EOF ? 4 : 0;
  ++counter;
  counter = add(counter, 34);
  printf("counter is %d\n", hold_values());
  fresh = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  touch(fresh, 77);
  if (threads() != 0 || child(image) != 0) return 1;
  printf("done\n");
  return *fresh == 77 ? 0 : 1;
}
