// The process: how it was started, who it is, how it ends ("Process and Thread Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

HANDLE WINAPI GetCurrentProcess(void) { return NT_CURRENT_PROCESS; }
HANDLE WINAPI GetCurrentThread(void) { return NT_CURRENT_THREAD; }
DWORD WINAPI GetCurrentProcessId(void) { return nt_teb()->ProcessId; }
DWORD WINAPI GetCurrentThreadId(void) { return nt_teb()->ThreadId; }

LPWSTR WINAPI GetCommandLineW(void) { return nt_pointer(k32_parameters()->CommandLine.Buffer); }

LPSTR WINAPI GetCommandLineA(void) {
  static char* line;
  if (!line) line = k32_to_ansi(GetCommandLineW());
  return line;
}

void WINAPI GetStartupInfoW(LPSTARTUPINFOW startup) {
  const ProcessParameters* parameters = k32_parameters();
  *startup = (STARTUPINFOW){.cb = sizeof *startup,
                            .lpDesktop = nt_pointer(parameters->DesktopInfo.Buffer),
                            .lpTitle = nt_pointer(parameters->WindowTitle.Buffer),
                            .dwX = parameters->StartingX,
                            .dwY = parameters->StartingY,
                            .dwXSize = parameters->CountX,
                            .dwYSize = parameters->CountY,
                            .dwXCountChars = parameters->CountCharsX,
                            .dwYCountChars = parameters->CountCharsY,
                            .dwFillAttribute = parameters->FillAttribute,
                            .dwFlags = parameters->WindowFlags,
                            .wShowWindow = (WORD)parameters->ShowWindowFlags,
                            .hStdInput = (HANDLE)parameters->StandardInput,
                            .hStdOutput = (HANDLE)parameters->StandardOutput,
                            .hStdError = (HANDLE)parameters->StandardError};
}

void WINAPI GetStartupInfoA(LPSTARTUPINFOA startup) {
  static char* desktop;
  static char* title;
  GetStartupInfoW((LPSTARTUPINFOW)startup);  // alike but for the strings
  if (!desktop) desktop = k32_to_ansi(((LPSTARTUPINFOW)startup)->lpDesktop);
  if (!title) title = k32_to_ansi(((LPSTARTUPINFOW)startup)->lpTitle);
  startup->lpDesktop = desktop;
  startup->lpTitle = title;
}

void WINAPI ExitProcess(UINT code) {
  RtlExitUserProcess((NTSTATUS)code);
  __builtin_unreachable();
}

BOOL WINAPI TerminateProcess(HANDLE process, UINT code) {
  return k32_succeeded(NtTerminateProcess(process, (NTSTATUS)code));
}

BOOL WINAPI IsDebuggerPresent(void) { return nt_peb()->BeingDebugged; }

BOOL WINAPI IsWow64Process(HANDLE process, PBOOL wow64) {
  (void)process;
  *wow64 = FALSE;
  return TRUE;
}

BOOL WINAPI GetProcessAffinityMask(HANDLE process, PDWORD_PTR own, PDWORD_PTR system) {
  SYSTEM_INFO information;
  (void)process;
  GetSystemInfo(&information);
  *own = *system = information.dwActiveProcessorMask;
  return TRUE;
}

BOOL WINAPI SetProcessAffinityMask(HANDLE process, DWORD_PTR mask) {
  if (!GetProcessId(process)) return FALSE;
  return mask == 1 || k32_fail(ERROR_INVALID_PARAMETER);  // there is one processor
}

UINT WINAPI SetErrorMode(UINT mode) {
  static UINT current;
  UINT old = current;
  current = mode;
  return old;
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handler, BOOL add) {
  (void)handler, (void)add;  // no console sends control events to the guest
  return TRUE;
}

// What a process without an instruction to hide needs: the same reversible scramble both ways.
PVOID WINAPI EncodePointer(PVOID pointer) {
  return (PVOID)((ULONG)pointer ^ 0x5a5aa5a5u ^ nt_teb()->ProcessId);
}
PVOID WINAPI DecodePointer(PVOID pointer) { return EncodePointer(pointer); }
PVOID WINAPI EncodeSystemPointer(PVOID pointer) { return EncodePointer(pointer); }
PVOID WINAPI DecodeSystemPointer(PVOID pointer) { return EncodePointer(pointer); }
