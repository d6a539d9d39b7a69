// Exception frames that are not what they should be. Handlers of such frames are not called: the exception is
// an unhandled one. Run with one of: outside, circular, misaligned, unmapped, on-stack, wild; or
// without, which shows that a handler may be code in data, since there is no NX.
#include <string.h>

#include "exception_frames.h"

static EXCEPTION_DISPOSITION __cdecl not_to_be_called(EXCEPTION_RECORD* record, Frame* frame,
                                                      CONTEXT* context, void* dispatcher) {
  (void)record, (void)context, (void)dispatcher;
  printf("the handler of %s was called\n", frame->name);
  fflush(stdout);
  ExitProcess(1);
}

static EXCEPTION_DISPOSITION __cdecl pass_on(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                             void* dispatcher) {
  (void)record, (void)context, (void)dispatcher;
  printf("%s passes on\n", frame->name);
  fflush(stdout);
  return ExceptionContinueSearch;
}

static volatile int* volatile nowhere = (int*)8;

static void fault(void) { *nowhere = 1; }

static __attribute__((noinline)) void in_data(void) {
  static unsigned char handler[] = {0x8b, 0x44, 0x24, 0x0c,              // mov eax,[esp+12]: the context
                                    0x83, 0x80, 0xb8, 0,    0, 0, 0x02,  // add dword [eax+0xb8],2: EIP
                                    0x31, 0xc0, 0xc3};                   // xor eax,eax; ret
  Frame frame;
  push_frame(&frame, (Handler)handler, "a frame");
  __asm__ volatile("ud2");
  pop_frame(&frame);
  printf("a handler in data was called\n");
}

static __attribute__((noinline)) void run(const char* what) {
  static Frame outside;
  Frame frames[2];
  char bytes[sizeof(Frame) + 4];
  unsigned char code[] = {0x31, 0xc0, 0xc3};
  if (!strcmp(what, "outside")) push_frame(&outside, not_to_be_called, "a frame outside the stack");
  if (!strcmp(what, "unmapped")) set_first_frame((Frame*)0x10000000);
  if (!strcmp(what, "circular")) {
    push_frame(&frames[1], pass_on, "the frame");
    frames[1].next = &frames[1];
  }
  if (!strcmp(what, "misaligned")) {
    Frame* frame = (Frame*)(((DWORD)bytes & ~3ul) + 1);
    push_frame(frame, not_to_be_called, "a misaligned frame");
  }
  if (!strcmp(what, "on-stack")) push_frame(&frames[0], (Handler)code, "a frame");
  if (!strcmp(what, "wild")) push_frame(&frames[0], (Handler)0x10000000, "a frame");
  __asm__ volatile("" : : "r"(bytes), "r"(frames), "r"(code) : "memory");
  fault();
}

int main(int argc, char** argv) {
  if (argc == 1) {
    in_data();
    return 0;
  }
  run(argv[1]);
  return 1;
}
