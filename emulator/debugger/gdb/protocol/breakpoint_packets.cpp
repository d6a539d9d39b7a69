// Packets Z and z: `Z TYPE,ADDRESS,KIND`, in the process of the selected thread.
#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/debugger/gdb/protocol/packets.h"

namespace emu::debugger::gdb {
namespace {

constexpr uint32_t kLastType = 4;

bool watches_data(BreakpointKind kind) {
  return kind != BreakpointKind::Software && kind != BreakpointKind::Hardware;
}

// What follows TYPE. For a watchpoint, KIND is the length of the data; for a breakpoint, which on this
// processor is one byte long, it says nothing.
std::optional<Breakpoint> breakpoint(BreakpointKind kind, Scanner& scanner) {
  if (!scanner.skip(",")) return std::nullopt;
  const auto address = scanner.number();
  if (!address || !scanner.skip(",")) return std::nullopt;
  const auto length = scanner.number();
  if (!length || !scanner.at_end()) return std::nullopt;
  if (!watches_data(kind)) return Breakpoint{kind, {*address}, 1};
  const bool fits = *length > 0 && uint64_t{*address} + *length <= uint64_t{1} << 32;
  return fits ? std::optional(Breakpoint{kind, {*address}, *length}) : std::nullopt;
}

using Change = mm::Result<void> (Target::*)(ProcessId, const Breakpoint&);

Answer change_breakpoint(Conversation& conversation, std::string_view arguments, Change change) {
  Scanner scanner(arguments);
  const auto type = scanner.number();
  if (!type) return error(ErrorCode::Malformed);
  if (*type > kLastType) return unsupported();
  const auto wanted = breakpoint(static_cast<BreakpointKind>(*type), scanner);
  if (!wanted) return error(ErrorCode::Malformed);
  const auto process = conversation.selected_process();
  if (!process) return error(ErrorCode::NoSuchThread);
  return (conversation.target().*change)(*process, *wanted) ? ok() : error(ErrorCode::BadAddress);
}

}  // namespace

Answer insert_breakpoint(Conversation& conversation, std::string_view arguments) {
  return change_breakpoint(conversation, arguments, &Target::insert_breakpoint);
}

Answer remove_breakpoint(Conversation& conversation, std::string_view arguments) {
  return change_breakpoint(conversation, arguments, &Target::remove_breakpoint);
}

}  // namespace emu::debugger::gdb
