// Calls of handlers, each below a frame of its own, so that an exception or an unwinding inside the handler
// is known as such.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/runtime/call_frames.h"

_Static_assert(offsetof(ProtectedCall, of) == 8, "the frame that is built below");

EXCEPTION_DISPOSITION nt_call_handler(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                      ExceptionFrame** collided, void* handler, FrameHandler protector);

// A handler may leave any stack pointer and any register behind; fs:[0] leads back.
__asm__(
    ".text\n .balign 16\n .globl _nt_call_handler\n"
    "_nt_call_handler:\n"
    FRAME_BEGIN ENTER_FRAME SAVE_AT("%ebx", -12) SAVE_AT("%esi", -16) SAVE_AT("%edi", -20)
    " pushl 12(%ebp)\n pushl 28(%ebp)\n pushl %fs:0\n movl %esp, %fs:0\n"
    " pushl 20(%ebp)\n pushl 16(%ebp)\n pushl 12(%ebp)\n pushl 8(%ebp)\n movl 24(%ebp), %ecx\n"
    " xorl %eax, %eax\n xorl %ebx, %ebx\n xorl %esi, %esi\n xorl %edi, %edi\n"
    " call *%ecx\n"
    " movl %fs:0, %esp\n .cfi_def_cfa %esp, 32\n"
    POP("%fs:0") DROP(8) RESTORE("%edi") RESTORE("%esi") RESTORE("%ebx") RESTORE("%ebp") " ret\n" FRAME_END);

// An exception inside a handler for an exception.
static EXCEPTION_DISPOSITION __cdecl nested(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                            ExceptionFrame** collided) {
  (void)context;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  *collided = ((ProtectedCall*)frame)->of;
  return ExceptionNestedException;
}

// An unwinding inside a handler for an unwinding: it takes over.
static EXCEPTION_DISPOSITION __cdecl unwound_twice(EXCEPTION_RECORD* record, ExceptionFrame* frame,
                                                   CONTEXT* context, ExceptionFrame** collided) {
  (void)context;
  if (!(record->ExceptionFlags & EXCEPTION_UNWIND)) return ExceptionContinueSearch;
  *collided = ((ProtectedCall*)frame)->of;
  return ExceptionCollidedUnwind;
}

EXCEPTION_DISPOSITION nt_call_for_exception(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                            ExceptionFrame** collided) {
  return nt_call_handler(record, frame, context, collided, frame->handler, nested);
}

EXCEPTION_DISPOSITION nt_call_for_unwind(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                         ExceptionFrame** collided) {
  return nt_call_handler(record, frame, context, collided, frame->handler, unwound_twice);
}
