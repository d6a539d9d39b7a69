// One thread of a process, and what it waits for.
//
//   Ready     may run           Scheduler::add, Scheduler::wake
//   Waiting   until a time      Scheduler::block_until
//   Ended     never runs again  Scheduler::end
#pragma once

#include <cstdint>
#include <variant>

#include "emulator/cpu/registers.h"
#include "emulator/kernel/clock.h"
#include "emulator/kernel/exception.h"
#include "emulator/kernel/process.h"

namespace emu {

// The rights to a thread (Microsoft, "Thread Security and Access Rights").
namespace thread_access {
inline constexpr AccessMask kTerminate = 0x0001;
inline constexpr AccessMask kSuspendResume = 0x0002;
inline constexpr AccessMask kAlert = 0x0004;
inline constexpr AccessMask kGetContext = 0x0008;
inline constexpr AccessMask kSetContext = 0x0010;
inline constexpr AccessMask kSetInformation = 0x0020;
inline constexpr AccessMask kQueryInformation = 0x0040;
inline constexpr AccessMask kQueryLimitedInformation = 0x0800;
}  // namespace thread_access

class Thread final : public DispatcherObject {
 public:
  enum class State : uint8_t { Ready, Waiting, Ended };

  static constexpr ObjectType kType{"Thread", {0x20048, 0x20437, 0x121800, 0x1FFFFF}};
  const ObjectType& type() const override { return kType; }

  // Signalled once it has ended, for good.
  bool is_signalled_for(const Thread&) const override { return state_ == State::Ended; }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }
  void visit_references(ReferenceVisitor& visitor) const override { visitor.visit(*process_); }

  Thread(uint32_t id, Process& process, mm::VirtualAddress teb) : id_(id), process_(&process), teb_(teb) {}

  uint32_t id() const { return id_; }
  Process& process() const { return *process_; }
  mm::VirtualAddress teb() const { return teb_; }
  State state() const { return state_; }

  // What it would go on with: true only while another thread, or none, is on the processor.
  Registers registers;
  FloatingState floating_state;

  // What a service wants done that cannot be done inside the processor's loop; done when it has been left.
  // An exception is one of `registers` and `floating_state`; a change of context is to them.
  struct ContextChange {
    enum class Floating : uint8_t { Kept, Changed };
    Floating floating = Floating::Changed;
  };
  std::variant<std::monostate, Exception, ProcessEnd, ContextChange> pending;

  // Why its stack could not take the last exception; success when it could.
  mm::NtStatus stack_status = mm::NtStatus::Success;

  // Bytes that a write has moved which its thread goes on with by calling the service again.
  uint32_t moved_before = 0;

 private:
  friend class Scheduler;

  uint32_t id_;
  Ref<Process> process_;
  mm::VirtualAddress teb_;
  State state_ = State::Ready;
  Duration wakes_at_{0};  // while Waiting
};

}  // namespace emu
