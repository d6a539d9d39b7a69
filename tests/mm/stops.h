// Whether something stops the program, as an always-on check does: tried in a child process, so that the
// tests go on.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace mm::test {

// How a child process ends that does `action` and exits with what it returns; -1 when a signal ended it, -2
// when that was SIGABRT.
template <class Action>
int outcome_in_child(Action&& action) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // Catch2 has a handler of its own
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(30);  // what never ends has not stopped
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    _exit(action());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WTERMSIG(status) == SIGABRT ? -2 : -1;
}

template <class Action>
bool stops(Action&& action) {
  return outcome_in_child([&] { return action(), 0; }) == -2;
}

}  // namespace mm::test
