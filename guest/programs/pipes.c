// Anonymous pipes within one thread: bytes go in at one end and come out at the other, in order; what a
// pipe's ends refuse; what is left to read when the writing end is closed, and that nothing can be written
// when the reading end is.
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void say(const char* what, BOOL done) {
  if (done) {
    printf("%s: ok\n", what);
  } else {
    printf("%s: error %lu\n", what, GetLastError());
  }
}

static void write_text(HANDLE pipe, const char* text) {
  DWORD written = 0;
  BOOL done = WriteFile(pipe, text, (DWORD)strlen(text), &written, NULL);
  if (done) printf("  wrote %lu\n", written);
  if (!done) printf("  write: error %lu\n", GetLastError());
}

static void read_text(HANDLE pipe, DWORD size) {
  char text[65] = "";
  DWORD read = 0;
  BOOL done = ReadFile(pipe, text, size, &read, NULL);
  if (done) printf("  read %lu: '%.*s'\n", read, (int)read, text);
  if (!done) printf("  read: error %lu\n", GetLastError());
}

static void peek(HANDLE pipe) {
  char text[65] = "";
  DWORD read = 0, available = 0, left = 1;
  BOOL done = PeekNamedPipe(pipe, text, 5, &read, &available, &left);
  if (done) printf("  peeked %lu of %lu: '%.*s'\n", read, available, (int)read, text);
  if (!done) printf("  peek: error %lu\n", GetLastError());
}

static void in_and_out(void) {
  HANDLE reading, writing;
  say("make a pipe", CreatePipe(&reading, &writing, NULL, 0));
  printf("  types %lu and %lu\n", GetFileType(reading), GetFileType(writing));
  peek(reading);
  write_text(writing, "one two ");
  write_text(writing, "three");
  peek(reading);
  read_text(reading, 3);
  read_text(reading, 64);
  read_text(writing, 1);
  write_text(reading, "x");
  printf("  position: %lu", SetFilePointer(reading, 0, NULL, FILE_CURRENT));
  printf(", error %lu\n", GetLastError());
  write_text(writing, "the rest");
  say("close the writing end", CloseHandle(writing));
  read_text(reading, 4);
  peek(reading);
  read_text(reading, 64);
  read_text(reading, 64);
  peek(reading);
  CloseHandle(reading);
}

static void nobody_reads(void) {
  HANDLE reading, writing;
  CreatePipe(&reading, &writing, NULL, 0);
  say("close the reading end", CloseHandle(reading));
  write_text(writing, "x");
  CloseHandle(writing);
}

// As much as it holds, in and out again and again.
static void fill(void) {
  enum { kSize = 1000, kRounds = 64 };
  static unsigned char in[kSize], out[kSize];
  HANDLE reading, writing;
  DWORD moved, bad = 0;
  CreatePipe(&reading, &writing, NULL, kSize);
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kSize; ++i) in[i] = (unsigned char)(i * 7 + round);
    WriteFile(writing, in, kSize, &moved, NULL);
    bad += moved != kSize;
    ReadFile(reading, out, kSize, &moved, NULL);
    bad += moved != kSize || memcmp(in, out, kSize) != 0;
  }
  printf("%d bytes through a pipe that holds %d: %lu rounds went wrong\n", kSize * kRounds, kSize, bad);
  CloseHandle(reading);
  CloseHandle(writing);
}

static void c_library(void) {
  int numbers[2];
  char line[32] = "";
  printf("_pipe: %d\n", _pipe(numbers, 256, _O_TEXT));
  FILE* out = _fdopen(numbers[1], "w");
  FILE* in = _fdopen(numbers[0], "r");
  fprintf(out, "line %d\nand the next\n", 1);
  fclose(out);
  while (fgets(line, sizeof line, in)) printf("  got %s", line);
  printf("  end %d\n", feof(in) != 0);
  fclose(in);
}

int main(void) {
  in_and_out();
  nobody_reads();
  fill();
  c_library();
  return 0;
}
