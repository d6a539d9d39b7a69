// Copies 1 MB, 500 times, by the C library's memcpy.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kSize = 1 << 20 };

int main(void) {
  char *from = malloc(kSize), *to = malloc(kSize);
  if (!from || !to) return 1;
  for (int i = 0; i < kSize; ++i) from[i] = (char)(i * 7);
  for (int i = 0; i < 500; ++i) {
    from[i] = (char)i;
    memcpy(to, from, kSize);
    __asm__ volatile("" ::: "memory");  // so that the compiler leaves every copy where it is
  }
  printf("%d %d\n", memcmp(from, to, kSize), to[499]);
  return 0;
}
