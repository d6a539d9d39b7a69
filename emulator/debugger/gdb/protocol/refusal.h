// What a client is told when registers or memory cannot be changed.
#pragma once

#include "emulator/debugger/gdb/protocol/answer.h"
#include "emulator/debugger/gdb/protocol/conversation.h"

namespace emu::debugger::gdb {

// Answers GDB, within an access (STATUS_ACCESS_DENIED), with a sentence that says what to do. LLDB knows
// numbers alone and gets `otherwise`, as for any other status. Every packet may be answered with a text (GDB
// manual, E.2 "Standard Replies"); for packets M and X versions before 16 say only that the memory cannot be
// accessed.
Answer refusal(const Conversation& conversation, mm::NtStatus status, ErrorCode otherwise);

}  // namespace emu::debugger::gdb
