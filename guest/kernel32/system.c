// The machine and the Windows that it says it is.
#include "guest/kernel32/kernel32.h"

static BOOL basic_information(SystemBasicInformation* basic) {
  ULONG returned;
  return k32_succeeded(NtQuerySystemInformation(0, basic, sizeof *basic, &returned));
}

// CPUID leaf 1 EAX: family 27-20 and 11-8, model 19-16 and 7-4, stepping 3-0 (Intel SDM 3, CPUID).
static DWORD processor_signature(DWORD* features_edx, DWORD* features_ecx) {
  DWORD eax = 1, ebx, ecx, edx;
  __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
  *features_edx = edx;
  *features_ecx = ecx;
  return eax;
}

void WINAPI GetSystemInfo(LPSYSTEM_INFO system) {
  SystemBasicInformation basic = {0};
  DWORD edx, ecx, signature = processor_signature(&edx, &ecx);
  basic_information(&basic);
  *system = (SYSTEM_INFO){0};
  system->wProcessorArchitecture = PROCESSOR_ARCHITECTURE_INTEL;
  system->dwPageSize = basic.PageSize;
  system->lpMinimumApplicationAddress = nt_pointer(basic.MinimumUserModeAddress);
  system->lpMaximumApplicationAddress = nt_pointer(basic.MaximumUserModeAddress);
  system->dwActiveProcessorMask = basic.ActiveProcessorsAffinityMask;
  system->dwNumberOfProcessors = basic.NumberOfProcessors;
  system->dwProcessorType = PROCESSOR_INTEL_PENTIUM;
  system->dwAllocationGranularity = basic.AllocationGranularity;
  system->wProcessorLevel = (signature >> 8) & 0xf;
  system->wProcessorRevision = (WORD)(((signature & 0xf0) << 4) | (signature & 0xf));
}

void WINAPI GetNativeSystemInfo(LPSYSTEM_INFO system) { GetSystemInfo(system); }

BOOL WINAPI IsProcessorFeaturePresent(DWORD feature) {
  DWORD edx, ecx;
  processor_signature(&edx, &ecx);
  switch (feature) {
    case PF_FLOATING_POINT_PRECISION_ERRATA:
    case PF_FLOATING_POINT_EMULATED: return FALSE;
    case PF_COMPARE_EXCHANGE_DOUBLE: return edx >> 8 & 1;
    case PF_MMX_INSTRUCTIONS_AVAILABLE: return edx >> 23 & 1;
    case PF_XMMI_INSTRUCTIONS_AVAILABLE: return edx >> 25 & 1;
    case PF_XMMI64_INSTRUCTIONS_AVAILABLE: return edx >> 26 & 1;
    case PF_RDTSC_INSTRUCTION_AVAILABLE: return edx >> 4 & 1;
    case PF_SSE3_INSTRUCTIONS_AVAILABLE: return ecx & 1;
    default: return FALSE;
  }
}

// Bytes that the process has reserved.
static BOOL virtual_size(SIZE_T* size) {
  enum { kProcessVmCounters = 3 };
  VmCounters counters;
  const BOOL known = k32_succeeded(
      NtQueryInformationProcess(NT_CURRENT_PROCESS, kProcessVmCounters, &counters, sizeof counters, NULL));
  *size = known ? counters.VirtualSize : 0;
  return known;
}

static BOOL memory_information(SystemMemoryInformation* memory, SystemBasicInformation* basic) {
  ULONG returned;
  return basic_information(basic) &&
         k32_succeeded(
             NtQuerySystemInformation(PAGEWALK_SYSTEM_MEMORY_INFORMATION, memory, sizeof *memory, &returned));
}

BOOL WINAPI GlobalMemoryStatusEx(LPMEMORYSTATUSEX status) {
  SystemMemoryInformation memory;
  SystemBasicInformation basic;
  SIZE_T reserved;
  if (status->dwLength != sizeof *status) return k32_fail(ERROR_INVALID_PARAMETER);
  if (!memory_information(&memory, &basic) || !virtual_size(&reserved)) return FALSE;
  ULONGLONG page = basic.PageSize;
  status->ullTotalPhys = memory.TotalPhysicalPages * page;
  status->ullAvailPhys = memory.AvailablePages * page;
  status->ullTotalPageFile = memory.CommitLimitPages * page;
  status->ullAvailPageFile = (memory.CommitLimitPages - memory.CommitChargePages) * page;
  status->ullTotalVirtual = (ULONGLONG)basic.MaximumUserModeAddress - basic.MinimumUserModeAddress + 1;
  status->ullAvailVirtual = status->ullTotalVirtual - reserved;
  status->ullAvailExtendedVirtual = 0;
  status->dwMemoryLoad =
      (DWORD)((memory.TotalPhysicalPages - memory.AvailablePages) * 100ull / memory.TotalPhysicalPages);
  return TRUE;
}

