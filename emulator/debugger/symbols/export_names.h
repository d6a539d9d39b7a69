// The names that an image exports.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "emulator/debugger/symbols/symbol.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

// Returns the names in the order of the export table. Forwarders, which name no place in this image, are left
// out.
std::vector<Symbol> exported_symbols(const PortableExecutable& image, std::span<const std::byte> file);

}  // namespace emu::debugger
