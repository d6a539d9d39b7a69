// Memory for dumps and searches: every byte by itself, readable or not.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/debugger/memory/memory_view.h"

namespace emu::debugger {

using PeekedBytes = std::vector<std::optional<uint8_t>>;

// Reads `count` bytes from `from` on, fewer at the end of the address space; a byte that cannot be read is
// none.
PeekedBytes peek(const MemoryView& memory, mm::VirtualAddress from, uint32_t count);

}  // namespace emu::debugger
