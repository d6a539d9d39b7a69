// The parts of reading an image's DWARF data (dwarf_reader.h), which only the reader's own files see, and
// with them libdwarf.
#pragma once

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/dwarf_reader.h"
#include "emulator/debugger/symbols/dwarf_session.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

// Opens the data of the image and of its companion as one.
DwarfSession open_session(const PortableExecutable& image, const DebugFiles& files);

// Each of these adds what it reads to `information`.
void read_lines(const DwarfSession& session, const Die& unit, DebugInformation& information);
void read_functions(const DwarfSession& session, const Die& unit, DebugInformation& information);
void read_unwind_rows(const DwarfSession& session, DebugInformation& information);

}  // namespace emu::debugger
