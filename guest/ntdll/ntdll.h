// What ntdll exports, declared for itself and for the DLLs above it. Names, arguments and results are those
// of Microsoft's documentation (WDK, "Rtl", "Nt and Zw"); services are listed in guest/abi/services.h.
#ifndef PAGEWALK_GUEST_NTDLL_NTDLL_H
#define PAGEWALK_GUEST_NTDLL_NTDLL_H

#define WIN32_LEAN_AND_MEAN
#define WIN32_NO_STATUS
#ifdef PAGEWALK_NTDLL
#define _NTSYSTEM_
#endif
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>

#include "guest/abi/services.h"
#include "guest/abi/structures.h"

#undef RtlMoveMemory
#undef RtlFillMemory
#undef RtlZeroMemory

typedef LONG NTSTATUS;
typedef ListEntry NtListEntry;

#define NT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

#ifdef PAGEWALK_NTDLL
#define NT_SERVICE(name, ...) NTSTATUS NTAPI name(__VA_ARGS__) __asm__("_" #name)
#else
#define NT_SERVICE(name, ...) __declspec(dllimport) NTSTATUS NTAPI name(__VA_ARGS__)
#endif

#define NT_CURRENT_PROCESS ((HANDLE)(LONG_PTR)-1)
#define NT_CURRENT_THREAD ((HANDLE)(LONG_PTR)-2)

NT_SERVICE(NtAllocateVirtualMemory, HANDLE process, void** base, ULONG zero_bits, SIZE_T* size, ULONG type,
           ULONG protection);
NT_SERVICE(NtFreeVirtualMemory, HANDLE process, void** base, SIZE_T* size, ULONG type);
NT_SERVICE(NtProtectVirtualMemory, HANDLE process, void** base, SIZE_T* size, ULONG protection, ULONG* old);
NT_SERVICE(NtQueryVirtualMemory, HANDLE process, const void* address, ULONG information_class, void* buffer,
           SIZE_T length, SIZE_T* returned);
NT_SERVICE(NtTerminateProcess, HANDLE process, NTSTATUS status);
NT_SERVICE(NtQuerySystemInformation, ULONG information_class, void* buffer, ULONG length, ULONG* returned);
NT_SERVICE(NtQueryPerformanceCounter, LARGE_INTEGER* counter, LARGE_INTEGER* frequency);
NT_SERVICE(NtQuerySystemTime, LARGE_INTEGER* time);
NT_SERVICE(NtDelayExecution, BOOLEAN alertable, LARGE_INTEGER* interval);
NT_SERVICE(NtYieldExecution, void);
NT_SERVICE(NtReadFile, HANDLE file, HANDLE event, void* apc, void* apc_context, IoStatusBlock* status,
           void* buffer, ULONG length, LARGE_INTEGER* offset, ULONG* key);
NT_SERVICE(NtWriteFile, HANDLE file, HANDLE event, void* apc, void* apc_context, IoStatusBlock* status,
           const void* buffer, ULONG length, LARGE_INTEGER* offset, ULONG* key);
NT_SERVICE(NtClose, HANDLE handle);
NT_SERVICE(NtRaiseException, EXCEPTION_RECORD* record, CONTEXT* context, BOOLEAN first_chance);
NT_SERVICE(NtContinue, CONTEXT* context, BOOLEAN alertable);
NT_SERVICE(NtGetContextThread, HANDLE thread, CONTEXT* context);
NT_SERVICE(NtSetContextThread, HANDLE thread, const CONTEXT* context);
NT_SERVICE(NtSetInformationProcess, HANDLE process, ULONG information_class, const void* buffer,
           ULONG length);
NT_SERVICE(NtQueryInformationProcess, HANDLE process, ULONG information_class, void* buffer, ULONG length,
           ULONG* returned);
NT_SERVICE(NtContinue, CONTEXT* context, BOOLEAN alertable);
NT_SERVICE(NtGetContextThread, HANDLE thread, CONTEXT* context);
NT_SERVICE(NtSetContextThread, HANDLE thread, const CONTEXT* context);
NT_SERVICE(NtDuplicateObject, HANDLE from, HANDLE handle, HANDLE to, HANDLE* copy, ULONG access,
           ULONG attributes, ULONG options);
