#include "emulator/regression/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "emulator/regression/deadline.h"

namespace emu {
namespace {

using Head = std::array<int32_t, 2>;  // kind, value

// Room for the files, aligned as the host's headers must be (cmsg(3)).
union Ancillary {
  cmsghdr header;
  std::array<char, CMSG_SPACE(kMostChannelFiles * sizeof(int))> room;
};

bool is_ready(const Descriptor& channel, std::chrono::steady_clock::time_point deadline) {
  pollfd polled{channel.number(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&polled, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

std::vector<Descriptor> files_of(msghdr& message) {
  std::vector<Descriptor> files;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int file = -1;
      std::memcpy(&file, CMSG_DATA(part) + i * sizeof file, sizeof file);
      files.emplace_back(file);
    }
  }
  return files;
}

}  // namespace

std::optional<std::array<Descriptor, 2>> open_channel() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return std::nullopt;
  return std::array{Descriptor(ends[0]), Descriptor(ends[1])};
}

bool send_message(const Descriptor& channel, int32_t kind, int32_t value, std::span<const int> files) {
  Head head{kind, value};
  iovec part{head.data(), sizeof head};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!files.empty()) {
    message.msg_control = &ancillary;
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(rights), files.data(), files.size_bytes());
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(channel.number(), &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == ssize_t{sizeof head};
}

std::optional<ChannelMessage> receive_message(const Descriptor& channel, ChannelDeadline deadline) {
  if (deadline && !is_ready(channel, *deadline)) return std::nullopt;
  Head head{};
  iovec part{head.data(), sizeof head};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = &ancillary;
  message.msg_controllen = sizeof ancillary;
  ssize_t received = 0;
  do {
    received = recvmsg(channel.number(), &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return std::nullopt;
  std::vector<Descriptor> files = files_of(message);
  if (received != ssize_t{sizeof head} || (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0)
    return std::nullopt;
  return ChannelMessage{head[0], head[1], std::move(files)};
}

}  // namespace emu
