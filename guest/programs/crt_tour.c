// Shows the C library at work: formats, conversions, sorting, jumps, time, text and memory; each line says
// whether a group of results is what C11 (or, for its own names, Microsoft) says.
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

static int failures, wrong;

static void expect(int good, const char* what) {
  if (good) return;
  ++wrong;
  printf("  not so: %s\n", what);
}
#define EXPECT(condition) expect((condition) != 0, #condition)

static void group(const char* name, void (*run)(void)) {
  wrong = 0;
  run();
  printf("%s %s\n", wrong ? "FAILED" : "ok", name);
  failures += wrong != 0;
}

static void same(const char* got, const char* expected) {
  if (strcmp(got, expected) == 0) return;
  ++wrong;
  printf("  [%s] instead of [%s]\n", got, expected);
}

static void formats(void) {
  char text[200];
  sprintf(text, "%d %5d|%-5d|%05d %+d % d", 42, 42, 42, 42, 42, 42);
  same(text, "42    42|42   |00042 +42  42");
  sprintf(text, "%x %X %#x %o %u %c %%", 0xbeef, 0xbeef, 0xbeef, 8, 4000000000u, 'A');
  same(text, "beef BEEF 0xbeef 10 4000000000 A %");
  sprintf(text, "%s|%8s|%-8s|%.2s", "text", "text", "text", "text");
  same(text, "text|    text|text    |te");
  sprintf(text, "%.3f %8.2f %-8.2f| %e %g %g", 3.14159, 2.5, 2.5, 12345.678, 0.0001, 1e20);
  same(text, "3.142     2.50 2.50    | 1.234568e+04 0.0001 1e+20");
  sprintf(text, "%lld %llx %hd %hhd", -1234567890123456789ll, 0x123456789abcdefull, (short)-5,
          (signed char)-6);
  same(text, "-1234567890123456789 123456789abcdef -5 -6");
  sprintf(text, "%*d %.*f %ls", 6, 42, 1, 2.25, L"wide");
  same(text, "    42 2.2 wide");
  EXPECT(snprintf(text, 4, "%s", "abcdef") == 6 && strcmp(text, "abc") == 0);
  sprintf(text, "%.17g %.0f %f", 0.1, 2.5, 1e15);
  same(text, "0.10000000000000001 2 1000000000000000.000000");
}

static void scanning(void) {
  int a, b;
  char word[16];
  double x;
  EXPECT(sscanf("12 0x1f name 2.5", "%d %i %15s %lf", &a, &b, word, &x) == 4);
  EXPECT(a == 12 && b == 31 && strcmp(word, "name") == 0 && x == 2.5);
  EXPECT(sscanf("7,8", "%d;%d", &a, &b) == 1 && a == 7);
  EXPECT(sscanf("[abc]", "[%[a-z]]", word) == 1 && strcmp(word, "abc") == 0);
}

static void numbers(void) {
  char* end;
  EXPECT(strtol("  -123abc", &end, 10) == -123 && strcmp(end, "abc") == 0);
  EXPECT(strtol("0x7f", NULL, 0) == 127 && strtol("077", NULL, 0) == 63 && strtol("zz", NULL, 36) == 1295);
  errno = 0;
  EXPECT(strtol("99999999999", NULL, 10) == 2147483647 && errno == ERANGE);
  EXPECT(strtoul("4294967295", NULL, 10) == 4294967295u && strtoll("-9000000000", NULL, 10) == -9000000000ll);
  EXPECT(strtod("1.5e3xyz", &end) == 1500.0 && strcmp(end, "xyz") == 0);
  EXPECT(strtod("0.1", NULL) == 0.1 && strtod("-2.2250738585072014e-308", NULL) == -2.2250738585072014e-308);
  EXPECT(atoi("  17") == 17 && atof("2.5") == 2.5);
  EXPECT(strcmp(_itoa(-255, (char[20]){0}, 10), "-255") == 0 &&
         strcmp(_itoa(255, (char[20]){0}, 16), "ff") == 0);
  EXPECT(strcmp(_ultoa(4000000000u, (char[40]){0}, 2), "11101110011010110010100000000000") == 0);
}

