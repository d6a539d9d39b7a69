// An instruction in words, by Capstone.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mm/base/types.h"

namespace emu {

// The instruction that `code` begins with, as if it lay at `address`: "mov dword ptr [eax], 1", and how many
// bytes it has; "(no instruction)" and none when it is not one.
struct Disassembled {
  std::string text;
  size_t size = 0;
};
Disassembled disassemble(std::span<const uint8_t> code, mm::VirtualAddress address);

}  // namespace emu
