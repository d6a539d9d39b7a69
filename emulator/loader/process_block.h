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

// The same small environment for every program that the user starts, on every host, sorted as Windows sorts
// it.
std::u16string default_environment();

// The bytes that belong at `base`, and how many they are whatever `base` is.
std::vector<std::byte> process_parameters(const ProgramRequest& program, const StandardHandles& handles,
                                          mm::VirtualAddress base);

}  // namespace emu
