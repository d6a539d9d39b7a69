#include "emulator/debugger/gdb/protocol/xml_text.h"

#include <algorithm>
#include <sstream>

namespace emu::debugger::gdb {

std::string to_text(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  return text.str();
}

std::string xml_safe(std::string_view utf8) {
  std::string safe(utf8);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return safe;
}

}  // namespace emu::debugger::gdb
