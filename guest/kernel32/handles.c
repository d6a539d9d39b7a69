// Handles ("Handle and Object Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

BOOL WINAPI DuplicateHandle(HANDLE from, HANDLE handle, HANDLE to, LPHANDLE copy, DWORD access, BOOL inherit,
                            DWORD options) {
  return k32_succeeded(
      NtDuplicateObject(from, handle, to, copy, access, inherit ? HANDLE_FLAG_INHERIT << 1 : 0, options));
}

enum { kHandleFlags = 4 };  // the class of Nt{Query,Set}InformationObject

BOOL WINAPI GetHandleInformation(HANDLE handle, LPDWORD flags) {
  ObjectHandleFlagInformation information;
  if (!k32_succeeded(NtQueryObject(handle, kHandleFlags, &information, sizeof information, NULL)))
    return FALSE;
  *flags = (information.Inherit ? HANDLE_FLAG_INHERIT : 0) |
           (information.ProtectFromClose ? HANDLE_FLAG_PROTECT_FROM_CLOSE : 0);
  return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE handle, DWORD mask, DWORD flags) {
  DWORD now;
  if (mask & ~(DWORD)(HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE))
    return k32_fail(ERROR_INVALID_PARAMETER);
  if (!GetHandleInformation(handle, &now)) return FALSE;
  now = (now & ~mask) | (flags & mask);
  ObjectHandleFlagInformation information = {(now & HANDLE_FLAG_INHERIT) != 0,
                                             (now & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0};
  return k32_succeeded(NtSetInformationObject(handle, kHandleFlags, &information, sizeof information));
}
