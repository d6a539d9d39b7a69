// strftime in the "C" locale (C11 7.27.3.5; Microsoft's '#' flag drops leading zeros).
#include "guest/msvcrt/time/calendar.h"

typedef struct Output {
  char* to;
  size_t room;
  size_t length;
} Output;

static void put(Output* output, const char* text) {
  for (; *text; ++text, ++output->length) {
    if (output->length < output->room) output->to[output->length] = *text;
  }
}

static void put_number(Output* output, int value, int width, int bare) {
  char text[16];
  sprintf(text, bare ? "%d" : "%0*d", bare ? value : width, value);
  put(output, text);
}

static void put_abbreviated(Output* output, const char* name) {
  char text[4] = {name[0], name[1], name[2], 0};
  put(output, text);
}

static int hour_of_12(const Calendar* calendar) { return calendar->hour % 12 ? calendar->hour % 12 : 12; }

// Weeks begin on `first`; days before the first such day are week 0.
static int week_of(const Calendar* calendar, int first) {
  return (calendar->year_day + 7 - (calendar->weekday + 7 - first) % 7) / 7;
}

static void format_all(Output* output, const char* format, const Calendar* calendar);

static int format_name(Output* output, char kind, const Calendar* calendar) {
  switch (kind) {
    case 'a': put_abbreviated(output, kDayNames[calendar->weekday]); return 1;
    case 'A': put(output, kDayNames[calendar->weekday]); return 1;
    case 'b':
    case 'h': put_abbreviated(output, kMonthNames[calendar->month]); return 1;
    case 'B': put(output, kMonthNames[calendar->month]); return 1;
    case 'p': put(output, calendar->hour < 12 ? "AM" : "PM"); return 1;
    case 'z': put(output, "+0000"); return 1;
    case 'Z': put(output, "UTC"); return 1;
    case 'n': put(output, "\n"); return 1;
    case 't': put(output, "\t"); return 1;
    case '%': put(output, "%"); return 1;
    default: return 0;
  }
}

static int format_composed(Output* output, char kind, const Calendar* calendar) {
  switch (kind) {
    case 'c':
    case 'D':
    case 'x': format_all(output, kind == 'c' ? "%m/%d/%y %H:%M:%S" : "%m/%d/%y", calendar); return 1;
    case 'F': format_all(output, "%Y-%m-%d", calendar); return 1;
    case 'r': format_all(output, "%I:%M:%S %p", calendar); return 1;
    case 'R': format_all(output, "%H:%M", calendar); return 1;
    case 'T':
    case 'X': format_all(output, "%H:%M:%S", calendar); return 1;
    default: return 0;
  }
}

static int format_number(Output* output, char kind, const Calendar* calendar, int bare) {
  switch (kind) {
    case 'C': put_number(output, (calendar->year + 1900) / 100, 2, bare); return 1;
    case 'd': put_number(output, calendar->day, 2, bare); return 1;
    case 'H': put_number(output, calendar->hour, 2, bare); return 1;
    case 'I': put_number(output, hour_of_12(calendar), 2, bare); return 1;
    case 'j': put_number(output, calendar->year_day + 1, 3, bare); return 1;
    case 'm': put_number(output, calendar->month + 1, 2, bare); return 1;
    case 'M': put_number(output, calendar->minute, 2, bare); return 1;
    case 'S': put_number(output, calendar->second, 2, bare); return 1;
    case 'u': put_number(output, calendar->weekday ? calendar->weekday : 7, 1, bare); return 1;
    case 'U': put_number(output, week_of(calendar, 0), 2, bare); return 1;
    case 'w': put_number(output, calendar->weekday, 1, bare); return 1;
    case 'W': put_number(output, week_of(calendar, 1), 2, bare); return 1;
    case 'y': put_number(output, calendar->year % 100, 2, bare); return 1;
    case 'Y': put_number(output, calendar->year + 1900, 4, bare); return 1;
    default: return 0;
  }
}

static void format_all(Output* output, const char* format, const Calendar* calendar) {
  for (; *format; ++format) {
    char plain[2] = {*format, 0};
    if (*format != '%') {
      put(output, plain);
      continue;
    }
    int bare = format[1] == '#';
    format += 1 + bare;
    if (!*format) return;
    if (format_name(output, *format, calendar) || format_composed(output, *format, calendar)) continue;
    format_number(output, *format, calendar, bare);
  }
}

size_t strftime(char* to, size_t room, const char* format, const Calendar* calendar);
size_t strftime(char* to, size_t room, const char* format, const Calendar* calendar) {
  Output output = {to, room, 0};
  format_all(&output, format, calendar);
  if (output.length >= room) {
    if (room) *to = 0;
    *_errno() = ERANGE;
    return 0;
  }
  to[output.length] = 0;
  return output.length;
}

size_t wcsftime(wchar_t* to, size_t room, const wchar_t* format, const struct tm* time) {
  const Calendar* calendar = (const Calendar*)time;
  size_t length = 0, format_size = wcslen(format) + 1;
  char *narrow = malloc(room), *narrow_format = malloc(format_size);
  if (narrow && narrow_format && wcstombs(narrow_format, format, format_size) != (size_t)-1) {
    length = strftime(narrow, room, narrow_format, calendar);
    for (size_t i = 0; i <= length && i < room; ++i) to[i] = (unsigned char)narrow[i];
  }
  free(narrow);
  free(narrow_format);
  return length;
}
