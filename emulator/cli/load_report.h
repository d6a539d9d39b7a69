// Why a program could not be loaded, in one line.
#pragma once

#include <string>

#include "emulator/kernel/listeners.h"

namespace emu {

// Returns the line, for example "hello.exe: foo.dll was not found" or "hello.exe: bar is not exported by
// foo.dll".
std::string load_failure_text(const std::string& program, const LoadFailure& failure);

}  // namespace emu
