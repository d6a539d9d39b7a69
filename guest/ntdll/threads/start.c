// Where the kernel enters a thread, and how a thread ends (guest/abi/structures.h).
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/call_frames.h"

void NTAPI nt_run_thread(LPTHREAD_START_ROUTINE start, void* argument) __asm__("_nt_run_thread");

void NTAPI nt_run_thread(LPTHREAD_START_ROUTINE start, void* argument) {
  RtlExitUserThread((NTSTATUS)nt_call_outermost(ldr_call_entry, start, argument));
}

// EAX: what the thread is to call; EBX: its argument. There is no return address.
__asm__(
    ".text\n .balign 16\n .globl _RtlUserThreadStart@8\n"
    "_RtlUserThreadStart@8:\n" FRAME_BEGIN
    " .cfi_undefined %eip\n xorl %ebp, %ebp\n pushl %ebx\n pushl %eax\n pushl $0\n jmp "
    "_nt_run_thread\n" FRAME_END);

// At ESP: the routine, its three arguments (a __stdcall function), and the CONTEXT that was interrupted,
// which is the frame's caller.
__asm__(
    ".text\n .balign 16\n .globl _KiUserApcDispatcher@16\n"
    "_KiUserApcDispatcher@16:\n" FRAME_BEGIN INTERRUPTED_AT_ESP_PLUS(
        16) " leal 16(%esp), %edi\n" INTERRUPTED_AT_EDI
            " popl %eax\n call *%eax\n"
            " pushl $1\n pushl %edi\n call _NtContinue\n"
            " pushl %eax\n call _RtlRaiseStatus@4\n" FRAME_END);

static BOOLEAN is_last_thread(void) {
  ULONG last = 0;
  NtQueryInformationThread(NT_CURRENT_THREAD, 12, &last, sizeof last, NULL);  // ThreadAmILastThread
  return last != 0;
}

void NTAPI RtlExitUserThread(NTSTATUS status) {
  if (is_last_thread()) RtlExitUserProcess(status);
  LdrShutdownThread();
  for (;;) NtTerminateThread(NT_CURRENT_THREAD, status);
}

void NTAPI RtlFreeUserThreadStack(HANDLE process, HANDLE thread) {
  (void)process, (void)thread;  // the kernel does it when the thread ends
}

NTSTATUS NTAPI RtlCreateUserThread(HANDLE process, void* security, BOOLEAN suspended, ULONG zero_bits,
                                   SIZE_T reserve, SIZE_T commit, void* start, void* argument, HANDLE* handle,
                                   ClientId* id) {
  (void)security;
  HANDLE made;
  NTSTATUS status = NtCreateThreadEx(&made, THREAD_ALL_ACCESS, NULL, process, start, argument,
                                     suspended ? 1 : 0, zero_bits, commit, reserve, NULL);
  if (!NT_SUCCESS(status)) return status;
  if (id) {
    ThreadBasicInformation information;
    NtQueryInformationThread(made, 0, &information, sizeof information, NULL);
    *id = information.ClientId;
  }
  if (handle) {
    *handle = made;
  } else {
    NtClose(made);
  }
  return STATUS_SUCCESS;
}
