// Loading and unloading one DLL and what it needs.
#include "guest/ntdll/files.h"
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/memory.h"

static const WCHAR kSystemDirectory[] = L"C:\\Windows\\System32\\";

static const char* base_name(const char* path) {
  const char* name = path;
  for (; *path; ++path) {
    if (*path == '\\' || *path == '/') name = path + 1;
  }
  return name;
}

static BOOLEAN is_system_dll(const char* name) {
  static const char* const kNames[] = {"ntdll.dll", "kernel32.dll", "msvcrt.dll"};
  for (ULONG i = 0; i < sizeof kNames / sizeof *kNames; ++i) {
    ULONG at = 0;
    while (name[at] && ldr_lower(name[at]) == kNames[i][at]) ++at;
    if (!name[at] && !kNames[i][at]) return TRUE;
  }
  return FALSE;
}

// The program's directory, with a backslash at its end.
static void program_directory(WCHAR directory[MAX_PATH]) {
  const ProcessParameters* parameters = nt_pointer(nt_peb()->ProcessParameters);
  const WCHAR* image = nt_pointer(parameters->ImagePathName.Buffer);
  ULONG length = parameters->ImagePathName.Length / sizeof *image;
  while (length && image[length - 1] != '\\') --length;
  if (length >= MAX_PATH) length = 0;
  memcpy(directory, image, length * sizeof *image);
  directory[length] = 0;
}

// Where a DLL that was found by its bare name is said to come from: the system's, or beside the program.
static void directory_of(const char* name, WCHAR directory[MAX_PATH]) {
  if (is_system_dll(name)) {
    memcpy(directory, kSystemDirectory, sizeof kSystemDirectory);
  } else {
    program_directory(directory);
  }
}

// "name" -> "name.dll", "name." -> "name": as LoadLibrary documents.
static NTSTATUS complete_name(const char* name, char complete[MAX_PATH]) {
  SIZE_T length = strlen(name);
  if (length == 0 || length + sizeof ".dll" > MAX_PATH) return STATUS_DLL_NOT_FOUND;
  memcpy(complete, name, length + 1);
  const char* file = base_name(name);
  const char* dot = strrchr(file, '.');
  if (!dot) {
    memcpy(complete + length, ".dll", sizeof ".dll");
  } else if (!dot[1]) {
    complete[length - 1] = 0;
  }
  return STATUS_SUCCESS;
}

// API sets ("Windows API sets", Microsoft): names of contracts. Those of the base system are kernel32's,
// where a program brings no DLL of that name along.
static BOOLEAN is_core_api_set(const char* name) {
  static const char kPrefix[] = "api-ms-win-core-";
  for (ULONG i = 0; kPrefix[i]; ++i) {
    if (ldr_lower(name[i]) != kPrefix[i]) return FALSE;
  }
  return TRUE;
}

static BOOLEAN has_path(const char* name) { return base_name(name) != name || strrchr(name, ':') != NULL; }

// A DLL that is named by its path: the whole of it, and the directory with a backslash at its end.
typedef struct DllPath {
  WCHAR full[MAX_PATH];
  WCHAR directory[MAX_PATH];
} DllPath;

static BOOLEAN find_path(const char* name, DllPath* path) {
  WCHAR wide[MAX_PATH];
  ULONG bytes;
  RtlMultiByteToUnicodeN(wide, sizeof wide - sizeof *wide, &bytes, name, strlen(name));
  wide[bytes / sizeof *wide] = 0;
  bytes = RtlGetFullPathName_U(wide, sizeof path->full, path->full, NULL);
  if (bytes == 0 || bytes >= sizeof path->full) return FALSE;
  ULONG length = bytes / sizeof *wide;
  while (length && path->full[length - 1] != '\\') --length;
  memcpy(path->directory, path->full, length * sizeof *wide);
  path->directory[length] = 0;
  return TRUE;
}

static LdrDataTableEntry* find_by_path(const char* name) {
  DllPath path;
  return find_path(name, &path) ? ldr_find_by_path(path.full) : NULL;
}

static BOOLEAN equal_directories(const WCHAR* a, const WCHAR* b) {
  NtUnicodeString left, right;
  RtlInitUnicodeString(&left, a);
  RtlInitUnicodeString(&right, b);
  return RtlEqualUnicodeString(&left, &right, TRUE);
}

