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

// Every thread that has started is in a list, linked through its TEB, under the loader lock. Its vector,
// which FS:[0x2c] names, has room for index_room blocks; before them a word names the vector that it took the
// place of, which the thread may still be reading.
static NtListEntry threads;
static ULONG index_room;

static void link_thread(Teb* teb) {
  if (!threads.Flink) threads.Flink = threads.Blink = nt_address(&threads);
  teb->TlsLinks.Flink = nt_address(&threads);
  teb->TlsLinks.Blink = threads.Blink;
  ((NtListEntry*)nt_pointer(threads.Blink))->Flink = nt_address(&teb->TlsLinks);
  threads.Blink = nt_address(&teb->TlsLinks);
}

static void unlink_thread(Teb* teb) {
  ((NtListEntry*)nt_pointer(teb->TlsLinks.Blink))->Flink = teb->TlsLinks.Flink;
  ((NtListEntry*)nt_pointer(teb->TlsLinks.Flink))->Blink = teb->TlsLinks.Blink;
}

#define TEB_OF(link) ((Teb*)((char*)(link)-offsetof(Teb, TlsLinks)))
#define EACH_THREAD(link)                        \
  NtListEntry* link = nt_pointer(threads.Flink); \
  link&& link != &threads;                       \
  link = nt_pointer(link->Flink)

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

static BOOLEAN make_room(ULONG index) {
  enum { kStep = 8 };
  if (index < index_room) return TRUE;
  for (EACH_THREAD(link)) {
    if (!give_vector(TEB_OF(link), index_room + kStep)) return FALSE;
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

static NTSTATUS give_blocks(const IMAGE_TLS_DIRECTORY* tls, ULONG index) {
  for (EACH_THREAD(link)) {
    void** vector = vector_of(TEB_OF(link));
    vector[index] = copy_template(tls);
    if (!vector[index]) return STATUS_NO_MEMORY;
  }
  return STATUS_SUCCESS;
}

static void take_blocks(ULONG index) {
  for (EACH_THREAD(link)) free_block(vector_of(TEB_OF(link)), index);
}

NTSTATUS ldr_add_tls(LdrDataTableEntry* module) {
  const IMAGE_TLS_DIRECTORY* tls = tls_of(module);
  if (!tls) return STATUS_SUCCESS;
  ULONG index = free_index();
  if (!make_room(index)) return STATUS_NO_MEMORY;
  if (!NT_SUCCESS(give_blocks(tls, index))) {
    take_blocks(index);
    return STATUS_NO_MEMORY;
  }
  if (index == index_count) ++index_count;
  *(ULONG*)nt_pointer(tls->AddressOfIndex) = index;
  module->TlsIndex = (uint16_t)index;
  return STATUS_SUCCESS;
}

void ldr_remove_tls(LdrDataTableEntry* module) {
  if (module->TlsIndex == LDR_NO_TLS) return;
  take_blocks(module->TlsIndex);
  module->TlsIndex = LDR_NO_TLS;
}

NTSTATUS ldr_attach_thread_tls(void) {
  Teb* teb = nt_teb();
  if (index_room && !give_vector(teb, index_room)) return STATUS_NO_MEMORY;
  link_thread(teb);
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    if (module->TlsIndex == LDR_NO_TLS) continue;
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
  if (!teb->TlsLinks.Flink) return;
  unlink_thread(teb);
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
