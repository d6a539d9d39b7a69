// Checks formats as Microsoft's msvcrt.dll understands them, where C99 says otherwise: its own printf and
// scanf, not those that MinGW puts in their place.
#define __USE_MINGW_ANSI_STDIO 0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

// The compiler knows C99's formats only; through these it does not look.
static int prints(const char* expected, const char* format, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, format);
  int length = vsprintf(text, format, arguments);
  va_end(arguments);
  return length == (int)strlen(expected) && strcmp(text, expected) == 0;
}
static int prints_wide(const wchar_t* expected, const wchar_t* format, ...) {
  wchar_t text[200];
  va_list arguments;
  va_start(arguments, format);
  int length = _vsnwprintf(text, 200, format, arguments);
  va_end(arguments);
  return length == (int)wcslen(expected) && wcscmp(text, expected) == 0;
}
static int (*volatile scan)(const char* text, const char* format, ...) = sscanf;
static int (*volatile scan_wide)(const wchar_t* text, const wchar_t* format, ...) = swscanf;

static void exponents(void) {
  volatile double zero = 0, infinite = 1 / zero;
  check(prints("1.500000e+000|1E-007|1e+020|1e+300", "%e|%G|%g|%g", 1.5, 1e-7, 1e20, 1e300), "three digits");
  check(prints(" 1.5e+000|1.5e+000 |-01.5e+000", "%9.1e|%-9.1e|%010.1e", 1.5, 1.5, -1.5), "widths");
  check(prints("    +2e+000|7", "%+*.*e|%d", 11, 0, 2.0, 7), "widths from arguments");
  check(prints("-00001.5E+123|+0012.5|   +1e-005|1e+006|", "%013.1E|%+07g|%+10g|%-g|", -1.5e123, 12.5, 1e-5,
               1e6),
        "zeros behind the sign, spaces before it");
  check(prints("     inf|-inf |%1.5%", "%08g|%-5g|%%%g%%", infinite, -infinite, 1.5),
        "infinities and no zeros");
  check(prints("1.50000000000000000000e+000|7|1e+005x", "%.20e|%d|%.0ex", 1.5, 7, 1e5), "precisions");
  check(prints_wide(L"-001.5e+005|  1e-007|x 7", L"%011.1e|%8g|%s %d", -1.5e5, 1e-7, L"x", 7),
        "wide, padded");
  check(prints("12.5|1.00000e+007", "%g|%#g", 12.5, 1e7), "%g without, %#g with an exponent");
  check(prints_wide(L"1.0e+005", L"%.1e", 1e5), "wide");
  check(_set_output_format(_TWO_DIGIT_EXPONENT) == 0, "_set_output_format says what was before");
  check(_get_output_format() == _TWO_DIGIT_EXPONENT, "_get_output_format says what is");
  check(prints("1.5e+00|1e+300", "%.1e|%g", 1.5, 1e300), "two digits when asked for");
  check(_set_output_format(0) == _TWO_DIGIT_EXPONENT && prints("1e+000", "%.0e", 1.0), "and three again");
}

static void widths(void) {
  check(prints("a|b|c|d|e|f|g", "%ws|%wc|%wS|%wC|%S|%C|%ls", L"a", L'b', L"c", L'd', L"e", L'f', L"g"),
        "wide text in a narrow format");
  check(prints("    a|b    |c", "%5ws|%-5ws|%hS", L"a", L"b", "c"), "with a width, and narrow");
  check(prints_wide(L"a|b|c|d|e|f", L"%s|%S|%ws|%hs|%c|%C", L"a", "b", L"c", "d", L'e', 'f'), "wide format");
}

static void long_doubles(void) {
  check(prints("1.5|2.50|3.000000e+000|4", "%.1Lf|%.2Lf|%Le|%d", 1.5, 2.5, 3.0, 4), "print");
  double value = 0;
  check(scan("2.5", "%Lf", &value) == 1 && value == 2.5, "scan");
}

static void scans(void) {
  wchar_t wide[20], letter = 0, other[20];
  char narrow[20];
  check(scan("one x", "%ws %wc", wide, &letter) == 2 && wcscmp(wide, L"one") == 0 && letter == L'x',
        "%ws %wc");
  check(scan("one two", "%S %hs", wide, narrow) == 2 && wcscmp(wide, L"one") == 0 && !strcmp(narrow, "two"),
        "%S %hs");
  check(scan("ab%]c", "%[]%ab]%s", narrow, wide) == 2 && !strcmp(narrow, "ab%]"), "a set");
  check(scan_wide(L"one two six", L"%s %S %ws", wide, narrow, other) == 3 && wcscmp(wide, L"one") == 0 &&
            !strcmp(narrow, "two") && wcscmp(other, L"six") == 0,
        "%s %S %ws of a wide format");
  check(scan_wide(L"aab", L"%[a]%c", wide, &letter) == 2 && wcscmp(wide, L"aa") == 0 && letter == L'b',
        "a set of a wide format");
}

static int refused(long long value) {
  int good = value == 0 && errno == EINVAL;
  errno = 0;
  return good;
}

static void bases(void) {
  static const int kBases[] = {1, -1, 37};
  for (int i = 0; i < 3; ++i) {
    volatile int base = kBases[i];
    errno = 0;
    check(refused(strtol("1", NULL, base)) && refused((long)strtoul("1", NULL, base)), "strtol, strtoul");
    check(refused(wcstol(L"1", NULL, base)) && refused((long)wcstoul(L"1", NULL, base)), "wcstol, wcstoul");
    check(refused(_strtoi64("1", NULL, base)) && refused(_wcstoi64(L"1", NULL, base)),
          "_strtoi64, _wcstoi64");
    check(refused((long long)_strtoui64("1", NULL, base)), "_strtoui64");
  }
}

int main(void) {
  exponents();
  widths();
  long_doubles();
  scans();
  bases();
  return failures;
}
