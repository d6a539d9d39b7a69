// Fills a file of C:\ until it is refused: what was written before is there, the file cannot be made longer
// by other means either, another can still be written, and a shorter one can grow again.
#include <windows.h>

#include "check.h"

enum { kBlock = 0x10000 };

static unsigned char block[kBlock];

static void fill(DWORD number) {
  for (DWORD i = 0; i < kBlock; ++i) block[i] = (unsigned char)(i * 7 + number);
}

// How many blocks went in, and what refused the next.
static DWORD write_blocks(HANDLE file, DWORD most, DWORD* error) {
  DWORD written;
  for (DWORD number = 0; number < most; ++number) {
    fill(number);
    if (WriteFile(file, block, kBlock, &written, NULL) && written == kBlock) continue;
    *error = GetLastError();
    return number;
  }
  *error = 0;
  return most;
}

static int holds_blocks(HANDLE file, DWORD count) {
  static unsigned char read[kBlock];
  DWORD got;
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  for (DWORD number = 0; number < count; ++number) {
    fill(number);
    if (!ReadFile(file, read, kBlock, &got, NULL) || got != kBlock) return 0;
    for (DWORD i = 0; i < kBlock; ++i)
      if (read[i] != block[i]) return 0;
  }
  return 1;
}

int main(void) {
  DWORD error, written;
  HANDLE file = CreateFileA("C:\\big", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  DWORD count = write_blocks(file, 256, &error);
  check(count > 0 && count < 256 && error == ERROR_DISK_FULL, "the disk is full");
  check(holds_blocks(file, count), "what was written is there");

  SetFilePointer(file, 0x40000000, NULL, FILE_BEGIN);
  check(!SetEndOfFile(file) && GetLastError() == ERROR_DISK_FULL, "nor can its end be moved");
  check(holds_blocks(file, count), "and nothing of it is lost");

  HANDLE small = CreateFileA("C:\\small", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  check(WriteFile(small, "abc", 3, &written, NULL) && written == 3, "a small file can be written");
  CloseHandle(small);

  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  check(SetEndOfFile(file) && write_blocks(file, count, &error) == count,
        "what is given back can be had again");
  CloseHandle(file);
  check(DeleteFileA("C:\\big"), "and it can be deleted");
  printf("%d failures\n", failures);
  return failures;
}
