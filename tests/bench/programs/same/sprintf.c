// %d, and %g with six digits, rounded correctly for every double: to the nearest, ties to even.
#include <math.h>
#include <stdarg.h>
#include <stdint.h>

#include "../library.h"

enum { kDigits = 6, kLimbs = 90, kTextSize = 9 * kLimbs };  // 2^53 * 5^1074 has 767 digits

static const uint32_t kLimb = 1000000000;

// A number of `count` limbs, 9 decimal digits each, the least first.
typedef struct Big {
  uint32_t limb[kLimbs];
  int count;
} Big;

static void multiply(Big* big, uint32_t factor) {
  uint64_t carry = 0;
  for (int i = 0; i < big->count; ++i) {
    carry += (uint64_t)big->limb[i] * factor;
    big->limb[i] = (uint32_t)(carry % kLimb);
    carry /= kLimb;
  }
  if (carry) big->limb[big->count++] = (uint32_t)carry;
}

static void power(Big* big, uint32_t base, uint32_t step, int step_exponent, int exponent) {
  for (; exponent >= step_exponent; exponent -= step_exponent) multiply(big, step);
  for (; exponent > 0; --exponent) multiply(big, base);
}

static char* put_number(char* to, uint32_t number) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

// All its digits; returns how many.
static int digits_of(const Big* big, char* to) {
  char* at = put_number(to, big->limb[big->count - 1]);
  for (int i = big->count - 2; i >= 0; --i) {
    uint32_t rest = big->limb[i];
    for (int place = 8; place >= 0; --place, rest /= 10) at[place] = (char)('0' + rest % 10);
    at += 9;
  }
  return (int)(at - to);
}

// Cuts `count` digits to kDigits, rounding; whether that carried out of the first.
static int round_digits(char* digits, int count) {
  if (count <= kDigits) {
    memset(digits + count, '0', (size_t)(kDigits - count));
    return 0;
  }
  int up = digits[kDigits] > '5' || (digits[kDigits] == '5' && (digits[kDigits - 1] & 1));
  for (int i = kDigits + 1; i < count && digits[kDigits] == '5' && !up; ++i) up = digits[i] != '0';
  for (int i = kDigits - 1; up && i >= 0; --i) {
    up = digits[i] == '9';
    digits[i] = up ? '0' : (char)(digits[i] + 1);
  }
  if (up) *digits = '1';
  return up;
}

// The digits of a positive finite number; returns the exponent of the first. It is m * 2^e for integers m and
// e, and with a negative e that is m * 5^-e / 10^-e: either way an integer whose digits they are.
static int decimal(double number, char* digits) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  int exponent = (int)(bits >> 52) - 1075, shift = 0;
  uint64_t m = bits & ((1ull << 52) - 1);
  if (exponent > -1075) {
    m |= 1ull << 52;
  } else {
    ++exponent;  // subnormal
  }
  for (; !(m & 1); m >>= 1) ++exponent;
  Big big = {.count = 0};
  for (; m; m /= kLimb) big.limb[big.count++] = (uint32_t)(m % kLimb);
  if (exponent >= 0) {
    power(&big, 2, 1u << 29, 29, exponent);
  } else {
    power(&big, 5, 244140625, 12, -exponent);
    shift = exponent;
  }
  int count = digits_of(&big, digits);
  return count - 1 + shift + round_digits(digits, count);
}

static char* put_exponent(char* to, int exponent) {
  *to++ = 'e';
  *to++ = exponent < 0 ? '-' : '+';
  uint32_t size = (uint32_t)abs(exponent);
  if (size < 10) *to++ = '0';
  return put_number(to, size);
}

// C11 7.21.6.1: without trailing zeros, in the style of %e where the exponent is below -4 or not below the
// precision.
static char* put_general(char* to, double number) {
  if (signbit(number)) *to++ = '-';
  number = fabs(number);
  if (isnan(number)) return (char*)memcpy(to, "nan", 3) + 3;
  if (isinf(number)) return (char*)memcpy(to, "inf", 3) + 3;
  if (number == 0) return (char*)memcpy(to, "0", 1) + 1;
  char digits[kTextSize];
  int exponent = decimal(number, digits), count = kDigits;
  while (count > 1 && digits[count - 1] == '0') --count;
  int scientific = exponent < -4 || exponent >= kDigits, before = scientific ? 1 : exponent + 1;
  if (before <= 0) {
    memcpy(to, "0.000", (size_t)(2 - before));
    to += 2 - before;
    before = 0;
  }
  for (int i = 0; i < count || i < before; ++i) {
    if (i == before && i > 0) *to++ = '.';
    *to++ = digits[i];
  }
  return scientific ? put_exponent(to, exponent) : to;
}

static char* put_integer(char* to, int number) {
  if (number < 0) *to++ = '-';
  return put_number(to, number < 0 ? 0u - (uint32_t)number : (uint32_t)number);
}

int same_sprintf(char* to, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char* at = to;
  for (; *format; ++format) {
    if (*format != '%') {
      *at++ = *format;
    } else if (*++format == 'd') {
      at = put_integer(at, va_arg(arguments, int));
    } else if (*format == 'g') {
      at = put_general(at, va_arg(arguments, double));
    } else {
      abort();
    }
  }
  va_end(arguments);
  *at = 0;
  return (int)(at - to);
}
