#include "emulator/kernel/exceptions/processor_exception.h"

#include <array>
#include <cstring>

#include "emulator/kernel/exceptions/divide_error.h"
#include "emulator/kernel/exceptions/instruction.h"
#include "emulator/kernel/memory/guest_memory.h"

namespace emu {
namespace {

using mm::NtStatus;

// The instruction at EIP, as much of it as can be read.
class Instruction {
 public:
  Instruction(const Cpu& cpu, mm::x86::PagingRoot root) {
    size_ = peek_user_memory(cpu.ram(), root, {cpu.get(Register::Eip)},
                             std::as_writable_bytes(std::span(bytes_)));
  }
  std::span<const uint8_t> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::array<uint8_t, kLongestInstruction> bytes_{};
  size_t size_ = 0;
};

bool is_zero(const Divisor& divisor, const Cpu& cpu, mm::x86::PagingRoot root) {
  if (divisor.place == Divisor::Place::Value) return divisor.value == 0;
  uint32_t value = 0;
  peek_user_memory(cpu.ram(), root, divisor.address,
                   std::as_writable_bytes(std::span(&value, 1)).first(divisor.bytes));
  return value == 0;
}

bool quotient_overflowed(const Cpu& cpu, mm::x86::PagingRoot root, std::span<const uint8_t> code) {
  const auto divisor = divisor_of(code, cpu.registers(), cpu.teb());
  return divisor && !is_zero(*divisor, cpu, root);
}

}  // namespace

NtStatus x87_status(const X87Fault& fault) {
  constexpr uint32_t kStackFault = 1u << 6;
  const uint32_t raised = fault.status & ~uint32_t{fault.control};
  if ((raised & 1u << 0) != 0)
    return (fault.status & kStackFault) != 0 ? NtStatus::FloatStackCheck : NtStatus::FloatInvalidOperation;
  if ((raised & 1u << 1) != 0) return NtStatus::FloatDenormalOperand;
  if ((raised & 1u << 2) != 0) return NtStatus::FloatDivideByZero;
  if ((raised & 1u << 3) != 0) return NtStatus::FloatOverflow;
  if ((raised & 1u << 4) != 0) return NtStatus::FloatUnderflow;
  if ((raised & 1u << 5) != 0) return NtStatus::FloatInexactResult;
  return NtStatus::FloatInvalidOperation;
}

NtStatus simd_status(uint32_t mxcsr) {
  constexpr uint32_t kEarly = 7;
  const uint32_t raised = mxcsr & ~(mxcsr >> 7);
  return (raised & kEarly) != 0 ? NtStatus::FloatMultipleTraps : NtStatus::FloatMultipleFaults;
}

Exception exception_of_processor(uint8_t number, const Cpu& cpu, mm::x86::PagingRoot root) {
  const mm::VirtualAddress eip{cpu.get(Register::Eip)};
  const Instruction instruction(cpu, root);
  Exception exception = exception_of_vector(number, eip, instruction.bytes());
  if (number == vector::kDivideError && quotient_overflowed(cpu, root, instruction.bytes()))
    exception.code = static_cast<uint32_t>(NtStatus::IntegerOverflow);
  if (number == vector::kFloatingPoint) {
    const X87Fault fault = x87_fault(cpu.floating_state());
    exception.code = static_cast<uint32_t>(x87_status(fault));
    if (fault.instruction != 0) exception.address = {fault.instruction};
  }
  if (number == vector::kSimdFloatingPoint) {
    const uint32_t state = mxcsr(cpu.floating_state());
    exception.code = static_cast<uint32_t>(simd_status(state));
    exception.parameters[1] = state;
  }
  return exception;
}

}  // namespace emu
