// Reads all that the debugger uses of an image's DWARF data, in one go.
#pragma once

#include <cstddef>
#include <span>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/debug_types.h"
#include "emulator/debugger/symbols/dwarf_session.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

// Empty when there is none; what can be read when parts are damaged. Call it where a crash does no harm
// (isolated_work.h).
DebugInformation read_debug_information(const PortableExecutable& image, std::span<const std::byte> file);

// The same for types.
DebugTypes read_debug_types(const PortableExecutable& image, std::span<const std::byte> file);

// Its parts; each adds to the information.
void read_lines(const DwarfSession& session, const Die& unit, DebugInformation& information);
void read_functions(const DwarfSession& session, const Die& unit, DebugInformation& information);
void read_unwind_rows(const DwarfSession& session, DebugInformation& information);

}  // namespace emu::debugger
