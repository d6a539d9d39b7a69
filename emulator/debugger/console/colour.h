// Colour for people: on a terminal only, and not where NO_COLOR (no-color.org) or TERM=dumb says so.
#pragma once

#include <cstdint>
#include <string>

namespace emu::debugger {

enum class Colour : uint8_t { None, Halt, Problem };

// Whether standard output takes it.
bool output_has_colour();

// The text, coloured line by line.
std::string coloured(const std::string& text, Colour colour);

}  // namespace emu::debugger
