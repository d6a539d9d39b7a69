// Frees and allocates a block of 16 to 271 bytes, 3 M times, 64 of them living at one time.
#include "library.h"
#include "numbers.h"

enum { kLiving = 64 };

int main(void) {
  static char* blocks[kLiving];
  static unsigned char marks[kLiving];
  unsigned state = 1, sum = 0;
  for (int i = 0; i < 3000000; ++i) {
    unsigned number = next_number(&state), slot = number >> 16 & (kLiving - 1);
    if (blocks[slot] && *blocks[slot] != (char)marks[slot]) return 2;
    free(blocks[slot]);
    if (!(blocks[slot] = malloc(16 + (number >> 8 & 255)))) return 1;
    marks[slot] = (unsigned char)number;
    *blocks[slot] = (char)marks[slot];
    sum += number;
  }
  printf("%u\n", sum);
  return 0;
}
