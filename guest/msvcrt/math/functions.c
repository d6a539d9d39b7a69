// Functions of <math.h> that libmingwex leaves to msvcrt, on the x87 (Intel SDM 1, chapter 8) and on
// libmingwex's own. The others that msvcrt exports are libmingwex's, linked in.
#include <math.h>

#include "guest/msvcrt/msvcrt.h"

// What is not finite has no quotient to reduce by: fptan leaves it alone above 2^63.
double tan(double x) {
  double result;
  if (!isfinite(x)) {
    *_errno() = EDOM;
    return NAN;
  }
  __asm__("fptan\n fstp %%st(0)" : "=t"(result) : "0"(fabs(x) < 0x1p62 ? x : fmod(x, M_PI)));
  return result;
}

double atan(double x) {
  double result;
  __asm__("fld1\n fpatan" : "=t"(result) : "0"(x));
  return result;
}

static double arc(double y, double x) {
  double result;
  __asm__("fpatan" : "=t"(result) : "0"(x), "u"(y) : "st(1)");
  return result;
}

static int out_of_unit(double x) {
  if (fabs(x) <= 1) return 0;
  *_errno() = EDOM;
  return 1;
}

double asin(double x) { return out_of_unit(x) ? NAN : arc(x, sqrt((1 - x) * (1 + x))); }
double acos(double x) { return out_of_unit(x) ? NAN : arc(sqrt((1 - x) * (1 + x)), x); }

double log10(double x) {
  double result;
  if (x <= 0) {
    *_errno() = x == 0 ? ERANGE : EDOM;
    return x == 0 ? -HUGE_VAL : NAN;
  }
  __asm__("fldlg2\n fxch\n fyl2x" : "=t"(result) : "0"(x));
  return result;
}

// Near 0 the difference of exponentials would lose the digits that expm1 keeps.
double sinh(double x) {
  double e = expm1(fabs(x));
  double magnitude = isinf(e) ? exp(fabs(x) / 2) * (exp(fabs(x) / 2) / 2) : (e + e / (e + 1)) / 2;
  return copysign(magnitude, x);
}

double cosh(double x) {
  double half = exp(fabs(x) / 2);
  return half * half / 2 + 0.5 / (half * half);
}

double tanh(double x) {
  if (fabs(x) > 22) return copysign(1, x);
  double e = expm1(2 * fabs(x));
  return copysign(e / (e + 2), x);
}

double frexp(double x, int* exponent) {
  *exponent = 0;
  if (x == 0 || !isfinite(x)) return x;
  *exponent = ilogb(x) + 1;
  return scalbn(x, -*exponent);
}

double _hypot(double x, double y) { return hypot(x, y); }
double _copysign(double x, double sign) { return copysign(x, sign); }
double _chgsign(double x) { return -x; }
double _logb(double x) { return logb(x); }

// The neighbour in order of bit patterns, which is the order of magnitudes.
double _nextafter(double x, double towards) {
  union {
    double value;
    long long bits;
  } next = {x};
  if (isnan(x) || isnan(towards)) return x + towards;
  if (x == towards) return towards;
  if (x == 0) {
    next.bits = 1;
    return copysign(next.value, towards);
  }
  next.bits += (x < towards) == (x > 0) ? 1 : -1;
  return next.value;
}

double _scalb(double x, long exponent) { return scalbn(x, exponent); }
int _finite(double x) { return isfinite(x); }
int _isnan(double x) { return isnan(x); }
double ldexp(double x, int exponent) { return scalbn(x, exponent); }

int _fpclass(double x) {
  int negative = signbit(x) != 0;
  switch (fpclassify(x)) {
    case FP_NAN: return 0x0002;
    case FP_INFINITE: return negative ? 0x0004 : 0x0200;
    case FP_NORMAL: return negative ? 0x0008 : 0x0100;
    case FP_SUBNORMAL: return negative ? 0x0010 : 0x0080;
    default: return negative ? 0x0020 : 0x0040;
  }
}

// libmingwex reports a domain or range error here besides setting errno; no program's handler is called.
void __mingw_raise_matherr(int kind, const char* name, double a, double b, double result);
void __mingw_raise_matherr(int kind, const char* name, double a, double b, double result) {
  (void)kind, (void)name, (void)a, (void)b, (void)result;
}
