// Why the guest stands still: what a session tells its client (GDB manual, E.3 "Stop Reply Packets").
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "emulator/debugger/gdb/protocol/signal.h"
#include "emulator/debugger/gdb/protocol/thread_key.h"
#include "mm/base/types.h"

namespace emu::debugger::gdb {

// A thread's stop, in more than its signal.
namespace reason {
struct Plain {};               // the signal says it all: an exception, an interrupt, a finished step
struct SoftwareBreakpoint {};  // EIP is at the breakpoint, not behind it
struct HardwareBreakpoint {};
struct Watchpoint {
  enum class Access : uint8_t { Write, Read, Any };  // what the watchpoint is on, not what was done
  Access access = Access::Write;
  mm::VirtualAddress address;  // of the data
};
struct Libraries {};  // DLLs were loaded or unloaded
struct NewProgram {   // the process runs another program from here on
  std::string path;
};
}  // namespace reason

using StopReason = std::variant<reason::Plain, reason::SoftwareBreakpoint, reason::HardwareBreakpoint,
                                reason::Watchpoint, reason::Libraries, reason::NewProgram>;

struct ThreadStopped {
  ThreadKey thread;
  Signal signal = Signal::Trap;
  StopReason reason;
  // For people: "access violation: read of 0x00000000". May be empty. LLDB shows it.
  std::string description;
};

// A process came to its end. A new process has no stop of its own: the client learns of it when one of its
// threads stops.
struct ProcessExited {
  ProcessId process;
  uint32_t code = 0;
};
struct ProcessTerminated {  // by an exception that nobody handled, or from outside
  ProcessId process;
  Signal signal = Signal::Kill;
};

// No thread that was resumed is left, while others stand still.
struct NothingResumed {};

using StopReply = std::variant<ThreadStopped, ProcessExited, ProcessTerminated, NothingResumed>;

}  // namespace emu::debugger::gdb
