// Hand-made frames at fs:[0], for programs that show exceptions: MinGW's C has no __try.
#ifndef PAGEWALK_GUEST_PROGRAMS_EXCEPTION_FRAMES_H
#define PAGEWALK_GUEST_PROGRAMS_EXCEPTION_FRAMES_H

#include <excpt.h>
#include <setjmp.h>
#include <stdio.h>
#include <windows.h>

typedef struct Frame Frame;
typedef EXCEPTION_DISPOSITION(__cdecl* Handler)(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                void* dispatcher);

// Begins as EXCEPTION_REGISTRATION_RECORD does; the rest is the program's.
struct Frame {
  Frame* next;
  Handler handler;
  const char* name;
  jmp_buf way_out;
};

static inline Frame* first_frame(void) {
  Frame* frame;
  __asm__ volatile("movl %%fs:0, %0" : "=r"(frame));
  return frame;
}

static inline void set_first_frame(Frame* frame) {
  __asm__ volatile("movl %0, %%fs:0" : : "r"(frame) : "memory");
}

static inline void push_frame(Frame* frame, Handler handler, const char* name) {
  frame->next = first_frame();
  frame->handler = handler;
  frame->name = name;
  set_first_frame(frame);
}

static inline void pop_frame(const Frame* frame) { set_first_frame(frame->next); }

static int failures;

// Counts what is not as it should be, and says so.
static inline void expect(const char* what, unsigned long is, unsigned long should) {
  if (is == should) return;
  ++failures;
  printf("  WRONG: %s is %#lx, not %#lx\n", what, is, should);
}

#endif
