// The floating-point control word in Microsoft's abstract form and in the x87's ("_control87, _controlfp";
// Intel SDM 1, 8.1.5).
#include <float.h>

#include "guest/msvcrt/msvcrt.h"

// Bits of the x87 control and status words, and their abstract counterparts; exceptions come first.
static const struct {
  unsigned hardware, abstract;
} kBits[] = {
    {0x01, _EM_INVALID},  {0x02, _EM_DENORMAL},  {0x04, _EM_ZERODIVIDE},
    {0x08, _EM_OVERFLOW}, {0x10, _EM_UNDERFLOW}, {0x20, _EM_INEXACT},
};

static unsigned to_abstract(unsigned word) {
  static const unsigned kPrecision[] = {_PC_24, _PC_53, _PC_53, _PC_64};
  static const unsigned kRounding[] = {_RC_NEAR, _RC_DOWN, _RC_UP, _RC_CHOP};
  unsigned abstract =
      kPrecision[word >> 8 & 3] | kRounding[word >> 10 & 3] | (word & 0x1000 ? _IC_AFFINE : 0);
  for (unsigned i = 0; i < sizeof kBits / sizeof *kBits; ++i) {
    if (word & kBits[i].hardware) abstract |= kBits[i].abstract;
  }
  return abstract;
}

static unsigned to_hardware(unsigned abstract) {
  unsigned precision = (abstract & _MCW_PC) == _PC_24 ? 0 : (abstract & _MCW_PC) == _PC_53 ? 2 : 3;
  unsigned word = precision << 8 | (abstract & _MCW_RC) << 2 | (abstract & _IC_AFFINE ? 0x1000 : 0);
  for (unsigned i = 0; i < sizeof kBits / sizeof *kBits; ++i) {
    if (abstract & kBits[i].abstract) word |= kBits[i].hardware;
  }
  return word;
}

unsigned _control87(unsigned value, unsigned mask) {
  unsigned short word;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  unsigned abstract = (to_abstract(word) & ~mask) | (value & mask);
  if (mask) {
    word = (unsigned short)(to_hardware(abstract) | 0x40);
    __asm__ volatile("fldcw %0" : : "m"(word));
  }
  return abstract;
}

// Leaves the denormal exception alone.
unsigned _controlfp(unsigned value, unsigned mask) {
  return _control87(value, mask & ~(unsigned)_EM_DENORMAL);
}

static unsigned status_of(unsigned short word) {
  unsigned status = 0;
  for (unsigned i = 0; i < sizeof kBits / sizeof *kBits; ++i) {
    if (word & kBits[i].hardware) status |= kBits[i].abstract;
  }
  return status;
}

unsigned _statusfp(void) {
  unsigned short word;
  __asm__ volatile("fnstsw %0" : "=m"(word));
  return status_of(word);
}

unsigned _clearfp(void) {
  unsigned status = _statusfp();
  __asm__ volatile("fnclex");
  return status;
}

// msvcrt's default: double precision, everything masked.
void _fpreset(void) {
  unsigned short word = 0x27f;
  __asm__ volatile("fninit\n fldcw %0" : : "m"(word));
}

int* __fpecode(void);
int* __fpecode(void) {
  static int code;
  return &code;
}
