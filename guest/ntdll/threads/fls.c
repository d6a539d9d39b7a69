// Fiber-local storage, a thread's own until it has fibers ("FlsAlloc", Microsoft): 128 slots with callbacks
// that are called for values other than null when a thread ends or the index is freed.
#include "guest/ntdll/ntdll.h"

enum { kSlots = 128 };

typedef void(NTAPI* FlsCallback)(void* value);

static struct {
  BOOLEAN used;
  FlsCallback callback;
} slots[kSlots];

typedef struct FlsData {
  NtListEntry links;  // all threads that have values
  void* values[kSlots];
} FlsData;

static NtListEntry all_data;

static FlsData* own_data(void) { return nt_pointer(nt_teb()->FlsData); }

static void link(FlsData* data) {
  if (!all_data.Flink) all_data.Flink = all_data.Blink = nt_address(&all_data);
  data->links.Flink = nt_address(&all_data);
  data->links.Blink = all_data.Blink;
  ((NtListEntry*)nt_pointer(all_data.Blink))->Flink = nt_address(&data->links);
  all_data.Blink = nt_address(&data->links);
}

static FlsData* make_data(void) {
  FlsData* data = RtlAllocateHeap(nt_pointer(nt_peb()->ProcessHeap), HEAP_ZERO_MEMORY, sizeof *data);
  if (!data) return NULL;
  RtlAcquirePebLock();
  link(data);
  RtlReleasePebLock();
  nt_teb()->FlsData = nt_address(data);
  return data;
}

NTSTATUS NTAPI RtlFlsAlloc(void* callback, ULONG* index) {
  NTSTATUS status = STATUS_NO_MEMORY;
  RtlAcquirePebLock();
  for (ULONG i = 1; i < kSlots && status; ++i) {  // 0 is kept, as on Windows
    if (slots[i].used) continue;
    slots[i].used = TRUE;
    slots[i].callback = (FlsCallback)callback;
    *index = i;
    status = STATUS_SUCCESS;
  }
  RtlReleasePebLock();
  return status;
}

static void call_back(FlsData* data, ULONG index) {
  void* value = data->values[index];
  data->values[index] = NULL;
  if (value && slots[index].callback) slots[index].callback(value);
}

NTSTATUS NTAPI RtlFlsFree(ULONG index) {
  if (index >= kSlots || !slots[index].used) return STATUS_INVALID_PARAMETER;
  RtlAcquirePebLock();
  for (NtListEntry* entry = nt_pointer(all_data.Flink); entry && entry != &all_data;
       entry = nt_pointer(entry->Flink)) {
    call_back((FlsData*)entry, index);
  }
  slots[index].used = FALSE;
  slots[index].callback = NULL;
  RtlReleasePebLock();
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlFlsSetValue(ULONG index, void* value) {
  if (index >= kSlots) return STATUS_INVALID_PARAMETER;
  FlsData* data = own_data();
  if (!data) data = make_data();
  if (!data) return STATUS_NO_MEMORY;
  data->values[index] = value;
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlFlsGetValue(ULONG index, void** value) {
  if (index >= kSlots || !slots[index].used) return STATUS_INVALID_PARAMETER;
  *value = own_data() ? own_data()->values[index] : NULL;
  return STATUS_SUCCESS;
}

void NTAPI RtlProcessFlsData(void* fls_data) {
  FlsData* data = fls_data;
  if (!data) return;
  for (ULONG i = 0; i < kSlots; ++i) call_back(data, i);
  RtlAcquirePebLock();
  ((NtListEntry*)nt_pointer(data->links.Blink))->Flink = data->links.Flink;
  ((NtListEntry*)nt_pointer(data->links.Flink))->Blink = data->links.Blink;
  RtlReleasePebLock();
  if (data == own_data()) nt_teb()->FlsData = 0;
  RtlFreeHeap(nt_pointer(nt_peb()->ProcessHeap), 0, data);
}
