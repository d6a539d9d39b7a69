// Reaching into another process: a suspended child, its memory, threads in it, handles given to it, objects
// that both know by name; and opening processes and threads by id.
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "check.h"

static const char kName[] = "pagewalk remote test";

typedef struct Child {
  PROCESS_INFORMATION made;
  HANDLE process;
} Child;

static Child begin_child(const char* role) {
  char image[MAX_PATH], line[64] = "remote ";
  STARTUPINFOA startup = {.cb = sizeof startup};
  Child child = {0};
  GetModuleFileNameA(NULL, image, sizeof image);
  strcat(line, role);
  CreateProcessA(image, line, NULL, NULL, FALSE, CREATE_SUSPENDED, NULL, NULL, &startup, &child.made);
  child.process = child.made.hProcess;
  return child;
}

static DWORD end_of(Child* child) {
  DWORD code = MAXDWORD;
  WaitForSingleObject(child->process, 10000);
  GetExitCodeProcess(child->process, &code);
  CloseHandle(child->made.hThread);
  CloseHandle(child->made.hProcess);
  return code;
}

// --- What runs in the child. Its image lies where the parent's does.
static volatile LONG told = 1;
static DWORD WINAPI add_to_told(void* number) {
  told += (LONG)(LONG_PTR)number;
  return (DWORD)told;
}

// Waits until the parent has named a handle that it put here, then signals it.
static volatile HANDLE given;
static int use_given(void) {
  HANDLE named = OpenEventA(SYNCHRONIZE, FALSE, kName);
  if (!named) return 1;
  if (WaitForSingleObject(named, 10000) != WAIT_OBJECT_0) return 2;
  return SetEvent(given) ? 30 : 3;
}

static int sleep_long(void) {
  Sleep(INFINITE);
  return 1;
}

// Owns the mutex that its parent made, and ends.
static int own_named(void) {
  HANDLE mutex = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, kName);
  return mutex && WaitForSingleObject(mutex, 1000) == WAIT_OBJECT_0 ? 40 : 1;
}

// --- The parent.
static void test_suspended(void) {
  Child child = begin_child("told");
  check(child.process && WaitForSingleObject(child.process, 5) == WAIT_TIMEOUT, "a suspended child waits");
  LONG value = 0;
  SIZE_T done = 0;
  check(ReadProcessMemory(child.process, (LPCVOID)&told, &value, sizeof value, &done) && value == 1 &&
            done == 4,
        "its variable can be read");
  value = 20;
  check(WriteProcessMemory(child.process, (LPVOID)&told, &value, sizeof value, &done), "and written");
  check(ResumeThread(child.made.hThread) == 1, "resumed");
  check(end_of(&child) == 20, "it saw the new value");
  check(told == 1, "ours is what it was");
}

static void test_remote_threads(void) {
  Child child = begin_child("sleep");
  DWORD id = 0, code = 0;
  HANDLE thread = CreateRemoteThread(child.process, NULL, 0, add_to_told, (void*)6, 0, &id);
  check(thread && GetProcessIdOfThread(thread) == child.made.dwProcessId, "a thread in the child");
  check(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0 && GetExitCodeThread(thread, &code) && code == 7,
        "ran there, before the child's own first step");
  CloseHandle(thread);
  ResumeThread(child.made.hThread);
  Sleep(5);
  thread = CreateRemoteThread(child.process, NULL, 0, add_to_told, (void*)3, 0, NULL);
  WaitForSingleObject(thread, 10000);
  check(GetExitCodeThread(thread, &code) && code == 10, "another, beside it");
  CloseHandle(thread);
  check(told == 1, "ours is what it was");
  check(TerminateProcess(child.process, 50) && end_of(&child) == 50, "TerminateProcess");
}