static SIZE_T clamp(ULONGLONG bytes) { return bytes > MAXDWORD ? MAXDWORD : (SIZE_T)bytes; }

void WINAPI GlobalMemoryStatus(LPMEMORYSTATUS status) {
  MEMORYSTATUSEX full = {.dwLength = sizeof full};
  GlobalMemoryStatusEx(&full);
  *status = (MEMORYSTATUS){sizeof *status,
                           full.dwMemoryLoad,
                           clamp(full.ullTotalPhys),
                           clamp(full.ullAvailPhys),
                           clamp(full.ullTotalPageFile),
                           clamp(full.ullAvailPageFile),
                           clamp(full.ullTotalVirtual),
                           clamp(full.ullAvailVirtual)};
}

DWORD WINAPI GetVersion(void) {
  const Peb* peb = nt_peb();
  return (DWORD)peb->OSBuildNumber << 16 | (peb->OSMinorVersion & 0xff) << 8 | (peb->OSMajorVersion & 0xff);
}

BOOL WINAPI GetVersionExW(LPOSVERSIONINFOW version) {
  DWORD size = version->dwOSVersionInfoSize;
  if (size != sizeof(OSVERSIONINFOW) && size != sizeof(OSVERSIONINFOEXW)) {
    return k32_fail(ERROR_INSUFFICIENT_BUFFER);
  }
  return k32_succeeded(RtlGetVersion(version));
}

BOOL WINAPI GetVersionExA(LPOSVERSIONINFOA version) {
  DWORD size = version->dwOSVersionInfoSize;
  BOOL extended = size == sizeof(OSVERSIONINFOEXA);
  if (size != sizeof(OSVERSIONINFOA) && !extended) return k32_fail(ERROR_INSUFFICIENT_BUFFER);
  OSVERSIONINFOEXW wide = {.dwOSVersionInfoSize = sizeof wide};
  RtlGetVersion((OSVERSIONINFOW*)&wide);
  memcpy(version, &wide, offsetof(OSVERSIONINFOA, szCSDVersion));
  version->dwOSVersionInfoSize = size;
  version->szCSDVersion[0] = 0;
  if (extended) {
    SIZE_T tail = sizeof(OSVERSIONINFOEXA) - offsetof(OSVERSIONINFOEXA, wServicePackMajor);
    memcpy(&((OSVERSIONINFOEXA*)version)->wServicePackMajor, &wide.wServicePackMajor, tail);
  }
  return TRUE;
}

UINT WINAPI GetSystemDirectoryW(LPWSTR buffer, UINT room) {
  static const WCHAR kDirectory[] = L"C:\\Windows\\System32";
  return k32_return_text(kDirectory, sizeof kDirectory / sizeof *kDirectory - 1, buffer, room);
}

UINT WINAPI GetSystemDirectoryA(LPSTR buffer, UINT room) {
  static const WCHAR kDirectory[] = L"C:\\Windows\\System32";
  return k32_return_ansi(kDirectory, sizeof kDirectory / sizeof *kDirectory - 1, buffer, room);
}

UINT WINAPI GetWindowsDirectoryA(LPSTR buffer, UINT room) {
  return k32_return_ansi(L"C:\\Windows", 10, buffer, room);
}
UINT WINAPI GetWindowsDirectoryW(LPWSTR buffer, UINT room) {
  return k32_return_text(L"C:\\Windows", 10, buffer, room);
}

BOOL WINAPI GetComputerNameA(LPSTR buffer, LPDWORD size) {
  static const char kName[] = "PAGEWALK";
  DWORD room = *size;
  *size = sizeof kName - (room >= sizeof kName);
  if (room < sizeof kName) return k32_fail(ERROR_BUFFER_OVERFLOW);
  memcpy(buffer, kName, sizeof kName);
  return TRUE;
}
