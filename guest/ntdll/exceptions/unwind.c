// RtlUnwind: tells every frame inside the target that it is gone, and takes it off ("RtlUnwind", Microsoft).
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/runtime/call_frames.h"

// Captures the caller's context as it will be when this returns, EAX = the value that was asked for. The
// second argument, an address to go on at, is not used on x86.
__asm__(
    ".text\n .balign 16\n .globl _RtlUnwind@16\n"
    "_RtlUnwind@16:\n" FRAME_BEGIN ENTER_FRAME
    " subl $0x2cc, %esp\n pushl %esp\n call _RtlCaptureContext@4\n"
    " leal 24(%ebp), %eax\n movl %eax, 0xc4(%esp)\n"
    " movl 20(%ebp), %eax\n movl %eax, 0xb0(%esp)\n"
    " movl %esp, %eax\n pushl %eax\n pushl 16(%ebp)\n pushl 8(%ebp)\n call _nt_unwind\n int3\n" FRAME_END);

_Static_assert(offsetof(CONTEXT, Esp) == 0xc4 && offsetof(CONTEXT, Eax) == 0xb0, "offsets used above");

// The frame that the unwinding goes on behind.
static ExceptionFrame* unwind_frame(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context) {
  ExceptionFrame* collided = NULL;
  switch (nt_call_for_unwind(record, frame, context, &collided)) {
    case ExceptionContinueSearch: return frame;
    case ExceptionCollidedUnwind: return collided;
    default: nt_raise_noncontinuable(STATUS_INVALID_DISPOSITION, record); return frame;
  }
}

static void check_frame(EXCEPTION_RECORD* record, const ExceptionFrame* frame, const ExceptionFrame* target) {
  if (target && frame > target) nt_raise_noncontinuable(STATUS_INVALID_UNWIND_TARGET, record);
  if (!nt_is_sound_frame(frame)) nt_raise_noncontinuable(STATUS_BAD_STACK, record);
}

__attribute__((noreturn)) void nt_unwind(ExceptionFrame* target, EXCEPTION_RECORD* record, CONTEXT* context);
void nt_unwind(ExceptionFrame* target, EXCEPTION_RECORD* record, CONTEXT* context) {
  EXCEPTION_RECORD own = {.ExceptionCode = STATUS_UNWIND, .ExceptionAddress = nt_pointer(context->Eip)};
  if (!record) record = &own;
  record->ExceptionFlags |= EXCEPTION_UNWINDING | (target ? 0 : EXCEPTION_EXIT_UNWIND);
  FrameWalk walk = nt_walk_frames();
  while (walk.frame != target && walk.frame != NT_LAST_FRAME) {
    check_frame(record, walk.frame, target);
    ExceptionFrame* next = unwind_frame(record, walk.frame, context)->next;
    if (!nt_step_to(&walk, next)) nt_raise_noncontinuable(STATUS_BAD_STACK, record);
    nt_set_first_frame(next);
  }
  if (walk.frame == target) NtContinue(context, FALSE);
  // No target, or none that is among the frames: nothing is left that could go on.
  for (;;) NtRaiseException(record, context, FALSE);
}
