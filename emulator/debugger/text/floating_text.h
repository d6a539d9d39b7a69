// The x87 and SSE registers as WinDbg's rF and rX show them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/cpu/registers.h"

namespace emu::debugger {

// Returns the unit's control, status and tag words, and its eight registers.
std::string x87_lines(const FloatingState& state);
// Writes a register in scientific notation with 22 digits, a blank or minus in front, then its sign, exponent
// and mantissa as they lie there: " 1.500000000000000000000e+0000 (0:3fff:c000000000000000)" for 1.5.
std::string x87_words(const FloatingState& state, size_t number);
// Sets ST(number).
void set_x87(FloatingState& state, size_t number, long double value);

// How the parts of an XMM register are read. Source: Microsoft, "r (Registers)".
struct VectorFormat {
  enum class Kind : uint8_t { Signed, Unsigned, Real };
  Kind kind = Kind::Real;
  size_t bytes = 4;  // of a part
  size_t count = 4;  // how many of them, from the lowest on
};
// Reads a format such as "16ub" or "d": a count, if any, and ib ub iw uw id ud iq uq f d. None when the text
// is no such format.
std::optional<VectorFormat> vector_format(std::string_view text);

std::string vector_lines(const FloatingState& state);
// Writes the parts of an XMM register, the highest first.
std::string vector_words(const FloatingState& state, size_t number, const VectorFormat& format = {});

}  // namespace emu::debugger
