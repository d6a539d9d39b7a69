// How much of the memory manager's books is cross-checked after every service and fault.
#pragma once

#include <cstdint>

namespace mm {
class MemoryManager;
}

namespace emu {

enum class Verification : uint8_t {
  Off,
  Steps,       // what the step wrote; everything now and then, and when a process or the run ends
  Everything,  // always
};

void verify_books(Verification verification, mm::MemoryManager& memory);

inline void verify_step(Verification verification, mm::MemoryManager& memory) {
  if (verification != Verification::Off) verify_books(verification, memory);
}

}  // namespace emu
