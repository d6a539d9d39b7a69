// Fibers ("Fibers", "SwitchToFiber", Microsoft): stacks that a program switches between by itself. What the
// TEB says of a stack, the chain of exception handlers and fiber-local storage go with the fiber.
#include "guest/kernel32/kernel32.h"
#include "guest/runtime/call_frames.h"

enum { kHasFiberData = 0x4 };  // of Teb.SameTebFlags
enum { kPageBytes = 0x1000, kGranularity = 0x10000, kMegabyte = 0x100000 };

// k32_switch_fiber below knows the offsets.
typedef struct Fiber {
  void* parameter;  // first: GetFiberData reads it there
  uint32_t exception_list, stack_base, stack_limit, deallocation_stack, guaranteed, fls_data;
  uint32_t* stack;  // the stack pointer; on the stack: EDI, ESI, EBX, EBP, where to go on
  uint32_t x87_control, mxcsr, switches_floats;
  BOOL owns_stack;
  LPFIBER_START_ROUTINE start;
} Fiber;

// Keeps the caller's state in `from`, and returns in `to` from the call that left it.
void k32_switch_fiber(Fiber* from, const Fiber* to);
__asm__(
    ".text\n .balign 16\n .globl _k32_switch_fiber\n"
    "_k32_switch_fiber:\n"
    FRAME_BEGIN " movl 4(%esp), %eax\n movl 8(%esp), %edx\n"
    SAVE("%ebp") SAVE("%ebx") SAVE("%esi") SAVE("%edi")
    " movl %fs:0, %ecx\n movl %ecx, 4(%eax)\n movl %fs:4, %ecx\n movl %ecx, 8(%eax)\n"
    " movl %fs:8, %ecx\n movl %ecx, 12(%eax)\n movl %fs:0xe0c, %ecx\n movl %ecx, 16(%eax)\n"
    " movl %fs:0xf78, %ecx\n movl %ecx, 20(%eax)\n movl %fs:0xfb4, %ecx\n movl %ecx, 24(%eax)\n"
    " movl %esp, 28(%eax)\n fnstcw 32(%eax)\n stmxcsr 36(%eax)\n"
    " movl 4(%edx), %ecx\n movl %ecx, %fs:0\n movl 8(%edx), %ecx\n movl %ecx, %fs:4\n"
    " movl 12(%edx), %ecx\n movl %ecx, %fs:8\n movl 16(%edx), %ecx\n movl %ecx, %fs:0xe0c\n"
    " movl 20(%edx), %ecx\n movl %ecx, %fs:0xf78\n movl 24(%edx), %ecx\n movl %ecx, %fs:0xfb4\n"
    " movl %edx, %fs:0x10\n movl 28(%edx), %esp\n"
    " cmpl $0, 40(%edx)\n je 1f\n fldcw 32(%edx)\n ldmxcsr 36(%edx)\n"
    "1:" RESTORE("%edi") RESTORE("%esi") RESTORE("%ebx") RESTORE("%ebp") " ret\n" FRAME_END);
_Static_assert(offsetof(Fiber, fls_data) == 24 && offsetof(Fiber, stack) == 28, "k32_switch_fiber");
_Static_assert(offsetof(Fiber, x87_control) == 32 && offsetof(Fiber, switches_floats) == 40,
               "k32_switch_fiber");
_Static_assert(offsetof(Teb, FiberData) == 0x10 && offsetof(Teb, FlsData) == 0xfb4, "k32_switch_fiber");

// Where a fiber begins: as a thread does, so that exceptions that it does not handle are reported.
__asm__(
    ".text\n .balign 16\n"
    "fiber_entry:\n" FRAME_BEGIN
    " .cfi_undefined %eip\n movl $_k32_run_fiber@4, %eax\n movl %fs:0x10, %ebx\n jmp "
    "*__imp__RtlUserThreadStart\n" FRAME_END);
extern char fiber_entry[] __asm__("fiber_entry");

// A fiber that returns ends its thread.
DWORD WINAPI k32_run_fiber(void* fiber);
DWORD WINAPI k32_run_fiber(void* fiber) {
  Fiber* self = fiber;
  self->start(self->parameter);
  return 0;
}

BOOL WINAPI IsThreadAFiber(void) { return (nt_teb()->SameTebFlags & kHasFiberData) != 0; }

static void set_current(Fiber* fiber) {
  Teb* teb = nt_teb();
  teb->FiberData = nt_address(fiber);
  teb->SameTebFlags =
      (uint16_t)(fiber ? teb->SameTebFlags | kHasFiberData : teb->SameTebFlags & ~kHasFiberData);
}

