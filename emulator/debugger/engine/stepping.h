// A step under way: which thread, how far, and whether it is there.
#pragma once

#include <cstdint>
#include <optional>

#include "emulator/debugger/disassembly/disassembler.h"
#include "emulator/debugger/engine/halt.h"

namespace emu {
class Kernel;
}

namespace emu::debugger {

class Stepping {
 public:
  explicit Stepping(Kernel& kernel) : kernel_(kernel) {}

  // Begins a step of `thread`, whose registers are `registers`.
  void begin(Thread& thread, const Registers& registers, const Resume& resume);
  void cancel() { thread_ = nullptr; }
  bool active() const { return thread_ != nullptr; }
  bool of(const Thread& thread) const { return thread_ == &thread; }
  void forget(const Thread& thread) {
    if (of(thread)) cancel();
  }

  // Tells whether a string instruction that repeats is at `eip`.
  bool repeats_at(const Thread& thread, uint32_t eip) const;

  // Tells, before `thread` runs on, whether the step is done. When it is not, this prepares its next part.
  bool done(Thread& thread);
  // Says that the thread has run.
  void ran(const Thread& thread) {
    if (of(thread)) ran_ = true;
  }
  // Tells whether the thread's next instruction is to be executed alone; otherwise target() is where it will
  // be stopped.
  bool one_instruction(const Thread& thread) const { return of(thread) && !target_; }
  std::optional<mm::VirtualAddress> target() const { return active() ? target_ : std::nullopt; }

 private:
  void prepare(const Registers& registers);
  std::optional<Instruction> instruction_at(const Thread& thread, uint32_t eip) const;
  bool arrived(const Registers& registers) const;

  Kernel& kernel_;
  Disassembler disassembler_{AssemblySyntax::Intel};
  Thread* thread_ = nullptr;
  Resume resume_;
  uint32_t left_ = 0;
  std::optional<mm::VirtualAddress> target_;
  uint32_t stack_ = 0;  // ESP at the target, at least: else it is a recursive call's
  bool ran_ = false;
};

}  // namespace emu::debugger
