// What a gdb client is told of a halt.
#pragma once

#include "emulator/debugger/engine/halt.h"
#include "emulator/debugger/gdb/gdb_target.h"
#include "emulator/debugger/gdb/protocol/stop.h"

namespace emu::debugger {

gdb::ThreadKey key_of(const Thread& thread);

// Makes the stop of a halt that has a thread.
gdb::StopReply stop_of(const Halt& halt, GdbTarget& target);

// Makes the stop of a process that has ended.
gdb::StopReply stop_of(const Process& process, const ProcessEnd& end);

}  // namespace emu::debugger
