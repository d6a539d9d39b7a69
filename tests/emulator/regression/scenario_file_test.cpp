#include "emulator/regression/scenario_file.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>

#include "emulator/regression/scenario_bounds.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::EndsWith;

// Every option takes every value but two.
class Vocabulary final : public RunVocabulary {
 public:
  std::string option_problem(const std::string& option, const std::string& value) const override {
    if (value != "zzz" && value != "-5") return "";
    return "'" + value + "' will not do for " + option;
  }
  bool has_counter(std::string_view path) const override {
    return path == "number" || path == "memory.faults.hard" || path == "processes[0].exit_code";
  }
};

tl::expected<Scenario, std::string> read(const fs::path& file, Trust trust = Trust::Confined) {
  return read_scenario(file, Vocabulary(), trust);
}

class ScenarioFiles {
 public:
  fs::path put(const std::string& name, const std::string& text) {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }
  const fs::path& folder() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
};

TEST_CASE("A scenario file says all that it may say", "[regression]") {
  ScenarioFiles files;
  files.put("printed.txt", "from a file\n");
  const auto scenario = read(files.put("all.toml", R"(
name = "everything"
description = "each key once"
program = "${guest}/hello.exe"
args = ["one", "two words"]
stdin = "typed\n"
timeout = 7
repeat = 3
same_with = [{ verify = true }, { log_level = "trace", log_file = "${scratch}/log" }]

[options]
ram = "16M"
pagefile = "256M:1G"
clock = "virtual"
max_instructions = 1000
verify = false

[expected]
exit_code = 126
stdout_file = "printed.txt"
stderr_contains = ["access violation"]
stderr_matches = ["^at 0x[0-9a-f]{8}$"]

[counters]
"memory.faults.hard" = { min = 1, max = 100 }
"processes[0].exit_code" = 5
)"));
  REQUIRE(scenario.has_value());
  CHECK(scenario->name == "everything");
  CHECK(scenario->description == "each key once");
  CHECK(scenario->program == "${guest}/hello.exe");
  CHECK(scenario->arguments == std::vector<std::string>{"one", "two words"});
  CHECK(scenario->input == "typed\n");
  CHECK(scenario->timeout == std::chrono::seconds(7));
  CHECK(scenario->repeat == 3);
  CHECK(scenario->options ==
        RunOptions{
            {"ram", "16M"}, {"pagefile", "256M:1G"}, {"clock", "virtual"}, {"max-instructions", "1000"}});
  CHECK(scenario->same_with ==
        std::vector<RunOptions>{{{"verify", ""}}, {{"log-level", "trace"}, {"log-file", "${scratch}/log"}}});
  CHECK(scenario->expected.exit_code == 126);
  CHECK(scenario->expected.output.exact == "from a file\n");
  CHECK(scenario->expected.errors.contains == std::vector<std::string>{"access violation"});
  CHECK(scenario->expected.errors.matches == std::vector<std::string>{"^at 0x[0-9a-f]{8}$"});
  REQUIRE(scenario->expected.counters.size() == 2);
  CHECK(scenario->expected.counters[0].path == "memory.faults.hard");
  CHECK(scenario->expected.counters[0].minimum == 1);
  CHECK(scenario->expected.counters[0].maximum == 100);
  CHECK(scenario->expected.counters[1].minimum == 5);
  CHECK(scenario->expected.counters[1].maximum == 5);
}

TEST_CASE("A scenario prepares files, and says what they must hold afterwards", "[regression]") {
  ScenarioFiles files;
  const auto scenario = read(files.put("files.toml", R"(
program = "a.exe"
[files]
"root/empty/" = ""
"root/a.txt" = "text"
"root/out" = { link = "${scratch}/outside" }
[expected.files]
"root/a.txt" = "changed"
"root/b.txt" = false
)"));
  REQUIRE(scenario.has_value());
  REQUIRE(scenario->scratch.size() == 3);
  for (const ScratchEntry& entry : scenario->scratch) {
    const bool folder = entry.path == "root/empty/", link = entry.path == "root/out";
    CHECK(entry.kind == (folder ? ScratchEntry::Kind::Folder
                                : (link ? ScratchEntry::Kind::Link : ScratchEntry::Kind::File)));
    CHECK(entry.text == (folder ? "" : (link ? "${scratch}/outside" : "text")));
  }
  CHECK(scenario->expected.files == std::map<std::string, std::optional<std::string>>{
                                        {"root/a.txt", "changed"}, {"root/b.txt", std::nullopt}});
}

TEST_CASE("A scenario needs nothing but a program", "[regression]") {
  ScenarioFiles files;
  const auto scenario = read(files.put("short.toml", "program = \"a.exe\"\n"));
  REQUIRE(scenario.has_value());
  CHECK(scenario->name == "short");
  CHECK(scenario->repeat == 1);
  CHECK(scenario->expected.exit_code == 0);
  CHECK_FALSE(scenario->expected.output.exact.has_value());
}

struct Mistake {
  const char* text;
  const char* complaint;
};

TEST_CASE("A mistake in a scenario file is named with its line", "[regression]") {
  static constexpr Mistake kMistakes[] = {
      {"program = 'a'\ncolour = 1\n", ".toml:2: unknown key \"colour\""},
      {"program = 'a'\n[files]\na = 1\n", ".toml:3: \"a\" must be a string or { link = }"},
      {"program = 'a'\n[files]\na = { to = 'b' }\n", ".toml:3: unknown key \"to\""},
      {"program = 'a'\n[files]\n'../a' = 'x'\n", ".toml:3: \"../a\" is no path below ${scratch}"},
      {"program = 'a'\n[files]\n'b' = 'x'\n'/a/' = ''\n", ".toml:4: \"/a/\" is no path below ${scratch}"},
      {"program = 'a'\n[expected.files]\n'a/../../b' = false\n",
       ".toml:3: \"a/../../b\" is no path below ${scratch}"},
      {"program = 'a'\n[expected.files]\na = true\n", ".toml:3: a file is its content, or false"},
      {"program = 'a'\n[options]\nram = '1M'\nrom = '1M'\n", ".toml:4: unknown option \"rom\""},
      {"program = 'a'\n[expected]\nstdout_like = 'x'\n", ".toml:3: unknown key \"stdout_like\""},
      {"program = 'a'\n[counters]\n'number' = { least = 1 }\n", ".toml:3: unknown key \"least\""},
      {"program = 'a'\n[counters]\n'number' = {}\n", ".toml:3: \"number\" has neither min nor max"},
      {"program = 'a'\n[counters]\n'number' = 'many'\n",
       ".toml:3: \"number\" must be an integer or { min = , max = }"},
      {"program = 'a'\n[counters]\nnumber = { min = 5, max = 1 }\n",
       ".toml:3: \"number\" has a min above its max"},
      {"program = 'a'\n[counters]\nnumber = 1\nsize = 1\n", ".toml:4: unknown counter \"size\""},
      {"program = '${gust}/a'\n", ".toml:1: there is no variable ${gust}"},
      {"program = 'a'\nargs = ['${guest}',\n'x${gust}']\n", ".toml:3: there is no variable ${gust}"},
      {"program = 'a'\n[files]\na = { link = '${gust}' }\n", ".toml:3: there is no variable ${gust}"},
      {"program = 'a'\n[options]\nroot = '${gust}'\n", ".toml:3: there is no variable ${gust}"},
      {"program = 'a'\n[options]\nverify = true\nram = 'zzz'\n", ".toml:4: 'zzz' will not do for ram"},
      {"program = 'a'\nsame_with = [{ verify = true },\n{ max_instructions = -5 }]\n",
       ".toml:3: '-5' will not do for max-instructions"},
      {"\nprogram = 5\n", ".toml:2: program must be a string"},
      {"name = 'x'\n", ".toml:1: program is missing"},
      {"program = 'a'\nargs = ['x', 1]\n", ".toml:2: args must hold strings"},
      {"program = 'a'\nrepeat = 0\n", ".toml:2: repeat must be 1 to 1000000"},
      {"program = 'a'\n[options]\nverify = 1\n", ".toml:3: verify must be true, false or a string"},
      {"program = 'a'\nsame_with = [{ speed = 1 }]\n", ".toml:2: unknown option \"speed\""},
      {"program = 'a'\n[expected]\nexit_code = 256\n", ".toml:3: exit_code must be 0 to 255"},
      {"program = 'a'\n[expected]\nstdout_matches = ['(']\n", ".toml:3: \"(\": missing ): ("},
      {"program = 'a'\n[expected]\nstdout_matches = ['a',\n'(']\n", ".toml:4: \"(\": missing ): ("},
      {"program = 'a'\n[expected]\nstdout = 'x'\nstdout_file = 'x'\n",
       ".toml:4: either stdout or stdout_file, not both"},
      {"program = 'a'\n[expected]\nexit_code = 1\nstderr_file = '/dev/null'\n",
       ".toml:4: stderr_file: /dev/null leads out of what a scenario may use (test --trust lets it)"},
      {"program = \"a\\u0000\"\n", ".toml:1: a NUL character cannot be passed on"},
      {"program = 'a'\nargs = ['x',\n\"a\\u0000b\"]\n", ".toml:3: a NUL character cannot be passed on"},
      {"program = 'a'\n[options]\nroot = \"a\\u0000b\"\n", ".toml:3: a NUL character cannot be passed on"},
      {"program = 'a'\nname = \"a\\nb\"\n", ".toml:2: a name has no control characters"},
      {"program = 'a'\n\"a\\nb\" = 1\n", ".toml:2: unknown key \"a?b\""},
  };
  ScenarioFiles files;
  for (const Mistake& mistake : kMistakes) {
    CAPTURE(mistake.text);
    const auto scenario = read(files.put("mistake.toml", mistake.text));
    REQUIRE_FALSE(scenario.has_value());
    CHECK_THAT(scenario.error(), EndsWith(mistake.complaint));
  }
}

TEST_CASE("Broken TOML and missing files are complaints, not crashes", "[regression]") {
  ScenarioFiles files;
  CHECK_THAT(read(files.put("broken.toml", "program = 'a'\n= 5\n")).error(),
             Catch::Matchers::ContainsSubstring("broken.toml:2: "));
  CHECK_FALSE(read(files.folder() / "absent.toml").has_value());
  CHECK_THAT(read(files.put("file.toml", "program = 'a'\n[expected]\nstdout_file = 'absent.txt'\n")).error(),
             EndsWith("absent.txt cannot be opened: No such file or directory"));
}

// The first is what once exhausted the parser's stack.
TEST_CASE("A text that asks too much of the parser is refused", "[regression]") {
  ScenarioFiles files;
  std::string dotted = "program = 'a'\na";
  for (int i = 1; i < 50'000; ++i) dotted += ".a";
  CHECK_THAT(read(files.put("dots.toml", dotted + " = 1\n")).error(),
             EndsWith("dots.toml:2: a key has more than 16 parts"));
  const std::string nested = "a = " + std::string(200'000, '[');
  CHECK_THAT(read(files.put("nested.toml", nested)).error(),
             EndsWith("nested.toml:1: values are nested more than 16 deep"));
  const std::string large = "program = 'a' #" + std::string(kLargestScenario, '.');
  CHECK_THAT(read(files.put("large.toml", large)).error(), EndsWith("large.toml is larger than 1 MB"));
}

TEST_CASE("A scenario's expected output lies in its folder's tree, unless it is trusted", "[regression]") {
  ScenarioFiles files;
  const auto expecting = [&](const std::string& name) {
    return files.put("folder/s.toml", "program = 'a'\n[expected]\nstdout_file = '" + name + "'\n");
  };
  files.put("secret", "secret");
  files.put("folder/below/own", "own");
  fs::create_symlink(files.folder() / "secret", files.folder() / "folder/out");
  fs::create_symlink("below/own", files.folder() / "folder/in");
  for (const std::string& name : {std::string("../secret"), std::string("out"),
                                  std::string("below/../../secret"), (files.folder() / "secret").string()}) {
    CAPTURE(name);
    CHECK_THAT(read(expecting(name)).error(),
               Catch::Matchers::ContainsSubstring("leads out of what a scenario may use"));
    const auto trusted = read(expecting(name), Trust::Trusted);
    REQUIRE(trusted.has_value());
    CHECK(trusted->expected.output.exact == "secret");
  }
  for (const char* name : {"in", "below/own", "below/../below/own"}) {
    const auto own = read(expecting(name));
    REQUIRE(own.has_value());
    CHECK(own->expected.output.exact == "own");
  }
}

TEST_CASE("Folders give their scenarios in the order of their names", "[regression]") {
  ScenarioFiles files;
  files.put("b.toml", "");
  files.put("a/z.toml", "");
  files.put("a/notes.txt", "");
  files.put("c.toml", "");
  const auto found = find_scenarios({files.folder() / "c.toml", files.folder()});
  REQUIRE(found.has_value());
  CHECK(*found == std::vector<fs::path>{files.folder() / "c.toml", files.folder() / "a/z.toml",
                                        files.folder() / "b.toml", files.folder() / "c.toml"});
}

TEST_CASE("A path without scenarios is a complaint", "[regression]") {
  ScenarioFiles files;
  CHECK_THAT(find_scenarios({files.folder()}).error(), EndsWith("no scenario (*.toml) below it"));
  CHECK_THAT(find_scenarios({files.folder() / "absent"}).error(), EndsWith("no such file or folder"));
}

}  // namespace
}  // namespace emu
