// Characters: case, and code page 1252 (Unicode's CP1252.TXT) to and from UTF-16.
#include "guest/ntdll/ntdll.h"

// 0x80-0x9f; the five codes that the table leaves out map to the control characters of the same number.
static const WCHAR kHigh[32] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static WCHAR to_wide(UCHAR c) { return c - 0x80u < 32 ? kHigh[c - 0x80] : c; }

static char to_narrow(WCHAR c) {
  if (c < 0x80 || (c >= 0xa0 && c <= 0xff)) return (char)c;
  for (ULONG i = 0; i < 32; ++i) {
    if (kHigh[i] == c) return (char)(0x80 + i);
  }
  return '?';
}

NTSTATUS NTAPI RtlMultiByteToUnicodeN(WCHAR* to, ULONG size, ULONG* written, const char* from,
                                      ULONG from_size) {
  ULONG count = size / sizeof *to < from_size ? size / sizeof *to : from_size;
  for (ULONG i = 0; i < count; ++i) to[i] = to_wide((UCHAR)from[i]);
  if (written) *written = count * sizeof *to;
  return count < from_size ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(char* to, ULONG size, ULONG* written, const WCHAR* from,
                                      ULONG from_size) {
  ULONG have = from_size / sizeof *from, count = size < have ? size : have;
  for (ULONG i = 0; i < count; ++i) to[i] = to_narrow(from[i]);
  if (written) *written = count;
  return count < have ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(ULONG* size, const char* from, ULONG from_size) {
  (void)from;
  *size = from_size * sizeof(WCHAR);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(ULONG* size, const WCHAR* from, ULONG from_size) {
  (void)from;
  *size = from_size / sizeof(WCHAR);
  return STATUS_SUCCESS;
}

char NTAPI RtlUpperChar(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 0x20) : c; }

// Latin, Greek and Cyrillic letters of the basic blocks.
WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? (WCHAR)(c - 0x20) : c;
  if (c >= 0xe0 && c <= 0xfe && c != 0xf7) return (WCHAR)(c - 0x20);
  if (c == 0xff) return 0x178;
  if (c >= 0x100 && c <= 0x137) return c & 1 ? (WCHAR)(c - 1) : c;
  if (c >= 0x14a && c <= 0x177) return c & 1 ? (WCHAR)(c - 1) : c;
  if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) return (WCHAR)(c - 0x20);
  if (c >= 0x430 && c <= 0x44f) return (WCHAR)(c - 0x20);
  if (c >= 0x450 && c <= 0x45f) return (WCHAR)(c - 0x50);
  return c;
}

WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? (WCHAR)(c + 0x20) : c;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return (WCHAR)(c + 0x20);
  if (c == 0x178) return 0xff;
  if (c >= 0x100 && c <= 0x137) return c & 1 ? c : (WCHAR)(c + 1);
  if (c >= 0x14a && c <= 0x177) return c & 1 ? c : (WCHAR)(c + 1);
  if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) return (WCHAR)(c + 0x20);
  if (c >= 0x410 && c <= 0x42f) return (WCHAR)(c + 0x20);
  if (c >= 0x400 && c <= 0x40f) return (WCHAR)(c + 0x50);
  return c;
}
