// A call whose exceptions end it, as an __except(EXCEPTION_EXECUTE_HANDLER) around it would: GCC has no
// __try.
#include "guest/kernel32/kernel32.h"
#include "guest/runtime/call_frames.h"

// `frame` lies where k32_guarded put it, which goes on behind the call with EAX = FALSE. Frames that the call
// has put above it are not unwound.
EXCEPTION_DISPOSITION __cdecl k32_end_guarded(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                              void* dispatcher) __attribute__((used));
extern char k32_behind_guarded[];

EXCEPTION_DISPOSITION __cdecl k32_end_guarded(EXCEPTION_RECORD* record, void* frame, CONTEXT* context,
                                              void* dispatcher) {
  (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  context->Eax = FALSE;
  context->Esp = (ULONG)frame;
  context->Eip = (ULONG)k32_behind_guarded;
  return ExceptionContinueExecution;
}

__asm__(
    ".text\n .balign 16\n"
    ".globl _k32_guarded\n_k32_guarded:\n"
    FRAME_BEGIN SAVE("%ebp") SAVE("%ebx") SAVE("%esi") SAVE("%edi")
    PUSH("$_k32_end_guarded") PUSH("%fs:0") " movl %esp, %fs:0\n"
    PUSH("32(%esp)") " call *32(%esp)\n" DROP(4) " movl $1, %eax\n"
    "_k32_behind_guarded:\n"
    POP("%fs:0") DROP(4) RESTORE("%edi") RESTORE("%esi") RESTORE("%ebx") RESTORE("%ebp") " ret\n" FRAME_END);