NT_SERVICE(NtQueryObject, HANDLE handle, ULONG information_class, void* buffer, ULONG length,
           ULONG* returned);
NT_SERVICE(NtSetInformationObject, HANDLE handle, ULONG information_class, void* buffer, ULONG length);
NT_SERVICE(NtWaitForSingleObject, HANDLE handle, BOOLEAN alertable, LARGE_INTEGER* timeout);
NT_SERVICE(NtWaitForMultipleObjects, ULONG count, const HANDLE* handles, ULONG any, BOOLEAN alertable,
           LARGE_INTEGER* timeout);
NT_SERVICE(NtSignalAndWaitForSingleObject, HANDLE signal, HANDLE handle, BOOLEAN alertable,
           LARGE_INTEGER* timeout);
NT_SERVICE(NtCreateEvent, HANDLE* handle, ULONG access, ObjectAttributes* attributes, ULONG automatic,
           BOOLEAN set);
NT_SERVICE(NtOpenEvent, HANDLE* handle, ULONG access, ObjectAttributes* attributes);
NT_SERVICE(NtSetEvent, HANDLE event, LONG* previous);
NT_SERVICE(NtResetEvent, HANDLE event, LONG* previous);
NT_SERVICE(NtPulseEvent, HANDLE event, LONG* previous);
NT_SERVICE(NtClearEvent, HANDLE event);
NT_SERVICE(NtQueryEvent, HANDLE event, ULONG information_class, void* buffer, ULONG length, ULONG* returned);
NT_SERVICE(NtCreateMutant, HANDLE* handle, ULONG access, ObjectAttributes* attributes, BOOLEAN owned);
NT_SERVICE(NtOpenMutant, HANDLE* handle, ULONG access, ObjectAttributes* attributes);
NT_SERVICE(NtReleaseMutant, HANDLE mutant, LONG* previous);
NT_SERVICE(NtQueryMutant, HANDLE mutant, ULONG information_class, void* buffer, ULONG length,
           ULONG* returned);
NT_SERVICE(NtCreateSemaphore, HANDLE* handle, ULONG access, ObjectAttributes* attributes, LONG count,
           LONG limit);
NT_SERVICE(NtOpenSemaphore, HANDLE* handle, ULONG access, ObjectAttributes* attributes);
NT_SERVICE(NtReleaseSemaphore, HANDLE semaphore, LONG count, LONG* previous);
NT_SERVICE(NtQuerySemaphore, HANDLE semaphore, ULONG information_class, void* buffer, ULONG length,
           ULONG* returned);
NT_SERVICE(NtCreateTimer, HANDLE* handle, ULONG access, ObjectAttributes* attributes, ULONG auto_reset);
NT_SERVICE(NtOpenTimer, HANDLE* handle, ULONG access, ObjectAttributes* attributes);
NT_SERVICE(NtSetTimer, HANDLE timer, const LARGE_INTEGER* due, void* routine, void* context, BOOLEAN resume,
           LONG period, BOOLEAN* previous);
NT_SERVICE(NtCancelTimer, HANDLE timer, BOOLEAN* state);
NT_SERVICE(NtQueryTimer, HANDLE timer, ULONG information_class, void* buffer, ULONG length, ULONG* returned);
NT_SERVICE(NtCreateThreadEx, HANDLE* handle, ULONG access, ObjectAttributes* attributes, HANDLE process,
           void* start, void* argument, ULONG flags, ULONG zero_bits, SIZE_T commit, SIZE_T reserve,
           void* attribute_list);
NT_SERVICE(NtTerminateThread, HANDLE thread, NTSTATUS status);
NT_SERVICE(NtSuspendThread, HANDLE thread, ULONG* previous);
NT_SERVICE(NtResumeThread, HANDLE thread, ULONG* previous);
NT_SERVICE(NtOpenThread, HANDLE* handle, ULONG access, ObjectAttributes* attributes, ClientId* id);
NT_SERVICE(NtQueryInformationThread, HANDLE thread, ULONG information_class, void* buffer, ULONG length,
           ULONG* returned);
