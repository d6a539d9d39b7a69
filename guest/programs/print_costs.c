// Prints and reads numbers in memory as often as it is told (tests count its instructions):
// print_costs sprintf|snprintf|fprintf|sscanf TIMES. Calls msvcrt's own functions, not those that MinGW links
// in.
#undef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(int times) {
  char text[64];
  for (int i = 0; i < times; ++i) sprintf(text, "%d:%g", i, i * 0.5);
}

static void print_bounded(int times) {
  char text[64];
  for (int i = 0; i < times; ++i) _snprintf(text, sizeof text, "%d %s", i, "words");
}

static void print_stream(int times) {
  for (int i = 0; i < times; ++i) fprintf(stdout, "%d %s\n", i, "words");
}

static void scan(int times) {
  int number, sum = 0;
  for (int i = 0; i < times; ++i) sum += sscanf("12345", "%d", &number);
}

int main(int argc, char** argv) {
  if (argc < 3) return 1;
  int times = atoi(argv[2]);
  if (!strcmp(argv[1], "sprintf")) print(times);
  if (!strcmp(argv[1], "snprintf")) print_bounded(times);
  if (!strcmp(argv[1], "fprintf")) print_stream(times);
  if (!strcmp(argv[1], "sscanf")) scan(times);
  return 0;
}
