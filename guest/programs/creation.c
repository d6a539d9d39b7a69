// CreateProcess: where it looks for a program, what it refuses, and which handles it gives. The children are
// programs made here, each of which ends with a number of its own. Needs a disk that takes changes.
#include <stddef.h>
#include <string.h>
#include <windows.h>

#include "check.h"

enum { kImageBase = 0x400000, kPage = 0x1000, kFileAlignment = 0x200 };

// A program without imports: NtTerminateProcess(-1, code), as guest/abi/services.h numbers it.
typedef struct TinyImage {
  IMAGE_DOS_HEADER dos;
  IMAGE_NT_HEADERS32 headers;
  IMAGE_SECTION_HEADER section;
  unsigned char rest[kFileAlignment - sizeof(IMAGE_DOS_HEADER) - sizeof(IMAGE_NT_HEADERS32) -
                     sizeof(IMAGE_SECTION_HEADER)];
  unsigned char code[kFileAlignment];
} TinyImage;

static void fill_code(unsigned char* code, DWORD exit_code) {
  static const unsigned char kTerminate[] = {0xb8, 4, 0, 0, 0, 0xba, 0x10, 0x10, 0x40, 0, 0xcd, 0x2e};
  const DWORD arguments[] = {0xffffffff, exit_code};
  memcpy(code, kTerminate, sizeof kTerminate);  // mov eax, 4; mov edx, 0x401010; int 0x2e
  memcpy(code + 0x10, arguments, sizeof arguments);
}

static void make_program(const char* name, DWORD exit_code) {
  TinyImage image = {.dos = {.e_magic = IMAGE_DOS_SIGNATURE, .e_lfanew = offsetof(TinyImage, headers)}};
  image.headers.Signature = IMAGE_NT_SIGNATURE;
  image.headers.FileHeader = (IMAGE_FILE_HEADER){
      .Machine = IMAGE_FILE_MACHINE_I386,
      .NumberOfSections = 1,
      .SizeOfOptionalHeader = sizeof(IMAGE_OPTIONAL_HEADER32),
      .Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_32BIT_MACHINE | IMAGE_FILE_RELOCS_STRIPPED};
  image.headers.OptionalHeader = (IMAGE_OPTIONAL_HEADER32){.Magic = IMAGE_NT_OPTIONAL_HDR32_MAGIC,
                                                           .AddressOfEntryPoint = kPage,
                                                           .ImageBase = kImageBase,
                                                           .SectionAlignment = kPage,
                                                           .FileAlignment = kFileAlignment,
                                                           .MajorSubsystemVersion = 4,
                                                           .SizeOfImage = 2 * kPage,
                                                           .SizeOfHeaders = kFileAlignment,
                                                           .Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI,
                                                           .SizeOfStackReserve = 0x10000,
                                                           .SizeOfStackCommit = kPage,
                                                           .SizeOfHeapReserve = 0x10000,
                                                           .SizeOfHeapCommit = kPage,
                                                           .NumberOfRvaAndSizes = 16};
  image.section = (IMAGE_SECTION_HEADER){
      .Name = ".text",
      .Misc = {kFileAlignment},
      .VirtualAddress = kPage,
      .SizeOfRawData = kFileAlignment,
      .PointerToRawData = kFileAlignment,
      .Characteristics = IMAGE_SCN_CNT_CODE | IMAGE_SCN_MEM_EXECUTE | IMAGE_SCN_MEM_READ};
  fill_code(image.code, exit_code);
  DWORD written = 0;
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  if (!WriteFile(file, &image, sizeof image, &written, NULL)) check(0, name);
  CloseHandle(file);
}

static STARTUPINFOA startup = {.cb = sizeof startup};

// The number that the child ends with, or the error, made negative.
static int run(const char* application, const char* line) {
  char copy[128] = "";
  PROCESS_INFORMATION made;
  DWORD code = 0;
  if (line) strcpy(copy, line);
  if (!CreateProcessA(application, line ? copy : NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made))
    return -(int)GetLastError();
  WaitForSingleObject(made.hProcess, INFINITE);
  GetExitCodeProcess(made.hProcess, &code);
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  return (int)code;
}

static void expect(const char* what, int got, int wanted) {
  check(got == wanted, what);
  if (got != wanted) printf("  %d, not %d\n", got, wanted);
}