NT_SERVICE(NtSetInformationThread, HANDLE thread, ULONG information_class, const void* buffer, ULONG length);
NT_SERVICE(NtQueueApcThread, HANDLE thread, void* routine, void* a, void* b, void* c);
NT_SERVICE(NtTestAlert, void);
NT_SERVICE(NtAlertThread, HANDLE thread);
NT_SERVICE(NtAlertResumeThread, HANDLE thread, ULONG* previous);
NT_SERVICE(NtAlertThreadByThreadId, HANDLE id);
NT_SERVICE(NtWaitForAlertByThreadId, void* address, LARGE_INTEGER* timeout);
NT_SERVICE(NtUnmapViewOfSection, HANDLE process, void* base);
NT_SERVICE(PwMapImage, const char* name, void** base, ULONG flags);
NT_SERVICE(PwReportLoadFailure, NTSTATUS status, const char* module, const char* import);
NT_SERVICE(NtGetTickCount, void);

NT_SERVICE(NtOpenProcess, HANDLE* process, ULONG access, void* attributes, const ClientId* client);
NT_SERVICE(NtReadVirtualMemory, HANDLE process, const void* address, void* buffer, SIZE_T size, SIZE_T* read);
NT_SERVICE(NtWriteVirtualMemory, HANDLE process, void* address, const void* buffer, SIZE_T size,
           SIZE_T* written);
NT_SERVICE(NtCreateUserProcess, HANDLE* process, HANDLE* thread, ULONG process_access, ULONG thread_access,
           void* process_attributes, void* thread_attributes, ULONG process_flags, ULONG thread_flags,
           ProcessParameters* parameters, void* create_info, void* attribute_list);
NT_SERVICE(PwListThreads, GuestPointer* tebs, ULONG room, ULONG* count);
NT_SERVICE(PwTranslateAddress, HANDLE process, const void* address, AddressTranslation* translation);

typedef struct AnsiString {
  USHORT Length;  // bytes, without the terminator
  USHORT MaximumLength;
  char* Buffer;
} AnsiString;

typedef struct NtUnicodeString {  // UnicodeString with a typed pointer
  USHORT Length;
  USHORT MaximumLength;
  WCHAR* Buffer;
} NtUnicodeString;

typedef struct NtBitmap {  // RTL_BITMAP
  ULONG SizeOfBitMap;      // bits
  ULONG* Buffer;
} NtBitmap;

#ifdef PAGEWALK_NTDLL
#define NT_FUNCTION(type) type NTAPI
#else
#define NT_FUNCTION(type) __declspec(dllimport) type NTAPI
#endif

// Heap (ntdll/heap).
NT_FUNCTION(HANDLE)
RtlCreateHeap(ULONG flags, void* base, SIZE_T reserve, SIZE_T commit, void* lock, void* tuning);
NT_FUNCTION(HANDLE) RtlDestroyHeap(HANDLE heap);
NT_FUNCTION(void*) RtlAllocateHeap(HANDLE heap, ULONG flags, SIZE_T size);
NT_FUNCTION(BOOLEAN) RtlFreeHeap(HANDLE heap, ULONG flags, void* block);
NT_FUNCTION(void*) RtlReAllocateHeap(HANDLE heap, ULONG flags, void* block, SIZE_T size);
NT_FUNCTION(SIZE_T) RtlSizeHeap(HANDLE heap, ULONG flags, const void* block);
NT_FUNCTION(BOOLEAN) RtlValidateHeap(HANDLE heap, ULONG flags, const void* block);
NT_FUNCTION(SIZE_T) RtlCompactHeap(HANDLE heap, ULONG flags);
NT_FUNCTION(BOOLEAN) RtlLockHeap(HANDLE heap);
NT_FUNCTION(BOOLEAN) RtlUnlockHeap(HANDLE heap);
NT_FUNCTION(ULONG) RtlGetProcessHeaps(ULONG count, HANDLE* heaps);

