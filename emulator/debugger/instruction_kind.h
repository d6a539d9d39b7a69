// What a step must know of the instruction that comes next. Through Capstone.
#pragma once

#include <cstdint>

#include "emulator/kernel/machine.h"

namespace emu::debugger {

struct NextInstruction {
  enum class Kind : uint8_t { Other, Call, Return, Repetition };

  Kind kind = Kind::Other;
  uint32_t size = 0;  // 0: it is none, or cannot be read
};

NextInstruction next_instruction(const Machine& machine, const Thread& thread, mm::VirtualAddress eip);

}  // namespace emu::debugger
