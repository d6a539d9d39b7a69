// Contexts that ask for more than a program may have: kernel selectors, privileged flags, x87 and SSE bits
// that do not exist. The kernel gives what is left of them, or a status; ContextFlags says which parts are
// meant.
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef LONG NTSTATUS;
static NTSTATUS(NTAPI* nt_continue)(CONTEXT*, BOOLEAN);
static NTSTATUS(NTAPI* nt_raise)(EXCEPTION_RECORD*, CONTEXT*, BOOLEAN);
static NTSTATUS(NTAPI* nt_get)(HANDLE, CONTEXT*);
static NTSTATUS(NTAPI* nt_set)(HANDLE, const CONTEXT*);

static int failures;
static CONTEXT context;
static volatile int pass;

typedef struct State {
  DWORD eflags;
  WORD cs, ss, ds, es, fs, gs;
} State;

static void expect(const char* what, DWORD is, DWORD should) {
  if (is == should) return;
  ++failures;
  printf("  WRONG: %s is %#lx, not %#lx\n", what, is, should);
}

static __attribute__((noinline)) State state(void) {
  State s;
  __asm__ volatile(
      "pushfl\n popl %0\n movw %%cs, %1\n movw %%ss, %2\n movw %%ds, %3\n movw %%es, %4\n movw %%fs, %5\n"
      " movw %%gs, %6\n"
      : "=r"(s.eflags), "=m"(s.cs), "=m"(s.ss), "=m"(s.ds), "=m"(s.es), "=m"(s.fs), "=m"(s.gs));
  return s;
}

static void check_state(const char* title, DWORD flags, WORD data, WORD gs) {
  State s = state();
  printf("%s: cs %x, ss %x, ds %x, es %x, fs %x, gs %x, privileged flags %lx\n", title, s.cs, s.ss, s.ds,
         s.es, s.fs, s.gs, s.eflags & 0x1b3000);
  expect("EFLAGS", s.eflags & ~0x8d5ul, flags);  // but those of the last comparison
  expect("CS", s.cs, 0x1b);
  expect("SS", s.ss, 0x23);
  expect("DS", s.ds, data);
  expect("ES", s.es, data);
  expect("FS", s.fs, 0x3b);
  expect("GS", s.gs, gs);
}

// RtlCaptureContext captures its caller as it will be when it has returned: here, behind the call of this
// one.
void __cdecl capture(CONTEXT* to) __asm__("_capture");
__asm__(
    ".text\n .globl _capture\n"
    "_capture: pushl %ebp\n movl %esp, %ebp\n pushl 8(%ebp)\n call _RtlCaptureContext@4\n leave\n ret\n");

// Goes on behind the call of `capture` with what `change` has made of the context.
static __attribute__((noinline)) void continue_with(void (*change)(void), BOOL through_set) {
  pass = 0;
  capture(&context);
  if (pass++) return;
  change();
  NTSTATUS status = through_set ? nt_set(GetCurrentThread(), &context) : nt_continue(&context, FALSE);
  expect("coming back with", (DWORD)status, 0xdead);
}

static void all_flags(void) { context.EFlags = ~0x744ul; }  // not the trap, direction and interrupt flags
static void kernel_selectors(void) {
  context.SegCs = 0x08;
  context.SegSs = context.SegDs = context.SegEs = context.SegGs = 0x10;
  context.SegFs = 0x30;
}
static void kernel_selectors_for_ring_3(void) {
  context.SegCs = 0x0b;
  context.SegSs = context.SegDs = context.SegEs = context.SegGs = 0x13;
  context.SegFs = 0x33;
}
static void selectors_beyond(void) {
  context.SegCs = context.SegSs = context.SegDs = context.SegEs = context.SegFs = context.SegGs = 0x1234fff7;
}
static void local_selectors(void) {
  context.SegCs = context.SegSs = context.SegDs = context.SegEs = context.SegFs = context.SegGs = 0x0f;
}
static void other_user_selectors(void) { context.SegGs = 0x23; }

static void selectors_and_flags(void) {
  for (int through_set = 0; through_set < 2; ++through_set) {
    const char* by = through_set ? "NtSetContextThread" : "NtContinue";
    printf("by %s\n", by);
    continue_with(all_flags, through_set);
    check_state("  every flag", 0x244202, 0x23, 0);
    __asm__ volatile("pushl $0x202\n popfl" : : : "cc");
    continue_with(kernel_selectors, through_set);
    check_state("  kernel selectors", 0x202, 0x23, 0);
    continue_with(kernel_selectors_for_ring_3, through_set);
    check_state("  the same for ring 3", 0x202, 0x23, 0);
    continue_with(selectors_beyond, through_set);
    check_state("  selectors beyond the table", 0x202, 0x23, 0);
    continue_with(local_selectors, through_set);
    check_state("  selectors of a local table", 0x202, 0x23, 0);
    continue_with(other_user_selectors, through_set);
    check_state("  a user selector in GS", 0x202, 0x23, 0x23);
    __asm__ volatile("movw %w0, %%gs" : : "r"(0));
  }
}

