// Where FXSAVE keeps what (Intel SDM volume 1, table 10-2: outside 64-bit mode).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "emulator/cpu/registers.h"

namespace emu::fxsave {

inline constexpr size_t kControl = 0, kStatus = 2, kTags = 4, kOpcode = 6;
inline constexpr size_t kInstruction = 8, kCodeSegment = 12, kData = 16, kDataSegment = 20;
inline constexpr size_t kMxcsr = 24, kMxcsrMask = 28, kStack = 32, kXmm = 160;

inline constexpr size_t kSlot = 16;  // bytes from one register of the stack, or XMM register, to the next
inline constexpr size_t kStackBytes = 10;
inline constexpr size_t kRegisters = 8;  // of each

inline constexpr uint32_t kMxcsrBits = 0xFFFF;  // that exist; a load with others faults

template <class T>
T field(const FloatingState& state, size_t at) {
  T value;
  std::memcpy(&value, state.fxsave.data() + at, sizeof value);
  return value;
}
template <class T>
void set_field(FloatingState& state, size_t at, T value) {
  std::memcpy(state.fxsave.data() + at, &value, sizeof value);
}

}  // namespace emu::fxsave