// Whether a DLL's bare name finds what lies in this directory.
static BOOLEAN is_searched(const WCHAR* directory, const char* name) {
  WCHAR found[MAX_PATH];
  directory_of(name, found);
  return equal_directories(directory, found);
}

static LdrDataTableEntry* find_completed(const char* name) {
  if (has_path(name)) return find_by_path(name);
  LdrDataTableEntry* module = ldr_find_by_name(base_name(name));
  return !module && is_core_api_set(name) ? ldr_find_by_name("kernel32.dll") : module;
}

LdrDataTableEntry* ldr_find_loaded(const char* name) {
  char complete[MAX_PATH];
  return NT_SUCCESS(complete_name(name, complete)) ? find_completed(complete) : NULL;
}

static void add_reference(LdrDataTableEntry* module) {
  if (module->ObsoleteLoadCount == LDR_PINNED) return;
  ++module->ObsoleteLoadCount;
  ++module->ReferenceCount;
}

static void unload(LdrDataTableEntry* module) {
  void* base = nt_pointer(module->DllBase);
  ldr_release_imports(module);
  ldr_remove_tls(module);
  ldr_remove_module(module);
  NtUnmapViewOfSection(NT_CURRENT_PROCESS, base);
}

static void copy_text(char* to, const char* from, SIZE_T room) {
  SIZE_T length = from ? strlen(from) : 0;
  if (length >= room) length = room - 1;
  memcpy(to, from, length);
  to[length] = 0;
}

void ldr_note_failure(LdrFailure* failure, const char* module, const char* import, ULONG ordinal) {
  if (failure->module[0]) return;
  copy_text(failure->module, module, sizeof failure->module);
  copy_text(failure->import, import, sizeof failure->import);
  failure->ordinal = ordinal;
}

static NTSTATUS prepare(LdrDataTableEntry* module, LdrFailure* failure) {
  NTSTATUS status = ldr_relocate(nt_pointer(module->DllBase));
  if (NT_SUCCESS(status)) status = ldr_bind(module, failure);
  if (NT_SUCCESS(status)) status = ldr_add_tls(module);
  return status;
}

// An image that was just mapped becomes a module.
static NTSTATUS add_image(void* base, const WCHAR* directory, const char* name, LdrDataTableEntry** module,
                          LdrFailure* failure) {
  *module = ldr_add_module(base, directory, name);
  if (!*module) {
    NtUnmapViewOfSection(NT_CURRENT_PROCESS, base);
    return STATUS_NO_MEMORY;
  }
  NTSTATUS status = prepare(*module, failure);
  if (NT_SUCCESS(status)) {
    ldr_append_initialization(*module);
  } else {
    unload(*module);
  }
  return status;
}

static NTSTATUS load_by_name(const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  WCHAR directory[MAX_PATH];
  void* base = NULL;
  NTSTATUS status = PwMapImage(name, &base, 0);
  if (!NT_SUCCESS(status)) return status;
  directory_of(name, directory);
  return add_image(base, directory, name, module, failure);
}

// The kernel knows no path to the DLLs beside a program that was named on the host, nor to the system's: they
// are found by their names.
static NTSTATUS load_by_path(const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  DllPath path;
  char full[MAX_PATH];
  void* base = NULL;
  ULONG bytes;
  if (!find_path(name, &path)) return STATUS_DLL_NOT_FOUND;
  SIZE_T length = 0;
  while (path.full[length]) ++length;
  RtlUnicodeToMultiByteN(full, sizeof full - 1, &bytes, path.full, length * sizeof *path.full);
  full[bytes] = 0;
  NTSTATUS status = PwMapImage(full, &base, 0);
  if (NT_SUCCESS(status)) return add_image(base, path.directory, base_name(full), module, failure);
  if (status != STATUS_DLL_NOT_FOUND || !is_searched(path.directory, base_name(full))) return status;
  return load_by_name(base_name(full), module, failure);
}

// One that is loaded already gets another reference.
static NTSTATUS load_completed(const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  *module = has_path(name) ? find_by_path(name) : ldr_find_by_name(name);
  if (*module) {
    add_reference(*module);
    return STATUS_SUCCESS;
  }
  if (has_path(name)) return load_by_path(name, module, failure);
  NTSTATUS status = load_by_name(name, module, failure);
  if (status != STATUS_DLL_NOT_FOUND || !is_core_api_set(name) || failure->module[0]) return status;
  return load_completed("kernel32.dll", module, failure);
}

