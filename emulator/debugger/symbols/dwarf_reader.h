// Reads all that the debugger uses of an image's DWARF data, in one go.
#pragma once

#include <cstddef>
#include <span>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/debug_types.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

// Where an image's debugging data may lie.
struct DebugFiles {
  std::span<const std::byte> image;
  std::span<const std::byte> companion;  // empty: there is none (debug_link.h)
};

// Empty when there is none; what can be read when parts are damaged. Call it where a crash does no harm
// (isolated_work.h).
DebugInformation read_debug_information(const PortableExecutable& image, const DebugFiles& files);

// The same for types.
DebugTypes read_debug_types(const PortableExecutable& image, const DebugFiles& files);

}  // namespace emu::debugger
