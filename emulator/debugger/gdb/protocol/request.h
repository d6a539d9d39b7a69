// What a client wants to happen next: how a session comes back to the engine.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "emulator/debugger/gdb/protocol/signal.h"
#include "emulator/debugger/gdb/protocol/thread_key.h"
#include "mm/base/types.h"

namespace emu::debugger::gdb {

// What one thread does until the next stop.
struct ThreadAction {
  enum class Kind : uint8_t {
    Continue,
    Step,       // one instruction
    StepRange,  // instructions until EIP is outside [begin, end); one at least
    Stay,       // stands still
  };
  Kind kind = Kind::Continue;
  // The signal that goes with it. For a thread that stopped at an exception: given, the guest's handlers get
  // the exception; None, it is forgotten.
  Signal signal = Signal::None;
  mm::VirtualAddress begin{}, end{};  // of StepRange

  bool operator==(const ThreadAction&) const = default;
};

// The guest runs until the next stop.
struct Resume {
  struct Rule {
    ThreadPattern threads;
    ThreadAction action;
    bool operator==(const Rule&) const = default;
  };
  std::vector<Rule> rules;

  // The first rule that covers the thread counts, threads that do not exist yet included; a thread that none
  // covers stands still.
  ThreadAction action_for(ThreadKey thread) const {
    for (const Rule& rule : rules)
      if (rule.threads.matches(thread)) return rule.action;
    return {ThreadAction::Kind::Stay};
  }
  bool operator==(const Resume&) const = default;
};

// The guest runs further for a monitor command, whose answer is due where it halts next. For the client it
// stands still meanwhile; what it believes of registers and threads is what it last read.
// Session::answer_monitor() goes on with it.
struct GoFurther {
  bool operator==(const GoFurther&) const = default;
};

struct KillAll {
  bool operator==(const KillAll&) const = default;
};
// The client lets go of every process: they run on unobserved.
struct DetachAll {
  bool operator==(const DetachAll&) const = default;
};
// The client has gone without a word, perhaps in the middle of a packet. Nothing of that packet was done.
struct Disconnected {
  bool operator==(const Disconnected&) const = default;
};

using Request = std::variant<Resume, GoFurther, KillAll, DetachAll, Disconnected>;

}  // namespace emu::debugger::gdb
