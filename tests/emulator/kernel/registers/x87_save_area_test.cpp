#include "emulator/kernel/registers/x87_save_area.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstring>

namespace emu {
namespace {

// 80-bit values (Intel SDM volume 1, 4.2.2): significand, then sign and exponent.
using Value = std::array<uint8_t, 10>;
constexpr Value kOne{0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF, 0x3F};
constexpr Value kZero{};
constexpr Value kInfinity{0, 0, 0, 0, 0, 0, 0, 0x80, 0xFF, 0x7F};
constexpr Value kDenormal{1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
constexpr Value kUnnormal{0, 0, 0, 0, 0, 0, 0, 0x40, 0xFF, 0x3F};

void set16(FloatingState& state, size_t at, uint16_t value) {
  std::memcpy(state.fxsave.data() + at, &value, sizeof value);
}
void push(FloatingState& state, size_t i, const Value& value) {
  std::memcpy(state.fxsave.data() + 32 + 16 * i, value.data(), value.size());
}

TEST_CASE("an empty x87 unit is saved as FNSAVE saves it") {
  abi::FloatingSaveArea area;
  save_x87(FloatingState{}, area);
  CHECK(area.ControlWord == 0xFFFF027F);
  CHECK(area.StatusWord == 0xFFFF0000);
  CHECK(area.TagWord == 0xFFFFFFFF);
  CHECK(area.ErrorOffset == 0);
  CHECK(area.DataOffset == 0);
}

// TOP is 3: ST(0) is register 3, and tags go by register (Intel SDM volume 1, 8.1.7).
TEST_CASE("tags tell valid, zero, special and empty registers") {
  FloatingState state;
  set16(state, 2, 3 << 11);
  state.fxsave[4] = std::byte{0b1111'1000};  // registers 3 to 7 are in use
  push(state, 0, kOne);
  push(state, 1, kZero);
  push(state, 2, kInfinity);
  push(state, 3, kDenormal);
  push(state, 4, kUnnormal);
  abi::FloatingSaveArea area;
  save_x87(state, area);
  CHECK(area.TagWord == 0xFFFFA93F);  // 10 10 10 01 00 11 11 11
  CHECK(std::memcmp(area.RegisterArea, kOne.data(), 10) == 0);
  CHECK(std::memcmp(area.RegisterArea + 20, kInfinity.data(), 10) == 0);
}

TEST_CASE("what is saved is restored") {
  FloatingState state;
  set16(state, 0, 0x027F);
  set16(state, 2, 0x3841);
  set16(state, 6, 0x5AB);
  state.fxsave[4] = std::byte{0x80};
  state.fxsave[8] = std::byte{0x12};   // instruction
  state.fxsave[12] = std::byte{0x1B};  // its segment
  state.fxsave[16] = std::byte{0x34};  // operand
  state.fxsave[20] = std::byte{0x23};
  push(state, 0, kOne);
  abi::FloatingSaveArea area;
  save_x87(state, area);
  CHECK(area.ErrorSelector == 0x05AB001B);
  CHECK(area.DataSelector == 0xFFFF0023);
  FloatingState restored;
  restore_x87(area, restored);
  CHECK(restored == state);
}

TEST_CASE("an x87 exception is known by control and status word") {
  FloatingState state;
  set16(state, 0, 0x0340);
  set16(state, 2, 0x80C1);
  state.fxsave[8] = std::byte{0x10};
  const X87Fault fault = x87_fault(state);
  CHECK(fault.control == 0x0340);
  CHECK(fault.status == 0x80C1);
  CHECK(fault.instruction == 0x10);
}

}  // namespace
}  // namespace emu
