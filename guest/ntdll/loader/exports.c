// The export table: by name (hint first, then binary search), by ordinal, through forwarders ("PE Format",
// .edata).
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/memory.h"

typedef struct Exports {
  void* base;
  const IMAGE_DATA_DIRECTORY* directory;
  const IMAGE_EXPORT_DIRECTORY* table;
  const ULONG* names;
  const USHORT* ordinals;
  const ULONG* functions;
} Exports;

static BOOLEAN open_exports(void* base, Exports* exports) {
  exports->base = base;
  exports->directory = ldr_directory(base, IMAGE_DIRECTORY_ENTRY_EXPORT);
  if (!exports->directory) return FALSE;
  exports->table = nt_add(base, exports->directory->VirtualAddress);
  exports->names = nt_add(base, exports->table->AddressOfNames);
  exports->ordinals = nt_add(base, exports->table->AddressOfNameOrdinals);
  exports->functions = nt_add(base, exports->table->AddressOfFunctions);
  return TRUE;
}

static int compare_name(const Exports* exports, ULONG index, const char* name) {
  return strcmp(nt_add(exports->base, exports->names[index]), name);
}

// The index into the address table; false when no such name is exported.
static BOOLEAN find_name(const Exports* exports, const char* name, ULONG hint, ULONG* index) {
  ULONG count = exports->table->NumberOfNames;
  if (hint < count && compare_name(exports, hint, name) == 0) {
    *index = exports->ordinals[hint];
    return TRUE;
  }
  ULONG low = 0, high = count;
  while (low < high) {
    ULONG middle = (low + high) / 2;
    int order = compare_name(exports, middle, name);
    if (order == 0) {
      *index = exports->ordinals[middle];
      return TRUE;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return FALSE;
}

static ULONG parse_ordinal(const char* digits) {
  ULONG value = 0;
  for (; *digits >= '0' && *digits <= '9'; ++digits) value = value * 10 + (ULONG)(*digits - '0');
  return value;
}

// "MODULE.Name" or "MODULE.#ordinal"; the last dot ends the module's name.
static NTSTATUS follow_forwarder(const char* forwarder, void** procedure) {
  char module_name[MAX_PATH];
  const char* dot = strrchr(forwarder, '.');
  if (!dot || (SIZE_T)(dot - forwarder) + sizeof ".dll" > sizeof module_name)
    return STATUS_INVALID_IMAGE_FORMAT;
  memcpy(module_name, forwarder, (SIZE_T)(dot - forwarder));
  memcpy(module_name + (dot - forwarder), ".dll", sizeof ".dll");
  LdrDataTableEntry* module = ldr_find_by_name(module_name);
  if (!module) {
    LdrFailure failure = {.module = ""};
    NTSTATUS status = ldr_load(module_name, &module, &failure);
    if (!NT_SUCCESS(status)) return status;
  }
  BOOLEAN by_ordinal = dot[1] == '#';
  return ldr_find_export(nt_pointer(module->DllBase), by_ordinal ? NULL : dot + 1,
                         by_ordinal ? parse_ordinal(dot + 2) : 0, MAXDWORD, procedure);
}

static NTSTATUS resolve(const Exports* exports, ULONG index, void** procedure) {
  if (index >= exports->table->NumberOfFunctions || !exports->functions[index])
    return STATUS_ORDINAL_NOT_FOUND;
  ULONG rva = exports->functions[index];
  void* target = nt_add(exports->base, rva);
  if (rva - exports->directory->VirtualAddress < exports->directory->Size) {
    return follow_forwarder(target, procedure);
  }
  *procedure = target;
  return STATUS_SUCCESS;
}

NTSTATUS ldr_find_export(void* base, const char* name, ULONG ordinal, ULONG hint, void** procedure) {
  Exports exports;
  if (!open_exports(base, &exports)) return name ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
  if (!name) return resolve(&exports, ordinal - exports.table->Base, procedure);
  ULONG index;
  if (!find_name(&exports, name, hint, &index)) return STATUS_ENTRYPOINT_NOT_FOUND;
  return resolve(&exports, index, procedure);
}

// A forwarder may bring a DLL in, which then wants to be started.
NTSTATUS NTAPI LdrGetProcedureAddress(void* base, const AnsiString* name, ULONG ordinal, void** procedure) {
  LdrFailure failure = {.module = ""};
  NTSTATUS status = STATUS_DLL_NOT_FOUND;
  ldr_lock();
  NtListEntry* mark = ldr_last_loaded();
  if (ldr_find_by_base(base))
    status = ldr_find_export(base, name ? name->Buffer : NULL, ordinal, MAXDWORD, procedure);
  if (NT_SUCCESS(status) && mark != ldr_last_loaded()) {
    ULONG scope = ldr_open_scope();
    ldr_add_behind_to_scope(mark, scope);
    status = ldr_initialize_modules(scope, FALSE, &failure);
  }
  ldr_unlock();
  return status;
}
