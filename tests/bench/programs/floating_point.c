// 20 M multiplications and as many divisions of doubles, in SSE registers.
#include <stdio.h>

int main(void) {
  volatile double seed = 1.000001;
  double a = seed, b = 1.5;
  for (unsigned i = 0; i < 20000000; ++i) {
    a = a * 1.0000001;
    b = b / 1.0000001 + a;
    __asm__ volatile("" : "+x"(a), "+x"(b));  // so that the compiler leaves every step where it is
  }
  printf("%u\n", (unsigned)(a + b));
  return 0;
}
