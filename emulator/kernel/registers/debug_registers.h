// A thread's debug registers, as a CONTEXT holds them and as the processor understands them.
//
// Sources: Intel SDM volume 3, 17.2 (debug registers; 17.2.5: breakpoint fields) and 17.3.1 (debug
// exceptions); Microsoft, "CONTEXT structure (x86)". Windows keeps of them what a user may have: it clears an
// address outside user space, and in Dr7 and Dr6 every bit but those named here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "guest/abi/context.h"

namespace emu {

// DR6.
namespace debug_status {
inline constexpr uint32_t kBreakpoints = 0xF;  // B0 to B3: which were met
inline constexpr uint32_t kSingleStep = 0x4000;
inline constexpr uint32_t kKept = 0xE00F;  // those, BD and BT
}  // namespace debug_status

// DR7.
namespace debug_control {
inline constexpr uint32_t kLocalEnables = 0x55;  // L0 to L3; global ones are not a thread's
inline constexpr uint32_t kKept = 0xFFFF0155;    // with LE, conditions and lengths: neither GD nor RTM
}  // namespace debug_control

inline constexpr uint32_t kResumeFlag = 1u << 16;  // EFLAGS.RF

struct DebugRegisters {
  static constexpr size_t kBreakpoints = 4;

  std::array<uint32_t, kBreakpoints> addresses{};  // DR0 to DR3
  uint32_t status = 0;                             // DR6
  uint32_t control = 0;                            // DR7

  // EFLAGS.RF: the next instruction passes its execution breakpoint. The processor is not given it.
  bool resumes = false;

  // What DR6 is to say of a debug exception that is raised before anything else is executed; 0: there is
  // none.
  uint32_t due = 0;

  bool enabled() const { return (control & debug_control::kLocalEnables) != 0; }

  // The exception that is due is raised. "Certain debug exceptions may clear bits 0-3. The remaining contents
  // of the DR6 register are never cleared by the processor" (17.2.3).
  void raise() {
    status = (status & ~debug_status::kBreakpoints) | due;
    due = 0;
  }

  bool operator==(const DebugRegisters&) const = default;
};

// One that is enabled.
struct HardwareBreakpoint {
  enum class Condition : uint8_t { Execution, Write, Access };  // Access: read or written

  uint32_t status;  // its bit in DR6
  Condition condition;
  uint32_t first;  // the lowest address; the processor ignores the bits below the length
  uint32_t size;   // of an execution breakpoint 1

  bool sees_data() const { return condition != Condition::Execution; }
  // Whether it has a byte of [address, address + bytes), bytes > 0, which may wrap around at 4 GB.
  constexpr bool overlaps(uint32_t address, uint32_t bytes) const {
    return address - first < size || first - address < bytes;
  }
};

// Those that can be met at all: input and output is not a user's.
std::vector<HardwareBreakpoint> breakpoints_of(const DebugRegisters& registers);

// The part CONTEXT_DEBUG_REGISTERS.
void capture_debug_registers(abi::Context& context, const DebugRegisters& registers);
void apply_debug_registers(const abi::Context& context, DebugRegisters& registers);

}  // namespace emu
