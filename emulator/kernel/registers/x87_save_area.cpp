#include "emulator/kernel/registers/x87_save_area.h"

#include <cstddef>
#include <cstring>

#include "emulator/cpu/fxsave.h"

namespace emu {
namespace {

using namespace fxsave;

constexpr uint32_t kUpperHalf = 0xFFFF'0000;  // FNSAVE leaves it set in the words that are 16 bits wide

enum Tag : uint32_t { kValid = 0, kZero = 1, kSpecial = 2, kEmpty = 3 };

// ST(i) is register (TOP + i) mod 8; tags go by register.
uint32_t register_of(uint16_t status, uint32_t i) { return ((status >> 11) + i) & 7; }

Tag tag_of(const std::byte* value) {
  uint64_t significand;
  uint16_t exponent;
  std::memcpy(&significand, value, sizeof significand);
  std::memcpy(&exponent, value + sizeof significand, sizeof exponent);
  exponent &= 0x7FFF;
  if (exponent == 0) return significand == 0 ? kZero : kSpecial;
  if (exponent == 0x7FFF || (significand >> 63) == 0) return kSpecial;
  return kValid;
}

uint32_t full_tags(const FloatingState& state) {
  const auto status = field<uint16_t>(state, kStatus);
  const auto used = field<uint8_t>(state, kTags);
  uint32_t tags = 0;
  for (uint32_t i = 0; i < kRegisters; ++i) {
    const uint32_t which = register_of(status, i);
    const bool in_use = (used >> which & 1) != 0;
    tags |= (in_use ? tag_of(state.fxsave.data() + kStack + i * kSlot) : kEmpty) << (2 * which);
  }
  return tags;
}

uint8_t abridged_tags(uint32_t tags) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < kRegisters; ++i)
    if ((tags >> (2 * i) & 3) != kEmpty) used |= 1u << i;
  return static_cast<uint8_t>(used);
}

}  // namespace

void save_x87(const FloatingState& from, abi::FloatingSaveArea& to) {
  to.ControlWord = kUpperHalf | field<uint16_t>(from, kControl);
  to.StatusWord = kUpperHalf | field<uint16_t>(from, kStatus);
  to.TagWord = kUpperHalf | full_tags(from);
  to.ErrorOffset = field<uint32_t>(from, kInstruction);
  to.ErrorSelector = field<uint16_t>(from, kCodeSegment) | uint32_t{field<uint16_t>(from, kOpcode)} << 16;
  to.DataOffset = field<uint32_t>(from, kData);
  to.DataSelector = kUpperHalf | field<uint16_t>(from, kDataSegment);
  for (size_t i = 0; i < kRegisters; ++i)
    std::memcpy(to.RegisterArea + i * kStackBytes, from.fxsave.data() + kStack + i * kSlot, kStackBytes);
  to.Spare0 = 0;
}

void restore_x87(const abi::FloatingSaveArea& from, FloatingState& to) {
  set_field(to, kControl, static_cast<uint16_t>(from.ControlWord));
  set_field(to, kStatus, static_cast<uint16_t>(from.StatusWord));
  set_field(to, kTags, abridged_tags(from.TagWord));
  set_field(to, kOpcode, static_cast<uint16_t>(from.ErrorSelector >> 16 & 0x7FF));
  set_field(to, kInstruction, from.ErrorOffset);
  set_field(to, kCodeSegment, static_cast<uint16_t>(from.ErrorSelector));
  set_field(to, kData, from.DataOffset);
  set_field(to, kDataSegment, static_cast<uint16_t>(from.DataSelector));
  for (size_t i = 0; i < kRegisters; ++i)
    std::memcpy(to.fxsave.data() + kStack + i * kSlot, from.RegisterArea + i * kStackBytes, kStackBytes);
}

X87Fault x87_fault(const FloatingState& state) {
  return {field<uint16_t>(state, kControl), field<uint16_t>(state, kStatus),
          field<uint32_t>(state, kInstruction)};
}

uint32_t mxcsr(const FloatingState& state) { return field<uint32_t>(state, kMxcsr); }

}  // namespace emu
