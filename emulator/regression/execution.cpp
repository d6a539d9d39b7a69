#include "emulator/regression/execution.h"

#include <fstream>
#include <iterator>

#include "emulator/regression/scenario_variables.h"
#include "emulator/regression/scratch_files.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void prepare(const ScratchFiles& files, const std::vector<ScratchEntry>& entries,
             const ScenarioVariables& variables) {
  for (ScratchEntry entry : entries) {
    if (entry.kind == ScratchEntry::Kind::Link) entry.text = variables.expand(entry.text);
    files.put(entry);
  }
}

std::map<std::string, std::optional<std::string>> collect(const ScratchFiles& files,
                                                          const Expectation& expectation) {
  std::map<std::string, std::optional<std::string>> found;
  for (const auto& [path, content] : expectation.files) found[path] = files.read(path);
  return found;
}

fs::path program_path(const Scenario& scenario, const ScenarioVariables& variables) {
  const fs::path program = variables.expand(scenario.program);
  return program.is_absolute() ? program : fs::absolute(scenario.file).parent_path() / program;
}

std::vector<std::string> command_line(const Scenario& scenario, RunOptions options,
                                      const Surroundings& surroundings, const ScenarioVariables& variables,
                                      const fs::path& statistics) {
  options.insert(scenario.options.begin(), scenario.options.end());
  std::vector<std::string> command = {surroundings.pagewalk.string(), "run", "--stats=json",
                                      "--stats-file=" + statistics.string()};
  for (const auto& [name, value] : options) {
    command.push_back("--" + name + (value.empty() ? "" : "=" + variables.expand(value)));
  }
  command.push_back(program_path(scenario, variables).string());
  for (const std::string& argument : scenario.arguments) command.push_back(variables.expand(argument));
  return command;
}

}  // namespace

Surroundings own_surroundings(const fs::path& temporary) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  return {self, self.parent_path() / "guest", temporary};
}

Outcome run_scenario(const Scenario& scenario, const RunOptions& options, const Surroundings& surroundings) {
  const ScratchFolder own(surroundings.temporary);
  const ScratchFolder scratch(surroundings.temporary);
  const ScratchFiles files(scratch.path().string());
  const fs::path statistics = own.path() / "statistics.json";
  const fs::path input = own.path() / "input";
  std::ofstream(input, std::ios::binary) << scenario.input;

  Outcome outcome;
  const ScenarioVariables variables(surroundings.guest.string(),
                                    fs::absolute(scenario.file).parent_path().string(),
                                    scratch.path().string());
  prepare(files, scenario.scratch, variables);
  outcome.command = command_line(scenario, options, surroundings, variables, statistics);
  outcome.child = run_child({outcome.command, input, scenario.timeout});
  outcome.statistics = read_file(statistics);
  outcome.files = collect(files, scenario.expected);
  return outcome;
}

}  // namespace emu
