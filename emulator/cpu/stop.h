// Why the processor came back to its owner.
#pragma once

#include <cstdint>

namespace emu {

enum class StopReason : uint8_t {
  Stepped,    // step() only: one instruction retired
  Interrupt,  // INT n, INT3 or INTO (`vector`); EIP is after the instruction
  Exception,  // a fault of the instruction at EIP, or a trap (#DB): `vector` as in Intel SDM volume 3, 6.3.1
  FaultRefused,   // a page fault that was not resolved: the MMU's refused_fault(); EIP is on the instruction
  Breakpoint,     // EIP is at one of set_breakpoints()
  Requested,      // request_stop(); EIP is on the next instruction
  CodeByteLimit,  // run() only: set_code_byte_limit() is reached; EIP is on the next instruction
  InstructionLimit,  // as many instructions retired as set_instruction_limit() allows
};

// Tells whether the reason is one that somebody who runs the processor has asked for; run() and step() return
// none of these unasked.
constexpr bool is_for_controller(StopReason reason) {
  return reason == StopReason::Stepped || reason == StopReason::Breakpoint || reason == StopReason::Requested;
}

// Intel SDM volume 3, table 6-1.
namespace vector {
inline constexpr uint8_t kDivideError = 0;
inline constexpr uint8_t kDebug = 1;
inline constexpr uint8_t kBreakpoint = 3;
inline constexpr uint8_t kOverflow = 4;
inline constexpr uint8_t kBoundRange = 5;
inline constexpr uint8_t kInvalidOpcode = 6;
inline constexpr uint8_t kDeviceNotAvailable = 7;
inline constexpr uint8_t kSegmentNotPresent = 11;
inline constexpr uint8_t kStackFault = 12;
inline constexpr uint8_t kGeneralProtection = 13;
inline constexpr uint8_t kFloatingPoint = 16;
inline constexpr uint8_t kAlignmentCheck = 17;
inline constexpr uint8_t kSimdFloatingPoint = 19;
}  // namespace vector

struct Stop {
  StopReason reason = StopReason::Stepped;
  uint8_t vector = 0;  // with Interrupt and Exception

  bool operator==(const Stop&) const = default;
};

}  // namespace emu