static void mathematics(void) {
  EXPECT(sqrt(2.0) * sqrt(2.0) > 1.999999999999999 && floor(-1.5) == -2 && ceil(-1.5) == -1);
  EXPECT(fabs(sin(1.0) - 0.8414709848078965) < 1e-15 && fabs(cos(1.0) - 0.5403023058681398) < 1e-15);
  EXPECT(fabs(tan(1.0) - 1.5574077246549023) < 1e-14 && fabs(atan2(1, 1) - 0.7853981633974483) < 1e-15);
  EXPECT(fabs(exp(1.0) - 2.718281828459045) < 1e-14 && fabs(log(10.0) - 2.302585092994046) < 1e-14);
  EXPECT(fabs(pow(2.0, 0.5) - 1.4142135623730951) < 1e-15 && pow(2, 10) == 1024 && fmod(7.5, 2) == 1.5);
  EXPECT(fabs(sinh(1.0) - 1.1752011936438014) < 1e-14 && fabs(cosh(1.0) - 1.5430806348152437) < 1e-14);
  EXPECT(fabs(tanh(1.0) - 0.7615941559557649) < 1e-14 && fabs(log10(1000.0) - 3) < 1e-14);
  EXPECT(fabs(asin(1.0) - 1.5707963267948966) < 1e-15 && fabs(acos(0.0) - 1.5707963267948966) < 1e-15);
  int exponent;
  EXPECT(frexp(8.0, &exponent) == 0.5 && exponent == 4 && ldexp(0.5, 4) == 8);
}

