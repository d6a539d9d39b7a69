#include "emulator/kernel/files/console.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace emu {
namespace {

mm::NtStatus status_of_errno(int error) {
  switch (error) {
    case EPIPE: return mm::NtStatus::PipeBroken;
    case ENOSPC:
    case EDQUOT: return mm::NtStatus::DiskFull;
    case EBADF: return mm::NtStatus::InvalidHandle;
    default: return mm::NtStatus::DeviceDataError;
  }
}

// Whether the call is worth making again: it was interrupted, or the file is not ready (and somebody made it
// non-blocking), which this waits for.
bool try_again(int file, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd ready{file, events, 0};
  poll(&ready, 1, -1);
  return true;
}

class HostConsole final : public Console {
 public:
  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override {
    const int file = stream == Stream::Output ? STDOUT_FILENO : STDERR_FILENO;
    while (!bytes.empty()) {
      const ssize_t count = ::write(file, bytes.data(), bytes.size());
      if (count < 0 && try_again(file, POLLOUT)) continue;
      if (count < 0) return status_of_errno(errno);
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return mm::NtStatus::Success;
  }

  mm::Result<uint32_t> read(std::span<std::byte> bytes) override {
    for (;;) {
      const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
      if (count >= 0) return static_cast<uint32_t>(count);
      if (!try_again(STDIN_FILENO, POLLIN)) return mm::fail(status_of_errno(errno));
    }
  }
};

}  // namespace

std::unique_ptr<Console> host_console() { return std::make_unique<HostConsole>(); }

}  // namespace emu
