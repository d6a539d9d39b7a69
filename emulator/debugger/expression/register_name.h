// Registers as expressions name them: whole ones, their 16- and 8-bit parts, flags and aliases.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/debugger/expression/expression_context.h"

namespace emu::debugger {

// A part of a register that the context knows: `bits` bits from bit `shift` on.
struct RegisterPart {
  std::string whole;
  uint32_t shift = 0;
  uint32_t bits = 32;

  uint64_t of(uint64_t value) const {
    return bits == 32 ? value : (value >> shift) & ((uint64_t{1} << bits) - 1);
  }
  // `value` with this part replaced.
  uint32_t with(uint32_t value, uint32_t part) const {
    if (bits == 32) return part;
    const uint32_t mask = ((uint32_t{1} << bits) - 1) << shift;
    return (value & ~mask) | ((part << shift) & mask);
  }
  bool operator==(const RegisterPart&) const = default;
};

// "ah" -> bits 8-15 of eax; "zf" -> bit 6 of efl; "$ip" -> eip, "$retreg" -> eax; any other name stands for
// itself. `name` without the @, in any case.
RegisterPart register_part(std::string_view name);

// As an expression has it: a whole register of 32 bits is extended by its sign, a pseudo-register is not.
std::optional<uint64_t> read_register(const ExpressionContext& context, std::string_view name);

}  // namespace emu::debugger
