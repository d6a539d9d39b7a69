// The NTSTATUS values that Pagewalk returns, as [MS-ERREF] 2.3 numbers and names them.
#pragma once

#include <cstdint>
#include <string_view>

namespace mm {

// X(name, value, Windows' name)
#define MM_NT_STATUS_LIST(X)                                               \
  X(Success, 0x00000000, "STATUS_SUCCESS")                                 \
  X(AbandonedWait0, 0x00000080, "STATUS_ABANDONED_WAIT_0")                 \
  X(UserApc, 0x000000C0, "STATUS_USER_APC")                                \
  X(Alerted, 0x00000101, "STATUS_ALERTED")                                 \
  X(Timeout, 0x00000102, "STATUS_TIMEOUT")                                 \
  X(Pending, 0x00000103, "STATUS_PENDING")                                 \
  X(ObjectNameExists, 0x40000000, "STATUS_OBJECT_NAME_EXISTS")             \
  X(ImageNotAtBase, 0x40000003, "STATUS_IMAGE_NOT_AT_BASE")                \
  X(NoYieldPerformed, 0x40000024, "STATUS_NO_YIELD_PERFORMED")             \
  X(GuardPageViolation, 0x80000001, "STATUS_GUARD_PAGE_VIOLATION")         \
  X(DatatypeMisalignment, 0x80000002, "STATUS_DATATYPE_MISALIGNMENT")      \
  X(Breakpoint, 0x80000003, "STATUS_BREAKPOINT")                           \
  X(SingleStep, 0x80000004, "STATUS_SINGLE_STEP")                          \
  X(BufferOverflow, 0x80000005, "STATUS_BUFFER_OVERFLOW")                  \
  X(NoMoreFiles, 0x80000006, "STATUS_NO_MORE_FILES")                       \
  X(PartialCopy, 0x8000000D, "STATUS_PARTIAL_COPY")                        \
  X(Unsuccessful, 0xC0000001, "STATUS_UNSUCCESSFUL")                       \
  X(NotImplemented, 0xC0000002, "STATUS_NOT_IMPLEMENTED")                  \
  X(InvalidInfoClass, 0xC0000003, "STATUS_INVALID_INFO_CLASS")             \
  X(InfoLengthMismatch, 0xC0000004, "STATUS_INFO_LENGTH_MISMATCH")         \
  X(AccessViolation, 0xC0000005, "STATUS_ACCESS_VIOLATION")                \
  X(InPageError, 0xC0000006, "STATUS_IN_PAGE_ERROR")                       \
  X(InvalidHandle, 0xC0000008, "STATUS_INVALID_HANDLE")                    \
  X(InvalidParameter, 0xC000000D, "STATUS_INVALID_PARAMETER")              \
  X(NoSuchDevice, 0xC000000E, "STATUS_NO_SUCH_DEVICE")                     \
  X(NoSuchFile, 0xC000000F, "STATUS_NO_SUCH_FILE")                         \
  X(InvalidDeviceRequest, 0xC0000010, "STATUS_INVALID_DEVICE_REQUEST")     \
  X(InvalidCid, 0xC000000B, "STATUS_INVALID_CID")                          \
  X(EndOfFile, 0xC0000011, "STATUS_END_OF_FILE")                           \
  X(NoMemory, 0xC0000017, "STATUS_NO_MEMORY")                              \
  X(ConflictingAddresses, 0xC0000018, "STATUS_CONFLICTING_ADDRESSES")      \
  X(NotMappedView, 0xC0000019, "STATUS_NOT_MAPPED_VIEW")                   \
  X(UnableToFreeVm, 0xC000001A, "STATUS_UNABLE_TO_FREE_VM")                \
  X(UnableToDeleteSection, 0xC000001B, "STATUS_UNABLE_TO_DELETE_SECTION")  \
  X(InvalidSystemService, 0xC000001C, "STATUS_INVALID_SYSTEM_SERVICE")     \
  X(IllegalInstruction, 0xC000001D, "STATUS_ILLEGAL_INSTRUCTION")          \
  X(InvalidLockSequence, 0xC000001E, "STATUS_INVALID_LOCK_SEQUENCE")       \
  X(AccessDenied, 0xC0000022, "STATUS_ACCESS_DENIED")                      \
  X(BufferTooSmall, 0xC0000023, "STATUS_BUFFER_TOO_SMALL")                 \
  X(ObjectTypeMismatch, 0xC0000024, "STATUS_OBJECT_TYPE_MISMATCH")         \
  X(NotCommitted, 0xC000002D, "STATUS_NOT_COMMITTED")                      \
  X(InvalidParameterMix, 0xC0000030, "STATUS_INVALID_PARAMETER_MIX")       \
  X(ObjectNameInvalid, 0xC0000033, "STATUS_OBJECT_NAME_INVALID")           \
  X(ObjectNameNotFound, 0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND")        \
  X(ObjectNameCollision, 0xC0000035, "STATUS_OBJECT_NAME_COLLISION")       \
  X(ObjectPathNotFound, 0xC000003A, "STATUS_OBJECT_PATH_NOT_FOUND")        \
  X(ObjectPathSyntaxBad, 0xC000003B, "STATUS_OBJECT_PATH_SYNTAX_BAD")      \
  X(SharingViolation, 0xC0000043, "STATUS_SHARING_VIOLATION")              \
  X(QuotaExceeded, 0xC0000044, "STATUS_QUOTA_EXCEEDED")                    \
  X(InvalidPageProtection, 0xC0000045, "STATUS_INVALID_PAGE_PROTECTION")   \
  X(MutantNotOwned, 0xC0000046, "STATUS_MUTANT_NOT_OWNED")                 \
  X(SemaphoreLimitExceeded, 0xC0000047, "STATUS_SEMAPHORE_LIMIT_EXCEEDED") \
  X(SuspendCountExceeded, 0xC000004A, "STATUS_SUSPEND_COUNT_EXCEEDED")     \
  X(ThreadIsTerminating, 0xC000004B, "STATUS_THREAD_IS_TERMINATING")       \
  X(FileLockConflict, 0xC0000054, "STATUS_FILE_LOCK_CONFLICT")             \
  X(LockNotGranted, 0xC0000055, "STATUS_LOCK_NOT_GRANTED")                 \
  X(DeletePending, 0xC0000056, "STATUS_DELETE_PENDING")                    \
  X(ProcessIsTerminating, 0xC000010A, "STATUS_PROCESS_IS_TERMINATING")     \
  X(TooManyOpenedFiles, 0xC000011F, "STATUS_TOO_MANY_OPENED_FILES")        \
  X(CannotDelete, 0xC0000121, "STATUS_CANNOT_DELETE")                      \
  X(InvalidImageFormat, 0xC000007B, "STATUS_INVALID_IMAGE_FORMAT")         \
  X(RangeNotLocked, 0xC000007E, "STATUS_RANGE_NOT_LOCKED")                 \
  X(IntegerDivideByZero, 0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO")      \
  X(IntegerOverflow, 0xC0000095, "STATUS_INTEGER_OVERFLOW")                \
  X(PrivilegedInstruction, 0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION")    \
  X(DiskFull, 0xC000007F, "STATUS_DISK_FULL")                              \
  X(InsufficientResources, 0xC000009A, "STATUS_INSUFFICIENT_RESOURCES")    \
  X(DeviceDataError, 0xC000009C, "STATUS_DEVICE_DATA_ERROR")               \
  X(FreeVmNotAtBase, 0xC000009F, "STATUS_FREE_VM_NOT_AT_BASE")             \
  X(MemoryNotAllocated, 0xC00000A0, "STATUS_MEMORY_NOT_ALLOCATED")         \
  X(MediaWriteProtected, 0xC00000A2, "STATUS_MEDIA_WRITE_PROTECTED")       \
  X(InstanceNotAvailable, 0xC00000AB, "STATUS_INSTANCE_NOT_AVAILABLE")     \
  X(PipeClosing, 0xC00000B1, "STATUS_PIPE_CLOSING")                        \
  X(FileIsADirectory, 0xC00000BA, "STATUS_FILE_IS_A_DIRECTORY")            \
  X(NotSupported, 0xC00000BB, "STATUS_NOT_SUPPORTED")                      \
  X(NotSameDevice, 0xC00000D4, "STATUS_NOT_SAME_DEVICE")                   \
  X(PipeEmpty, 0xC00000D9, "STATUS_PIPE_EMPTY")                            \
  X(InvalidParameter1, 0xC00000EF, "STATUS_INVALID_PARAMETER_1")           \
  X(InvalidParameter2, 0xC00000F0, "STATUS_INVALID_PARAMETER_2")           \
  X(InvalidParameter3, 0xC00000F1, "STATUS_INVALID_PARAMETER_3")           \
  X(InvalidParameter4, 0xC00000F2, "STATUS_INVALID_PARAMETER_4")           \
  X(InvalidParameter5, 0xC00000F3, "STATUS_INVALID_PARAMETER_5")           \
  X(InvalidParameter6, 0xC00000F4, "STATUS_INVALID_PARAMETER_6")           \
  X(StackOverflow, 0xC00000FD, "STATUS_STACK_OVERFLOW")                    \
  X(DirectoryNotEmpty, 0xC0000101, "STATUS_DIRECTORY_NOT_EMPTY")           \
  X(NotADirectory, 0xC0000103, "STATUS_NOT_A_DIRECTORY")                   \
  X(CantTerminateSelf, 0xC00000DB, "STATUS_CANT_TERMINATE_SELF")           \
  X(MutantLimitExceeded, 0xC0000191, "STATUS_MUTANT_LIMIT_EXCEEDED")       \
  X(HandleNotClosable, 0xC0000235, "STATUS_HANDLE_NOT_CLOSABLE")           \
  X(TooManyLinks, 0xC0000265, "STATUS_TOO_MANY_LINKS")                     \
  X(CommitmentLimit, 0xC000012D, "STATUS_COMMITMENT_LIMIT")                \
  X(DllNotFound, 0xC0000135, "STATUS_DLL_NOT_FOUND")                       \
  X(OrdinalNotFound, 0xC0000138, "STATUS_ORDINAL_NOT_FOUND")               \
  X(EntryPointNotFound, 0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND")         \
  X(DllInitFailed, 0xC0000142, "STATUS_DLL_INIT_FAILED")                   \
  X(ArrayBoundsExceeded, 0xC000008C, "STATUS_ARRAY_BOUNDS_EXCEEDED")       \
  X(FloatDivideByZero, 0xC000008E, "STATUS_FLOAT_DIVIDE_BY_ZERO")          \
  X(FloatInvalidOperation, 0xC0000090, "STATUS_FLOAT_INVALID_OPERATION")   \
  X(FloatMultipleFaults, 0xC00002B4, "STATUS_FLOAT_MULTIPLE_FAULTS")       \
  X(FloatMultipleTraps, 0xC00002B5, "STATUS_FLOAT_MULTIPLE_TRAPS")         \
  X(PrivilegeNotHeld, 0xC0000061, "STATUS_PRIVILEGE_NOT_HELD")             \
  X(PipeBroken, 0xC000014B, "STATUS_PIPE_BROKEN")                          \
  X(Noncontinuable, 0xC0000025, "STATUS_NONCONTINUABLE_EXCEPTION")         \
  X(InvalidDisposition, 0xC0000026, "STATUS_INVALID_DISPOSITION")          \
  X(Unwind, 0xC0000027, "STATUS_UNWIND")                                   \
  X(BadStack, 0xC0000028, "STATUS_BAD_STACK")                              \
  X(InvalidUnwindTarget, 0xC0000029, "STATUS_INVALID_UNWIND_TARGET")       \
  X(FloatDenormalOperand, 0xC000008D, "STATUS_FLOAT_DENORMAL_OPERAND")     \
  X(FloatInexactResult, 0xC000008F, "STATUS_FLOAT_INEXACT_RESULT")         \
  X(FloatOverflow, 0xC0000091, "STATUS_FLOAT_OVERFLOW")                    \
  X(FloatStackCheck, 0xC0000092, "STATUS_FLOAT_STACK_CHECK")               \
  X(FloatUnderflow, 0xC0000093, "STATUS_FLOAT_UNDERFLOW")                  \
  X(StackBufferOverrun, 0xC0000409, "STATUS_STACK_BUFFER_OVERRUN")

enum class NtStatus : uint32_t {
#define MM_DEFINE(name, value, text) name = value,
  MM_NT_STATUS_LIST(MM_DEFINE)
#undef MM_DEFINE
};

// Success and informational codes ([MS-ERREF] 2.3: severity bits 00 and 01).
constexpr bool succeeded(NtStatus status) { return static_cast<uint32_t>(status) < 0x80000000u; }

// "STATUS_ACCESS_VIOLATION"; "an unnamed status" for a value that is not in the list (a guest may raise any).
std::string_view to_string(NtStatus status);

}  // namespace mm
