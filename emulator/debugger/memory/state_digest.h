// The state of a machine as one number, which two machines that did the same have in common.
#pragma once

#include <cstdint>

namespace emu {
class Kernel;
}

namespace emu::debugger {

// Hashes all of RAM (page tables are in it), which frame is on which list and where, and every thread's
// registers, by FNV-1a over 64-bit words.
uint64_t state_digest(const Kernel& kernel);

}  // namespace emu::debugger
