// Reads all that the debugger uses of an image's DWARF data, in one go.
#pragma once

#include <cstddef>
#include <span>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/debug_types.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

// The files that an image's debugging data may lie in.
struct DebugFiles {
  std::span<const std::byte> image;
  std::span<const std::byte> companion;  // empty: there is none (debug_link.h)
};

// Returns what the DWARF data says: nothing when there is none, and what can be read when parts are damaged.
// To be called where a crash does no harm (isolated_work.h).
DebugInformation read_debug_information(const PortableExecutable& image, const DebugFiles& files);

// Does the same for types.
DebugTypes read_debug_types(const PortableExecutable& image, const DebugFiles& files);

}  // namespace emu::debugger
