// Other processes: starting them, and reaching into them ("Process and Thread Functions", "Debugging
// Functions", Microsoft).
#include "guest/kernel32/files.h"
#include "guest/kernel32/image_search.h"

enum { kBasicInformation = 0 };

typedef struct BasicInformation {  // PROCESS_BASIC_INFORMATION
  ULONG ExitStatus, Peb, AffinityMask, BasePriority, ProcessId, ParentProcessId;
} BasicInformation;

static UnicodeString unicode(const WCHAR* text) {
  USHORT length = (USHORT)(k32_wide_length(text) * sizeof(WCHAR));
  return (UnicodeString){length, (USHORT)(length + sizeof(WCHAR)), (ULONG)text};
}

// An ANSI environment block as UTF-16, on the heap.
static WCHAR* widen_environment(const char* block) {
  SIZE_T size = 0;
  while (block[size] || block[size + 1]) ++size;
  size += 2;
  WCHAR* wide = RtlAllocateHeap(k32_heap(), 0, size * sizeof(WCHAR));
  if (wide) RtlMultiByteToUnicodeN(wide, size * sizeof(WCHAR), NULL, block, size);
  return wide;
}

// Everything that CreateProcess tells the kernel but the image.
typedef struct Creation {
  ProcessParameters parameters;
  NtObjectAttributes process, thread;
  ULONG process_flags, thread_flags;
  UCHAR class;
  PROCESS_INFORMATION made;
} Creation;

static NTSTATUS start_image(void* context, const WCHAR* path) {
  Creation* creation = context;
  ClientId client = {0};
  struct {
    ULONG TotalLength;
    ProcessAttribute attributes[2];
  } list = {sizeof list,
            {{PAGEWALK_ATTRIBUTE_CLIENT_ID, sizeof client, (ULONG)&client, 0},
             {PAGEWALK_ATTRIBUTE_PRIORITY_CLASS, sizeof creation->class, (ULONG)&creation->class, 0}}};
  creation->parameters.ImagePathName = unicode(path);
  NTSTATUS status = NtCreateUserProcess(
      &creation->made.hProcess, &creation->made.hThread, MAXIMUM_ALLOWED, MAXIMUM_ALLOWED, &creation->process,
      &creation->thread, creation->process_flags, creation->thread_flags, &creation->parameters, NULL, &list);
  creation->made.dwProcessId = client.UniqueProcess;
  creation->made.dwThreadId = client.UniqueThread;
  return status;
}

static NtObjectAttributes attributes_of(const SECURITY_ATTRIBUTES* security) {
  BOOL inherit = security && security->bInheritHandle;
  return (NtObjectAttributes){.Length = sizeof(NtObjectAttributes), .Attributes = inherit ? kInherit : 0};
}

// A full path with a backslash at its end, in `full`; ERROR_DIRECTORY unless there is such a directory.
static BOOL complete_folder(const WCHAR* folder, WCHAR full[MAX_PATH]) {
  DWORD length = GetFullPathNameW(folder, MAX_PATH - 1, full, NULL);
  if (!length || length >= MAX_PATH - 1) return k32_fail(ERROR_DIRECTORY);
  DWORD attributes = GetFileAttributesW(full);
  if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY))
    return k32_fail(ERROR_DIRECTORY);
  if (full[length - 1] != '\\') lstrcpyW(full + length, L"\\");
  return TRUE;
}

static void choose_standard_handles(ProcessParameters* parameters, const STARTUPINFOW* startup) {
  const ProcessParameters* own = k32_parameters();
  BOOL given = (startup->dwFlags & STARTF_USESTDHANDLES) != 0;
  parameters->StandardInput = given ? (ULONG)startup->hStdInput : own->StandardInput;
  parameters->StandardOutput = given ? (ULONG)startup->hStdOutput : own->StandardOutput;
  parameters->StandardError = given ? (ULONG)startup->hStdError : own->StandardError;
}

BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                           LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW startup,
                           LPPROCESS_INFORMATION information) {
  const ProcessParameters* own = k32_parameters();
  WCHAR full_folder[MAX_PATH];
  if (!information) return k32_fail(ERROR_INVALID_PARAMETER);
  *information = (PROCESS_INFORMATION){0};
  if ((!application && !line) || !startup) return k32_fail(ERROR_INVALID_PARAMETER);
  if (folder && !complete_folder(folder, full_folder)) return FALSE;

  WCHAR* widened = NULL;
  if (environment && !(flags & CREATE_UNICODE_ENVIRONMENT)) {
    widened = widen_environment(environment);
    if (!widened) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
    environment = widened;
  }
  Creation creation = {.parameters = {.Flags = 1},
                       .process = attributes_of(process_attributes),
                       .thread = attributes_of(thread_attributes),
                       .process_flags = inherit ? PAGEWALK_PROCESS_INHERIT_HANDLES : 0,
                       .thread_flags = flags & CREATE_SUSPENDED ? PAGEWALK_THREAD_CREATE_SUSPENDED : 0,
                       .class = k32_class_of_child(flags)};
  creation.parameters.CommandLine = unicode(line ? line : application);
  creation.parameters.CurrentDirectory =
      unicode(folder ? full_folder : (const WCHAR*)nt_pointer(own->CurrentDirectory.Buffer));
  creation.parameters.Environment = environment ? (ULONG)environment : own->Environment;
  choose_standard_handles(&creation.parameters, startup);
  NTSTATUS status = k32_start_image(application, line, start_image, &creation);
  if (widened) RtlFreeHeap(k32_heap(), 0, widened);
  if (!k32_succeeded(status)) return FALSE;
  *information = creation.made;
  return TRUE;
}

