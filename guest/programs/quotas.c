// Makes kernel objects of one kind until it is refused, says with which error, lets go of all of them, and
// sees that there can be one again. What it keeps is kept by the kernel alone: the program itself touches
// little memory.
#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { kMost = 1 << 21 };

typedef LONG(NTAPI* FreeMemory)(HANDLE, void**, SIZE_T*, ULONG);
typedef ULONG(NTAPI* ToError)(LONG);

static HANDLE* kept;  // reserved and committed as it fills
static unsigned count;

static void keep(HANDLE handle) {
  if (count % 1024 == 0 && !VirtualAlloc(kept + count, 1024 * sizeof *kept, MEM_COMMIT, PAGE_READWRITE)) {
    printf("FAILED: no memory to note handle %u\n", count);
    ExitProcess(1);
  }
  kept[count++] = handle;
}

static int make_event(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
  if (event) keep(event);
  return event != NULL;
}

static int make_named(void) {
  char name[MAX_PATH];
  memset(name, 'n', sizeof name);
  snprintf(name, sizeof name, "%08x", count);
  name[8] = '-';
  name[200] = 0;
  HANDLE mutex = CreateMutexA(NULL, FALSE, name);
  if (mutex) keep(mutex);
  return mutex != NULL;
}

static int make_pipe(void) {
  HANDLE reading, writing;
  char full[4096];
  DWORD written;
  memset(full, 'p', sizeof full);
  if (!CreatePipe(&reading, &writing, NULL, 1 << 20)) return 0;
  for (int i = 0; i < (1 << 20) / (int)sizeof full; ++i)
    WriteFile(writing, full, sizeof full, &written, NULL);
  keep(reading);
  keep(writing);
  return 1;
}

static int make_handle(void) {
  HANDLE copy;
  if (!DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &copy, 0, FALSE,
                       DUPLICATE_SAME_ACCESS))
    return 0;
  keep(copy);
  return 1;
}

static int make_search(void) {
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA("C:\\*", &found);
  if (search != INVALID_HANDLE_VALUE) keep(search);
  return search != INVALID_HANDLE_VALUE;
}

static VOID CALLBACK nothing(ULONG_PTR value) { count -= value; }

static int make_apc(void) {
  if (!QueueUserAPC(nothing, GetCurrentThread(), 1)) return 0;
  ++count;
  return 1;
}

static int make_thread(void) {
  DWORD id;
  HANDLE thread = CreateThread(NULL, 4096, (LPTHREAD_START_ROUTINE)(void*)ExitThread, NULL,
                               CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION, &id);
  if (thread) keep(thread);
  return thread != NULL;
}

static int make_child(void) {
  char image[MAX_PATH], line[MAX_PATH + 8];
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  if (count == 1000) return SetLastError(0), 0;
  GetModuleFileNameA(NULL, image, sizeof image);
  snprintf(line, sizeof line, "%s exit", image);
  if (!CreateProcessA(image, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) return 0;
  WaitForSingleObject(made.hProcess, INFINITE);
  CloseHandle(made.hThread);
  keep(made.hProcess);
  return 1;
}

// Single pages of a reservation that are let go: what is left between them are regions of their own. From the
// end down, where there is least behind each.
static int make_region(void) {
  static char *base, *next;
  HMODULE ntdll = GetModuleHandleA("ntdll.dll");
  FreeMemory free_memory = (FreeMemory)(void*)GetProcAddress(ntdll, "NtFreeVirtualMemory");
  ToError to_error = (ToError)(void*)GetProcAddress(ntdll, "RtlNtStatusToDosError");
  if (count == 0) {
    base = VirtualAlloc(NULL, 1 << 30, MEM_RESERVE, PAGE_NOACCESS);
    next = base + (1 << 30) - 8192;
  }
  if (!base || next <= base) return 0;
  void* hole = next;
  SIZE_T size = 4096;
  LONG status = free_memory(GetCurrentProcess(), &hole, &size, MEM_RELEASE);
  if (status < 0) return SetLastError(to_error(status)), 0;
  next -= 8192;
  keep(NULL);
  return 1;
}

static const struct Kind {
  const char* name;
  int (*make)(void);
} kinds[] = {{"events", make_event},   {"named", make_named},     {"pipes", make_pipe},
             {"handles", make_handle}, {"searches", make_search}, {"apcs", make_apc},
             {"threads", make_thread}, {"children", make_child},  {"regions", make_region}};

static void let_go(const struct Kind* kind) {
  while (kind->make == make_apc && count) SleepEx(0, TRUE);
  while (count) {
    HANDLE handle = kept[--count];
    if (kind->make == make_thread) TerminateThread(handle, 0);
    if (!handle) continue;
    if (kind->make == make_search) {
      FindClose(handle);
    } else {
      CloseHandle(handle);
    }
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && !strcmp(argv[1], "exit")) return 0;
  unsigned long least = argc == 3 ? strtoul(argv[2], NULL, 0) : 1;
  kept = VirtualAlloc(NULL, kMost * sizeof *kept, MEM_RESERVE, PAGE_READWRITE);
  for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    const struct Kind* kind = &kinds[i];
    if (argc < 2 || strcmp(kind->name, argv[1]) != 0) continue;
    while (count < kMost && kind->make()) {
    }
    DWORD error = GetLastError();
    printf("%s: error %lu after %s\n", kind->name, error, count >= least ? "enough" : "too few");
    if (count < least) printf("  %u\n", count);
    if (kind->make == make_region) return 0;
    let_go(kind);
    printf("again: %s\n", kind->make() ? "yes" : "no");
    let_go(kind);
    return 0;
  }
  printf("usage: quotas KIND [LEAST]\n");
  return 2;
}
