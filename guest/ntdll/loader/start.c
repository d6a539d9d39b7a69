// Where a process begins (guest/abi/structures.h) and ends.
#include "guest/ntdll/exceptions/exceptions.h"
#include "guest/ntdll/loader/loader.h"

void NTAPI LdrInitializeThunk(CONTEXT* context, void* ntdll);

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
  peb->TlsBitmapBits[0] |= 1;  // Windows never hands out index 0, which programs take for none
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
  if (NT_SUCCESS(status)) status = ldr_attach_thread_tls();
  if (NT_SUCCESS(status)) status = add_first_modules(image, ntdll, program);
  if (NT_SUCCESS(status)) status = ldr_relocate(image);
  if (NT_SUCCESS(status)) status = ldr_bind(*program, failure);
  if (NT_SUCCESS(status)) status = ldr_add_tls(*program);
  if (!NT_SUCCESS(status)) return status;
  pin_all();
  loader_data.Initialized = 1;
  ULONG scope = ldr_open_scope();
  ldr_add_behind_to_scope(&loader_data.InInitializationOrderModuleList, scope);
  status = ldr_initialize_modules(scope, TRUE, failure);
  if (NT_SUCCESS(status)) ldr_call_tls_callbacks(*program, DLL_PROCESS_ATTACH, (void*)1);
  return status;
}

// Kept out of line: its absolute addresses are right only once ntdll has been relocated.
static __attribute__((noinline)) void start_process(void* ntdll, void* unused) {
  (void)unused;
  LdrFailure failure = {.module = ""};
  LdrDataTableEntry* program;
  NTSTATUS status = prepare_process(nt_pointer(nt_peb()->ImageBaseAddress), ntdll, &program, &failure);
  if (!NT_SUCCESS(status)) fail(status, &failure);
}

static void start_thread(void* first, void* second) {
  (void)first, (void)second;
  ldr_lock();
  NTSTATUS status = ldr_attach_thread_tls();
  if (NT_SUCCESS(status) && !(nt_teb()->SameTebFlags & PAGEWALK_TEB_SKIP_THREAD_ATTACH)) {
    ldr_tell_modules_of_thread(DLL_THREAD_ATTACH);
  }
  ldr_unlock();
  if (!NT_SUCCESS(status)) NtTerminateThread(NT_CURRENT_THREAD, status);
}

// In the PEB, since ntdll's own variables are not there yet: what has been done to make the process.
enum { kUntouched, kStarting, kStarted };

static BOOLEAN is_first_thread(void) {
  volatile uint32_t* state = &nt_peb()->Reserved20[0];
  if (__sync_bool_compare_and_swap(state, kUntouched, kStarting)) return TRUE;
  LARGE_INTEGER millisecond = {.QuadPart = -10000};
  while (*state != kStarted) NtDelayExecution(FALSE, &millisecond);
  return FALSE;
}

void NTAPI LdrInitializeThunk(CONTEXT* context, void* ntdll) {
  if (is_first_thread()) {
    NTSTATUS status = ldr_relocate(ntdll);
    if (!NT_SUCCESS(status)) NtTerminateProcess(NT_CURRENT_PROCESS, status);
    nt_call_outermost((void*)start_process, ntdll, NULL);
    nt_peb()->Reserved20[0] = kStarted;
  } else {
    nt_call_outermost((void*)start_thread, NULL, NULL);
  }
  NtContinue(context, TRUE);
}

void ldr_lock(void) { RtlEnterCriticalSection(&loader_lock); }
void ldr_unlock(void) { RtlLeaveCriticalSection(&loader_lock); }

// Flags of LdrLockLoaderLock and LdrUnlockLoaderLock, and what the former stores as the lock's state.
enum { kRaise = 1, kTryOnly = 2 };
enum { kLockNotTried = 0, kLockEntered = 1, kLockBusy = 2 };

static NTSTATUS report(ULONG flags, NTSTATUS status) {
  if (flags & kRaise && !NT_SUCCESS(status)) RtlRaiseStatus(status);
  return status;
}

static NTSTATUS check_lock_request(ULONG flags, const ULONG* state, const ULONG_PTR* cookie) {
  if (flags & ~(ULONG)(kRaise | kTryOnly)) return STATUS_INVALID_PARAMETER_1;
  if (flags & kTryOnly && !state) return STATUS_INVALID_PARAMETER_2;
  return cookie ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER_3;
}

// The checks and their order are those that G. Chappell documents ("LdrLockLoaderLock").
NTSTATUS NTAPI LdrLockLoaderLock(ULONG flags, ULONG* state, ULONG_PTR* cookie) {
  NTSTATUS status = check_lock_request(flags, state, cookie);
  if (state) *state = kLockNotTried;
  if (cookie) *cookie = 0;
  if (!NT_SUCCESS(status)) return report(flags, status);
  BOOLEAN entered = TRUE;
  if (flags & kTryOnly) {
    entered = RtlTryEnterCriticalSection(&loader_lock);
  } else {
    ldr_lock();
  }
  if (state) *state = entered ? kLockEntered : kLockBusy;
  if (entered) *cookie = nt_teb()->ThreadId;
  return STATUS_SUCCESS;
}

// The cookie 0 is that of a lock which was not entered: nothing is left then.
NTSTATUS NTAPI LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie) {
  if (flags & ~(ULONG)kRaise) return report(flags, STATUS_INVALID_PARAMETER_1);
  if (cookie == 0) return STATUS_SUCCESS;
  if (cookie != nt_teb()->ThreadId) return report(flags, STATUS_INVALID_PARAMETER_2);
  ldr_unlock();
  return STATUS_SUCCESS;
}

// The other threads go first, wherever they are; then DLLs are told that the process ends.
void NTAPI RtlExitUserProcess(NTSTATUS status) {
  ldr_lock();
  NtTerminateProcess(NULL, status);
  LdrShutdownProcess();
  for (;;) NtTerminateProcess(NT_CURRENT_PROCESS, status);
}
