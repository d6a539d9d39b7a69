#include "emulator/kernel/services/service_parts.h"

#include "emulator/kernel/files/pipe_waker.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"

namespace emu {

ServiceParts service_parts(Kernel& kernel) {
  return {kernel.board(),           kernel.clock(),        kernel.console(),   kernel.faults(),
          kernel.listeners().lives, kernel.memory(),       kernel.objects(),   kernel.pipe_listener(),
          kernel.processes(),       kernel.times(),        kernel.scheduler(), kernel.contexts(),
          kernel.threads(),         kernel.user_threads(), kernel.volume(),    kernel.waits()};
}

}  // namespace emu
