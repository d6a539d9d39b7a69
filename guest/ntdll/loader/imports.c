// Binding: each import descriptor names a DLL; each thunk becomes the address that the DLL exports ("PE
// Format", .idata).
#include "guest/ntdll/loader/loader.h"

static const IMAGE_IMPORT_DESCRIPTOR* first_import(LdrDataTableEntry* module) {
  IMAGE_DATA_DIRECTORY* directory = ldr_directory(nt_pointer(module->DllBase), IMAGE_DIRECTORY_ENTRY_IMPORT);
  return directory ? nt_add(nt_pointer(module->DllBase), directory->VirtualAddress) : NULL;
}

static NTSTATUS bind_thunk(void* importer, void* exporter, const char* name, ULONG import, ULONG* address,
                           LdrFailure* failure) {
  BOOLEAN by_ordinal = IMAGE_SNAP_BY_ORDINAL32(import) != 0;
  const IMAGE_IMPORT_BY_NAME* by_name = nt_add(importer, import);
  const char* symbol = by_ordinal ? NULL : (const char*)by_name->Name;
  ULONG ordinal = by_ordinal ? IMAGE_ORDINAL32(import) : 0;
  ULONG hint = by_ordinal ? 0 : by_name->Hint;
  void* procedure;
  NTSTATUS status = ldr_find_export(exporter, symbol, ordinal, hint, &procedure);
  if (NT_SUCCESS(status)) {
    *address = nt_address(procedure);
  } else {
    ldr_note_failure(failure, name, symbol, ordinal);
  }
  return status;
}

static NTSTATUS bind_descriptor(LdrDataTableEntry* module, const IMAGE_IMPORT_DESCRIPTOR* descriptor,
                                LdrFailure* failure) {
  void* base = nt_pointer(module->DllBase);
  const char* name = nt_add(base, descriptor->Name);
  LdrDataTableEntry* exporter;
  NTSTATUS status = ldr_load(name, &exporter, failure);
  if (!NT_SUCCESS(status)) return status;
  ++*ldr_bound_imports(module);
  ULONG names = descriptor->OriginalFirstThunk ? descriptor->OriginalFirstThunk : descriptor->FirstThunk;
  const ULONG* import = nt_add(base, names);
  ULONG* address = nt_add(base, descriptor->FirstThunk);
  for (; *import && NT_SUCCESS(status); ++import, ++address) {
    status = bind_thunk(base, nt_pointer(exporter->DllBase), name, *import, address, failure);
  }
  return status;
}

static BOOLEAN table_is_writable(LdrDataTableEntry* module, const IMAGE_IMPORT_DESCRIPTOR* descriptor) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(nt_pointer(module->DllBase));
  IMAGE_SECTION_HEADER* section = ldr_first_section(headers);
  for (ULONG i = 0; i < headers->FileHeader.NumberOfSections; ++i, ++section) {
    if (descriptor->FirstThunk - section->VirtualAddress < section->Misc.VirtualSize) {
      return (section->Characteristics & IMAGE_SCN_MEM_WRITE) != 0;
    }
  }
  return TRUE;
}

static NTSTATUS bind_all(LdrDataTableEntry* module, const IMAGE_IMPORT_DESCRIPTOR* descriptor,
                         LdrFailure* failure) {
  for (; descriptor->Name && descriptor->FirstThunk; ++descriptor) {
    NTSTATUS status = bind_descriptor(module, descriptor, failure);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

NTSTATUS ldr_bind(LdrDataTableEntry* module, LdrFailure* failure) {
  const IMAGE_IMPORT_DESCRIPTOR* descriptor = first_import(module);
  if (!descriptor) return STATUS_SUCCESS;
  if (table_is_writable(module, descriptor)) return bind_all(module, descriptor, failure);
  LdrProtections protections;
  NTSTATUS status = ldr_make_writable(nt_pointer(module->DllBase), &protections);
  if (!NT_SUCCESS(status)) return status;
  status = bind_all(module, descriptor, failure);
  NTSTATUS restored = ldr_restore_protections(nt_pointer(module->DllBase), &protections);
  return NT_SUCCESS(status) ? restored : status;
}

static LdrDataTableEntry* imported_by(LdrDataTableEntry* module, const IMAGE_IMPORT_DESCRIPTOR* descriptor) {
  return ldr_find_loaded(nt_add(nt_pointer(module->DllBase), descriptor->Name));
}

void ldr_visit_imports(LdrDataTableEntry* module, void (*visit)(LdrDataTableEntry* imported, ULONG scope),
                       ULONG scope) {
  const IMAGE_IMPORT_DESCRIPTOR* descriptor = first_import(module);
  for (ULONG i = 0; i < *ldr_bound_imports(module); ++i) {
    LdrDataTableEntry* imported = imported_by(module, &descriptor[i]);
    if (imported) visit(imported, scope);
  }
}

void ldr_release_imports(LdrDataTableEntry* module) {
  const IMAGE_IMPORT_DESCRIPTOR* descriptor = first_import(module);
  if (!descriptor) return;
  for (; *ldr_bound_imports(module); ++descriptor, --*ldr_bound_imports(module)) {
    LdrDataTableEntry* exporter = imported_by(module, descriptor);
    if (exporter) ldr_release(exporter);
  }
}
