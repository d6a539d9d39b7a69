// Static TLS: an index per module, a copy of its template per thread, callbacks ("PE Format", .tls).
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/memory.h"

static ULONG next_index;

static const IMAGE_TLS_DIRECTORY* tls_of(LdrDataTableEntry* module) {
  IMAGE_DATA_DIRECTORY* directory = ldr_directory(nt_pointer(module->DllBase), IMAGE_DIRECTORY_ENTRY_TLS);
  return directory ? nt_add(nt_pointer(module->DllBase), directory->VirtualAddress) : NULL;
}

// Bits 20-23 of the characteristics: log2 of the alignment, plus one; 0 says nothing.
static ULONG alignment_of(const IMAGE_TLS_DIRECTORY* tls) {
  ULONG code = (tls->Characteristics >> 20) & 0xf;
  return code > 4 ? 1u << (code - 1) : 8;
}

static void* copy_template(const IMAGE_TLS_DIRECTORY* tls) {
  ULONG data = tls->EndAddressOfRawData - tls->StartAddressOfRawData;
  ULONG alignment = alignment_of(tls);
  char* block = RtlAllocateHeap(nt_pointer(nt_peb()->ProcessHeap), HEAP_ZERO_MEMORY,
                                data + tls->SizeOfZeroFill + alignment);
  if (!block) return NULL;
  block = (char*)((nt_address(block) + alignment - 1) & ~(alignment - 1));
  memcpy(block, nt_pointer(tls->StartAddressOfRawData), data);
  return block;
}

// The vector that FS:[0x2c] names, with room for `index`.
static void** grow_vector(ULONG index) {
  HANDLE heap = nt_pointer(nt_peb()->ProcessHeap);
  void** vector = nt_pointer(nt_teb()->ThreadLocalStoragePointer);
  SIZE_T size = (index + 1) * sizeof *vector;
  vector = vector ? RtlReAllocateHeap(heap, 0, vector, size) : RtlAllocateHeap(heap, 0, size);
  if (vector) nt_teb()->ThreadLocalStoragePointer = nt_address(vector);
  return vector;
}

NTSTATUS ldr_add_tls(LdrDataTableEntry* module) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls) return STATUS_SUCCESS;
  void** vector = grow_vector(next_index);
  void* block = vector ? copy_template(tls) : NULL;
  if (!block) return STATUS_NO_MEMORY;
  vector[next_index] = block;
  *(ULONG*)nt_pointer(tls->AddressOfIndex) = next_index;
  module->TlsIndex = (uint16_t)next_index++;
  return STATUS_SUCCESS;
}

void ldr_call_tls_callbacks(LdrDataTableEntry* module, ULONG reason, void* reserved) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls || !tls->AddressOfCallBacks) return;
  for (void** callback = nt_pointer(tls->AddressOfCallBacks); *callback; ++callback) {
    ldr_call_initializer(*callback, nt_pointer(module->DllBase), reason, reserved);
  }
}
