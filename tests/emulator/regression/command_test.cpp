#include "emulator/regression/command.h"

#include <CLI/CLI.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "emulator/cli/scenario_vocabulary.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

// What a stream is given while this lives.
class Captured {
 public:
  explicit Captured(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
  ~Captured() { stream_.rdbuf(before_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  std::string text() const { return text_.str(); }

 private:
  std::ostream& stream_;
  std::ostringstream text_;
  std::streambuf* before_;
};

struct Told {
  int exit_code = 0;
  std::string out, errors;
};

Told test_command(const std::filesystem::path& path) {
  Told told;
  CLI::App app;
  const ScenarioVocabulary vocabulary;
  add_test_command(app, vocabulary, told.exit_code);
  const Captured out(std::cout), errors(std::cerr);
  app.parse("test " + path.string());
  told.out = out.text();
  told.errors = errors.text();
  return told;
}

// Scenarios run the executable that runs now: here the tests, which know no command `run` and fail.
TEST_CASE("A scenario that fails is exit code 1, and the report says so", "[regression]") {
  const ScratchFolder folder;
  std::ofstream(folder.path() / "fails.toml") << "program = 'a.exe'\nexpected.exit_code = 77\n";
  const Told told = test_command(folder.path());
  CHECK(told.exit_code == 1);
  CHECK_THAT(told.out, ContainsSubstring("FAIL  fails") && ContainsSubstring("expected exit code 77, got"));
  CHECK_THAT(told.out, EndsWith("0 passed, 1 failed\n"));
}

TEST_CASE("Every malformed scenario is named, nothing runs, and the exit code is 125", "[regression]") {
  const ScratchFolder folder;
  std::ofstream(folder.path() / "a.toml") << "program = 'a.exe'\ncolour = 1\n";
  std::ofstream(folder.path() / "b.toml") << "program = 'a.exe'\n";
  std::ofstream(folder.path() / "c.toml") << "\n\n[options\n";
  const Told told = test_command(folder.path());
  CHECK(told.exit_code == 125);
  CHECK(told.out.empty());
  CHECK_THAT(told.errors, ContainsSubstring("a.toml:2: unknown key \"colour\"") &&
                              ContainsSubstring("c.toml:3: ") && !ContainsSubstring("b.toml"));
}

TEST_CASE("A path that is not there is exit code 125", "[regression]") {
  const ScratchFolder folder;
  const std::string path = (folder.path() / "absent").string();
  const Told told = test_command(path);
  CHECK(told.exit_code == 125);
  CHECK(told.errors == "pagewalk: test: " + path + ": no such file or folder\n");
}

}  // namespace
}  // namespace emu
