/* What the programs have in common that measure on the processor they run on: signals on a stack of their
   own, pages at given addresses, the processor's name, and comments of the table that are copied. */
#pragma once

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Of every signal that an exception ends in. */
static void handle_exceptions(void (*handler)(int, siginfo_t*, void*)) {
  static char alternate[65536];
  const stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  const int signals[] = {SIGSEGV, SIGTRAP, SIGILL, SIGFPE, SIGBUS};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) sigaction(signals[i], &action, NULL);
}

static void map_at(uint32_t address, size_t size, int rights) {
  mmap((void*)address, size, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static const char* processor_name(void) {
  static char name[256] = "an unknown processor";
  char line[512];
  FILE* cpuinfo = fopen("/proc/cpuinfo", "r");
  while (cpuinfo && fgets(line, sizeof line, cpuinfo))
    if (sscanf(line, "model name : %255[^\n]", name) == 1) break;
  return name;
}

/* Whether the line is a comment, which it then prints: with this processor's name where it names one. */
static int copy_comment(const char* line) {
  if (line[0] != '#') return 0;
  if (strncmp(line, "# Measured on", 13) == 0)
    printf("# Measured on: %s\n", processor_name());
  else
    fputs(line, stdout);
  return 1;
}
