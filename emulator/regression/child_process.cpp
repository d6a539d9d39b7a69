#include "emulator/regression/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "emulator/kernel/files/descriptor.h"

extern char** environ;

namespace emu {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  Descriptor read, write;

  bool open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    return true;
  }
};

// The child's part: becomes the program, or writes errno to `failure`. Others of our threads may have held
// any lock when it was made, so that it may only make calls that signal handlers may make (fork(2)).
[[noreturn]] void become(const ChildRequest& request, char* const* arguments, pid_t parent, int output,
                         int errors, int failure) {
  // Who ignores a signal has his children ignore it, through execve as well (signal(7)): a program would then
  // see failing writes where it expects to end.
  (void)std::signal(SIGPIPE, SIG_DFL);
  const bool guarded = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (getppid() != parent) _exit(1);  // it ended before it was guarded against that
  const int input = open(request.input.c_str(), O_RDONLY | O_CLOEXEC);
  const bool ready = guarded && input >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
                     dup2(output, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0;
  if (ready) execve(arguments[0], arguments, environ);
  const int error = errno;
  (void)!write(failure, &error, sizeof error);
  _exit(1);
}

// Returns errno, or 0 and the child's number. It ends with the thread that called.
int spawn(const ChildRequest& request, int output, int errors, pid_t& child) {
  std::vector<char*> arguments;
  for (const std::string& argument : request.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  Pipe failure;  // closed by execve
  if (!failure.open()) return errno;
  const pid_t parent = getpid();
  const pid_t made = fork();
  if (made == 0) become(request, arguments.data(), parent, output, errors, failure.write.number());
  if (made < 0) return errno;
  failure.write = Descriptor();
  int error = 0;
  ssize_t count = 0;
  do {
    count = read(failure.read.number(), &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  child = made;
  if (count == 0) return 0;
  while (waitpid(made, nullptr, 0) < 0 && errno == EINTR) {
  }
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
  std::array<pollfd, 2> polled{{{output.read.number(), POLLIN, 0}, {errors.read.number(), POLLIN, 0}}};
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
  if (process.number() < 0) return true;
  pollfd polled{process.number(), POLLIN, 0};
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
  result.code = have_pipes ? spawn(request, output.write.number(), errors.write.number(), child) : errno;
  if (result.code != 0) return result;
  output.write = Descriptor();
  errors.write = Descriptor();

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
