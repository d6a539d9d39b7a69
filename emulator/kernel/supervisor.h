// Who may hold the machine: a debugger. It is asked wherever a machine can be held; while it answers nothing
// moves, and everything can be looked at.
//
// Contract:
// - Being held costs the guest nothing: no virtual time, no page, no place in a queue. A machine that is held
//   often ends in the same state as one that never was.
// - "Outside": the processor's loop has been left; registers and memory may be changed.
// - "Inside": the processor is in the middle of an access or a service. EIP is exact; registers and memory
//   may be read.
#pragma once

#include <cstdint>

#include "emulator/cpu/stop.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/processes/process.h"
#include "mm/base/fault.h"
#include "mm/inspect/fault_story.h"

namespace emu {

class Thread;

class Supervisor {
 public:
  enum class Pace : uint8_t { Free, OneInstruction, NotNow, Quit };
  enum class Standstill : uint8_t { LookAgain, ForEver, Quit };
  enum class Disposition : uint8_t { Deliver, Swallow };

  virtual ~Supervisor() = default;

  // Outside. `thread` is current and about to run on: how. NotNow: another one, because it is held or
  // suspended now. Quit: the run ends here. Processes may be ended, this thread's own too.
  virtual Pace before_run(Thread& thread) = 0;
  // Outside. The processor came back, for whatever reason.
  virtual void after_run(Thread& thread, const Stop& stop) = 0;

  // Outside. No thread can run, and time will change nothing. LookAgain: it let some go that it made stand
  // still. ForEver: there are none.
  virtual Standstill on_standstill() = 0;

  // Outside. An exception of the current thread, whose registers are saved, EIP as its handlers would see it.
  // Swallow: the thread goes on there as if nothing had been.
  virtual Disposition on_exception(Thread& thread, const Exception& exception) = 0;

  // Inside. A service begins, with its number (guest/abi/services.h) and the address of its arguments; it has
  // ended, with what it leaves in EAX.
  virtual void on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) = 0;
  virtual void on_service_end(Thread& thread, uint32_t number, uint32_t result) = 0;

  // Inside, or on behalf of a service or the loader (`thread` null: nobody's). The memory manager has not
  // acted yet; has acted.
  virtual void on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) = 0;
  virtual void on_fault_end(Process& process, const mm::FaultOutcome& outcome) = 0;

  // Anywhere. A thread, and with its first one a process, begins or is about to end; an image was mapped, or
  // goes.
  virtual void on_thread_begin(Thread& thread) = 0;
  virtual void on_thread_end(Thread& thread, uint32_t exit_code) = 0;
  virtual void on_process_end(Process& process, const ProcessEnd& end) = 0;
  virtual void on_image_load(Process& process, const LoadedImage& image) = 0;
  virtual void on_image_unload(Process& process, const LoadedImage& image) = 0;
};

}  // namespace emu
