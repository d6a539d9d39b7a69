#include "emulator/cli/warm_stand.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>

#include "emulator/regression/channel.h"
#include "emulator/regression/warm_protocol.h"

namespace emu {
namespace {

using warm::Word;

bool send(const Descriptor& channel, Word word, int32_t value = 0, std::span<const int> files = {}) {
  return send_message(channel, static_cast<int32_t>(word), value, files);
}

bool is_empty(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

bool is_alone() {
  std::error_code error;
  const std::filesystem::directory_iterator threads("/proc/self/task", error);
  return !error && std::distance(begin(threads), end(threads)) == 1;
}

// Nothing has been said or read that the runs would have to.
bool is_fresh() {
  return is_empty(STDOUT_FILENO) && is_empty(STDERR_FILENO) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0 &&
         is_alone();
}

// The run's part. It ends with the machine that stands.
void become_run(const std::vector<Descriptor>& files, pid_t standing) {
  const bool guarded = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (!guarded || getppid() != standing) _exit(1);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (dup2(files[static_cast<size_t>(stream)].number(), stream) < 0) _exit(1);
}

// A run that could not be made known is one that nobody could end.
void end(pid_t run) {
  kill(run, SIGKILL);
  while (waitpid(run, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// False when nobody wants more.
bool report(const Descriptor& channel, pid_t run) {
  if (run < 0) return send(channel, Word::Refused, errno);
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, run, 0)));
  if (!process.valid()) {
    const int error = errno;
    end(run);
    return send(channel, Word::Refused, error);
  }
  if (!send(channel, Word::Begun, 0, std::array{process.number()})) {
    end(run);
    return false;
  }
  int status = 0;
  while (waitpid(run, &status, 0) < 0 && errno == EINTR) {
  }
  return send(channel, Word::Ended, status);
}

}  // namespace

bool WarmStand::serves(const RunArguments& arguments) {
  return arguments.root.empty() && arguments.clock == "virtual" && arguments.log_level == "off" &&
         arguments.statistics_file.empty();
}

// Whether this is the new run, or was the last one.
bool WarmStand::make_run() {
  auto request = receive_message(channel_);
  if (!request || request->kind != static_cast<int32_t>(Word::Run) ||
      request->files.size() != warm::kRunFiles)
    _exit(0);
  const pid_t standing = getpid();
  const pid_t run = fork();
  if (run != 0) return !report(channel_, run);
  become_run(request->files, standing);
  statistics_ = std::move(request->files.back());
  channel_ = Descriptor();
  left_ = true;
  return true;
}

void WarmStand::stand() {
  std::fflush(nullptr);
  if (!is_fresh() || !send(channel_, Word::Standing)) _exit(0);
  while (!make_run()) {
  }
  if (!left_) _exit(0);
}

}  // namespace emu
