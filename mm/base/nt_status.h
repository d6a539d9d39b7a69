// The NTSTATUS values that Pagewalk returns, as [MS-ERREF] 2.3 numbers and names them.
#pragma once

#include <cstdint>
#include <string_view>

namespace mm {

// X(name, value, Windows' name)
#define MM_NT_STATUS_LIST(X)                                                        \
  X(Success, 0x00000000, "STATUS_SUCCESS")                                          \
  X(Timeout, 0x00000102, "STATUS_TIMEOUT")                                          \
  X(Pending, 0x00000103, "STATUS_PENDING")                                          \
  X(ImageNotAtBase, 0x40000003, "STATUS_IMAGE_NOT_AT_BASE")                         \
  X(GuardPageViolation, 0x80000001, "STATUS_GUARD_PAGE_VIOLATION")                  \
  X(DatatypeMisalignment, 0x80000002, "STATUS_DATATYPE_MISALIGNMENT")               \
  X(Breakpoint, 0x80000003, "STATUS_BREAKPOINT")                                    \
  X(SingleStep, 0x80000004, "STATUS_SINGLE_STEP")                                   \
  X(BufferOverflow, 0x80000005, "STATUS_BUFFER_OVERFLOW")                           \
  X(Unsuccessful, 0xC0000001, "STATUS_UNSUCCESSFUL")                                \
  X(NotImplemented, 0xC0000002, "STATUS_NOT_IMPLEMENTED")                           \
  X(InvalidInfoClass, 0xC0000003, "STATUS_INVALID_INFO_CLASS")                      \
  X(InfoLengthMismatch, 0xC0000004, "STATUS_INFO_LENGTH_MISMATCH")                  \
  X(AccessViolation, 0xC0000005, "STATUS_ACCESS_VIOLATION")                         \
  X(InPageError, 0xC0000006, "STATUS_IN_PAGE_ERROR")                                \
  X(InvalidHandle, 0xC0000008, "STATUS_INVALID_HANDLE")                             \
  X(InvalidParameter, 0xC000000D, "STATUS_INVALID_PARAMETER")                       \
  X(EndOfFile, 0xC0000011, "STATUS_END_OF_FILE")                                    \
  X(NoMemory, 0xC0000017, "STATUS_NO_MEMORY")                                       \
  X(ConflictingAddresses, 0xC0000018, "STATUS_CONFLICTING_ADDRESSES")               \
  X(NotMappedView, 0xC0000019, "STATUS_NOT_MAPPED_VIEW")                            \
  X(UnableToFreeVm, 0xC000001A, "STATUS_UNABLE_TO_FREE_VM")                         \
  X(InvalidSystemService, 0xC000001C, "STATUS_INVALID_SYSTEM_SERVICE")              \
  X(IllegalInstruction, 0xC000001D, "STATUS_ILLEGAL_INSTRUCTION")                   \
  X(AccessDenied, 0xC0000022, "STATUS_ACCESS_DENIED")                               \
  X(BufferTooSmall, 0xC0000023, "STATUS_BUFFER_TOO_SMALL")                          \
  X(ObjectTypeMismatch, 0xC0000024, "STATUS_OBJECT_TYPE_MISMATCH")                  \
  X(NotCommitted, 0xC000002D, "STATUS_NOT_COMMITTED")                               \
  X(ObjectNameNotFound, 0xC0000034, "STATUS_OBJECT_NAME_NOT_FOUND")                 \
  X(InvalidPageProtection, 0xC0000045, "STATUS_INVALID_PAGE_PROTECTION")            \
  X(InvalidImageFormat, 0xC000007B, "STATUS_INVALID_IMAGE_FORMAT")                  \
  X(IntegerDivideByZero, 0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO")               \
  X(IntegerOverflow, 0xC0000095, "STATUS_INTEGER_OVERFLOW")                         \
  X(PrivilegedInstruction, 0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION")             \
  X(DiskFull, 0xC000007F, "STATUS_DISK_FULL")                                       \
  X(InsufficientResources, 0xC000009A, "STATUS_INSUFFICIENT_RESOURCES")             \
  X(DeviceDataError, 0xC000009C, "STATUS_DEVICE_DATA_ERROR")                        \
  X(FreeVmNotAtBase, 0xC000009F, "STATUS_FREE_VM_NOT_AT_BASE")                      \
  X(MemoryNotAllocated, 0xC00000A0, "STATUS_MEMORY_NOT_ALLOCATED")                  \
  X(InvalidParameter1, 0xC00000EF, "STATUS_INVALID_PARAMETER_1")                    \
  X(InvalidParameter2, 0xC00000F0, "STATUS_INVALID_PARAMETER_2")                    \
  X(InvalidParameter3, 0xC00000F1, "STATUS_INVALID_PARAMETER_3")                    \
  X(InvalidParameter4, 0xC00000F2, "STATUS_INVALID_PARAMETER_4")                    \
  X(InvalidParameter5, 0xC00000F3, "STATUS_INVALID_PARAMETER_5")                    \
  X(StackOverflow, 0xC00000FD, "STATUS_STACK_OVERFLOW")                             \
  X(CommitmentLimit, 0xC000012D, "STATUS_COMMITMENT_LIMIT")                         \
  X(DllNotFound, 0xC0000135, "STATUS_DLL_NOT_FOUND")                                \
  X(OrdinalNotFound, 0xC0000138, "STATUS_ORDINAL_NOT_FOUND")                        \
  X(EntryPointNotFound, 0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND")                  \
  X(DllInitFailed, 0xC0000142, "STATUS_DLL_INIT_FAILED")                            \
  X(ArrayBoundsExceeded, 0xC000008C, "STATUS_ARRAY_BOUNDS_EXCEEDED")                \
  X(FloatDivideByZero, 0xC000008E, "STATUS_FLOAT_DIVIDE_BY_ZERO")                   \
  X(FloatInvalidOperation, 0xC0000090, "STATUS_FLOAT_INVALID_OPERATION")            \
  X(FloatMultipleFaults, 0xC00002B4, "STATUS_FLOAT_MULTIPLE_FAULTS")                \
  X(FloatMultipleTraps, 0xC00002B5, "STATUS_FLOAT_MULTIPLE_TRAPS")                  \
  X(PipeBroken, 0xC000014B, "STATUS_PIPE_BROKEN")                                   \
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
