// Finds the divisor of an instruction, since Windows tells a division by zero from a quotient that does not
// fit and the processor does not (both are #DE: Intel SDM volume 3, 6.15).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "emulator/cpu/registers.h"
#include "mm/base/types.h"

namespace emu {

// Where the divisor of DIV, IDIV or AAM is.
struct Divisor {
  enum class Place : uint8_t { Value, Memory };

  Place place = Place::Value;
  uint32_t value = 0;            // with Value
  mm::VirtualAddress address{};  // with Memory
  uint32_t bytes = 4;            // 1, 2 or 4
};

// Returns the divisor of the instruction at the start of `code`; none when it does not divide.
std::optional<Divisor> divisor_of(std::span<const uint8_t> code, const Registers& registers,
                                  mm::VirtualAddress teb);

}  // namespace emu
