// Raising exceptions: the context of the caller, then NtRaiseException.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/runtime/call_frames.h"

_Static_assert(offsetof(CONTEXT, Edi) == 0x9c && offsetof(CONTEXT, Esp) == 0xc4, "offsets used below");
_Static_assert(sizeof(CONTEXT) == 0x2cc && sizeof(Context) == 0x2cc, "the frame below");
_Static_assert(offsetof(EXCEPTION_RECORD, ExceptionAddress) == 0xc, "offset used below");
_Static_assert((CONTEXT_INTEGER | CONTEXT_CONTROL | CONTEXT_SEGMENTS) == 0x10007, "flags set below");

// RtlCaptureContext: integer registers and flags as they are; EIP, ESP and EBP as they will be when the
// caller has returned to its own caller. For that the caller must have a frame at EBP (on x86 Windows it is
// found by that alone). Selectors have 16 bits, and the upper halves of their fields stay as they were.
__asm__(
    ".text\n .balign 16\n .globl _RtlCaptureContext@4\n"
    "_RtlCaptureContext@4:\n"
    FRAME_BEGIN PUSH("%eax") " movl 8(%esp), %eax\n"
    " movl $0x10007, (%eax)\n"
    " movw %gs, 0x8c(%eax)\n movw %fs, 0x90(%eax)\n movw %es, 0x94(%eax)\n movw %ds, 0x98(%eax)\n"
    " movw %cs, 0xbc(%eax)\n movw %ss, 0xc8(%eax)\n"
    " movl %edi, 0x9c(%eax)\n movl %esi, 0xa0(%eax)\n movl %ebx, 0xa4(%eax)\n movl %edx, 0xa8(%eax)\n"
    " movl %ecx, 0xac(%eax)\n"
    POP("0xb0(%eax)")
    " pushfl\n .cfi_adjust_cfa_offset 4\n" POP("0xc0(%eax)")
    PUSH("4(%ebp)") POP("0xb8(%eax)") PUSH("(%ebp)") POP("0xb4(%eax)")
    " leal 8(%ebp), %ecx\n movl %ecx, 0xc4(%eax)\n movl 0xac(%eax), %ecx\n"
    " movl 0xb0(%eax), %eax\n ret $4\n" FRAME_END);

// RtlRaiseException: the exception happened at the instruction after the call. It returns there when a
// handler says so; NtRaiseException itself returns only what it refuses.
__asm__(
    ".text\n .balign 16\n .globl _RtlRaiseException@4\n"
    "_RtlRaiseException@4:\n" FRAME_BEGIN ENTER_FRAME
    " subl $0x2cc, %esp\n pushl %esp\n call _RtlCaptureContext@4\n"
    " movl 4(%ebp), %eax\n movl 8(%ebp), %ecx\n movl %eax, 0xc(%ecx)\n"
    " leal 12(%ebp), %edx\n movl %edx, 0xc4(%esp)\n"
    " movl %esp, %eax\n pushl $1\n pushl %eax\n pushl %ecx\n call _NtRaiseException\n"
    " pushl %eax\n call _RtlRaiseStatus@4\n" LEAVE_FRAME " ret $4\n" FRAME_END);

void NTAPI RtlRaiseStatus(NTSTATUS status) { nt_raise_noncontinuable(status, NULL); }

void nt_raise_noncontinuable(NTSTATUS status, EXCEPTION_RECORD* cause) {
  EXCEPTION_RECORD record = {
      .ExceptionCode = (DWORD)status, .ExceptionFlags = EXCEPTION_NONCONTINUABLE, .ExceptionRecord = cause};
  RtlRaiseException(&record);
}
