// The registers of any thread, as guests see them (CONTEXT): those of the current thread are in the
// processor, those of the others where they were saved.
#pragma once

namespace abi {
struct Context;
}

namespace emu {

class Cpu;
class Thread;
struct Exception;

class ThreadContexts {
 public:
  explicit ThreadContexts(Cpu& cpu) : cpu_(cpu) {}

  // Saves the registers of the current thread, all of them.
  void save(Thread& current) const;

  // These read and write the parts that `context.ContextFlags` names. `current` has the processor; null:
  // nobody has. What is written to the current thread is its own only when the processor's loop has been left
  // (Thread::pending), and it answers its service with STATUS_SUCCESS.
  void get(const Thread* current, Thread& thread, abi::Context& context) const;
  void set(const Thread* current, Thread& thread, const abi::Context& context) const;

  // Raises an exception of the current thread, when the loop has been left, as if it had been where `context`
  // says.
  void raise_later(Thread& current, const Exception& exception, const abi::Context& context) const;

 private:
  void save_what_stays(Thread& thread, const abi::Context& context) const;

  Cpu& cpu_;
};

}  // namespace emu
