// IsBadReadPtr and its kin ("Memory Management Functions", Microsoft): each page is touched under a frame of
// the exception chain. Whatever is raised meanwhile makes the pointer a bad one; a guard page has done its
// work then, as Microsoft's pages warn.
#include "guest/kernel32/kernel32.h"

enum { kPage = 0x1000 };

static void __cdecl read(volatile void* at) { (void)*(volatile char*)at; }
static void __cdecl write(volatile void* at) {
  volatile char* byte = at;
  *byte = *byte;
}

typedef void __cdecl Touch(volatile void* at);

// Whether a page of [begin, begin + size) is bad.
static BOOL is_bad(Touch* touch, volatile void* begin, UINT_PTR size) {
  ULONG at = (ULONG)begin, last = at + size - 1;
  if (size == 0) return FALSE;
  if (last < at) return TRUE;
  for (; k32_guarded(touch, (volatile void*)at); at = (at & ~(kPage - 1u)) + kPage) {
    if ((at ^ last) < kPage) return FALSE;
  }
  return TRUE;
}

BOOL WINAPI IsBadReadPtr(const VOID* begin, UINT_PTR size) { return is_bad(read, (void*)begin, size); }
BOOL WINAPI IsBadWritePtr(LPVOID begin, UINT_PTR size) { return is_bad(write, begin, size); }
BOOL WINAPI IsBadHugeReadPtr(const VOID* begin, UINT_PTR size) { return IsBadReadPtr(begin, size); }
BOOL WINAPI IsBadHugeWritePtr(LPVOID begin, UINT_PTR size) { return IsBadWritePtr(begin, size); }
BOOL WINAPI IsBadCodePtr(FARPROC code) { return IsBadReadPtr((const void*)code, 1); }

// Up to the 0, or `longest` characters.
BOOL WINAPI IsBadStringPtrA(LPCSTR text, UINT_PTR longest) {
  for (volatile char* at = (volatile char*)text; longest > 0; ++at, --longest) {
    BOOL new_page = at == text || (ULONG)at % kPage == 0;
    if (new_page && !k32_guarded(read, at)) return TRUE;
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
