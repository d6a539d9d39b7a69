#include "emulator/regression/guarded_folder.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace emu {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail() {
  throw std::system_error(errno, std::generic_category(), "the temporary folder cannot be guarded");
}

// Nothing of our process but its end: who reads our output would wait for the guard, too.
void let_go_of_all_but(int lifeline) {
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
  const int kept = dup2(lifeline, STDERR_FILENO + 1);
  close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
}

// A group of its own, so that a key at the terminal does not end it together with what it guards.
void outlive_signals() {
  setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_IGN);
}

[[noreturn]] void guard(const fs::path& folder, int lifeline) {
  outlive_signals();
  let_go_of_all_but(lifeline);
  (void)!chdir("/");
  char word = 0;
  while (read(STDERR_FILENO + 1, &word, 1) < 0 && errno == EINTR) {
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  _exit(0);
}

}  // namespace

GuardedFolder::GuardedFolder() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) fail();
  const Descriptor read(ends[0]);
  lifeline_ = Descriptor(ends[1]);
  fcntl(read.number(), F_SETFD, FD_CLOEXEC);
  guard_ = fork();
  if (guard_ < 0) fail();
  if (guard_ == 0) guard(path(), read.number());
}

// A word instead of the end: a child that outlives us is not waited for.
GuardedFolder::~GuardedFolder() {
  (void)!write(lifeline_.number(), "x", 1);
  while (waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace emu
