#include "emulator/kernel/registers/debug_registers.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

using Condition = HardwareBreakpoint::Condition;

DebugRegisters with(uint32_t control, uint32_t address) {
  return {.addresses = {address, address, address, address}, .control = control};
}

// Intel SDM volume 3, figure 17-1: Ln is bit 2n, R/Wn bits 16 + 4n, LENn the two above.
TEST_CASE("DR7 says which breakpoints there are, for what and how long") {
  CHECK(breakpoints_of(with(0, 0x1007)).empty());
  CHECK(breakpoints_of(with(0xFFFF0000, 0x1007)).empty());  // none enabled
  CHECK(breakpoints_of(with(0xFFFF00AA, 0x1007)).empty());  // globally is not for a thread

  const auto all =
      breakpoints_of({.addresses = {0x1007, 0x2007, 0x3007, 0x4007}, .control = 0x7DB00055 | 0x90000});
  REQUIRE(all.size() == 4);
  CHECK(all[0].status == 1);  // R/W 01, LEN 10
  CHECK(all[0].condition == Condition::Write);
  CHECK(all[0].first == 0x1000);
  CHECK(all[0].size == 8);
  CHECK(all[1].status == 2);  // R/W 11, LEN 10
  CHECK(all[1].condition == Condition::Access);
  CHECK(all[1].size == 8);
  CHECK(all[2].status == 4);  // R/W 01, LEN 11
  CHECK(all[2].first == 0x3004);
  CHECK(all[2].size == 4);
  CHECK(all[3].status == 8);  // R/W 11, LEN 01
  CHECK(all[3].condition == Condition::Access);
  CHECK(all[3].first == 0x4006);
  CHECK(all[3].size == 2);
}

TEST_CASE("an execution breakpoint is at its address whatever its length, and input and output has none") {
  for (const uint32_t length : {0u, 1u, 2u, 3u}) {
    const auto all = breakpoints_of(with(1 | length << 18, 0x1007));
    REQUIRE(all.size() == 1);
    CHECK(all[0].condition == Condition::Execution);
    CHECK(all[0].first == 0x1007);
    CHECK(all[0].size == 1);
    CHECK(breakpoints_of(with(1 | 2 << 16 | length << 18, 0x1007)).empty());
  }
}

TEST_CASE("a breakpoint has a byte of an access, or it has not") {
  constexpr HardwareBreakpoint breakpoint{1, Condition::Write, 0x1004, 4};
  STATIC_CHECK(breakpoint.overlaps(0x1004, 1));
  STATIC_CHECK(breakpoint.overlaps(0x1007, 1));
  STATIC_CHECK_FALSE(breakpoint.overlaps(0x1003, 1));
  STATIC_CHECK_FALSE(breakpoint.overlaps(0x1008, 4));
  STATIC_CHECK(breakpoint.overlaps(0x1003, 2));
  STATIC_CHECK(breakpoint.overlaps(0x1000, 0x1000));
  constexpr HardwareBreakpoint lowest{1, Condition::Write, 0, 4};
  STATIC_CHECK(lowest.overlaps(0xFFFFFFFE, 4));
  STATIC_CHECK_FALSE(lowest.overlaps(0xFFFFFFFE, 2));
}

// 17.2.3
TEST_CASE("an exception writes B0 to B3 anew and clears nothing else") {
  DebugRegisters registers{.status = 0x4001, .due = 2};
  registers.raise();
  CHECK(registers.status == 0x4002);
  CHECK(registers.due == 0);
  registers.due = debug_status::kSingleStep;
  registers.raise();
  CHECK(registers.status == 0x4000);
}

}  // namespace
}  // namespace emu
