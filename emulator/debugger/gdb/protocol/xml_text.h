// What every XML document for a client has in common.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace emu::debugger::gdb {

// Returns the document as it goes over the wire: without line breaks, which cost and say nothing.
std::string to_text(const pugi::xml_document& document);

// Makes text of a guest's fit for XML 1.0, which has no way to write most control characters: they become
// '?'.
std::string xml_safe(std::string_view utf8);

}  // namespace emu::debugger::gdb
