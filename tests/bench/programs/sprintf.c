// Formats an integer and a double, 200,000 times.
#include "library.h"

int main(void) {
  char text[64];
  unsigned sum = 0;
  for (int i = 0; i < 200000; ++i) {
    int length = sprintf(text, "%d:%g", i, i * 0.5);
    for (int at = 0; at < length; ++at) sum = sum * 31 + (unsigned char)text[at];
  }
  printf("%u %s\n", sum, text);
  return 0;
}
