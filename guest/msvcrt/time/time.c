// Clocks and conversions, with 32- and 64-bit times.
#include "guest/msvcrt/time/calendar.h"

long _timezone, _dstbias;
int _daylight;
static char utc[] = "UTC", none[] = "";
char* _tzname[2] = {utc, none};

long* __p__timezone(void);
long* __p__dstbias(void);
int* __p__daylight(void);
char** __p__tzname(void);
long* __p__timezone(void) { return &_timezone; }
long* __p__dstbias(void) { return &_dstbias; }
int* __p__daylight(void) { return &_daylight; }
char** __p__tzname(void) { return _tzname; }

void _tzset(void);
void _tzset(void) {}

// Windows counts 100 ns from 1601.
static unsigned long long ticks_since_1970(void) {
  FILETIME time;
  GetSystemTimeAsFileTime(&time);
  unsigned long long ticks = (unsigned long long)time.dwHighDateTime << 32 | time.dwLowDateTime;
  return ticks - 116444736000000000ull;
}

Seconds _time64(Seconds* to);
Seconds _time64(Seconds* to) {
  Seconds now = (Seconds)(ticks_since_1970() / 10000000);
  if (to) *to = now;
  return now;
}

long _time32(long* to);
long _time32(long* to) {
  long now = (long)_time64(NULL);
  if (to) *to = now;
  return now;
}

static DWORD start;

void crt_initialize_clock(void) { start = GetTickCount(); }

// Since the process started (Microsoft, clock).
long clock(void);
long clock(void) { return (long)(GetTickCount() - start); }

typedef struct FineTime32 {
  long time;
  unsigned short milliseconds;
  short timezone, daylight;
} FineTime32;

typedef struct FineTime64 {
  Seconds time;
  unsigned short milliseconds;
  short timezone, daylight;
} FineTime64;

void _ftime64(FineTime64* to);
void _ftime64(FineTime64* to) {
  unsigned long long ticks = ticks_since_1970();
  *to = (FineTime64){(Seconds)(ticks / 10000000), (unsigned short)(ticks / 10000 % 1000), 0, 0};
}

void _ftime32(FineTime32* to);
void _ftime32(FineTime32* to) {
  FineTime64 fine;
  _ftime64(&fine);
  *to = (FineTime32){(long)fine.time, fine.milliseconds, 0, 0};
}

static Calendar* own_calendar(void) { return (Calendar*)crt_thread()->broken_down; }

Calendar* _gmtime64(const Seconds* time);
Calendar* _gmtime64(const Seconds* time) {
  Calendar* calendar = own_calendar();
  return time && calendar_from(*time, calendar) == 0 ? calendar : NULL;
}

Calendar* _gmtime32(const long* time);
Calendar* _gmtime32(const long* time) {
  Seconds seconds = *time;
  return _gmtime64(&seconds);
}

int _gmtime64_s(Calendar* to, const Seconds* time);
int _gmtime64_s(Calendar* to, const Seconds* time) { return calendar_from(*time, to) ? EINVAL : 0; }
int _gmtime32_s(Calendar* to, const long* time);
int _gmtime32_s(Calendar* to, const long* time) { return calendar_from(*time, to) ? EINVAL : 0; }

Seconds _mktime64(Calendar* calendar);
Seconds _mktime64(Calendar* calendar) { return calendar_to(calendar); }
long _mktime32(Calendar* calendar);
long _mktime32(Calendar* calendar) {
  Seconds seconds = calendar_to(calendar);
  return seconds > LONG_MAX ? -1 : (long)seconds;
}

double _difftime64(Seconds end, Seconds start);
double _difftime64(Seconds end, Seconds start) { return (double)(end - start); }
double _difftime32(long end, long start);
double _difftime32(long end, long start) { return (double)end - (double)start; }

// "Wed Jan 02 02:03:55 1980\n": the day of the month with a leading zero, as msvcrt writes it.
char* asctime(const Calendar* calendar);
char* asctime(const Calendar* calendar) {
  char* text = crt_thread()->message;
  sprintf(text, "%.3s %.3s %02d %02d:%02d:%02d %d\n", kDayNames[calendar->weekday],
          kMonthNames[calendar->month], calendar->day, calendar->hour, calendar->minute, calendar->second,
          calendar->year + 1900);
  return text;
}

char* _ctime64(const Seconds* time);
char* _ctime64(const Seconds* time) {
  const Calendar* calendar = _gmtime64(time);
  return calendar ? asctime(calendar) : NULL;
}

char* _ctime32(const long* time);
char* _ctime32(const long* time) {
  Seconds seconds = *time;
  return _ctime64(&seconds);
}

char* _strdate(char* to);
char* _strdate(char* to) {
  Seconds now = _time64(NULL);
  Calendar calendar;
  calendar_from(now, &calendar);
  sprintf(to, "%02d/%02d/%02d", calendar.month + 1, calendar.day, calendar.year % 100);
  return to;
}

char* _strtime(char* to);
char* _strtime(char* to) {
  Seconds now = _time64(NULL);
  Calendar calendar;
  calendar_from(now, &calendar);
  sprintf(to, "%02d:%02d:%02d", calendar.hour, calendar.minute, calendar.second);
  return to;
}
