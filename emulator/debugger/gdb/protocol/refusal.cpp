#include "emulator/debugger/gdb/protocol/refusal.h"

namespace emu::debugger::gdb {

Answer refusal(const Conversation& conversation, mm::NtStatus status, ErrorCode otherwise) {
  const bool in_access = status == mm::NtStatus::AccessDenied && !conversation.with_lldb;
  return in_access ? reply("E.the guest is in the middle of an access: monitor p finishes it")
                   : error(otherwise);
}

}  // namespace emu::debugger::gdb
