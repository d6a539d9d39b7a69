// The state of a machine as one number: two machines that did the same have the same.
#pragma once

#include <cstdint>

#include "emulator/kernel/machine.h"

namespace emu::debugger {

// Over all of RAM (page tables are in it), which frame is on which list and where, and every thread's
// registers. FNV-1a over 64-bit words.
uint64_t state_digest(const Machine& machine);

}  // namespace emu::debugger
