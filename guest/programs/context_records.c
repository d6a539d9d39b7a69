// The contexts that Windows makes for a program: CONTEXT_EX behind an exception's and an APC's, what
// RtlCaptureContext captures, CONTEXT_EXCEPTION_REQUEST, and the x87 control word that a thread begins with.
#include <string.h>
#include <windows.h>

#include "check.h"

enum { kRequest = 0x40000000, kExceptionActive = 0x08000000, kServiceActive = 0x10000000 };
#define REPORTING 0x80000000u

// "Working with XState Context", Microsoft.
typedef struct Chunk {
  LONG offset;
  DWORD length;
} Chunk;

typedef struct Extension {
  Chunk all, legacy, xstate;
} Extension;

// --- CONTEXT_EX.
static Extension seen;

static LONG CALLBACK see(EXCEPTION_POINTERS* exception) {
  memcpy(&seen, exception->ContextRecord + 1, sizeof seen);
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void test_extension(void) {
  void* handler = AddVectoredExceptionHandler(1, see);
  RaiseException(0xe0000001, 0, 0, NULL);
  RemoveVectoredExceptionHandler(handler);
  LONG before = -(LONG)sizeof(CONTEXT);
  check(seen.legacy.offset == before && seen.legacy.length == sizeof(CONTEXT),
        "CONTEXT_EX names the CONTEXT");
  check(seen.all.offset == before && seen.all.length == sizeof(CONTEXT) + sizeof(Extension), "and all of it");
  check(seen.xstate.length == 0, "and no XSTATE");
}

// --- RtlCaptureContext. A function with a frame calls it, and its caller notes what it finds afterwards.
static CONTEXT context __asm__("_context") __attribute__((used));
static volatile DWORD esp_after __asm__("_esp_after") __attribute__((used)), ebp_after __asm__("_ebp_after")
                                                                                 __attribute__((used));
extern const char behind_capture[] __asm__("_behind_capture");

__asm__(
    ".text\n"
    "_framed:\n pushl %ebp\n movl %esp, %ebp\n subl $64, %esp\n pushl $_context\n call _RtlCaptureContext@4\n"
    " leave\n ret\n");

static __attribute__((noinline)) void capture(void) {
  __asm__ volatile(
      "call _framed\n"
      ".globl _behind_capture\n_behind_capture:\n"
      "movl %%esp, _esp_after\n movl %%ebp, _ebp_after\n"
      :
      : "b"(0xb1b1b1b1), "S"(0x51515151), "D"(0xd1d1d1d1), "c"(0xc1c1c1c1), "d"(0xd2d2d2d2)
      : "eax", "memory", "cc");
}

static void test_capture(void) {
  memset(&context, 0xa5, sizeof context);
  capture();
  check(context.ContextFlags == 0x10007, "RtlCaptureContext: control, integer and segment registers");
  check(
      context.Eip == (DWORD)(ULONG_PTR)behind_capture && context.Esp == esp_after && context.Ebp == ebp_after,
      "RtlCaptureContext: EIP, ESP and EBP are those that its caller returns with");
  check(context.Ebx == 0xb1b1b1b1 && context.Esi == 0x51515151 && context.Edi == 0xd1d1d1d1 &&
            context.Ecx == 0xc1c1c1c1 && context.Edx == 0xd2d2d2d2,
        "RtlCaptureContext: integer registers");
  check(context.SegSs == 0xa5a50023 && context.SegDs == 0xa5a50023 && context.SegEs == 0xa5a50023 &&
            context.SegFs == 0xa5a5003b && context.SegCs == 0xa5a5001b && context.SegGs == 0xa5a50000,
        "RtlCaptureContext: 16 bits of a selector");
  check(context.Dr7 == 0xa5a5a5a5 && context.FloatSave.ControlWord == 0xa5a5a5a5,
        "RtlCaptureContext: no more");
}

// --- CONTEXT_EXCEPTION_REQUEST.
static DWORD WINAPI wait_for(void* event) {
  WaitForSingleObject(event, INFINITE);
  return 0;
}

static volatile LONG stop, spinning;
static DWORD WINAPI spin(void* unused) {
  (void)unused;
  spinning = 1;
  while (!stop) {
  }
  return 0;
}

static DWORD activity_of(HANDLE thread) {
  CONTEXT asked = {.ContextFlags = CONTEXT_CONTROL | kRequest};
  return GetThreadContext(thread, &asked) ? asked.ContextFlags : 0;
}

static void test_request(void) {
  const DWORD asked = CONTEXT_CONTROL | kRequest | REPORTING;
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE waiting = CreateThread(NULL, 0, wait_for, event, 0, NULL);
  HANDLE running = CreateThread(NULL, 0, spin, NULL, 0, NULL);
  while (!spinning) Sleep(1);
  SuspendThread(running);
  check(activity_of(waiting) == (asked | kServiceActive), "a thread that waits is in a service");
  check(activity_of(running) == asked, "one that was running is not");
  check(activity_of(GetCurrentThread()) == (asked | kServiceActive), "the caller is in this very one");
  CONTEXT plain = {.ContextFlags = CONTEXT_CONTROL};
  check(GetThreadContext(waiting, &plain) && plain.ContextFlags == CONTEXT_CONTROL,
        "who does not ask is not told");
  stop = 1;
  ResumeThread(running);
  SetEvent(event);
  WaitForSingleObject(waiting, INFINITE);
  WaitForSingleObject(running, INFINITE);
}

// --- x87. The program's own start-up may have set the main thread's.
static DWORD WINAPI control_word(void* unused) {
  WORD word;
  (void)unused;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  return word;
}

static void test_control_word(void) {
  DWORD word = 0;
  HANDLE thread = CreateThread(NULL, 0, control_word, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &word);
  check(word == 0x27f, "a thread begins with 53 bits of x87 precision");
}

int main(void) {
  test_extension();
  test_capture();
  test_request();
  test_control_word();
  return failures;
}
