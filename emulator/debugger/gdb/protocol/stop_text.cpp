#include "emulator/debugger/gdb/protocol/stop_text.h"

#include <fmt/core.h>

#include <array>

#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/register_map.h"

namespace emu::debugger::gdb {
namespace {

constexpr std::array kExpedited = {kStackPointer, kFramePointer, kInstructionPointer};

std::string_view watch_name(reason::Watchpoint::Access access) {
  switch (access) {
    case reason::Watchpoint::Access::Write: return "watch";
    case reason::Watchpoint::Access::Read: return "rwatch";
    case reason::Watchpoint::Access::Any: return "awatch";
  }
  return "";
}

// The pair that tells the reason, where the client understands it.
struct ReasonText {
  const ClientFeatures& features;

  std::string operator()(const reason::Plain&) const { return ""; }
  std::string operator()(const reason::SoftwareBreakpoint&) const {
    return features.swbreak ? "swbreak:;" : "";
  }
  std::string operator()(const reason::HardwareBreakpoint&) const {
    return features.hwbreak ? "hwbreak:;" : "";
  }
  std::string operator()(const reason::Watchpoint& watch) const {
    return fmt::format("{}:{:x};", watch_name(watch.access), watch.address.value);
  }
  std::string operator()(const reason::Libraries&) const { return "library:;"; }
  std::string operator()(const reason::NewProgram& program) const {
    return features.exec_events ? "exec:" + to_hex(program.path) + ";" : "";
  }
};

std::string expedited(const Target& target, ThreadKey thread) {
  std::string text;
  const auto registers = target.read_registers(thread);
  if (!registers) return text;
  for (const uint32_t number : kExpedited)
    text += fmt::format("{:02x}:{};", number, *register_text(*registers, number));
  return text;
}

struct StopText {
  const Conversation& conversation;

  std::string operator()(const ThreadStopped& stop) const {
    std::string text = fmt::format("T{:02x}", static_cast<unsigned>(stop.signal));
    text += "thread:" + to_text(stop.thread, conversation.naming()) + ";";
    text += std::visit(ReasonText{conversation.features}, stop.reason);
    // LLDB's, which other clients pass over. Not with `reason:exception`: LLDB would then resume without the
    // signal.
    if (conversation.has_news_of_images(stop.thread.process)) text += "library:;";
    if (!stop.description.empty()) text += "description:" + to_hex(stop.description) + ";";
    return text + expedited(conversation.target(), stop.thread);
  }
  std::string operator()(const ProcessExited& exit) const {
    return fmt::format("W{:02x}", exit.code) + process(exit.process);
  }
  std::string operator()(const ProcessTerminated& end) const {
    return fmt::format("X{:02x}", static_cast<unsigned>(end.signal)) + process(end.process);
  }
  std::string operator()(const NothingResumed&) const {
    const auto thread = conversation.selected();
    if (conversation.features.no_resumed || !thread) return "N";
    return (*this)(ThreadStopped{*thread, Signal::None, reason::Plain{}, ""});
  }
  std::string process(ProcessId id) const {
    return conversation.features.multiprocess ? fmt::format(";process:{:x}", id.value) : "";
  }
};

}  // namespace

std::string stop_text(const Conversation& conversation) {
  return std::visit(StopText{conversation}, conversation.stop());
}

}  // namespace emu::debugger::gdb
