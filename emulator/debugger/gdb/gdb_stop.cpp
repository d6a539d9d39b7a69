#include "emulator/debugger/gdb/gdb_stop.h"

#include <algorithm>
#include <string>

#include "emulator/debugger/text/halt_text.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"

namespace emu::debugger {
namespace {

using Kind = Halt::Kind;

gdb::Signal signal_of(const Halt& halt) {
  switch (halt.kind) {
    case Kind::Exception: return gdb::signal_of(halt.exception.status());
    case Kind::Break: return gdb::Signal::Interrupt;
    case Kind::Start:
    case Kind::Step:
    case Kind::Breakpoint:
    case Kind::DataAccess:
    case Kind::ProcessBegin:
    case Kind::ProcessEnd:
    case Kind::ThreadBegin:
    case Kind::ThreadEnd:
    case Kind::ImageLoad:
    case Kind::ImageUnload:
    case Kind::Service:
    case Kind::ServiceEnd:
    case Kind::Fault:
    case Kind::FaultStage:
    case Kind::FaultEnd:
    case Kind::Standstill:
    case Kind::GuestEnd: return gdb::Signal::Trap;
  }
  return gdb::Signal::Trap;
}

gdb::reason::Watchpoint::Access access_of(gdb::BreakpointKind kind) {
  using Access = gdb::reason::Watchpoint::Access;
  if (kind == gdb::BreakpointKind::Write) return Access::Write;
  return kind == gdb::BreakpointKind::Read ? Access::Read : Access::Any;
}

gdb::StopReason reason_of(const Halt& halt, const GdbTarget& target) {
  if (halt.kind == Kind::ImageLoad || halt.kind == Kind::ImageUnload) return gdb::reason::Libraries{};
  const gdb::Breakpoint* breakpoint = target.breakpoint(halt.breakpoint);
  if (breakpoint == nullptr) return gdb::reason::Plain{};
  if (halt.kind == Kind::DataAccess)
    // The client looks for its watchpoint at the address, so it is one that both have.
    return gdb::reason::Watchpoint{access_of(breakpoint->kind),
                                   std::max(halt.access.address, breakpoint->address)};
  if (halt.kind != Kind::Breakpoint) return gdb::reason::Plain{};
  if (breakpoint->kind == gdb::BreakpointKind::Hardware) return gdb::reason::HardwareBreakpoint{};
  return gdb::reason::SoftwareBreakpoint{};
}

// The first line of the words for people; nothing for what the client has words for itself.
std::string description_of(const Halt& halt, GdbTarget& target) {
  if (halt.kind == Kind::Break || halt.kind == Kind::Step || halt.kind == Kind::Start) return "";
  if (target.breakpoint(halt.breakpoint) != nullptr &&
      (halt.kind == Kind::Breakpoint || halt.kind == Kind::DataAccess))
    return "";
  const std::string text = halt_reason(target.session()).text;
  return text.substr(0, text.find('\n'));
}

}  // namespace

gdb::ThreadKey key_of(const Thread& thread) { return {{thread.process().id()}, {thread.id()}}; }

gdb::StopReply stop_of(const Halt& halt, GdbTarget& target) {
  return gdb::ThreadStopped{key_of(*halt.thread), signal_of(halt), reason_of(halt, target),
                            description_of(halt, target)};
}

gdb::StopReply stop_of(const Process& process, const ProcessEnd& end) {
  const gdb::ProcessId id{process.id()};
  if (end.kind == ProcessEnd::Kind::UnhandledException)
    return gdb::ProcessTerminated{id, gdb::signal_of(static_cast<mm::NtStatus>(end.exit_code))};
  return gdb::ProcessExited{id, end.exit_code};
}

}  // namespace emu::debugger
