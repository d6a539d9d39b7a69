// What a disk of 1 MB takes and tells: free space, files that are written, made longer without being written,
// and taken away; empty files and folders.
#include <stdio.h>
#include <windows.h>

#include "check.h"

enum { kCluster = 4096, kRecord = 1024, kDisk = 1 << 20 };

static void expect(const char* what, int good) { check(good, what); }

static unsigned free_bytes(void) {
  ULARGE_INTEGER available, total, free;
  if (!GetDiskFreeSpaceExA("C:\\", &available, &total, &free)) return ~0u;
  return total.QuadPart == kDisk && available.QuadPart == free.QuadPart ? (unsigned)free.QuadPart : ~0u;
}

static HANDLE make(const char* name) {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
}

static int set_size(HANDLE file, LONGLONG size) {
  LARGE_INTEGER at = {.QuadPart = size};
  return SetFilePointerEx(file, at, NULL, FILE_BEGIN) && SetEndOfFile(file);
}

static int write_at(HANDLE file, LONGLONG offset, unsigned count) {
  static char bytes[kDisk + kCluster];
  LARGE_INTEGER at = {.QuadPart = offset};
  DWORD written = 0;
  return SetFilePointerEx(file, at, NULL, FILE_BEGIN) && WriteFile(file, bytes, count, &written, NULL) &&
         written == count;
}

static int full(int done) { return !done && GetLastError() == ERROR_DISK_FULL; }

static void test_one_file(void) {
  expect("all of it is free", free_bytes() == kDisk);
  HANDLE file = make("file");
  expect("a byte takes a cluster", write_at(file, 0, 1) && free_bytes() == kDisk - 2 * kCluster);
  expect("a second one takes none", write_at(file, 1, 1) && free_bytes() == kDisk - 2 * kCluster);
  expect("a sparse file of 2 GB is refused", full(set_size(file, 1ll << 31)) && GetFileSize(file, NULL) == 2);
  expect("and a byte there is", full(write_at(file, 1ll << 31, 1)) && GetFileSize(file, NULL) == 2);
  expect("as long as there is room", set_size(file, kDisk - kCluster) && free_bytes() < kCluster);
  expect("not a cluster more", full(set_size(file, kDisk - kCluster + 1)));
  expect("what it has can be written", write_at(file, kDisk - 2 * kCluster, kCluster));
  expect("made shorter it gives back", set_size(file, kCluster) && free_bytes() == kDisk - 2 * kCluster);
  CloseHandle(file);
  file = make("file");
  expect("emptied, all but its record", free_bytes() == kDisk - kCluster);
  CloseHandle(file);
}

static void test_names(void) {
  HANDLE file = make("other");
  expect("another file", write_at(file, 0, 4 * kCluster));
  CloseHandle(file);
  expect("a second name is a record",
         CreateHardLinkA("link", "other", NULL) && free_bytes() == kDisk - 5 * kCluster);
  expect("the first one's end frees no more", DeleteFileA("other") && free_bytes() == kDisk - 5 * kCluster);
  expect("one file in another's place", MoveFileExA("file", "link", MOVEFILE_REPLACE_EXISTING));
  expect("gives that one's room back", free_bytes() == kDisk - kCluster);
  expect("gone", DeleteFileA("link") && free_bytes() == kDisk);
}

static void test_empty(void) {
  char name[MAX_PATH];
  int files = 0, folders = 0;
  for (; files < 2000; ++files) {
    snprintf(name, sizeof name, "empty%d", files);
    HANDLE file = make(name);
    if (file == INVALID_HANDLE_VALUE) break;
    CloseHandle(file);
  }
  expect("empty files are not without end", GetLastError() == ERROR_DISK_FULL && files == kDisk / kRecord);
  expect("nor a folder then", full(CreateDirectoryA("folder", NULL)));
  for (int i = 0; i < files; ++i) {
    snprintf(name, sizeof name, "empty%d", i);
    DeleteFileA(name);
  }
  for (; folders < 2000; ++folders) {
    snprintf(name, sizeof name, "folder%d", folders);
    if (!CreateDirectoryA(name, NULL)) break;
  }
  expect("nor empty folders", GetLastError() == ERROR_DISK_FULL && folders == kDisk / kRecord);
  for (int i = 0; i < folders; ++i) {
    snprintf(name, sizeof name, "folder%d", i);
    RemoveDirectoryA(name);
  }
  expect("all is free again", free_bytes() == kDisk);
}

static void test_others(void) {
  expect("what was there before gives room", DeleteFileA("before") && free_bytes() == kDisk);
  HANDLE file = make("large");
  expect("for its size", set_size(file, kDisk) && !full(set_size(file, kDisk)));
  CloseHandle(file);
  DeleteFileA("large");
}

int main(void) {
  test_one_file();
  test_names();
  test_empty();
  test_others();
  printf("%d failures\n", failures);
  return failures != 0;
}
