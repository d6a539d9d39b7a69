// Where CreateProcess looks for a program ("CreateProcessW", Microsoft, lpApplicationName and lpCommandLine).
#ifndef PAGEWALK_GUEST_KERNEL32_IMAGE_SEARCH_H
#define PAGEWALK_GUEST_KERNEL32_IMAGE_SEARCH_H

#include "guest/kernel32/kernel32.h"

enum { kLongestImagePath = 260 };

// Tries a full path: a program is started, or the status says why not.
typedef NTSTATUS StartImage(void* context, const WCHAR* path);

// Tries what `application` names, or else what `line` begins with, place by place, until one is there. Its
// status, or that of the first which is not.
NTSTATUS k32_start_image(const WCHAR* application, const WCHAR* line, StartImage* start, void* context);

#endif
