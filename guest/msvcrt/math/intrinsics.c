// _CIsin and its kind: Microsoft's compilers pass the argument in ST(0) (the second one; the first in ST(1))
// and take the result there. _ftol: ST(0) to EDX:EAX, cut off.
#include "guest/runtime/call_frames.h"

#define ONE(name)                                    \
  __asm__(".text\n .globl __CI" #name "\n__CI" #name \
          ":\n" FRAME_BEGIN TAKE(12) " fstpl (%esp)\n call _" #name "\n" DROP(12) " ret\n" FRAME_END);
#define TWO(name)                                                            \
  __asm__(".text\n .globl __CI" #name "\n__CI" #name ":\n" FRAME_BEGIN TAKE( \
      20) " fstpl 8(%esp)\n fstpl (%esp)\n call _" #name "\n" DROP(20) " ret\n" FRAME_END);

ONE(acos)
ONE(asin)
ONE(atan)
ONE(cos)
ONE(cosh)
ONE(exp)
ONE(log)
ONE(log10)
ONE(sin)
ONE(sinh)
ONE(sqrt)
ONE(tan)
ONE(tanh)
TWO(atan2)
TWO(fmod)
TWO(pow)

__asm__(".text\n .globl __ftol\n__ftol:\n" FRAME_BEGIN TAKE(
    16) " fnstcw 12(%esp)\n movw 12(%esp), %ax\n orw $0x0c00, "
        "%ax\n"
        " movw %ax, 14(%esp)\n fldcw 14(%esp)\n fistpll (%esp)\n fldcw 12(%esp)\n movl (%esp), %eax\n"
        " movl 4(%esp), %edx\n" DROP(16) " ret\n" FRAME_END);
