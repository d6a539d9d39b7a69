#include "tests/emulator/debugger/gdb/protocol/fake_run.h"

#include <poll.h>

#include <cstdio>

namespace emu::debugger::gdb::test {
namespace {

constexpr uint32_t kExitCode = 7;

}  // namespace

FakeRun::FakeRun(FakeTarget& target, Session& session) : target_(&target), session_(&session) {
  target.byte_at(kFirst, {event::kSpins}) = std::byte{0xeb};  // jmp $
  target.byte_at(kFirst, {event::kSpins + 1}) = std::byte{0xfe};
}

std::optional<StopReply> FakeRun::run(const Resume& resume) {
  const ThreadAction action = resume.action_for(kMain);
  if (action.kind == ThreadAction::Kind::Stay) return wait_for_interrupt();
  Signal signal = action.signal;
  while (true) {
    if (eip() == event::kSpins && action.kind == ThreadAction::Kind::Continue) return wait_for_interrupt();
    if (auto stop = execute(signal)) return stop;
    signal = Signal::None;
    const bool in_range = action.kind == ThreadAction::Kind::StepRange && eip() >= action.begin.value &&
                          eip() < action.end.value;
    if (auto stop = breakpoint_here()) return stop;
    if (action.kind != ThreadAction::Kind::Continue && !in_range)
      return stopped(Signal::Trap, reason::Plain{});
  }
}

std::optional<StopReply> FakeRun::wait_for_interrupt() {
  std::fputs("waiting\n", stderr);
  while (true) {
    switch (session_->poll()) {
      case Session::Event::Interrupt: return stopped(Signal::Interrupt, reason::Plain{});
      case Session::Event::Disconnected: return std::nullopt;
      case Session::Event::None: ::poll(nullptr, 0, 1); break;
    }
  }
}

// One instruction; a stop when it brings one.
std::optional<StopReply> FakeRun::execute(Signal signal) {
  switch (eip()) {
    case event::kPrints: session_->print("hello from the guest\n"); break;
    case event::kWrites: ++eip(); return write_data();
    case event::kFails:
      if (failed_at_ != eip()) {
        failed_at_ = eip();
        return stopped(Signal::SegmentationFault, reason::Plain{}, "access violation: read of 0x00000000");
      }
      failed_at_ = 0;
      if (signal != Signal::None) return end(ProcessTerminated{kFirst, signal});
      break;
    case event::kLoads:
      if (loaded_) break;
      loaded_ = true;
      return stopped(Signal::Trap, reason::Libraries{});
    case event::kSpins: return std::nullopt;
    case event::kEnds: return end(ProcessExited{kFirst, kExitCode});
    default: break;
  }
  ++eip();
  return std::nullopt;
}

std::optional<StopReply> FakeRun::write_data() {
  target_->byte_at(kFirst, event::kWritten) = std::byte{0x5a};
  for (const Breakpoint& breakpoint : target_->breakpoints(kFirst)) {
    const bool covers = event::kWritten.value - breakpoint.address.value < breakpoint.length;
    if (covers && breakpoint.kind == BreakpointKind::Write)
      return stopped(Signal::Trap, reason::Watchpoint{reason::Watchpoint::Access::Write, event::kWritten});
    if (covers && breakpoint.kind == BreakpointKind::Access)
      return stopped(Signal::Trap, reason::Watchpoint{reason::Watchpoint::Access::Any, event::kWritten});
  }
  return std::nullopt;
}

std::optional<StopReply> FakeRun::breakpoint_here() {
  for (const Breakpoint& breakpoint : target_->breakpoints(kFirst)) {
    if (breakpoint.address.value != eip()) continue;
    if (breakpoint.kind == BreakpointKind::Software)
      return stopped(Signal::Trap, reason::SoftwareBreakpoint{});
    if (breakpoint.kind == BreakpointKind::Hardware)
      return stopped(Signal::Trap, reason::HardwareBreakpoint{});
  }
  return std::nullopt;
}

StopReply FakeRun::end(StopReply how) {
  target_->end(kFirst);
  return how;
}

StopReply FakeRun::stopped(Signal signal, const StopReason& why, const char* description) const {
  return ThreadStopped{kMain, signal, why, description};
}

}  // namespace emu::debugger::gdb::test
