// Calls into images. The stack pointer is kept in a preserved register, so that a callee that cleans up too
// much or too little does no harm.
#include "guest/ntdll/loader/loader.h"

__asm__(
    ".text\n .balign 16\n .globl _ldr_call_initializer\n"
    "_ldr_call_initializer:\n"
    " pushl %ebp\n movl %esp, %ebp\n pushl %esi\n pushl %edi\n pushl %ebx\n movl %esp, %esi\n"
    " pushl 20(%ebp)\n pushl 16(%ebp)\n pushl 12(%ebp)\n call *8(%ebp)\n"
    " movl %esi, %esp\n popl %ebx\n popl %edi\n popl %esi\n popl %ebp\n ret\n"
    ".balign 16\n .globl _ldr_call_entry\n"
    "_ldr_call_entry:\n"
    " pushl %ebp\n movl %esp, %ebp\n pushl %esi\n pushl %edi\n pushl %ebx\n movl %esp, %esi\n"
    " pushl 12(%ebp)\n call *8(%ebp)\n"
    " movl %esi, %esp\n popl %ebx\n popl %edi\n popl %esi\n popl %ebp\n ret\n");
