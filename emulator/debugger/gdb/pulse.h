// A heartbeat while the guest runs freely: a few times a second SIGALRM looks whether the client has said
// something, and only then brings the processor back (Engine::wake), so that the client is heard.
#pragma once

#include <csignal>

#include "emulator/debugger/engine/engine.h"
#include "emulator/debugger/gdb/protocol/transport.h"

namespace emu::debugger {

class Pulse {
 public:
  Pulse() = default;
  ~Pulse() { stop(); }
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  // Starts the pulse. There is only one at a time in the whole program.
  void start(Engine& engine, const gdb::Transport& client);
  void stop();
  // Tells whether there may be news since it was last asked.
  bool beaten();
};

}  // namespace emu::debugger
