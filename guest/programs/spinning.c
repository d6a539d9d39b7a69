// Threads that wait for each other by looking again and again, with PAUSE in the loop as Intel's manual asks
// for: two that pass a ball (100 times by default), and one that waits so for a thread that sleeps.
#include <stdlib.h>
#include <windows.h>

#include "check.h"

static volatile LONG turn;
static LONG rounds = 100;

static void wait_for(LONG who) {
  while (turn != who) YieldProcessor();
}

static DWORD WINAPI other_player(void* unused) {
  (void)unused;
  for (LONG i = 0; i < rounds; ++i) {
    wait_for(1);
    turn = 0;
  }
  return 0;
}

static void test_ball(void) {
  HANDLE other = CreateThread(NULL, 0, other_player, NULL, 0, NULL);
  LONG played = 0;
  for (; played < rounds; ++played) {
    turn = 1;
    wait_for(0);
  }
  WaitForSingleObject(other, INFINITE);
  CloseHandle(other);
  check(played == rounds, "the ball went to and fro");
}

static DWORD WINAPI sleeper(void* unused) {
  (void)unused;
  Sleep(5);
  turn = 2;
  return 0;
}

// In milliseconds: the tick count is too coarse.
static LONGLONG now(void) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceFrequency(&frequency);
  QueryPerformanceCounter(&count);
  return count.QuadPart / (frequency.QuadPart / 1000);
}

static void test_sleeper(void) {
  const LONGLONG before = now();
  HANDLE other = CreateThread(NULL, 0, sleeper, NULL, 0, NULL);
  wait_for(2);
  const LONGLONG taken = now() - before;
  check(taken >= 5 && taken < 10, "who spins alone sees time pass as it does");
  WaitForSingleObject(other, INFINITE);
  CloseHandle(other);
}

int main(int argc, char** argv) {
  if (argc > 1) rounds = strtol(argv[1], NULL, 0);
  test_ball();
  test_sleeper();
  return failures;
}
