// A stop as a packet (GDB manual, E.3 "Stop Reply Packets").
#pragma once

#include <string>

#include "emulator/debugger/gdb/protocol/conversation.h"

namespace emu::debugger::gdb {

// Returns the packet of the conversation's stop. Registers that a client asks for at every stop come along.
std::string stop_text(const Conversation& conversation);

}  // namespace emu::debugger::gdb
