#include "emulator/regression/confinement.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <stdexcept>

#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

class Tree {
 public:
  Tree() {
    fs::create_directories(own() / "below");
    fs::create_directories(base() / "own-too");
    std::ofstream(base() / "secret") << "secret";
    std::ofstream(own() / "file") << "own";
    fs::create_directory_symlink(base(), own() / "up");
    fs::create_directory_symlink("below", own() / "down");
    fs::create_symlink(base() / "absent", own() / "dangling");
    fs::create_symlink("dangling", own() / "twice");
  }
  fs::path base() const { return fs::canonical(folder_.path()); }
  fs::path own() const { return base() / "own"; }
  fs::path place(const fs::path& path, Trust trust = Trust::Confined) const {
    return confined("it", path, own(), {own()}, trust);
  }

 private:
  ScratchFolder folder_;
};

TEST_CASE("What lies in a folder's tree is found there, whether it is there yet or not", "[regression]") {
  const Tree tree;
  CHECK(tree.place(".") == tree.own());
  CHECK(tree.place("file") == tree.own() / "file");
  CHECK(tree.place("below/new") == tree.own() / "below/new");
  CHECK(tree.place("down/new") == tree.own() / "below/new");
  CHECK(tree.place("down/../file") == tree.own() / "file");
  CHECK(tree.place("up/own/file") == tree.own() / "file");
  CHECK(tree.place(tree.own() / "new") == tree.own() / "new");
}

TEST_CASE("What leads out of a folder's tree is refused, unless it is trusted", "[regression]") {
  const Tree tree;
  for (const fs::path& path :
       {fs::path("/"), fs::path("/etc/passwd"), fs::path(".."), fs::path("../secret"), fs::path("../new"),
        fs::path("up"), fs::path("up/secret"), fs::path("up/new"), fs::path("below/../../new"),
        fs::path("../own-too"), fs::path("../own-too/new")}) {
    CAPTURE(path);
    CHECK_THROWS_MATCHES(tree.place(path), std::runtime_error,
                         Catch::Matchers::MessageMatches(
                             Catch::Matchers::StartsWith("it: " + path.string() + " leads out of")));
    CHECK(tree.place(path, Trust::Trusted) == tree.own() / path);
  }
}

// What is written through a link that leads nowhere is made where it leads.
TEST_CASE("A link that leads nowhere is refused, and so is a folder that is not there", "[regression]") {
  const Tree tree;
  for (const char* path : {"dangling", "twice", "absent/new"}) {
    CAPTURE(path);
    CHECK_THROWS_AS(tree.place(path), std::runtime_error);
  }
}

}  // namespace
}  // namespace emu
