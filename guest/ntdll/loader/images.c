// PE headers and section protections ("PE Format", Microsoft).
#include "guest/ntdll/loader/loader.h"

BOOLEAN ldr_is_image(const void* base) {
  const IMAGE_DOS_HEADER* dos = base;
  if (dos->e_magic != IMAGE_DOS_SIGNATURE) return FALSE;
  const IMAGE_NT_HEADERS* headers = nt_add(base, (ULONG)dos->e_lfanew);
  return headers->Signature == IMAGE_NT_SIGNATURE;
}

IMAGE_NT_HEADERS* NTAPI RtlImageNtHeader(void* base) {
  return ldr_is_image(base) ? nt_add(base, (ULONG)((IMAGE_DOS_HEADER*)base)->e_lfanew) : NULL;
}

IMAGE_DATA_DIRECTORY* ldr_directory(void* base, ULONG index) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  if (!headers || index >= headers->OptionalHeader.NumberOfRvaAndSizes) return NULL;
  IMAGE_DATA_DIRECTORY* directory = &headers->OptionalHeader.DataDirectory[index];
  return directory->VirtualAddress && directory->Size ? directory : NULL;
}

void* NTAPI RtlImageDirectoryEntryToData(void* base, BOOLEAN mapped, USHORT index, ULONG* size) {
  IMAGE_DATA_DIRECTORY* directory = ldr_directory(base, index);
  *size = directory ? directory->Size : 0;
  return directory && mapped ? nt_add(base, directory->VirtualAddress) : NULL;
}

IMAGE_SECTION_HEADER* ldr_first_section(IMAGE_NT_HEADERS* headers) { return IMAGE_FIRST_SECTION(headers); }

static NTSTATUS protect(void* base, const IMAGE_SECTION_HEADER* section, ULONG protection, ULONG* old) {
  void* address = nt_add(base, section->VirtualAddress);
  SIZE_T size = section->Misc.VirtualSize ? section->Misc.VirtualSize : section->SizeOfRawData;
  return NtProtectVirtualMemory(NT_CURRENT_PROCESS, &address, &size, protection, old);
}

// Sections that are thrown away hold relocations and debugging data: nothing in them is ever patched.
static BOOLEAN needs_opening(const IMAGE_SECTION_HEADER* section) {
  if (section->Characteristics & (IMAGE_SCN_MEM_WRITE | IMAGE_SCN_MEM_DISCARDABLE)) return FALSE;
  return section->Misc.VirtualSize || section->SizeOfRawData;
}

NTSTATUS ldr_make_writable(void* base, LdrProtections* protections) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  IMAGE_SECTION_HEADER* sections = ldr_first_section(headers);
  ULONG count = headers->FileHeader.NumberOfSections;
  if (count > 96) return STATUS_INVALID_IMAGE_FORMAT;
  for (ULONG i = 0; i < count; ++i) protections->old[i] = 0;
  for (ULONG i = 0; i < count; ++i) {
    if (!needs_opening(&sections[i])) continue;
    ULONG open =
        sections[i].Characteristics & IMAGE_SCN_MEM_EXECUTE ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
    NTSTATUS status = protect(base, &sections[i], open, &protections->old[i]);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

NTSTATUS ldr_restore_protections(void* base, const LdrProtections* protections) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  IMAGE_SECTION_HEADER* sections = ldr_first_section(headers);
  for (ULONG i = 0; i < headers->FileHeader.NumberOfSections; ++i) {
    if (!protections->old[i]) continue;
    ULONG opened;
    NTSTATUS status = protect(base, &sections[i], protections->old[i], &opened);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}
