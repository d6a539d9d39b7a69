// Colour for people: only on a terminal, and not where NO_COLOR (no-color.org) or TERM=dumb forbids it.
#pragma once

#include <cstdint>
#include <string>

namespace emu::debugger {

enum class Colour : uint8_t { None, Halt, Problem };

// Tells whether standard output gets colour.
bool output_has_colour();

// Returns the text, coloured line by line.
std::string coloured(const std::string& text, Colour colour);

}  // namespace emu::debugger
