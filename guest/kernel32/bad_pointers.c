// IsBadReadPtr and its kin ("Memory Management Functions", Microsoft): each page is touched under a frame of
// the exception chain. Whatever is raised meanwhile makes the pointer a bad one; a guard page has done its
// work then, as Microsoft's pages warn.
#include "guest/kernel32/kernel32.h"

enum { kPage = 0x1000 };

BOOL __cdecl k32_read(volatile void* at);   // FALSE when that raised an exception
BOOL __cdecl k32_write(volatile void* at);  // writes back what it read

// `frame` lies where k32_read or k32_write put it: they end as if the access had succeeded, with EAX = FALSE.
EXCEPTION_DISPOSITION __cdecl k32_bad_pointer(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                              void* dispatcher) __attribute__((used));
extern char k32_end_of_touch[];

EXCEPTION_DISPOSITION __cdecl k32_bad_pointer(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                              void* dispatcher) {
  (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  context->Eax = FALSE;
  context->Esp = (ULONG)frame;
  context->Eip = (ULONG)k32_end_of_touch;
  return ExceptionContinueExecution;
}

__asm__(
    ".text\n .balign 16\n"
    "_k32_read:\n"
    " pushl $_k32_bad_pointer\n pushl %fs:0\n movl %esp, %fs:0\n"
    " movl 12(%esp), %ecx\n movb (%ecx), %al\n movl $1, %eax\n jmp _k32_end_of_touch\n"
    " .balign 16\n"
    "_k32_write:\n"
    " pushl $_k32_bad_pointer\n pushl %fs:0\n movl %esp, %fs:0\n"
    " movl 12(%esp), %ecx\n movb (%ecx), %al\n movb %al, (%ecx)\n movl $1, %eax\n"
    "_k32_end_of_touch:\n"
    " popl %fs:0\n addl $4, %esp\n ret\n");

typedef BOOL __cdecl Touch(volatile void* at);

// Whether a page of [begin, begin + size) is bad.
static BOOL is_bad(Touch* touch, volatile void* begin, UINT_PTR size) {
  ULONG at = (ULONG)begin, last = at + size - 1;
  if (size == 0) return FALSE;
  if (last < at) return TRUE;
  for (; touch((volatile void*)at); at = (at & ~(kPage - 1u)) + kPage) {
    if ((at ^ last) < kPage) return FALSE;
  }
  return TRUE;
}

BOOL WINAPI IsBadReadPtr(const VOID* begin, UINT_PTR size) { return is_bad(k32_read, (void*)begin, size); }
BOOL WINAPI IsBadWritePtr(LPVOID begin, UINT_PTR size) { return is_bad(k32_write, begin, size); }
BOOL WINAPI IsBadHugeReadPtr(const VOID* begin, UINT_PTR size) { return IsBadReadPtr(begin, size); }
BOOL WINAPI IsBadHugeWritePtr(LPVOID begin, UINT_PTR size) { return IsBadWritePtr(begin, size); }
BOOL WINAPI IsBadCodePtr(FARPROC code) { return IsBadReadPtr((const void*)code, 1); }

// Up to the 0, or `longest` characters.
BOOL WINAPI IsBadStringPtrA(LPCSTR text, UINT_PTR longest) {
  for (volatile char* at = (volatile char*)text; longest > 0; ++at, --longest) {
    BOOL new_page = at == text || (ULONG)at % kPage == 0;
    if (new_page && !k32_read((volatile void*)at)) return TRUE;
    if (*at == 0) return FALSE;
  }
  return FALSE;
}

BOOL WINAPI IsBadStringPtrW(LPCWSTR text, UINT_PTR longest) {
  for (const volatile WCHAR* at = text; longest > 0; ++at, --longest) {
    if (IsBadReadPtr((const void*)at, sizeof *at)) return TRUE;
    if (*at == 0) return FALSE;
  }
  return FALSE;
}
