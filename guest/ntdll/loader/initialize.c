// DllMain and TLS callbacks: attach in initialization order, detach in the opposite one ("DllMain entry
// point", Microsoft).
#include "guest/ntdll/loader/loader.h"

#define ENTRY_OF(link) \
  ((LdrDataTableEntry*)((char*)(link)-offsetof(LdrDataTableEntry, InInitializationOrderLinks)))

// DllMain's third argument tells a DLL that came with the process from one that was loaded later.
static void* static_mark(BOOLEAN is_static) { return (void*)(ULONG_PTR)is_static; }

static NTSTATUS attach(LdrDataTableEntry* module, BOOLEAN process_start) {
  void* reserved = static_mark(process_start);
  module->Flags |= LDR_ENTRY_PROCESSED;
  ldr_call_tls_callbacks(module, DLL_PROCESS_ATTACH, reserved);
  module->Flags |= LDR_PROCESS_ATTACH_CALLED;
  if (!module->EntryPoint) return STATUS_SUCCESS;
  void* base = nt_pointer(module->DllBase);
  BOOLEAN accepted = ldr_call_initializer(nt_pointer(module->EntryPoint), base, DLL_PROCESS_ATTACH, reserved);
  return accepted ? STATUS_SUCCESS : STATUS_DLL_INIT_FAILED;
}

static void note_refusal(LdrDataTableEntry* module, LdrFailure* failure) {
  char name[MAX_PATH];
  ULONG written;
  const WCHAR* text = nt_pointer(module->BaseDllName.Buffer);
  RtlUnicodeToMultiByteN(name, sizeof name - 1, &written, text, module->BaseDllName.Length);
  name[written] = 0;
  ldr_note_failure(failure, name, NULL, 0);
}

ULONG ldr_open_scope(void) {
  static ULONG scopes;
  return ++scopes;
}

void ldr_add_to_scope(LdrDataTableEntry* module, ULONG scope) {
  if (module->Flags & LDR_ENTRY_PROCESSED || *ldr_scope_of(module) == scope) return;
  *ldr_scope_of(module) = scope;
  ldr_visit_imports(module, ldr_add_to_scope, scope);
}

NtListEntry* ldr_last_loaded(void) { return nt_pointer(ldr_data()->InInitializationOrderModuleList.Blink); }

// Those that only a forwarder leads to are nobody's imports.
void ldr_add_behind_to_scope(NtListEntry* mark, ULONG scope) {
  NtListEntry* list = &ldr_data()->InInitializationOrderModuleList;
  for (NtListEntry* link = nt_pointer(mark->Flink); link != list; link = nt_pointer(link->Flink))
    ldr_add_to_scope(ENTRY_OF(link), scope);
}

NTSTATUS ldr_initialize_modules(ULONG scope, BOOLEAN process_start, LdrFailure* failure) {
  NtListEntry* list = &ldr_data()->InInitializationOrderModuleList;
  for (NtListEntry* link = nt_pointer(list->Flink); link != list; link = nt_pointer(link->Flink)) {
    LdrDataTableEntry* module = ENTRY_OF(link);
    if (module->Flags & LDR_ENTRY_PROCESSED || *ldr_scope_of(module) != scope) continue;
    NTSTATUS status = attach(module, process_start);
    if (NT_SUCCESS(status)) continue;
    note_refusal(module, failure);
    return status;
  }
  return STATUS_SUCCESS;
}

void ldr_detach_module(LdrDataTableEntry* module, BOOLEAN process_end) {
  if (!(module->Flags & LDR_PROCESS_ATTACH_CALLED)) return;
  module->Flags &= ~(ULONG)LDR_PROCESS_ATTACH_CALLED;
  void* reserved = static_mark(process_end);
  ldr_call_tls_callbacks(module, DLL_PROCESS_DETACH, reserved);
  if (!module->EntryPoint) return;
  ldr_call_initializer(nt_pointer(module->EntryPoint), nt_pointer(module->DllBase), DLL_PROCESS_DETACH,
                       reserved);
}

// In the order of process attach, or against it; the program's own TLS callbacks come last, or first.
static void tell_module(LdrDataTableEntry* module, ULONG reason) {
  if (!(module->Flags & LDR_PROCESS_ATTACH_CALLED) || module->Flags & LDR_DONT_CALL_FOR_THREADS) return;
  if (reason == DLL_THREAD_ATTACH) ldr_call_tls_callbacks(module, reason, NULL);
  if (module->EntryPoint)
    ldr_call_initializer(nt_pointer(module->EntryPoint), nt_pointer(module->DllBase), reason, NULL);
  if (reason == DLL_THREAD_DETACH) ldr_call_tls_callbacks(module, reason, NULL);
}

void ldr_tell_modules_of_thread(ULONG reason) {
  NtListEntry* list = &ldr_data()->InInitializationOrderModuleList;
  if (ldr_data()->ShutdownInProgress) return;
  if (reason == DLL_THREAD_ATTACH) {
    for (NtListEntry* link = nt_pointer(list->Flink); link != list; link = nt_pointer(link->Flink))
      tell_module(ENTRY_OF(link), reason);
    ldr_call_tls_callbacks(ldr_next(NULL), reason, NULL);
  } else {
    ldr_call_tls_callbacks(ldr_next(NULL), reason, NULL);
    for (NtListEntry* link = nt_pointer(list->Blink); link != list; link = nt_pointer(link->Blink))
      tell_module(ENTRY_OF(link), reason);
  }
}

void NTAPI LdrShutdownThread(void) {
  if (ldr_data()->ShutdownInProgress) return;
  RtlProcessFlsData(nt_pointer(nt_teb()->FlsData));
  ldr_lock();
  if (!(nt_teb()->SameTebFlags & PAGEWALK_TEB_SKIP_THREAD_ATTACH))
    ldr_tell_modules_of_thread(DLL_THREAD_DETACH);
  ldr_detach_thread_tls();
  ldr_unlock();
  void* expansion = nt_pointer(nt_teb()->TlsExpansionSlots);
  nt_teb()->TlsExpansionSlots = 0;
  if (expansion) RtlFreeHeap(nt_pointer(nt_peb()->ProcessHeap), 0, expansion);
}

void NTAPI LdrShutdownProcess(void) {
  PebLdrData* data = ldr_data();
  if (data->ShutdownInProgress) return;
  data->ShutdownInProgress = 1;
  data->ShutdownThreadId = nt_teb()->ThreadId;
  ldr_call_tls_callbacks(ldr_next(NULL), DLL_PROCESS_DETACH, static_mark(TRUE));
  NtListEntry* list = &data->InInitializationOrderModuleList;
  for (NtListEntry* link = nt_pointer(list->Blink); link != list; link = nt_pointer(link->Blink)) {
    ldr_detach_module(ENTRY_OF(link), TRUE);
  }
}
