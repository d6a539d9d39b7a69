// Ten thousand threads, or as many as memory allows: each waits for one event, or is suspended before its
// first step (with the argument `suspended`). All that began must end, and a refusal must say why. What they
// need for their first steps is set aside until then.
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "check.h"

enum { kWanted = 10000, kStack = 0x10000, kSaved = 32 << 20 };

static HANDLE go;
static volatile LONG ran;
static HANDLE threads[kWanted];

static DWORD WINAPI run(void* number) {
  WaitForSingleObject(go, INFINITE);
  InterlockedIncrement(&ran);
  return (DWORD)(ULONG_PTR)number;
}

// How many end, each with its number as exit code.
static int join_all(int count) {
  int right = 0;
  for (int i = 0; i < count; ++i) {
    DWORD code = MAXDWORD;
    WaitForSingleObject(threads[i], INFINITE);
    right += GetExitCodeThread(threads[i], &code) && code == (DWORD)i;
    CloseHandle(threads[i]);
  }
  return right;
}

int main(int argc, char** argv) {
  DWORD flags = STACK_SIZE_PARAM_IS_A_RESERVATION, error = 0;
  if (argc > 1 && strcmp(argv[1], "suspended") == 0) flags |= CREATE_SUSPENDED;
  int count = 0;
  void* saved = VirtualAlloc(NULL, kSaved, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  go = CreateEvent(NULL, TRUE, FALSE, NULL);
  for (; count < kWanted; ++count) {
    threads[count] = CreateThread(NULL, kStack, run, (void*)(ULONG_PTR)count, flags, NULL);
    if (!threads[count]) break;
  }
  if (count < kWanted) error = GetLastError();
  VirtualFree(saved, 0, MEM_RELEASE);
  if (error) printf("refused: error %lu\n", error);
  check(count == kWanted || error == ERROR_COMMITMENT_LIMIT || error == ERROR_NO_SYSTEM_RESOURCES,
        "all began, or memory ran out");
  Sleep(1);
  check(ran == 0, "none has got through");
  if (flags & CREATE_SUSPENDED)
    for (int i = 0; i < count; ++i) ResumeThread(threads[i]);
  SetEvent(go);
  check(join_all(count) == count, "all that began ended right");
  check(ran == count, "and got through");
  HANDLE another = CreateThread(NULL, 0, run, (void*)1, 0, NULL);
  check(another && WaitForSingleObject(another, INFINITE) == WAIT_OBJECT_0, "another one can begin");
  return failures;
}