NTSTATUS ldr_load(const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  char complete[MAX_PATH];
  NTSTATUS status = complete_name(name, complete);
  if (NT_SUCCESS(status)) status = load_completed(complete, module, failure);
  if (!NT_SUCCESS(status)) ldr_note_failure(failure, name, NULL, 0);
  return status;
}

void ldr_release(LdrDataTableEntry* module) {
  if (module->ObsoleteLoadCount == LDR_PINNED || --module->ObsoleteLoadCount) return;
  ldr_detach_module(module, FALSE);
  unload(module);
}

static NTSTATUS to_ansi(const NtUnicodeString* name, char text[MAX_PATH]) {
  ULONG written;
  if (name->Length / sizeof(WCHAR) >= MAX_PATH) return STATUS_DLL_NOT_FOUND;
  RtlUnicodeToMultiByteN(text, MAX_PATH - 1, &written, name->Buffer, name->Length);
  text[written] = 0;
  return STATUS_SUCCESS;
}

static NTSTATUS load_dll(const NtUnicodeString* name, void** base) {
  char text[MAX_PATH];
  LdrDataTableEntry* module;
  LdrFailure failure = {.module = ""};
  NtListEntry* mark = ldr_last_loaded();
  NTSTATUS status = to_ansi(name, text);
  if (NT_SUCCESS(status)) status = ldr_load(text, &module, &failure);
  if (!NT_SUCCESS(status)) return status;
  void* handle = nt_pointer(module->DllBase);
  ULONG scope = ldr_open_scope();
  ldr_add_behind_to_scope(mark, scope);
  ldr_add_to_scope(module, scope);
  status = ldr_initialize_modules(scope, FALSE, &failure);
  if (NT_SUCCESS(status)) {
    *base = handle;
  } else {
    ldr_release(module);
  }
  return status;
}

NTSTATUS NTAPI LdrLoadDll(const WCHAR* path, ULONG* flags, const NtUnicodeString* name, void** base) {
  (void)path;
  (void)flags;
  ldr_lock();
  NTSTATUS status = load_dll(name, base);
  ldr_unlock();
  return status;
}

static NTSTATUS unload_dll(void* base) {
  LdrDataTableEntry* module = ldr_find_by_base(base);
  if (!module) return STATUS_DLL_NOT_FOUND;
  if (module->ObsoleteLoadCount != LDR_PINNED) --module->ReferenceCount;
  ldr_release(module);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrUnloadDll(void* base) {
  ldr_lock();
  NTSTATUS status = unload_dll(base);
  ldr_unlock();
  return status;
}

static NTSTATUS add_references(ULONG flags, void* base) {
  LdrDataTableEntry* module = ldr_find_by_base(base);
  if (!module) return STATUS_DLL_NOT_FOUND;
  if (flags & 1) {  // LDR_ADDREF_DLL_PIN
    module->ObsoleteLoadCount = LDR_PINNED;
  } else {
    add_reference(module);
  }
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrAddRefDll(ULONG flags, void* base) {
  ldr_lock();
  NTSTATUS status = add_references(flags, base);
  ldr_unlock();
  return status;
}

static NTSTATUS find_dll(const NtUnicodeString* name, void** base) {
  char text[MAX_PATH];
  NTSTATUS status = to_ansi(name, text);
  if (!NT_SUCCESS(status)) return status;
  LdrDataTableEntry* module = ldr_find_loaded(text);
  if (!module) return STATUS_DLL_NOT_FOUND;
  *base = nt_pointer(module->DllBase);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrGetDllHandle(const WCHAR* path, ULONG* flags, const NtUnicodeString* name, void** base) {
  (void)path;
  (void)flags;
  ldr_lock();
  NTSTATUS status = find_dll(name, base);
  ldr_unlock();
  return status;
}

NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void* base) {
  ldr_lock();
  LdrDataTableEntry* module = ldr_find_by_base(base);
  if (module) module->Flags |= LDR_DONT_CALL_FOR_THREADS;
  ldr_unlock();
  return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}
