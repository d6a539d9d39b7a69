// _beginthread and _beginthreadex ("_beginthread, _beginthreadex", Microsoft): a thread that the system made,
// with a routine of the C runtime's kind.
#include <errno.h>
#include <process.h>

#include "guest/msvcrt/msvcrt.h"

typedef void(__cdecl* PlainRoutine)(void*);
typedef unsigned(__stdcall* Routine)(void*);

// What a thread is to run; freed by the thread.
typedef struct Beginning {
  PlainRoutine plain;
  Routine routine;
  void* argument;
  HANDLE thread;  // with `plain`: closed when the thread ends
} Beginning;

static DWORD WINAPI run(void* parameter) {
  Beginning beginning = *(Beginning*)parameter;
  free(parameter);
  if (beginning.routine) _endthreadex(beginning.routine(beginning.argument));
  crt_thread()->own_handle = beginning.thread;
  beginning.plain(beginning.argument);
  _endthread();
  return 0;
}

static int errno_of_refusal(void) { return GetLastError() == ERROR_ACCESS_DENIED ? EACCES : EAGAIN; }

static HANDLE begin(void* security, unsigned stack, const Beginning* beginning, unsigned flags, unsigned* id,
                    Beginning** copy) {
  DWORD made;
  *copy = malloc(sizeof **copy);
  if (!*copy) return NULL;
  **copy = *beginning;
  HANDLE thread = CreateThread(security, stack, run, *copy, flags, &made);
  if (!thread) {
    *_errno() = errno_of_refusal();
    free(*copy);
  } else if (id) {
    *id = made;
  }
  return thread;
}

uintptr_t _beginthreadex(void* security, unsigned stack, Routine routine, void* argument, unsigned flags,
                         unsigned* id) {
  Beginning* copy;
  const Beginning beginning = {.routine = routine, .argument = argument};
  if (!routine) {
    *_errno() = EINVAL;
    return 0;
  }
  return (uintptr_t)begin(security, stack, &beginning, flags, id, &copy);
}

// The thread begins when its handle is where it will look for it.
uintptr_t _beginthread(PlainRoutine routine, unsigned stack, void* argument) {
  Beginning* copy;
  const Beginning beginning = {.plain = routine, .argument = argument};
  if (!routine) {
    *_errno() = EINVAL;
    return (uintptr_t)-1;
  }
  HANDLE thread = begin(NULL, stack, &beginning, CREATE_SUSPENDED, NULL, &copy);
  if (!thread) return (uintptr_t)-1;
  copy->thread = thread;
  ResumeThread(thread);
  return (uintptr_t)thread;
}

void _endthreadex(unsigned code) { ExitThread(code); }

void _endthread(void) {
  HANDLE thread = crt_thread()->own_handle;
  if (thread) CloseHandle(thread);
  ExitThread(0);
}
