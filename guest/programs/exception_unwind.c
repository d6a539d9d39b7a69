// Unwinding: frames inside the target are told, from the inside out, and taken off; the target's own handler
// is not called; registers survive; longjmp unwinds too; an unwinding inside an unwinding takes over; targets
// that do not exist.
#include "exception_frames.h"

#define STATUS_UNWIND ((DWORD)0xc0000027)

enum { kCode = 0xe0000001 };

static void raise(void) { RaiseException(kCode, 0, 0, NULL); }

static EXCEPTION_DISPOSITION __cdecl witness(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                             void* dispatcher) {
  (void)context, (void)dispatcher;
  printf("  %s: %#lx, flags %#lx\n", frame->name, record->ExceptionCode, record->ExceptionFlags);
  return ExceptionContinueSearch;
}

static EXCEPTION_DISPOSITION __cdecl target(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                            void* dispatcher) {
  (void)context, (void)dispatcher;
  printf("  %s: %#lx, flags %#lx\n", frame->name, record->ExceptionCode, record->ExceptionFlags);
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  RtlUnwind(frame, NULL, record, NULL);
  expect("the first frame after unwinding", (DWORD)first_frame(), (DWORD)frame);
  longjmp(frame->way_out, 1);
}

static __attribute__((noinline)) void raise_inside(const char* name) {
  Frame frame;
  push_frame(&frame, witness, name);
  raise();
  pop_frame(&frame);
}

static __attribute__((noinline)) void through_frames(void) {
  Frame frames[2];  // the outer one must lie above the inner one
  printf("RtlUnwind through two frames\n");
  push_frame(&frames[1], target, "target");
  if (!setjmp(frames[1].way_out)) {
    push_frame(&frames[0], witness, "middle");
    raise_inside("inner");
  }
  pop_frame(&frames[1]);
}

// What RtlUnwind returns, and that it keeps the registers that calls keep.
static __attribute__((used)) DWORD stack_before;

static __attribute__((noinline)) void values(void) {
  Frame frames[2];
  DWORD value, ebx, esi, edi, stack;
  printf("RtlUnwind without an exception\n");
  push_frame(&frames[1], target, "outer");
  push_frame(&frames[0], witness, "inner");
  __asm__ volatile(
      "pushl %%ebp\n movl %%esp, _stack_before\n movl $0x2222, %%ebx\n movl $0x6666, %%esi\n"
      " movl $0x7777, %%edi\n pushl $0x1234\n pushl $0\n pushl $0\n pushl %%eax\n call _RtlUnwind@16\n"
      " movl %%esp, %%ecx\n subl _stack_before, %%ecx\n popl %%ebp\n"
      : "=a"(value), "=b"(ebx), "=S"(esi), "=D"(edi), "=c"(stack)
      : "0"(&frames[1])
      : "edx", "memory", "cc");
  expect("the value", value, 0x1234);
  expect("EBX", ebx, 0x2222);
  expect("ESI", esi, 0x6666);
  expect("EDI", edi, 0x7777);
  expect("the stack pointer's change", stack, 0);
  expect("the first frame", (DWORD)first_frame(), (DWORD)&frames[1]);
  pop_frame(&frames[1]);
}

static __attribute__((noinline)) void jump_inside(Frame* to) {
  Frame frame;
  push_frame(&frame, witness, "inner");
  longjmp(to->way_out, 7);
}

static __attribute__((noinline)) void by_longjmp(void) {
  Frame frames[2];
  printf("longjmp through two frames\n");
  push_frame(&frames[1], witness, "outer, which is not to be told");
  int value = setjmp(frames[1].way_out);
  if (value == 0) {
    push_frame(&frames[0], witness, "middle");
    jump_inside(&frames[1]);
  }
  expect("longjmp's value", (DWORD)value, 7);
  expect("the first frame", (DWORD)first_frame(), (DWORD)&frames[1]);
  pop_frame(&frames[1]);
}

// Told of an unwinding, it unwinds further by itself.
static Frame* farther;
static EXCEPTION_DISPOSITION __cdecl escape(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                            void* dispatcher) {
  witness(record, frame, context, dispatcher);
  if (record->ExceptionFlags & EXCEPTION_UNWIND) longjmp(farther->way_out, 1);
  return ExceptionContinueSearch;
}

static __attribute__((noinline)) void collided(void) {
  Frame frames[4];
  printf("an unwinding inside an unwinding\n");
  farther = &frames[3];
  push_frame(&frames[3], witness, "outermost, where it ends");
  if (!setjmp(frames[3].way_out)) {
    push_frame(&frames[2], target, "outer, the first target");
    if (!setjmp(frames[2].way_out)) {
      push_frame(&frames[1], witness, "middle");
      push_frame(&frames[0], escape, "inner, which escapes");
      raise();
    }
    expect("the first unwinding's end", 1, 0);
  }
  expect("the first frame", (DWORD)first_frame(), (DWORD)&frames[3]);
  pop_frame(&frames[3]);
}

// Mistakes are exceptions themselves, and cannot be continued.
static EXCEPTION_DISPOSITION __cdecl leave(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                           void* dispatcher) {
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  witness(record, frame, context, dispatcher);
  longjmp(frame->way_out, 1);
}

static __attribute__((noinline)) void wrong_target(void) {
  Frame frames[3];
  printf("a target that lies inside the first frame\n");
  push_frame(&frames[2], leave, "outer");
  if (!setjmp(frames[2].way_out)) {
    push_frame(&frames[1], witness, "inner");
    RtlUnwind(&frames[0], NULL, NULL, NULL);
    expect("coming back", 1, 0);
  }
  pop_frame(&frames[2]);
}

static EXCEPTION_DISPOSITION __cdecl answer_nonsense(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                     void* dispatcher) {
  static int answers;
  witness(record, frame, context, dispatcher);
  return record->ExceptionCode == STATUS_UNWIND && answers++ == 0 ? (EXCEPTION_DISPOSITION)7
                                                                  : ExceptionContinueSearch;
}

static __attribute__((noinline)) void wrong_answer(void) {
  Frame frames[2];
  printf("an answer to unwinding that does not exist\n");
  push_frame(&frames[1], leave, "outer");
  if (!setjmp(frames[1].way_out)) {
    push_frame(&frames[0], answer_nonsense, "inner");
    RtlUnwind(&frames[1], NULL, NULL, NULL);
    expect("coming back", 1, 0);
  }
  pop_frame(&frames[1]);
}

int main(void) {
  Frame* before = first_frame();
  through_frames();
  values();
  by_longjmp();
  collided();
  wrong_target();
  wrong_answer();
  expect("the first frame at the end", (DWORD)first_frame(), (DWORD)before);
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
