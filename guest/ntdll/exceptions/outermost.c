// The outermost frame of a thread: asks the filter that kernel32 puts in for exceptions that nobody handles.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/runtime/call_frames.h"

static PTOP_LEVEL_EXCEPTION_FILTER unhandled_filter;

void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter) { unhandled_filter = filter; }

// Everything inside is told that it is gone; then the process is.
static void end_process(ExceptionFrame* frame, EXCEPTION_RECORD* record) {
  NTSTATUS status = (NTSTATUS)record->ExceptionCode;
  RtlUnwind(frame, NULL, record, NULL);
  for (;;) NtTerminateProcess(NT_CURRENT_PROCESS, status);
}

EXCEPTION_DISPOSITION __cdecl nt_outermost_handler(EXCEPTION_RECORD* record, ExceptionFrame* frame,
                                                   CONTEXT* context, ExceptionFrame** collided);
EXCEPTION_DISPOSITION __cdecl nt_outermost_handler(EXCEPTION_RECORD* record, ExceptionFrame* frame,
                                                   CONTEXT* context, ExceptionFrame** collided) {
  (void)collided;
  if (record->ExceptionFlags & EXCEPTION_UNWIND || !unhandled_filter) return ExceptionContinueSearch;
  EXCEPTION_POINTERS pointers = {record, context};
  LONG answer = unhandled_filter(&pointers);
  if (answer == EXCEPTION_EXECUTE_HANDLER) end_process(frame, record);
  return answer == EXCEPTION_CONTINUE_EXECUTION ? ExceptionContinueExecution : ExceptionContinueSearch;
}

__asm__(
    ".text\n .balign 16\n .globl _nt_call_outermost\n"
    "_nt_call_outermost:\n" FRAME_BEGIN ENTER_FRAME
    " pushl $_nt_outermost_handler\n pushl %fs:0\n movl %esp, %fs:0\n"
    " pushl 16(%ebp)\n pushl 12(%ebp)\n call *8(%ebp)\n"
    " movl -8(%ebp), %ecx\n movl %ecx, %fs:0\n" LEAVE_FRAME " ret\n" FRAME_END);
