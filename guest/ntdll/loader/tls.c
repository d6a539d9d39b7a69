// Static TLS: an index per module, a copy of its template per thread, callbacks ("PE Format", .tls).
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/memory.h"

static ULONG index_count;  // indexes given out so far; those of unloaded modules are given out again

static const IMAGE_TLS_DIRECTORY* tls_of(LdrDataTableEntry* module) {
  IMAGE_DATA_DIRECTORY* directory = ldr_directory(nt_pointer(module->DllBase), IMAGE_DIRECTORY_ENTRY_TLS);
  return directory ? nt_add(nt_pointer(module->DllBase), directory->VirtualAddress) : NULL;
}

// Bits 20-23 of the characteristics: log2 of the alignment, plus one; 0 says nothing.
static ULONG alignment_of(const IMAGE_TLS_DIRECTORY* tls) {
  ULONG code = (tls->Characteristics >> 20) & 0xf;
  return code > 4 ? 1u << (code - 1) : 8;
}

static HANDLE process_heap(void) { return nt_pointer(nt_peb()->ProcessHeap); }

// The word before the block says where its memory begins.
static void* copy_template(const IMAGE_TLS_DIRECTORY* tls) {
  ULONG data = tls->EndAddressOfRawData - tls->StartAddressOfRawData;
  ULONG alignment = alignment_of(tls);
  char* memory =
      RtlAllocateHeap(process_heap(), HEAP_ZERO_MEMORY, data + tls->SizeOfZeroFill + 2 * alignment);
  if (!memory) return NULL;
  void** block = nt_pointer((nt_address(memory) + 2 * alignment - 1) & ~(alignment - 1));
  block[-1] = memory;
  memcpy(block, nt_pointer(tls->StartAddressOfRawData), data);
  return block;
}

// The vector that FS:[0x2c] names, with room for `index`.
static void** grow_vector(ULONG index) {
  void** vector = nt_pointer(nt_teb()->ThreadLocalStoragePointer);
  SIZE_T size = (index + 1) * sizeof *vector;
  vector =
      vector ? RtlReAllocateHeap(process_heap(), 0, vector, size) : RtlAllocateHeap(process_heap(), 0, size);
  if (vector) nt_teb()->ThreadLocalStoragePointer = nt_address(vector);
  return vector;
}

static ULONG free_index(void) {
  void** vector = nt_pointer(nt_teb()->ThreadLocalStoragePointer);
  ULONG index = 0;
  while (index < index_count && vector[index]) ++index;
  return index;
}

NTSTATUS ldr_add_tls(LdrDataTableEntry* module) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls) return STATUS_SUCCESS;
  ULONG index = free_index();
  void** vector = index < index_count ? nt_pointer(nt_teb()->ThreadLocalStoragePointer) : grow_vector(index);
  void* block = vector ? copy_template(tls) : NULL;
  if (!block) return STATUS_NO_MEMORY;
  vector[index] = block;
  if (index == index_count) ++index_count;
  *(ULONG*)nt_pointer(tls->AddressOfIndex) = index;
  module->TlsIndex = (uint16_t)index;
  return STATUS_SUCCESS;
}

void ldr_remove_tls(LdrDataTableEntry* module) {
  if (module->TlsIndex == LDR_NO_TLS) return;
  void** vector = nt_pointer(nt_teb()->ThreadLocalStoragePointer);
  RtlFreeHeap(process_heap(), 0, ((void**)vector[module->TlsIndex])[-1]);
  vector[module->TlsIndex] = NULL;
}

void ldr_call_tls_callbacks(LdrDataTableEntry* module, ULONG reason, void* reserved) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls || !tls->AddressOfCallBacks) return;
  for (void** callback = nt_pointer(tls->AddressOfCallBacks); *callback; ++callback) {
    ldr_call_initializer(*callback, nt_pointer(module->DllBase), reason, reserved);
  }
}
