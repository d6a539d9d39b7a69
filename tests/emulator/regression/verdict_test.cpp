#include "emulator/regression/verdict.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>

#include "emulator/regression/report.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;

// A folder with a script that takes the place of the pagewalk executable.
class Place {
 public:
  explicit Place(const std::string& script) {
    std::ofstream(surroundings().pagewalk) << "#!/bin/sh\n" << script;
    fs::permissions(surroundings().pagewalk, fs::perms::owner_all);
    fs::create_directory(surroundings().guest);
  }
  Surroundings surroundings() const { return {folder_.path() / "pagewalk", folder_.path() / "guest"}; }
  Scenario scenario() const {
    Scenario scenario;
    scenario.file = folder_.path() / "scenario.toml";
    scenario.name = "a scenario";
    scenario.program = "${guest}/hello.exe";
    return scenario;
  }
  fs::path folder() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
};

TEST_CASE("A scenario runs `pagewalk run` with its options, program and arguments", "[regression]") {
  const Place place("for word; do case $word in --stats-file=*) ;; *) echo \"$word\";; esac; done\n");
  Scenario scenario = place.scenario();
  scenario.options = {{"ram", "16M"}, {"verify", ""}};
  scenario.arguments = {"two words", "${scenario}/data"};
  const Outcome outcome = run_scenario(scenario, {{"ram", "4M"}}, place.surroundings());
  CHECK(outcome.child.output == "run\n--stats=json\n--ram=4M\n--verify\n" + place.folder().string() +
                                    "/guest/hello.exe\ntwo words\n" + place.folder().string() + "/data\n");
}

TEST_CASE("Statistics come from the file that the run was told to write", "[regression]") {
  const Place place(R"(
for word; do case $word in --stats-file=*) echo '{"n": 5}' > "${word#--stats-file=}";; esac; done
cat)");
  Scenario scenario = place.scenario();
  scenario.input = "typed\n";
  scenario.expected.output.exact = "typed\n";
  scenario.expected.counters = {{"n", 5, 5}};
  CHECK(judge(scenario, place.surroundings()).failures.empty());
  scenario.expected.counters = {{"n", 6, {}}};
  CHECK_FALSE(judge(scenario, place.surroundings()).passed());
}

TEST_CASE("A scratch folder is each run's own, and gone afterwards", "[regression]") {
  const Place place("for last; do :; done; ls \"$last\"; touch \"$last/left\"; echo \"$last\" >&2\n");
  Scenario scenario = place.scenario();
  scenario.arguments = {"${scratch}"};
  const Outcome outcome = run_scenario(scenario, {}, place.surroundings());
  CHECK(outcome.child.output.empty());
  REQUIRE(outcome.child.errors.size() > 1);
  CHECK_FALSE(fs::exists(outcome.child.errors.substr(0, outcome.child.errors.size() - 1)));
}

TEST_CASE("A scenario whose files lie behind a link out of its scratch folder fails", "[regression]") {
  const Place place("exit 0\n");
  using Kind = ScratchEntry::Kind;
  std::ofstream(place.folder() / "secret") << "secret";
  Scenario scenario = place.scenario();
  scenario.scratch = {{"out", Kind::Link, place.folder().string()}};
  CHECK(judge(scenario, place.surroundings()).passed());
  scenario.expected.files["out/secret"] = "secret";
  CHECK(judge(scenario, place.surroundings()).failures ==
        std::vector<std::string>{"${scratch}/out/secret: leads out of it"});
  scenario.scratch.push_back({"out/new", Kind::File, "x"});
  CHECK(judge(scenario, place.surroundings()).failures ==
        std::vector<std::string>{"${scratch}/out: leads out of it"});
  CHECK_FALSE(fs::exists(place.folder() / "new"));
}

TEST_CASE("A scenario that names files of others fails before it runs, unless it is trusted",
          "[regression]") {
  const Place place("touch \"${0%/*}/ran\"; for word; do echo \"$word\"; done\n");
  const ScratchFolder other;
  const std::string outside = other.path().string();
  std::vector<Scenario> scenarios(5, place.scenario());
  scenarios[0].options = {{"root", "/"}};
  scenarios[1].options = {{"log-file", outside + "/log"}};
  scenarios[2].options = {{"root", "${scratch}/link"}};
  scenarios[2].scratch = {{"link", ScratchEntry::Kind::Link, outside}};
  scenarios[3].options = {{"log-file", "${scratch}/link"}};
  scenarios[3].scratch = {{"link", ScratchEntry::Kind::Link, outside + "/log"}};
  scenarios[4].program = outside + "/program.bin";
  for (Scenario& scenario : scenarios) {
    const Verdict confined = judge(scenario, place.surroundings());
    REQUIRE(confined.failures.size() == 1);
    CHECK_FALSE(fs::exists(place.folder() / "ran"));
    scenario.trust = Trust::Trusted;
    CHECK(judge(scenario, place.surroundings()).passed());
    CHECK(fs::remove(place.folder() / "ran"));
  }
}

