// _CIsin and its kind: Microsoft's compilers pass the argument in ST(0) (the second one; the first in ST(1))
// and take the result there. _ftol: ST(0) to EDX:EAX, cut off.
#define ONE(name)                                                                                       \
  __asm__(".text\n .globl __CI" #name "\n__CI" #name ":\n subl $12, %esp\n fstpl (%esp)\n call _" #name \
          "\n addl $12, %esp\n ret\n");
#define TWO(name)                                    \
  __asm__(".text\n .globl __CI" #name "\n__CI" #name \
          ":\n subl $20, %esp\n fstpl 8(%esp)\n fstpl (%esp)\n call _" #name "\n addl $20, %esp\n ret\n");

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

__asm__(
    ".text\n .globl __ftol\n__ftol:\n subl $16, %esp\n fnstcw 12(%esp)\n movw 12(%esp), %ax\n orw $0x0c00, "
    "%ax\n"
    " movw %ax, 14(%esp)\n fldcw 14(%esp)\n fistpll (%esp)\n fldcw 12(%esp)\n movl (%esp), %eax\n"
    " movl 4(%esp), %edx\n addl $16, %esp\n ret\n");