static void test_memory(void) {
  Child child = begin_child("sleep");
  MEMORY_BASIC_INFORMATION region;
  DWORD old = 0, word = 0x12345678, read = 0;
  SIZE_T done = 9;
  char* base =
      VirtualAllocEx(child.process, (void*)0x30000000, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  check(base == (char*)0x30000000, "memory in the child");
  check(VirtualQuery(base, &region, sizeof region) && region.State == MEM_FREE, "is not ours");
  check(WriteProcessMemory(child.process, base, &word, sizeof word, &done) && done == 4, "written");
  check(VirtualProtectEx(child.process, base, 0x1000, PAGE_READONLY, &old) && old == PAGE_READWRITE,
        "protected");
  check(
      !WriteProcessMemory(child.process, base, &word, sizeof word, &done) && GetLastError() == ERROR_NOACCESS,
      "not written any more");
  check(ReadProcessMemory(child.process, base, &read, sizeof read, NULL) && read == word, "but read");
  check(VirtualQueryEx(child.process, base, &region, sizeof region) && region.Protect == PAGE_READONLY &&
            region.RegionSize == 0x1000,
        "and queried");
  done = 77;
  check(!ReadProcessMemory(child.process, (LPCVOID)0x80000000, &read, sizeof read, &done) &&
            GetLastError() == ERROR_NOACCESS && done == 77,
        "the system's addresses are refused before anything is read");
  check(!WriteProcessMemory(child.process, (LPVOID)0x7ffefffe, &word, sizeof word, &done) &&
            GetLastError() == ERROR_NOACCESS,
        "and when only the end lies there");
  check(!ReadProcessMemory(child.process, (LPCVOID)0xfffffffe, &read, sizeof read, &done) &&
            GetLastError() == ERROR_NOACCESS,
        "and past the end of all addresses");
  check(!ReadProcessMemory(child.process, base + 0x2ffe, &read, sizeof read, &done) &&
            GetLastError() == ERROR_PARTIAL_COPY && done == 2,
        "up to its end");
  check(VirtualFreeEx(child.process, base, 0, MEM_RELEASE), "freed");
  check(VirtualQueryEx(child.process, base, &region, sizeof region) && region.State == MEM_FREE, "and gone");
  TerminateProcess(child.process, 0);
  WaitForSingleObject(child.process, INFINITE);
  check(!VirtualAllocEx(child.process, NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE) &&
            GetLastError() == ERROR_ACCESS_DENIED,
        "none in one that has ended");
  end_of(&child);
}

static DWORD protection_at(HANDLE process, const char* at) {
  MEMORY_BASIC_INFORMATION region;
  return VirtualQueryEx(process, at, &region, sizeof region) ? region.Protect : 0;
}

// Code, data and code of another kind, next to each other; then data that nobody may write.
static void test_written_across(void) {
  static const DWORD kProtections[] = {PAGE_EXECUTE_READ, PAGE_READWRITE, PAGE_EXECUTE, PAGE_READONLY};
  static char bytes[0x4000], back[0x4000];
  Child child = begin_child("sleep");
  DWORD old;
  SIZE_T done = 0;
  char* base = VirtualAllocEx(child.process, NULL, sizeof bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  for (int i = 0; i < 4; ++i)
    VirtualProtectEx(child.process, base + i * 0x1000, 0x1000, kProtections[i], &old);
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = (char)(i * 7 + i / 256);
  check(WriteProcessMemory(child.process, base, bytes, 0x3000, &done) && done == 0x3000,
        "written across pages of different protection");
  check(!WriteProcessMemory(child.process, base + 0x800, bytes + 0x800, 0x3000, &done) &&
            GetLastError() == ERROR_PARTIAL_COPY && done == 0x2800,
        "up to the page that may not be written");
  check(ReadProcessMemory(child.process, base, back, sizeof back, &done) && !memcmp(bytes, back, 0x3000) &&
            !back[0x3000],
        "all of it is there");
  for (int i = 0; i < 4; ++i)
    check(protection_at(child.process, base + i * 0x1000) == kProtections[i], "each keeps its protection");
  TerminateProcess(child.process, 0);
  end_of(&child);
}

static void test_given_handle(void) {
  Child child = begin_child("given");
  HANDLE secret = CreateEvent(NULL, FALSE, FALSE, NULL), in_child = NULL;
  HANDLE named = CreateEventA(NULL, TRUE, FALSE, kName);
  check(DuplicateHandle(GetCurrentProcess(), secret, child.process, &in_child, EVENT_MODIFY_STATE, FALSE, 0),
        "a handle for the child");
  WriteProcessMemory(child.process, (LPVOID)&given, &in_child, sizeof in_child, NULL);
  ResumeThread(child.made.hThread);
  Sleep(5);
  check(WaitForSingleObject(secret, 0) == WAIT_TIMEOUT, "it waits for the named event");
  SetEvent(named);
  check(WaitForSingleObject(secret, 10000) == WAIT_OBJECT_0, "and signals with the handle");
  check(end_of(&child) == 30, "the child ends");
  CloseHandle(secret);
  CloseHandle(named);
  check(!OpenEventA(SYNCHRONIZE, FALSE, kName) && GetLastError() == ERROR_FILE_NOT_FOUND, "the name is gone");
}

static void test_named(void) {
  HANDLE mutex = CreateMutexA(NULL, FALSE, kName);
  check(mutex && GetLastError() == ERROR_SUCCESS, "a named mutex");
  HANDLE again = CreateMutexA(NULL, FALSE, kName);
  check(again && again != mutex && GetLastError() == ERROR_ALREADY_EXISTS, "the same once more");
  check(!CreateEventA(NULL, FALSE, FALSE, kName) && GetLastError() == ERROR_INVALID_HANDLE, "another kind");
  Child child = begin_child("own");
  ResumeThread(child.made.hThread);
  check(end_of(&child) == 40, "a child owns it and ends");
  check(WaitForSingleObject(mutex, 0) == WAIT_ABANDONED, "abandoned");
  ReleaseMutex(again);
  CloseHandle(again);
  CloseHandle(mutex);
}

static void test_ids(void) {
  Child child = begin_child("sleep");
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, child.made.dwProcessId);
  HANDLE thread = OpenThread(THREAD_SUSPEND_RESUME, FALSE, child.made.dwThreadId);
  check(process && GetProcessId(process) == child.made.dwProcessId, "OpenProcess");
  check(!TerminateProcess(process, 1) && GetLastError() == ERROR_ACCESS_DENIED,
        "with the rights it asked for");
  check(thread && ResumeThread(thread) == 1, "OpenThread");
  check(!TerminateThread(thread, 1) && GetLastError() == ERROR_ACCESS_DENIED, "with its rights too");
  check(!OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0x7000) && GetLastError() == ERROR_INVALID_PARAMETER,
        "no such process");
  check(!OpenThread(THREAD_ALL_ACCESS, FALSE, 0x7000) && GetLastError() == ERROR_INVALID_PARAMETER,
        "no such thread");
  check(TerminateThread(child.made.hThread, 60) && end_of(&child) == 60, "its last thread takes it along");
  CloseHandle(process);
  CloseHandle(thread);
}

static int play(const char* role) {
  if (strcmp(role, "told") == 0) return told;
  if (strcmp(role, "given") == 0) return use_given();
  if (strcmp(role, "own") == 0) return own_named();
  return sleep_long();
}

int main(int argc, char** argv) {
  if (argc > 1) return play(argv[1]);
  test_suspended();
  test_remote_threads();
  test_memory();
  test_written_across();
  test_given_handle();
  test_named();
  test_ids();
  return failures;
}
