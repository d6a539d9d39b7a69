// How exceptions go through the guest ("Structured Exception Handling" and "Vectored Exception Handling",
// Microsoft; M. Pietrek, "A Crash Course on the Depths of Win32 Structured Exception Handling").
//
//   the kernel -> KiUserExceptionDispatcher (dispatch.c)
//     -> vectored handlers (vectored.c)
//     -> the frames at fs:[0], the innermost first (dispatch.c); the outermost of each thread asks the
//        top-level filter (outermost.c)
//     -> NtContinue, when one of them says that the thread can go on; else NtRaiseException, which ends the
//        process
//   A handler that takes the exception itself calls RtlUnwind (unwind.c) and does not return.
#ifndef PAGEWALK_GUEST_NTDLL_EXCEPTIONS_H
#define PAGEWALK_GUEST_NTDLL_EXCEPTIONS_H

#include "guest/abi/context.h"
#include "guest/ntdll/ntdll.h"

// EXCEPTION_REGISTRATION_RECORD: what fs:[0] leads to. Frames lie on the stack, the innermost lowest.
typedef struct ExceptionFrame {
  struct ExceptionFrame* next;
  void* handler;
} ExceptionFrame;

#define NT_LAST_FRAME ((ExceptionFrame*)-1)

static inline ExceptionFrame* nt_first_frame(void) { return nt_pointer(nt_teb()->ExceptionList); }
static inline void nt_set_first_frame(ExceptionFrame* frame) { nt_teb()->ExceptionList = nt_address(frame); }

// A walk of the frames that notices when it goes round in circles, by comparing with a frame that it passed:
// the first, the second, the fourth, and so on (R. P. Brent, "An improved Monte Carlo factorization
// algorithm").
typedef struct FrameWalk {
  ExceptionFrame* frame;
  const ExceptionFrame* passed;
  ULONG steps, until;
} FrameWalk;

static inline FrameWalk nt_walk_frames(void) { return (FrameWalk){nt_first_frame(), NULL, 0, 1}; }

// False when `next` was passed before.
static inline BOOLEAN nt_step_to(FrameWalk* walk, ExceptionFrame* next) {
  if (++walk->steps == walk->until) {
    walk->passed = walk->frame;
    walk->until *= 2;
  }
  walk->frame = next;
  return next != walk->passed;
}

// call_handler.c. The frame below which a handler runs: it tells an exception or an unwinding that happens
// meanwhile which frame's handler that was.
typedef struct ProtectedCall {
  ExceptionFrame link;
  ExceptionFrame* of;
} ProtectedCall;

typedef EXCEPTION_DISPOSITION(__cdecl* FrameHandler)(EXCEPTION_RECORD*, ExceptionFrame*, CONTEXT*,
                                                     ExceptionFrame**);

// Calls `frame`'s handler; `collided` is what it gets as dispatcher context, and what it may set.
EXCEPTION_DISPOSITION nt_call_for_exception(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                            ExceptionFrame** collided);
EXCEPTION_DISPOSITION nt_call_for_unwind(EXCEPTION_RECORD* record, ExceptionFrame* frame, CONTEXT* context,
                                         ExceptionFrame** collided);

// frames.c: whether the frame lies on the stack, aligned.
BOOLEAN nt_is_sound_frame(const ExceptionFrame* frame);
// Whether the handler may be called: it is not on the stack, and its image lists it if it lists any.
BOOLEAN nt_is_sound_handler(const void* handler);

// vectored.c: whether a handler said that the thread goes on.
BOOLEAN nt_ask_vectored_handlers(EXCEPTION_RECORD* record, CONTEXT* context);
void nt_tell_continue_handlers(EXCEPTION_RECORD* record, CONTEXT* context);

// outermost.c: calls a function of two arguments (__cdecl) as a thread's first: what nobody
// handles inside it goes to the top-level filter, and then ends the process.
ULONG nt_call_outermost(void* function, void* first, void* second);

// raise.c: a mistake of a handler, chained to the exception that it was called for.
void nt_raise_noncontinuable(NTSTATUS status, EXCEPTION_RECORD* cause);

#endif
