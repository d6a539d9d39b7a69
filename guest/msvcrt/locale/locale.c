// Two locales: "C", and the user's, which is English (United States) in code page 1252 and differs in its
// name and code page only (C11 7.11).
#include "guest/msvcrt/msvcrt.h"

enum { kCategories = LC_MAX + 1, kLatin = 1252 };

static const char kEnglish[] = "English_United States.1252";

static int is_english[kCategories];  // else "C"
static unsigned code_page;           // 0 in "C"

unsigned __lc_codepage;

unsigned ___lc_codepage_func(void);
int ___mb_cur_max_func(void);
unsigned ___lc_codepage_func(void) { return code_page; }
int ___mb_cur_max_func(void) { return 1; }

static char empty[] = "", point[] = ".";
static wchar_t wide_empty[] = L"", wide_point[] = L".";

static struct lconv conventions = {
    .decimal_point = point,
    .thousands_sep = empty,
    .grouping = empty,
    .int_curr_symbol = empty,
    .currency_symbol = empty,
    .mon_decimal_point = empty,
    .mon_thousands_sep = empty,
    .mon_grouping = empty,
    .positive_sign = empty,
    .negative_sign = empty,
    .int_frac_digits = CHAR_MAX,
    .frac_digits = CHAR_MAX,
    .p_cs_precedes = CHAR_MAX,
    .p_sep_by_space = CHAR_MAX,
    .n_cs_precedes = CHAR_MAX,
    .n_sep_by_space = CHAR_MAX,
    .p_sign_posn = CHAR_MAX,
    .n_sign_posn = CHAR_MAX,
    ._W_decimal_point = wide_point,
    ._W_thousands_sep = wide_empty,
    ._W_int_curr_symbol = wide_empty,
    ._W_currency_symbol = wide_empty,
    ._W_mon_decimal_point = wide_empty,
    ._W_mon_thousands_sep = wide_empty,
    ._W_positive_sign = wide_empty,
    ._W_negative_sign = wide_empty,
};

struct lconv* localeconv(void) {
  return &conventions;
}
int __lconv_init(void);
int __lconv_init(void) { return 0; }

// 0 "C", 1 the user's, -1 one that is not known.
static int locale_of(const char* name) {
  static const char* const kNames[] = {
      "",    "English_United States.1252", "English_United States", "English", "en-US", "en_US", ".1252",
      ".ACP"};
  if (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0) return 0;
  for (size_t i = 0; i < sizeof kNames / sizeof *kNames; ++i) {
    if (_stricmp(name, kNames[i]) == 0) return 1;
  }
  return -1;
}

static int all_equal(void) {
  for (int i = LC_MIN + 2; i < kCategories; ++i) {
    if (is_english[i] != is_english[LC_MIN + 1]) return 0;
  }
  return 1;
}

static const char* name_of(int category) { return is_english[category] ? kEnglish : "C"; }

// "LC_COLLATE=C;LC_CTYPE=...;..." when the categories differ.
static char* describe_all(void) {
  static char text[5 * (sizeof kEnglish + 14)];
  static const char* const kNames[] = {"LC_ALL",      "LC_COLLATE", "LC_CTYPE",
                                       "LC_MONETARY", "LC_NUMERIC", "LC_TIME"};
  if (all_equal()) return (char*)name_of(LC_CTYPE);
  *text = 0;
  for (int i = LC_MIN + 1; i < kCategories; ++i) {
    strcat(strcat(strcat(text, kNames[i]), "="), name_of(i));
    if (i < LC_MAX) strcat(text, ";");
  }
  return text;
}

static int read_all(const char* text) {
  for (int i = LC_MIN + 1; i < kCategories; ++i) {
    const char* value = strchr(text, '=');
    if (!value) return 0;
    is_english[i] = value[1] != 'C';
    text = value + 1;
  }
  return 1;
}

char* setlocale(int category, const char* name) {
  if (category < LC_MIN || category > LC_MAX) return NULL;
  if (name && strncmp(name, "LC_", 3) == 0) {
    if (category != LC_ALL || !read_all(name)) return NULL;
  } else if (name) {
    int locale = locale_of(name);
    if (locale < 0) return NULL;
    for (int i = LC_MIN + 1; i < kCategories; ++i) {
      if (category == LC_ALL || category == i) is_english[i] = locale;
    }
  }
  code_page = __lc_codepage = is_english[LC_CTYPE] ? kLatin : 0;
  return category == LC_ALL ? describe_all() : (char*)name_of(category);
}

wchar_t* _wsetlocale(int category, const wchar_t* name) {
  static wchar_t wide[5 * (sizeof kEnglish + 14)];
  char narrow[sizeof wide / sizeof *wide];
  if (name && wcslen(name) >= sizeof narrow) return NULL;
  if (name) wcstombs(narrow, name, sizeof narrow);
  const char* result = setlocale(category, name ? narrow : NULL);
  if (!result) return NULL;
  mbstowcs(wide, result, sizeof wide / sizeof *wide);
  return wide;
}

int _configthreadlocale(int mode) {
  (void)mode;
  return _DISABLE_PER_THREAD_LOCALE;
}
