// The loaded modules: PEB->Ldr and its three lists.
#include "guest/ntdll/loader/loader.h"
#include "guest/runtime/memory.h"

#define ENTRY_OF(link, member) ((LdrDataTableEntry*)((char*)(link)-offsetof(LdrDataTableEntry, member)))

PebLdrData* ldr_data(void) { return nt_pointer(nt_peb()->Ldr); }

static void make_empty(NtListEntry* list) { list->Flink = list->Blink = nt_address(list); }

static void append(NtListEntry* list, NtListEntry* entry) {
  NtListEntry* last = nt_pointer(list->Blink);
  entry->Flink = nt_address(list);
  entry->Blink = nt_address(last);
  last->Flink = list->Blink = nt_address(entry);
}

static void unlink(NtListEntry* entry) {
  if (!entry->Flink) return;
  ((NtListEntry*)nt_pointer(entry->Blink))->Flink = entry->Flink;
  ((NtListEntry*)nt_pointer(entry->Flink))->Blink = entry->Blink;
}

void ldr_initialize_lists(PebLdrData* data) {
  data->Length = sizeof *data;
  make_empty(&data->InLoadOrderModuleList);
  make_empty(&data->InMemoryOrderModuleList);
  make_empty(&data->InInitializationOrderModuleList);
}

static SIZE_T text_length(const WCHAR* text) {
  SIZE_T length = 0;
  while (text[length]) ++length;
  return length;
}

// The entry and its full name (directory, then name) in one allocation.
static void set_names(LdrDataTableEntry* module, const WCHAR* directory, const char* name) {
  WCHAR* full = (WCHAR*)(module + 1);
  SIZE_T before = text_length(directory), length = strlen(name);
  memcpy(full, directory, before * sizeof *full);
  for (SIZE_T i = 0; i <= length; ++i) full[before + i] = (UCHAR)name[i];
  module->FullDllName.Buffer = nt_address(full);
  module->FullDllName.Length = (uint16_t)((before + length) * sizeof *full);
  module->FullDllName.MaximumLength = (uint16_t)(module->FullDllName.Length + sizeof *full);
  module->BaseDllName.Buffer = nt_address(full + before);
  module->BaseDllName.Length = (uint16_t)(length * sizeof *full);
  module->BaseDllName.MaximumLength = (uint16_t)(module->BaseDllName.Length + sizeof *full);
}

static void describe_image(LdrDataTableEntry* module, void* base) {
  IMAGE_NT_HEADERS* headers = RtlImageNtHeader(base);
  ULONG entry = headers->OptionalHeader.AddressOfEntryPoint;
  module->DllBase = nt_address(base);
  module->EntryPoint = entry ? nt_address(nt_add(base, entry)) : 0;
  module->SizeOfImage = headers->OptionalHeader.SizeOfImage;
  module->TimeDateStamp = headers->FileHeader.TimeDateStamp;
  module->OriginalBase = headers->OptionalHeader.ImageBase;
  if (module->OriginalBase != module->DllBase) module->Flags |= LDR_IMAGE_NOT_AT_BASE;
  if (headers->FileHeader.Characteristics & IMAGE_FILE_DLL) module->Flags |= LDR_IMAGE_DLL;
}

LdrDataTableEntry* ldr_add_module(void* base, const WCHAR* directory, const char* name) {
  SIZE_T characters = text_length(directory) + strlen(name) + 1;
  LdrDataTableEntry* module = RtlAllocateHeap(nt_pointer(nt_peb()->ProcessHeap), HEAP_ZERO_MEMORY,
                                              sizeof *module + characters * sizeof(WCHAR));
  if (!module) return NULL;
  set_names(module, directory, name);
  describe_image(module, base);
  module->TlsIndex = LDR_NO_TLS;
  module->ObsoleteLoadCount = 1;
  module->ReferenceCount = 1;
  make_empty(&module->HashLinks);
  append(&ldr_data()->InLoadOrderModuleList, &module->InLoadOrderLinks);
  append(&ldr_data()->InMemoryOrderModuleList, &module->InMemoryOrderLinks);
  return module;
}

void ldr_append_initialization(LdrDataTableEntry* module) {
  append(&ldr_data()->InInitializationOrderModuleList, &module->InInitializationOrderLinks);
}

void ldr_remove_module(LdrDataTableEntry* module) {
  unlink(&module->InLoadOrderLinks);
  unlink(&module->InMemoryOrderLinks);
  unlink(&module->InInitializationOrderLinks);
  RtlFreeHeap(nt_pointer(nt_peb()->ProcessHeap), 0, module);
}

LdrDataTableEntry* ldr_next(LdrDataTableEntry* previous) {
  NtListEntry* list = &ldr_data()->InLoadOrderModuleList;
  NtListEntry* link = nt_pointer(previous ? previous->InLoadOrderLinks.Flink : list->Flink);
  return link == list ? NULL : ENTRY_OF(link, InLoadOrderLinks);
}

LdrDataTableEntry* ldr_find_by_base(const void* base) {
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    if (module->DllBase == nt_address(base)) break;
  }
  return module;
}

static BOOLEAN names_equal(const UnicodeString* wide, const char* name) {
  const WCHAR* text = nt_pointer(wide->Buffer);
  ULONG length = wide->Length / sizeof *text;
  for (ULONG i = 0; i < length; ++i) {
    if (text[i] > 0xff || ldr_lower((char)text[i]) != ldr_lower(name[i])) return FALSE;
  }
  return name[length] == 0;
}

LdrDataTableEntry* ldr_find_by_name(const char* name) {
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    if (names_equal(&module->BaseDllName, name)) break;
  }
  return module;
}

LdrDataTableEntry* ldr_find_by_path(const WCHAR* full) {
  LdrDataTableEntry* module = NULL;
  NtUnicodeString wanted;
  RtlInitUnicodeString(&wanted, full);
  while ((module = ldr_next(module))) {
    const UnicodeString* is = &module->FullDllName;
    NtUnicodeString name = {is->Length, is->MaximumLength, nt_pointer(is->Buffer)};
    if (RtlEqualUnicodeString(&name, &wanted, TRUE)) break;
  }
  return module;
}

NTSTATUS NTAPI LdrFindEntryForAddress(const void* address, LdrDataTableEntry** entry) {
  LdrDataTableEntry* module = NULL;
  ldr_lock();
  while ((module = ldr_next(module))) {
    if (nt_address(address) - module->DllBase < module->SizeOfImage) break;
  }
  ldr_unlock();
  *entry = module;
  return module ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}
