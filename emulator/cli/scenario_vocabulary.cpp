#include "emulator/cli/scenario_vocabulary.h"

#include <CLI/CLI.hpp>

#include "emulator/cli/run_command.h"
#include "emulator/cli/run_options.h"
#include "emulator/cli/run_statistics.h"

namespace emu {

std::string ScenarioVocabulary::option_problem(const std::string& option, const std::string& value) const {
  CLI::App command;
  RunArguments arguments;
  add_run_options(command, arguments);
  try {
    std::vector<std::string> words = {"--" + option + (value.empty() ? "" : "=" + value)};
    command.parse(words);
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
  const auto configuration = machine_configuration(arguments);
  return configuration ? "" : configuration.error();
}

bool ScenarioVocabulary::has_counter(std::string_view path) const { return is_statistics_counter(path); }

}  // namespace emu
