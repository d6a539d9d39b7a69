// Where a process begins (guest/abi/structures.h) and ends.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/ntdll/loader/loader.h"

void NTAPI LdrInitializeThunk(void* image, void* ntdll);

static PebLdrData loader_data;
static RTL_CRITICAL_SECTION loader_lock;
static RTL_CRITICAL_SECTION peb_lock;
static NtBitmap tls_bitmap;

static __attribute__((noreturn)) void fail(NTSTATUS status, const LdrFailure* failure) {
  const char* import = failure->import[0] ? failure->import : nt_pointer(failure->ordinal);
  PwReportLoadFailure(status, failure->module, import);
  for (;;) NtTerminateProcess(NT_CURRENT_PROCESS, status);
}

static NTSTATUS prepare_peb(void) {
  Peb* peb = nt_peb();
  peb->LoaderLock = nt_address(&loader_lock);
  peb->FastPebLock = nt_address(&peb_lock);
  peb->Ldr = nt_address(&loader_data);
  tls_bitmap = (NtBitmap){8 * sizeof peb->TlsBitmapBits, (ULONG*)peb->TlsBitmapBits};
  peb->TlsBitmap = nt_address(&tls_bitmap);
  RtlInitializeCriticalSection(&loader_lock);
  RtlInitializeCriticalSection(&peb_lock);
  ldr_initialize_lists(&loader_data);
  peb->ProcessHeap = nt_address(RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL));
  return peb->ProcessHeap ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

// The image's path is known as UTF-16; modules are added by ANSI name and UTF-16 directory.
static LdrDataTableEntry* add_image(void* image) {
  WCHAR directory[MAX_PATH];
  char name[MAX_PATH];
  const ProcessParameters* parameters = nt_pointer(nt_peb()->ProcessParameters);
  const WCHAR* path = nt_pointer(parameters->ImagePathName.Buffer);
  ULONG length = parameters->ImagePathName.Length / sizeof *path, start = length, written;
  while (start && path[start - 1] != '\\') --start;
  if (start >= MAX_PATH || length - start >= MAX_PATH) return NULL;
  for (ULONG i = 0; i < start; ++i) directory[i] = path[i];
  directory[start] = 0;
  RtlUnicodeToMultiByteN(name, MAX_PATH - 1, &written, path + start, (length - start) * sizeof *path);
  name[written] = 0;
  return ldr_add_module(image, directory, name);
}

static NTSTATUS add_first_modules(void* image, void* ntdll, LdrDataTableEntry** program) {
  *program = add_image(image);
  LdrDataTableEntry* own = ldr_add_module(ntdll, L"C:\\Windows\\System32\\", "ntdll.dll");
  if (!*program || !own) return STATUS_NO_MEMORY;
  (*program)->ObsoleteLoadCount = own->ObsoleteLoadCount = LDR_PINNED;
  (*program)->Flags |= LDR_STATIC_LINK | LDR_ENTRY_PROCESSED;
  own->Flags |= LDR_STATIC_LINK | LDR_ENTRY_PROCESSED;
  ldr_append_initialization(own);
  return STATUS_SUCCESS;
}

// What comes with the process stays until it ends.
static void pin_all(void) {
  LdrDataTableEntry* module = NULL;
  while ((module = ldr_next(module))) {
    module->ObsoleteLoadCount = LDR_PINNED;
    module->Flags |= LDR_STATIC_LINK;
  }
}

static NTSTATUS prepare_process(void* image, void* ntdll, LdrDataTableEntry** program, LdrFailure* failure) {
  NTSTATUS status = prepare_peb();
  if (NT_SUCCESS(status)) status = add_first_modules(image, ntdll, program);
  if (NT_SUCCESS(status)) status = ldr_relocate(image);
  if (NT_SUCCESS(status)) status = ldr_bind(*program, failure);
  if (NT_SUCCESS(status)) status = ldr_add_tls(*program);
  if (!NT_SUCCESS(status)) return status;
  pin_all();
  loader_data.Initialized = 1;
  status = ldr_initialize_modules(TRUE, failure);
  if (NT_SUCCESS(status)) ldr_call_tls_callbacks(*program, DLL_PROCESS_ATTACH, (void*)1);
  return status;
}

// Kept out of line: its absolute addresses are right only once ntdll has been relocated.
static __attribute__((noinline, noreturn)) void run_process(void* image, void* ntdll) {
  LdrFailure failure = {.module = ""};
  LdrDataTableEntry* program;
  NTSTATUS status = prepare_process(image, ntdll, &program, &failure);
  if (!NT_SUCCESS(status)) fail(status, &failure);
  status = (NTSTATUS)ldr_call_entry(nt_pointer(program->EntryPoint), nt_peb());
  RtlExitUserProcess(status);
  __builtin_unreachable();
}

void NTAPI LdrInitializeThunk(void* image, void* ntdll) {
  NTSTATUS status = ldr_relocate(ntdll);
  if (!NT_SUCCESS(status)) NtTerminateProcess(NT_CURRENT_PROCESS, status);
  nt_call_outermost(run_process, image, ntdll);
}

void NTAPI RtlExitUserProcess(NTSTATUS status) {
  LdrShutdownProcess();
  for (;;) NtTerminateProcess(NT_CURRENT_PROCESS, status);
}
