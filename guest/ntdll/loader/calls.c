// Calls into images. The stack pointer is kept in a preserved register, so that a callee that cleans up too
// much or too little does no harm.
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/call_frames.h"

#define LEAVE_CALL                                                                             \
  " movl %esi, %esp\n .cfi_def_cfa %esp, 20\n" RESTORE("%ebx") RESTORE("%edi") RESTORE("%esi") \
      RESTORE("%ebp") " ret\n"

__asm__(
    ".text\n .balign 16\n .globl _ldr_call_initializer\n"
    "_ldr_call_initializer:\n"
    FRAME_BEGIN ENTER_FRAME SAVE_AT("%esi", -12) SAVE_AT("%edi", -16) SAVE_AT("%ebx", -20)
    " movl %esp, %esi\n"
    " pushl 20(%ebp)\n pushl 16(%ebp)\n pushl 12(%ebp)\n call *8(%ebp)\n"
    LEAVE_CALL FRAME_END
    ".balign 16\n .globl _ldr_call_entry\n"
    "_ldr_call_entry:\n"
    FRAME_BEGIN ENTER_FRAME SAVE_AT("%esi", -12) SAVE_AT("%edi", -16) SAVE_AT("%ebx", -20)
    " movl %esp, %esi\n"
    " pushl 12(%ebp)\n call *8(%ebp)\n"
    LEAVE_CALL FRAME_END);