// Critical sections.
NT_FUNCTION(NTSTATUS) RtlInitializeCriticalSection(RTL_CRITICAL_SECTION* section);
NT_FUNCTION(NTSTATUS) RtlInitializeCriticalSectionAndSpinCount(RTL_CRITICAL_SECTION* section, ULONG spins);
NT_FUNCTION(NTSTATUS) RtlInitializeCriticalSectionEx(RTL_CRITICAL_SECTION* section, ULONG spins, ULONG flags);
NT_FUNCTION(ULONG) RtlSetCriticalSectionSpinCount(RTL_CRITICAL_SECTION* section, ULONG spins);
NT_FUNCTION(NTSTATUS) RtlDeleteCriticalSection(RTL_CRITICAL_SECTION* section);
NT_FUNCTION(NTSTATUS) RtlEnterCriticalSection(RTL_CRITICAL_SECTION* section);
NT_FUNCTION(NTSTATUS) RtlLeaveCriticalSection(RTL_CRITICAL_SECTION* section);
NT_FUNCTION(BOOLEAN) RtlTryEnterCriticalSection(RTL_CRITICAL_SECTION* section);

// Slim locks, condition variables, one-time initialization, waiting on an address (ntdll/sync).
NT_FUNCTION(void) RtlInitializeSRWLock(RTL_SRWLOCK* lock);
NT_FUNCTION(void) RtlAcquireSRWLockExclusive(RTL_SRWLOCK* lock);
NT_FUNCTION(void) RtlAcquireSRWLockShared(RTL_SRWLOCK* lock);
NT_FUNCTION(void) RtlReleaseSRWLockExclusive(RTL_SRWLOCK* lock);
NT_FUNCTION(void) RtlReleaseSRWLockShared(RTL_SRWLOCK* lock);
NT_FUNCTION(BOOLEAN) RtlTryAcquireSRWLockExclusive(RTL_SRWLOCK* lock);
NT_FUNCTION(BOOLEAN) RtlTryAcquireSRWLockShared(RTL_SRWLOCK* lock);
NT_FUNCTION(void) RtlInitializeConditionVariable(RTL_CONDITION_VARIABLE* variable);
NT_FUNCTION(NTSTATUS)
RtlSleepConditionVariableCS(RTL_CONDITION_VARIABLE* variable, RTL_CRITICAL_SECTION* section,
                            LARGE_INTEGER* timeout);
NT_FUNCTION(NTSTATUS)
RtlSleepConditionVariableSRW(RTL_CONDITION_VARIABLE* variable, RTL_SRWLOCK* lock, LARGE_INTEGER* timeout,
                             ULONG flags);
NT_FUNCTION(void) RtlWakeConditionVariable(RTL_CONDITION_VARIABLE* variable);
NT_FUNCTION(void) RtlWakeAllConditionVariable(RTL_CONDITION_VARIABLE* variable);
NT_FUNCTION(NTSTATUS)
RtlWaitOnAddress(const volatile void* address, const void* compare, SIZE_T size, LARGE_INTEGER* timeout);
NT_FUNCTION(void) RtlWakeAddressSingle(const void* address);
NT_FUNCTION(void) RtlWakeAddressAll(const void* address);
NT_FUNCTION(void) RtlRunOnceInitialize(RTL_RUN_ONCE* once);
NT_FUNCTION(NTSTATUS) RtlRunOnceBeginInitialize(RTL_RUN_ONCE* once, ULONG flags, void** context);
NT_FUNCTION(NTSTATUS) RtlRunOnceComplete(RTL_RUN_ONCE* once, ULONG flags, void* context);
NT_FUNCTION(NTSTATUS)
RtlRunOnceExecuteOnce(RTL_RUN_ONCE* once, PRTL_RUN_ONCE_INIT_FN initialize, void* parameter, void** context);

// Threads (ntdll/threads).
NT_FUNCTION(void) RtlUserThreadStart(LPTHREAD_START_ROUTINE start, void* argument);
NT_FUNCTION(void) RtlExitUserThread(NTSTATUS status);
NT_FUNCTION(void) RtlFreeUserThreadStack(HANDLE process, HANDLE thread);
NT_FUNCTION(NTSTATUS)
RtlCreateUserThread(HANDLE process, void* security, BOOLEAN suspended, ULONG zero_bits, SIZE_T reserve,
                    SIZE_T commit, void* start, void* argument, HANDLE* handle, ClientId* id);
