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
  // Returns `value` with this part replaced.
  uint32_t with(uint32_t value, uint32_t part) const {
    if (bits == 32) return part;
    const uint32_t mask = ((uint32_t{1} << bits) - 1) << shift;
    return (value & ~mask) | ((part << shift) & mask);
  }
  bool operator==(const RegisterPart&) const = default;
};

// Returns what `name`, which is without the @ and in any case, stands for: "ah" for bits 8-15 of eax, "zf"
// for bit 6 of efl, "$ip" for eip, "$retreg" for eax; any other name stands for itself.
RegisterPart register_part(std::string_view name);

// Returns the value that a register has in an expression: a whole register of 32 bits is extended by its
// sign, a pseudo-register is not.
std::optional<uint64_t> read_register(const ExpressionContext& context, std::string_view name);

}  // namespace emu::debugger
