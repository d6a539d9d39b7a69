// Counted strings ("Run-Time Library (RTL) Functions", WDK). Lengths are bytes.
#include "guest/ntdll/ntdll.h"
#include "guest/runtime/memory.h"

static HANDLE process_heap(void) { return nt_pointer(nt_peb()->ProcessHeap); }

void NTAPI RtlInitAnsiString(AnsiString* string, const char* text) {
  SIZE_T length = text ? strlen(text) : 0;
  string->Buffer = (char*)text;
  string->Length = (USHORT)(length > 0xfffe ? 0xfffe : length);
  string->MaximumLength = text ? (USHORT)(string->Length + 1) : 0;
}

void NTAPI RtlInitUnicodeString(NtUnicodeString* string, const WCHAR* text) {
  ULONG length = text ? wide_length(text) * sizeof *text : 0;
  string->Buffer = (WCHAR*)text;
  string->Length = (USHORT)(length > 0xfffc ? 0xfffc : length);
  string->MaximumLength = text ? (USHORT)(string->Length + sizeof *text) : 0;
}

static BOOLEAN allocate(NtUnicodeString* string, ULONG bytes) {
  if (bytes > 0xfffe) return FALSE;
  string->Buffer = RtlAllocateHeap(process_heap(), 0, bytes);
  string->MaximumLength = (USHORT)bytes;
  return string->Buffer != NULL;
}

BOOLEAN NTAPI RtlCreateUnicodeString(NtUnicodeString* string, const WCHAR* text) {
  ULONG bytes = (wide_length(text) + 1) * sizeof *text;
  if (!allocate(string, bytes)) return FALSE;
  memcpy(string->Buffer, text, bytes);
  string->Length = (USHORT)(bytes - sizeof *text);
  return TRUE;
}

void NTAPI RtlFreeUnicodeString(NtUnicodeString* string) {
  RtlFreeHeap(process_heap(), 0, string->Buffer);
  *string = (NtUnicodeString){0, 0, NULL};
}

void NTAPI RtlFreeAnsiString(AnsiString* string) {
  RtlFreeHeap(process_heap(), 0, string->Buffer);
  *string = (AnsiString){0, 0, NULL};
}

