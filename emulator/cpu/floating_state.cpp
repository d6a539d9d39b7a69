// FXSAVE images from and to the engine's registers (Intel SDM volume 1, 10.5.1).
#include <cstring>

#include "emulator/cpu/fxsave.h"
#include "emulator/cpu/unicorn_handle.h"

namespace emu {
namespace {

using namespace fxsave;

// The image has one bit for each register that is not empty; the register has two, 3 meaning empty.
uint8_t abridge(uint32_t tags) {
  uint8_t bits = 0;
  for (unsigned i = 0; i < kRegisters; ++i) {
    if ((tags >> (2 * i) & 3) != 3) bits = static_cast<uint8_t>(bits | 1u << i);
  }
  return bits;
}
uint32_t unabridge(uint8_t bits) {
  uint32_t tags = 0;
  for (unsigned i = 0; i < kRegisters; ++i) {
    if ((bits >> i & 1) == 0) tags |= 3u << (2 * i);
  }
  return tags;
}

}  // namespace

FloatingState UnicornHandle::floating_state() const {
  FloatingState state;
  state.fxsave.fill(std::byte{0});
  set_field(state, kControl, static_cast<uint16_t>(read(UC_X86_REG_FPCW)));
  set_field(state, kStatus, static_cast<uint16_t>(read(UC_X86_REG_FPSW)));
  set_field(state, kTags, abridge(read(UC_X86_REG_FPTAG)));
  set_field(state, kOpcode, static_cast<uint16_t>(read(UC_X86_REG_FOP)));
  set_field(state, kInstruction, read(UC_X86_REG_FIP));
  set_field(state, kCodeSegment, static_cast<uint16_t>(read(UC_X86_REG_FCS)));
  set_field(state, kData, read(UC_X86_REG_FDP));
  set_field(state, kDataSegment, static_cast<uint16_t>(read(UC_X86_REG_FDS)));
  set_field(state, kMxcsr, read(UC_X86_REG_MXCSR));
  set_field(state, kMxcsrMask, kMxcsrBits);
  for (size_t i = 0; i < kRegisters; ++i) {
    uc_reg_read(get(), UC_X86_REG_ST0 + static_cast<int>(i), state.fxsave.data() + kStack + i * kSlot);
  }
  for (size_t i = 0; i < kRegisters; ++i) {
    uc_reg_read(get(), UC_X86_REG_XMM0 + static_cast<int>(i), state.fxsave.data() + kXmm + i * kSlot);
  }
  return state;
}

void UnicornHandle::set_floating_state(const FloatingState& state) const {
  write(UC_X86_REG_FPCW, field<uint16_t>(state, kControl));
  write(UC_X86_REG_FPSW, field<uint16_t>(state, kStatus));  // TOP, before the stack is written through it
  for (size_t i = 0; i < kRegisters; ++i) {
    std::byte value[kSlot] = {};
    std::memcpy(value, state.fxsave.data() + kStack + i * kSlot, kStackBytes);
    uc_reg_write(get(), UC_X86_REG_ST0 + static_cast<int>(i), value);
  }
  write(UC_X86_REG_FPTAG, unabridge(field<uint8_t>(state, kTags)));
  write(UC_X86_REG_FOP, field<uint16_t>(state, kOpcode));
  write(UC_X86_REG_FIP, field<uint32_t>(state, kInstruction));
  write(UC_X86_REG_FCS, field<uint16_t>(state, kCodeSegment));
  write(UC_X86_REG_FDP, field<uint32_t>(state, kData));
  write(UC_X86_REG_FDS, field<uint16_t>(state, kDataSegment));
  write(UC_X86_REG_MXCSR, field<uint32_t>(state, kMxcsr) & kMxcsrBits);
  for (size_t i = 0; i < kRegisters; ++i) {
    uc_reg_write(get(), UC_X86_REG_XMM0 + static_cast<int>(i), state.fxsave.data() + kXmm + i * kSlot);
  }
}

}  // namespace emu
