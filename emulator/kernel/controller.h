// Who steers a machine: a debugger, or a limit. It is asked wherever a machine can be held or led elsewhere;
// while it answers nothing moves, and everything can be looked at. A machine has one, and
// refuses a second (Kernel::set_controller); who wants to steer besides another stands before it and passes
// on what it does not decide (Kernel::stand_before_controller, cli/limit_controller.h). Who only looks is a
// listener (listeners.h).
//
// Contract:
// - Being held costs the guest nothing: no virtual time, no page, no place in a queue. A machine that is held
//   often ends in the same state as one that never was.
// - All calls are "Outside": the processor's loop has been left; registers and memory may be changed.
#pragma once

#include <cstdint>

#include "emulator/cpu/stop.h"

namespace emu {

class Thread;
struct Exception;

class Controller {
 public:
  enum class Pace : uint8_t { Free, OneInstruction, NotNow, Quit };
  enum class Standstill : uint8_t { LookAgain, ForEver, Quit };
  enum class Disposition : uint8_t { Deliver, Swallow };

  virtual ~Controller() = default;

  // `thread` is current and about to run on: how. NotNow: another one, because it is held or suspended now.
  // Quit: the run ends here. Processes may be ended, this thread's own too.
  virtual Pace before_run(Thread& thread) = 0;
  // The processor came back, for whatever reason.
  virtual void after_run(Thread& thread, const Stop& stop) = 0;

  // No thread can run, and time will change nothing. LookAgain: it let some go that it made stand still.
  // ForEver: there are none.
  virtual Standstill on_standstill() = 0;

  // An exception of the current thread, whose registers are saved, EIP as its handlers would see it. Swallow:
  // the thread goes on there as if nothing had been.
  virtual Disposition on_exception(Thread& thread, const Exception& exception) = 0;
};

}  // namespace emu
