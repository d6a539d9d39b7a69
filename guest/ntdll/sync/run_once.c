// One-time initialization ("One-Time Initialization", and of the driver kit "RtlRunOnceBeginInitialize" and
// "RtlRunOnceComplete", Microsoft). The word's two low bits: 0 nobody has
// begun, 1 somebody is at it, 2 done; 3 several are at it (asynchronous). The rest is the context.
#include "guest/ntdll/ntdll.h"

enum { kIdle = 0, kRunning = 1, kDone = 2, kAsynchronous = 3, kStateBits = 3 };

static volatile LONG* word_of(RTL_RUN_ONCE* once) { return (volatile LONG*)&once->Ptr; }

void NTAPI RtlRunOnceInitialize(RTL_RUN_ONCE* once) { once->Ptr = NULL; }

static NTSTATUS answer_done(LONG word, void** context) {
  if (context) *context = (void*)(word & ~kStateBits);
  return STATUS_SUCCESS;
}

static NTSTATUS begin_asynchronous(RTL_RUN_ONCE* once, void** context) {
  LONG seen = __sync_val_compare_and_swap(word_of(once), kIdle, kAsynchronous);
  if ((seen & kStateBits) == kDone) return answer_done(seen, context);
  return seen == kRunning ? STATUS_INVALID_PARAMETER : STATUS_PENDING;
}

NTSTATUS NTAPI RtlRunOnceBeginInitialize(RTL_RUN_ONCE* once, ULONG flags, void** context) {
  if (flags != 0 && flags != RTL_RUN_ONCE_CHECK_ONLY && flags != RTL_RUN_ONCE_ASYNC)
    return STATUS_INVALID_PARAMETER_2;
  if (flags & RTL_RUN_ONCE_CHECK_ONLY) {
    LONG word = *word_of(once);
    return (word & kStateBits) == kDone ? answer_done(word, context) : STATUS_UNSUCCESSFUL;
  }
  if (flags & RTL_RUN_ONCE_ASYNC) return begin_asynchronous(once, context);
  for (;;) {
    LONG seen = __sync_val_compare_and_swap(word_of(once), kIdle, kRunning);
    if (seen == kIdle) return STATUS_PENDING;  // the caller is the one
    if ((seen & kStateBits) == kDone) return answer_done(seen, context);
    if (seen != kRunning) return STATUS_INVALID_PARAMETER;
    RtlWaitOnAddress(word_of(once), &seen, sizeof seen, NULL);
  }
}

// Why `word` could not be completed: it is in the other mode, nobody is at it, or somebody was quicker.
static NTSTATUS refusal_to_complete(LONG word, LONG expected) {
  LONG other = expected == kRunning ? kAsynchronous : kRunning;
  return (word & kStateBits) == other ? STATUS_INVALID_PARAMETER_2 : STATUS_UNSUCCESSFUL;
}

NTSTATUS NTAPI RtlRunOnceComplete(RTL_RUN_ONCE* once, ULONG flags, void* context) {
  if (flags != 0 && flags != RTL_RUN_ONCE_INIT_FAILED && flags != RTL_RUN_ONCE_ASYNC)
    return STATUS_INVALID_PARAMETER_2;
  LONG expected = flags & RTL_RUN_ONCE_ASYNC ? kAsynchronous : kRunning;
  LONG done = flags & RTL_RUN_ONCE_INIT_FAILED ? kIdle : (LONG)context | kDone;
  if ((LONG)context & kStateBits || (flags & RTL_RUN_ONCE_INIT_FAILED && context))
    return STATUS_INVALID_PARAMETER_3;
  LONG seen = __sync_val_compare_and_swap(word_of(once), expected, done);
  if (seen != expected) return refusal_to_complete(seen, expected);
  RtlWakeAddressAll(once);
  return STATUS_SUCCESS;
}

// The initializer gets the caller's own pointer to the context, null when the caller wants none.
NTSTATUS NTAPI RtlRunOnceExecuteOnce(RTL_RUN_ONCE* once, PRTL_RUN_ONCE_INIT_FN initialize, void* parameter,
                                     void** context) {
  NTSTATUS status = RtlRunOnceBeginInitialize(once, 0, context);
  if (status != STATUS_PENDING) return status;
  if (!initialize(once, parameter, context)) {
    RtlRunOnceComplete(once, RTL_RUN_ONCE_INIT_FAILED, NULL);
    return STATUS_UNSUCCESSFUL;
  }
  return RtlRunOnceComplete(once, 0, context ? *context : NULL);
}
