#include "emulator/debugger/gdb/protocol/descriptor_transport.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace emu::debugger::gdb {
namespace {

enum class Direction : short { In = POLLIN, Out = POLLOUT };

// Whether the next read or write will not wait; that there is an error to be read counts.
bool ready(int descriptor, Direction direction, Transport::Patience patience) {
  pollfd polled{descriptor, static_cast<short>(direction), 0};
  int result = 0;
  do {
    result = ::poll(&polled, 1, patience == Transport::Patience::Wait ? -1 : 0);
  } while (result < 0 && errno == EINTR);
  return result != 0;
}

bool try_again(ssize_t result) { return result < 0 && (errno == EINTR || errno == EAGAIN); }

}  // namespace

DescriptorTransport::DescriptorTransport(Descriptor input, Descriptor output)
    : input_(std::move(input)), output_(std::move(output)) {
  // Writing to a client that has gone is an error like any other.
  std::signal(SIGPIPE, SIG_IGN);
}

Transport::Received DescriptorTransport::receive(std::span<char> to, Patience patience) {
  while (ready(input_.number(), Direction::In, patience)) {
    const ssize_t size = ::read(input_.number(), to.data(), to.size());
    if (size > 0) return {Received::State::Data, static_cast<size_t>(size)};
    if (!try_again(size)) return {Received::State::Closed, 0};
    if (patience == Patience::Poll) break;
  }
  return {Received::State::Nothing, 0};
}

bool DescriptorTransport::has_news() const {
  const int error = errno;
  const bool news = ready(input_.number(), Direction::In, Patience::Poll);
  errno = error;
  return news;
}

bool DescriptorTransport::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ready(output_.number(), Direction::Out, Patience::Wait);
    const ssize_t size = ::write(output_.number(), bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<size_t>(size));
    } else if (!try_again(size)) {
      return false;
    }
  }
  return true;
}

std::unique_ptr<Transport> standard_transport() {
  Descriptor input(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  Descriptor output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  const Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input.valid() || !output.valid() || !nothing.valid()) return nullptr;
  if (::dup2(nothing.number(), STDIN_FILENO) < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return nullptr;
  return std::make_unique<DescriptorTransport>(std::move(input), std::move(output));
}

}  // namespace emu::debugger::gdb
