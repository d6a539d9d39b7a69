// Reads pages that have gone to the paging file while a second thread counts, and says whether the count went
// on during a read: whether others run while a page is waited for.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { kPage = 4096, kPages = 2048 };  // 8 MB

static volatile LONG counted, over;

static DWORD WINAPI count(void* unused) {
  (void)unused;
  while (!over) ++counted;
  return 0;
}

int main(int argc, char** argv) {
  const unsigned long reads = argc > 1 ? strtoul(argv[1], NULL, 0) : 200;
  volatile unsigned char* memory =
      VirtualAlloc(NULL, kPages * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (memory == NULL) return 1;
  for (unsigned long i = 0; i < kPages; ++i) memory[i * kPage] = (unsigned char)(i % 251);
  HANDLE other = CreateThread(NULL, 0, count, NULL, 0, NULL);
  unsigned long shared = 0, wrong = 0;
  for (unsigned long i = 0; i < reads && i < kPages; ++i) {
    const LONG before = counted;
    if (memory[i * kPage] != i % 251) ++wrong;
    if (counted != before) ++shared;
  }
  over = 1;
  WaitForSingleObject(other, INFINITE);
  printf("%lu reads, %lu wrong; another thread ran during %s of them\n", reads, wrong,
         shared * 10 >= reads * 9 ? "nearly all"
         : shared * 10 <= reads   ? "hardly any"
                                  : "some");
  return 0;
}
