// How a program ends that does what it must not: tests run it in a process of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdio>
#include <string>

namespace mm::test {

struct Death {
  int status;
  std::string said;  // on standard error
};

// Runs `act` in a process of its own.
template <class Act>
Death die(Act act) {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  std::fflush(nullptr);  // or the child would print it again
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // the test framework's handler would report for the parent
    dup2(pipe_ends[1], STDERR_FILENO);
    act();
    _exit(0);
  }
  close(pipe_ends[1]);
  Death death{};
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = read(pipe_ends[0], buffer.data(), buffer.size())) > 0;) {
    death.said.append(buffer.data(), static_cast<size_t>(n));
  }
  close(pipe_ends[0]);
  waitpid(child, &death.status, 0);
  return death;
}

}  // namespace mm::test
