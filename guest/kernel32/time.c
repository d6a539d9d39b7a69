// Clocks and calendar ("Time Functions", Microsoft). The time zone is UTC.
#include "guest/kernel32/kernel32.h"
#include "guest/ntdll/shared_data.h"

enum { kTicksPerMillisecond = 10000 };  // of 100 ns
#define TICKS_PER_SECOND 10000000ull
#define TICKS_PER_DAY (86400 * TICKS_PER_SECOND)

DWORD WINAPI GetTickCount(void) { return (DWORD)shared_milliseconds(); }

ULONGLONG WINAPI GetTickCount64(void) { return shared_milliseconds(); }

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER* counter) {
  return k32_succeeded(NtQueryPerformanceCounter(counter, NULL));
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER* frequency) {
  LARGE_INTEGER counter;
  return k32_succeeded(NtQueryPerformanceCounter(&counter, frequency));
}

static ULONGLONG now(void) { return shared_time(kSharedSystemTime); }

static ULONGLONG from_file_time(const FILETIME* time) {
  return (ULONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

static FILETIME to_file_time(ULONGLONG ticks) { return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)}; }

void WINAPI GetSystemTimeAsFileTime(LPFILETIME time) { *time = to_file_time(now()); }
void WINAPI GetSystemTimePreciseAsFileTime(LPFILETIME time) { *time = to_file_time(now()); }

// Days since 1601-01-01 of a Gregorian date, counting years from March; and back.
static LONG days_of(LONG year, LONG month, LONG day) {
  if (month <= 2) --year, month += 12;
  LONG century_days = year / 4 - year / 100 + year / 400;
  return 365 * year + century_days + (153 * (month - 3) + 2) / 5 + day - 1 - 584694;
}

static void date_of(LONG days, SYSTEMTIME* time) {
  LONG since_march_0 = days + 584694;
  LONG era = since_march_0 / 146097, of_era = since_march_0 % 146097;
  LONG year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  LONG of_year = of_era - (365 * year + year / 4 - year / 100);
  LONG shifted = (5 * of_year + 2) / 153;
  LONG month = shifted < 10 ? shifted + 3 : shifted - 9;
  time->wDay = (WORD)(of_year - (153 * shifted + 2) / 5 + 1);
  time->wMonth = (WORD)month;
  time->wYear = (WORD)(era * 400 + year + (month <= 2));
  time->wDayOfWeek = (WORD)((days + 1) % 7);  // 1601-01-01 was a Monday
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME* file_time, LPSYSTEMTIME time) {
  ULONGLONG ticks = from_file_time(file_time);
  if (ticks >> 63) return k32_fail(ERROR_INVALID_PARAMETER);
  ULONG in_day = (ULONG)(ticks % TICKS_PER_DAY / kTicksPerMillisecond);
  date_of((LONG)(ticks / TICKS_PER_DAY), time);
  time->wHour = (WORD)(in_day / 3600000);
  time->wMinute = (WORD)(in_day / 60000 % 60);
  time->wSecond = (WORD)(in_day / 1000 % 60);
  time->wMilliseconds = (WORD)(in_day % 1000);
  return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME* time, LPFILETIME file_time) {
  if (time->wYear < 1601 || time->wMonth < 1 || time->wMonth > 12 || time->wDay < 1 || time->wDay > 31 ||
      time->wHour > 23 || time->wMinute > 59 || time->wSecond > 59 || time->wMilliseconds > 999) {
    return k32_fail(ERROR_INVALID_PARAMETER);
  }
  ULONGLONG seconds = time->wHour * 3600ull + time->wMinute * 60ull + time->wSecond;
  ULONGLONG days = (ULONGLONG)days_of(time->wYear, time->wMonth, time->wDay);
  *file_time = to_file_time(days * TICKS_PER_DAY + seconds * TICKS_PER_SECOND +
                            time->wMilliseconds * (ULONGLONG)kTicksPerMillisecond);
  return TRUE;
}

void WINAPI GetSystemTime(LPSYSTEMTIME time) {
  FILETIME file_time = to_file_time(now());
  FileTimeToSystemTime(&file_time, time);
}

// The clock is the machine's: it is never set, and needs no correction.
BOOL WINAPI SetSystemTime(const SYSTEMTIME* time) {
  (void)time;
  return k32_fail(ERROR_PRIVILEGE_NOT_HELD);
}

BOOL WINAPI GetSystemTimeAdjustment(PDWORD adjustment, PDWORD increment, PBOOL disabled) {
  enum { kTick = 156250 };
  *adjustment = *increment = kTick;
  *disabled = TRUE;
  return TRUE;
}

void WINAPI GetLocalTime(LPSYSTEMTIME time) { GetSystemTime(time); }

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME* from, LPFILETIME to) {
  *to = *from;
  return TRUE;
}

BOOL WINAPI LocalFileTimeToFileTime(const FILETIME* from, LPFILETIME to) {
  *to = *from;
  return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME* a, const FILETIME* b) {
  ULONGLONG left = from_file_time(a), right = from_file_time(b);
  return left < right ? -1 : left > right;
}

DWORD WINAPI GetTimeZoneInformation(LPTIME_ZONE_INFORMATION zone) {
  *zone = (TIME_ZONE_INFORMATION){.StandardName = L"UTC", .DaylightName = L"UTC"};
  return TIME_ZONE_ID_UNKNOWN;
}

static BOOL query_times(QueryInformation query, ULONG information_class, HANDLE object, LPFILETIME created,
                        LPFILETIME ended, LPFILETIME kernel, LPFILETIME user) {
  struct {  // KERNEL_USER_TIMES
    FILETIME created, ended, kernel, user;
  } times;
  if (!k32_succeeded(query(object, information_class, &times, sizeof times, NULL))) return FALSE;
  *created = times.created;
  *ended = times.ended;
  *kernel = times.kernel;
  *user = times.user;
  return TRUE;
}

BOOL WINAPI GetProcessTimes(HANDLE process, LPFILETIME created, LPFILETIME ended, LPFILETIME kernel,
                            LPFILETIME user) {
  enum { kProcessTimes = 4 };
  return query_times(NtQueryInformationProcess, kProcessTimes, process, created, ended, kernel, user);
}

BOOL WINAPI GetThreadTimes(HANDLE thread, LPFILETIME created, LPFILETIME ended, LPFILETIME kernel,
                           LPFILETIME user) {
  enum { kThreadTimes = 1 };
  return query_times(NtQueryInformationThread, kThreadTimes, thread, created, ended, kernel, user);
}
