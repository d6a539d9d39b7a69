// What compilers and start-up code ask of the C runtime about exceptions ("_XcptFilter", "_resetstkoflw",
// Microsoft; M. Pietrek, "A Crash Course on the Depths of Win32 Structured Exception Handling").
#include <float.h>
#include <signal.h>

#include "guest/msvcrt/msvcrt.h"
#include "guest/runtime/call_frames.h"

typedef void(__cdecl* Handler)(int);
typedef void(__cdecl* FloatingHandler)(int, int);

static const struct {
  DWORD code;
  int number;
  int detail;  // of SIGFPE
} kSignals[] = {
    {STATUS_ACCESS_VIOLATION, SIGSEGV, 0},
    {STATUS_ILLEGAL_INSTRUCTION, SIGILL, 0},
    {STATUS_PRIVILEGED_INSTRUCTION, SIGILL, 0},
    {STATUS_FLOAT_DENORMAL_OPERAND, SIGFPE, _FPE_DENORMAL},
    {STATUS_FLOAT_DIVIDE_BY_ZERO, SIGFPE, _FPE_ZERODIVIDE},
    {STATUS_FLOAT_INEXACT_RESULT, SIGFPE, _FPE_INEXACT},
    {STATUS_FLOAT_INVALID_OPERATION, SIGFPE, _FPE_INVALID},
    {STATUS_FLOAT_OVERFLOW, SIGFPE, _FPE_OVERFLOW},
    {STATUS_FLOAT_STACK_CHECK, SIGFPE, _FPE_STACKOVERFLOW},
    {STATUS_FLOAT_UNDERFLOW, SIGFPE, _FPE_UNDERFLOW},
};

void** __pxcptinfoptrs(void);
int* __fpecode(void);

static LONG call_handler(Handler handler, int number, int detail, EXCEPTION_POINTERS* exception) {
  void* outer = *__pxcptinfoptrs();
  *__pxcptinfoptrs() = exception;
  signal(number, SIG_DFL);
  if (number == SIGFPE) {
    *__fpecode() = detail;
    ((FloatingHandler)(void*)handler)(number, detail);
  } else {
    handler(number);
  }
  *__pxcptinfoptrs() = outer;
  return EXCEPTION_CONTINUE_EXECUTION;
}

// The filter of the start-up code's __except: an exception as a signal, else as one that nobody handles.
int _XcptFilter(unsigned long code, EXCEPTION_POINTERS* exception) {
  for (size_t i = 0; i < sizeof kSignals / sizeof *kSignals; ++i) {
    if (kSignals[i].code != code) continue;
    Handler handler = signal(kSignals[i].number, SIG_GET);
    if (handler == SIG_IGN) return EXCEPTION_CONTINUE_EXECUTION;
    if (handler == SIG_DFL) break;
    return call_handler(handler, kSignals[i].number, kSignals[i].detail, exception);
  }
  return UnhandledExceptionFilter(exception);
}

// The frame that Microsoft's compilers make for __try, and its table: one scope for each __try, with the
// scope around it; no filter: a __finally. The exception pointers lie below the frame.
typedef struct Scope {
  DWORD outer;
  void* filter;
  void* handler;
} Scope;

typedef struct TryFrame {
  struct TryFrame* next;
  void* handler;
  const Scope* scopes;
  DWORD level;
  DWORD ebp;
} TryFrame;

enum { kNoScope = 0xffffffff };

// A filter or handler runs in its function's frame, whose EBP is the address of TryFrame.ebp.
ULONG crt_call_in_frame(void* code, const void* ebp);
__attribute__((noreturn)) void crt_enter_handler(void* code, const void* ebp);
__asm__(
    ".text\n .balign 16\n .globl _crt_call_in_frame\n"
    "_crt_call_in_frame:\n"
    FRAME_BEGIN SAVE("%ebp") SAVE("%ebx") SAVE("%esi") SAVE("%edi") " movl 20(%esp), %eax\n movl 24(%esp), %ebp\n"
    " call *%eax\n" RESTORE("%edi") RESTORE("%esi") RESTORE("%ebx") RESTORE("%ebp") " ret\n" FRAME_END
    ".balign 16\n .globl _crt_enter_handler\n"
    "_crt_enter_handler:\n"
    FRAME_BEGIN " movl 4(%esp), %eax\n xorl %ebx, %ebx\n xorl %esi, %esi\n xorl %edi, %edi\n"
    " movl 8(%esp), %ebp\n jmp *%eax\n" FRAME_END);

void _global_unwind2(void* frame);
void _global_unwind2(void* frame) { RtlUnwind(frame, NULL, NULL, NULL); }

// Runs the __finally blocks from the current scope out to `level`.
void _local_unwind2(TryFrame* frame, DWORD level);
void _local_unwind2(TryFrame* frame, DWORD level) {
  while (frame->level != kNoScope && frame->level != level) {
    const Scope* scope = &frame->scopes[frame->level];
    frame->level = scope->outer;
    if (!scope->filter) crt_call_in_frame(scope->handler, &frame->ebp);
  }
}

int __cdecl _except_handler3(EXCEPTION_RECORD* record, TryFrame* frame, CONTEXT* context, void* dispatcher);
int __cdecl _except_handler3(EXCEPTION_RECORD* record, TryFrame* frame, CONTEXT* context, void* dispatcher) {
  (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) {
    _local_unwind2(frame, kNoScope);
    return ExceptionContinueSearch;
  }
  EXCEPTION_POINTERS exception = {record, context};
  ((ULONG*)frame)[-1] = nt_address(&exception);
  for (DWORD level = frame->level; level != kNoScope; level = frame->scopes[level].outer) {
    const Scope* scope = &frame->scopes[level];
    if (!scope->filter) continue;
    LONG answer = (LONG)crt_call_in_frame(scope->filter, &frame->ebp);
    if (answer < 0) return ExceptionContinueExecution;
    if (answer == 0) continue;
    _global_unwind2(frame);
    _local_unwind2(frame, level);
    frame->level = scope->outer;
    crt_enter_handler(scope->handler, &frame->ebp);
  }
  return ExceptionContinueSearch;
}

// After a stack overflow has been unwound: a guard page again, below the pages in use, with as much between
// them as the next overflow's handler needs.
int _resetstkoflw(void);
int _resetstkoflw(void) {
  enum { kPage = 0x1000 };
  Teb* teb = nt_teb();
  ULONG in_use = (nt_address(__builtin_frame_address(0)) & ~(kPage - 1u)) - kPage;
  ULONG guard = in_use - kPage;
  if (guard <= teb->DeallocationStack + kPage + teb->GuaranteedStackBytes) return 0;
  if (teb->StackLimit > guard) return 1;  // the guard page is in place
  ULONG unused = guard - teb->DeallocationStack;
  if (!VirtualFree(nt_pointer(teb->DeallocationStack), unused, MEM_DECOMMIT)) return 0;
  DWORD old;
  if (!VirtualProtect(nt_pointer(guard), kPage, PAGE_READWRITE | PAGE_GUARD, &old)) return 0;
  teb->StackLimit = in_use;
  return 1;
}
