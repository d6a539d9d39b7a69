#include "emulator/kernel/registers/debug_registers.h"

#include <optional>

#include "mm/base/types.h"

namespace emu {
namespace {

using Condition = HardwareBreakpoint::Condition;

// R/Wn. 10 is input and output with CR4.DE, which only the system can set, and else undefined.
std::optional<Condition> condition_of(uint32_t bits) {
  switch (bits & 3) {
    case 0: return Condition::Execution;
    case 1: return Condition::Write;
    case 3: return Condition::Access;
    default: return std::nullopt;
  }
}

// LENn. Of an execution breakpoint it is to be 00; anything else is undefined.
uint32_t size_of(Condition condition, uint32_t bits) {
  if (condition == Condition::Execution) return 1;
  switch (bits & 3) {
    case 0: return 1;
    case 1: return 2;
    case 2: return 8;
    default: return 4;
  }
}

uint32_t user_address(uint32_t wanted) { return wanted <= mm::kHighestUserAddress.value ? wanted : 0; }

}  // namespace

std::vector<HardwareBreakpoint> breakpoints_of(const DebugRegisters& registers) {
  std::vector<HardwareBreakpoint> all;
  for (uint32_t i = 0; i < DebugRegisters::kBreakpoints; ++i) {
    if ((registers.control & 1u << 2 * i) == 0) continue;
    const uint32_t bits = registers.control >> (16 + 4 * i);
    const auto condition = condition_of(bits);
    if (!condition) continue;
    const uint32_t size = size_of(*condition, bits >> 2);
    all.push_back({1u << i, *condition, registers.addresses[i] & ~(size - 1), size});
  }
  return all;
}

void capture_debug_registers(abi::Context& context, const DebugRegisters& registers) {
  context.Dr0 = registers.addresses[0];
  context.Dr1 = registers.addresses[1];
  context.Dr2 = registers.addresses[2];
  context.Dr3 = registers.addresses[3];
  context.Dr6 = registers.status;
  context.Dr7 = registers.control;
}

void apply_debug_registers(const abi::Context& context, DebugRegisters& registers) {
  registers.addresses = {user_address(context.Dr0), user_address(context.Dr1), user_address(context.Dr2),
                         user_address(context.Dr3)};
  registers.status = context.Dr6 & debug_status::kKept;
  registers.control = context.Dr7 & debug_control::kKept;
}

}  // namespace emu
