// Each kind of exception that the processor or a program can raise: caught by a vectored handler, which
// repairs the cause so that the instruction is made again; by a frame at fs:[0], which does the same; and by
// a frame that unwinds. Every time the record and the context are checked, x87 and SSE registers included.
#include <string.h>

#include "exception_frames.h"

// name: the registers get values that the handlers look for, `setup` and `instruction` follow; name_at is the
// instruction's address. `setup` may push one word.
#define TRIGGER(name, setup, instruction)                                                      \
  extern char name##_at[];                                                                     \
  void name(void);                                                                             \
  __asm__(".text\n .globl _" #name ", _" #name "_at\n_" #name                                  \
          ":\n pushl %ebp\n movl %esp, %ebp\n pushl %ebx\n pushl %esi\n pushl %edi\n"          \
          " fldpi\n movl $0x55aa1234, %eax\n movd %eax, %xmm5\n"                               \
          " movl $0x11111111, %eax\n movl $0x22222222, %ebx\n movl $0x33333333, %ecx\n"        \
          " movl $0x44444444, %edx\n movl $0x66666666, %esi\n movl $0x77777777, %edi\n " setup \
          "\n stc\n_" #name "_at: " instruction                                                \
          "\n fstp %st(0)\n leal -12(%ebp), %esp\n popl %edi\n popl %esi\n popl %ebx\n popl %ebp\n ret\n");

// The x87 status that an earlier instruction would have left, unmasked; the next one that waits reports it.
#define X87_STATUS(bits) \
  "subl $28, %esp\n fnstenv (%esp)\n movw $0x340, (%esp)\n orw $" bits ", 4(%esp)\n fldenv (%esp)"

// Reserved; each kind prepares it for itself.
static __attribute__((used)) char* page;

TRIGGER(read_reserved, "movl _page, %esi", "movl 0x123(%esi), %eax")
TRIGGER(write_reserved, "movl _page, %esi", "movb %al, 0x124(%esi)")
TRIGGER(write_read_only, "movl _page, %esi", "addl %eax, 0x128(%esi)")
TRIGGER(copy_in_part, "movl _page, %edi\n addl $0xffd, %edi\n movl $_page, %esi\n movl $8, %ecx", "rep movsb")
TRIGGER(execute_reserved, "movl _page, %eax", "call *%eax")
TRIGGER(read_null, "xorl %eax, %eax", "movl 8(%eax), %eax")
TRIGGER(read_kernel, "movl $0x80001234, %eax", "movl (%eax), %eax")
TRIGGER(write_kernel, "movl $0xfffffffc, %eax", "movl %eax, (%eax)")
TRIGGER(touch_guard, "movl _page, %esi", "movb %al, 0x55(%esi)")
TRIGGER(divide_by_zero, "xorl %edx, %edx\n xorl %ecx, %ecx", "divl %ecx")
TRIGGER(divide_by_zero_in_memory, "pushl $0\n xorl %edx, %edx", "idivw (%esp)")
TRIGGER(divide_overflow, "movl $0x80000000, %eax\n cltd\n movl $-1, %ecx", "idivl %ecx")
TRIGGER(divide_overflow_byte, "movl $0x1234, %eax\n movb $2, %ch", "divb %ch")
TRIGGER(into, "movl $0x7fffffff, %ebx\n addl $1, %ebx\n movl $0x22222222, %ebx", "into")
TRIGGER(out_of_bounds, "pushl $9\n pushl $3\n movl $10, %eax", "bound %eax, (%esp)")
TRIGGER(halt, "", "hlt")
TRIGGER(disable_interrupts, "", "cli")
TRIGGER(read_port, "", "inb $0x60, %al")
TRIGGER(read_cr3, "", "movl %cr3, %eax")
TRIGGER(load_kernel_selector, "movl $0x10, %eax", "movw %ax, %gs")
TRIGGER(no_such_interrupt, "", "int $0x21")
TRIGGER(undefined, "", "ud2")
TRIGGER(breakpoint, "", "int3")
TRIGGER(single_step, "pushfl\n orl $0x100, (%esp)\n popfl", "nop")
TRIGGER(x87_divide, "fldcw _unmasked\n pushl $0\n fdivs (%esp)", "fwait")
TRIGGER(x87_invalid, X87_STATUS("0x8081"), "fwait")
TRIGGER(x87_stack, X87_STATUS("0x80c1"), "fwait")
TRIGGER(x87_overflow, X87_STATUS("0x8088"), "fwait")
TRIGGER(x87_underflow, X87_STATUS("0x8090"), "fwait")
TRIGGER(x87_inexact, X87_STATUS("0x80a0"), "fwait")
TRIGGER(x87_denormal, X87_STATUS("0x8082"), "fwait")
TRIGGER(sse_divide, "ldmxcsr _divides\n xorps %xmm0, %xmm0\n movl $0x3f800000, %eax\n movd %eax, %xmm1",
        "divss %xmm0, %xmm1")