static void search(void) {
  make_program("C:\\child.exe", 1);
  make_program("C:\\here\\child.exe", 2);
  make_program("C:\\Windows\\System32\\child.exe", 3);
  make_program("C:\\Windows\\System\\child.exe", 4);
  make_program("C:\\Windows\\child.exe", 5);
  make_program("C:\\path\\child.exe", 6);
  SetEnvironmentVariableA("PATH", "C:\\none;;C:\\path");
  expect("first beside the calling program", run(NULL, "child"), 1);
  expect("an application is not searched for", run("child.exe", NULL), 2);
  DeleteFileA("C:\\child.exe");
  expect("then in the current directory", run(NULL, "child and arguments"), 2);
  DeleteFileA("C:\\here\\child.exe");
  expect("then in the system's folder", run(NULL, "child"), 3);
  DeleteFileA("C:\\Windows\\System32\\child.exe");
  expect("then in the old one", run(NULL, "\"child\" and"), 4);
  DeleteFileA("C:\\Windows\\System\\child.exe");
  expect("then in Windows'", run(NULL, "  child.exe"), 5);
  DeleteFileA("C:\\Windows\\child.exe");
  expect("then along the path", run(NULL, "child"), 6);
  expect("an application is not searched for there either", run("child.exe", NULL), -ERROR_FILE_NOT_FOUND);
  DeleteFileA("C:\\path\\child.exe");
  expect("then not at all", run(NULL, "child"), -ERROR_FILE_NOT_FOUND);
}

static void names(void) {
  make_program("below\\child.exe", 7);
  make_program("tool.com", 8);
  expect("a folder below the current one", run(NULL, "below\\child"), 7);
  expect("with an application, too", run("below\\child.exe", "whatever"), 7);
  expect("whose extension is not guessed", run("below\\child", NULL), -ERROR_FILE_NOT_FOUND);
  expect("another extension", run(NULL, "tool.com"), 8);
  expect("which is not guessed", run(NULL, "tool"), -ERROR_FILE_NOT_FOUND);
  expect("nor with a dot at the end", run(NULL, "tool."), -ERROR_FILE_NOT_FOUND);
  expect("a folder that is not there", run("C:\\none\\child.exe", NULL), -ERROR_PATH_NOT_FOUND);
  expect("a directory", run("C:\\here", NULL), -ERROR_ACCESS_DENIED);
}

static void blanks(void) {
  make_program("C:\\my programs\\sub.exe", 9);
  make_program("C:\\my programs\\sub dir\\run it.exe", 10);
  static const char kLine[] = "C:\\my programs\\sub dir\\run it now";
  expect("the shortest name that is there", run(NULL, kLine), 9);
  expect("unless it is quoted", run(NULL, "\"C:\\my programs\\sub dir\\run it\" now"), 10);
  DeleteFileA("C:\\my programs\\sub.exe");
  expect("word by word", run(NULL, kLine), 10);
  expect("and never the arguments alone", run(NULL, "\"C:\\my programs\\sub dir\\run\" it"),
         -ERROR_FILE_NOT_FOUND);
}

static int refused_in(const char* folder, DWORD error) {
  char line[] = "C:\\started.exe";
  PROCESS_INFORMATION made, zeros = {0};
  memset(&made, 0x77, sizeof made);
  BOOL done = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, folder, &startup, &made);
  return !done && GetLastError() == error && memcmp(&made, &zeros, sizeof made) == 0;
}

static void folders(void) {
  make_program("C:\\started.exe", 11);
  check(refused_in("C:\\none", ERROR_DIRECTORY), "a current directory that is not there");
  check(refused_in("C:\\started.exe", ERROR_DIRECTORY), "or is a file");
  char line[] = "C:\\started.exe";
  PROCESS_INFORMATION made, zeros = {0};
  check(CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, "below", &startup, &made), "or is one");
  CloseHandle(made.hThread);
  CloseHandle(made.hProcess);
  memset(&made, 0x77, sizeof made);
  check(!CreateProcessA("C:\\none.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made) &&
            memcmp(&made, &zeros, sizeof made) == 0,
        "no handles are given when there is no process");
}

static int inheritable(HANDLE handle) {
  DWORD flags = 0;
  return GetHandleInformation(handle, &flags) && flags & HANDLE_FLAG_INHERIT;
}

static void handles(void) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE}, keep = {sizeof keep, NULL, FALSE};
  char line[] = "C:\\started.exe";
  PROCESS_INFORMATION made;
  for (int i = 0; i < 4; ++i) {
    SECURITY_ATTRIBUTES *process = i & 1 ? &inherit : i ? &keep : NULL, *thread = i & 2 ? &inherit : NULL;
    BOOL done = CreateProcessA(NULL, line, process, thread, FALSE, 0, NULL, NULL, &startup, &made);
    check(done && inheritable(made.hProcess) == (i & 1) && inheritable(made.hThread) == (i >> 1),
          "which handles can be inherited");
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
  }
}

int main(void) {
  static const char* const kFolders[] = {
      "C:\\here", "C:\\here\\below",       "C:\\Windows",     "C:\\Windows\\System",
      "C:\\path", "C:\\Windows\\System32", "C:\\my programs", "C:\\my programs\\sub dir"};
  for (unsigned i = 0; i < sizeof kFolders / sizeof *kFolders; ++i) CreateDirectoryA(kFolders[i], NULL);
  SetCurrentDirectoryA("C:\\here");
  search();
  names();
  blanks();
  folders();
  handles();
  return failures;
}
