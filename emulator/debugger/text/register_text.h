// Registers as WinDbg's r shows them.
#pragma once

#include <string>

#include "emulator/cpu/registers.h"

namespace emu::debugger {

// Returns three lines: integer registers, the flags in words ("nv up ei pl zr na pe nc"), selectors.
std::string register_lines(const Registers& registers);

// Returns the flags in words ("ov" or "nv" and so on), in WinDbg's order.
std::string flag_words(uint32_t eflags);

}  // namespace emu::debugger
