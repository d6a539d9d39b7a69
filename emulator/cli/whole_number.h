// A check for options that take a number.
#pragma once

#include <cstdint>
#include <string>

namespace emu {

// Returns an empty text when `text` is a decimal number from `least` to `most`, otherwise a sentence for the
// user.
std::string whole_number_problem(const std::string& text, uint64_t least, uint64_t most);

}  // namespace emu
