// Messages between two processes of ours, over a pair of connected sockets (unix(7), SOCK_SEQPACKET): a kind,
// a number, and open files. What comes from the other side is checked: a message that is none is as good as
// its end.
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

// Both ends, closed by execve; none when the host has no more files to give.
std::optional<std::array<Descriptor, 2>> open_channel();

// False when the other side is gone. At most kMostChannelFiles files, which stay open here.
bool send_message(const Descriptor& channel, int32_t kind, int32_t value, std::span<const int> files = {});

// Waits for it, until `deadline` if there is one; none when the other side is gone, or time is over.
using ChannelDeadline = std::optional<std::chrono::steady_clock::time_point>;
std::optional<ChannelMessage> receive_message(const Descriptor& channel, ChannelDeadline deadline = {});

}  // namespace emu
