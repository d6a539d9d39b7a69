#include "emulator/regression/scratch_files.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <filesystem>
#include <fstream>

#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Message;
using Kind = ScratchEntry::Kind;

// A scratch folder with a secret beside it.
class Place {
 public:
  Place() {
    fs::create_directory(folder());
    fs::create_directory(outside());
    std::ofstream(outside() / "secret") << "secret";
  }
  ScratchFiles files() const { return ScratchFiles(folder().string()); }
  fs::path folder() const { return both_.path() / "scratch"; }
  fs::path outside() const { return both_.path() / "outside"; }
  size_t files_outside() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(outside()), {}));
  }

 private:
  ScratchFolder both_;
};

TEST_CASE("What is put into a scratch folder is there", "[regression]") {
  const Place place;
  place.files().put({"a/b/text", Kind::File, "content"});
  place.files().put({"a/empty/", Kind::Folder, ""});
  place.files().put({"a/link", Kind::Link, "b/text"});
  CHECK(fs::is_empty(place.folder() / "a/empty"));
  CHECK(fs::read_symlink(place.folder() / "a/link") == "b/text");
  CHECK(place.files().read("a/b/text") == "content");
  CHECK(place.files().read("a/link") == "content");
  CHECK_FALSE(place.files().read("a/empty").has_value());
  CHECK_FALSE(place.files().read("a/absent").has_value());
  CHECK_FALSE(place.files().read("a/b/text/below").has_value());
}

TEST_CASE("Paths that climb, begin at the root or have no name are no scratch paths", "[regression]") {
  for (const char* path : {"a", "a/b", "a/", "a b/..c", "...", "a/.b"}) {
    CAPTURE(path);
    CHECK(is_scratch_path(path));
  }
  for (const char* path : {"", "/", "..", "../a", "a/..", "a/../b", "a/../../b", "/a", "//a", "a//b", "a//",
                           ".", "./a", "a/./b"}) {
    CAPTURE(path);
    CHECK_FALSE(is_scratch_path(path));
  }
  CHECK_FALSE(is_scratch_path(std::string_view("a\0b", 3)));
}

TEST_CASE("Nothing is written or read through a link that leads out of a scratch folder", "[regression]") {
  const Place place;
  const ScratchFiles files = place.files();
  for (const std::string& target : {std::string("../outside"), place.outside().string()}) {
    CAPTURE(target);
    fs::remove(place.folder() / "out");
    files.put({"out", Kind::Link, target});
    const auto leads_out = [](const char* path) {
      return Message(std::string("${scratch}/") + path + ": leads out of it");
    };
    CHECK_THROWS_MATCHES(files.put({"out/new", Kind::File, "x"}), std::runtime_error, leads_out("out"));
    CHECK_THROWS_MATCHES(files.put({"out/new/", Kind::Folder, ""}), std::runtime_error, leads_out("out/new"));
    CHECK_THROWS_MATCHES(files.put({"out/new", Kind::Link, "x"}), std::runtime_error, leads_out("out"));
    CHECK_THROWS_MATCHES(files.read("out/secret"), std::runtime_error, leads_out("out/secret"));
  }
  files.put({"dangling", Kind::Link, "../outside/new"});
  CHECK_THROWS_AS(files.put({"dangling", Kind::File, "x"}), std::runtime_error);
  CHECK_THROWS_AS(files.put({"dangling/", Kind::Folder, ""}), std::runtime_error);
  CHECK(place.files_outside() == 1);
}

}  // namespace
}  // namespace emu
