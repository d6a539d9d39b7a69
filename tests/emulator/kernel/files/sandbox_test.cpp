#include "emulator/kernel/files/sandbox.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cerrno>
#include <string_view>
#include <thread>

#include "tests/emulator/kernel/files/host_folder.h"

namespace emu {
namespace {

using Path = std::vector<std::string>;

Sandbox sandbox_of(const test::HostFolder& host, Sandbox::Walk walk) {
  auto sandbox = Sandbox::open(host.root().string());
  REQUIRE(sandbox);
  sandbox->walk_by(walk);
  return std::move(*sandbox);
}

std::string text_of(const Descriptor& file) {
  std::array<char, 64> text;
  const ssize_t count = pread(file.number(), text.data(), text.size(), 0);
  return count < 0 ? "(unreadable)" : std::string(text.data(), static_cast<size_t>(count));
}

// The content of what the path names, or the errno.
std::string outcome(const Sandbox& sandbox, const Path& path) {
  const auto opened = sandbox.open(path, O_RDONLY);
  if (opened) return text_of(*opened);
  switch (opened.error()) {
    case EXDEV: return "EXDEV";
    case ELOOP: return "ELOOP";
    case ENOENT: return "ENOENT";
    case ENOTDIR: return "ENOTDIR";
    default: return std::to_string(opened.error());
  }
}

TEST_CASE("Both ways of walking reach what lies inside, and nothing else") {
  const auto walk = GENERATE(Sandbox::Walk::Kernel, Sandbox::Walk::Steps);
  CAPTURE(static_cast<int>(walk));
  const test::HostFolder host;
  host.folder("a/b");
  host.file("a/b/inside.txt", "inside");
  const Sandbox sandbox = sandbox_of(host, walk);
  const std::string secret = (host.outside() / "secret.txt").string();

  SECTION("plain paths") {
    CHECK(outcome(sandbox, {"a", "b", "inside.txt"}) == "inside");
    CHECK(outcome(sandbox, {"a", "b", "none.txt"}) == "ENOENT");
    CHECK(outcome(sandbox, {"a", "none", "inside.txt"}) == "ENOENT");
    CHECK(outcome(sandbox, {"a", "b", "inside.txt", "more"}) == "ENOTDIR");
    CHECK(sandbox.open(Path{}, O_PATH | O_DIRECTORY));
  }
  SECTION("links that stay inside") {
    host.link("to_file", "a/b/inside.txt");
    host.link("to_folder", "a/./b/");
    host.link("a/b/around", "../../a/b/inside.txt");
    host.link("a/up", "..");
    CHECK(outcome(sandbox, {"to_file"}) == "inside");
    CHECK(outcome(sandbox, {"to_folder", "inside.txt"}) == "inside");
    CHECK(outcome(sandbox, {"a", "b", "around"}) == "inside");
    CHECK(outcome(sandbox, {"a", "up", "a", "up", "to_folder", "around"}) == "inside");
  }
  SECTION("links that lead out") {
    host.link("absolute", secret);
    host.link("absolute_folder", host.outside().string());
    host.link("climbing", "../outside/secret.txt");
    host.link("climbing_folder", "../outside");
    host.link("a/deep", "../../outside/secret.txt");
    const std::string name = host.root().filename().string();
    host.link("a/back", "../../" + name + "/a/b/inside.txt");  // out and in again: out is out
    host.link("by_link", "a/deep");
    host.link("proc", "/proc/self/cwd");
    for (const Path& path : {Path{"absolute"},
                             {"absolute_folder", "secret.txt"},
                             {"climbing"},
                             {"climbing_folder", "secret.txt"},
                             {"a", "deep"},
                             {"a", "back"},
                             {"by_link"},
                             {"proc", "README.md"}}) {
      CAPTURE(path.front());
      CHECK(outcome(sandbox, path) == "EXDEV");
    }
  }
  SECTION("links in circles, and to nothing") {
    host.link("self", "self");
    host.link("ping", "pong");
    host.link("pong", "ping");
    host.link("dangling", "a/none");
    CHECK(outcome(sandbox, {"self"}) == "ELOOP");
    CHECK(outcome(sandbox, {"ping", "x"}) == "ELOOP");
    CHECK(outcome(sandbox, {"dangling"}) == "ENOENT");
  }
}

TEST_CASE("A path longer than the host takes is walked in steps") {
  const test::HostFolder host;
  const Sandbox sandbox = sandbox_of(host, Sandbox::Walk::Kernel);
  const Path path(40, std::string(200, 'x'));  // 8 KB
  const auto opened = sandbox.open(path, O_RDONLY);
  REQUIRE(!opened);
  CHECK(opened.error() == ENOENT);
}

// One thread makes a folder's name mean, in turn, a folder inside and a link to the folder outside; the other
// walks through it. What it reads must come from inside every time.
TEST_CASE("Somebody who swaps a folder for a link cannot win") {
  const auto walk = GENERATE(Sandbox::Walk::Kernel, Sandbox::Walk::Steps);
  const test::HostFolder host;
  host.folder("real");
  host.file("real/secret.txt", "inside");
  host.link("trap", "../outside");
  const Sandbox sandbox = sandbox_of(host, walk);
  std::atomic<bool> done = false;
  std::thread adversary([&] {
    const std::string door = (host.root() / "door").string(), real = (host.root() / "real").string(),
                      trap = (host.root() / "trap").string();
    while (!done) {
      (void)rename(real.c_str(), door.c_str());
      (void)rename(door.c_str(), real.c_str());
      (void)rename(trap.c_str(), door.c_str());
      (void)rename(door.c_str(), trap.c_str());
    }
  });
  int reached = 0, leaked = 0;
  // As often as it takes the other thread to have its turn.
  for (int i = 0; i < 20'000 || (reached == 0 && i < 20'000'000); ++i) {
    const auto opened = sandbox.open(Path{"door", "secret.txt"}, O_RDONLY);
    if (!opened) continue;
    ++(text_of(*opened) == "inside" ? reached : leaked);
  }
  done = true;
  adversary.join();
  CHECK(leaked == 0);
  CHECK(reached > 0);
}

}  // namespace
}  // namespace emu
