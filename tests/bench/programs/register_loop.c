// 100 M steps of a loop that stays in registers.
#include <stdio.h>

int main(void) {
  unsigned a = 1, b = 2, c = 3;
  for (unsigned i = 0; i < 100000000; ++i) {
    a += b ^ i;
    b = (b << 1 | b >> 31) + c;
    c ^= a;
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c));  // so that the compiler leaves every step where it is
  }
  printf("%u\n", a ^ b ^ c);
  return 0;
}
