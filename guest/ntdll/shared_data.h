// What the kernel shows every process at 7FFE0000h (KUSER_SHARED_DATA, "ntddk.h", Microsoft; 32-bit Windows
// 10's offsets). Each read takes time, and finds the time that it is.
#ifndef PAGEWALK_GUEST_NTDLL_SHARED_DATA_H
#define PAGEWALK_GUEST_NTDLL_SHARED_DATA_H

#include <emmintrin.h>

#include "guest/ntdll/ntdll.h"

enum { kTickCountMultiplier = 0x7FFE0004, kSharedSystemTime = 0x7FFE0014, kSharedTickCount = 0x7FFE0320 };

// KSYSTEM_TIME is low, high and high again, for readers by 4 bytes, who compare the two. One load of 8 bytes
// within a cache line needs none: it is never torn (Intel SDM volume 3, 9.1.1).
static inline ULONGLONG shared_time(ULONG_PTR address) {
  union {
    __m128i vector;
    ULONGLONG value;
  } time;
  __asm__ volatile("movq %1, %0" : "=x"(time.vector) : "m"(*(const volatile ULONGLONG*)address));
  return time.value;
}

// As KeQueryTickCount's ticks in milliseconds: the multiplier is a tick's length with 24 bits of fraction.
static inline ULONGLONG shared_milliseconds(void) {
  static ULONG multiplier;  // the same for as long as the machine is up
  if (!multiplier) multiplier = *(const volatile ULONG*)kTickCountMultiplier;
  ULONGLONG ticks = shared_time(kSharedTickCount);
  return ((ULONGLONG)(ULONG)ticks * multiplier >> 24) + ((ticks >> 32) * multiplier << 8);
}

#endif
