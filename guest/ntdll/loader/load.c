// Loading and unloading one DLL and what it needs.
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

// Where a DLL that was found by its bare name is said to come from: the system's, or beside the program.
static void directory_of(const char* name, WCHAR directory[MAX_PATH]) {
  if (is_system_dll(name)) {
    memcpy(directory, kSystemDirectory, sizeof kSystemDirectory);
    return;
  }
  const ProcessParameters* parameters = nt_pointer(nt_peb()->ProcessParameters);
  const WCHAR* image = nt_pointer(parameters->ImagePathName.Buffer);
  ULONG length = parameters->ImagePathName.Length / sizeof *image;
  while (length && image[length - 1] != '\\') --length;
  if (length >= MAX_PATH) length = 0;
  memcpy(directory, image, length * sizeof *image);
  directory[length] = 0;
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

static LdrDataTableEntry* find_completed(const char* name) {
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
static NTSTATUS add_image(void* base, const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  WCHAR directory[MAX_PATH];
  directory_of(base_name(name), directory);
  *module = ldr_add_module(base, directory, base_name(name));
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

// One that is loaded already gets another reference.
static NTSTATUS load_completed(const char* name, LdrDataTableEntry** module, LdrFailure* failure) {
  void* base = NULL;
  *module = ldr_find_by_name(base_name(name));
  if (!*module) {
    NTSTATUS status = PwMapImage(name, &base, 0);
    if (NT_SUCCESS(status)) return add_image(base, name, module, failure);
    if (status != STATUS_DLL_NOT_FOUND || !is_core_api_set(name)) return status;
    return load_completed("kernel32.dll", module, failure);
  }
  add_reference(*module);
  return STATUS_SUCCESS;
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
