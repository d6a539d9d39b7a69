// Instructions that a processor refuses, and what Windows makes of each: the code, whether there are
// parameters, and that nothing in memory was touched (Intel SDM volume 2, the instructions' pages;
// [MS-ERREF]; measurements on processors). A read-modify-write instruction faults as a write, as Intel SDM
// volume 3, 4.7 has it in the error code.
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kRead = 0, kWrite = 1, kNone = 0, kNowhere = -1 };

typedef struct Case {
  const char* name;
  const char* code;
  int size;
  DWORD status;
  DWORD parameters;
  DWORD access;
  int touched;  // from the reserved page, or kNowhere
} Case;

// EBX and EDI point into a committed page, ESI into a reserved one.
#define I(name, code, ...) \
  { name, code, sizeof code - 1, __VA_ARGS__ }
#define PRIVILEGED STATUS_PRIVILEGED_INSTRUCTION, 0, 0, 0
#define ILLEGAL STATUS_ILLEGAL_INSTRUCTION, 0, 0, 0
#define BAD_LOCK ((DWORD)0xC000001E), 0, 0, 0 /* STATUS_INVALID_LOCK_SEQUENCE */
#define VIOLATION(access, touched) STATUS_ACCESS_VIOLATION, 2, access, touched
#define SIX "\x2e\x2e\x2e\x2e\x2e\x2e"

static const Case kCases[] = {
    I("lock btr ebx, esi", "\xf0\x0f\xb3\xf3", BAD_LOCK),
    I("lock xchg eax, ecx", "\xf0\x87\xc1", BAD_LOCK),
    I("lock mov [ebx], eax", "\xf0\x89\x03", BAD_LOCK),
    I("lock cmp [ebx], eax", "\xf0\x39\x03", BAD_LOCK),
    I("lock nop", "\xf0\x90", BAD_LOCK),
    I("ud2", "\x0f\x0b", ILLEGAL),
    I("rdpmc", "\x0f\x33", PRIVILEGED),
    I("sysexit", "\x0f\x35", PRIVILEGED),
    I("insb", "\x6c", PRIVILEGED),
    I("insd", "\x6d", PRIVILEGED),
    I("rep insb", "\xf3\x6c", PRIVILEGED),
    I("outsb from a reserved page", "\x6e", PRIVILEGED),
    I("in al, dx", "\xec", PRIVILEGED),
    I("out dx, eax", "\xef", PRIVILEGED),
    I("mov [ebx+0], 0 in 16 bytes", SIX "\xc7\x83\0\0\0\0\0\0\0\0", VIOLATION(kRead, kNowhere)),
    I("15 prefixes", SIX SIX "\x66\x66\x66\x66", ILLEGAL),
    I("mov eax, [esi]", "\x8b\x06", VIOLATION(kRead, 8)),
    I("cmp [esi], eax", "\x39\x06", VIOLATION(kRead, 8)),
    I("add [esi], eax", "\x01\x06", VIOLATION(kWrite, 8)),
    I("lock inc dword [esi]", "\xf0\xff\x06", VIOLATION(kWrite, 8)),
    I("xchg [esi], eax", "\x87\x06", VIOLATION(kWrite, 8)),
    I("cmpxchg [esi], ecx", "\x0f\xb1\x0e", VIOLATION(kWrite, 8)),
    I("cmpxchg8b [esi]", "\x0f\xc7\x0e", VIOLATION(kWrite, 8)),
    I("bts [esi], ecx", "\x0f\xab\x0e", VIOLATION(kWrite, 8)),
    I("bt [esi], ecx", "\x0f\xa3\x0e", VIOLATION(kRead, 8)),
    I("shl dword [esi], cl by 0", "\xd3\x26", VIOLATION(kWrite, 8)),
    I("sete [esi]", "\x0f\x94\x06", VIOLATION(kWrite, 8)),
};

static const Case* current;
static int failures;
static volatile int caught;
static char *code_page, *committed, *reserved;
static DWORD landing;

static void expect(const char* what, DWORD is, DWORD should) {
  if (is == should) return;
  ++failures;
  printf("  WRONG: %s: %s is %#lx, not %#lx\n", current->name, what, is, should);
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS* exception) {
  const EXCEPTION_RECORD* record = exception->ExceptionRecord;
  ++caught;
  expect("the code", record->ExceptionCode, current->status);
  expect("the address", (DWORD)record->ExceptionAddress, (DWORD)code_page);
  expect("EIP", exception->ContextRecord->Eip, (DWORD)code_page);
  expect("the number of parameters", record->NumberParameters, current->parameters);
  if (current->parameters == 2) {
    const DWORD touched =
        current->touched == kNowhere ? (DWORD)-1 : (DWORD)reserved + (DWORD)current->touched;
    expect("the access", record->ExceptionInformation[0], current->access);
    expect("the address touched", record->ExceptionInformation[1], touched);
  }
  exception->ContextRecord->Eip = landing;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static __attribute__((noinline)) void execute(void) {
  __asm__ volatile(
      "pushl %%ebx\n pushl %%ebp\n movl $1f, %0\n"
      "xorl %%eax, %%eax\n xorl %%edx, %%edx\n xorl %%ecx, %%ecx\n movl %1, %%ebx\n jmp *%2\n"
      "1: popl %%ebp\n popl %%ebx\n"
      : "=m"(landing)
      : "m"(committed), "m"(code_page), "S"(reserved + 8), "D"(committed)
      : "eax", "ecx", "edx", "memory", "cc");
}

int main(void) {
  code_page = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
  committed = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  reserved = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE);
  AddVectoredExceptionHandler(1, on_exception);
  for (size_t i = 0; i < sizeof kCases / sizeof *kCases; ++i) {
    const int before = failures;
    current = &kCases[i];
    caught = 0;
    memset(code_page, 0xcc, 32);
    memcpy(code_page, current->code, (size_t)current->size);
    memset(committed, 0x5a, 0x1000);
    execute();
    expect("the number of exceptions", (DWORD)caught, 1);
    for (int at = 0; at < 16; ++at) expect("memory", (unsigned char)committed[at], 0x5a);
    printf("%-28s %#lx%s\n", current->name, current->status,
           failures == before ? "" : "  NOT AS IT SHOULD BE");
  }
  return failures;
}
