// A heartbeat while the guest runs freely: SIGALRM brings the processor back some times a second, so that
// somebody can be asked whether the guest is to halt. The guest does not notice (Engine::wake).
#pragma once

#include <csignal>

#include "emulator/debugger/engine.h"

namespace emu::debugger {

class Pulse {
 public:
  Pulse() = default;
  ~Pulse() { stop(); }
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  // One at a time in the whole program.
  void start(Engine& engine);
  void stop();
  // Whether it has beaten since it was last asked.
  bool beaten();
};

}  // namespace emu::debugger
