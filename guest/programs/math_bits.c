// Prints the bits of what <math.h> and the x87's own instructions give for many arguments: equal on every
// host.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { kLines = 400, kArgumentsALine = 100 };

static uint64_t digest;

// A step of FNV-1a.
static void add(uint64_t bits) { digest = (digest ^ bits) * 0x100000001b3; }

// Numbers of all sizes between 2^-20 and 2^20, the same in every run.
static double argument(void) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return ldexp(1 + (double)(state >> 12) / 0x1p52, (int)(state % 40) - 20);
}

static void add_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  add(bits);
}

static void add_extended(long double value) {
  uint64_t mantissa;
  uint16_t exponent;
  memcpy(&mantissa, &value, sizeof mantissa);
  memcpy(&exponent, (const char*)&value + sizeof mantissa, sizeof exponent);
  add(mantissa);
  add(exponent);
}

#define X87(instruction, x)                                      \
  ({                                                             \
    long double result;                                          \
    __asm__(instruction : "=t"(result) : "0"((long double)(x))); \
    result;                                                      \
  })

static long double scaled_logarithm(double y, double x) {
  long double result;
  __asm__("fyl2x" : "=t"(result) : "0"((long double)x), "u"((long double)y) : "st(1)");
  return result;
}

static void add_results(double x, double y) {
  add_double(sin(x)), add_double(cos(x)), add_double(tan(x)), add_double(atan(x));
  add_double(atan2(y, x)), add_double(exp(fmod(x, 700))), add_double(log(x)), add_double(log10(x));
  add_double(pow(x, fmod(y, 16))), add_double(sinh(fmod(x, 20))), add_double(tanh(x));
  add_double(asin(fmod(x, 1))), add_double(sqrt(x)), add_double(fmod(x, y));
  add_extended(X87("fsin", x)), add_extended(X87("fcos", x));
  add_extended(X87("f2xm1", fmod(x, 1))), add_extended(scaled_logarithm(y, x));
}

int main(void) {
  for (int line = 0; line < kLines; ++line) {
    digest = 0xcbf29ce484222325;
    for (int i = 0; i < kArgumentsALine; ++i) {
      double x = argument();
      add_results(x, argument());
    }
    printf("%08x%08x\n", (unsigned)(digest >> 32), (unsigned)digest);
  }
  return 0;
}
