#include "emulator/regression/guarded_folder.h"

#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

namespace emu {
namespace {

namespace fs = std::filesystem;

TEST_CASE("A guarded folder is gone, with what it holds, when its owner is", "[regression]") {
  std::optional<GuardedFolder> folder(std::in_place);
  const fs::path path = folder->path();
  fs::create_directories(path / "a/b");
  std::ofstream(path / "a/b/c") << "content";
  CHECK(fs::exists(path / "a/b/c"));
  folder.reset();
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("A guarded folder is gone soon after its process was killed", "[regression]") {
  const ScratchFolder outer;
  const pid_t child = fork();
  if (child == 0) {
    setenv("TMPDIR", outer.path().c_str(), 1);
    const GuardedFolder folder;
    std::ofstream(folder.path() / "file") << "content";
    std::ofstream(outer.path() / "ready") << "x";
    raise(SIGKILL);
  }
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(fs::exists(outer.path() / "ready"));
  const auto left = [&] { return std::distance(fs::directory_iterator(outer.path()), {}); };
  for (int i = 0; i < 3000 && left() > 1; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(left() == 1);
}

}  // namespace
}  // namespace emu
