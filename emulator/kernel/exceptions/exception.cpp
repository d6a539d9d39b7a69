#include "emulator/kernel/exceptions/exception.h"

#include <initializer_list>

#include "emulator/cpu/instruction_scan.h"
#include "emulator/kernel/exceptions/instruction.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint32_t kRead = 0;
constexpr uint32_t kWrite = 1;

constexpr uint32_t kBreakpointService = 0;
constexpr uint8_t kDebugServiceVector = 0x2D;
constexpr uint8_t kFastFailVector = 0x29;

Exception make(NtStatus status, mm::VirtualAddress address, std::initializer_list<uint32_t> parameters = {}) {
  Exception exception{static_cast<uint32_t>(status), 0, address, 0, {}};
  for (const uint32_t parameter : parameters) exception.parameters[exception.parameter_count++] = parameter;
  return exception;
}

Exception violation_without_address(mm::VirtualAddress eip) {
  Exception exception = make(NtStatus::AccessViolation, eip, {kRead, kNoAddress});
  exception.protection = true;
  return exception;
}

// An instruction of more than 15 bytes is a protection fault (Intel SDM volume 3, 6.15, vector 13); Windows
// calls it illegal when it finds only prefixes.
Exception general_protection(mm::VirtualAddress eip, std::span<const uint8_t> code) {
  if (code.size() >= kLongestInstruction && has_no_opcode(code))
    return make(NtStatus::IllegalInstruction, eip);
  if (is_privileged_instruction(code)) return make(NtStatus::PrivilegedInstruction, eip);
  return violation_without_address(eip);
}

// [MS-ERREF], STATUS_INVALID_LOCK_SEQUENCE: a LOCK prefix on what cannot be locked.
Exception undefined_opcode(mm::VirtualAddress eip, std::span<const uint8_t> code) {
  return make(has_lock_prefix(code) ? NtStatus::InvalidLockSequence : NtStatus::IllegalInstruction, eip);
}

constexpr mm::VirtualAddress before(mm::VirtualAddress eip, uint32_t bytes) { return {eip.value - bytes}; }

// INT 0x29 is for programs that no longer trust their own handlers (Microsoft, "__fastfail").
Exception fast_fail(mm::VirtualAddress eip) {
  Exception exception = make(NtStatus::StackBufferOverrun, eip);
  exception.flags = Exception::kNonContinuable;
  exception.chance = Exception::Chance::Second;
  return exception;
}

}  // namespace

Exception exception_of_fault(const mm::Fault& fault, const mm::FaultOutcome& outcome,
                             mm::VirtualAddress eip) {
  const uint32_t access = fault.access == mm::Access::Write ? kWrite : kRead;
  if (outcome.status == NtStatus::InPageError)
    return make(outcome.status, eip, {access, fault.address.value, static_cast<uint32_t>(outcome.detail)});
  return make(outcome.status, eip, {access, fault.address.value});
}

bool is_memory_exception(const Exception& exception) {
  if (exception.protection) return false;
  switch (exception.status()) {
    case NtStatus::AccessViolation:
    case NtStatus::InPageError:
    case NtStatus::GuardPageViolation:
    case NtStatus::StackOverflow: return exception.parameter_count >= 2;
    default: return false;
  }
}

FaultingAccess faulting_access(const Exception& exception) {
  const mm::VirtualAddress address{exception.parameters[1]};
  if (exception.parameters[0] == kWrite) return {address, mm::Access::Write};
  return {address, address == exception.address ? mm::Access::Execute : mm::Access::Read};
}

Exception exception_of_vector(uint8_t number, mm::VirtualAddress eip, std::span<const uint8_t> code) {
  switch (number) {
    case vector::kDivideError: return make(NtStatus::IntegerDivideByZero, eip);
    case vector::kDebug: return make(NtStatus::SingleStep, eip);
    case vector::kBoundRange: return make(NtStatus::ArrayBoundsExceeded, eip);
    case vector::kInvalidOpcode: return undefined_opcode(eip, code);
    case vector::kFloatingPoint: return make(NtStatus::FloatInvalidOperation, eip, {0});
    case vector::kSimdFloatingPoint: return make(NtStatus::FloatMultipleTraps, eip, {0, 0});
    case vector::kAlignmentCheck: return make(NtStatus::DatatypeMisalignment, eip);
    default: return general_protection(eip, code);
  }
}

Exception exception_of_interrupt(uint8_t number, const Registers& registers) {
  const mm::VirtualAddress eip{registers.eip};
  switch (number) {
    case vector::kBreakpoint:
      return make(NtStatus::Breakpoint, before(eip, 1), {kBreakpointService, registers.ecx, registers.edx});
    case kDebugServiceVector:
      return make(NtStatus::Breakpoint, eip, {registers.eax, registers.ecx, registers.edx});
    case vector::kOverflow: return make(NtStatus::IntegerOverflow, before(eip, 1));
    case kFastFailVector: return fast_fail(before(eip, 2));
    default: return violation_without_address(before(eip, 2));
  }
}

}  // namespace emu