TRIGGER(sse_overflow, "ldmxcsr _overflows\n movl $0x7f000000, %eax\n movd %eax, %xmm1", "addss %xmm1, %xmm1")
TRIGGER(misaligned_vector, "", "movaps 1(%esp), %xmm0")
TRIGGER(misaligned_word, "pushfl\n orl $0x40000, (%esp)\n popfl", "movl 1(%esp), %eax")
TRIGGER(null_selector, "", "movl %gs:0, %eax")
TRIGGER(behind_teb, "", "movl %fs:0x1000, %eax")

static __attribute__((used)) const unsigned short unmasked = 0x340, masked = 0x37f;
static __attribute__((used)) const unsigned divides = 0x1d80, overflows = 0x1b80, all_masked = 0x1f80;

// --- Before, and the cure. A cure changes what is wrong, or steps over the instruction.
static void decommit(void) { VirtualFree(page, 0x2000, MEM_DECOMMIT); }
static void make_read_only(void) { VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READONLY); }
static void make_guard(void) { VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD); }
static void commit_first(void) { VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE); }
static void commit(CONTEXT* c) { (void)c, VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_READWRITE); }
static void commit_second(CONTEXT* c) {
  (void)c, VirtualAlloc(page + 0x1000, 0x1000, MEM_COMMIT, PAGE_READWRITE);
}
static void make_writable(CONTEXT* c) {
  DWORD old;
  (void)c, VirtualProtect(page, 0x1000, PAGE_READWRITE, &old);
}
static void put_code(CONTEXT* c) {
  (void)c, VirtualAlloc(page, 0x1000, MEM_COMMIT, PAGE_EXECUTE_READWRITE);
  *page = (char)0xc3;
}
static void nothing(CONTEXT* c) { (void)c; }
static void set_divisor(CONTEXT* c) { c->Ecx = 3; }
static void set_pushed_divisor(CONTEXT* c) { *(DWORD*)c->Esp = 0x7fff; }
static void shorten_dividend(CONTEXT* c) { c->Edx = 0, c->Eax = 7; }
static void clear_overflow(CONTEXT* c) { c->EFlags &= ~0x800ul; }
static void set_index(CONTEXT* c) { c->Eax = 4; }
static void skip_1(CONTEXT* c) { c->Eip += 1; }
static void skip_2(CONTEXT* c) { c->Eip += 2; }
static void skip_3(CONTEXT* c) { c->Eip += 3; }
static void skip_5(CONTEXT* c) { c->Eip += 5; }
static void skip_6(CONTEXT* c) { c->Eip += 6; }
static void allow_misaligned(CONTEXT* c) { c->EFlags &= ~0x40000ul; }
static void mask_sse(CONTEXT* c) { *(DWORD*)(c->ExtendedRegisters + 24) |= 0x1f80; }
static void mask(CONTEXT* c) { c->FloatSave.ControlWord |= 0x3f, c->FloatSave.StatusWord &= ~0xfful; }

enum { kAnyAddress = 1, kNotInPage = 2 };

typedef struct Kind {
  const char* name;
  void (*trigger)(void);
  const char* at;
  DWORD code;
  DWORD parameters;
  DWORD access;
  DWORD offset;  // what is touched: in the page, or an address when it is below 64 KB or above 2 GB
  void (*prepare)(void);
  void (*cure)(CONTEXT*);
  // kAnyAddress: the exception's address is not the instruction's. kNotInPage: `offset` is MXCSR.
  DWORD flags;
} Kind;

