#include "emulator/debugger/gdb/protocol/packets.h"

#include <array>
#include <cstdint>

namespace emu::debugger::gdb {
namespace {

enum class Arguments : uint8_t { None, Follow };

struct Packet {
  std::string_view name;
  Arguments arguments;
  PacketFunction* answer;
};

using enum Arguments;

// GDB manual, E.2 "Packets" and E.4 "General Query Packets"; for LLDB's, its "GDB Remote Protocol
// Extensions".
constexpr std::array kPackets = std::to_array<Packet>({
    {"?", None, tell_stop},
    {"D", Follow, detach},
    {"G", Follow, write_registers},
    {"g", Follow, read_registers},
    {"Hc", Follow, select_resumed_thread},
    {"Hg", Follow, select_thread},
    {"M", Follow, write_memory_as_digits},
    {"m", Follow, read_memory},
    {"X", Follow, write_memory_as_bytes},
    {"P", Follow, write_register},
    {"p", Follow, read_register},
    {"T", Follow, tell_thread_alive},
    {"Z", Follow, insert_breakpoint},
    {"z", Follow, remove_breakpoint},

    {"c", Follow, resume},
    {"C", Follow, resume_with_signal},
    {"s", Follow, step},
    {"S", Follow, step_with_signal},
    {"k", None, kill_all},
    {"vCont?", None, tell_resume_actions},
    {"vCont;", Follow, resume_by_rules},
    {"vKill;", Follow, kill_process},

    {"qSupported", Follow, tell_features},
    {"QStartNoAckMode", None, start_without_acknowledgements},
    {"qAttached", Follow, tell_attached},
    {"qSymbol:", Follow, tell_symbols_wanted},
    {"qRcmd,", Follow, run_monitor_command},
    {"qC", None, tell_current_thread},
    {"qfThreadInfo", None, tell_first_threads},
    {"qsThreadInfo", None, tell_more_threads},
    {"qThreadExtraInfo,", Follow, tell_thread_state},
    {"qGetTIBAddr:", Follow, tell_thread_block},
    {"qXfer:", Follow, transfer},
    {"vFile:", Follow, file_operation},

    {"qHostInfo", None, tell_host},
    {"qProcessInfo", None, tell_process},
    {"qFileLoadAddress:", Follow, tell_load_address},
    {"qMemoryRegionInfo:", Follow, tell_region},
    {"QThreadSuffixSupported", None, accept_thread_suffix},
    {"_M", Follow, allocate_memory},
    {"_m", Follow, free_memory},
});

bool matches(const Packet& known, std::string_view packet) {
  return known.arguments == Follow ? packet.starts_with(known.name) : packet == known.name;
}

}  // namespace

// No name with arguments begins another name, so the first match is the only one.
Answer answer_packet(Conversation& conversation, std::string_view packet) {
  for (const Packet& known : kPackets)
    if (matches(known, packet)) return known.answer(conversation, packet.substr(known.name.size()));
  return unsupported();
}

}  // namespace emu::debugger::gdb
