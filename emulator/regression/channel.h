// Messages between two processes of ours, over a pair of connected sockets (unix(7), SOCK_SEQPACKET): a kind,
// a number, and open files. What comes from the other side is checked; bytes that are no message count as the
// end of it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "emulator/kernel/files/descriptor.h"

namespace emu {

struct ChannelMessage {
  int32_t kind = 0;
  int32_t value = 0;
  std::vector<Descriptor> files{};
};

inline constexpr size_t kMostChannelFiles = 4;

// Makes both ends, which execve closes; none when the host has no more files to give.
std::optional<std::array<Descriptor, 2>> open_channel();

// Sends a message with at most kMostChannelFiles open files, which stay open here. Returns false when the
// other side is gone.
bool send_message(const Descriptor& channel, int32_t kind, int32_t value, std::span<const int> files = {});

// Waits for a message, until `deadline` if there is one. Returns none when the other side is gone or the time
// is over.
using ChannelDeadline = std::optional<std::chrono::steady_clock::time_point>;
std::optional<ChannelMessage> receive_message(const Descriptor& channel, ChannelDeadline deadline = {});

}  // namespace emu