NT_FUNCTION(NTSTATUS) RtlFlsAlloc(void* callback, ULONG* index);
NT_FUNCTION(NTSTATUS) RtlFlsFree(ULONG index);
NT_FUNCTION(NTSTATUS) RtlFlsSetValue(ULONG index, void* value);
NT_FUNCTION(NTSTATUS) RtlFlsGetValue(ULONG index, void** value);
// A thread or a fiber ends, whose Teb.FlsData this is.
NT_FUNCTION(void) RtlProcessFlsData(void* fls_data);

// Strings. The ANSI code page is 1252.
NT_FUNCTION(void) RtlInitAnsiString(AnsiString* string, const char* text);
NT_FUNCTION(void) RtlInitUnicodeString(NtUnicodeString* string, const WCHAR* text);
NT_FUNCTION(BOOLEAN) RtlCreateUnicodeString(NtUnicodeString* string, const WCHAR* text);
NT_FUNCTION(void) RtlFreeUnicodeString(NtUnicodeString* string);
NT_FUNCTION(void) RtlFreeAnsiString(AnsiString* string);
NT_FUNCTION(NTSTATUS)
RtlAnsiStringToUnicodeString(NtUnicodeString* to, const AnsiString* from, BOOLEAN allocate);
NT_FUNCTION(NTSTATUS)
RtlUnicodeStringToAnsiString(AnsiString* to, const NtUnicodeString* from, BOOLEAN allocate);
NT_FUNCTION(void) RtlCopyUnicodeString(NtUnicodeString* to, const NtUnicodeString* from);
NT_FUNCTION(NTSTATUS) RtlAppendUnicodeToString(NtUnicodeString* to, const WCHAR* text);
NT_FUNCTION(NTSTATUS) RtlAppendUnicodeStringToString(NtUnicodeString* to, const NtUnicodeString* from);
NT_FUNCTION(LONG)
RtlCompareUnicodeString(const NtUnicodeString* a, const NtUnicodeString* b, BOOLEAN ignore_case);
NT_FUNCTION(BOOLEAN)
RtlEqualUnicodeString(const NtUnicodeString* a, const NtUnicodeString* b, BOOLEAN ignore_case);
NT_FUNCTION(LONG) RtlCompareString(const AnsiString* a, const AnsiString* b, BOOLEAN ignore_case);
NT_FUNCTION(BOOLEAN) RtlEqualString(const AnsiString* a, const AnsiString* b, BOOLEAN ignore_case);
NT_FUNCTION(WCHAR) RtlUpcaseUnicodeChar(WCHAR character);
NT_FUNCTION(WCHAR) RtlDowncaseUnicodeChar(WCHAR character);
NT_FUNCTION(char) RtlUpperChar(char character);
// Sizes are bytes; what does not fit is cut off.
NT_FUNCTION(NTSTATUS)
RtlMultiByteToUnicodeN(WCHAR* to, ULONG size, ULONG* written, const char* from, ULONG from_size);
NT_FUNCTION(NTSTATUS)
RtlUnicodeToMultiByteN(char* to, ULONG size, ULONG* written, const WCHAR* from, ULONG from_size);
NT_FUNCTION(NTSTATUS) RtlMultiByteToUnicodeSize(ULONG* size, const char* from, ULONG from_size);
NT_FUNCTION(NTSTATUS) RtlUnicodeToMultiByteSize(ULONG* size, const WCHAR* from, ULONG from_size);
NT_FUNCTION(NTSTATUS)
RtlQueryEnvironmentVariable_U(const WCHAR* block, const NtUnicodeString* name, NtUnicodeString* value);

