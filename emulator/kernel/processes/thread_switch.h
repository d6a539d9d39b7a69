// Takes threads off the processor: the port through which processes and threads that end leave it.
#pragma once

namespace emu {

class Process;
class Thread;

class ThreadSwitch {
 public:
  virtual ~ThreadSwitch() = default;

  // Saves the thread's registers and lets go of the processor when `thread` has it.
  virtual void take_off(const Thread& thread) = 0;
  // Does the same for any thread of `process`, and leaves its address space.
  virtual void take_off(const Process& process) = 0;
};

}  // namespace emu
