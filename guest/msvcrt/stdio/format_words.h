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

static int is_text(const Conversion* conversion) { return kinds_of(*conversion->letter) & kText; }
static int is_float(const Conversion* conversion) { return kinds_of(*conversion->letter) & kFloat; }
static int has_exponent(const Conversion* conversion) {
  return kinds_of(*conversion->letter) & kExponent && !(_get_output_format() & _TWO_DIGIT_EXPONENT);
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
  int kinds = kinds_of(*conversion->letter);
  if (kinds & kInteger) return is_long_long(conversion) ? 8 : 4;
  return kinds & (kText | kPointer) ? 4 : 0;
}

enum { kShortText = 256, kShortArguments = 256 };

// What the formatter is given. `text` grows, from here onto the heap; `room` is how much it holds.
typedef struct FormatWords {
  Unit* text;
  size_t length, room;
  const char* given;  // the caller's arguments that are still to come
  char* arguments;    // those that the formatter gets
  size_t used;
  Unit short_text[kShortText];
  char short_arguments[kShortArguments];
} FormatWords;

static int grow_words(FormatWords* words, size_t count) {
  size_t room = (words->length + count + 1) * 2;
  int is_short = words->text == words->short_text;
  Unit* more = realloc(is_short ? NULL : words->text, room * sizeof *more);
  if (!more) return 0;
  if (is_short) memcpy(more, words->text, words->length * sizeof *more);
  words->text = more;
  words->room = room;
  return 1;
}

static int put_words(FormatWords* words, const Unit* from, size_t count) {
  if (words->room - words->length <= count && !grow_words(words, count)) return 0;
  Unit* to = words->text + words->length;
  words->length += count;
  for (; count; --count) *to++ = *from++;
  *to = 0;
  return 1;
}

// Plain ASCII.
static int put_text(FormatWords* words, const char* from, size_t count) {
  if (words->room - words->length <= count && !grow_words(words, count)) return 0;
  Unit* to = words->text + words->length;
  words->length += count;
  for (; count; --count) *to++ = (Unit)*from++;
  *to = 0;
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
  for (; **at >= '0' && **at <= '9'; ++*at)
    if (number < 100000) number = number * 10 + (int)(**at - '0');
  return number;
}

static Layout read_layout(FormatWords* words, const Conversion* conversion) {
  Layout layout = {"", 0, 0, -1, -1};
  const Unit* at = conversion->begin;
  for (size_t flags = 0;; ++at) {
    if (*at == '-') {
      layout.to_the_left = 1;
    } else if (*at == '0') {
      layout.zeros = 1;
    } else if (*at != '+' && *at != ' ' && *at != '#') {
      break;
    } else if (flags < sizeof layout.flags - 1) {
      layout.flags[flags++] = (char)*at;
    }
  }
  layout.width = read_number(words, &at);
  layout.to_the_left |= layout.width < 0;
  if (layout.width < 0) layout.width = -layout.width;
  if (*at == '.') layout.precision = (++at, read_number(words, &at));
  return layout;
}

// "1e+05" -> "1e+005", in a buffer with room for it. Returns the length; an exponent has a sign and at least
// two digits.
static int lengthen_exponent(char* text, int length) {
  if (length < 5 || (text[length - 4] != 'e' && text[length - 4] != 'E')) return length;
  memmove(text + length - 1, text + length - 2, 3);
  text[length - 2] = '0';
  return length + 1;
}

static void make_format(char* to, const Layout* layout, char letter) {
  *to++ = '%';
  for (const char* flag = layout->flags; *flag; ++flag) *to++ = *flag;
  if (layout->precision >= 0) *to++ = '.', *to++ = '*';
  *to++ = letter;
  *to = 0;
}

// Returns the length, or what is negative without memory.
static int print_exponent(char* to, size_t room, const Layout* layout, char letter, double value) {
  char format[16];
  make_format(format, layout, letter);
  int length = layout->precision < 0 ? crt_format(to, room, format, value)
                                     : crt_format(to, room, format, layout->precision, value);
  return lengthen_exponent(to, length);
}

static int put_many(FormatWords* words, char letter, int count) {
  while (count-- > 0)
    if (!put_letter(words, letter)) return 0;
  return 1;
}

static int put_padded(FormatWords* words, const Layout* layout, const char* text, size_t length) {
  int padding = layout->width - (int)length;
  int zeros = layout->zeros && !layout->to_the_left && strpbrk(text, "0123456789");
  if (!zeros && !layout->to_the_left && !put_many(words, ' ', padding)) return 0;
  int is_signed = *text == '+' || *text == '-' || *text == ' ';
  if (zeros && is_signed) {
    if (!put_letter(words, *text++)) return 0;
    --length;
  }
  if (zeros && !put_many(words, '0', padding)) return 0;
  if (!put_text(words, text, length)) return 0;
  return !layout->to_the_left || put_many(words, ' ', padding);
}