static Fiber* make_fiber(void* parameter, DWORD flags) {
  if (flags & ~(DWORD)FIBER_FLAG_FLOAT_SWITCH) return k32_fail(ERROR_INVALID_PARAMETER), NULL;
  Fiber* fiber = RtlAllocateHeap(k32_heap(), HEAP_ZERO_MEMORY, sizeof *fiber);
  if (!fiber) return k32_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
  fiber->parameter = parameter;
  fiber->switches_floats = flags & FIBER_FLAG_FLOAT_SWITCH;
  return fiber;
}

LPVOID WINAPI ConvertThreadToFiberEx(LPVOID parameter, DWORD flags) {
  if (IsThreadAFiber()) return k32_fail(ERROR_ALREADY_FIBER), NULL;
  Fiber* fiber = make_fiber(parameter, flags);
  if (fiber) set_current(fiber);
  return fiber;
}
LPVOID WINAPI ConvertThreadToFiber(LPVOID parameter) { return ConvertThreadToFiberEx(parameter, 0); }

BOOL WINAPI ConvertFiberToThread(void) {
  if (!IsThreadAFiber()) return k32_fail(ERROR_ALREADY_THREAD);
  Fiber* fiber = nt_pointer(nt_teb()->FiberData);
  set_current(NULL);
  // A stack of its own stays: it is the thread's now.
  RtlFreeHeap(k32_heap(), 0, fiber);
  return TRUE;
}

static SIZE_T rounded(SIZE_T size, SIZE_T unit) { return (size + unit - 1) & ~(unit - 1); }

static const IMAGE_OPTIONAL_HEADER32* program(void) {
  const IMAGE_DOS_HEADER* image = nt_pointer(nt_peb()->ImageBaseAddress);
  const IMAGE_NT_HEADERS32* headers = nt_add(image, (ULONG)image->e_lfanew);
  return &headers->OptionalHeader;
}

// Reserved as a whole, committed at its top, with a guard page below: as a thread's ("Thread Stack Size",
// Microsoft; the program's header has the sizes that are not given).
static BOOL make_stack(Fiber* fiber, SIZE_T commit, SIZE_T reserve) {
  if (!commit) commit = program()->SizeOfStackCommit;
  if (!reserve) reserve = program()->SizeOfStackReserve;
  commit = rounded(commit, kPageBytes);
  if (commit + 2 * kPageBytes > reserve) reserve = rounded(commit + 2 * kPageBytes, kMegabyte);
  reserve = rounded(reserve, kGranularity);
  char* low = VirtualAlloc(NULL, reserve, MEM_RESERVE, PAGE_READWRITE);
  if (!low) return FALSE;
  char* base = low + reserve;
  if (!VirtualAlloc(base - commit, commit, MEM_COMMIT, PAGE_READWRITE) ||
      !VirtualAlloc(base - commit - kPageBytes, kPageBytes, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD)) {
    VirtualFree(low, 0, MEM_RELEASE);
    return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
  }
  fiber->deallocation_stack = nt_address(low);
  fiber->stack_limit = nt_address(base - commit);
  fiber->stack_base = nt_address(base);
  fiber->owns_stack = TRUE;
  return TRUE;
}

LPVOID WINAPI CreateFiberEx(SIZE_T commit, SIZE_T reserve, DWORD flags, LPFIBER_START_ROUTINE start,
                            LPVOID parameter) {
  Fiber* fiber = make_fiber(parameter, flags);
  if (!fiber) return NULL;
  if (!make_stack(fiber, commit, reserve)) {
    RtlFreeHeap(k32_heap(), 0, fiber);
    return NULL;
  }
  fiber->start = start;
  fiber->exception_list = 0xffffffff;
  fiber->x87_control = 0x27f;
  fiber->mxcsr = 0x1f80;
  fiber->stack = (uint32_t*)nt_pointer(fiber->stack_base) - 8;  // zeros: registers, and no caller
  fiber->stack[4] = nt_address(fiber_entry);
  return fiber;
}
LPVOID WINAPI CreateFiber(SIZE_T stack, LPFIBER_START_ROUTINE start, LPVOID parameter) {
  return CreateFiberEx(stack, 0, 0, start, parameter);
}

void WINAPI SwitchToFiber(LPVOID fiber) { k32_switch_fiber(nt_pointer(nt_teb()->FiberData), fiber); }

// The one that runs takes its thread with it.
void WINAPI DeleteFiber(LPVOID address) {
  Fiber* fiber = address;
  if (IsThreadAFiber() && nt_teb()->FiberData == nt_address(fiber)) ExitThread(1);
  RtlProcessFlsData(nt_pointer(fiber->fls_data));
  if (fiber->owns_stack) VirtualFree(nt_pointer(fiber->deallocation_stack), 0, MEM_RELEASE);
  RtlFreeHeap(k32_heap(), 0, fiber);
}
