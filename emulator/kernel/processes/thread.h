// One thread of a process: what it would go on with, what it waits for, how it is scheduled.
//
//   Ready     may run, unless it is suspended   Scheduler::make_ready
//   Waiting   for what `wait` says              Waits
//   Ended     never runs again                  Threads::end
//
// A thread can be suspended whatever it does; it runs only when it is ready and not suspended.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/cpu/registers.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/objects/dispatcher_object.h"
#include "emulator/kernel/processes/priority.h"
#include "emulator/kernel/processes/process_end.h"
#include "emulator/kernel/registers/debug_registers.h"
#include "emulator/kernel/time/processor_times.h"
#include "emulator/kernel/waits/thread_wait.h"

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
inline constexpr AccessMask kSetLimitedInformation = 0x0400;
inline constexpr AccessMask kQueryLimitedInformation = 0x0800;
}  // namespace thread_access

class Mutant;
class Process;

// A call that the thread makes when it next waits alertably (Microsoft, "Asynchronous Procedure Calls").
struct UserApc {
  uint32_t routine = 0;
  uint32_t arguments[3] = {};
  mm::PoolCharge charge{};  // to whoever queued it; a timer's is part of the timer
};

// How a thread of a process with an ntdll starts: its registers are those that RtlUserThreadStart gets, and
// before that LdrInitializeThunk runs, as an APC.
enum class FirstRun : uint8_t { Done, ThroughLoader };

class Thread final : public DispatcherObject {
 public:
  enum class State : uint8_t { Ready, Waiting, Ended };

  static constexpr ObjectType kType{
      "Thread",
      {0x20048, 0x20437, 0x121800, 0x1FFFFF},
      {{{thread_access::kQueryInformation, thread_access::kQueryLimitedInformation},
        {thread_access::kSetInformation, thread_access::kSetLimitedInformation}}}};
  const ObjectType& type() const override { return kType; }

  // Signalled once it has ended, for good.
  bool is_signalled_for(const Thread&) const override { return state_ == State::Ended; }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }
  void visit_references(ReferenceVisitor& visitor) const override;

  Thread(uint32_t id, Process& process, mm::VirtualAddress teb) : id_(id), process_(&process), teb_(teb) {}

  uint32_t id() const { return id_; }
  Process& process() const { return *process_; }
  mm::VirtualAddress teb() const { return teb_; }
  State state() const { return state_; }
  bool ended() const { return state_ == State::Ended; }
  uint32_t exit_code() const { return exit_code_; }
  int base_priority() const { return base_priority_; }
  int relative_priority() const { return relative_priority_; }  // to its process's class
  int current_priority() const { return priority_; }
  uint32_t suspend_count() const { return suspend_count_; }
  bool runnable() const { return state_ == State::Ready && suspend_count_ == 0; }
  // A debugger makes it stand still: it keeps its place in every queue, and others run first.
  bool held() const { return held_; }

  // What a thread keeps besides itself, in bytes: its places in the queues of what it waits for, 64 at most.
  static constexpr uint64_t kKeepsBesides = 4096;
  static constexpr uint32_t kStillActive = 0x103;  // STATUS_PENDING
  static constexpr uint32_t kMaximumSuspendCount = 127;

  // What the thread would go on with. These are true only while another thread, or none, has the processor.
  Registers registers;
  FloatingState floating_state;

  // The guest's debug registers, which are always true, since the emulated processor has none of its own.
  DebugRegisters debug_registers;

  // What a service wants done that cannot be done inside the processor's loop; done when it has been left.
  // An exception is one of `registers` and `floating_state`; a change of context is to them.
  struct ContextChange {
    enum class Floating : uint8_t { Kept, Changed };
    Floating floating = Floating::Changed;
  };
  std::variant<std::monostate, Exception, ProcessEnd, ThreadEnd, ContextChange> pending;

  ProcessorTimes times;

  // Why the thread's stack could not take the last exception; success when it could.
  mm::NtStatus stack_status = mm::NtStatus::Success;

  // Where the thread took a protection fault last; none when that instruction has taken another exception
  // since. The record that a guest hands back does not tell.
  std::optional<mm::VirtualAddress> protection_fault;

  ThreadWait wait;                     // Waits alone writes it
  std::vector<Mutant*> owned_mutants;  // abandoned when it ends
  mm::VirtualAddress stack{};          // the lowest reserved address; 0: none of ours
  mm::VirtualAddress start_address{};
  FirstRun first_run = FirstRun::Done;
  std::deque<UserApc> apcs;
  bool apc_due = false;           // the first APC is delivered before the thread runs on
  bool alerted = false;           // NtAlertThread
  bool alerted_by_id = false;     // NtAlertThreadByThreadId, for the next NtWaitForAlertByThreadId
  bool boost_disabled = false;    // SetThreadPriorityBoost: the end of a wait does not raise its priority
  bool hide_from_loader = false;  // no DLL hears of it (THREAD_CREATE_FLAGS_SKIP_THREAD_ATTACH)

  // Bytes that a write has moved which its thread goes on with by calling the service again.
  uint32_t moved_before = 0;

 private:
  friend class Scheduler;
  friend class Threads;
  friend class Waits;

  uint32_t id_;
  Ref<Process> process_;
  mm::VirtualAddress teb_;
  State state_ = State::Ready;
  uint32_t exit_code_ = kStillActive;

  // Scheduling.
  int relative_priority_ = 0;
  int base_priority_ = priority::kNormal;
  int priority_ = priority::kNormal;  // the base, or above it for a while
  uint32_t suspend_count_ = 0;
  bool held_ = false;
  Duration ready_since_{0};
  enum class Queued : uint8_t { No, Yes } queued_ = Queued::No;
  Thread* next_ready_ = nullptr;
  Thread* previous_ready_ = nullptr;
};

}  // namespace emu
