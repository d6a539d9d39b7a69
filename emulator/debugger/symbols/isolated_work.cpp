#include "emulator/debugger/symbols/isolated_work.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <span>

namespace emu::debugger {
namespace {

using Bytes = std::vector<std::byte>;

void limit(__rlimit_resource_t resource, rlim_t value) {
  rlimit current{};
  getrlimit(resource, &current);
  current.rlim_cur = std::min(value, current.rlim_max);
  setrlimit(resource, &current);
}

// What RLIMIT_DATA counts, in bytes; a guest's RAM and a sanitizer's shadow are in it already.
rlim_t data_in_use() {
  rlim_t pages = 0;
  std::ifstream statistics("/proc/self/statm");
  for (int field = 0; field < 6; ++field) statistics >> pages;  // the sixth: proc(5), "statm"
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return true;
}

// The child's whole life. What it would say when it crashes (a sanitizer's report, say) is nobody's business.
[[noreturn]] void run_child(const std::function<Bytes()>& work, const WorkLimits& limits,
                            int result) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // when it is in vain, the limits below end it as well
  for (const int fatal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) signal(fatal, SIG_DFL);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, limits.seconds);
  limit(RLIMIT_DATA, data_in_use() + limits.memory);
  alarm(limits.seconds * 4);  // also when it waits
  const Bytes bytes = work();
  const std::byte finished{1};
  const bool written = write_all(result, bytes) && write_all(result, {&finished, 1});
  _exit(written ? 0 : 1);
}

Bytes read_until_end(int descriptor, size_t largest) {
  Bytes bytes;
  std::array<std::byte, 65536> buffer;
  while (bytes.size() <= largest) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + count);
  }
  return bytes;
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string why_it_ended(int status) {
  if (!WIFSIGNALED(status)) return "failed";
  const int by = WTERMSIG(status);
  return by == SIGXCPU || by == SIGALRM ? "took too long" : "crashed";
}

}  // namespace

tl::expected<Bytes, std::string> work_isolated(const std::function<Bytes()>& work, const WorkLimits& limits) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return tl::unexpected(fmt::format("could not begin: {}", std::strerror(errno)));
  const pid_t child = fork();
  if (child == 0) run_child(work, limits, ends[1]);
  const int error = errno;
  close(ends[1]);
  Bytes bytes = child < 0 ? Bytes{} : read_until_end(ends[0], limits.largest_result);
  close(ends[0]);
  if (child < 0) return tl::unexpected(fmt::format("could not begin: {}", std::strerror(error)));
  const bool too_much = bytes.size() > limits.largest_result;
  if (too_much) kill(child, SIGKILL);  // it may have ended by then
  const int status = wait_for(child);
  if (too_much) return tl::unexpected(std::string("gave too much"));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || bytes.empty())
    return tl::unexpected(why_it_ended(status));
  bytes.pop_back();  // the mark of the end
  return bytes;
}

}  // namespace emu::debugger
