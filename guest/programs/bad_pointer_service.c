// Shows what system services make of wild pointers: STATUS_ACCESS_VIOLATION, and the process goes on.
#include <stdio.h>
#include <windows.h>

typedef LONG(NTAPI* Service)();

static Service service(const char* name) {
  return (Service)(void*)GetProcAddress(GetModuleHandleA("ntdll.dll"), name);
}

static int failures;

static void expect(LONG status, ULONG expected, const char* what) {
  int good = (ULONG)status == expected;
  printf("%s: %s -> 0x%08lx\n", good ? "ok" : "FAILED", what, status);
  failures += !good;
}

int main(void) {
  const ULONG kViolation = 0xC0000005;
  HANDLE self = GetCurrentProcess();
  void* base = NULL;
  SIZE_T size = 0x1000;
  ULONG old;
  char* kernel = (char*)0x80001000;
  char* reserved = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_READWRITE);
  char* read_only = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);

  Service allocate = service("NtAllocateVirtualMemory");
  expect(allocate(self, NULL, 0, &size, MEM_RESERVE, PAGE_READWRITE), kViolation, "allocate: null base");
  expect(allocate(self, &base, 0, NULL, MEM_RESERVE, PAGE_READWRITE), kViolation, "allocate: null size");
  expect(allocate(self, kernel, 0, &size, MEM_RESERVE, PAGE_READWRITE), kViolation,
         "allocate: base in system space");
  expect(allocate(self, reserved, 0, &size, MEM_RESERVE, PAGE_READWRITE), kViolation,
         "allocate: base in reserved memory");
  expect(allocate(self, read_only, 0, &size, MEM_RESERVE, PAGE_READWRITE), kViolation,
         "allocate: base in read-only memory");

  base = read_only;
  expect(service("NtProtectVirtualMemory")(self, &base, &size, PAGE_READONLY, reserved), kViolation,
         "protect: old protection in reserved memory");
  expect(service("NtFreeVirtualMemory")(self, 1, &size, MEM_RELEASE), kViolation, "free: base at address 1");
  expect(
      service("NtQueryVirtualMemory")(self, read_only, 0, reserved, sizeof(MEMORY_BASIC_INFORMATION), NULL),
      kViolation, "query: buffer in reserved memory");
  expect(service("NtQuerySystemTime")(kernel), kViolation, "time: buffer in system space");
  expect(service("NtQueryPerformanceCounter")(NULL, NULL), kViolation, "counter: null");
  expect(service("NtDelayExecution")(0, reserved), kViolation, "delay: interval in reserved memory");

  base = read_only;
  size = 0x1000;
  expect(service("NtProtectVirtualMemory")(self, &base, &size, PAGE_READWRITE, &old), 0,
         "and good pointers still work");
  return failures;
}
