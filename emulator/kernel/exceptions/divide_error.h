// Whether a divide error is a division by zero or a quotient that does not fit, which the processor does not
// say (both are #DE: Intel SDM volume 3, 6.15) and Windows does.
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

// Of the instruction at the start of `code`; none when it does not divide.
std::optional<Divisor> divisor_of(std::span<const uint8_t> code, const Registers& registers,
                                  mm::VirtualAddress teb);

}  // namespace emu
