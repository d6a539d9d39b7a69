// Other processes: starting them, and reaching into them ("Process and Thread Functions", "Debugging
// Functions", Microsoft).
#include "guest/kernel32/kernel32.h"

enum { kLongestPath = 260, kBasicInformation = 0 };

typedef struct BasicInformation {  // PROCESS_BASIC_INFORMATION
  ULONG ExitStatus, Peb, AffinityMask, BasePriority, ProcessId, ParentProcessId;
} BasicInformation;

// The first word of a command line, as CreateProcess takes it: quoted, or up to a blank.
static const WCHAR* first_word(const WCHAR* line, SIZE_T* length) {
  WCHAR end = L' ';
  if (*line == L'"') end = L'"', ++line;
  const WCHAR* at = line;
  while (*at && *at != end && (end == L'"' || *at != L'\t')) ++at;
  *length = (SIZE_T)(at - line);
  return line;
}

static BOOL has_extension(const WCHAR* name, SIZE_T length) {
  while (length-- > 0 && name[length] != L'\\' && name[length] != L'/') {
    if (name[length] == L'.') return TRUE;
  }
  return FALSE;
}

// A name without a folder lies in C:\; one without an extension ends in .exe.
static BOOL image_path(const WCHAR* name, SIZE_T length, WCHAR* path) {
  static const WCHAR kRoot[] = L"C:\\", kExtension[] = L".exe";
  SIZE_T room = kLongestPath, at = 0;
  if (length == 0 || length + 8 > room) return FALSE;
  BOOL absolute = length > 1 && name[1] == L':';
  for (const WCHAR* c = kRoot; !absolute && *c; ++c) path[at++] = *c;
  for (SIZE_T i = 0; i < length; ++i) path[at++] = name[i];
  for (const WCHAR* c = kExtension; !has_extension(name, length) && *c; ++c) path[at++] = *c;
  path[at] = 0;
  return TRUE;
}

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

static NTSTATUS create(const ProcessParameters* parameters, BOOL inherit, DWORD flags,
                       PROCESS_INFORMATION* information) {
  ClientId client = {0};
  UCHAR class = k32_class_of_child(flags);
  struct {
    ULONG TotalLength;
    ProcessAttribute attributes[2];
  } list = {sizeof list,
            {{PAGEWALK_ATTRIBUTE_CLIENT_ID, sizeof client, (ULONG)&client, 0},
             {PAGEWALK_ATTRIBUTE_PRIORITY_CLASS, sizeof class, (ULONG) & class, 0}}};
  NTSTATUS status =
      NtCreateUserProcess(&information->hProcess, &information->hThread, MAXIMUM_ALLOWED, MAXIMUM_ALLOWED,
                          NULL, NULL, inherit ? PAGEWALK_PROCESS_INHERIT_HANDLES : 0,
                          flags & CREATE_SUSPENDED ? PAGEWALK_THREAD_CREATE_SUSPENDED : 0,
                          (ProcessParameters*)parameters, NULL, &list);
  information->dwProcessId = client.UniqueProcess;
  information->dwThreadId = client.UniqueThread;
  return status;
}

BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                           LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW startup,
                           LPPROCESS_INFORMATION information) {
  (void)process_attributes, (void)thread_attributes;
  const ProcessParameters* own = k32_parameters();
  WCHAR path[kLongestPath];
  SIZE_T length = application ? k32_wide_length(application) : 0;
  const WCHAR* name = application;
  if (!name && line) name = first_word(line, &length);
  if (!name || !startup || !information) return k32_fail(ERROR_INVALID_PARAMETER);
  if (!image_path(name, length, path)) return k32_fail(ERROR_FILE_NOT_FOUND);

  WCHAR* widened = NULL;
  if (environment && !(flags & CREATE_UNICODE_ENVIRONMENT)) {
    widened = widen_environment(environment);
    if (!widened) return k32_fail(ERROR_NOT_ENOUGH_MEMORY);
    environment = widened;
  }
  ProcessParameters parameters = {.Flags = 1};
  parameters.ImagePathName = unicode(path);
  parameters.CommandLine = unicode(line ? line : application);
  parameters.CurrentDirectory =
      unicode(folder ? folder : (const WCHAR*)nt_pointer(own->CurrentDirectory.Buffer));
  parameters.Environment = environment ? (ULONG)environment : own->Environment;
  BOOL given = (startup->dwFlags & STARTF_USESTDHANDLES) != 0;
  parameters.StandardInput = given ? (ULONG)startup->hStdInput : own->StandardInput;
  parameters.StandardOutput = given ? (ULONG)startup->hStdOutput : own->StandardOutput;
  parameters.StandardError = given ? (ULONG)startup->hStdError : own->StandardError;
  NTSTATUS status = create(&parameters, inherit, flags, information);
  if (widened) RtlFreeHeap(k32_heap(), 0, widened);
  return k32_succeeded(status);
}

BOOL WINAPI CreateProcessA(LPCSTR application, LPSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                           LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                           LPVOID environment, LPCSTR folder, LPSTARTUPINFOA startup,
                           LPPROCESS_INFORMATION information) {
  WCHAR* texts[3] = {0};
  const char* from[3] = {application, line, folder};
  BOOL done = TRUE;
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

// Code that is not writable is made so for the while, as debuggers expect; read-only data is refused.
BOOL WINAPI WriteProcessMemory(HANDLE process, LPVOID address, LPCVOID buffer, SIZE_T size, SIZE_T* written) {
  void* base = address;
  SIZE_T length = size;
  ULONG old = 0, ignored;
  MEMORY_BASIC_INFORMATION region;
  BOOL known = VirtualQueryEx(process, address, &region, sizeof region) != 0;
  if (known && (region.Protect == PAGE_READONLY || region.Protect == PAGE_NOACCESS)) {
    return k32_fail(ERROR_NOACCESS);
  }
  BOOL code = known && (region.Protect == PAGE_EXECUTE_READ || region.Protect == PAGE_EXECUTE);
  if (code && !k32_succeeded(NtProtectVirtualMemory(process, &base, &length, PAGE_EXECUTE_READWRITE, &old))) {
    return FALSE;
  }
  NTSTATUS status = NtWriteVirtualMemory(process, address, buffer, size, written);
  if (code) NtProtectVirtualMemory(process, &base, &length, old, &ignored);
  return k32_succeeded(status);
}
