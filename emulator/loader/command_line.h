// A Windows program gets one string and takes it apart itself: this puts it together so that the C runtime
// and CommandLineToArgvW give back the same arguments (Microsoft, "Parsing C command-line arguments").
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace emu {

// Returns that string. `program` is the first argument, in which nothing is escaped; quotes in it are
// dropped.
std::string windows_command_line(std::string_view program, std::span<const std::string> arguments);

}  // namespace emu
