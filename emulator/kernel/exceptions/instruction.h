// What kind of instruction some bytes are, as far as the kernel must know.
#pragma once

#include <cstdint>
#include <span>

#include "emulator/cpu/instruction_scan.h"

namespace emu {

// Whether ring 3 may not execute it whatever its operands are (Intel SDM volume 3, 5.9, and I/O: IOPL is 0).
bool is_privileged_instruction(std::span<const uint8_t> code);

// Whether LOCK is among its prefixes.
bool has_lock_prefix(std::span<const uint8_t> code);
// Whether `code` has nothing but prefixes.
bool has_no_opcode(std::span<const uint8_t> code);

}  // namespace emu
