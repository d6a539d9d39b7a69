// The C library's signals on top of exceptions: SIGSEGV, SIGFPE and SIGILL come from the processor, through
// the filter that MinGW's start-up code sets; handlers are reset before they run, and may leave by longjmp.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static jmp_buf way_out;
static volatile int zero;
static int failures;

static void leave(int number) { longjmp(way_out, number); }

static volatile int* volatile nowhere = (int*)16;

static void fault_read(void) { (void)*nowhere; }
static void fault_divide(void) { zero = 100 / zero; }
static void fault_privileged(void) { __asm__ volatile("hlt"); }
static void fault_undefined(void) { __asm__ volatile("ud2"); }

static void try_signal(const char* what, int number, void (*fault)(void)) {
  if (signal(number, leave) == SIG_ERR) ++failures;
  int got = setjmp(way_out);
  if (got == 0) fault();
  printf("%s: signal %d\n", what, got);
  if (got != number || signal(number, SIG_DFL) != SIG_DFL) ++failures;
}

static volatile int raised;
static void count(int number) { raised += number; }

static void raise_some(void) {
  signal(SIGTERM, count);
  raise(SIGTERM);
  printf("raise(SIGTERM): handler called %s\n", raised == SIGTERM ? "once" : "NOT once");
  signal(SIGTERM, SIG_IGN);
  printf("ignored: raise gives %d\n", raise(SIGTERM));
  printf("a signal that does not exist: %s\n", signal(100, count) == SIG_ERR ? "refused" : "accepted");
  if (raised != SIGTERM) ++failures;
}

static void on_abort(int number) {
  printf("SIGABRT (%d) before the end\n", number);
  fflush(stdout);
}

int main(void) {
  try_signal("a read through a null pointer", SIGSEGV, fault_read);
  try_signal("again", SIGSEGV, fault_read);
  try_signal("a division by zero", SIGFPE, fault_divide);
  try_signal("a privileged instruction", SIGILL, fault_privileged);
  try_signal("an undefined instruction", SIGILL, fault_undefined);
  raise_some();
  if (failures) return failures;
  signal(SIGABRT, on_abort);
  abort();
}
