// DebugInformation and DebugTypes as bytes, so that they can come out of another process.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/debug_types.h"

namespace emu::debugger {

std::vector<std::byte> to_bytes(const DebugInformation& information);

// Return what to_bytes wrote; none when the bytes are not exactly such. No bytes do any harm.
std::optional<DebugInformation> debug_information_from(std::span<const std::byte> bytes);

std::vector<std::byte> to_bytes(const DebugTypes& types);
std::optional<DebugTypes> debug_types_from(std::span<const std::byte> bytes);

}  // namespace emu::debugger
