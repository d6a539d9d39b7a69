// Runs a scenario's program under `pagewalk run` in a process of its own.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/regression/child_process.h"
#include "emulator/regression/scenario.h"
#include "emulator/regression/warm_machine.h"

namespace emu {

// Where the scenarios run.
struct Surroundings {
  std::filesystem::path pagewalk;  // the executable
  std::filesystem::path guest;     // what ${guest} stands for: the folder of guest programs
  std::filesystem::path temporary = std::filesystem::temp_directory_path();  // holds the runs' own folders
};

// The executable that runs now, and the folder `guest` beside it.
Surroundings own_surroundings(const std::filesystem::path& temporary);

// What came of one run.
struct Outcome {
  std::vector<std::string> command;
  ChildResult child;
  std::string statistics;  // JSON as `pagewalk run` wrote it; empty when it wrote none
  // Those that the scenario names, as they are in ${scratch}; none: no regular file is there.
  std::map<std::string, std::optional<std::string>> files{};
};

// `options` lie on top of the scenario's own. ${scratch} is a folder that lives as long as the run. `warm`:
// the machine that the run comes from, which warm_machine() made of the same scenario, and which has no other
// options; null: it is a process of its own from the beginning.
Outcome run_scenario(const Scenario& scenario, const RunOptions& options, const Surroundings& surroundings,
                     WarmMachine* warm = nullptr);

// For many runs of the scenario with its own options. Null when they cannot come from one machine: each has a
// ${scratch} of its own, which the program is told of, or see WarmMachine::start.
std::unique_ptr<WarmMachine> warm_machine(const Scenario& scenario, const Surroundings& surroundings);

}  // namespace emu
