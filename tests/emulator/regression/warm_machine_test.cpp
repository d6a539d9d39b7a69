#include "emulator/regression/warm_machine.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "emulator/regression/execution.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

// The built command, and the guests beside it.
Surroundings built() {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
  return {folder / "pagewalk", folder / "guest"};
}

Scenario scenario_of(const std::string& program, std::vector<std::string> arguments = {},
                     RunOptions options = {}, const std::string& input = {}) {
  Scenario scenario;
  scenario.file = fs::temp_directory_path() / "scenario.toml";
  scenario.program = program;
  scenario.arguments = std::move(arguments);
  scenario.options = std::move(options);
  scenario.input = input;
  return scenario;
}

struct Guest {
  const char* what;
  Scenario scenario;
  int exit_code = 0;
};

std::vector<Guest> guests() {
  const RunOptions small = {{"ram", "2M"}, {"pagefile", "32M"}};
  RunOptions small_verified = small;
  small_verified["verify"] = "";
  return {
      {"a small one", scenario_of("${guest}/hello.exe")},
      {"in the smallest RAM", scenario_of("${guest}/hello.exe", {}, {{"ram", "1M"}, {"pagefile", "4M"}})},
      {"one that pages", scenario_of("${guest}/pressure.exe", {"8"}, small)},
      {"verified", scenario_of("${guest}/pressure.exe", {"4"}, small_verified)},
      {"threads", scenario_of("${guest}/threads.exe")},
      {"a crash", scenario_of("${guest}/wild.exe"), 126},
      {"input", scenario_of("${guest}/stdio_echo.exe", {}, {}, "one line\r\nand another, without an end")},
      {"several",
       scenario_of("${guest}/pressure.exe",
                   {"4", "--and", "${guest}/hello.exe", "--and", "${guest}/pressure.exe", "2"}, small)},
      {"children", scenario_of("${guest}/family.exe", {}, {{"ram", "8M"}, {"pagefile", "128M"}})},
      {"a flat image", scenario_of("${guest}/tiny.bin"), 42},
      {"a limit of output", scenario_of("${guest}/hello.exe", {}, {{"max-output", "5"}}), 124},
      {"a limit of instructions", scenario_of("${guest}/pressure.exe", {}, {{"max-instructions", "3000000"}}),
       124},
      {"a limit of time", scenario_of("${guest}/hello.exe", {}, {{"timeout", "100"}})},
      {"a deadlock", scenario_of("${guest}/stuck.exe"), 124},
      {"randomized addresses", scenario_of("${guest}/hello.exe", {}, {{"aslr", "5"}})},
  };
}

TEST_CASE("Runs from a warm machine equal one from the beginning, byte for byte", "[warm]") {
  for (const Guest& guest : guests()) {
    CAPTURE(guest.what);
    const Outcome cold = run_scenario(guest.scenario, {}, built());
    REQUIRE(cold.child.end == ChildResult::End::Exited);
    REQUIRE(cold.child.code == guest.exit_code);
    REQUIRE_FALSE(cold.statistics.empty());
    const auto machine = warm_machine(guest.scenario, built());
    REQUIRE(machine != nullptr);
    for (int run = 0; run < 3; ++run) {
      const Outcome warm = run_scenario(guest.scenario, {}, built(), machine.get());
      CHECK((warm.child.end == cold.child.end && warm.child.code == cold.child.code));
      CHECK(warm.child.output == cold.child.output);
      CHECK(warm.child.errors == cold.child.errors);
      CHECK(warm.statistics == cold.statistics);
    }
  }
}

TEST_CASE("What every run does differently, or changes for the next, comes from no warm machine", "[warm]") {
  const ScratchFolder folder;
  const std::string root = folder.path().string();
  Scenario scenarios[] = {
      scenario_of("${guest}/hello.exe", {"${scratch}"}),
      scenario_of("${guest}/hello.exe", {}, {{"root", root}}),
      scenario_of("${guest}/hello.exe", {}, {{"clock", "host"}}),
      scenario_of("${guest}/hello.exe", {}, {{"log-level", "debug"}}),
      scenario_of("${guest}/no_such_program.exe"),
      scenario_of("${guest}/hello.exe", {"--and", "${guest}/no_such_program.exe"}),
  };
  for (Scenario& scenario : scenarios) {
    scenario.trust = Trust::Trusted;
    CAPTURE(scenario.program, scenario.arguments, scenario.options);
    CHECK(warm_machine(scenario, built()) == nullptr);
  }
}

// The process of a machine, and of a run of it.
std::vector<pid_t> processes_of(const std::string& argument) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string words(std::istreambuf_iterator<char>(file), {});
    const bool it_is =
        words.find(argument) != std::string::npos && words.find("--warm-channel") != std::string::npos;
    if (it_is) found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

bool gone(const std::string& argument) {
  for (int i = 0; i < 1000 && !processes_of(argument).empty(); ++i) usleep(10'000);
  return processes_of(argument).empty();
}

TEST_CASE("A run from a warm machine that takes too long is killed, and the machine serves on", "[warm]") {
  const ScratchFolder folder;
  const fs::path program = folder.path() / "sometimes_endless.bin";
  std::ofstream(program) << "\xEB\xFE";  // jmp to itself
  Scenario scenario = scenario_of(program.string());
  scenario.trust = Trust::Trusted;
  scenario.timeout = std::chrono::seconds(1);
  auto machine = warm_machine(scenario, built());
  REQUIRE(machine != nullptr);
  for (int run = 0; run < 2; ++run)
    CHECK(run_scenario(scenario, {}, built(), machine.get()).child.end == ChildResult::End::TimedOut);
  CHECK(processes_of(program.string()).size() == 1);
  machine.reset();
  CHECK(gone(program.string()));
}

TEST_CASE("A warm machine that is killed ends its runs, and that is how they end", "[warm]") {
  const ScratchFolder folder;
  const fs::path program = folder.path() / "endless.bin";
  std::ofstream(program) << "\xEB\xFE";
  Scenario scenario = scenario_of(program.string());
  scenario.trust = Trust::Trusted;
  const auto machine = warm_machine(scenario, built());
  REQUIRE(machine != nullptr);
  const auto standing = processes_of(program.string());
  REQUIRE(standing.size() == 1);
  const pid_t killer = fork();
  if (killer == 0) {
    usleep(300'000);
    kill(standing.front(), SIGKILL);
    _exit(0);
  }
  const ChildResult result = run_scenario(scenario, {}, built(), machine.get()).child;
  waitpid(killer, nullptr, 0);
  CHECK((result.end == ChildResult::End::Signalled && result.code == SIGKILL));
  CHECK(gone(program.string()));
  CHECK(run_scenario(scenario, {}, built(), machine.get()).child.end == ChildResult::End::NotStarted);
}

}  // namespace
}  // namespace emu
