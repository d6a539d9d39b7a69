// The process parameters (RTL_USER_PROCESS_PARAMETERS) with all strings and the environment behind them, as
// one block of bytes that holds its own addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emulator/kernel/processes/image_loader.h"
#include "mm/base/types.h"

namespace emu {

// Returns the small environment that every program which the user starts gets, the same on every host, sorted
// as Windows sorts it.
std::u16string default_environment();

// Returns the bytes that belong at `base`. How many they are does not depend on `base`.
std::vector<std::byte> process_parameters(const ProgramRequest& program, const StandardHandles& handles,
                                          mm::VirtualAddress base);

}  // namespace emu
