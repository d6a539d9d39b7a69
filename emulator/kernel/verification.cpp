#include "emulator/kernel/verification.h"

#include "mm/memory_manager.h"

namespace emu {

void verify_books(Verification verification, mm::MemoryManager& memory) {
  verification == Verification::Everything ? memory.verify() : memory.verify_step();
}

}  // namespace emu
