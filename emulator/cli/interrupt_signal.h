// Ctrl-C under the debugger: SIGINT halts the guest at its next instruction, or at once while it waits for
// input.
#pragma once

#include "emulator/debugger/engine/engine.h"

namespace emu {

class InterruptSignal {
 public:
  // SIGINT halts the guest of `engine` as long as this lives, and does nothing afterwards. A process has one
  // SIGINT: a second InterruptSignal at the same time is a mistake of the program's own and stops it
  // (MM_CHECK).
  explicit InterruptSignal(debugger::Engine& engine);
  ~InterruptSignal();
  InterruptSignal(const InterruptSignal&) = delete;
  InterruptSignal& operator=(const InterruptSignal&) = delete;
};

}  // namespace emu
