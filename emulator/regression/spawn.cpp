#include "emulator/regression/spawn.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "emulator/regression/pipe.h"

extern char** environ;

namespace emu {
namespace {

// The child's part: becomes the program, or writes errno to `failure`. Others of our threads may have held
// any lock when it was made, so that it may only make calls that signal handlers may make (fork(2)).
[[noreturn]] void become(const SpawnRequest& request, char* const* arguments, pid_t parent, int failure) {
  // Who ignores a signal has his children ignore it, through execve as well (signal(7)): a program would then
  // see failing writes where it expects to end.
  (void)std::signal(SIGPIPE, SIG_DFL);
  const bool guarded = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (getppid() != parent) _exit(1);  // it ended before it was guarded against that
  const int input = open(request.input.c_str(), O_RDONLY | O_CLOEXEC);
  const bool ready = guarded && input >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
                     dup2(request.output, STDOUT_FILENO) >= 0 && dup2(request.errors, STDERR_FILENO) >= 0 &&
                     (request.channel < 0 || fcntl(request.channel, F_SETFD, 0) == 0);
  if (ready) execve(arguments[0], arguments, environ);
  const int error = errno;
  (void)!write(failure, &error, sizeof error);
  _exit(1);
}

}  // namespace

int spawn(const SpawnRequest& request, pid_t& child) {
  std::vector<char*> arguments;
  for (const std::string& argument : request.command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  Pipe failure;  // closed by execve
  if (!failure.open()) return errno;
  const pid_t parent = getpid();
  const pid_t made = fork();
  if (made == 0) become(request, arguments.data(), parent, failure.write.number());
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

}  // namespace emu