static int compare_ints(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

static void sorting(void) {
  enum { kCount = 5000 };
  static int values[kCount];
  srand(1);
  EXPECT(rand() == 41 && rand() == 18467 && rand() == 6334);
  for (int i = 0; i < kCount; ++i) values[i] = rand();
  qsort(values, kCount, sizeof *values, compare_ints);
  int descents = 0;
  for (int i = 1; i < kCount; ++i) descents += values[i] < values[i - 1];
  EXPECT(descents == 0);
  int key = values[1234], absent = 40000;
  int* found = bsearch(&key, values, kCount, sizeof *values, compare_ints);
  EXPECT(found && *found == key && !bsearch(&absent, values, kCount, sizeof *values, compare_ints));
  qsort(values, kCount, sizeof *values, compare_ints);
  EXPECT(values[0] <= values[kCount - 1]);
}

static jmp_buf place;

static volatile int may_jump = 1;

static void __attribute__((noinline)) jump(int depth) {
  if (depth > 0) {
    jump(depth - 1);
  } else if (may_jump) {
    longjmp(place, 7);
  }
}

static volatile int signalled;
static void handle(int number) { signalled = number; }

static void jumps(void) {
  volatile int before = 5;
  int came = setjmp(place);
  if (came == 0) {
    before = 6;
    jump(10);
  }
  EXPECT(came == 7 && before == 6);
  signal(SIGTERM, handle);
  EXPECT(raise(SIGTERM) == 0 && signalled == SIGTERM);
}

static void times(void) {
  struct tm moment = {.tm_year = 124, .tm_mon = 1, .tm_mday = 29, .tm_hour = 12, .tm_min = 34, .tm_sec = 56};
  time_t seconds = mktime(&moment);
  EXPECT(seconds == 1709210096);
  EXPECT(moment.tm_wday == 4 && moment.tm_yday == 59);
  struct tm* back = gmtime(&seconds);
  char text[100];
  EXPECT(back && back->tm_mday == 29 && back->tm_hour == 12);
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %B %j %U %W %y %I %p", back);
  same(text, "2024-02-29 12:34:56 Thu February 060 08 09 24 12 PM");
  same(asctime(back), "Thu Feb 29 12:34:56 2024\n");
  EXPECT(difftime(seconds + 60, seconds) == 60.0 && time(NULL) > 0);
}

static void text(void) {
  char buffer[64] = "one,two;;three";
  EXPECT(strcmp(strtok(buffer, ",;"), "one") == 0 && strcmp(strtok(NULL, ",;"), "two") == 0);
  EXPECT(strcmp(strtok(NULL, ",;"), "three") == 0 && !strtok(NULL, ",;"));
  EXPECT(strstr("haystack", "stack") && !strstr("haystack", "needle") && strchr("abc", 'c') &&
         strrchr("abca", 'a'));
  EXPECT(strcspn("abc1", "123") == 3 && strspn("aab", "a") == 2 && strpbrk("abc", "cb")[0] == 'b');
  EXPECT(strncmp("abc", "abd", 2) == 0 && strcmp("a", "b") < 0 && _stricmp("ABC", "abd") < 0 &&
         memcmp("ab", "aa", 2) > 0);
  char moved[100];
  for (int i = 0; i < 100; ++i) moved[i] = (char)i;
  memmove(moved + 3, moved, 90);
  int shifted = 0;
  for (int i = 0; i < 90; ++i) shifted += moved[i + 3] != i;
  EXPECT(shifted == 0);
  EXPECT(isalpha('x') && !isalpha('1') && isspace('\t') && isxdigit('F') && toupper('q') == 'Q' &&
         ispunct('!'));
  same(strerror(ENOENT), "No such file or directory");
}

static void wide(void) {
  wchar_t buffer[32];
  EXPECT(wcslen(wcscpy(buffer, L"wide")) == 4 && wcscmp(buffer, L"wider") < 0 && wcschr(buffer, L'd'));
  EXPECT(mbstowcs(buffer, "text", 32) == 4 && wcscmp(buffer, L"text") == 0);
  char narrow[32];
  EXPECT(wcstombs(narrow, L"back", 32) == 4 && strcmp(narrow, "back") == 0);
  EXPECT(wcstol(L"-12", NULL, 10) == -12 && towupper(L'\u00e9') == L'\u00c9' && iswalpha(L'x'));
  EXPECT(strcmp(setlocale(LC_ALL, NULL), "C") == 0 && localeconv()->decimal_point[0] == '.');
}

static void memory(void) {
  unsigned char* block = malloc(100);
  for (int i = 0; i < 100; ++i) block[i] = (unsigned char)i;
  for (size_t size = 200; size < 2000000; size *= 2) {
    block = realloc(block, size);
    if (!block) break;
  }
  int lost = 0;
  for (int i = 0; block && i < 100; ++i) lost += block[i] != i;
  EXPECT(block && lost == 0);
  free(block);
  int* zeroed = calloc(1000, sizeof *zeroed);
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum |= zeroed[i];
  EXPECT(sum == 0);
  free(zeroed);
  errno = 0;
  EXPECT(!malloc(0x7fffffff) && errno == ENOMEM);
  char* copy = _strdup("copy");
  EXPECT(strcmp(copy, "copy") == 0);
  free(copy);
}

static void files(void) {
  errno = 0;
  EXPECT(!fopen("no such file", "r") && errno == ENOENT);
  EXPECT(getenv("no such variable") == NULL && _putenv("TOUR=yes") == 0 &&
         strcmp(getenv("tour"), "yes") == 0);
}

static void last(void) { puts("ok exit functions"); }

int main(void) {
  atexit(last);
  group("printf formats", formats);
  group("scanf formats", scanning);
  group("numbers from text", numbers);
  group("mathematics", mathematics);
  group("qsort, bsearch, rand", sorting);
  group("setjmp, signals", jumps);
  group("time", times);
  group("strings", text);
  group("wide characters", wide);
  group("malloc", memory);
  group("files, environment", files);
  return failures;
}
