// setjmp and longjmp: the registers that calls keep, and the head of the exception chain. The buffer is
// msvcrt's
// (_JUMP_BUFFER in <setjmp.h>): Ebp, Ebx, Edi, Esi, Esp, Eip, Registration, TryLevel, Cookie, UnwindFunc,
// UnwindData[6]. A compiler that has something of its own to unwind gives _setjmp3 a function for that, the
// try level, and data, as many as `count` says.
#include "guest/msvcrt/msvcrt.h"
#include "guest/runtime/call_frames.h"

typedef struct JumpBuffer {
  DWORD ebp, ebx, edi, esi, esp, eip;
  void* registration;
  DWORD try_level;
  DWORD cookie;
  void(__cdecl* unwind)(struct JumpBuffer*);
  DWORD data[6];
} JumpBuffer;

_Static_assert(offsetof(JumpBuffer, registration) == 24 && offsetof(JumpBuffer, unwind) == 36, "used below");

enum { kHasUnwindFunction = 0x56433230 };  // "VC20"

void crt_save_jump(JumpBuffer* buffer, DWORD count, const DWORD* extra);
void crt_save_jump(JumpBuffer* buffer, DWORD count, const DWORD* extra) {
  buffer->registration = nt_pointer(nt_teb()->ExceptionList);
  buffer->cookie = kHasUnwindFunction;
  buffer->unwind = count > 0 ? nt_pointer(extra[0]) : NULL;
  buffer->try_level = count > 1 ? extra[1] : (DWORD)-1;
  for (DWORD i = 2; i < count && i < 8; ++i) buffer->data[i - 2] = extra[i];
}

// Everything between here and the buffer's function is unwound.
void crt_unwind_jump(JumpBuffer* buffer);
void crt_unwind_jump(JumpBuffer* buffer) {
  if (buffer->registration != nt_pointer(nt_teb()->ExceptionList)) {
    RtlUnwind(buffer->registration, NULL, NULL, NULL);
  }
  if (buffer->cookie == kHasUnwindFunction && buffer->unwind) buffer->unwind(buffer);
}

__asm__(
    ".text\n .balign 16\n .globl __setjmp3\n .globl __setjmp\n"
    "__setjmp:\n"
    FRAME_BEGIN " movl 4(%esp), %edx\n" PUSH("$0") PUSH("$0") " jmp 1f\n" FRAME_END
    "__setjmp3:\n"
    FRAME_BEGIN " movl 4(%esp), %edx\n leal 12(%esp), %eax\n" PUSH("%eax") PUSH("12(%esp)")
    "1: movl %ebp, (%edx)\n movl %ebx, 4(%edx)\n movl %edi, 8(%edx)\n movl %esi, 12(%edx)\n"
    " leal 8(%esp), %eax\n movl %eax, 16(%edx)\n movl (%eax), %eax\n movl %eax, 20(%edx)\n"
    PUSH("%edx") " call _crt_save_jump\n" DROP(12) " xorl %eax, %eax\n ret\n" FRAME_END
    ".balign 16\n .globl _longjmp\n"
    "_longjmp:\n"
    FRAME_BEGIN PUSH("4(%esp)") " call _crt_unwind_jump\n" DROP(4)
    " movl 4(%esp), %edx\n movl 8(%esp), %eax\n testl %eax, %eax\n jnz 1f\n incl %eax\n"
    "1: movl 4(%edx), %ebx\n movl 8(%edx), %edi\n movl 12(%edx), %esi\n"
    // From here on setjmp's caller is the caller; what lay at its return address may have been overwritten.
    " movl 16(%edx), %esp\n" KEPT_AT_EDX_PLUS(20, 8) KEPT_AT_EDX_PLUS(0, 5)
    " movl (%edx), %ebp\n .cfi_restore %ebp\n movl 20(%edx), %ecx\n movl %ecx, (%esp)\n ret\n" FRAME_END);
