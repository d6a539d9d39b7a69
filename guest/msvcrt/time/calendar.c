// Seconds to dates and back.
#include "guest/msvcrt/time/calendar.h"

const char* const kMonthNames[12] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
const char* const kDayNames[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                  "Thursday", "Friday", "Saturday"};

enum { kSecondsPerDay = 86400, kDaysPerEra = 146097, kEpoch = 719468 };  // days from 0000-03-01 to 1970-01-01

static const Seconds kLast = 32535215999;  // 3000-12-31 23:59:59 at the westernmost zone, as msvcrt has it

// Days since 1970-01-01; the year is counted from March.
static long days_from(long year, int month, int day) {
  year -= month < 2;
  long era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
  long of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
  return era * kDaysPerEra + of_era * 365 + of_era / 4 - of_era / 100 + of_year - kEpoch;
}

static void date_from(long days, Calendar* calendar) {
  long shifted = days + kEpoch, era = shifted / kDaysPerEra, of_era = shifted % kDaysPerEra;
  long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  long of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
  calendar->day = (int)(of_year - (153 * month + 2) / 5 + 1);
  calendar->month = (int)((month + 2) % 12);
  calendar->year = (int)(year + era * 400 + (calendar->month < 2)) - 1900;
  calendar->year_day = (int)(days - days_from(calendar->year + 1900, 0, 1));
  calendar->weekday = (int)((days + 4) % 7);  // 1970-01-01 was a Thursday
}

int calendar_from(Seconds seconds, Calendar* calendar) {
  if (seconds < 0 || seconds > kLast) return crt_fail(EINVAL);
  int of_day = (int)(seconds % kSecondsPerDay);
  date_from((long)(seconds / kSecondsPerDay), calendar);
  calendar->hour = of_day / 3600;
  calendar->minute = of_day / 60 % 60;
  calendar->second = of_day % 60;
  calendar->daylight = 0;
  return 0;
}

Seconds calendar_to(Calendar* calendar) {
  long months = calendar->year * 12L + calendar->month;
  long year = months >= 0 ? months / 12 : (months - 11) / 12;
  long days = days_from(year + 1900, (int)(months - year * 12), 1) + calendar->day - 1;
  Seconds seconds =
      (Seconds)days * kSecondsPerDay + calendar->hour * 3600LL + calendar->minute * 60LL + calendar->second;
  return calendar_from(seconds, calendar) ? -1 : seconds;
}
