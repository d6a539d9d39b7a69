// A format of printf's family in the words of MinGW's formatter, which prints in the end. Microsoft's differs
// ("Format specification syntax: printf and wprintf functions"; "_set_output_format"):
//   - %s and %c take text of the format's own width, %S and %C of the other; h makes it narrow, l and w wide;
//   - a long double is a double, so %Lf takes 8 bytes;
//   - an exponent has three digits at least, unless the program asks for two.
// Numbers with exponents are printed here, into the format, and their arguments left out.
//
// To be included with Unit defined as char or wchar_t, and kFormatter as MinGW's formatter into memory.
#include "guest/msvcrt/stdio/conversion.h"

int kFormatter(Unit* to, size_t room, const Unit* format, va_list arguments);

static int is_text(const Conversion* conversion) { return is_one_of(*conversion->letter, "sScC"); }
static int is_float(const Conversion* conversion) { return is_one_of(*conversion->letter, "aAeEfFgG"); }
static int has_exponent(const Conversion* conversion) {
  return is_one_of(*conversion->letter, "eEgG") && !(_get_output_format() & _TWO_DIGIT_EXPONENT);
}

static int is_long_long(const Conversion* conversion) {
  const Unit* length = conversion->length;
  for (; length + 1 < conversion->letter; ++length)
    if ((*length == 'l' && length[1] == 'l') || (*length == 'I' && length[1] == '6')) return 1;
  return has_length(conversion, 'L') || has_length(conversion, 'q') || has_length(conversion, 'j');
}

// Of its value, without width and precision.
static size_t size_of_argument(const Conversion* conversion) {
  if (is_float(conversion)) return sizeof(double);
  if (is_one_of(*conversion->letter, "diouxX")) return is_long_long(conversion) ? 8 : 4;
  return is_text(conversion) || is_one_of(*conversion->letter, "pn") ? 4 : 0;
}

// What the formatter is given. `text` grows; `room` is how much it holds.
typedef struct FormatWords {
  Unit* text;
  size_t length, room;
  const char* given;  // the caller's arguments that are still to come
  char* arguments;    // those that the formatter gets
  size_t used;
} FormatWords;

static int put_words(FormatWords* words, const Unit* from, size_t count) {
  if (words->room - words->length <= count) {
    size_t room = (words->length + count + 1) * 2;
    Unit* more = realloc(words->text, room * sizeof *more);
    if (!more) return 0;
    words->text = more;
    words->room = room;
  }
  memcpy(words->text + words->length, from, count * sizeof *from);
  words->length += count;
  words->text[words->length] = 0;
  return 1;
}

static int put_letter(FormatWords* words, char letter) {
  Unit c = (Unit)letter;
  return put_words(words, &c, 1);
}

static int take_number(FormatWords* words) {
  int number = *(const int*)words->given;
  words->given += sizeof number;
  return number;
}

// --- A number with an exponent.

typedef struct Layout {
  char flags[8];  // but for '-' and '0'
  int to_the_left, zeros;
  int width, precision;  // negative: none
} Layout;

static int read_number(FormatWords* words, const Unit** at) {
  int number = 0;
  if (**at == '*') return ++*at, take_number(words);
  for (; is_one_of(**at, "0123456789"); ++*at)
    if (number < 100000) number = number * 10 + (int)(**at - '0');
  return number;
}

static Layout read_layout(FormatWords* words, const Conversion* conversion) {
  Layout layout = {"", 0, 0, -1, -1};
  const Unit* at = conversion->begin;
  for (; is_one_of(*at, "-+ #0"); ++at) {
    size_t flags = strlen(layout.flags);
    layout.to_the_left |= *at == '-';
    layout.zeros |= *at == '0';
    if (is_one_of(*at, "+ #") && flags < sizeof layout.flags - 1) layout.flags[flags] = (char)*at;
  }
  layout.width = read_number(words, &at);
  layout.to_the_left |= layout.width < 0;
  if (layout.width < 0) layout.width = -layout.width;
  if (*at == '.') layout.precision = (++at, read_number(words, &at));
  return layout;
}

// Into at least two characters more than it is long: "1e+05" -> "1e+005".
static void lengthen_exponent(char* text) {
  char* exponent = strpbrk(text, "eE");
  if (!exponent || (exponent[1] != '+' && exponent[1] != '-') || strlen(exponent) != 4) return;
  memmove(exponent + 3, exponent + 2, 3);
  exponent[2] = '0';
}

