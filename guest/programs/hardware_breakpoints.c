// The debug registers of a CONTEXT: write, access and execution breakpoints that a program sets on its own
// thread (from a vectored handler), on another one and on a child's (with SetThreadContext); where they are
// met, with which CONTEXT, and what is not one. With an argument: `handler` (the handler meets a breakpoint
// for ever and the stack ends), `child` (what the program starts itself).
#include <string.h>
#include <windows.h>

#include "check.h"

#define ENABLE(n) (1u << 2 * (n))
#define ON_WRITE 1u
#define ON_ACCESS 3u
#define CONDITION(n, bits) ((bits) << (16 + 4 * (n)))
#define LENGTH(n, bytes) (((bytes)-1u) << (18 + 4 * (n)))
#define DATA(n, condition, bytes) (ENABLE(n) | CONDITION(n, condition) | LENGTH(n, bytes))
#define RESUME_FLAG 0x10000u
#define TRAP_FLAG 0x100u
#define SINGLE_STEP 0x4000u
#define SET_REGISTERS 0xe0000001u

__attribute__((aligned(16))) volatile DWORD watched[8];
volatile DWORD executed;

// name: a routine with labels name_at, before its one instruction of interest, and name_behind.
#define ROUTINE(name, before, instruction, after)                                                       \
  extern char name##_at[], name##_behind[];                                                             \
  void name(void);                                                                                      \
  __asm__(".text\n .globl _" #name ", _" #name "_at, _" #name "_behind\n_" #name ":\n pushal\n " before \
          "\n_" #name "_at: " instruction "\n_" #name "_behind: " after "\n popal\n ret\n");

ROUTINE(write_it, "movl $7, %eax", "movl %eax, _watched", "")
ROUTINE(write_next, "movl $7, %eax", "movl %eax, _watched+4", "")
ROUTINE(write_byte_2, "", "movb $1, _watched+2", "")
ROUTINE(write_byte_3, "", "movb $1, _watched+3", "")
ROUTINE(write_across, "", "movl $-1, _watched+3", "")
ROUTINE(add_to_it, "", "addl $5, _watched", "")
ROUTINE(read_it, "", "movl _watched, %eax", "")
ROUTINE(push_it, "", "pushl _watched", "popl %eax")
ROUTINE(write_16, "pxor %xmm0, %xmm0", "movups %xmm0, _watched+1", "")
ROUTINE(fill, "cld\n movl $_watched, %edi\n movl $8, %ecx\n movl $0x5a5a5a5a, %eax", "rep stosl", "")
ROUTINE(copy, "cld\n movl $_watched, %esi\n movl $_copied, %edi\n movl $8, %ecx", "rep movsl", "")
ROUTINE(count_it, "", "incl _executed", "")
ROUTINE(write_traced, "pushfl\n orl $0x100, (%esp)\n popfl", "movl $1, _watched", "nop")
ROUTINE(write_far, "movl _far_away, %esi", "movl $3, (%esi)", "")
ROUTINE(called, "call 1f\n jmp 2f\n1:", "ret", "2:")

__attribute__((used)) static DWORD copied[8];
__attribute__((used)) static char* volatile far_away;

// --- What the handler saw, and does.
static struct Hit { DWORD code, address, eip, status, control, flags, ecx, value, thread; } hits[64];
static volatile LONG hit_count;
static DWORD new_registers[6];     // for SET_REGISTERS
static volatile int without_flag;  // how often an execution breakpoint is not passed
static volatile int keep_status;

static LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  CONTEXT* c = exception->ContextRecord;
  DWORD code = exception->ExceptionRecord->ExceptionCode;
  if (code == SET_REGISTERS) {
    memcpy(&c->Dr0, new_registers, sizeof new_registers);
    c->ContextFlags |= CONTEXT_DEBUG_REGISTERS;
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  LONG n = InterlockedIncrement(&hit_count) - 1;
  if (n < 64)
    hits[n] = (struct Hit){code,
                           (DWORD)exception->ExceptionRecord->ExceptionAddress,
                           c->Eip,
                           c->Dr6,
                           c->Dr7,
                           c->EFlags,
                           c->Ecx,
                           0,
                           GetCurrentThreadId()};
  if (code == EXCEPTION_ACCESS_VIOLATION || code == STATUS_GUARD_PAGE_VIOLATION) {
    if (code == EXCEPTION_ACCESS_VIOLATION) VirtualAlloc(far_away, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  if (code != EXCEPTION_SINGLE_STEP) return EXCEPTION_CONTINUE_SEARCH;
  if (without_flag > 0)
    --without_flag;
  else
    c->EFlags |= RESUME_FLAG;
  if (!keep_status) c->Dr6 = 0;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void set(DWORD address, DWORD control) {
  memset(new_registers, 0, sizeof new_registers);
  new_registers[0] = address;
  new_registers[5] = control;
  RaiseException(SET_REGISTERS, 0, 0, NULL);
  hit_count = 0;
}
static void set_own(const volatile void* address, DWORD control) { set((DWORD)(ULONG_PTR)address, control); }

static int hit(int n, const char* at, DWORD status) {
  return n < hit_count && hits[n].code == EXCEPTION_SINGLE_STEP && hits[n].eip == (DWORD)(ULONG_PTR)at &&
         hits[n].address == hits[n].eip && hits[n].status == status && hits[n].thread == GetCurrentThreadId();
}

// Whether `routine` meets breakpoint 0 once, and its exception says so behind it (or `at`).
static int meets(void (*routine)(void), const char* at) {
  hit_count = 0;
  routine();
  return hit_count == 1 && hit(0, at, 1);
}
static int misses(void (*routine)(void)) {
  hit_count = 0;
  routine();
  return hit_count == 0;
}

// --- On the own thread.
static void test_writes(void) {
  set_own(watched, DATA(0, ON_WRITE, 4));
  check(meets(write_it, write_it_behind) && watched[0] == 7, "a write is met behind the instruction");
  check((hits[0].flags & RESUME_FLAG) == 0 && hits[0].control == DATA(0, ON_WRITE, 4), "with its context");
  int all = 1;
  for (int i = 0; i < 10; ++i) all &= meets(write_it, write_it_behind);
  check(all, "every time once");
  check(misses(read_it) && misses(push_it), "reads are none");
  check(misses(write_next), "nor is a write beside it");
  check(meets(add_to_it, add_to_it_behind) && watched[0] == 12, "one instruction that reads and writes is");
  check(meets(write_byte_3, write_byte_3_behind) && meets(write_across, write_across_behind) &&
            meets(write_16, write_16_behind),
        "any byte counts");
  set_own(watched, 0);
  check(misses(write_it), "without Dr7 there is none");
}

static void test_accesses(void) {
  set_own(watched, DATA(0, ON_ACCESS, 4));
  check(meets(read_it, read_it_behind) && meets(write_it, write_it_behind) && meets(push_it, push_it_behind),
        "reads and writes are met");
  check(meets(add_to_it, add_to_it_behind), "both at once are one");
  set_own(&executed, DATA(0, ON_ACCESS, 4));
  check(meets(count_it, count_it_behind), "of another variable");
  set_own(write_it_at, DATA(0, ON_ACCESS, 4));
  check(misses(write_it), "execution is no access");
}

static void test_lengths(void) {
  set_own((char*)watched + 2, DATA(0, ON_WRITE, 1));
  check(misses(write_byte_3) && meets(write_byte_2, write_byte_2_behind), "one byte");
  set_own((char*)watched + 3, DATA(0, ON_WRITE, 2));
  check(meets(write_byte_2, write_byte_2_behind) && meets(write_byte_3, write_byte_3_behind) &&
            misses(write_next),
        "two bytes are aligned");
  set_own((char*)watched + 3, DATA(0, ON_WRITE, 4));
  check(meets(write_byte_2, write_byte_2_behind) && misses(write_next), "four bytes, too");
}

static void test_execution(void) {
  set_own(count_it_at, ENABLE(0));
  DWORD before = executed;
  int all = 1;
  for (int i = 0; i < 10; ++i) all &= meets(count_it, count_it_at);
  check(all && executed == before + 10, "an execution breakpoint is met once, before its instruction");
  check((hits[0].flags & RESUME_FLAG) == 0, "with the resume flag off");
  without_flag = 2;
  before = executed;
  hit_count = 0;
  count_it();
  check(hit_count == 3 && hit(2, count_it_at, 1) && executed == before + 1,
        "and again while the resume flag stays off");
  set_own(called_at, ENABLE(0));
  check(meets(called, called_at), "at a return");
  set_own(fill_at, ENABLE(0));
  check(meets(fill, fill_at) && hits[0].ecx == 8, "at a repeated string instruction once");
  set_own(count_it_at, ENABLE(0) | LENGTH(0, 4));
  check(meets(count_it, count_it_at), "its length does not matter");
}

static void test_strings(void) {
  set_own(watched + 2, DATA(0, ON_WRITE, 4));
  watched[3] = 0;
  check(meets(fill, fill_at) && hits[0].ecx == 5 && (hits[0].flags & RESUME_FLAG) != 0 &&
            watched[7] == 0x5a5a5a5a,
        "a string instruction is left behind the iteration, and goes on");
  set_own(watched + 7, DATA(0, ON_WRITE, 4));
  check(meets(fill, fill_behind) && hits[0].ecx == 0 && (hits[0].flags & RESUME_FLAG) == 0,
        "behind the last one it is over");
  set_own(watched + 1, DATA(0, ON_ACCESS, 4));
  check(meets(copy, copy_at) && hits[0].ecx == 6 && copied[7] == 0x5a5a5a5a, "its source counts, too");
}

static void test_several(void) {
  set_own(watched, DATA(0, ON_WRITE, 4));
  new_registers[1] = (DWORD)(ULONG_PTR)write_it_at;
  new_registers[2] = (DWORD)(ULONG_PTR)watched;
  new_registers[5] |= ENABLE(1) | DATA(2, ON_ACCESS, 1);
  RaiseException(SET_REGISTERS, 0, 0, NULL);
  hit_count = 0;
  write_it();
  check(hit_count == 2 && hit(0, write_it_at, 2) && hit(1, write_it_behind, 5),
        "one before, and two at once behind it");
  keep_status = 1;
  hit_count = 0;
  write_it();
  read_it();
  check(hit_count == 3 && hit(1, write_it_behind, 5) && hit(2, read_it_behind, 4),
        "Dr6 says of each what it was");
  keep_status = 0;
}

static void test_steps(void) {
  set_own(watched, DATA(0, ON_WRITE, 4));
  hit_count = 0;
  write_traced();
  check(hit_count == 1 && hit(0, write_traced_behind, SINGLE_STEP | 1), "a step onto it is both");
  set_own(watched, 0);
  hit_count = 0;
  write_traced();
  check(hit_count == 1 && hit(0, write_traced_behind, SINGLE_STEP), "a step alone says so");
}

// --- Pages that are not there.
static void test_pages(void) {
  far_away = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
  set_own(far_away, DATA(0, ON_WRITE, 4));
  new_registers[1] = (DWORD)(ULONG_PTR)write_far_at;
  new_registers[5] |= ENABLE(1);
  RaiseException(SET_REGISTERS, 0, 0, NULL);
  hit_count = 0;
  write_far();
  check(hit_count == 3 && hit(0, write_far_at, 2) && hits[1].code == EXCEPTION_ACCESS_VIOLATION &&
            hit(2, write_far_behind, 1),
        "a breakpoint, an access violation and the access");
  check((hits[1].flags & RESUME_FLAG) != 0, "a fault passes the breakpoint when it is made again");
  far_away += 0x1000;
  VirtualAlloc(far_away, 0x1000, MEM_COMMIT, PAGE_READWRITE);
  set_own(far_away, DATA(0, ON_WRITE, 4));
  check(meets(write_far, write_far_behind), "a page that comes when it is touched");
  DWORD old;
  VirtualProtect(far_away, 0x1000, PAGE_READWRITE | PAGE_GUARD, &old);
  hit_count = 0;
  write_far();
  check(hit_count == 2 && hits[0].code == STATUS_GUARD_PAGE_VIOLATION && hit(1, write_far_behind, 1),
        "a guard page");
  VirtualFree(far_away - 0x1000, 0, MEM_RELEASE);
  set_own(watched, 0);
}

static void test_services(void) {
  LONG(NTAPI * query)
  (HANDLE, void*, ULONG, void*, ULONG, ULONG*) =
      (void*)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtQueryVirtualMemory");
  static __attribute__((aligned(8))) MEMORY_BASIC_INFORMATION information;
  set_own(&information.RegionSize, DATA(0, ON_ACCESS, 4));
  LONG status = query(GetCurrentProcess(), (void*)watched, 0, &information, sizeof information, NULL);
  LONG met = hit_count;
  set_own(watched, 0);
  check(status == 0 && met == 0 && information.RegionSize != 0, "what the system writes is not met");
}

// --- What is not a breakpoint.
static void test_bad(void) {
  CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
  c.Dr0 = 0x80000000;
  c.Dr1 = 0xc0300c00;  // the page directory
  c.Dr2 = 0xffffffff;
  c.Dr3 = 0x7ffeffff;
  c.Dr6 = 0xffffffff;
  c.Dr7 = 0xffffffff;
  check(SetThreadContext(GetCurrentThread(), &c), "every bit set is no mistake");
  memset(&c.Dr0, 0xa5, 24);
  check(GetThreadContext(GetCurrentThread(), &c), "and can be looked at");
  check(c.Dr0 == 0 && c.Dr1 == 0 && c.Dr2 == 0 && c.Dr3 == 0x7ffeffff, "addresses of the kernel are gone");
  check(c.Dr6 == 0xe00f && c.Dr7 == 0xffff0155, "and bits that a program may not have");
  check(misses(write_it), "nothing is met");
  set_own(watched, 0);
  c.ContextFlags = CONTEXT_DEBUG_REGISTERS;
  GetThreadContext(GetCurrentThread(), &c);
  check(c.Dr0 == (DWORD)(ULONG_PTR)watched && c.Dr3 == 0 && c.Dr6 == 0 && c.Dr7 == 0, "and it is over");
  set_own(watched, CONDITION(0, ON_WRITE) | 0x302 | 0x2000);
  check(misses(write_it), "enabled globally is not enabled");
  set_own(watched, ENABLE(0) | CONDITION(0, 2u));
  check(misses(write_it), "input and output has no breakpoints");
  set_own(watched, 0);
}

// --- On other threads.
static DWORD WINAPI writer(void* unused) {
  (void)unused;
  for (int i = 0; i < 5; ++i) write_it();
  return 0;
}

static HANDLE suspended(LPTHREAD_START_ROUTINE routine, void* argument, DWORD* id) {
  return CreateThread(NULL, 0, routine, argument, CREATE_SUSPENDED, id);
}
static BOOL set_other(HANDLE thread, const volatile void* address, DWORD control) {
  CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
  c.Dr0 = (DWORD)(ULONG_PTR)address;
  c.Dr7 = control;
  return SetThreadContext(thread, &c);
}
static void join(HANDLE thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

static void test_threads(void) {
  DWORD id;
  set_own(watched, DATA(0, ON_WRITE, 4));
  HANDLE thread = suspended(writer, NULL, &id);
  CONTEXT c = {.ContextFlags = CONTEXT_DEBUG_REGISTERS};
  memset(&c.Dr0, 0xa5, 24);
  check(GetThreadContext(thread, &c) && c.Dr0 == 0 && c.Dr7 == 0, "a new thread has none");
  ResumeThread(thread);
  join(thread);
  check(hit_count == 0, "what another thread writes is not met");
  check(meets(write_it, write_it_behind), "by its own writes it is");
  set_own(watched, 0);

  thread = suspended(writer, NULL, &id);
  check(set_other(thread, watched, DATA(0, ON_WRITE, 4)), "set on a suspended thread");
  c.ContextFlags = CONTEXT_DEBUG_REGISTERS;
  check(GetThreadContext(thread, &c) && c.Dr0 == (DWORD)(ULONG_PTR)watched && c.Dr7 == DATA(0, ON_WRITE, 4),
        "and read back");
  write_it();
  check(hit_count == 0, "ours is another");
  ResumeThread(thread);
  join(thread);
  int theirs = hit_count == 5;
  for (int i = 0; i < 5; ++i)
    theirs &= hits[i].thread == id && hits[i].eip == (DWORD)(ULONG_PTR)write_it_behind && hits[i].status == 1;
  check(theirs, "theirs is met");
}

static DWORD WINAPI busy(void* which) {
  volatile LONG rounds = 0;
  for (int i = 0; i < 4; ++i) {
    while (++rounds % 250000) continue;
    which ? write_next() : write_it();
  }
  return 0;
}

// Both run at once, and each meets its own alone.
static void test_turns(void) {
  DWORD id[2];
  HANDLE thread[2];
  for (ULONG_PTR i = 0; i < 2; ++i) {
    thread[i] = suspended(busy, (void*)i, &id[i]);
    set_other(thread[i], &watched[i], DATA(0, ON_WRITE, 4));
  }
  hit_count = 0;
  ResumeThread(thread[0]);
  ResumeThread(thread[1]);
  join(thread[0]);
  join(thread[1]);
  int own = hit_count == 8;
  for (int i = 0; i < 8; ++i) {
    const char* behind = hits[i].thread == id[0] ? write_it_behind : write_next_behind;
    own &= (hits[i].thread == id[0] || hits[i].thread == id[1]) && hits[i].eip == (DWORD)(ULONG_PTR)behind;
  }
  check(own, "threads that take turns meet their own");
}

// --- On a child's.
static int child(void) {
  hit_count = 0;
  write_it();
  read_it();
  return hit_count == 1 && hit(0, write_it_behind, 1) ? 42 : 1;
}

static void test_child(const char* program) {
  char command[300];
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION process;
  DWORD code = 0;
  snprintf(command, sizeof command, "\"%s\" child", program);
  if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &process))
    return check(0, "a child starts");
  set_other(process.hThread, watched, DATA(0, ON_WRITE, 4));
  ResumeThread(process.hThread);
  WaitForSingleObject(process.hProcess, INFINITE);
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  check(code == 42, "a child meets what its parent set");
  check(misses(write_it), "and its parent does not");
}

// --- The handler's own.
static LONG CALLBACK on_breakpoint(EXCEPTION_POINTERS* exception) {
  (void)exception;
  count_it();
  return EXCEPTION_CONTINUE_EXECUTION;
}

static int endless(void) {
  set_own(count_it_at, ENABLE(0));
  AddVectoredExceptionHandler(1, on_breakpoint);
  puts("the handler meets its own breakpoint");
  fflush(stdout);
  count_it();
  return 0;
}

int main(int argc, char** argv) {
  AddVectoredExceptionHandler(1, on_exception);
  if (argc > 1 && !strcmp(argv[1], "child")) return child();
  if (argc > 1 && !strcmp(argv[1], "handler")) return endless();
  test_writes();
  test_accesses();
  test_lengths();
  test_execution();
  test_strings();
  test_several();
  test_steps();
  test_pages();
  test_services();
  test_bad();
  test_threads();
  test_turns();
  test_child(argv[0]);
  return failures;
}