// Status codes, the last error, exceptions.
NT_FUNCTION(ULONG) RtlNtStatusToDosError(NTSTATUS status);
NT_FUNCTION(ULONG) RtlGetLastWin32Error(void);
NT_FUNCTION(void) RtlSetLastWin32Error(ULONG error);
NT_FUNCTION(NTSTATUS) RtlGetLastNtStatus(void);
NT_FUNCTION(void) RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS status);
#ifdef PAGEWALK_NTDLL  // <windows.h> declares them for the others
NT_FUNCTION(void) RtlCaptureContext(CONTEXT* context);
NT_FUNCTION(void) RtlUnwind(void* frame, void* address, EXCEPTION_RECORD* record, void* value);
#endif
NT_FUNCTION(void) RtlRaiseException(EXCEPTION_RECORD* record);
NT_FUNCTION(void) RtlRaiseStatus(NTSTATUS status);
NT_FUNCTION(void) RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER filter);
NT_FUNCTION(void*) RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
NT_FUNCTION(ULONG) RtlRemoveVectoredExceptionHandler(void* handle);
NT_FUNCTION(void*) RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER handler);
NT_FUNCTION(ULONG) RtlRemoveVectoredContinueHandler(void* handle);

// The rest.
NT_FUNCTION(NTSTATUS) RtlGetVersion(RTL_OSVERSIONINFOW* version);
NT_FUNCTION(void) RtlGetNtVersionNumbers(ULONG* major, ULONG* minor, ULONG* build);
NT_FUNCTION(Peb*) RtlGetCurrentPeb(void);
NT_FUNCTION(void) RtlExitUserProcess(NTSTATUS status);
NT_FUNCTION(void) RtlAcquirePebLock(void);
NT_FUNCTION(void) RtlReleasePebLock(void);
NT_FUNCTION(ULONG) RtlFindClearBitsAndSet(NtBitmap* bitmap, ULONG count, ULONG hint);
NT_FUNCTION(ULONG) RtlRandom(ULONG* seed);
NT_FUNCTION(ULONG) RtlUniform(ULONG* seed);

// Loader.
NT_FUNCTION(NTSTATUS)
LdrLoadDll(const WCHAR* path, ULONG* flags, const NtUnicodeString* name, void** base);
NT_FUNCTION(NTSTATUS) LdrUnloadDll(void* base);
NT_FUNCTION(NTSTATUS)
LdrGetDllHandle(const WCHAR* path, ULONG* flags, const NtUnicodeString* name, void** base);
NT_FUNCTION(NTSTATUS)
LdrGetProcedureAddress(void* base, const AnsiString* name, ULONG ordinal, void** procedure);
NT_FUNCTION(NTSTATUS) LdrFindEntryForAddress(const void* address, LdrDataTableEntry** entry);
NT_FUNCTION(NTSTATUS) LdrAddRefDll(ULONG flags, void* base);
NT_FUNCTION(NTSTATUS) LdrDisableThreadCalloutsForDll(void* base);
NT_FUNCTION(void) LdrShutdownProcess(void);
NT_FUNCTION(void) LdrShutdownThread(void);
NT_FUNCTION(NTSTATUS) LdrLockLoaderLock(ULONG flags, ULONG* state, ULONG_PTR* cookie);
NT_FUNCTION(NTSTATUS) LdrUnlockLoaderLock(ULONG flags, ULONG_PTR cookie);
NT_FUNCTION(IMAGE_NT_HEADERS*) RtlImageNtHeader(void* base);
NT_FUNCTION(void*) RtlImageDirectoryEntryToData(void* base, BOOLEAN mapped, USHORT index, ULONG* size);

// By their names in Microsoft's public symbols, so that a debugger finds them: dt ntdll!_TEB.
typedef Teb _TEB;
typedef Peb _PEB;

static inline _TEB* nt_teb(void) {
  _TEB* teb;
  __asm__("movl %%fs:0x18, %0" : "=r"(teb));
  return teb;
}

static inline _PEB* nt_peb(void) { return (_PEB*)nt_teb()->Peb; }

static inline void* nt_pointer(GuestPointer address) { return (void*)address; }
static inline GuestPointer nt_address(const void* pointer) { return (GuestPointer)pointer; }

static inline void* nt_add(const void* base, ULONG offset) { return (void*)((const char*)base + offset); }

#endif
