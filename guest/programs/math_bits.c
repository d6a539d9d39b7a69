// Prints the bits of what <math.h> and the x87's own instructions give for many arguments: equal on every
// host.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { kArguments = 400 };

// Numbers of all sizes between 2^-20 and 2^20, the same in every run.
static double argument(void) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return ldexp(1 + (double)(state >> 12) / 0x1p52, (int)(state % 40) - 20);
}

static void print(const char* name, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  printf(" %s %08x%08x", name, (unsigned)(bits >> 32), (unsigned)bits);
}

static void print_extended(const char* name, long double value) {
  uint64_t mantissa;
  uint16_t exponent;
  memcpy(&mantissa, &value, sizeof mantissa);
  memcpy(&exponent, (const char*)&value + sizeof mantissa, sizeof exponent);
  printf(" %s %04x%08x%08x", name, exponent, (unsigned)(mantissa >> 32), (unsigned)mantissa);
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

int main(void) {
  for (int i = 0; i < kArguments; ++i) {
    double x = argument(), y = argument();
    print("sin", sin(x)), print("cos", cos(x)), print("tan", tan(x)), print("atan", atan(x));
    print("atan2", atan2(y, x)), print("exp", exp(fmod(x, 700))), print("log", log(x)),
        print("log10", log10(x));
    print("pow", pow(x, fmod(y, 16))), print("sinh", sinh(fmod(x, 20))), print("tanh", tanh(x));
    print("asin", asin(fmod(x, 1))), print("sqrt", sqrt(x)), print("fmod", fmod(x, y));
    print_extended("fsin", X87("fsin", x)), print_extended("fcos", X87("fcos", x));
    print_extended("f2xm1", X87("f2xm1", fmod(x, 1))), print_extended("fyl2x", scaled_logarithm(y, x));
    printf("\n");
  }
  return 0;
}
