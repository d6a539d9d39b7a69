// Shows standard input and output through stdio: copies one to the other, byte for byte.
#include <fcntl.h>
#include <io.h>
#include <stdio.h>

int main(void) {
  static char buffer[4096];
  size_t size;
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  while ((size = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    if (fwrite(buffer, 1, size, stdout) != size) return 1;
  }
  return ferror(stdin) ? 1 : 0;
}
