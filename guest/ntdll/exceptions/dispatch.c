// The first function in the guest that learns of an exception, and the walk of the frames.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/runtime/call_frames.h"

// Entered by the kernel with the record's and the context's addresses at ESP (guest/abi/context.h). The flag
// may be set in the code that the exception interrupted, which is the frame's caller.
__asm__(
    ".text\n .balign 16\n .globl _KiUserExceptionDispatcher\n"
    "_KiUserExceptionDispatcher:\n" FRAME_BEGIN INTERRUPTED_AT_POINTER_IN_ESP_PLUS(
        4) " cld\n call _nt_dispatch_user_exception\n int3\n" FRAME_END);

typedef enum Answer { kSearch, kHandled, kGivenUp } Answer;

// One frame's answer; `nested` is the outermost frame whose handler is known to have been interrupted.
static Answer settle(EXCEPTION_DISPOSITION disposition, EXCEPTION_RECORD* record, ExceptionFrame* collided,
                     ExceptionFrame** nested) {
  switch (disposition) {
    case ExceptionContinueExecution:
      if (!(record->ExceptionFlags & EXCEPTION_NONCONTINUABLE)) return kHandled;
      nt_raise_noncontinuable(STATUS_NONCONTINUABLE_EXCEPTION, record);
      return kGivenUp;
    case ExceptionContinueSearch: return kSearch;
    case ExceptionNestedException:
      record->ExceptionFlags |= EXCEPTION_NESTED_CALL;
      if (collided > *nested) *nested = collided;
      return kSearch;
    default: nt_raise_noncontinuable(STATUS_INVALID_DISPOSITION, record); return kGivenUp;
  }
}

static BOOLEAN ask_frames(EXCEPTION_RECORD* record, CONTEXT* context) {
  ExceptionFrame* nested = NULL;
  BOOLEAN sound = TRUE;
  for (FrameWalk walk = nt_walk_frames(); walk.frame != NT_LAST_FRAME;
       sound = nt_step_to(&walk, walk.frame->next)) {
    if (!sound || !nt_is_sound_frame(walk.frame) || !nt_is_sound_handler(walk.frame->handler)) {
      record->ExceptionFlags |= EXCEPTION_STACK_INVALID;
      return FALSE;
    }
    ExceptionFrame* collided = NULL;
    EXCEPTION_DISPOSITION disposition = nt_call_for_exception(record, walk.frame, context, &collided);
    if (walk.frame == nested) {
      record->ExceptionFlags &= ~(DWORD)EXCEPTION_NESTED_CALL;
      nested = NULL;
    }
    Answer answer = settle(disposition, record, collided, &nested);
    if (answer != kSearch) return answer == kHandled;
    if (record->ExceptionFlags & EXCEPTION_STACK_INVALID) return FALSE;
  }
  return FALSE;
}

static BOOLEAN dispatch(EXCEPTION_RECORD* record, CONTEXT* context) {
  if (!nt_ask_vectored_handlers(record, context) && !ask_frames(record, context)) return FALSE;
  nt_tell_continue_handlers(record, context);
  return TRUE;
}

__attribute__((noreturn)) void nt_dispatch_user_exception(EXCEPTION_RECORD* record, CONTEXT* context);
void nt_dispatch_user_exception(EXCEPTION_RECORD* record, CONTEXT* context) {
  NTSTATUS status =
      dispatch(record, context) ? NtContinue(context, FALSE) : NtRaiseException(record, context, FALSE);
  for (;;) nt_raise_noncontinuable(status, record);  // the services refused what handlers made of the context
}