NTSTATUS NTAPI RtlAnsiStringToUnicodeString(NtUnicodeString* to, const AnsiString* from, BOOLEAN allocated) {
  ULONG bytes = (from->Length + 1u) * sizeof *to->Buffer, written;
  if (bytes > 0xfffe) return STATUS_INVALID_PARAMETER_2;
  if (allocated && !allocate(to, bytes)) return STATUS_NO_MEMORY;
  if (to->MaximumLength < bytes) return STATUS_BUFFER_OVERFLOW;
  RtlMultiByteToUnicodeN(to->Buffer, to->MaximumLength, &written, from->Buffer, from->Length);
  to->Length = (USHORT)written;
  to->Buffer[written / sizeof *to->Buffer] = 0;
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeStringToAnsiString(AnsiString* to, const NtUnicodeString* from, BOOLEAN allocated) {
  ULONG bytes = from->Length / sizeof *from->Buffer + 1, written;
  if (allocated) {
    to->Buffer = RtlAllocateHeap(process_heap(), 0, bytes);
    to->MaximumLength = (USHORT)bytes;
    if (!to->Buffer) return STATUS_NO_MEMORY;
  }
  if (to->MaximumLength < bytes) return STATUS_BUFFER_OVERFLOW;
  RtlUnicodeToMultiByteN(to->Buffer, bytes - 1, &written, from->Buffer, from->Length);
  to->Length = (USHORT)written;
  to->Buffer[written] = 0;
  return STATUS_SUCCESS;
}

void NTAPI RtlCopyUnicodeString(NtUnicodeString* to, const NtUnicodeString* from) {
  to->Length = 0;
  if (!from) return;
  to->Length = from->Length < to->MaximumLength ? from->Length : to->MaximumLength;
  memcpy(to->Buffer, from->Buffer, to->Length);
  if (to->Length + sizeof(WCHAR) <= to->MaximumLength) to->Buffer[to->Length / sizeof(WCHAR)] = 0;
}

NTSTATUS NTAPI RtlAppendUnicodeStringToString(NtUnicodeString* to, const NtUnicodeString* from) {
  if (to->Length + from->Length > to->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
  memcpy((char*)to->Buffer + to->Length, from->Buffer, from->Length);
  to->Length = (USHORT)(to->Length + from->Length);
  if (to->Length + sizeof(WCHAR) <= to->MaximumLength) to->Buffer[to->Length / sizeof(WCHAR)] = 0;
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAppendUnicodeToString(NtUnicodeString* to, const WCHAR* text) {
  NtUnicodeString from;
  if (!text) return STATUS_SUCCESS;
  RtlInitUnicodeString(&from, text);
  return RtlAppendUnicodeStringToString(to, &from);
}

LONG NTAPI RtlCompareUnicodeString(const NtUnicodeString* a, const NtUnicodeString* b, BOOLEAN ignore_case) {
  ULONG left = a->Length / sizeof(WCHAR), right = b->Length / sizeof(WCHAR);
  for (ULONG i = 0; i < left && i < right; ++i) {
    WCHAR x = a->Buffer[i], y = b->Buffer[i];
    if (ignore_case) x = RtlUpcaseUnicodeChar(x), y = RtlUpcaseUnicodeChar(y);
    if (x != y) return (LONG)x - y;
  }
  return (LONG)left - (LONG)right;
}

BOOLEAN NTAPI RtlEqualUnicodeString(const NtUnicodeString* a, const NtUnicodeString* b, BOOLEAN ignore_case) {
  return a->Length == b->Length && RtlCompareUnicodeString(a, b, ignore_case) == 0;
}

LONG NTAPI RtlCompareString(const AnsiString* a, const AnsiString* b, BOOLEAN ignore_case) {
  for (ULONG i = 0; i < a->Length && i < b->Length; ++i) {
    char x = a->Buffer[i], y = b->Buffer[i];
    if (ignore_case) x = RtlUpperChar(x), y = RtlUpperChar(y);
    if (x != y) return (UCHAR)x - (UCHAR)y;
  }
  return (LONG)a->Length - (LONG)b->Length;
}

BOOLEAN NTAPI RtlEqualString(const AnsiString* a, const AnsiString* b, BOOLEAN ignore_case) {
  return a->Length == b->Length && RtlCompareString(a, b, ignore_case) == 0;
}

static BOOLEAN name_matches(const WCHAR* entry, const NtUnicodeString* name) {
  ULONG length = name->Length / sizeof *entry;
  for (ULONG i = 0; i < length; ++i) {
    if (!entry[i] || RtlUpcaseUnicodeChar(entry[i]) != RtlUpcaseUnicodeChar(name->Buffer[i])) return FALSE;
  }
  return entry[length] == L'=';
}

NTSTATUS NTAPI RtlQueryEnvironmentVariable_U(const WCHAR* block, const NtUnicodeString* name,
                                             NtUnicodeString* value) {
  if (!block) {
    const ProcessParameters* parameters = nt_pointer(nt_peb()->ProcessParameters);
    block = nt_pointer(parameters->Environment);
  }
  for (; block && *block; block += wide_length(block) + 1) {
    if (!name_matches(block, name)) continue;
    NtUnicodeString found;
    RtlInitUnicodeString(&found, block + name->Length / sizeof *block + 1);
    value->Length = found.Length;
    if (found.Length > value->MaximumLength) return STATUS_BUFFER_TOO_SMALL;
    RtlCopyUnicodeString(value, &found);
    return STATUS_SUCCESS;
  }
  return STATUS_VARIABLE_NOT_FOUND;
}
