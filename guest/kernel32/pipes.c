// Anonymous pipes, and what handles do when children are made ("CreatePipe", "PeekNamedPipe",
// "SetHandleInformation", Microsoft).
#include "guest/kernel32/files.h"
#include "guest/runtime/call_frames.h"

// A service of ours, which no import library knows: entered as ntdll's own entries do it.
NTSTATUS NTAPI PwCreatePipe(HANDLE* reading, HANDLE* writing, NtObjectAttributes* attributes,
                            ULONG capacity) __asm__("_PwCreatePipe");
#define ENTRY(number)                                                          \
  __asm__(".text\n .balign 16\n_PwCreatePipe:\n" FRAME_BEGIN " movl $" #number \
          ", %eax\n leal 4(%esp), %edx\n"                                      \
          " int $0x2e\n ret $16\n" FRAME_END)
ENTRY(0x6a);
_Static_assert(PagewalkService_PwCreatePipe == 0x6a, "the number above");

BOOL WINAPI CreatePipe(PHANDLE reading, PHANDLE writing, LPSECURITY_ATTRIBUTES security, DWORD size) {
  BOOL inherit = security && security->bInheritHandle;
  NtObjectAttributes attributes = {sizeof attributes, NULL, NULL, inherit ? kInherit : 0, NULL, NULL};
  return k32_succeeded(PwCreatePipe(reading, writing, &attributes, size));
}

static DWORD smaller(DWORD a, DWORD b) { return a < b ? a : b; }

BOOL WINAPI PeekNamedPipe(HANDLE pipe, LPVOID buffer, DWORD size, LPDWORD read, LPDWORD available,
                          LPDWORD left_of_message) {
  IoStatusBlock io;
  SIZE_T room = sizeof(FilePipePeekBuffer) + (buffer ? size : 0);
  FilePipePeekBuffer* answer = RtlAllocateHeap(k32_heap(), 0, room);
  if (!answer) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
  NTSTATUS status =
      NtFsControlFile(pipe, NULL, NULL, NULL, &io, PAGEWALK_FSCTL_PIPE_PEEK, NULL, 0, answer, room);
  if (status == STATUS_BUFFER_OVERFLOW) status = STATUS_SUCCESS;  // there is more: no failure
  if (NT_SUCCESS(status)) {
    DWORD copied = smaller(io.Information - sizeof *answer, size);
    if (buffer) memcpy(buffer, answer + 1, copied);
    if (read) *read = buffer ? copied : 0;
    if (available) *available = answer->ReadDataAvailable;
    if (left_of_message) *left_of_message = 0;  // bytes have no messages
  }
  RtlFreeHeap(k32_heap(), 0, answer);
  return k32_succeeded(status);
}
