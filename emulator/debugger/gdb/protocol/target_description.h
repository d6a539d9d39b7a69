// The target description: which registers there are, in XML (GDB manual, appendix G "Target Descriptions").
#pragma once

#include <string>

namespace emu::debugger::gdb {

const std::string& target_description();

}  // namespace emu::debugger::gdb
