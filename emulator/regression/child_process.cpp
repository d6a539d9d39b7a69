#include "emulator/regression/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

extern char** environ;

namespace emu {
namespace {

using Clock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  void reset(int number = -1) {
    if (number_ >= 0) close(number_);
    number_ = number;
  }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;

  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
};

// Returns errno, or 0 and the child's number.
int spawn(const ChildRequest& request, int output, int errors, pid_t& child) {
  std::vector<char*> arguments;
  for (const std::string& argument : request.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, request.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  const int error = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Appends what there is to read. False at the end of the stream.
bool drain(int descriptor, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  text.append(buffer.data(), static_cast<size_t>(count));
  return count > 0;
}

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left, 0, 1'000'000'000));
}

// Reads both streams until both end, or a limit is passed: then the result's `end` says which.
void collect(Pipe& output, Pipe& errors, Clock::time_point deadline, ChildResult& result) {
  std::array<pollfd, 2> polled{{{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}}};
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

// The streams are closed; the process may yet live.
bool ends_before(pid_t child, Clock::time_point deadline) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  if (process.get() < 0) return true;
  pollfd polled{process.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&polled, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready != 0;
}

void reap(pid_t child, ChildResult& result) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (result.end == ChildResult::End::TimedOut || result.end == ChildResult::End::TooMuchOutput) return;
  result.end = WIFEXITED(status) ? ChildResult::End::Exited : ChildResult::End::Signalled;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

}  // namespace

ChildResult run_child(const ChildRequest& request) {
  ChildResult result;
  Pipe output, errors;
  pid_t child = -1;
  const bool have_pipes = output.open() && errors.open();
  result.code = have_pipes ? spawn(request, output.write.get(), errors.write.get(), child) : errno;
  if (result.code != 0) return result;
  output.write.reset();
  errors.write.reset();

  const Clock::time_point deadline = Clock::now() + request.timeout;
  result.end = ChildResult::End::Exited;
  collect(output, errors, deadline, result);
  if (result.end == ChildResult::End::Exited && !ends_before(child, deadline)) {
    result.end = ChildResult::End::TimedOut;
  }
  if (result.end != ChildResult::End::Exited) kill(child, SIGKILL);
  reap(child, result);
  return result;
}

}  // namespace emu
