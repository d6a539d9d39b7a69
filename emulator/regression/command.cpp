#include "emulator/regression/command.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/regression/guarded_folder.h"
#include "emulator/regression/report.h"
#include "emulator/regression/scenario_file.h"
#include "emulator/regression/verdict.h"

namespace emu {
namespace {

constexpr int kCannotRun = 125;

struct Arguments {
  std::vector<std::filesystem::path> paths;
  unsigned jobs = 1;
  bool trusted = false;
};

// Nothing when a file is unusable; every one that is, is named.
std::optional<std::vector<Scenario>> read_scenarios(const std::vector<std::filesystem::path>& paths,
                                                    const RunVocabulary& vocabulary, Trust trust) {
  const auto files = find_scenarios(paths);
  if (!files) {
    std::cerr << "pagewalk: test: " << files.error() << '\n';
    return std::nullopt;
  }
  std::vector<Scenario> scenarios;
  for (const auto& file : *files) {
    auto scenario = read_scenario(file, vocabulary, trust);
    if (scenario)
      scenarios.push_back(std::move(*scenario));
    else
      std::cerr << "pagewalk: test: " << scenario.error() << '\n';
  }
  if (scenarios.size() != files->size()) return std::nullopt;
  return scenarios;
}

int run_tests(const Arguments& arguments, const RunVocabulary& vocabulary) {
  const Trust trust = arguments.trusted ? Trust::Trusted : Trust::Confined;
  const auto scenarios = read_scenarios(arguments.paths, vocabulary, trust);
  if (!scenarios) return kCannotRun;
  const GuardedFolder temporary;
  const Surroundings surroundings = own_surroundings(temporary.path());
  const std::vector<Verdict> verdicts = judge_all(*scenarios, surroundings, arguments.jobs);
  std::cout << report_text(*scenarios, verdicts);
  for (const Verdict& verdict : verdicts) {
    if (!verdict.passed()) return 1;
  }
  return 0;
}

}  // namespace

void add_test_command(CLI::App& app, const RunVocabulary& vocabulary, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("test", "Run scenario files and report which do as they should");
  command->footer("Exit code: 0 when every scenario passed, 1 when one failed, 125 when one cannot be read.");
  command->add_option("paths", arguments->paths, "Scenario files (TOML), or folders of them")
      ->required()
      ->type_name("PATH...");
  command->add_option("--jobs", arguments->jobs, "Scenarios that run at the same time")
      ->check(CLI::Range(1u, 256u))
      ->type_name("N");
  command->add_flag("--trust", arguments->trusted,
                    "Let scenarios read and write files anywhere, and not only in their own folders and in\n"
                    "${scratch}");
  command->callback([arguments, &vocabulary, &exit_code] { exit_code = run_tests(*arguments, vocabulary); });
}

}  // namespace emu
