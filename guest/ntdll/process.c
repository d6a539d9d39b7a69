// The process and the system as ntdll tells of them.
#include "guest/ntdll/ntdll.h"
#include "guest/runtime/memory.h"

Peb* NTAPI RtlGetCurrentPeb(void) { return nt_peb(); }

void NTAPI RtlGetNtVersionNumbers(ULONG* major, ULONG* minor, ULONG* build) {
  const Peb* peb = nt_peb();
  if (major) *major = peb->OSMajorVersion;
  if (minor) *minor = peb->OSMinorVersion;
  if (build) *build = 0xf0000000u | peb->OSBuildNumber;  // a free (not checked) build
}

NTSTATUS NTAPI RtlGetVersion(RTL_OSVERSIONINFOW* version) {
  const Peb* peb = nt_peb();
  version->dwMajorVersion = peb->OSMajorVersion;
  version->dwMinorVersion = peb->OSMinorVersion;
  version->dwBuildNumber = peb->OSBuildNumber;
  version->dwPlatformId = peb->OSPlatformId;
  version->szCSDVersion[0] = 0;
  if (version->dwOSVersionInfoSize != sizeof(RTL_OSVERSIONINFOEXW)) return STATUS_SUCCESS;
  RTL_OSVERSIONINFOEXW* extended = (RTL_OSVERSIONINFOEXW*)version;
  extended->wServicePackMajor = extended->wServicePackMinor = 0;
  extended->wSuiteMask = VER_SUITE_SINGLEUSERTS;
  extended->wProductType = VER_NT_WORKSTATION;
  return STATUS_SUCCESS;
}

static BOOLEAN run_is_clear(const NtBitmap* bitmap, ULONG from, ULONG count) {
  for (ULONG bit = from; bit < from + count; ++bit) {
    if (bitmap->Buffer[bit / 32] >> (bit % 32) & 1) return FALSE;
  }
  return TRUE;
}

// The first clear run of `count` bits from `hint` on, then from the start: set, and its index; or 0xffffffff.
ULONG NTAPI RtlFindClearBitsAndSet(NtBitmap* bitmap, ULONG count, ULONG hint) {
  if (count == 0 || count > bitmap->SizeOfBitMap) return MAXDWORD;
  ULONG places = bitmap->SizeOfBitMap - count + 1;
  for (ULONG i = 0; i < places; ++i) {
    ULONG from = (hint + i) % places;
    if (!run_is_clear(bitmap, from, count)) continue;
    for (ULONG bit = from; bit < from + count; ++bit) bitmap->Buffer[bit / 32] |= 1u << (bit % 32);
    return from;
  }
  return MAXDWORD;
}

// The generators that "RtlUniform" documents: multiplier 0x7fffffed, increment 0x7fffffc3, modulus 2^31 - 1.
ULONG NTAPI RtlUniform(ULONG* seed) {
  *seed = (ULONG)((*seed * 0x7fffffedull + 0x7fffffc3) % 0x7fffffff);
  return *seed;
}

ULONG NTAPI RtlRandom(ULONG* seed) { return RtlUniform(seed); }

void NTAPI RtlMoveMemory(void* to, const void* from, SIZE_T size);
void NTAPI RtlFillMemory(void* to, SIZE_T size, UCHAR value);
void NTAPI RtlZeroMemory(void* to, SIZE_T size);

void NTAPI RtlMoveMemory(void* to, const void* from, SIZE_T size) { memmove(to, from, size); }
void NTAPI RtlFillMemory(void* to, SIZE_T size, UCHAR value) { memset(to, value, size); }
void NTAPI RtlZeroMemory(void* to, SIZE_T size) { memset(to, 0, size); }

SIZE_T NTAPI RtlCompareMemory(const void* a, const void* b, SIZE_T size) {
  const UCHAR *left = a, *right = b;
  SIZE_T equal = 0;
  while (equal < size && left[equal] == right[equal]) ++equal;
  return equal;
}
