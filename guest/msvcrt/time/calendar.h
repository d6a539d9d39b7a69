// Calendar time (C11 7.27). The zone is UTC without daylight saving. The C names are 32-bit times in
// msvcrt.dll; programs call the _..32 and _..64 names, so nothing here needs mingw's <time.h>.
#ifndef PAGEWALK_GUEST_MSVCRT_TIME_CALENDAR_H
#define PAGEWALK_GUEST_MSVCRT_TIME_CALENDAR_H

#include "guest/msvcrt/msvcrt.h"

typedef struct Calendar {  // struct tm
  int second, minute, hour, day, month, year, weekday, year_day, daylight;
} Calendar;

typedef long long Seconds;  // since 1970-01-01

int calendar_from(Seconds seconds, Calendar* calendar);  // 0, or -1 before 1970 and after the year 3000
Seconds calendar_to(Calendar* calendar);                 // normalizes it; -1 before 1970
extern const char* const kMonthNames[12];
extern const char* const kDayNames[7];

#endif
