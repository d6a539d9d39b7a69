#include "emulator/regression/child_streams.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "emulator/regression/deadline.h"

namespace emu {
namespace {

// Appends what there is to read. False at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  text.append(buffer.data(), static_cast<size_t>(count));
  return count > 0;
}

// The streams are closed; the process may yet live.
bool ends_before(const Descriptor& process, ChildStreams::Deadline deadline) {
  if (!process.valid()) return true;
  pollfd polled{process.number(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&polled, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready != 0;
}

}  // namespace

void ChildStreams::read_all(Deadline deadline, ChildResult& result) {
  std::array<pollfd, 2> polled{{{output_.read.number(), POLLIN, 0}, {errors_.read.number(), POLLIN, 0}}};
  const std::array<std::string*, 2> texts{&result.output, &result.errors};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    const int ready = poll(polled.data(), polled.size(), milliseconds_until(deadline));
    if (ready == 0) {
      result.end = ChildResult::End::TimedOut;
      return;
    }
    for (size_t i = 0; i < polled.size(); ++i) {
      if (ready > 0 && polled[i].revents != 0 && !drain(polled[i].fd, *texts[i])) polled[i].fd = -1;
      if (texts[i]->size() > kLargestOutput) {
        result.end = ChildResult::End::TooMuchOutput;
        return;
      }
    }
  }
}

void ChildStreams::collect(const Descriptor& process, Deadline deadline, ChildResult& result) {
  result.end = ChildResult::End::Exited;
  read_all(deadline, result);
  if (result.end == ChildResult::End::Exited && !ends_before(process, deadline))
    result.end = ChildResult::End::TimedOut;
}

void set_end(int status, ChildResult& result) {
  result.end = WIFEXITED(status) ? ChildResult::End::Exited : ChildResult::End::Signalled;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

}  // namespace emu
