// Why a run of the machine is over.
#pragma once

#include <cstdint>

namespace emu {

// Stuck: every thread waits for something that only another one could do. Quit: the controller said so.
enum class RunEnd : uint8_t { ProcessesEnded, InstructionLimit, Stuck, Quit };

}  // namespace emu
