// How much of the memory manager's books is cross-checked after every service and fault.
#pragma once

#include <cstdint>

#include "mm/memory_manager.h"

namespace emu {

enum class Verification : uint8_t {
  Off,
  Steps,       // what the step wrote; everything now and then, and when a process or the run ends
  Everything,  // always
};

inline void verify_step(Verification verification, mm::MemoryManager& memory) {
  switch (verification) {
    case Verification::Off: return;
    case Verification::Steps: return memory.verify_step();
    case Verification::Everything: return memory.verify();
  }
}

}  // namespace emu