static int put_exponent(FormatWords* words, const Conversion* conversion) {
  Layout layout = read_layout(words, conversion);
  double value;
  memcpy(&value, words->given, sizeof value);
  words->given += sizeof value;
  char short_text[512];
  size_t room = (size_t)(layout.precision < 0 ? 0 : layout.precision) + 400;  // %g and #: 308 zeros
  char* text = room <= sizeof short_text ? short_text : malloc(room);
  if (!text) return 0;
  int length = print_exponent(text, room, &layout, (char)*conversion->letter, value);
  int put = length >= 0 && put_padded(words, &layout, text, (size_t)length);
  if (text != short_text) free(text);
  return put;
}

// --- Any other conversion.

// Whether the formatter understands it as it is.
static int is_in_its_words(const Conversion* conversion) {
  if (is_text(conversion)) return !kOwnIsWide && conversion->length == conversion->letter;
  if (has_length(conversion, 'w')) return 0;
  return !has_exponent(conversion) && !(is_float(conversion) && has_length(conversion, 'L'));
}

static void pass_argument(FormatWords* words, size_t size) {
  memcpy(words->arguments + words->used, words->given, size);
  words->used += size;
  words->given += size;
}

static int put_text_letter(FormatWords* words, const Conversion* conversion) {
  int wide = is_wide_text(conversion);
  if (wide != kOwnIsWide || wide)
    if (!put_letter(words, wide ? 'l' : 'h')) return 0;
  return put_letter(words, *conversion->letter == 's' || *conversion->letter == 'S' ? 's' : 'c');
}

static int put_conversion(FormatWords* words, const Conversion* conversion) {
  for (const Unit* at = conversion->begin; at < conversion->length; ++at)
    if (*at == '*') pass_argument(words, sizeof(int));
  pass_argument(words, size_of_argument(conversion));
  if (is_in_its_words(conversion)) {
    const Unit *percent = conversion->begin - 1, *end = conversion->letter + (*conversion->letter != 0);
    return put_words(words, percent, (size_t)(end - percent));
  }
  if (!put_letter(words, '%')) return 0;
  if (!put_words(words, conversion->begin, (size_t)(conversion->length - conversion->begin))) return 0;
  if (is_text(conversion)) return put_text_letter(words, conversion);
  for (const Unit* at = conversion->length; at < conversion->letter; ++at)
    if (*at != 'w' && !(*at == 'L' && is_float(conversion)) && !put_words(words, at, 1)) return 0;
  return !*conversion->letter || put_words(words, conversion->letter, 1);
}

static int put_format(FormatWords* words, const Unit* format) {
  while (*format) {
    const Unit* text = format;
    while (*format && *format != '%') ++format;
    if (format > text && !put_words(words, text, (size_t)(format - text))) return 0;
    if (!*format) break;
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
  if (words->text != words->short_text) free(words->text);
  if (words->arguments != words->short_arguments) free(words->arguments);
}

// 0 without memory; else to be freed.
static int translate(FormatWords* words, const Unit* format, va_list arguments) {
  size_t size = most_arguments(format);
  words->text = words->short_text;
  words->length = words->used = 0;
  words->room = kShortText;
  words->given = (const char*)arguments;
  words->arguments = size <= kShortArguments ? words->short_arguments : malloc(size);
  if (words->arguments && put_format(words, format)) return 1;
  free_words(words);
  return 0;
}

static int needs_no_words(const Unit* format) {
  while (*format) {
    if (*format++ != '%') continue;
    Conversion conversion = conversion_at(format);
    if (!is_in_its_words(&conversion)) return 0;
    format = conversion.letter + (*conversion.letter != 0);
  }
  return 1;
}

static int format_translated(Unit* to, size_t room, const Unit* format, va_list arguments) {
  FormatWords words;
  if (!translate(&words, format, arguments)) return -1;
  int length = kFormatter(to, room, words.text, words.arguments);
  free_words(&words);
  return length;
}

// As C99's vsnprintf: the length that the whole text has, however much room there is.
static int format_into(Unit* to, size_t room, const Unit* format, va_list arguments) {
  if (needs_no_words(format)) return kFormatter(to, room, format, arguments);
  return format_translated(to, room, format, arguments);
}

// The whole text: in `own`, which has `room`, when it fits, else on the heap, to be freed. Null without
// memory or with a bad format.
static Unit* format_all(Unit* own, size_t room, const Unit* format, va_list arguments, int* length) {
  va_list again;
  va_copy(again, arguments);
  *length = format_into(own, room, format, again);
  va_end(again);
  if (*length < 0) return NULL;
  if ((size_t)*length < room) return own;
  Unit* text = malloc(((size_t)*length + 1) * sizeof *text);
  if (text) format_into(text, (size_t)*length + 1, format, arguments);
  return text;
}