BOOL WINAPI CreateProcessA(LPCSTR application, LPSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                           LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCSTR folder, LPSTARTUPINFOA startup,
                           LPPROCESS_INFORMATION information) {
  WCHAR* texts[3] = {0};
  const char* from[3] = {application, line, folder};
  BOOL done = TRUE;
  if (information) *information = (PROCESS_INFORMATION){0};
  for (int i = 0; i < 3 && done; ++i) {
    if (from[i]) texts[i] = k32_to_wide(from[i]), done = texts[i] != NULL;
  }
  // STARTUPINFOW is alike but for its strings, which nothing here reads.
  done = done && CreateProcessW(texts[0], texts[1], process_attributes, thread_attributes, inherit, flags,
                                environment, texts[2], (LPSTARTUPINFOW)startup, information);
  for (int i = 0; i < 3; ++i) k32_free(texts[i]);
  return done;
}

HANDLE WINAPI OpenProcess(DWORD access, BOOL inherit, DWORD id) {
  struct {
    ULONG Length, RootDirectory, ObjectName, Attributes, SecurityDescriptor, QualityOfService;
  } attributes = {sizeof attributes, 0, 0, inherit ? 2 : 0, 0, 0};
  ClientId client = {id, 0};
  HANDLE process = NULL;
  NTSTATUS status = NtOpenProcess(&process, access, &attributes, &client);
  return k32_succeeded(status) ? process : NULL;
}

static BOOL query(HANDLE process, BasicInformation* information) {
  return k32_succeeded(
      NtQueryInformationProcess(process, kBasicInformation, information, sizeof *information, NULL));
}

BOOL WINAPI GetExitCodeProcess(HANDLE process, LPDWORD code) {
  BasicInformation information;
  if (!query(process, &information)) return FALSE;
  *code = information.ExitStatus;
  return TRUE;
}

DWORD WINAPI GetProcessId(HANDLE process) {
  BasicInformation information;
  return query(process, &information) ? information.ProcessId : 0;
}

BOOL WINAPI ReadProcessMemory(HANDLE process, LPCVOID address, LPVOID buffer, SIZE_T size, SIZE_T* read) {
  return k32_succeeded(NtReadVirtualMemory(process, address, buffer, size, read));
}

// Pages that are alike, from `address` on. Code that is not writable is made so for the while, as debuggers
// expect; read-only data is refused.
static NTSTATUS write_alike(HANDLE process, char* address, const char* buffer, SIZE_T size,
                            const MEMORY_BASIC_INFORMATION* region, SIZE_T* written) {
  void* base = address;
  SIZE_T length = size;
  ULONG old = 0, ignored;
  BOOL code = region->Protect == PAGE_EXECUTE_READ || region->Protect == PAGE_EXECUTE;
  if (region->Protect == PAGE_READONLY || region->Protect == PAGE_NOACCESS) return STATUS_ACCESS_VIOLATION;
  if (code) {
    NTSTATUS status = NtProtectVirtualMemory(process, &base, &length, PAGE_EXECUTE_READWRITE, &old);
    if (!NT_SUCCESS(status)) return status;
  }
  NTSTATUS status = NtWriteVirtualMemory(process, address, buffer, size, written);
  if (code) NtProtectVirtualMemory(process, &base, &length, old, &ignored);
  return status;
}

// How many bytes from `address` on lie in pages that are alike, at most `size`. A caller that may not ask is
// answered for all of them as if they were data.
static SIZE_T alike_from(HANDLE process, char* address, SIZE_T size, MEMORY_BASIC_INFORMATION* region) {
  region->Protect = PAGE_READWRITE;
  if (!VirtualQueryEx(process, address, region, sizeof *region)) return size;
  SIZE_T alike = (SIZE_T)((char*)region->BaseAddress + region->RegionSize - address);
  return alike < size ? alike : size;
}

// Run by run of pages that are protected alike, so that each gets back what it had. What ends behind pages
// that were written is a partial copy; what does not lie in user space as a whole is refused as a whole.
BOOL WINAPI WriteProcessMemory(HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T* written) {
  const ULONG_PTR kUserEnd = 0x7fff0000;
  MEMORY_BASIC_INFORMATION region;
  SIZE_T done = 0;
  if (size > kUserEnd || (ULONG_PTR)address > kUserEnd - size)
    return k32_succeeded(NtWriteVirtualMemory(process, address, buffer, size, written));
  do {
    char* at = (char*)address + done;
    SIZE_T part = 0, length = alike_from(process, at, size - done, &region);
    NTSTATUS status = write_alike(process, at, (const char*)buffer + done, length, &region, &part);
    done += part;
    if (NT_SUCCESS(status)) continue;
    if (done == 0 && status == STATUS_ACCESS_VIOLATION) return k32_succeeded(status);
    if (written) *written = done;
    return k32_succeeded(done > 0 ? STATUS_PARTIAL_COPY : status);
  } while (done < size);
  if (written) *written = done;
  return TRUE;
}
