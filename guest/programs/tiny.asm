; Shows a program without headers, loader or DLLs: a flat image at 0x00401000 that allocates a page by the system
; services, writes to it and ends with what it reads back, 42. The numbers are those of guest/abi/services.h.
bits 32
org 0x00401000

NtAllocateVirtualMemory equ 0x00
NtTerminateProcess      equ 0x04
CURRENT_PROCESS         equ -1
MEM_COMMIT_RESERVE      equ 0x3000
PAGE_READWRITE          equ 4

start:
        push    PAGE_READWRITE
        push    MEM_COMMIT_RESERVE
        push    size
        push    0                       ; zero bits
        push    base
        push    CURRENT_PROCESS
        mov     eax, NtAllocateVirtualMemory
        mov     edx, esp                ; the arguments
        int     0x2e
        add     esp, 6 * 4
        test    eax, eax
        jnz     finish                  ; the status is the exit code

        mov     ebx, [base]
        mov     dword [ebx + 0x10], 40
        add     dword [ebx + 0x10], 2
        mov     eax, [ebx + 0x10]

finish:
        push    eax
        push    CURRENT_PROCESS
        mov     eax, NtTerminateProcess
        mov     edx, esp
        int     0x2e
        ud2                             ; not reached

align 4
base    dd      0                       ; wherever there is room
size    dd      0x1000
