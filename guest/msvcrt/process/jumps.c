// setjmp and longjmp: the registers that calls keep, and the head of the exception chain. The buffer is
// msvcrt's: Ebp, Ebx, Edi, Esi, Esp, Eip, Registration, TryLevel, then what exception handling adds.
__asm__(
    ".text\n .balign 16\n .globl __setjmp3\n .globl __setjmp\n"
    "__setjmp3:\n"
    "__setjmp:\n"
    " movl 4(%esp), %edx\n"
    " movl %ebp, (%edx)\n movl %ebx, 4(%edx)\n movl %edi, 8(%edx)\n movl %esi, 12(%edx)\n movl %esp, "
    "16(%edx)\n"
    " movl (%esp), %eax\n movl %eax, 20(%edx)\n"
    " movl %fs:0, %eax\n movl %eax, 24(%edx)\n movl $-1, 28(%edx)\n"
    " movl $0x56433230, 32(%edx)\n movl $0, 36(%edx)\n"
    " xorl %eax, %eax\n ret\n"
    ".balign 16\n .globl _longjmp\n"
    "_longjmp:\n"
    " movl 4(%esp), %edx\n movl 8(%esp), %eax\n testl %eax, %eax\n jnz 1f\n incl %eax\n"
    "1: movl 24(%edx), %ecx\n movl %ecx, %fs:0\n"
    " movl (%edx), %ebp\n movl 4(%edx), %ebx\n movl 8(%edx), %edi\n movl 12(%edx), %esi\n movl 16(%edx), "
    "%esp\n"
    " addl $4, %esp\n jmp *20(%edx)\n");