// --- Parts.
static void parts(void) {
  static DWORD ebx;
  memset(&context, 0xa5, sizeof context);
  context.ContextFlags = CONTEXT_CONTROL;
  expect("asking for control registers", (DWORD)nt_get(GetCurrentThread(), &context), 0);
  expect("a part that was not asked for", context.Eax, 0xa5a5a5a5);
  expect("another", context.SegDs, 0xa5a5a5a5);
  expect("another", context.FloatSave.ControlWord, 0xa5a5a5a5);
  expect("SS", context.SegSs, 0x23);
  context.ContextFlags = CONTEXT_FLOATING_POINT | CONTEXT_EXTENDED_REGISTERS | CONTEXT_DEBUG_REGISTERS;
  expect("asking for x87 and SSE", (DWORD)nt_get(GetCurrentThread(), &context), 0);
  expect("the x87 control word, as MinGW's start-up makes it", context.FloatSave.ControlWord, 0xffff037f);
  expect("MXCSR", *(DWORD*)(context.ExtendedRegisters + 24), 0x1f80);
  expect("DR7", context.Dr7, 0);
  context.ContextFlags = 0x3f;  // without the bit that says: of an x86
  context.Eip = 0;
  expect("continuing with no part", (DWORD)nt_continue(&context, FALSE), 0);
  expect("setting no part", (DWORD)nt_set(GetCurrentThread(), &context), 0);
  context.ContextFlags = CONTEXT_INTEGER;
  context.Ebx = 0x1234;
  context.Eax = 0x5678;
  __asm__ volatile(
      "pushl %%ebx\n pushl $0\n pushl %1\n call *%2\n movl %%ebx, %%edx\n popl %%ebx\n movl %%edx, %0"
      : "=m"(ebx)
      : "S"(&context), "D"(nt_continue)
      : "eax", "ecx", "edx", "memory", "cc");
  expect("EBX", ebx, 0x1234);
  printf("parts: honoured\n");
}

// --- What services refuse.
static void refusals(void) {
  EXCEPTION_RECORD record = {.ExceptionCode = 0xe0000001, .NumberParameters = 16};
  char* nowhere = (char*)0x10000000;
  context.ContextFlags = CONTEXT_CONTROL;
  printf("a context that is not there: %#lx\n", (DWORD)nt_continue((CONTEXT*)nowhere, FALSE));
  printf("a context in the kernel: %#lx\n", (DWORD)nt_continue((CONTEXT*)0x80000000, FALSE));
  printf("a context that wraps around: %#lx\n", (DWORD)nt_continue((CONTEXT*)0xfffffff0, FALSE));
  printf("a misaligned context: %#lx\n", (DWORD)nt_continue((CONTEXT*)((char*)&context + 1), FALSE));
  printf("a record that is not there: %#lx\n", (DWORD)nt_raise((EXCEPTION_RECORD*)nowhere, &context, TRUE));
  printf("a record with 16 parameters: %#lx\n", (DWORD)nt_raise(&record, &context, TRUE));
  printf("a handle of a process: %#lx\n", (DWORD)nt_get(GetCurrentProcess(), &context));
  printf("no handle: %#lx\n", (DWORD)nt_set((HANDLE)0x1234, &context));
  printf("a context to write that is read-only: %#lx\n",
         (DWORD)nt_get(GetCurrentThread(), (CONTEXT*)0x7ffe0000));
}

// --- x87 and SSE, in an exception's context.
static LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  CONTEXT* c = exception->ContextRecord;
  memset(&c->FloatSave, 0xff, sizeof c->FloatSave);
  memset(c->ExtendedRegisters, 0xff, sizeof c->ExtendedRegisters);
  c->FloatSave.ControlWord = 0x27f;
  c->FloatSave.StatusWord = 0;
  c->Eip += 2;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void floating(void) {
  DWORD mxcsr;
  unsigned short control;
  void* handler = AddVectoredExceptionHandler(1, on_exception);
  __asm__ volatile("ud2\n stmxcsr %0\n fnstcw %1\n fninit" : "=m"(mxcsr), "=m"(control));
  RemoveVectoredExceptionHandler(handler);
  printf("every bit of MXCSR: %#lx; x87 control word %#x\n", mxcsr, control);
  expect("MXCSR", mxcsr, 0xffff);
  expect("the x87 control word", control, 0x27f);
  mxcsr = 0x1f80;
  __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}

// --- A step that a context asks for.
static volatile LONG steps;
static LONG CALLBACK on_step(EXCEPTION_POINTERS* exception) {
  if (exception->ExceptionRecord->ExceptionCode == EXCEPTION_SINGLE_STEP) ++steps;
  return EXCEPTION_CONTINUE_EXECUTION;
}
static void trap(void) { context.EFlags |= 0x100; }

static void stepping(void) {
  void* handler = AddVectoredExceptionHandler(1, on_step);
  continue_with(trap, FALSE);
  RemoveVectoredExceptionHandler(handler);
  printf("a context with the trap flag: %ld step\n", steps);
  expect("steps", (DWORD)steps, 1);
}

int main(void) {
  HMODULE ntdll = GetModuleHandleA("ntdll.dll");
  nt_continue = (void*)GetProcAddress(ntdll, "NtContinue");
  nt_raise = (void*)GetProcAddress(ntdll, "NtRaiseException");
  nt_get = (void*)GetProcAddress(ntdll, "NtGetContextThread");
  nt_set = (void*)GetProcAddress(ntdll, "NtSetContextThread");
  parts();
  selectors_and_flags();
  refusals();
  floating();
  stepping();
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
