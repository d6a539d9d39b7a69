// Structures that host and guest share, as 32-bit Windows 10 lays them out (public symbols; Windows
// Internals, "PEB" and "TEB"). Pointers are 32-bit words on both sides: a guest address is never a host
// pointer.
#ifndef PAGEWALK_GUEST_ABI_STRUCTURES_H
#define PAGEWALK_GUEST_ABI_STRUCTURES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PAGEWALK_OFFSET(type, member, at) static_assert(offsetof(type, member) == at)
namespace abi {
#else
#define PAGEWALK_OFFSET(type, member, at) _Static_assert(offsetof(type, member) == at, #type "." #member)
#endif

typedef uint32_t GuestPointer;

typedef struct UnicodeString {
  uint16_t Length;  // bytes, without the terminator
  uint16_t MaximumLength;
  GuestPointer Buffer;
} UnicodeString;

typedef struct ListEntry {
  GuestPointer Flink;
  GuestPointer Blink;
} ListEntry;

typedef struct ProcessParameters {  // RTL_USER_PROCESS_PARAMETERS; strings follow it in the same allocation
  uint32_t MaximumLength;
  uint32_t Length;
  uint32_t Flags;  // 1: normalized
  uint32_t DebugFlags;
  uint32_t ConsoleHandle;
  uint32_t ConsoleFlags;
  uint32_t StandardInput;
  uint32_t StandardOutput;
  uint32_t StandardError;
  UnicodeString CurrentDirectory;
  uint32_t CurrentDirectoryHandle;
  UnicodeString DllPath;
  UnicodeString ImagePathName;
  UnicodeString CommandLine;
  GuestPointer Environment;  // UTF-16, name=value, each ended by 0, the block by another 0
  uint32_t StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY, FillAttribute, WindowFlags;
  uint32_t ShowWindowFlags;
  UnicodeString WindowTitle;
  UnicodeString DesktopInfo;
  UnicodeString ShellInfo;
  UnicodeString RuntimeData;
} ProcessParameters;
PAGEWALK_OFFSET(ProcessParameters, CommandLine, 0x40);
PAGEWALK_OFFSET(ProcessParameters, Environment, 0x48);

typedef struct PebLdrData {  // PEB_LDR_DATA: the loader's three lists of LdrDataTableEntry
  uint32_t Length;
  uint32_t Initialized;
  uint32_t SsHandle;
  ListEntry InLoadOrderModuleList;  // the image first, ntdll second
  ListEntry InMemoryOrderModuleList;
  ListEntry InInitializationOrderModuleList;  // as DllMains run; without the image
  GuestPointer EntryInProgress;
  uint32_t ShutdownInProgress;
  uint32_t ShutdownThreadId;
} PebLdrData;
PAGEWALK_OFFSET(PebLdrData, InLoadOrderModuleList, 0x0c);
PAGEWALK_OFFSET(PebLdrData, InInitializationOrderModuleList, 0x1c);

typedef struct LdrDataTableEntry {  // LDR_DATA_TABLE_ENTRY: one module
  ListEntry InLoadOrderLinks;
  ListEntry InMemoryOrderLinks;
  ListEntry InInitializationOrderLinks;
  GuestPointer DllBase;
  GuestPointer EntryPoint;
  uint32_t SizeOfImage;
  UnicodeString FullDllName;
  UnicodeString BaseDllName;
  uint32_t Flags;
  uint16_t ObsoleteLoadCount;  // 0xffff: stays until the process ends
  uint16_t TlsIndex;
  ListEntry HashLinks;
  uint32_t TimeDateStamp;
  uint32_t Reserved48[14];
  GuestPointer OriginalBase;
  uint32_t Reserved84;
  uint64_t LoadTime;
  uint32_t Reserved90[3];
  uint32_t ReferenceCount;
} LdrDataTableEntry;
PAGEWALK_OFFSET(LdrDataTableEntry, DllBase, 0x18);
PAGEWALK_OFFSET(LdrDataTableEntry, BaseDllName, 0x2c);
PAGEWALK_OFFSET(LdrDataTableEntry, OriginalBase, 0x80);
PAGEWALK_OFFSET(LdrDataTableEntry, ReferenceCount, 0x9c);

typedef struct Peb {
  uint8_t InheritedAddressSpace;
  uint8_t ReadImageFileExecOptions;
  uint8_t BeingDebugged;
  uint8_t BitField;
  uint32_t Mutant;
  GuestPointer ImageBaseAddress;
  GuestPointer Ldr;
  GuestPointer ProcessParameters;
  uint32_t SubSystemData;
  GuestPointer ProcessHeap;
  GuestPointer FastPebLock;
  uint32_t Reserved20[8];
  GuestPointer TlsBitmap;
  uint32_t TlsBitmapBits[2];
  uint32_t Reserved4c[6];
  uint32_t NumberOfProcessors;
  uint32_t NtGlobalFlag;
  uint64_t CriticalSectionTimeout;
  uint32_t HeapSegmentReserve;
  uint32_t HeapSegmentCommit;
  uint32_t HeapDeCommitTotalFreeThreshold;
  uint32_t HeapDeCommitFreeBlockThreshold;
  uint32_t NumberOfHeaps;
  uint32_t MaximumNumberOfHeaps;
  GuestPointer ProcessHeaps;
  uint32_t Reserved94[3];
  GuestPointer LoaderLock;
  uint32_t OSMajorVersion;
  uint32_t OSMinorVersion;
  uint16_t OSBuildNumber;
  uint16_t OSCSDVersion;
  uint32_t OSPlatformId;
  uint32_t ImageSubsystem;
  uint32_t ImageSubsystemMajorVersion;
  uint32_t ImageSubsystemMinorVersion;
  uint32_t ReservedC0[70];
} Peb;
PAGEWALK_OFFSET(Peb, TlsBitmap, 0x40);
PAGEWALK_OFFSET(Peb, NumberOfProcessors, 0x64);
PAGEWALK_OFFSET(Peb, LoaderLock, 0xa0);
PAGEWALK_OFFSET(Peb, OSMajorVersion, 0xa4);
PAGEWALK_OFFSET(Peb, ImageSubsystem, 0xb4);

typedef struct Teb {
  GuestPointer ExceptionList;  // 0xffffffff ends the chain
  GuestPointer StackBase;      // highest address + 1
  GuestPointer StackLimit;     // lowest committed address
  uint32_t SubSystemTib;
  uint32_t FiberData;
  uint32_t ArbitraryUserPointer;
  GuestPointer Self;
  uint32_t EnvironmentPointer;
  uint32_t ProcessId;
  uint32_t ThreadId;
  uint32_t ActiveRpcHandle;
  GuestPointer ThreadLocalStoragePointer;
  GuestPointer Peb;
  uint32_t LastErrorValue;
  uint32_t CountOfOwnedCriticalSections;
  uint32_t Reserved3c[750];
  uint32_t LastStatusValue;
  UnicodeString StaticUnicodeString;
  uint16_t StaticUnicodeBuffer[262];
  GuestPointer DeallocationStack;  // lowest reserved address of the stack
  uint32_t TlsSlots[64];
  ListEntry TlsLinks;
  uint32_t ReservedF18[24];
  uint32_t GuaranteedStackBytes;
  uint32_t ReservedF7c[6];
  GuestPointer TlsExpansionSlots;
  uint32_t ReservedF98[7];
  GuestPointer FlsData;
  uint32_t ReservedFb8[4];
  uint16_t CrossTebFlags;
  uint16_t SameTebFlags;  // PAGEWALK_TEB_...
  uint32_t ReservedFcc[13];
} Teb;
#define PAGEWALK_TEB_SKIP_THREAD_ATTACH 0x0008
#define PAGEWALK_TEB_RAN_PROCESS_INIT 0x0020
#define PAGEWALK_TEB_INITIAL_THREAD 0x0400
PAGEWALK_OFFSET(Teb, SameTebFlags, 0xfca);
PAGEWALK_OFFSET(Teb, Peb, 0x30);
PAGEWALK_OFFSET(Teb, LastStatusValue, 0xbf4);
PAGEWALK_OFFSET(Teb, DeallocationStack, 0xe0c);
PAGEWALK_OFFSET(Teb, TlsSlots, 0xe10);
PAGEWALK_OFFSET(Teb, GuaranteedStackBytes, 0xf78);
PAGEWALK_OFFSET(Teb, TlsExpansionSlots, 0xf94);

typedef struct MemoryBasicInformation {  // MEMORY_BASIC_INFORMATION, class 0 of NtQueryVirtualMemory
  GuestPointer BaseAddress;
  GuestPointer AllocationBase;
  uint32_t AllocationProtect;
  uint32_t RegionSize;
  uint32_t State;
  uint32_t Protect;
  uint32_t Type;
} MemoryBasicInformation;

typedef struct SystemBasicInformation {  // class 0 of NtQuerySystemInformation
  uint32_t Reserved;
  uint32_t TimerResolution;
  uint32_t PageSize;
  uint32_t NumberOfPhysicalPages;
  uint32_t LowestPhysicalPageNumber;
  uint32_t HighestPhysicalPageNumber;
  uint32_t AllocationGranularity;
  GuestPointer MinimumUserModeAddress;
  GuestPointer MaximumUserModeAddress;
  uint32_t ActiveProcessorsAffinityMask;
  uint8_t NumberOfProcessors;
} SystemBasicInformation;

typedef struct SystemMemoryInformation {  // class 0x10000 of NtQuerySystemInformation, ours: memory in pages
  uint32_t TotalPhysicalPages;
  uint32_t AvailablePages;
  uint32_t CommitLimitPages;
  uint32_t CommitChargePages;
  uint32_t CommitPeakPages;
} SystemMemoryInformation;
#define PAGEWALK_SYSTEM_MEMORY_INFORMATION 0x10000

// ProcessCookie of NtQueryInformationProcess: a ULONG that the process's runtime draws from. 0 unless
// addresses are randomized, since then nothing is drawn.
#define PAGEWALK_PROCESS_COOKIE 36

typedef struct VmCounters {  // VM_COUNTERS, class 3 of NtQueryInformationProcess: bytes, but for the faults
  uint32_t PeakVirtualSize, VirtualSize;
  uint32_t PageFaultCount;
  uint32_t PeakWorkingSetSize, WorkingSetSize;
  uint32_t QuotaPeakPagedPoolUsage, QuotaPagedPoolUsage;
  uint32_t QuotaPeakNonPagedPoolUsage, QuotaNonPagedPoolUsage;
  uint32_t PagefileUsage, PeakPagefileUsage;
} VmCounters;

typedef struct ObjectAttributes {  // OBJECT_ATTRIBUTES
  uint32_t Length;
  uint32_t RootDirectory;
  GuestPointer ObjectName;  // UnicodeString
  uint32_t Attributes;
  GuestPointer SecurityDescriptor;
  GuestPointer SecurityQualityOfService;
} ObjectAttributes;

typedef struct ClientId {
  uint32_t UniqueProcess;
  uint32_t UniqueThread;
} ClientId;

typedef struct ObjectHandleFlagInformation {  // class 4 of NtQueryObject and NtSetInformationObject
  uint8_t Inherit;
  uint8_t ProtectFromClose;
} ObjectHandleFlagInformation;

typedef struct EventBasicInformation {  // class 0 of NtQueryEvent
  uint32_t EventType;                   // 0 notification, 1 synchronization
  int32_t EventState;
} EventBasicInformation;

typedef struct TimerBasicInformation {  // class 0 of NtQueryTimer
  uint64_t RemainingTime;               // 100 ns units
  uint8_t TimerState;
  uint8_t Reserved[7];
} TimerBasicInformation;

typedef struct MutantBasicInformation {  // class 0 of NtQueryMutant
  int32_t CurrentCount;
  uint8_t OwnedByCaller;
  uint8_t AbandonedState;
} MutantBasicInformation;

typedef struct SemaphoreBasicInformation {  // class 0 of NtQuerySemaphore
  int32_t CurrentCount;
  int32_t MaximumCount;
} SemaphoreBasicInformation;

typedef struct ThreadBasicInformation {  // THREAD_BASIC_INFORMATION, class 0 of NtQueryInformationThread
  uint32_t ExitStatus;
  GuestPointer TebBaseAddress;
  struct ClientId ClientId;
  uint32_t AffinityMask;
  int32_t Priority;
  int32_t BasePriority;  // relative to the process's
} ThreadBasicInformation;

typedef struct PublicObjectBasicInformation {  // PUBLIC_OBJECT_BASIC_INFORMATION, class 0 of NtQueryObject
  uint32_t Attributes;
  uint32_t GrantedAccess;
  uint32_t HandleCount;
  uint32_t PointerCount;
  uint32_t Reserved[10];
} PublicObjectBasicInformation;

typedef struct IoStatusBlock {
  uint32_t Status;
  uint32_t Information;
} IoStatusBlock;

typedef struct ExceptionRecord {
  uint32_t ExceptionCode;
  uint32_t ExceptionFlags;
  GuestPointer ExceptionRecord;
  GuestPointer ExceptionAddress;
  uint32_t NumberParameters;
  uint32_t ExceptionInformation[15];
} ExceptionRecord;

// What PwTranslateAddress tells of one address in one process: the processor's walk, without a trace.
typedef struct AddressTranslation {
  uint32_t PageDirectory;    // CR3
  uint32_t DirectoryEntry;   // PDE
  uint32_t TableEntry;       // PTE; 0 without a page table
  uint32_t PhysicalAddress;  // meaningful when Present
  uint32_t Present;
} AddressTranslation;

// PS_ATTRIBUTE and PS_ATTRIBUTE_LIST, as NtCreateUserProcess takes them.
typedef struct ProcessAttribute {
  uint32_t Attribute;
  uint32_t Size;   // bytes of what Value names
  uint32_t Value;  // an address
  GuestPointer ReturnLength;
} ProcessAttribute;
#define PAGEWALK_ATTRIBUTE_CLIENT_ID 0x00010003
#define PAGEWALK_ATTRIBUTE_IMAGE_NAME 0x00020005   // UTF-16, without a terminator
#define PAGEWALK_ATTRIBUTE_PRIORITY_CLASS 0x20008  // a byte: the number of PROCESS_PRIORITY_CLASS
#define PAGEWALK_PROCESS_INHERIT_HANDLES 0x4       // process flags
#define PAGEWALK_THREAD_CREATE_SUSPENDED 0x1       // thread flags

// How a thread starts: its registers are those for ntdll's export RtlUserThreadStart (EAX = what it is to
// call, EBX = the argument of that). Before these are used it calls, as by an APC, LdrInitializeThunk with
// ESP on a word that is no return address, followed by these arguments (as for a __stdcall call). FS:[0] is
// the TEB; the PEB names the image (mapped at its preferred base or not yet relocated) and the process
// parameters.
//   LdrInitializeThunk(CONTEXT* of the registers, ntdll base)
// In a process's first thread it relocates ntdll and the image if need be, maps and binds their DLLs, runs
// TLS callbacks and DllMains; in others it gives the thread its static TLS and tells the DLLs. Then it goes
// on with NtContinue(context, TRUE). A flat image starts at its entry with FS set.
//
// How an APC is called: ntdll's export KiUserApcDispatcher finds at ESP the routine, its three arguments, and
// the CONTEXT with which it is to NtContinue(context, TRUE).

#ifdef __cplusplus
}  // namespace abi
#endif

#endif
