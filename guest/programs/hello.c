// Shows the shortest way from the entry point through the C library to the console.
#include <stdio.h>

int main(void) {
  puts("Hello from the guest.");
  return 0;
}
