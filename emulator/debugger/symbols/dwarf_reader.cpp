#include "emulator/debugger/symbols/dwarf_reader.h"

#include <algorithm>

#include "emulator/debugger/symbols/coff_file.h"
#include "emulator/debugger/symbols/debug_link.h"
#include "emulator/debugger/symbols/dwarf_parts.h"

namespace emu::debugger {

DwarfSession open_session(const PortableExecutable& image, const DebugFiles& files) {
  return {sections_of_both(CoffFile(files.image), CoffFile(files.companion)), image.preferred_base,
          image.size};
}

DebugInformation read_debug_information(const PortableExecutable& image, const DebugFiles& files) {
  DebugInformation information;
  const DwarfSession session = open_session(image, files);
  if (session.get() == nullptr) return information;
  for (const Die& unit : session.compilation_units()) {
    read_lines(session, unit, information);
    read_functions(session, unit, information);
  }
  read_unwind_rows(session, information);
  const auto by_begin = [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; };
  std::stable_sort(information.lines.begin(), information.lines.end(), by_begin);
  std::stable_sort(information.unwind.begin(), information.unwind.end(), by_begin);
  std::stable_sort(
      information.functions.begin(), information.functions.end(),
      [](const auto& a, const auto& b) { return a.ranges.front().begin < b.ranges.front().begin; });
  std::stable_sort(information.globals.begin(), information.globals.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return information;
}

}  // namespace emu::debugger