TEST_CASE("A scenario may name what lies in its folder, in scratch and among the guests", "[regression]") {
  const Place place("for word; do case $word in --root=*|--log*) echo \"$word\";; esac; done\n");
  Scenario scenario = place.scenario();
  fs::create_directory(place.folder() / "data");
  scenario.options = {{"root", "data"}, {"log-file", "data/log"}};
  const std::string data = (fs::canonical(place.folder()) / "data").string();
  CHECK(run_scenario(scenario, {}, place.surroundings()).child.output ==
        "--log-file=" + data + "/log\n--root=" + data + "\n");
  scenario.options = {{"root", "${scratch}"}, {"log-file", "${scratch}/log"}};
  CHECK(judge(scenario, place.surroundings()).passed());
}

TEST_CASE("A file that a guest has left without end is a failure, and is not read whole", "[regression]") {
  const Place place("for last; do :; done; truncate -s 1T \"$last/huge\"\n");
  Scenario scenario = place.scenario();
  scenario.arguments = {"${scratch}"};
  scenario.expected.files["huge"] = "x";
  CHECK(judge(scenario, place.surroundings()).failures ==
        std::vector<std::string>{"${scratch}/huge: File too large"});
}

TEST_CASE("Repetitions are run, and one that differs fails", "[regression]") {
  const Place place("cd \"${0%/*}\"; echo >> count; [ $(wc -l < count) -lt 3 ] || echo third\n");
  Scenario scenario = place.scenario();
  scenario.repeat = 2;
  CHECK(judge(scenario, place.surroundings()).passed());
  fs::remove(place.folder() / "count");
  scenario.repeat = 3;
  const Verdict verdict = judge(scenario, place.surroundings());
  REQUIRE(verdict.failures.size() == 1);
  CHECK_THAT(verdict.failures[0], ContainsSubstring("stdout: not the first run's"));
}

TEST_CASE("A run under other options must equal the first", "[regression]") {
  const Place place("for word; do [ \"$word\" = --verify ] && echo verified; done; true\n");
  Scenario scenario = place.scenario();
  scenario.same_with = {{{"ram", "1M"}}};
  CHECK(judge(scenario, place.surroundings()).passed());
  scenario.same_with = {{{"ram", "1M"}}, {{"verify", ""}}};
  CHECK_FALSE(judge(scenario, place.surroundings()).passed());
}

TEST_CASE("Many at once come back in their own order", "[regression]") {
  const Place place("for last; do :; done; exit \"$last\"\n");
  std::vector<Scenario> scenarios(9, place.scenario());
  for (size_t i = 0; i < scenarios.size(); ++i) {
    scenarios[i].arguments = {std::to_string(i)};
    scenarios[i].expected.exit_code = i == 4 ? 99 : static_cast<int>(i);
  }
  const auto verdicts = judge_all(scenarios, place.surroundings(), 4);
  REQUIRE(verdicts.size() == 9);
  for (size_t i = 0; i < verdicts.size(); ++i) CHECK(verdicts[i].passed() == (i != 4));
}

TEST_CASE("The report has a line per scenario, the failures and the sum", "[regression]") {
  std::vector<Scenario> scenarios(2);
  scenarios[0].name = "good";
  scenarios[1].name = "bad";
  scenarios[1].file = "dir/bad.toml";
  const std::vector<Verdict> verdicts = {{{}, {"pagewalk"}},
                                         {{"one line", "two\nlines"}, {"pagewalk", "a b", "it's"}}};
  CHECK(report_text(scenarios, verdicts) ==
        "pass  good\n"
        "FAIL  bad  (dir/bad.toml)\n"
        "      one line\n"
        "      two\n"
        "      lines\n"
        "      ran: pagewalk 'a b' 'it'\\''s'\n"
        "1 passed, 1 failed\n");
}

}  // namespace
}  // namespace emu