#define NOWHERE 0xffffffff
#define K(name, trigger, code, ...) \
  { name, trigger, trigger##_at, code, __VA_ARGS__ }

static const Kind kKinds[] = {
    K("read of a reserved page", read_reserved, STATUS_ACCESS_VIOLATION, 2, 0, 0x123, decommit, commit, 0),
    K("write to a reserved page", write_reserved, STATUS_ACCESS_VIOLATION, 2, 1, 0x124, decommit, commit, 0),
    K("write to a read-only page", write_read_only, STATUS_ACCESS_VIOLATION, 2, 1, 0x128, make_read_only,
      make_writable, 0),
    K("copy that runs out of memory", copy_in_part, STATUS_ACCESS_VIOLATION, 2, 1, 0x1000, commit_first,
      commit_second, 0),
    K("call of a reserved page", execute_reserved, STATUS_ACCESS_VIOLATION, 2, 0, 0, decommit, put_code,
      kAnyAddress),
    K("read through a null pointer", read_null, STATUS_ACCESS_VIOLATION, 2, 0, 8, NULL, skip_3, 0),
    K("read of the kernel's memory", read_kernel, STATUS_ACCESS_VIOLATION, 2, 0, 0x80001234, NULL, skip_2, 0),
    K("write to the kernel's memory", write_kernel, STATUS_ACCESS_VIOLATION, 2, 1, 0xfffffffc, NULL, skip_2,
      0),
    K("guard page", touch_guard, STATUS_GUARD_PAGE_VIOLATION, 2, 1, 0x55, make_guard, nothing, 0),
    K("division by zero", divide_by_zero, STATUS_INTEGER_DIVIDE_BY_ZERO, 0, 0, 0, NULL, set_divisor, 0),
    K("division by zero in memory", divide_by_zero_in_memory, STATUS_INTEGER_DIVIDE_BY_ZERO, 0, 0, 0, NULL,
      set_pushed_divisor, 0),
    K("quotient that does not fit", divide_overflow, STATUS_INTEGER_OVERFLOW, 0, 0, 0, NULL, shorten_dividend,
      0),
    K("quotient that does not fit a byte", divide_overflow_byte, STATUS_INTEGER_OVERFLOW, 0, 0, 0, NULL,
      shorten_dividend, 0),
    K("overflow trap", into, STATUS_INTEGER_OVERFLOW, 0, 0, 0, NULL, clear_overflow, 0),
    K("index out of bounds", out_of_bounds, STATUS_ARRAY_BOUNDS_EXCEEDED, 0, 0, 0, NULL, set_index, 0),
    K("HLT", halt, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0, NULL, skip_1, 0),
    K("CLI", disable_interrupts, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0, NULL, skip_1, 0),
    K("IN", read_port, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0, NULL, skip_2, 0),
    K("read of CR3", read_cr3, STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0, NULL, skip_3, 0),
    K("load of a kernel selector", load_kernel_selector, STATUS_ACCESS_VIOLATION, 2, 0, NOWHERE, NULL, skip_2,
      0),
    K("interrupt that is not there", no_such_interrupt, STATUS_ACCESS_VIOLATION, 2, 0, NOWHERE, NULL, skip_2,
      0),
    K("UD2", undefined, STATUS_ILLEGAL_INSTRUCTION, 0, 0, 0, NULL, skip_2, 0),
    K("breakpoint", breakpoint, STATUS_BREAKPOINT, 3, 0, 0, NULL, skip_1, 0),
    K("single step", single_step, STATUS_SINGLE_STEP, 0, 0, 0, NULL, nothing, 0),
    K("x87 division by zero", x87_divide, STATUS_FLOAT_DIVIDE_BY_ZERO, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 invalid operation", x87_invalid, STATUS_FLOAT_INVALID_OPERATION, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 stack fault", x87_stack, STATUS_FLOAT_STACK_CHECK, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 overflow", x87_overflow, STATUS_FLOAT_OVERFLOW, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 underflow", x87_underflow, STATUS_FLOAT_UNDERFLOW, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 inexact result", x87_inexact, STATUS_FLOAT_INEXACT_RESULT, 1, 0, 0, NULL, mask, kAnyAddress),
    K("x87 denormal operand", x87_denormal, STATUS_FLOAT_DENORMAL_OPERAND, 1, 0, 0, NULL, mask, kAnyAddress),
    K("SSE division by zero", sse_divide, STATUS_FLOAT_MULTIPLE_TRAPS, 2, 0, 0x1d84, NULL, mask_sse,
      kNotInPage),
    K("SSE overflow", sse_overflow, STATUS_FLOAT_MULTIPLE_FAULTS, 2, 0, 0x1b88, NULL, mask_sse, kNotInPage),
    K("vector that is not aligned", misaligned_vector, STATUS_ACCESS_VIOLATION, 2, 0, NOWHERE, NULL, skip_5,
      0),
    K("alignment check", misaligned_word, STATUS_DATATYPE_MISALIGNMENT, 0, 0, 0, NULL, allow_misaligned, 0),
    K("null selector", null_selector, STATUS_ACCESS_VIOLATION, 2, 0, NOWHERE, NULL, skip_6, 0),
    K("address behind the TEB", behind_teb, STATUS_ACCESS_VIOLATION, 2, 0, NOWHERE, NULL, skip_6, 0),
};

static const Kind* current;
static int caught;

static DWORD address_touched(void) {
  if (current->flags & kNotInPage) return current->offset;
  if (current->offset < 8 || (current->offset > 8 && current->offset < 0x80000000)) {
    return (DWORD)page + current->offset;
  }
  return current->offset;
}

static void check_record(const EXCEPTION_RECORD* record) {
  expect("the code", record->ExceptionCode, current->code);
  expect("the flags", record->ExceptionFlags, 0);
  expect("the chained record", (DWORD)record->ExceptionRecord, 0);
  expect("the number of parameters", record->NumberParameters, current->parameters);
  if (!(current->flags & kAnyAddress))
    expect("the address", (DWORD)record->ExceptionAddress, (DWORD)current->at);
  if (current->parameters != 2) return;
  expect("the access", record->ExceptionInformation[0], current->access);
  expect("the address touched", record->ExceptionInformation[1], address_touched());
}

static void check_context(const CONTEXT* context) {
  static const unsigned char pi[10] = {0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40};
  DWORD eip = current->trigger == execute_reserved ? (DWORD)page : (DWORD)current->at;
  expect("the parts of the context", context->ContextFlags, 0x1003f);
  expect("EIP", context->Eip, eip);
  expect("EBX", context->Ebx, 0x22222222);
  expect("the carry and trap flags", context->EFlags & 0x101, 1);
  expect("CS", context->SegCs, 0x1b);
  expect("SS", context->SegSs, 0x23);
  expect("FS", context->SegFs, 0x3b);
  expect("XMM5", *(const DWORD*)(context->ExtendedRegisters + 160 + 5 * 16), 0x55aa1234);
  expect("ST(0)", (DWORD)memcmp(context->FloatSave.RegisterArea, pi, 10), 0);
  expect("ST(0) again", (DWORD)memcmp(context->ExtendedRegisters + 32, pi, 10), 0);
}

static void check(EXCEPTION_POINTERS* exception) {
  ++caught;
  check_record(exception->ExceptionRecord);
  check_context(exception->ContextRecord);
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  check(exception);
  current->cure(exception->ContextRecord);
  return EXCEPTION_CONTINUE_EXECUTION;
}

static EXCEPTION_DISPOSITION __cdecl repair(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                            void* dispatcher) {
  EXCEPTION_POINTERS exception = {record, context};
  (void)frame, (void)dispatcher;
  check(&exception);
  current->cure(context);
  return ExceptionContinueExecution;
}

static EXCEPTION_DISPOSITION __cdecl unwind(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                            void* dispatcher) {
  EXCEPTION_POINTERS exception = {record, context};
  (void)dispatcher;
  check(&exception);
  RtlUnwind(frame, NULL, record, NULL);
  expect("the first frame after unwinding", (DWORD)first_frame(), (DWORD)frame);
  longjmp(frame->way_out, 1);
}

static void begin(const Kind* kind) {
  current = kind;
  caught = 0;
  VirtualFree(page, 0x2000, MEM_DECOMMIT);
  if (kind->prepare) kind->prepare();
}

static void finish(const char* way) {
  __asm__ volatile("fninit\n fldcw %0\n ldmxcsr %1\n pushfl\n andl $~0x40000, (%%esp)\n popfl"
                   :
                   : "m"(masked), "m"(all_masked)
                   : "cc");
  if (caught == 1) return;
  ++failures;
  printf("  WRONG: %d exceptions %s\n", caught, way);
}

static void try_vectored(const Kind* kind) {
  begin(kind);
  void* handler = AddVectoredExceptionHandler(1, on_exception);
  kind->trigger();
  RemoveVectoredExceptionHandler(handler);
  finish("with a vectored handler");
}

static __attribute__((noinline)) void try_frame(const Kind* kind) {
  Frame frame;
  begin(kind);
  push_frame(&frame, repair, "repair");
  kind->trigger();
  pop_frame(&frame);
  finish("with a frame");
}

static __attribute__((noinline)) void try_unwinding(const Kind* kind) {
  Frame frame;
  begin(kind);
  push_frame(&frame, unwind, "unwind");
  if (!setjmp(frame.way_out)) {
    kind->trigger();
    expect("coming back", 1, 0);
  }
  pop_frame(&frame);
  finish("with a frame that unwinds");
}

int main(void) {
  page = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
  for (size_t i = 0; i < sizeof kKinds / sizeof *kKinds; ++i) {
    int before = failures;
    try_vectored(&kKinds[i]);
    try_frame(&kKinds[i]);
    try_unwinding(&kKinds[i]);
    printf("%-36s %#lx  %s\n", kKinds[i].name, kKinds[i].code,
           failures == before ? "repaired, repaired, unwound" : "NOT AS IT SHOULD BE");
  }
  return failures;
}
