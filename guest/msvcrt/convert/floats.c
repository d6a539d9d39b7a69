// Text to floating point, by David Gay's strtod (in libmingwex), and _ecvt, _fcvt, _gcvt by its formatter.
#include "guest/msvcrt/msvcrt.h"

#undef strtod  // MinGW's header calls __strtod by this name
double __strtod(const char* text, char** end);

double strtod(const char* text, char** end);
double strtod(const char* text, char** end) { return __strtod(text, end); }
double atof(const char* text) { return __strtod(text, NULL); }

// A number is ASCII: what is not ends it.
double wcstod(const wchar_t* text, wchar_t** end) {
  const wchar_t* start = text;
  while (iswspace(*start)) ++start;
  size_t length = 0;
  while (start[length] > ' ' && start[length] < 0x7f) ++length;
  char* narrow = malloc(length + 1);
  if (!narrow) return 0;
  for (size_t i = 0; i < length; ++i) narrow[i] = (char)start[i];
  narrow[length] = 0;
  char* stopped;
  double value = __strtod(narrow, &stopped);
  if (end) *end = (wchar_t*)(stopped == narrow ? text : start + (stopped - narrow));
  free(narrow);
  return value;
}

double _wtof(const wchar_t* text) { return wcstod(text, NULL); }

char* _gcvt(double value, int digits, char* to) {
  sprintf(to, "%.*g", digits, value);
  return to;
}

// `digits` significant digits (or, for _fcvt, digits after the point) without sign and point.
static char* digits_of(double value, int digits, int* point, int* sign, int after_point) {
  static char result[350];
  char text[400];
  *sign = __builtin_signbit(value) != 0;
  if (*sign) value = -value;
  sprintf(text, after_point ? "%.*f" : "%.*e", after_point || digits < 1 ? digits : digits - 1, value);
  char* to = result;
  *point = 0;
  const char* exponent = strchr(text, 'e');
  const char* dot = strchr(text, '.');
  if (exponent) {
    *point = atoi(exponent + 1) + 1;
  } else {
    *point = (int)(dot ? dot - text : (long)strlen(text));
  }
  const char* at = text;
  if (!exponent && *at == '0') ++at, --*point;
  for (; *at && *at != 'e' && to < result + sizeof result - 1; ++at) {
    if (*at != '.') *to++ = *at;
  }
  *to = 0;
  return result;
}

char* _ecvt(double value, int digits, int* point, int* sign) {
  return digits_of(value, digits, point, sign, 0);
}
char* _fcvt(double value, int digits, int* point, int* sign) {
  return digits_of(value, digits, point, sign, 1);
}
