// Says where everything lies: a line each, name and address. With the argument "family" a child says it as
// well, behind a line of its own.
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kPage = 0x1000 };
static char* const kLow = (char*)0x00080000;  // some programs ask for this place
static const SIZE_T kLowSize = 0x1b000;

static char* teb(void) {
  char* self;
  __asm__ volatile("movl %%fs:0x18, %0" : "=r"(self));
  return self;
}

static void say(const char* name, const volatile void* address) {
  printf("%s 0x%08lx\n", name, (DWORD)address);
}

static DWORD WINAPI say_stack(void* unused) {
  volatile char local = 0;
  (void)unused;
  say("thread_stack", &local);
  say("thread_teb", teb());
  return 0;
}

static void say_thread(void) {
  HANDLE thread = CreateThread(NULL, 0, say_stack, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

static int say_child(char* program) {
  puts("child");
  fflush(stdout);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION child;
  if (!CreateProcessA(program, NULL, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &child)) return 1;
  WaitForSingleObject(child.hProcess, INFINITE);
  return 0;
}

int main(int argc, char** argv) {
  volatile char local = 0;
  MEMORY_BASIC_INFORMATION low;
  VirtualQuery(kLow, &low, sizeof low);
  if (low.State != MEM_FREE || low.RegionSize < kLowSize) return 1;
  say("program", GetModuleHandleA(NULL));
  say("ntdll", GetModuleHandleA("ntdll.dll"));
  say("kernel32", GetModuleHandleA("kernel32.dll"));
  say("msvcrt", GetModuleHandleA("msvcrt.dll"));
  say("stack", &local);
  say("heap", GetProcessHeap());
  say("second_heap", HeapCreate(0, 0, 0));
  HANDLE third = HeapCreate(0, 0, 0);
  say("third_heap", third);
  if (!HeapDestroy(third)) return 1;
  say("large_block", HeapAlloc(GetProcessHeap(), 0, 1 << 20));
  say("allocation", VirtualAlloc(NULL, kPage, MEM_RESERVE, PAGE_READWRITE));
  say("top_down", VirtualAlloc(NULL, kPage, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE));
  say("teb", teb());
  say("peb", *(void**)(teb() + 0x30));
  say_thread();
  fflush(stdout);
  char path[MAX_PATH];
  GetModuleFileNameA(NULL, path, sizeof path);
  return argc > 1 && strcmp(argv[1], "family") == 0 ? say_child(path) : 0;
}
