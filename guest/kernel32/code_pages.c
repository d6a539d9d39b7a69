// Text in code pages: 1252 (the ANSI, OEM and thread code page here), ASCII and UTF-8 ("Unicode and Character
// Set Functions", Microsoft; RFC 3629).
#include "guest/kernel32/kernel32.h"

enum { kLatin = 1252, kAscii = 20127, kReplacement = 0xfffd };

static BOOL is_latin(UINT code_page) {
  return code_page == CP_ACP || code_page == CP_OEMCP || code_page == CP_THREAD_ACP || code_page == kLatin ||
         code_page == kAscii;
}

UINT WINAPI GetACP(void) { return kLatin; }
UINT WINAPI GetOEMCP(void) { return kLatin; }
BOOL WINAPI IsValidCodePage(UINT code_page) {
  return code_page == kLatin || code_page == kAscii || code_page == CP_UTF8;
}
BOOL WINAPI IsDBCSLeadByte(BYTE byte) {
  (void)byte;
  return FALSE;
}
BOOL WINAPI IsDBCSLeadByteEx(UINT code_page, BYTE byte) {
  (void)code_page, (void)byte;
  return FALSE;
}

BOOL WINAPI GetCPInfo(UINT code_page, LPCPINFO information) {
  if (!is_latin(code_page) && code_page != CP_UTF8) return k32_fail(ERROR_INVALID_PARAMETER);
  *information = (CPINFO){.MaxCharSize = code_page == CP_UTF8 ? 4 : 1, .DefaultChar = {'?', 0}};
  return TRUE;
}

// Where converted units go: counted always, stored while there is room.
typedef struct Output {
  void* to;
  int room;  // 0: only count
  int count;
} Output;

static void put_wide(Output* output, WCHAR unit) {
  if (output->count < output->room) ((WCHAR*)output->to)[output->count] = unit;
  ++output->count;
}

static void put_byte(Output* output, ULONG byte) {
  if (output->count < output->room) ((char*)output->to)[output->count] = (char)byte;
  ++output->count;
}

static int finish(const Output* output) {
  if (output->room == 0 || output->count <= output->room) return output->count;
  return k32_fail(ERROR_INSUFFICIENT_BUFFER);
}

// One character from UTF-8; kReplacement with *valid cleared for what is none. Advances past it.
static ULONG decode(const UCHAR** at, const UCHAR* end, BOOL* valid) {
  ULONG lead = *(*at)++;
  if (lead < 0x80) return lead;
  ULONG more = lead >= 0xf0 && lead <= 0xf4  ? 3
               : lead >= 0xe0 && lead < 0xf0 ? 2
               : lead >= 0xc2 && lead < 0xe0 ? 1
                                             : 0;
  ULONG value = lead & (0x3fu >> more);
  BOOL good = more != 0;
  for (ULONG i = 0; good && i < more; ++i) {
    good = *at < end && (**at & 0xc0) == 0x80;
    if (good) value = value << 6 | (*(*at)++ & 0x3f);
  }
  BOOL too_long = (more == 2 && value < 0x800) || (more == 3 && value < 0x10000);
  if (good && !too_long && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff)) return value;
  *valid = FALSE;
  return kReplacement;
}

static BOOL from_utf8(Output* output, const UCHAR* at, const UCHAR* end) {
  BOOL valid = TRUE;
  while (at < end) {
    ULONG value = decode(&at, end, &valid);
    if (value >= 0x10000) {
      put_wide(output, (WCHAR)(0xd7c0 + (value >> 10)));
      put_wide(output, (WCHAR)(0xdc00 + (value & 0x3ff)));
    } else {
      put_wide(output, (WCHAR)value);
    }
  }
  return valid;
}

static void from_latin(Output* output, const char* at, int length) {
  for (int i = 0; i < length; ++i) {
    WCHAR unit;
    RtlMultiByteToUnicodeN(&unit, sizeof unit, NULL, at + i, 1);
    put_wide(output, unit);
  }
}

int WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCCH from, int length, LPWSTR to, int room) {
  if (!from || length == 0 || length < -1 || room < 0 || (room && !to) || (LPCVOID)from == to ||
      (!is_latin(code_page) && code_page != CP_UTF8)) {
    return k32_fail(ERROR_INVALID_PARAMETER);
  }
  if (length < 0) length = (int)strlen(from) + 1;
  Output output = {to, room, 0};
  if (code_page != CP_UTF8) {
    from_latin(&output, from, length);
  } else if (!from_utf8(&output, (const UCHAR*)from, (const UCHAR*)from + length) &&
             flags & MB_ERR_INVALID_CHARS) {
    return k32_fail(ERROR_NO_UNICODE_TRANSLATION);
  }
  return finish(&output);
}

static void encode(Output* output, ULONG value) {
  if (value < 0x80) {
    put_byte(output, value);
    return;
  }
  ULONG more = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  put_byte(output, ((0xf00u >> more) & 0xff) | value >> (6 * more));
  while (more--) put_byte(output, 0x80 | ((value >> (6 * more)) & 0x3f));
}

static BOOL to_utf8(Output* output, const WCHAR* at, const WCHAR* end) {
  BOOL valid = TRUE;
  while (at < end) {
    ULONG value = *at++;
    BOOL high = value >= 0xd800 && value <= 0xdbff;
    if (high && at < end && *at >= 0xdc00 && *at <= 0xdfff) {
      value = 0x10000 + ((value - 0xd800) << 10) + (*at++ - 0xdc00u);
    } else if (value >= 0xd800 && value <= 0xdfff) {
      value = kReplacement;
      valid = FALSE;
    }
    encode(output, value);
  }
  return valid;
}

static BOOL to_latin(Output* output, const WCHAR* from, int length, char unknown) {
  BOOL all = TRUE;
  for (int i = 0; i < length; ++i) {
    char byte;
    RtlUnicodeToMultiByteN(&byte, 1, NULL, from + i, sizeof *from);
    BOOL known = byte != '?' || from[i] == '?';
    put_byte(output, (UCHAR)(known ? byte : unknown));
    all = all && known;
  }
  return all;
}

int WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWCH from, int length, LPSTR to, int room,
                               LPCCH default_character, LPBOOL used_default) {
  BOOL utf8 = code_page == CP_UTF8;
  if (!from || length == 0 || length < -1 || room < 0 || (room && !to) || (LPCVOID)from == to ||
      (!is_latin(code_page) && !utf8) || (utf8 && (default_character || used_default))) {
    return k32_fail(ERROR_INVALID_PARAMETER);
  }
  if (length < 0) length = (int)k32_wide_length(from) + 1;
  Output output = {to, room, 0};
  if (utf8) {
    BOOL valid = to_utf8(&output, from, from + length);
    if (!valid && flags & WC_ERR_INVALID_CHARS) return k32_fail(ERROR_NO_UNICODE_TRANSLATION);
  } else {
    BOOL all = to_latin(&output, from, length, default_character ? *default_character : '?');
    if (used_default) *used_default = !all;
  }
  return finish(&output);
}
