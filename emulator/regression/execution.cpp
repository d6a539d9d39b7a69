#include "emulator/regression/execution.h"

#include <array>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "emulator/regression/scratch_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

class Variables {
 public:
  Variables(const Scenario& scenario, const Surroundings& surroundings, const fs::path& scratch)
      : values_{{{"${guest}", surroundings.guest.string()},
                 {"${scenario}", fs::absolute(scenario.file).parent_path().string()},
                 {"${scratch}", scratch.string()}}} {}

  std::string expand(std::string text) const {
    for (const auto& [name, value] : values_) {
      for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
        text.replace(at, name.size(), value);
      }
    }
    return text;
  }

 private:
  std::array<std::pair<std::string_view, std::string>, 3> values_;
};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void prepare(const fs::path& scratch, const std::vector<ScratchEntry>& entries, const Variables& variables) {
  for (const ScratchEntry& entry : entries) {
    const fs::path path = scratch / entry.path;
    if (entry.kind == ScratchEntry::Kind::Folder) {
      fs::create_directories(path);
      continue;
    }
    fs::create_directories(path.parent_path());
    if (entry.kind == ScratchEntry::Kind::Link) {
      fs::create_symlink(variables.expand(entry.text), path);
    } else {
      std::ofstream(path, std::ios::binary) << entry.text;
    }
  }
}

std::map<std::string, std::optional<std::string>> collect(const fs::path& scratch,
                                                          const Expectation& expectation) {
  std::map<std::string, std::optional<std::string>> found;
  for (const auto& [path, content] : expectation.files) {
    std::error_code error;
    const bool file = fs::is_regular_file(scratch / path, error);
    found[path] = file ? std::optional(read_file(scratch / path)) : std::nullopt;
  }
  return found;
}

fs::path program_path(const Scenario& scenario, const Variables& variables) {
  const fs::path program = variables.expand(scenario.program);
  return program.is_absolute() ? program : fs::absolute(scenario.file).parent_path() / program;
}

std::vector<std::string> command_line(const Scenario& scenario, RunOptions options,
                                      const Surroundings& surroundings, const Variables& variables,
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

Surroundings own_surroundings() {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  return {self, self.parent_path() / "guest"};
}

Outcome run_scenario(const Scenario& scenario, const RunOptions& options, const Surroundings& surroundings) {
  const ScratchFolder own;
  const ScratchFolder scratch;
  const fs::path statistics = own.path() / "statistics.json";
  const fs::path input = own.path() / "input";
  std::ofstream(input, std::ios::binary) << scenario.input;

  Outcome outcome;
  const Variables variables(scenario, surroundings, scratch.path());
  prepare(scratch.path(), scenario.scratch, variables);
  outcome.command = command_line(scenario, options, surroundings, variables, statistics);
  outcome.child = run_child({outcome.command, input, scenario.timeout});
  outcome.statistics = read_file(statistics);
  outcome.files = collect(scratch.path(), scenario.expected);
  return outcome;
}

}  // namespace emu
