// One entry per system service: number in EAX, arguments' address in EDX, the gate, and the caller's stack
// cleaned (guest/abi/services.h).
#include "guest/abi/services.h"

#define ENTRY(number, name, words)                                               \
  __asm__(".text\n .balign 16\n .globl _" #name "\n_" #name ":\n movl $" #number \
          ", %eax\n leal 4(%esp), %edx\n int $0x2e\n ret $" #words " * 4\n");

PAGEWALK_SERVICES(ENTRY)

_Static_assert(PAGEWALK_SERVICE_INTERRUPT == 0x2e, "the gate above");
