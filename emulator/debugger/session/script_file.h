// A file of debugger commands.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace emu::debugger {

// Returns the file's lines. A failure is a sentence: "FILE is a folder", "FILE cannot be opened: Permission
// denied".
tl::expected<std::vector<std::string>, std::string> read_script(const std::string& path);

}  // namespace emu::debugger
