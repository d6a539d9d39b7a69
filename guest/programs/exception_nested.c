// In which order handlers are asked, and what becomes of exceptions inside handlers: vectored handlers before
// frames, the first registered first, and removed while they run; nested exceptions; wrong answers; handlers
// that continue what cannot be continued.
#include "exception_frames.h"

enum { kCode = 0xe0000001, kInner = 0xe0000002 };

static int depth;

static void raise(DWORD code, DWORD flags) { RaiseException(code, flags, 0, NULL); }

static void tell(const char* who, const EXCEPTION_RECORD* record) {
  printf("  %s: %#lx, flags %#lx", who, record->ExceptionCode, record->ExceptionFlags);
  if (record->ExceptionRecord) printf(", because of %#lx", record->ExceptionRecord->ExceptionCode);
  printf("\n");
}

// --- Vectored handlers.
static void* handles[4];

static LONG CALLBACK pass_on(EXCEPTION_POINTERS* exception) {
  tell("passes on", exception->ExceptionRecord);
  return EXCEPTION_CONTINUE_SEARCH;
}
static LONG CALLBACK no_answer(EXCEPTION_POINTERS* exception) {
  tell("says EXECUTE_HANDLER, which means nothing here", exception->ExceptionRecord);
  return EXCEPTION_EXECUTE_HANDLER;
}
static LONG CALLBACK take(EXCEPTION_POINTERS* exception) {
  tell("takes it", exception->ExceptionRecord);
  return EXCEPTION_CONTINUE_EXECUTION;
}
static LONG CALLBACK last_word(EXCEPTION_POINTERS* exception) {
  tell("continue handler", exception->ExceptionRecord);
  return EXCEPTION_CONTINUE_SEARCH;
}
static LONG CALLBACK remove_all(EXCEPTION_POINTERS* exception) {
  tell("removes itself and the next", exception->ExceptionRecord);
  for (int i = 0; i < 2; ++i) RemoveVectoredExceptionHandler(handles[i]);
  return EXCEPTION_CONTINUE_SEARCH;
}

static EXCEPTION_DISPOSITION __cdecl take_in_frame(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                   void* dispatcher) {
  (void)context, (void)dispatcher;
  tell(frame->name, record);
  return ExceptionContinueExecution;
}

static __attribute__((noinline)) void vectored_order(void) {
  Frame frame;
  printf("vectored handlers come before frames, in order\n");
  push_frame(&frame, take_in_frame, "the frame takes it");
  handles[0] = AddVectoredExceptionHandler(0, pass_on);
  handles[1] = AddVectoredExceptionHandler(1, no_answer);
  handles[2] = AddVectoredContinueHandler(1, last_word);
  raise(kCode, 0);
  handles[3] = AddVectoredExceptionHandler(0, take);
  raise(kCode, 0);
  for (int i = 0; i < 4; ++i) {
    ULONG done =
        i == 2 ? RemoveVectoredContinueHandler(handles[i]) : RemoveVectoredExceptionHandler(handles[i]);
    expect("removing a handler", done != 0, 1);
  }
  expect("removing a handler twice", RemoveVectoredExceptionHandler(handles[0]), 0);
  expect("removing what is no handler", RemoveVectoredExceptionHandler(&frame), 0);
  pop_frame(&frame);
}

static __attribute__((noinline)) void vectored_removal(void) {
  Frame frame;
  printf("handlers that are removed while they are asked\n");
  push_frame(&frame, take_in_frame, "the frame takes it");
  handles[0] = AddVectoredExceptionHandler(0, remove_all);
  handles[1] = AddVectoredExceptionHandler(0, pass_on);
  void* last = AddVectoredExceptionHandler(0, pass_on);
  raise(kCode, 0);
  expect("removing the last", RemoveVectoredExceptionHandler(last) != 0, 1);
  raise(kInner, 0);
  pop_frame(&frame);
}

static LONG CALLBACK raise_again(EXCEPTION_POINTERS* exception) {
  tell("vectored handler", exception->ExceptionRecord);
  if (++depth < 3) raise(kInner, 0);
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void vectored_recursion(void) {
  printf("an exception inside a vectored handler goes to it again\n");
  void* handler = AddVectoredExceptionHandler(1, raise_again);
  depth = 0;
  raise(kCode, 0);
  RemoveVectoredExceptionHandler(handler);
}

// --- Frames.
static EXCEPTION_DISPOSITION __cdecl raise_in_frame(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                    void* dispatcher) {
  (void)context, (void)dispatcher;
  tell(frame->name, record);
  if (record->ExceptionCode == kCode) raise(kInner, 0);
  return ExceptionContinueSearch;
}

static EXCEPTION_DISPOSITION __cdecl pass_on_in_frame(EXCEPTION_RECORD* record, Frame* frame,
                                                      CONTEXT* context, void* dispatcher) {
  (void)context, (void)dispatcher;
  tell(frame->name, record);
  return ExceptionContinueSearch;
}

static __attribute__((noinline)) void nested_frames(void) {
  Frame frames[3];  // outer ones must lie above inner ones
  printf("an exception inside the middle frame's handler\n");
  push_frame(&frames[2], take_in_frame, "outer frame");
  push_frame(&frames[1], raise_in_frame, "middle frame");
  push_frame(&frames[0], pass_on_in_frame, "inner frame");
  raise(kCode, 0);
  pop_frame(&frames[0]);
  pop_frame(&frames[1]);
  pop_frame(&frames[2]);
}

static EXCEPTION_DISPOSITION __cdecl answer_nonsense(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                     void* dispatcher) {
  (void)context, (void)dispatcher;
  tell(frame->name, record);
  if (record->ExceptionCode == kCode) return (EXCEPTION_DISPOSITION)7;
  return ExceptionContinueSearch;
}

// Leaves by unwinding, since what is raised because of a mistake cannot be continued.
static EXCEPTION_DISPOSITION __cdecl leave(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                           void* dispatcher) {
  (void)context, (void)dispatcher;
  if (record->ExceptionFlags & EXCEPTION_UNWIND) return ExceptionContinueSearch;
  tell(frame->name, record);
  if (record->ExceptionCode == kCode) return ExceptionContinueSearch;
  longjmp(frame->way_out, 1);
}

static __attribute__((noinline)) void wrong_answer(const char* title, Handler handler, DWORD flags) {
  Frame frames[2];
  printf("%s\n", title);
  push_frame(&frames[1], leave, "outer frame leaves");
  if (!setjmp(frames[1].way_out)) {
    push_frame(&frames[0], handler, "inner frame");
    raise(kCode, flags);
    expect("coming back", 1, 0);
  }
  expect("the first frame", (DWORD)first_frame(), (DWORD)&frames[1]);
  pop_frame(&frames[1]);
}

static EXCEPTION_DISPOSITION __cdecl continue_it(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                 void* dispatcher) {
  (void)context, (void)dispatcher;
  tell(frame->name, record);
  return record->ExceptionCode == kCode ? ExceptionContinueExecution : ExceptionContinueSearch;
}

int main(void) {
  vectored_order();
  vectored_removal();
  vectored_recursion();
  nested_frames();
  wrong_answer("an answer that does not exist", answer_nonsense, 0);
  wrong_answer("continuing what cannot be continued", continue_it, EXCEPTION_NONCONTINUABLE);
  printf(failures ? "%d things are wrong\n" : "all is as it should be\n", failures);
  return failures;
}
