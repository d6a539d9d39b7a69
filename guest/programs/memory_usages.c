// Prints which allocation holds what, a line each: the kind, which one, and the allocation's base (of PEB and
// TEBs, which share one, their own addresses), all as this side knows them. Breaks into a debugger then, and
// again after each way in which it damages its heaps' lists.
#include <stdio.h>
#include <windows.h>

enum { kThreads = 2, kSmall = 64 * 1024, kSmallBlocks = 40, kLarge = 1024 * 1024 };
// Words of a heap, as ntdll lays it out.
enum { kSignature = 0, kNext = 2, kSegments = 9, kLargeBlocks = 11 };

static HANDLE ready, go;

// A word of the TEB.
#define TEB_WORD(offset)                                        \
  ({                                                            \
    char* word;                                                 \
    __asm__ volatile("movl %%fs:" #offset ", %0" : "=r"(word)); \
    word;                                                       \
  })
static char* teb(void) { return TEB_WORD(0x18); }
static char* peb(void) { return TEB_WORD(0x30); }

static void say(const char* kind, DWORD which, const volatile void* address) {
  MEMORY_BASIC_INFORMATION region;
  VirtualQuery((const void*)address, &region, sizeof region);
  printf("usage %s %lx %08lx\n", kind, which, (DWORD)region.AllocationBase);
}

// Of what lies in an allocation with others: where it lies itself.
static void say_place(const char* kind, DWORD which, const volatile void* address) {
  printf("usage %s %lx %08lx\n", kind, which, (DWORD)address);
}

static void say_thread(void) {
  volatile char local = 0;
  say("stack", GetCurrentThreadId(), &local);
  say_place("teb", GetCurrentThreadId(), teb());
}

static DWORD WINAPI stand(void* unused) {
  (void)unused;
  say_thread();
  ReleaseSemaphore(ready, 1, NULL);
  WaitForSingleObject(go, INFINITE);
  return 0;
}

static void say_heap(HANDLE heap) {
  say("segment", (DWORD)heap, heap);
  for (int i = 0; i < kSmallBlocks; ++i) say("segment", (DWORD)heap, HeapAlloc(heap, 0, kSmall));
  for (int i = 0; i < 2; ++i) say("large", (DWORD)heap, HeapAlloc(heap, 0, kLarge));
}

static void damage(volatile DWORD* word, DWORD value, const char* what) {
  printf("damage %s %08lx\n", what, value);
  *word = value;
  fflush(stdout);
  DebugBreak();
}

int main(void) {
  ready = CreateSemaphoreA(NULL, 0, kThreads, NULL);
  go = CreateEventA(NULL, TRUE, FALSE, NULL);
  setvbuf(stdout, NULL, _IONBF, 0);
  say_thread();
  for (int i = 0; i < kThreads; ++i) {
    CreateThread(NULL, 0, stand, NULL, 0, NULL);
    WaitForSingleObject(ready, INFINITE);
  }
  HANDLE heap = HeapCreate(0, 0, 0), last = HeapCreate(0, 0, 0);
  say_heap(GetProcessHeap());
  say_heap(heap);
  say_place("peb", GetCurrentProcessId(), peb());
  say("parameters", 0, *(void**)(peb() + 0x10));
  say("image", 0, GetModuleHandleA(NULL));
  say("image", 1, GetModuleHandleA("kernel32"));
  say("other", 0, VirtualAlloc(NULL, kLarge, MEM_RESERVE, PAGE_READWRITE));
  DebugBreak();
  DWORD* words = (DWORD*)heap;
  damage((DWORD*)words[kSegments], words[kSegments], "segment_loop");
  damage(&words[kLargeBlocks], 0x00000010, "large_unreadable");
  damage(&((DWORD*)last)[kSignature], 0, "heap_signature");
  damage(&((DWORD*)GetProcessHeap())[kNext], (DWORD)GetProcessHeap(), "heap_loop");
  TerminateProcess(GetCurrentProcess(), 0);  // nothing uses the heaps any more
  return 0;
}
