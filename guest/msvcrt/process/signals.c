// signal and raise ("signal", Microsoft): handlers are called by raise, and reset before they are.
#include <signal.h>

#include "guest/msvcrt/msvcrt.h"

typedef void(__cdecl* Handler)(int);

static Handler handlers[NSIG];

static int is_known(int number) {
  return number == SIGINT || number == SIGILL || number == SIGFPE || number == SIGSEGV || number == SIGTERM ||
         number == SIGBREAK || number == SIGABRT || number == SIGABRT_COMPAT;
}

Handler signal(int number, Handler handler) {
  if (!is_known(number) || handler == SIG_SGE) {
    *_errno() = EINVAL;
    return SIG_ERR;
  }
  if (number == SIGABRT_COMPAT) number = SIGABRT;
  Handler old = handlers[number];
  if (handler != SIG_GET) handlers[number] = handler;
  return old;
}

int raise(int number) {
  if (!is_known(number)) return crt_fail(EINVAL);
  if (number == SIGABRT_COMPAT) number = SIGABRT;
  Handler handler = handlers[number];
  if (handler == SIG_IGN) return 0;
  if (handler == SIG_DFL) _exit(3);
  handlers[number] = SIG_DFL;
  handler(number);
  return 0;
}

void** __pxcptinfoptrs(void);
void** __pxcptinfoptrs(void) {
  static void* information;
  return &information;
}
