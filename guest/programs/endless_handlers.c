// Handlers that fail themselves, without end: the stack is used up, and the process ends. Run with one of:
// vectored, frame.
#include <string.h>

#include "exception_frames.h"

static volatile int* volatile nowhere = (int*)8;

static void fault(void) { *nowhere = 1; }

static LONG CALLBACK fail_again(EXCEPTION_POINTERS* exception) {
  (void)exception;
  fault();
  return EXCEPTION_CONTINUE_SEARCH;
}

static EXCEPTION_DISPOSITION __cdecl fail_in_frame(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                                   void* dispatcher) {
  (void)record, (void)frame, (void)context, (void)dispatcher;
  fault();
  return ExceptionContinueSearch;
}

int main(int argc, char** argv) {
  Frame frame;
  printf("into handlers that fail\n");
  fflush(stdout);
  if (argc > 1 && !strcmp(argv[1], "frame")) {
    push_frame(&frame, fail_in_frame, "a frame");
  } else {
    AddVectoredExceptionHandler(1, fail_again);
  }
  fault();
  return 1;
}
