// Shows the stack growing by its guard page: recursion down 1.5 MB, a page at a time, and the same values on
// the way back up.
#include <stdio.h>

enum { kDepth = 384, kFrame = 4096 - 64 };

static unsigned __attribute__((noinline)) descend(unsigned depth) {
  volatile unsigned char frame[kFrame];
  frame[0] = (unsigned char)depth;
  frame[kFrame - 1] = (unsigned char)~depth;
  unsigned below = depth ? descend(depth - 1) : 0;
  if (frame[0] != (unsigned char)depth || frame[kFrame - 1] != (unsigned char)~depth) return below;
  return below + 1;
}

// The lowest committed address of the stack, as the TEB has it.
static unsigned stack_limit(void) {
  unsigned limit;
  __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
  return limit;
}

int main(void) {
  unsigned before = stack_limit();
  unsigned intact = descend(kDepth - 1);
  printf("%u of %u frames intact\n", intact, kDepth);
  printf("stack grew: %s\n", stack_limit() < before ? "yes" : "no");
  return intact == kDepth ? 0 : 1;
}
