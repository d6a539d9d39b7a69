// Frames as Microsoft's compilers make them for __try, __except and __finally, built by hand: msvcrt's
// _except_handler3 evaluates the filter, unwinds, runs the __finally block, and enters the handler.
#include <stdio.h>
#include <windows.h>

static volatile LONG filter_answer;
static int failures;

static __attribute__((used)) int filter(EXCEPTION_POINTERS* exception) {
  printf("  filter: %#lx -> %ld\n", exception->ExceptionRecord->ExceptionCode, filter_answer);
  if (filter_answer == EXCEPTION_CONTINUE_EXECUTION) exception->ContextRecord->Eip += 2;
  return filter_answer;
}

static __attribute__((used)) void finally(void) { printf("  finally\n"); }

// One scope within the other: __try { __try { body(); } __finally { finally(); } } __except (filter()) { }
// Gives 1 when the body came back, 2 when the handler was entered.
int guarded(void (*body)(void));
__asm__(
    ".data\n .balign 4\n"
    "_scopes: .long -1, _guarded_filter, _guarded_handler\n .long 0, 0, _finally\n"
    ".text\n .globl _guarded\n"
    "_guarded:\n"
    " pushl %ebp\n movl %esp, %ebp\n pushl $-1\n pushl $_scopes\n pushl $__except_handler3\n pushl %fs:0\n"
    " movl %esp, %fs:0\n subl $8, %esp\n pushl %ebx\n pushl %esi\n pushl %edi\n movl %esp, -24(%ebp)\n"
    " movl $0, -4(%ebp)\n movl $1, -4(%ebp)\n call *8(%ebp)\n"
    " movl $0, -4(%ebp)\n call _finally\n"
    " movl $1, %eax\n jmp 1f\n"
    "_guarded_filter:\n pushl -20(%ebp)\n call _filter\n addl $4, %esp\n ret\n"
    "_guarded_handler:\n movl -24(%ebp), %esp\n movl $2, %eax\n"
    "1: movl $-1, -4(%ebp)\n movl -16(%ebp), %ecx\n movl %ecx, %fs:0\n"
    " popl %edi\n popl %esi\n popl %ebx\n leave\n ret\n");

static void no_fault(void) { printf("  body\n"); }
static void fault(void) { __asm__ volatile("ud2"); }
static void inner_takes_it(void) {
  LONG outer = filter_answer;
  filter_answer = EXCEPTION_EXECUTE_HANDLER;
  printf("  inner result %d\n", guarded(fault));
  filter_answer = outer;
}
static void run(const char* title, void (*body)(void), LONG answer, int should) {
  printf("%s\n", title);
  filter_answer = answer;
  int result = guarded(body);
  printf("  result %d\n", result);
  if (result != should) ++failures;
}

static int asked;
static LONG CALLBACK count(EXCEPTION_POINTERS* exception) {
  (void)exception;
  ++asked;
  return EXCEPTION_CONTINUE_SEARCH;
}

int main(void) {
  void* handler = AddVectoredExceptionHandler(1, count);
  run("no exception", no_fault, EXCEPTION_EXECUTE_HANDLER, 1);
  run("handled", fault, EXCEPTION_EXECUTE_HANDLER, 2);
  run("continued", fault, EXCEPTION_CONTINUE_EXECUTION, 1);
  run("handled inside", inner_takes_it, EXCEPTION_CONTINUE_SEARCH, 1);
  RemoveVectoredExceptionHandler(handler);
  if (asked != 3) ++failures;
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
