// The ways a program ends, and what runs when it does.
#include <signal.h>

#include "guest/msvcrt/msvcrt.h"

typedef int(__cdecl* ExitFunction)(void);
typedef void(__cdecl* Initializer)(void);

static ExitFunction* functions;
static size_t count, room;

_onexit_t _onexit(_onexit_t function) {
  if (count == room) {
    size_t wanted = room ? room * 2 : 32;
    ExitFunction* grown = realloc(functions, wanted * sizeof *functions);
    if (!grown) return NULL;
    functions = grown;
    room = wanted;
  }
  functions[count++] = function;
  return function;
}

int atexit(void(__cdecl* function)(void)) { return _onexit((_onexit_t)function) ? 0 : -1; }

// A DLL's own table of exit functions, as its start-up code keeps it.
_onexit_t __dllonexit(_onexit_t function, Initializer** start, Initializer** end);
_onexit_t __dllonexit(_onexit_t function, Initializer** start, Initializer** end) {
  size_t used = (size_t)(*end - *start);
  Initializer* grown = realloc(*start, (used + 1) * sizeof *grown);
  if (!grown) return NULL;
  grown[used] = (Initializer)function;
  *start = grown;
  *end = grown + used + 1;
  return function;
}

// Functions registered while others run are run too, last first.
void crt_run_exit_functions(void) {
  while (count) functions[--count]();
}

void _initterm(Initializer* start, Initializer* end);
void _initterm(Initializer* start, Initializer* end) {
  for (; start < end; ++start) {
    if (*start) (*start)();
  }
}

int _initterm_e(int(__cdecl** start)(void), int(__cdecl** end)(void));
int _initterm_e(int(__cdecl** start)(void), int(__cdecl** end)(void)) {
  int failure = 0;
  for (; start < end && !failure; ++start) {
    if (*start) failure = (*start)();
  }
  return failure;
}

void _cexit(void) {
  crt_run_exit_functions();
  fflush(NULL);
}

void _c_exit(void) {}

void _exit(int code) {
  fflush(NULL);
  ExitProcess((UINT)code);
}

void exit(int code) {
  _cexit();
  ExitProcess((UINT)code);
}

void abort(void) {
  fputs(
      "\nThis application has requested the Runtime to terminate it in an unusual way.\n"
      "Please contact the application's support team for more information.\n",
      stderr);
  raise(SIGABRT);
  _exit(3);
}

void _amsg_exit(int number) {
  fprintf(stderr, "\nruntime error R60%02d\n", number);
  _exit(255);
}

void _assert(const char* message, const char* file, unsigned line);
void _assert(const char* message, const char* file, unsigned line) {
  fprintf(stderr, "Assertion failed: %s, file %s, line %u\n", message, file, line);
  abort();
}

void _wassert(const wchar_t* message, const wchar_t* file, unsigned line);
void _wassert(const wchar_t* message, const wchar_t* file, unsigned line) {
  fprintf(stderr, "Assertion failed: %S, file %S, line %u\n", message, file, line);
  abort();
}

void crt_pure_call(void);
void crt_pure_call(void) { _amsg_exit(25); }
