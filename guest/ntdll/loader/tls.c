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

// The vector of blocks that FS:[0x2c] names has room for index_room of them; before them a word names the
// vector that it took the place of, which the thread may still be reading. The kernel says which threads
// there are: one that was terminated never told us. A thread that has not begun yet gets its blocks like any
// other.
static ULONG index_room;

typedef struct ThreadList {
  ULONG count;
  GuestPointer* tebs;
} ThreadList;

static NTSTATUS list_threads(ThreadList* list) {
  ULONG room = 16;
  for (;;) {
    list->tebs = RtlAllocateHeap(process_heap(), 0, room * sizeof *list->tebs);
    if (!list->tebs) return STATUS_NO_MEMORY;
    NTSTATUS status = PwListThreads(list->tebs, room, &list->count);
    if (NT_SUCCESS(status)) return status;
    RtlFreeHeap(process_heap(), 0, list->tebs);
    if (status != STATUS_BUFFER_TOO_SMALL) return status;
    room = list->count + 16;
  }
}

static void free_list(const ThreadList* list) { RtlFreeHeap(process_heap(), 0, list->tebs); }

static void** vector_of(const Teb* teb) { return nt_pointer(teb->ThreadLocalStoragePointer); }

// Room for `room` blocks: a new vector with what the old one held.
static BOOLEAN give_vector(Teb* teb, ULONG room) {
  void** old = vector_of(teb);
  void** memory = RtlAllocateHeap(process_heap(), HEAP_ZERO_MEMORY, (room + 1) * sizeof *memory);
  if (!memory) return FALSE;
  memory[0] = old;
  if (old) memcpy(memory + 1, old, index_count * sizeof *old);
  teb->ThreadLocalStoragePointer = nt_address(memory + 1);
  return TRUE;
}

static BOOLEAN make_room(const ThreadList* list, ULONG index) {
  enum { kStep = 8 };
  if (index < index_room) return TRUE;
  for (ULONG i = 0; i < list->count; ++i) {
    if (!give_vector(nt_pointer(list->tebs[i]), index_room + kStep)) return FALSE;
  }
  index_room += kStep;
  return TRUE;
}

static void free_block(void** vector, ULONG index) {
  if (!vector[index]) return;
  RtlFreeHeap(process_heap(), 0, ((void**)vector[index])[-1]);
  vector[index] = NULL;
}

static BOOLEAN index_is_used(ULONG index) {
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    if (module->TlsIndex == index) return TRUE;
  }
  return FALSE;
}

static ULONG free_index(void) {
  ULONG index = 0;
  while (index < index_count && index_is_used(index)) ++index;
  return index;
}

static BOOLEAN give_blocks(const ThreadList* list, const IMAGE_TLS_DIRECTORY* tls, ULONG index) {
  for (ULONG i = 0; i < list->count; ++i) {
    Teb* teb = nt_pointer(list->tebs[i]);
    if (!vector_of(teb) && !give_vector(teb, index_room)) return FALSE;
    vector_of(teb)[index] = copy_template(tls);
    if (!vector_of(teb)[index]) return FALSE;
  }
  return TRUE;
}

static void take_blocks(const ThreadList* list, ULONG index) {
  for (ULONG i = 0; i < list->count; ++i) {
    void** vector = vector_of(nt_pointer(list->tebs[i]));
    if (vector) free_block(vector, index);
  }
}

static NTSTATUS add_tls(const ThreadList* list, LdrDataTableEntry* module, const IMAGE_TLS_DIRECTORY* tls) {
  ULONG index = free_index();
  if (!make_room(list, index)) return STATUS_NO_MEMORY;
  if (!give_blocks(list, tls, index)) {
    take_blocks(list, index);
    return STATUS_NO_MEMORY;
  }
  if (index == index_count) ++index_count;
  *(ULONG*)nt_pointer(tls->AddressOfIndex) = index;
  module->TlsIndex = (uint16_t)index;
  return STATUS_SUCCESS;
}

NTSTATUS ldr_add_tls(LdrDataTableEntry* module) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  ThreadList list;
  if (!tls) return STATUS_SUCCESS;
  NTSTATUS status = list_threads(&list);
  if (!NT_SUCCESS(status)) return status;
  status = add_tls(&list, module, tls);
  free_list(&list);
  return status;
}

void ldr_remove_tls(LdrDataTableEntry* module) {
  ThreadList list;
  if (module->TlsIndex == LDR_NO_TLS) return;
  if (NT_SUCCESS(list_threads(&list))) {
    take_blocks(&list, module->TlsIndex);
    free_list(&list);
  }
  module->TlsIndex = LDR_NO_TLS;
}

// What it has not been given yet.
NTSTATUS ldr_attach_thread_tls(void) {
  Teb* teb = nt_teb();
  if (index_room && !vector_of(teb) && !give_vector(teb, index_room)) return STATUS_NO_MEMORY;
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    if (module->TlsIndex == LDR_NO_TLS || vector_of(teb)[module->TlsIndex]) continue;
    void* block = copy_template(tls_of(module));
    if (!block) {
      ldr_detach_thread_tls();
      return STATUS_NO_MEMORY;
    }
    vector_of(teb)[module->TlsIndex] = block;
  }
  return STATUS_SUCCESS;
}

void ldr_detach_thread_tls(void) {
  Teb* teb = nt_teb();
  void** vector = vector_of(teb);
  for (ULONG i = 0; vector && i < index_count; ++i) free_block(vector, i);
  teb->ThreadLocalStoragePointer = 0;
  while (vector) {
    void** replaced = vector[-1];
    RtlFreeHeap(process_heap(), 0, vector - 1);
    vector = replaced;
  }
}

void ldr_call_tls_callbacks(LdrDataTableEntry* module, ULONG reason, void* reserved) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls || !tls->AddressOfCallBacks) return;
  for (void** callback = nt_pointer(tls->AddressOfCallBacks); *callback; ++callback) {
    ldr_call_initializer(*callback, nt_pointer(module->DllBase), reason, reserved);
  }
}