static char* exponent_text(const Layout* layout, char letter, double value) {
  char format[16];
  strcpy(format, "%");
  strcat(format, layout->flags);
  strcat(format, layout->precision < 0 ? "" : ".*");
  strncat(format, &letter, 1);
  size_t room = (size_t)(layout->precision < 0 ? 0 : layout->precision) + 400;  // %g and #: 308 zeros
  char* text = malloc(room);
  if (!text) return NULL;
  if (layout->precision < 0) {
    crt_format(text, room, format, value);
  } else {
    crt_format(text, room, format, layout->precision, value);
  }
  lengthen_exponent(text);
  return text;
}

static int put_many(FormatWords* words, char letter, int count) {
  while (count-- > 0)
    if (!put_letter(words, letter)) return 0;
  return 1;
}

static int put_padded(FormatWords* words, const Layout* layout, const char* text) {
  int padding = layout->width - (int)strlen(text);
  int zeros = layout->zeros && !layout->to_the_left && strpbrk(text, "0123456789");
  if (!zeros && !layout->to_the_left && !put_many(words, ' ', padding)) return 0;
  if (zeros && is_one_of((Unit)*text, "+- ") && !put_letter(words, *text++)) return 0;
  if (zeros && !put_many(words, '0', padding)) return 0;
  for (; *text; ++text)
    if (!put_letter(words, *text)) return 0;
  return !layout->to_the_left || put_many(words, ' ', padding);
}

static int put_exponent(FormatWords* words, const Conversion* conversion) {
  Layout layout = read_layout(words, conversion);
  double value;
  memcpy(&value, words->given, sizeof value);
  words->given += sizeof value;
  char* text = exponent_text(&layout, (char)*conversion->letter, value);
  int put = text && put_padded(words, &layout, text);
  free(text);
  return put;
}

// --- Any other conversion.

static void pass_argument(FormatWords* words, size_t size) {
  memcpy(words->arguments + words->used, words->given, size);
  words->used += size;
  words->given += size;
}

static int put_text_letter(FormatWords* words, const Conversion* conversion) {
  int wide = is_wide_text(conversion);
  if (wide != kOwnIsWide || wide)
    if (!put_letter(words, wide ? 'l' : 'h')) return 0;
  return put_letter(words, is_one_of(*conversion->letter, "sS") ? 's' : 'c');
}

static int put_conversion(FormatWords* words, const Conversion* conversion) {
  for (const Unit* at = conversion->begin; at < conversion->length; ++at)
    if (*at == '*') pass_argument(words, sizeof(int));
  pass_argument(words, size_of_argument(conversion));
  if (!put_letter(words, '%')) return 0;
  if (!put_words(words, conversion->begin, (size_t)(conversion->length - conversion->begin))) return 0;
  if (is_text(conversion)) return put_text_letter(words, conversion);
  for (const Unit* at = conversion->length; at < conversion->letter; ++at)
    if (*at != 'w' && !(*at == 'L' && is_float(conversion)) && !put_words(words, at, 1)) return 0;
  return !*conversion->letter || put_words(words, conversion->letter, 1);
}

static int put_format(FormatWords* words, const Unit* format) {
  while (*format) {
    if (*format != '%') {
      if (!put_words(words, format++, 1)) return 0;
      continue;
    }
    Conversion conversion = conversion_at(format + 1);
    int put =
        has_exponent(&conversion) ? put_exponent(words, &conversion) : put_conversion(words, &conversion);
    if (!put) return 0;
    format = conversion.letter + (*conversion.letter != 0);
  }
  return put_words(words, format, 0);
}

// A conversion takes 16 bytes at most: width, precision, 8 bytes of value.
static size_t most_arguments(const Unit* format) {
  size_t size = 16;
  for (; *format; ++format) size += *format == '%' ? 16 : *format == '*' ? 4 : 0;
  return size;
}

static void free_words(FormatWords* words) {
  free(words->text);
  free(words->arguments);
}

// 0 without memory; else to be freed.
static int translate(FormatWords* words, const Unit* format, va_list arguments) {
  *words = (FormatWords){NULL, 0, 0, (const char*)arguments, malloc(most_arguments(format)), 0};
  if (words->arguments && put_format(words, format)) return 1;
  free_words(words);
  return 0;
}

// As C99's vsnprintf: the length that the whole text has, however much room there is.
static int format_into(Unit* to, size_t room, const Unit* format, va_list arguments) {
  FormatWords words;
  if (!translate(&words, format, arguments)) return -1;
  int length = kFormatter(to, room, words.text, words.arguments);
  free_words(&words);
  return length;
}
