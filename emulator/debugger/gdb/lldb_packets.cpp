// Packets of LLDB's without which it takes the guest for a program of the host's (LLDB, "GDB Remote Protocol
// Extensions").
#include <fmt/format.h>

#include "emulator/debugger/gdb/hex.h"
#include "emulator/debugger/gdb/packets.h"

namespace emu::debugger::gdb {
namespace {

constexpr std::string_view kTriple = "i386-pc-windows-gnu";

}  // namespace

Answer tell_host(Conversation&, std::string_view) {
  return reply(fmt::format("triple:{};ptrsize:4;endian:little;", to_hex(kTriple)));
}

Answer tell_process(Conversation& conversation, std::string_view) {
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  return reply(fmt::format("pid:{:x};triple:{};ostype:windows;ptrsize:4;endian:little;", process->value,
                           to_hex(kTriple)));
}

// Then register packets name their thread at their end, which we understand from anyone.
Answer accept_thread_suffix(Conversation&, std::string_view) { return ok(); }

}  // namespace emu::debugger::gdb
