// One entry per system service: number in EAX, arguments' address in EDX, the gate, and the caller's stack
// cleaned (guest/abi/services.h). Each is exported by a directive to the linker, so the list is all there is
// to keep; ntdll.def adds the Zw names.
#include "guest/abi/services.h"

#include "guest/runtime/call_frames.h"

#define ENTRY(number, name, words)                                                              \
  __asm__(".text\n .balign 16\n .globl _" #name "\n_" #name ":\n" FRAME_BEGIN " movl $" #number \
          ", %eax\n leal 4(%esp), %edx\n int $0x2e\n ret $" #words " * 4\n" FRAME_END           \
          ".section .drectve\n .ascii \" -export:" #name "\"\n .text\n");

PAGEWALK_SERVICES(ENTRY)

_Static_assert(PAGEWALK_SERVICE_INTERRUPT == 0x2e, "the gate above");
