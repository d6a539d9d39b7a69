#include "emulator/regression/execution.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "emulator/kernel/files/regular_file.h"
#include "emulator/regression/scenario_variables.h"
#include "emulator/regression/scratch_files.h"
#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

// Options whose values are files and folders of the host.
constexpr std::array<std::string_view, 2> kHostPaths = {"root", "log-file"};

void write_input(const fs::path& path, const std::string& text) {
  const auto file = create_regular_file(path.string());
  if (!file) throw std::runtime_error("the input " + file.error());
  if (!write_all(*file, std::as_bytes(std::span(text))))
    throw std::system_error(errno, std::generic_category(), "the input cannot be written");
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

// The host's files that a run is told of, once it is known that the scenario may name them. What is there
// cannot change between here and the run by a guest's doing: none can make a link, nor move one that leads
// out of its root.
class HostPaths {
 public:
  HostPaths(const Scenario& scenario, const Surroundings& surroundings, fs::path scratch)
      : trust_(scenario.trust),
        folder_(fs::absolute(scenario.file).parent_path()),
        guest_(surroundings.guest),
        scratch_(std::move(scratch)) {}

  // Under the name that it is given: the guest sees it.
  std::string program(const fs::path& path) const {
    confined("program", path, folder_, {folder_, scratch_, guest_}, trust_);
    return (folder_ / path).string();
  }

  std::string option(const std::string& name, const std::string& value) const {
    const bool is_path = std::find(kHostPaths.begin(), kHostPaths.end(), name) != kHostPaths.end();
    if (!is_path) return value;
    return confined(name, value, folder_, {folder_, scratch_}, trust_).string();
  }

 private:
  Trust trust_;
  fs::path folder_, guest_, scratch_;
};

std::vector<std::string> command_line(const Scenario& scenario, RunOptions options, const HostPaths& paths,
                                      const Surroundings& surroundings, const ScenarioVariables& variables) {
  options.insert(scenario.options.begin(), scenario.options.end());
  std::vector<std::string> command = {surroundings.pagewalk.string(), "run", "--stats=json"};
  for (const auto& [name, value] : options) {
    command.push_back("--" + name + (value.empty() ? "" : "=" + paths.option(name, variables.expand(value))));
  }
  command.push_back(paths.program(variables.expand(scenario.program)));
  for (const std::string& argument : scenario.arguments) command.push_back(variables.expand(argument));
  return command;
}

ScenarioVariables variables_of(const Scenario& scenario, const Surroundings& surroundings,
                               const fs::path& scratch) {
  return {surroundings.guest.string(), fs::absolute(scenario.file).parent_path().string(), scratch.string()};
}

// Whether what the run is told differs from one to the next.
bool names_scratch(const Scenario& scenario) {
  const auto named_in = [](const std::string& text) { return text.find("${scratch}") != std::string::npos; };
  return named_in(scenario.program) ||
         std::any_of(scenario.arguments.begin(), scenario.arguments.end(), named_in) ||
         std::any_of(scenario.options.begin(), scenario.options.end(),
                     [&](const auto& option) { return named_in(option.second); });
}

}  // namespace

Surroundings own_surroundings(const fs::path& temporary) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  return {self, self.parent_path() / "guest", temporary};
}

Outcome run_scenario(const Scenario& scenario, const RunOptions& options, const Surroundings& surroundings,
                     WarmMachine* warm) {
  const ScratchFolder own(surroundings.temporary);
  const ScratchFolder scratch(surroundings.temporary);
  const ScratchFiles files(scratch.path().string());
  const fs::path statistics = own.path() / "statistics.json";
  const fs::path input = own.path() / "input";
  write_input(input, scenario.input);

  Outcome outcome;
  const ScenarioVariables variables = variables_of(scenario, surroundings, scratch.path());
  prepare(files, scenario.scratch, variables);
  const HostPaths paths(scenario, surroundings, scratch.path());
  outcome.command = command_line(scenario, options, paths, surroundings, variables);
  outcome.command.insert(outcome.command.begin() + 3, "--stats-file=" + statistics.string());
  outcome.child = warm != nullptr ? warm->run({input, statistics, scenario.timeout})
                                  : run_child({outcome.command, input, scenario.timeout});
  outcome.statistics = read_regular_file(statistics.string(), kLargestOutput).value_or("");
  outcome.files = collect(files, scenario.expected);
  return outcome;
}

std::unique_ptr<WarmMachine> warm_machine(const Scenario& scenario, const Surroundings& surroundings) {
  if (names_scratch(scenario)) return nullptr;
  const ScratchFolder own(surroundings.temporary);
  const fs::path input = own.path() / "input";
  write_input(input, scenario.input);
  const HostPaths paths(scenario, surroundings, own.path());
  const ScenarioVariables variables = variables_of(scenario, surroundings, own.path());
  return WarmMachine::start(
      {command_line(scenario, {}, paths, surroundings, variables), input, scenario.timeout});
}

}  // namespace emu
