// The process parameters (RTL_USER_PROCESS_PARAMETERS) with all strings and the environment behind them, as
// one block of bytes that holds its own addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mm/base/types.h"

namespace emu {

struct ProcessStrings {
  std::string image_path;    // "C:\hello.exe"
  std::string command_line;  // as windows_command_line() builds it
};

struct StandardHandles {
  uint32_t input, output, error;
};

// The same small environment for every process on every host, sorted as Windows sorts it.
std::u16string default_environment();

// The bytes that belong at `base`, and how many they are whatever `base` is.
std::vector<std::byte> process_parameters(const ProcessStrings& strings, const StandardHandles& handles,
                                          mm::VirtualAddress base);

}  // namespace emu
