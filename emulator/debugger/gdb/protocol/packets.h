// The packets that a client may send while the guest stands still, each with the function that answers it.
// The functions lie in *_packets.cpp, by subject.
#pragma once

#include <string_view>

#include "emulator/debugger/gdb/protocol/answer.h"
#include "emulator/debugger/gdb/protocol/conversation.h"

namespace emu::debugger::gdb {

// Answers any text at all: what is not known with the empty packet, what is not of its documented form with
// an error, and then nothing has changed.
Answer answer_packet(Conversation& conversation, std::string_view packet);

// Answers the packet whose name has been taken off.
using PacketFunction = Answer(Conversation&, std::string_view arguments);

// --- general_packets.cpp
PacketFunction tell_features, start_without_acknowledgements, tell_stop, tell_attached, tell_symbols_wanted,
    run_monitor_command;
// --- thread_packets.cpp
PacketFunction select_thread, select_resumed_thread, tell_current_thread, tell_first_threads,
    tell_more_threads, tell_thread_state, tell_thread_alive, tell_thread_block;
// --- register_packets.cpp
PacketFunction read_registers, write_registers, read_register, write_register;
// --- memory_packets.cpp
PacketFunction read_memory, write_memory_as_digits, write_memory_as_bytes, tell_region;
// --- breakpoint_packets.cpp
PacketFunction insert_breakpoint, remove_breakpoint;
// --- resume_packets.cpp
PacketFunction tell_resume_actions, resume_by_rules, resume, resume_with_signal, step, step_with_signal,
    kill_all, kill_process, detach;
// --- transfer_packets.cpp
PacketFunction transfer;
// --- file_packets.cpp
PacketFunction file_operation;
// --- lldb_packets.cpp
PacketFunction tell_host, tell_process, tell_load_address, accept_thread_suffix, allocate_memory, free_memory;

}  // namespace emu::debugger::gdb
