// Base relocations ("PE Format", .reloc). ntdll calls this for itself while its own absolute addresses are
// still wrong: no globals, no literals in memory, no jump tables here or in images.c's protection functions.
#include "guest/ntdll/loader/loader.h"

static NTSTATUS apply(char* page, USHORT entry, ULONG delta) {
  ULONG type = entry >> 12;
  if (type == IMAGE_REL_BASED_ABSOLUTE) return STATUS_SUCCESS;
  if (type != IMAGE_REL_BASED_HIGHLOW) return STATUS_INVALID_IMAGE_FORMAT;
  ULONG* word = (ULONG*)(page + (entry & 0xfff));
  *word += delta;
  return STATUS_SUCCESS;
}

static NTSTATUS apply_block(void* base, const IMAGE_BASE_RELOCATION* block, ULONG delta) {
  const USHORT* entries = (const USHORT*)(block + 1);
  ULONG count = (block->SizeOfBlock - sizeof *block) / sizeof *entries;
  for (ULONG i = 0; i < count; ++i) {
    NTSTATUS status = apply(nt_add(base, block->VirtualAddress), entries[i], delta);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

static NTSTATUS apply_all(void* base, const IMAGE_DATA_DIRECTORY* directory, ULONG delta) {
  const IMAGE_BASE_RELOCATION* block = nt_add(base, directory->VirtualAddress);
  const IMAGE_BASE_RELOCATION* end = nt_add(block, directory->Size);
  while (block + 1 <= end && block->SizeOfBlock >= sizeof *block) {
    NTSTATUS status = apply_block(base, block, delta);
    if (!NT_SUCCESS(status)) return status;
    block = nt_add(block, block->SizeOfBlock);
  }
  return STATUS_SUCCESS;
}

NTSTATUS ldr_relocate(void* base) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  if (!headers) return STATUS_INVALID_IMAGE_FORMAT;
  ULONG delta = nt_address(base) - headers->OptionalHeader.ImageBase;
  if (delta == 0) return STATUS_SUCCESS;
  if (headers->FileHeader.Characteristics & IMAGE_FILE_RELOCS_STRIPPED) return STATUS_CONFLICTING_ADDRESSES;
  const IMAGE_DATA_DIRECTORY* directory = ldr_directory(base, IMAGE_DIRECTORY_ENTRY_BASERELOC);
  if (!directory) return STATUS_SUCCESS;
  LdrProtections protections;
  NTSTATUS status = ldr_make_writable(base, &protections);
  if (!NT_SUCCESS(status)) return status;
  status = apply_all(base, directory, delta);
  NTSTATUS restored = ldr_restore_protections(base, &protections);
  return NT_SUCCESS(status) ? restored : status;
}
