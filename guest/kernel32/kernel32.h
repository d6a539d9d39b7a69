// What kernel32's files share. Results and error codes are those of Microsoft's pages for each function.
#ifndef PAGEWALK_GUEST_KERNEL32_KERNEL32_H
#define PAGEWALK_GUEST_KERNEL32_KERNEL32_H

#define _KERNEL32_
#include "guest/ntdll/ntdll.h"
#include "guest/runtime/memory.h"

static inline ProcessParameters* k32_parameters(void) { return nt_pointer(nt_peb()->ProcessParameters); }
static inline HANDLE k32_heap(void) { return nt_pointer(nt_peb()->ProcessHeap); }

// Sets the last error from a status that failed; true when it did not.
static inline BOOL k32_succeeded(NTSTATUS status) {
  if (NT_SUCCESS(status)) return TRUE;
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  return FALSE;
}

static inline BOOL k32_fail(DWORD error) {
  nt_teb()->LastErrorValue = error;
  return FALSE;
}

static inline SIZE_T k32_wide_length(const WCHAR* text) { return wide_length(text); }

// A heap copy in the ANSI code page, or in UTF-16; null when there is no memory (last error set) or no text.
char* k32_to_ansi(const WCHAR* text);
WCHAR* k32_to_wide(const char* text);
void k32_free(void* text);

// Copies `text` (`length` characters, then 0) as the Get... functions do: the length when it fitted, else the
// room that is needed, the 0 included.
DWORD k32_return_text(const WCHAR* text, SIZE_T length, WCHAR* to, DWORD room);
DWORD k32_return_ansi(const WCHAR* text, SIZE_T length, char* to, DWORD room);

// Nt{Query,Set}Information{Process,Thread}.
typedef NTSTATUS(NTAPI* QueryInformation)(HANDLE object, ULONG information_class, void* buffer, ULONG length,
                                          ULONG* returned);
typedef NTSTATUS(NTAPI* SetInformation)(HANDLE object, ULONG information_class, const void* buffer,
                                        ULONG length);

// Calls body(argument). FALSE when that raised an exception: what came behind it has not been done.
BOOL __cdecl k32_guarded(void(__cdecl* body)(volatile void*), volatile void* argument);

// The priority class (its number) of a process created with these flags.
UCHAR k32_class_of_child(DWORD creation_flags);

#endif
