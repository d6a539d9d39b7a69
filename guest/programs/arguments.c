// Shows the arguments as the C library splits the command line; exits with their number.
#include <stdio.h>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) printf("argv[%d] = [%s]\n", i, argv[i]);
  return argc;
}
