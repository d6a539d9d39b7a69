// Waits for time to pass by reading a clock in a loop, alone: with the clock's name as argument, and how many
// milliseconds, 50 unless given. Without one, what the clocks say: the machine has been up for a while, and
// no clock goes backwards or apart from others.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <windows.h>

#include "check.h"

// KSYSTEM_TIME, read as Windows' own code and other runtimes do it.
static ULONGLONG read_by_words(ULONG_PTR address) {
  const volatile DWORD* words = (const volatile DWORD*)address;
  for (;;) {
    DWORD high = words[1], low = words[0];
    if (high == words[2]) return (ULONGLONG)high << 32 | low;
  }
}

static ULONGLONG file_time(void (*WINAPI read)(FILETIME*)) {
  FILETIME time;
  read(&time);
  return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static ULONGLONG ticks32(void) { return GetTickCount(); }
static ULONGLONG ticks64(void) { return GetTickCount64(); }
static ULONGLONG system_time(void) { return file_time(GetSystemTimeAsFileTime) / 10000; }
static ULONGLONG precise_time(void) { return file_time(GetSystemTimePreciseAsFileTime) / 10000; }
static ULONGLONG interrupt_time(void) { return read_by_words(0x7ffe0008) / 10000; }
static ULONGLONG shared_system_time(void) { return read_by_words(0x7ffe0014) / 10000; }
static ULONGLONG process_clock(void) { return (ULONGLONG)clock(); }

// In milliseconds.
static const struct Clock {
  const char* name;
  ULONGLONG (*read)(void);
} clocks[] = {
    {"GetTickCount", ticks32},
    {"GetTickCount64", ticks64},
    {"GetSystemTimeAsFileTime", system_time},
    {"GetSystemTimePreciseAsFileTime", precise_time},
    {"InterruptTime", interrupt_time},
    {"SystemTime", shared_system_time},
    {"clock", process_clock},
};
enum { kClocks = sizeof clocks / sizeof *clocks, kTick = 16, kSpin = 50 };

static int spin(const char* name, unsigned milliseconds) {
  for (int i = 0; i < kClocks; ++i) {
    if (strcmp(clocks[i].name, name)) continue;
    ULONGLONG start = clocks[i].read(), passed;
    unsigned reads = 1;
    while ((passed = clocks[i].read() - start) < milliseconds) ++reads;
    printf("%s: %d ms in %u reads\n", name, (int)passed, reads);
    return passed > milliseconds + kTick;
  }
  return 2;
}

static void test_sleep(void) {
  for (int i = 0; i < kClocks; ++i) {
    ULONGLONG before = clocks[i].read();
    Sleep(200);
    ULONGLONG passed = clocks[i].read() - before;
    printf("%s ", clocks[i].name);
    check(passed >= 200 - kTick && passed <= 210 + kTick, "moves while the program sleeps");
  }
}

static void test_start(void) {
  check(clock() < 1000, "the process has just begun");
  check(GetTickCount() > 10000 && interrupt_time() > 10000, "the machine is up for a while");
  LARGE_INTEGER counter, frequency;
  check(QueryPerformanceFrequency(&frequency) && QueryPerformanceCounter(&counter) &&
            counter.QuadPart / frequency.QuadPart > 10,
        "says the performance counter too");
  SYSTEMTIME date;
  GetSystemTime(&date);
  check(date.wYear == 2024 && date.wMonth == 1 && date.wDay == 1 && date.wHour == 0, "the year begins");
}

static void test_order(void) {
  int backwards = 0, apart = 0;
  for (int i = 0; i < 1000; ++i) {
    ULONGLONG first = file_time(GetSystemTimeAsFileTime), second = file_time(GetSystemTimePreciseAsFileTime),
              third = read_by_words(0x7ffe0014), ticks = GetTickCount64();
    backwards += first > second || second > third;
    apart += interrupt_time() - ticks > kTick;
  }
  check(!backwards, "no clock goes backwards");
  check(!apart, "ticks count interrupt time");
}

int main(int argc, char** argv) {
  if (argc > 1) return spin(argv[1], argc > 2 ? (unsigned)atoi(argv[2]) : kSpin);
  test_start();
  test_order();
  test_sleep();
  return failures;
}
