/* Measures, on the processor that it runs on, which exception each line of exceptions.txt ends with and what
   it leaves in the registers: prints that file anew, with the processor's name. exceptions_test.cpp says what
   the columns mean, and holds the emulated processor to them. To measure again (32-bit code; any x86 with
   Linux): i686-linux-gnu-gcc -O1 -static -fno-stack-protector -I. -o measure
   tests/emulator/cpu/measure_exceptions.c
     ./measure <tests/emulator/cpu/exceptions.txt */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/emulator/measuring.h"

enum { kPage = 0x1000, kOperands = 0x800, kTopOfStack = 0x800, kLegacyState = 112, kShown = 16 };

static const uint32_t kCode = 0x10000000, kData = 0x20000000, kAbsent = 0x20002000, kReadOnly = 0x20003000,
                      kStack = 0x21000000;

static ucontext_t before;
static volatile int signal_seen;
static uint16_t limited; /* a selector for the data's first page */
static uint32_t trap, error, eip;
static uint8_t state[512]; /* as FXSAVE writes it */

static void on_signal(int number, siginfo_t* info, void* context) {
  ucontext_t* at = context;
  greg_t* r = at->uc_mcontext.gregs;
  if (!signal_seen) { /* the INT3 of run() */
    before = *at;
    signal_seen = 1;
    r[REG_EAX] = 0, r[REG_EBX] = r[REG_ESI] = kData + kOperands, r[REG_ECX] = kAbsent, r[REG_EDX] = kReadOnly;
    r[REG_EDI] = kAbsent - 8, r[REG_EBP] = 0, r[REG_ESP] = kStack + kTopOfStack, r[REG_EIP] = kCode;
    r[REG_FS] = limited, r[REG_GS] = 0;
    at->uc_mcontext.fpregs = NULL; /* a fresh x87 and SSE */
    return;
  }
  (void)number, (void)info;
  trap = r[REG_TRAPNO], error = r[REG_ERR], eip = r[REG_EIP];
  for (unsigned i = 0; i < sizeof state; ++i)
    state[i] = ((const uint8_t*)at->uc_mcontext.fpregs)[kLegacyState + i];
  *at = before;
  at->uc_mcontext.fpregs = NULL;
}

static void run(const uint8_t* code, size_t size, const uint8_t* data, size_t data_size) {
  memset((void*)kCode, 0xcc, 64);
  memcpy((void*)kCode, code, size);
  memset((void*)kData, 0, 2 * kPage);
  memset((void*)kStack, 0, kPage);
  memcpy((void*)(kData + kOperands), data, data_size);
  signal_seen = 0;
  __asm__ volatile("int3" ::: "memory");
}

static void print_bytes(const char* name, const uint8_t* bytes, unsigned size) {
  printf(" %s=", name);
  for (unsigned i = 0; i < size; ++i) printf("%02x", bytes[i]);
}

/* " TRAP@EIP" with EIP from the code, the error code of a page fault, and what is not as at the start. */
static void print_outcome(void) {
  static const uint8_t kZeros[kShown];
  const uint8_t* memory = (const uint8_t*)(kData + kOperands);
  char name[8];
  printf(" %u@%d", trap, (int)(eip - kCode));
  if (trap == 14) printf("/%u", error & 7);
  const uint32_t mxcsr = state[24] | state[25] << 8, status = state[2] | state[3] << 8;
  if (mxcsr != 0x1f80) printf(" mxcsr=%x", mxcsr);
  if (status != 0) printf(" fsw=%x", status);
  if (state[4] != 0) printf(" ftw=%x", state[4]);
  if (trap == 16) printf(" fip=%d", (int)(*(uint32_t*)(state + 8) - kCode));
  for (int i = 0; i < 8; ++i)
    if (state[4] >> ((i + (status >> 11)) & 7) & 1)
      sprintf(name, "st%d", i), print_bytes(name, state + 32 + 16 * i, 10);
  for (int i = 0; i < 2; ++i)
    if (memcmp(state + 160 + 16 * i, kZeros, kShown))
      sprintf(name, "xmm%d", i), print_bytes(name, state + 160 + 16 * i, kShown);
  print_bytes("mem", memory, kShown);
}

static size_t parse(const char* from, uint8_t* to) {
  size_t size = 0;
  unsigned byte;
  while (sscanf(from + 2 * size, "%2x", &byte) == 1) to[size++] = (uint8_t)byte;
  return size;
}

int main(void) {
  handle_exceptions(on_signal);
  map_at(kCode, kPage, PROT_READ | PROT_WRITE | PROT_EXEC);
  map_at(kData, 2 * kPage, PROT_READ | PROT_WRITE);
  map_at(kAbsent, kPage, PROT_NONE);
  map_at(kReadOnly, kPage, PROT_READ);
  map_at(kStack, kPage, PROT_READ | PROT_WRITE);
  struct user_desc segment = {
      .entry_number = -1, .base_addr = kData, .limit = kPage - 1, .seg_32bit = 1, .useable = 1};
  if (syscall(SYS_set_thread_area, &segment) != 0) return perror("set_thread_area"), 1;
  limited = (uint16_t)(segment.entry_number << 3 | 3);

  char line[1024];
  while (fgets(line, sizeof line, stdin)) {
    if (copy_comment(line)) continue;
    char code_text[256], data_text[256];
    const char* text = strchr(line, '\t');
    if (text == NULL || sscanf(line, "%255s %255s", code_text, data_text) != 2) continue;
    uint8_t code[64], data[64];
    const size_t size = parse(code_text, code), data_size = parse(data_text, data);
    run(code, size, data, data_size);
    printf("%s %s", code_text, data_text);
    print_outcome();
    fputs(text, stdout);
  }
  return 0;
}
