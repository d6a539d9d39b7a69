/* Measures, on the processor that it runs on, which page fault each instruction of accesses.txt takes: prints
   that file anew, with the processor's name. accesses_test.cpp says what the columns mean, and holds the
   emulated processor to them. To measure again (32-bit code; any x86 with Linux): i686-linux-gnu-gcc -O1
   -static -I. -o measure tests/emulator/mmu/measure_accesses.c
     ./measure <tests/emulator/mmu/accesses.txt */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "tests/emulator/measuring.h"

enum { kPage = 0x1000, kPages = 8, kBoundary = 4 * kPage, kPageFault = 14, kRegions = 4, kPlacements = 10 };

static const uint32_t kCode = 0x10000000,
                      kRegion[kRegions] = {0x20000000, 0x21000000, 0x22000000, 0x23000000};
static const char kNames[] = "DESFA"; /* EBX and ESI; EDI; ESP; EBP; all of them */

/* Which of the pages from 3 below the boundary to the one above it are good, absent or read-only, and where
   the register points, from the boundary. */
static const struct {
  char pages[5];
  int at;
} kPlacement[kPlacements] = {{"gg--", 64}, {"ggrr", 64}, {"ggg-", -1}, {"gg-g", -1}, {"gg--", -1},
                             {"gg-g", 2},  {"ggg-", 2},  {"gg--", 2},  {"--gg", 64}, {"gg--", -256}};

static ucontext_t before;
static volatile int signal_seen;
static uint32_t trap, error, address, eip;
static struct { uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp; } start;

static void on_signal(int number, siginfo_t* info, void* context) {
  ucontext_t* at = context;
  greg_t* r = at->uc_mcontext.gregs;
  if (!signal_seen) { /* the INT3 of run() */
    before = *at;
    signal_seen = 1;
    r[REG_EAX] = start.eax, r[REG_EBX] = start.ebx, r[REG_ECX] = start.ecx, r[REG_EDX] = start.edx;
    r[REG_ESI] = start.esi, r[REG_EDI] = start.edi, r[REG_EBP] = start.ebp, r[REG_ESP] = start.esp;
    r[REG_EIP] = kCode;
    return;
  }
  trap = r[REG_TRAPNO], error = r[REG_ERR], eip = r[REG_EIP], address = (uint32_t)info->si_addr;
  (void)number;
  *at = before;
  at->uc_mcontext.fpregs = NULL; /* a fresh x87 and SSE */
}

static void run(const uint8_t* code, size_t size) {
  memset((void*)kCode, 0xcc, 64);
  memcpy((void*)kCode, code, size);
  signal_seen = 0;
  __asm__ volatile("int3" ::: "memory");
}

static void protect(uint32_t base, const char* pages) {
  for (int i = 0; i < 4; ++i) {
    const int rights = pages[i] == 'g' ? PROT_READ | PROT_WRITE : pages[i] == 'r' ? PROT_READ : PROT_NONE;
    mprotect((void*)(base + kBoundary + (i - 3) * kPage), kPage, rights);
  }
}

static void measure(const uint8_t* code, size_t size, int region, int placement) {
  uint32_t pointer[kRegions];
  for (int i = 0; i < kRegions; ++i) {
    protect(kRegion[i], "gggg");
    memset((void*)kRegion[i], 0, kPages * kPage);
    pointer[i] = kRegion[i] + kBoundary + 64;
  }
  for (int i = 0; i < kRegions; ++i) {
    if (region != i && region != kRegions) continue;
    protect(kRegion[i], kPlacement[placement].pages);
    pointer[i] = kRegion[i] + kBoundary + kPlacement[placement].at;
  }
  memset(&start, 0, sizeof start);
  start.ebx = start.esi = pointer[0], start.edi = pointer[1], start.esp = pointer[2], start.ebp = pointer[3];
  if (code[0] == 0xf2 || code[0] == 0xf3) start.ecx = 4;
  run(code, size);
}

/* " ERROR@OFFSET" with OFFSET from the boundary; when all regions were bad, with the letter of the one. */
static void print_fault(char* to, int region) {
  const int of = (int)((address - kRegion[0]) >> 24);
  const int offset = (int)(address - kRegion[of] - kBoundary);
  const char letter[2] = {region == kRegions ? kNames[of] : 0, 0};
  sprintf(to, " %u@%s%d", error & 7, letter, offset);
}

int main(void) {
  handle_exceptions(on_signal);
  map_at(kCode, kPage, PROT_READ | PROT_WRITE | PROT_EXEC);
  for (int i = 0; i < kRegions; ++i) map_at(kRegion[i], kPages * kPage, PROT_READ | PROT_WRITE);

  char line[512], last[512] = "";
  while (fgets(line, sizeof line, stdin)) {
    if (copy_comment(line)) continue;
    uint8_t code[16];
    size_t size = 0;
    const char* text = strchr(line, '\t');
    if (text == NULL || strncmp(line, last, strcspn(line, " \t") + 1) == 0) continue;
    memcpy(last, line, sizeof last);
    for (const char* at = line; at < text && *at != ' ' && size < sizeof code; at += 2) {
      unsigned byte;
      sscanf(at, "%2x", &byte);
      code[size++] = (uint8_t)byte;
    }
    text = strrchr(line, '\t') + 1;
    for (int region = 0, faulting = 0; region < kRegions + (faulting > 1); ++region) {
      char results[256] = "";
      int faults = 0;
      for (int placement = 0; placement < kPlacements; ++placement) {
        measure(code, size, region, placement);
        char result[32] = " -";
        if (trap == kPageFault && eip == kCode) {
          print_fault(result, region);
          ++faults;
        }
        strcat(results, result);
      }
      if (faults == 0) continue;
      ++faulting;
      for (size_t i = 0; i < size; ++i) printf("%02x", code[i]);
      printf(" %c%s\t%s", kNames[region], results, text);
    }
  }
  return 0;
}
