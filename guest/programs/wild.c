// Shows an access violation: writes through a pointer into memory that is reserved and not committed.
#include <stdio.h>
#include <windows.h>

int main(void) {
  volatile int* wild = VirtualAlloc((void*)0x00080000, 0x10000, MEM_RESERVE, PAGE_READWRITE);
  printf("writing to 0x%08lx\n", (DWORD)wild + 0x10);
  wild[4] = 1;
  puts("not reached");
  return 0;
}
