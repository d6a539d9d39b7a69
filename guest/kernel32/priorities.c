// Priority classes of processes, and boosts of priorities (Microsoft, "Scheduling Priorities",
// SetPriorityClass, CreateProcess, SetThreadPriorityBoost).
#include "guest/kernel32/kernel32.h"

// Classes of Nt{Query,Set}InformationProcess, and of ...Thread.
enum { kPriorityClass = 18, kProcessPriorityBoost = 22, kThreadPriorityBoost = 14 };

typedef struct PriorityClass {  // PROCESS_PRIORITY_CLASS
  BOOLEAN Foreground;
  UCHAR PriorityClass;
} PriorityClass;

static const struct {
  DWORD flag;
  UCHAR number;
} kClasses[] = {
    {IDLE_PRIORITY_CLASS, 1},     {NORMAL_PRIORITY_CLASS, 2},       {HIGH_PRIORITY_CLASS, 3},
    {REALTIME_PRIORITY_CLASS, 4}, {BELOW_NORMAL_PRIORITY_CLASS, 5}, {ABOVE_NORMAL_PRIORITY_CLASS, 6},
};
enum { kClassCount = sizeof kClasses / sizeof *kClasses };

static UCHAR number_of(DWORD flag) {
  for (int i = 0; i < kClassCount; ++i) {
    if (kClasses[i].flag == flag) return kClasses[i].number;
  }
  return 0;
}

static NTSTATUS set_class(HANDLE process, DWORD flag) {
  PriorityClass wanted = {FALSE, number_of(flag)};
  return NtSetInformationProcess(process, kPriorityClass, &wanted, sizeof wanted);
}

// Who may not have the real-time class gets the high one, without being told.
BOOL WINAPI SetPriorityClass(HANDLE process, DWORD priority_class) {
  NTSTATUS status = set_class(process, priority_class);
  if (status == STATUS_PRIVILEGE_NOT_HELD) status = set_class(process, HIGH_PRIORITY_CLASS);
  return k32_succeeded(status);
}

DWORD WINAPI GetPriorityClass(HANDLE process) {
  PriorityClass found;
  if (!k32_succeeded(NtQueryInformationProcess(process, kPriorityClass, &found, sizeof found, NULL)))
    return 0;
  for (int i = 0; i < kClassCount; ++i) {
    if (kClasses[i].number == found.PriorityClass) return kClasses[i].flag;
  }
  return 0;
}

// What the flags say, else the parent's if it is below normal.
UCHAR k32_class_of_child(DWORD creation_flags) {
  DWORD wanted = 0;
  for (int i = 0; i < kClassCount; ++i) wanted |= creation_flags & kClasses[i].flag;
  if (wanted) return number_of(wanted & REALTIME_PRIORITY_CLASS ? HIGH_PRIORITY_CLASS : wanted);
  DWORD own = GetPriorityClass(NT_CURRENT_PROCESS);
  return number_of(own == IDLE_PRIORITY_CLASS || own == BELOW_NORMAL_PRIORITY_CLASS ? own
                                                                                    : NORMAL_PRIORITY_CLASS);
}

static BOOL disable_boost(SetInformation set, ULONG information_class, HANDLE object, BOOL disable) {
  ULONG value = disable != 0;
  return k32_succeeded(set(object, information_class, &value, sizeof value));
}

static BOOL boost_disabled(QueryInformation query, ULONG information_class, HANDLE object, PBOOL disabled) {
  ULONG value;
  if (!k32_succeeded(query(object, information_class, &value, sizeof value, NULL))) return FALSE;
  *disabled = value != 0;
  return TRUE;
}

BOOL WINAPI SetProcessPriorityBoost(HANDLE process, BOOL disable) {
  return disable_boost(NtSetInformationProcess, kProcessPriorityBoost, process, disable);
}
BOOL WINAPI GetProcessPriorityBoost(HANDLE process, PBOOL disabled) {
  return boost_disabled(NtQueryInformationProcess, kProcessPriorityBoost, process, disabled);
}
BOOL WINAPI SetThreadPriorityBoost(HANDLE thread, BOOL disable) {
  return disable_boost(NtSetInformationThread, kThreadPriorityBoost, thread, disable);
}
BOOL WINAPI GetThreadPriorityBoost(HANDLE thread, PBOOL disabled) {
  return boost_disabled(NtQueryInformationThread, kThreadPriorityBoost, thread, disabled);
}
