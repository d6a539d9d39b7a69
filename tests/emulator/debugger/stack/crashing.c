/* For stacks.py: ends in an access violation a few calls deep. Lines are found by their marks. */
#include <stdio.h>

static int* volatile nowhere;
typedef int (*function)(int);

#if defined(NAKED)
/* Pushes twelve bytes and crashes before any frame is set up. */
__attribute__((naked, noinline)) int crash(int value __attribute__((unused))) {
  __asm__("pushl %ebx\n\tsubl $8, %esp\n\tmovl $0, 0\n\taddl $8, %esp\n\tpopl %ebx\n\tret");
}
#elif defined(MISSING)
static volatile function missing = (function)0x10;
__attribute__((noinline)) int crash(int value) { return missing(value) + 1; /* in crash */ }
#else
__attribute__((noinline)) int crash(int value) {
  int local = value * 2;
  *nowhere = local; /* in crash */
  return local;
}
#endif

__attribute__((noinline)) int __stdcall middle(int first, int second) {
  char pad[100];
  snprintf(pad, sizeof pad, "%d", first);
  return crash(first + second) + pad[0]; /* in middle */
}

__attribute__((noinline)) int recursive(int depth) {
  if (depth == 0) return middle(3, 4) + 1; /* at the bottom */
  return recursive(depth - 1) + depth;     /* in recursive */
}

int main(int argc, char** argv) {
  int result = recursive(3) + argc; /* in main */
  printf("%s %d\n", argv[0], result);
  return result;
}
