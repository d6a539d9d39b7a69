// Texts for error codes, and debugging output ("Error Handling Functions", Microsoft). The last error itself
// is ntdll's (SetLastError and GetLastError are forwarded).
#include "guest/kernel32/kernel32.h"

// An exception tells a debugger where the text lies; without one nobody sees it (Microsoft,
// "OutputDebugStringA": DBG_PRINTEXCEPTION_C).
static void __cdecl tell_debugger(volatile void* text) {
  const ULONG_PTR arguments[] = {strlen((const char*)text) + 1, (ULONG_PTR)text};
  RaiseException(DBG_PRINTEXCEPTION_C, 0, 2, arguments);
}

void WINAPI OutputDebugStringA(LPCSTR text) { k32_guarded(tell_debugger, (void*)(text ? text : "")); }

// "Converts the string with the current system locale and passes it to OutputDebugStringA" (Microsoft,
// "OutputDebugStringW").
void WINAPI OutputDebugStringW(LPCWSTR text) {
  char* ansi = text ? k32_to_ansi(text) : NULL;
  OutputDebugStringA(ansi);
  if (ansi) k32_free(ansi);
}

// EXCEPTION_BREAKPOINT in the caller's process; who debugs it goes on behind the instruction.
void WINAPI DebugBreak(void) { __asm__ volatile("int3"); }

typedef struct Message {
  DWORD error;
  const char* text;
} Message;

static const Message kMessages[] = {
    {ERROR_SUCCESS, "The operation completed successfully.\r\n"},
    {ERROR_FILE_NOT_FOUND, "The system cannot find the file specified.\r\n"},
    {ERROR_PATH_NOT_FOUND, "The system cannot find the path specified.\r\n"},
    {ERROR_ACCESS_DENIED, "Access is denied.\r\n"},
    {ERROR_INVALID_HANDLE, "The handle is invalid.\r\n"},
    {ERROR_NOT_ENOUGH_MEMORY, "Not enough memory resources are available to process this command.\r\n"},
    {ERROR_INVALID_PARAMETER, "The parameter is incorrect.\r\n"},
    {ERROR_INSUFFICIENT_BUFFER, "The data area passed to a system call is too small.\r\n"},
    {ERROR_MOD_NOT_FOUND, "The specified module could not be found.\r\n"},
    {ERROR_PROC_NOT_FOUND, "The specified procedure could not be found.\r\n"},
    {ERROR_INVALID_ADDRESS, "Attempt to access invalid address.\r\n"},
    {ERROR_NOACCESS, "Invalid access to memory location.\r\n"},
    {ERROR_COMMITMENT_LIMIT, "The paging file is too small for this operation to complete.\r\n"},
};

static const char* system_message(DWORD error) {
  for (SIZE_T i = 0; i < sizeof kMessages / sizeof *kMessages; ++i) {
    if (kMessages[i].error == error) return kMessages[i].text;
  }
  return NULL;
}

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID source, DWORD error, DWORD language, LPSTR buffer,
                            DWORD room, va_list* arguments) {
  (void)source, (void)language, (void)arguments;
  const char* text = flags & FORMAT_MESSAGE_FROM_SYSTEM ? system_message(error) : NULL;
  if (!text) return k32_fail(ERROR_MR_MID_NOT_FOUND);
  SIZE_T length = strlen(text);
  if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
    char* made = RtlAllocateHeap(k32_heap(), 0, (length < room ? room : length) + 1);
    if (!made) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
    *(char**)buffer = made;
    buffer = made;
  } else if (length >= room) {
    return k32_fail(ERROR_INSUFFICIENT_BUFFER);
  }
  memcpy(buffer, text, length + 1);
  return length;
}
