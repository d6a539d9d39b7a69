#include "emulator/cli/standard_files.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <initializer_list>

namespace emu {
namespace {

// Runs `check` in a process that has these files closed; its answer.
bool in_a_process_without(std::initializer_list<int> files, const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int file : files) close(file);
    reserve_standard_files();
    _exit(check() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool usable(int file) { return fcntl(file, F_GETFD) != -1; }

TEST_CASE("no file that is opened later becomes a standard one") {
  CHECK(in_a_process_without({0, 1, 2}, [] { return open("/dev/zero", O_RDWR) > 2; }));
  CHECK(in_a_process_without({1}, [] { return open("/dev/zero", O_RDWR) > 2; }));
}

TEST_CASE("what was closed fails as if it still were") {
  char byte = 0;
  CHECK(in_a_process_without({0}, [&] { return usable(0) && read(0, &byte, 1) == -1; }));
  CHECK(in_a_process_without({1}, [&] { return usable(1) && write(1, &byte, 1) == -1; }));
}

TEST_CASE("what was open stays") {
  CHECK(in_a_process_without({}, [] { return usable(0) && usable(1) && usable(2); }));
}

}  // namespace
}  // namespace emu
