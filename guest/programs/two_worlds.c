// Two processes keep different content at one equal address: each reads its own back, the parent reads and
// changes its child's, and both translations of the address, from CR3 down, show why that can be.
#include <stdio.h>
#include <string.h>
#include <windows.h>

// What PwTranslateAddress, a service of Pagewalk's own, tells: the processor's walk.
typedef struct AddressTranslation {
  unsigned PageDirectory, DirectoryEntry, TableEntry, PhysicalAddress, Present;
} AddressTranslation;

typedef long(NTAPI* Translate)(HANDLE, const void*, AddressTranslation*);

static char* const kPlace = (char*)0x20000000;

static int child(void) {
  if (VirtualAlloc(kPlace, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) != kPlace) return 1;
  strcpy(kPlace, "the child's world");
  HANDLE ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, "two_worlds_ready");
  HANDLE go_on = OpenEventA(EVENT_ALL_ACCESS, FALSE, "two_worlds_go_on");
  if (!ready || !go_on) return 2;
  SetEvent(ready);
  WaitForSingleObject(go_on, INFINITE);
  printf("child reads   \"%s\"\n", kPlace);
  return strcmp(kPlace, "the child's world, changed by its parent") == 0 ? 0 : 3;
}

static int show(Translate translate, const char* who, HANDLE process) {
  AddressTranslation walk;
  if (translate(process, kPlace, &walk) < 0 || !walk.Present) return 1;
  printf("%-6s CR3 %08x  PDE %08x  PTE %08x  ->  physical %08x\n", who, walk.PageDirectory,
         walk.DirectoryEntry, walk.TableEntry, walk.PhysicalAddress);
  return 0;
}

int main(int argc, char** argv) {
  if (argc > 1 && strcmp(argv[1], "child") == 0) return child();
  Translate translate = (Translate)(void*)GetProcAddress(GetModuleHandleA("ntdll"), "PwTranslateAddress");
  HANDLE ready = CreateEventA(NULL, FALSE, FALSE, "two_worlds_ready");
  HANDLE go_on = CreateEventA(NULL, FALSE, FALSE, "two_worlds_go_on");
  if (!translate || !ready || !go_on) return 1;
  VirtualAlloc(kPlace, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  strcpy(kPlace, "the parent's world");

  char image[MAX_PATH], line[] = "two_worlds child";
  GetModuleFileNameA(NULL, image, sizeof image);
  STARTUPINFOA startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  if (!CreateProcessA(image, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) {
    printf("no child: error %lu\n", GetLastError());
    return 1;
  }
  WaitForSingleObject(ready, INFINITE);
  char there[64] = "";
  SIZE_T moved = 0;
  if (!ReadProcessMemory(made.hProcess, kPlace, there, sizeof there, &moved)) return 1;
  printf("address %p\n", (void*)kPlace);
  printf("parent reads  \"%s\"\n", kPlace);
  printf("in its child  \"%s\"\n", there);
  if (show(translate, "parent", GetCurrentProcess()) || show(translate, "child", made.hProcess)) return 1;
  strcat(there, ", changed by its parent");
  if (!WriteProcessMemory(made.hProcess, kPlace, there, strlen(there) + 1, &moved)) return 1;
  SetEvent(go_on);
  WaitForSingleObject(made.hProcess, INFINITE);
  printf("parent reads  \"%s\"\n", kPlace);
  DWORD code = 99;
  GetExitCodeProcess(made.hProcess, &code);
  return (int)code;
}
